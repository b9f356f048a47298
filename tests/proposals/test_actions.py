"""Drafting, sign-off, submission in time, sealed until opened, checked once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as plays
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.services.files import actions as file_actions
from app.services.files import queries as files
from app.services.papers import queries as papers
from app.services.people import actions as people_actions
from app.services.people import queries as people
from app.services.rulebook.rules import RuleMissing
from app.stages.calls import actions as call_actions
from app.stages.calls import queries as calls
from app.stages.calls.rules import TopicOutcome
from app.stages.proposals import actions, queries, submitting
from app.stages.proposals.rules import (
    ProposalState,
    Source,
    TeamRole,
    line_amount,
    totals,
)
from tests.support.kept import kept


@pytest.fixture
@kept
def call_topic(cast, at):
    topic = idea_plays.approved_topic(cast, item="1.8", title="Xây dựng hệ thống tưới tự động giám sát bằng IoT", at=at)
    call = call_plays.published_call(cast, topics=[topic], at=at + timedelta(days=25))
    return calls.topics_of(call)[0]


def test_a_refresh_makes_no_second_draft(cast, call_topic, now):
    first = actions.start(call_topic, host=cast.org("host1"), by=cast["pi1"], at=now)
    assert actions.start(call_topic, host=cast.org("host1"), by=cast["pi1"], at=now).id == first.id


def test_only_for_an_organisation_one_belongs_to(cast, call_topic, now):
    with pytest.raises(NotAllowed):
        actions.start(call_topic, host=cast.org("host2"), by=cast["pi1"], at=now)


def test_a_submission_has_one_receipt_and_a_frozen_version(db, cast, call_topic, now, mails):
    row = plays.submitted(cast, call_topic=call_topic, at=now)
    assert row.state == ProposalState.SUBMITTED and row.receipt_no == "BN-2026-0001"
    version = queries.latest_version(row)
    assert version.content["lines"] and version.content["files"][0]["sha256"]
    assert [p.template for p in papers.of(row)] == ["proposals/receipt"]
    assert {m.to_address for m in mails() if "biên nhận" in m.body} == {"pi1@demo.vamco.test", "host1@demo.vamco.test"}
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(text("UPDATE proposal_version SET number = 9"))


@pytest.mark.parametrize(("late", "ok"), [(timedelta(0), True), (timedelta(seconds=-1), True), (timedelta(milliseconds=1), False), (timedelta(seconds=1), False)])
def test_the_deadline_is_one_instant(cast, call_topic, now, late, ok):
    row = plays.draft(cast, call_topic=call_topic, at=now)
    actions.sign_off(row, by=cast["host1"], at=now + timedelta(hours=1))
    instant = row.call_topic.call.deadline + late
    if ok:
        assert submitting.submit(row, by=cast["pi1"], at=instant).state == ProposalState.SUBMITTED
    else:
        with pytest.raises(WrongState):
            submitting.submit(row, by=cast["pi1"], at=instant)


def test_a_late_worker_does_not_make_a_timely_request_late(cast, call_topic, now):
    row = plays.draft(cast, call_topic=call_topic, at=now)
    actions.sign_off(row, by=cast["host1"], at=now + timedelta(hours=1))
    deadline = row.call_topic.call.deadline
    submitting.submit(row, by=cast["pi1"], at=deadline + timedelta(seconds=5), received_at=deadline)
    assert row.submitted_at == deadline


def test_without_the_hosts_signature_nothing_is_submitted(cast, call_topic, now):
    row = plays.draft(cast, call_topic=call_topic, at=now)
    with pytest.raises(Incomplete):
        submitting.submit(row, by=cast["pi1"], at=now + timedelta(hours=1))


def test_a_change_takes_the_signature_away(cast, call_topic, now):
    row = plays.draft(cast, call_topic=call_topic, at=now)
    actions.sign_off(row, by=cast["host1"], at=now + timedelta(hours=1))
    actions.save_general(row, title="Khác", aim="Khác", duration_months=12, by=cast["pi1"], at=now + timedelta(hours=2))
    assert row.host_signed_at is None


def test_a_stranger_or_member_cannot_sign_off(cast, call_topic, now):
    row = plays.draft(cast, call_topic=call_topic, at=now)
    for who in ("host2", "pi1", "officer"):
        with pytest.raises(NotAllowed):
            actions.sign_off(row, by=cast[who], at=now)


def test_over_the_ceiling_is_not_signed_off(cast, call_topic, now):
    row = plays.draft(cast, call_topic=call_topic, at=now, total=9_000_000_000)
    with pytest.raises(Incomplete):
        actions.sign_off(row, by=cast["host1"], at=now)


def test_the_sum_never_differs_from_the_lines(db, cast, call_topic, now):
    row = plays.draft(cast, call_topic=call_topic, at=now)
    sums = totals(row.lines)
    assert sums["all"] == sum(b.amount for b in row.lines) == sums["state"] + sums["counterpart"]
    assert all(b.amount == line_amount(b.quantity, b.price) for b in row.lines)
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE budget_line SET amount = amount + 1"))


def test_sealed_until_opened(cast, call_topic, now, user):
    row = plays.submitted(cast, call_topic=call_topic, at=now)
    assert queries.for_officer(user("officer"), row.public_id) is None
    assert queries.proposal_for(user("pi3"), row.public_id) is None
    assert queries.proposal_for(user("pi2"), row.public_id) is not None
    with pytest.raises(WrongState):
        actions.check_eligible(row, by=user("officer"), at=now)
    call_plays.opened_call(cast, call=row.call_topic.call)
    assert queries.for_officer(user("officer"), row.public_id) is not None


def test_checked_with_a_reason_the_applicant_reads(cast, call_topic, now, mails):
    row = plays.submitted(cast, call_topic=call_topic, at=now)
    call_plays.opened_call(cast, call=row.call_topic.call)
    with pytest.raises(Incomplete):
        actions.check_ineligible(row, " ", by=cast["officer"], at=now + timedelta(days=60))
    plays.ineligible(cast, proposal=row, at=now + timedelta(days=60))
    assert row.state == ProposalState.INELIGIBLE
    assert any("Thiếu hồ sơ pháp lý" in m.body for m in mails())
    with pytest.raises(WrongState):
        plays.eligible(cast, proposal=row, at=now + timedelta(days=61))


def test_withdrawn_before_the_deadline_only(cast, call_topic, now):
    row = plays.submitted(cast, call_topic=call_topic, at=now)
    with pytest.raises(WrongState):
        submitting.withdraw(row, reason="Nộp lại", by=cast["pi1"], at=row.call_topic.call.deadline + timedelta(seconds=1))
    submitting.withdraw(row, reason="Nộp lại", by=cast["pi1"], at=now + timedelta(days=1))
    assert row.state == ProposalState.WITHDRAWN


def test_one_investigator(cast, call_topic, now):
    row = plays.draft(cast, call_topic=call_topic, at=now)
    with pytest.raises(Incomplete):
        actions.add_member(row, name="X", role=TeamRole.PI, months=1, by=cast["pi1"], at=now)
    with pytest.raises(Incomplete):
        actions.add_member(row, name="Y", role=TeamRole.MEMBER, months=1, user=cast["pi2"], by=cast["pi1"], at=now)
    assert Source.STATE in {b.source for b in row.lines}


def signed(cast, call_topic, now):
    row = plays.draft(cast, call_topic=call_topic, at=now)
    actions.sign_off(row, by=cast["host1"], at=now + timedelta(hours=1))
    return row


def test_asking_again_gives_the_same_receipt_even_after_the_deadline(db, cast, call_topic, now, mails):
    row = signed(cast, call_topic, now)
    first = submitting.submit(row, by=cast["pi1"], at=now + timedelta(hours=2), seen=row.version).receipt_no
    told = len(mails())
    again = submitting.submit(row, by=cast["pi1"], at=row.call_topic.call.deadline + timedelta(days=1), seen=1)
    assert again.receipt_no == first and len(mails()) == told and len(papers.of(row)) == 1
    assert db.session.scalar(text("SELECT count(*) FROM proposal_version")) == 1


def test_a_timely_request_counts_after_the_call_was_closed(cast, call_topic, now):
    row = signed(cast, call_topic, now)
    call = row.call_topic.call
    call_actions.close(call, at=call.deadline + timedelta(seconds=1))
    submitting.submit(row, by=cast["pi1"], at=call.deadline + timedelta(seconds=2), received_at=call.deadline)
    assert row.submitted_at == call.deadline


def test_a_cancelled_call_takes_nothing(cast, call_topic, now):
    row = signed(cast, call_topic, now)
    call_actions.call_off(row.call_topic.call, "Đổi kế hoạch", document="12/UBND", by=cast["leader"], at=now + timedelta(hours=2))
    with pytest.raises(WrongState):
        submitting.submit(row, by=cast["pi1"], at=now + timedelta(hours=3))
    assert row.receipt_no is None


def test_the_host_signs_what_was_shown(cast, call_topic, now):
    row = plays.draft(cast, call_topic=call_topic, at=now)
    shown = actions.digest_of(row)
    actions.add_line(row, head="other", content="Thêm sau", source=Source.STATE, year=2026, unit="lần", quantity=100, price=1_000, by=cast["pi1"], at=now)
    with pytest.raises(Stale):
        actions.sign_off(row, by=cast["host1"], at=now, digest=shown)
    actions.sign_off(row, by=cast["host1"], at=now, digest=actions.digest_of(row))
    assert row.host_signed_at == now


def test_a_second_dossier_for_a_topic_waits_for_the_withdrawal_of_the_first(cast, call_topic, now):
    row = plays.submitted(cast, call_topic=call_topic, at=now)
    with pytest.raises(WrongState):
        actions.start(call_topic, host=cast.org("host1"), by=cast["pi1"], at=now + timedelta(days=1))
    submitting.withdraw(row, reason="Nộp lại", by=cast["pi1"], at=now + timedelta(days=1))
    assert actions.start(call_topic, host=cast.org("host1"), by=cast["pi1"], at=now + timedelta(days=1)).id != row.id


@pytest.mark.parametrize(("quantity", "price"), [(10**11, 10**13), (10**11, 10**5), (1, 1)])
def test_an_impossible_amount_is_refused_with_a_sentence(cast, call_topic, now, quantity, price):
    row = plays.draft(cast, call_topic=call_topic, at=now)
    with pytest.raises(Incomplete) as refusal:
        actions.add_line(row, head="other", content="x", source=Source.STATE, year=2026, unit="x", quantity=quantity, price=price, by=cast["pi1"], at=now)
    assert refusal.value.field == "price"


def test_who_works_on_it_is_known_while_it_lives(cast, call_topic, now):
    row = plays.submitted(cast, call_topic=call_topic, at=now)
    assert {e.role for who in ("pi1", "pi2") for e in people.engagements_of(cast[who].id)} == {"pi", "secretary"}
    submitting.withdraw(row, reason="Nộp lại", by=cast["pi1"], at=now + timedelta(days=1))
    assert not people.engagements_of(cast["pi1"].id, on=(now + timedelta(days=2)).date())


def test_the_rules_of_the_call_hold_for_its_dossiers(cast, call_topic, now):
    row = plays.draft(cast, call_topic=call_topic, at=now)
    assert "proposals.documents" in row.call_topic.call.rules
    with pytest.raises(RuleMissing):
        queries.documents("DT_CN", date(1980, 1, 1))
    assert queries.documents("DT_CN", date(1980, 1, 1), row.call_topic.call)[0]["code"] == "legal_status"


NEEDED = ["legal_status", "application", "host_activity", "pi_cv", "member_cv"]


def test_a_dossier_holds_what_article_5_asks_for(cast, call_topic, now):
    row = plays.draft(cast, call_topic=call_topic, at=now)
    needed = [d["code"] for d in queries.documents("DT_CN", now.date(), row.call_topic.call) if d["needed"]]
    assert needed == NEEDED and not actions.problems_of(row, at=now)
    gone = next(a for a in files.of(row) if a.kind == "member_cv")
    actions.changed_files(row, at=now)
    file_actions.remove(gone, subject=row, by=cast["pi1"], at=now)
    assert [p.section for p in actions.problems_of(row, at=now)] == ["files"]


def test_bars_and_other_projects_are_found(db, cast, call_topic, now):
    row = plays.submitted(cast, call_topic=call_topic, at=now)
    on = now.date()

    def broken():
        return [f.ok for f in queries.findings_of(row, NEEDED, on=on) if f.ok is not True]

    assert broken() == [None]
    people_actions.debar("late", from_date=on, until=None, organisation_id=row.host_id)
    people_actions.debar("late", from_date=on, until=on, user_id=row.pi_id)
    people_actions.engage("project", row.item, role="pi", title="Dự án đang làm", from_date=on, user_id=row.pi_id)
    db.session.flush()
    assert sorted(map(str, broken())) == ["False", "False", "None", "None"]


def test_what_was_signed_can_be_proved(cast, call_topic, now):
    row = plays.submitted(cast, call_topic=call_topic, at=now)
    assert queries.latest_version(row).sha256 == actions.digest_of(row)
    assert queries.latest_version(row).content == actions.snapshot(row)


def test_what_selection_decides(cast, call_topic, now, mails):
    row = plays.submitted(cast, call_topic=call_topic, at=now)
    call_plays.opened_call(cast, call=row.call_topic.call)
    late = now + timedelta(days=60)
    with pytest.raises(WrongState):
        actions.select(row, by=cast["officer"], at=late)
    plays.eligible(cast, proposal=row, at=late)
    actions.put_to_selection(row, by=cast["officer"], at=late)
    actions.not_select(row, by=cast["officer"], at=late)
    assert row.state == ProposalState.NOT_SELECTED and not people.engagements_of(cast["pi1"].id, on=late.date() + timedelta(days=1))
    assert any(m.template.endswith("concluded.txt") for m in mails())


def test_a_refusal_is_not_taken_back_once_the_topic_has_left_the_call(cast, call_topic, now):
    row = plays.submitted(cast, call_topic=call_topic, at=now)
    call_plays.opened_call(cast, call=call_topic.call)
    later = call_topic.call.opened_at + timedelta(days=1)
    plays.ineligible(cast, proposal=row, at=later)
    call_actions.settle_topic(call_topic, TopicOutcome.NOT_SELECTED, reason="Không có hồ sơ hợp lệ", by=cast["officer"], at=later)
    with pytest.raises(WrongState, match="has left this call"):
        actions.reinstate(row, "Có biên nhận", document="5/KN", by=cast["officer2"], at=later + timedelta(days=1))
    assert row.state == ProposalState.INELIGIBLE
