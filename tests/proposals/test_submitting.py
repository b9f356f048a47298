"""Handed in once, replaced before the deadline, withdrawn with a reason, frozen for good."""

from __future__ import annotations

import io
from collections import namedtuple
from copy import deepcopy
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import proposals as plays
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.files import queries as files
from app.services.questionnaires.models import FormVersion
from app.stages.proposals import actions, promises, queries, submitting, work
from app.stages.proposals.models import BudgetLine, Proposal
from app.stages.proposals.rules import ProposalState, Spending, TeamRole
from tests.funding.test_concurrency import race
from tests.support.browser import values_of

HOUR = timedelta(hours=1)
Sent = namedtuple("Sent", "filename stream")


@pytest.fixture
def call_topic(called):
    return called("Hệ thống tưới tự động")[0]


@pytest.fixture
def handed_in(cast, call_topic, now):
    return plays.submitted(cast, call_topic=call_topic, at=now)


def replacement(cast, row, at):
    new = submitting.begin_replacement(row, by=cast["pi1"], at=at)
    actions.sign_off(new, by=cast["host1"], at=at + HOUR)
    return new


def test_the_first_stands_until_the_second_arrives(cast, handed_in, now):
    new = submitting.begin_replacement(handed_in, by=cast["pi1"], at=now + HOUR)
    assert new.state == ProposalState.DRAFT and new.code is None and handed_in.state == ProposalState.SUBMITTED
    assert submitting.begin_replacement(handed_in, by=cast["pi1"], at=now + HOUR).id == new.id, "asked again, the same draft"


def test_the_draft_says_all_that_was_handed_in(db, cast, call_topic, now):
    draft = plays.draft(cast, call_topic=call_topic, at=now)
    form = work.form_of(draft)
    definition = deepcopy(form.definition)
    definition["sections"][0]["questions"].append({"code": "drawing", "type": "file", "label": {"vi": "Bản vẽ", "en": "Drawing"}})
    wider = FormVersion(questionnaire_id=form.questionnaire_id, number=form.number + 1, definition=definition, source=form.source, mark=form.mark, created_at=now)
    db.session.add(wider)
    db.session.flush()
    draft.work_form.form_version_id = wider.id
    db.session.flush()
    section = definition["sections"][0]["code"]
    upload = Sent("ve.pdf", io.BytesIO(plays.small_pdf("a drawing")))
    work.save_section(draft, section, {}, seen=None, by=cast["pi1"], at=now, files=({"drawing": upload}, ()))
    actions.add_member(draft, name="Người viết cùng", role=TeamRole.MEMBER, months=6, years={"2026": 2, "2027": 4}, user=cast["pi3"], by=cast["pi1"], at=now)
    promises.set_spending(draft, Spending.PARTIAL, by=cast["pi1"], at=now)
    db.session.execute(update(BudgetLine).where(BudgetLine.proposal_id == draft.id).values(lump_sum=True))
    actions.sign_off(draft, by=cast["host1"], at=now)
    old = submitting.submit(draft, by=cast["pi1"], at=now + HOUR)
    new = submitting.begin_replacement(old, by=cast["pi1"], at=now + 2 * HOUR)
    old = queries.held(old)
    was, now_says = actions.snapshot(old), actions.snapshot(new)
    one, other = was["work"].pop("drawing"), now_says["work"].pop("drawing")
    assert now_says == was and (other["sha256"], other["name"]) == (one["sha256"], "ve.pdf")
    assert other["pid"] in {a.public_id for a in files.of(new)} and one["pid"] in {a.public_id for a in files.of(old)}
    assert [(m.user_id, m.access, m.joined_at) for m in new.team] == [(m.user_id, m.access, m.joined_at) for m in old.team], "who agreed works on"
    assert queries.for_team(cast["pi3"], new.public_id) is not None and not actions.problems_of(new, at=now + 2 * HOUR)
    assert [b.lump_sum for b in new.lines] == [b.lump_sum for b in old.lines]


def test_the_second_takes_number_and_place(cast, handed_in, now, mails):
    code, receipt = handed_in.code, handed_in.receipt_no
    new = replacement(cast, handed_in, now + HOUR)
    submitting.submit(new, by=cast["pi1"], at=now + 3 * HOUR)
    old = queries.proposal_by_pid(handed_in.public_id)
    assert (new.code, old.code) == (code, f"{code}.1") and new.receipt_no != receipt == old.receipt_no
    assert old.state == ProposalState.WITHDRAWN and new.state == ProposalState.SUBMITTED
    assert queries.latest_version(new).number == 2 and queries.latest_version(old).number == 1
    assert [p.id for p in queries.of_call(new.call_topic.call)] == [new.id]


def test_the_rulebook_may_ask_for_a_new_number(cast, handed_in, now, monkeypatch):
    usual, code = queries.setting, handed_in.code
    monkeypatch.setattr(queries, "setting", lambda key, *a: "new" if key == "proposals.replacement_number" else usual(key, *a))
    new = replacement(cast, handed_in, now + HOUR)
    submitting.submit(new, by=cast["pi1"], at=now + 3 * HOUR)
    assert new.code != code == queries.proposal_by_pid(handed_in.public_id).code


def test_one_never_sent_changes_nothing(cast, handed_in, now):
    new = replacement(cast, handed_in, now + HOUR)
    deadline = handed_in.call_topic.call.deadline
    with pytest.raises(WrongState):
        submitting.submit(new, by=cast["pi1"], at=deadline + timedelta(milliseconds=1))
    assert queries.proposal_by_pid(handed_in.public_id).state == ProposalState.SUBMITTED


def test_nothing_is_replaced_or_withdrawn_after_the_deadline(cast, handed_in, now):
    late = handed_in.call_topic.call.deadline + timedelta(milliseconds=1)
    for act in (submitting.begin_replacement, lambda row, **kw: submitting.withdraw(row, reason="Đổi ý", **kw)):
        with pytest.raises(WrongState):
            act(handed_in, by=cast["pi1"], at=late)
        with pytest.raises(NotAllowed):
            act(handed_in, by=cast["pi2"], at=now + HOUR)


def test_a_withdrawal_that_came_in_time_counts(cast, handed_in):
    deadline = handed_in.call_topic.call.deadline
    submitting.withdraw(handed_in, reason="Đổi ý", by=cast["pi1"], at=deadline + timedelta(seconds=9), received_at=deadline)
    assert handed_in.state == ProposalState.WITHDRAWN


@pytest.mark.parametrize("reason", ["", "  ", "\u200b", None])
def test_a_withdrawal_has_a_reason_and_is_mailed(cast, handed_in, now, mails, reason):
    with pytest.raises(Incomplete):
        submitting.withdraw(handed_in, reason=reason, by=cast["pi1"], at=now + HOUR)
    submitting.withdraw(handed_in, reason="Bổ sung đơn vị phối hợp", by=cast["pi1"], at=now + HOUR)
    told = [m for m in mails() if m.template.endswith("withdrawn.txt")]
    assert {m.to_address for m in told} == {"pi1@demo.vamco.test", "host1@demo.vamco.test"} and all("Bổ sung đơn vị" in m.body for m in told)


def test_the_mail_of_the_receipt_names_time_and_every_hash(cast, handed_in, mails):
    mail = next(m for m in mails() if m.template == "proposals/mail/submitted.txt")
    assert handed_in.receipt_no in mail.subject and handed_in.code in mail.body
    assert all(f"{a.sha256}  {a.filename}" in mail.body for a in files.of(handed_in))


FROZEN = [
    "UPDATE proposal SET title = 'khác'", "UPDATE proposal SET work = '{}'", "UPDATE proposal SET pi_id = pi_id + 1", "UPDATE budget_line SET content = 'khác'",
    "DELETE FROM budget_line", "UPDATE team_member SET name = 'khác'", "DELETE FROM team_member", "UPDATE proposal_product SET quantity = 9",
    "DELETE FROM proposal_product", "UPDATE proposal_version SET number = 9", "DELETE FROM proposal_version",
]  # fmt: skip


@pytest.mark.parametrize("statement", FROZEN)
def test_what_was_handed_in_is_frozen_in_the_database(db, handed_in, statement):
    db.session.commit()
    with pytest.raises(IntegrityError, match="frozen|append-only"):
        db.session.execute(text(statement))
    db.session.rollback()


def test_the_team_asks_again_and_gets_the_same_receipt(cast, handed_in, now):
    assert submitting.submit(handed_in, by=cast["pi2"], at=now + HOUR).receipt_no == "BN-2026-0001"
    with pytest.raises(NotAllowed):
        submitting.submit(handed_in, by=cast["pi3"], at=now + HOUR)


def test_many_clicks_at_once_are_one_submission(app, db, cast, call_topic, now):
    row = plays.draft(cast, call_topic=call_topic, at=now)
    actions.sign_off(row, by=cast["host1"], at=now + HOUR)
    pid, by = row.public_id, cast["pi1"].id
    db.session.commit()
    db.session.remove()

    def click(_n):
        mine = queries.proposal_by_pid(pid)
        return submitting.submit(mine, by=db.session.get_one(type(cast["pi1"]), by), at=now + 2 * HOUR).receipt_no

    results = race(app, click, 8)
    assert set(results) == {"BN-2026-0001"}, results
    for table, count in (("proposal_version", 1), ("paper", 1)):
        extra = " WHERE template = 'proposals/receipt'" if table == "paper" else ""
        assert db.session.scalar(text(f"SELECT count(*) FROM {table}{extra}")) == count


def test_the_page_lists_all_that_is_missing_with_links_to_the_fields(db, cast, as_, call_topic, now):
    row = actions.start(call_topic, host=cast.org("host1"), by=cast["pi1"], at=now)
    actions.save_general(row, title=row.title, aim=None, duration_months=None, by=cast["pi1"], at=now)
    db.session.commit()
    url = f"/proposals/{row.public_id}"
    pi = as_("pi1")
    links = [a["href"] for a in pi.page(f"{url}/submit").select(".alert-warning a")]
    wanted = {f"{url}/general#aim", f"{url}/general#duration_months", f"{url}/products#name", f"{url}/budget#head", f"{url}/files#doc-legal_status"}
    assert wanted <= set(links) and any(link.startswith(f"{url}/work/") and "#" in link for link in links)
    for link in wanted:
        page, anchor = link.split("#")
        assert pi.page(page).select_one(f"#{anchor}") is not None, link
    assert not pi.page(f"{url}/submit").select("form [name=confirm]"), "no form that can only fail"


def test_replaced_through_the_pages(db, cast, as_, handed_in, now):
    url = f"/proposals/{handed_in.public_id}"
    pi, host, other = as_("pi1"), as_("host1"), as_("pi2")
    assert other.get(f"{url}/replace").status_code == 403
    new = pi.submit(f"{url}/replace").location
    assert pi.get(f"{url}/replace").location == new
    assert handed_in.code in pi.page(new).text
    pi.submit(f"{new}/general", {"title": "Tên mới của bản thay"})
    host.submit(f"{new}/sign-off", {"confirm": "y"})
    pi.submit(f"{new}/submit", {"confirm": "y"})
    assert "thay" in pi.page(f"{url}/receipt").text and "BN-2026-0002" in pi.page(f"{url}/receipt").text
    assert db.session.query(Proposal).filter(Proposal.state == "submitted").count() == 1


def test_two_tabs_give_one_receipt(db, cast, as_, call_topic, now):
    row = plays.draft(cast, call_topic=call_topic, at=now)
    actions.sign_off(row, by=cast["host1"], at=now)
    db.session.commit()
    url = f"/proposals/{row.public_id}/submit"
    pi = as_("pi1")
    forms = [values_of(pi.page(url).select("main form")[-1]) | {"confirm": "y"} for _tab in range(2)]
    assert forms[0]["once"] != forms[1]["once"]
    answers = [pi.post(url, data=form) for form in forms]
    assert {(a.status_code, a.location) for a in answers} == {(303, f"/proposals/{row.public_id}/receipt")}
    assert db.session.scalar(text("SELECT count(*) FROM proposal_version")) == 1


def test_what_was_read_before_the_act_counts_only_while_it_is_so(db, cast, call_topic, now):
    draft = plays.draft(cast, call_topic=call_topic, at=now)
    actions.sign_off(draft, by=cast["host1"], at=now)
    prepared = submitting.prepare(draft, at=now)
    actions.add_member(draft, name="Người đến sau", role=TeamRole.MEMBER, months=1, by=cast["pi1"], at=now)  # takes the signature away
    db.session.flush()
    with pytest.raises(Incomplete, match="signed off"):
        submitting.submit(draft, by=cast["pi1"], at=now, prepared=prepared)
    actions.sign_off(draft, by=cast["host1"], at=now)
    db.session.flush()
    submitting.submit(draft, by=cast["pi1"], at=now, prepared=prepared)
    assert "Người đến sau" in {m["name"] for m in queries.latest_version(draft).content["team"]}, "looked at anew"
