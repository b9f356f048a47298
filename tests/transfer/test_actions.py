"""The acts of transfer, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import transfer as plays
from app.across.desk import providers
from app.kernel import journal
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.services.papers import queries as papers
from app.stages.acceptance.rules import ResultState
from app.stages.transfer import actions, queries
from app.stages.transfer.models import Effectiveness, FollowUp
from app.stages.transfer.rules import (
    AgreementKind,
    AgreementState,
    FollowUpState,
    HandoverState,
    InterestState,
    Rating,
    Route,
    Said,
    TooMany,
    Usage,
    Use,
    check_rating,
)
from tests.transfer import factories

DAY = timedelta(days=1)
TERMS = {"lines": plays.LINES, "intended_use": "Nhân rộng", "place": "Long An", "planned_on": date(2026, 3, 20), "giver_name": "Nguyễn Văn An"}


@pytest.fixture
def result(cast, at):
    return factories.result(cast, at)


def confirm(handover, by, at, **more):
    terms = {"handed_on": at.date(), "intended_use": "Nhân rộng", "receiver_name": by.name, "remark": None} | more
    return actions.confirm(handover, by=by, at=at, **terms)


# --- handovers ------------------------------------------------------------------------------------------------


def test_from_offer_to_minutes(cast, at, result, mails):
    row = plays.offered(cast, result=result, at=at)
    assert row.receiver_id == cast.org("agency1").id and row.state == HandoverState.OFFERED
    assert queries.use_of(result) == Use.OFFERED
    assert [m.to_address for m in mails() if m.template == "transfer/mail/offered.txt"] == ["agency1@demo.vamco.test", "member6@demo.vamco.test"][:1]
    paper = confirm(row, cast["agency1"], at + 9 * DAY)
    assert row.state == HandoverState.HANDED_OVER and queries.use_of(result) == Use.HANDED_OVER
    said = str(papers.of(row)[0].blocks)
    assert papers.of(row) == [paper] and "BIÊN BẢN BÀN GIAO" in said and "Bộ cảm biến" in said and result.certificate_number in said
    due = queries.follow_ups_of(cast["agency1"], result.id)
    assert [f.due_on.year for f in due] == [2027, 2028, 2029, 2030, 2031] and {f.state for f in due} == {FollowUpState.DUE}
    assert {m.to_address.partition("@")[0] for m in mails() if m.template == "transfer/mail/confirmed.txt"} == {"pi1", "host1", "officer", "officer2"}


@pytest.mark.parametrize("name", ["pi2", "pi3", "host2", "agency1", "finance", "leader"])
def test_strangers_do_not_offer(cast, at, result, name):
    with pytest.raises(NotAllowed):
        actions.offer(result, cast.org("agency2"), by=cast[name], at=at, **TERMS)


@pytest.mark.parametrize("name", ["pi1", "host1", "officer", "officer2"])
def test_officer_and_holders_offer(cast, at, result, name):
    assert actions.offer(result, cast.org("agency2"), by=cast[name], at=at, **TERMS).offered_by_id == cast[name].id


def test_no_offer_to_a_body_where_nobody_can_sign(cast, at, result):
    with pytest.raises(Incomplete) as refusal:
        actions.offer(result, cast.org("body4"), by=cast["officer"], at=at, **TERMS)
    assert refusal.value.field == "receiver"


def test_what_is_not_registered_or_recognised_stays(cast, at):
    project, case = factories.recognised(cast, at)
    drafted = factories.result_of(project, case, at, state=ResultState.DRAFTED, title="Bản thảo")
    with pytest.raises(WrongState, match="registered"):
        actions.offer(drafted, cast.org("agency1"), by=cast["officer"], at=at, **TERMS)
    result = factories.result_of(*factories.recognised(cast, at, closed=False, title="Mô hình khác", number="5/QĐ-UBND"), at)
    for act in (lambda: actions.offer(result, cast.org("agency1"), by=cast["officer"], at=at, **TERMS),
                lambda: plays.drafted_agreement(cast, result=result, at=at), lambda: actions.follow_host(result, by=cast["officer"], at=at),
                lambda: plays.published(cast, result=result, at=at)):  # fmt: skip
        with pytest.raises(WrongState, match="recognised"):
            act()


def test_the_host_receives_nothing_from_itself(cast, at, result):
    with pytest.raises(Incomplete):
        actions.offer(result, cast.org("host1"), by=cast["officer"], at=at, **TERMS)


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2026, 3, 1), date(2028, 1, 1)])
def test_a_handover_is_planned_for_a_day_that_comes(cast, at, result, day):
    with pytest.raises(Incomplete, match="cannot lie"):
        actions.offer(result, cast.org("agency3"), by=cast["officer"], at=at, **(TERMS | {"planned_on": day}))


def test_one_open_offer_for_a_body(cast, at, result, db):
    plays.offered(cast, result=result, at=at)
    actions.offer(result, cast.org("agency3"), by=cast["officer"], at=at, **TERMS)
    with pytest.raises(WrongState):
        plays.offered(cast, result=result, at=at)


@pytest.mark.parametrize("name", ["agency2", "pi1", "host1", "officer2", "leader", "pi3"])
def test_only_the_receiver_signs_or_refuses(cast, at, result, name):
    row = plays.offered(cast, result=result, at=at)
    with pytest.raises(NotAllowed):
        confirm(row, cast[name], at)
    with pytest.raises(NotAllowed):
        actions.refuse(row, reason="x", by=cast[name], at=at)


def test_who_offered_does_not_receive(cast, at, result):
    cast["officer"].memberships[0].organisation_id = cast.org("agency1").id
    cast["officer"].memberships[0].is_manager = True
    row = plays.offered(cast, result=result, at=at)
    with pytest.raises(NotAllowed, match="Another person"):
        confirm(row, cast["officer"], at)


@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2026, 2, 1)])
def test_the_day_of_handing_over_is_real(cast, at, result, day):
    row = plays.offered(cast, result=result, at=at)
    with pytest.raises(Incomplete):
        confirm(row, cast["agency1"], at, handed_on=day)


def test_refused_and_offered_again(cast, at, result, mails):
    row = plays.refused(cast, result=result, at=at)
    assert row.state == HandoverState.REFUSED and queries.use_of(result) == Use.NOT_HANDED_OVER
    assert queries.follow_ups_of(cast["officer"], result.id) == []
    actions.offer_again(row, by=cast["pi1"], at=at + 20 * DAY, **(TERMS | {"lines": plays.LINES[2:], "planned_on": date(2026, 3, 25)}))
    assert row.state == HandoverState.OFFERED and [line.name for line in queries.lines_of(row.id)] == [plays.LINES[2]["name"]]
    assert row.offered_by_id == cast["pi1"].id and row.reason
    confirm(row, cast["agency1"], at + 30 * DAY)
    assert len(queries.follow_ups_of(cast["agency1"], result.id)) == 5
    assert sum(m.template == "transfer/mail/refused.txt" for m in mails()) == 4


def test_a_withdrawn_offer_cannot_be_signed(cast, at, result):
    row = plays.offered(cast, result=result, at=at)
    with pytest.raises(NotAllowed):
        actions.withdraw(row, reason="x", by=cast["agency1"], at=at)
    actions.withdraw(row, reason="Nhầm đơn vị", by=cast["officer"], at=at)
    with pytest.raises(WrongState):
        confirm(row, cast["agency1"], at)


def test_two_who_sign_at_once(cast, at, result):
    row = plays.offered(cast, result=result, at=at)
    seen = row.version
    actions.refuse(row, reason="Không đủ người", by=cast["agency1"], at=at, seen=seen)
    with pytest.raises((Stale, WrongState)):
        confirm(row, cast["agency1"], at, seen=seen)


@pytest.mark.parametrize("statement", [
    "UPDATE handover SET place = 'x'", "DELETE FROM handover", "UPDATE handover_line SET quantity = 9", "DELETE FROM handover_line",
    "INSERT INTO handover_line (handover_id, position, kind, name, quantity) SELECT id, 9, 'other', 'x', 1 FROM handover",
])  # fmt: skip
def test_what_is_signed_is_frozen(db, cast, at, result, statement):
    plays.handed_over(cast, result=result, at=at)
    with pytest.raises(IntegrityError):
        db.session.execute(text(statement))


def test_a_second_handover_to_the_same_body_asks_no_second_series(cast, at, result):
    plays.handed_over(cast, result=result, at=at)
    plays.handed_over(cast, result=result, at=at + 50 * DAY)
    assert len(queries.follow_ups_of(cast["officer"], result.id)) == 5
    plays.handed_over(cast, result=result, at=at + 50 * DAY, receiver=cast.org("agency2"))
    assert len(queries.follow_ups_of(cast["officer"], result.id)) == 10


# --- reports on use -------------------------------------------------------------------------------------------


def test_a_year_of_use(cast, at, result):
    row = plays.verified(cast, handover=plays.handed_over(cast, result=result, at=at))
    assert row.state == FollowUpState.VERIFIED and queries.use_of(result) == Use.IN_USE
    assert "BÁO CÁO ỨNG DỤNG KẾT QUẢ" in str(papers.of(row)[0].blocks)
    assert queries.figures_of(result.id) == {"reports": 1, "used": 1, "users": 120, "jobs": 8, "revenue": 480_000_000, "savings": 90_000_000, "households": 96, "area": 350_000}


@pytest.mark.parametrize(("usages", "use"), [
    ((Usage.NO,), Use.NEVER_APPLIED), ((Usage.NO, Usage.NO), Use.NEVER_APPLIED), ((Usage.NO, Usage.YES), Use.IN_USE), ((Usage.YES, Usage.PARTLY), Use.PARTLY),
    ((Usage.YES, Usage.NO), Use.NO_LONGER), ((Usage.PARTLY, Usage.NO, Usage.NO), Use.NO_LONGER),
])  # fmt: skip
def test_the_last_verified_report_says_the_use(cast, at, result, usages, use):
    plays.followed_up(cast, handover=plays.handed_over(cast, result=result, at=at), usages=usages)
    assert queries.use_of(result) == use


def test_one_receiver_of_two_is_enough(cast, at, result):
    plays.verified(cast, handover=plays.handed_over(cast, result=result, at=at), usage=Usage.NO)
    assert queries.use_of(result) == Use.NEVER_APPLIED
    plays.verified(cast, handover=plays.handed_over(cast, result=result, at=at, receiver=cast.org("agency2")), usage=Usage.YES)
    assert queries.use_of(result) == Use.IN_USE


def report(row, by, at, **more):
    actions.report(row, Said(**({"usage": Usage.YES, "place": "Bến Lức", "users": 1, "evidence": "Sổ theo dõi"} | more)), by=by, at=at)


@pytest.mark.parametrize(("name", "may"), [("agency1", True), ("pi1", True), ("host1", True), ("pi2", False), ("agency2", False), ("officer", False), ("leader", False)])
def test_who_reports(cast, at, result, name, may):
    plays.handed_over(cast, result=result, at=at)
    row = queries.follow_ups_of(cast["officer"], result.id)[0]
    if may:
        report(row, cast[name], at + 370 * DAY)
        assert row.reported_by_id == cast[name].id
    else:
        with pytest.raises(NotAllowed):
            report(row, cast[name], at + 370 * DAY)


def test_not_before_the_year_is_nearly_over(cast, at, result):
    plays.handed_over(cast, result=result, at=at)
    row = queries.follow_ups_of(cast["officer"], result.id)[0]
    with pytest.raises(WrongState):
        report(row, cast["agency1"], at + 200 * DAY)


def test_a_report_comes_back_and_is_mended(cast, at, result, mails):
    row = plays.reported(cast, handover=plays.handed_over(cast, result=result, at=at))
    later = at + 380 * DAY
    actions.return_report(row, remark="Ghi rõ xã", by=cast["officer"], at=later)
    assert row.state == FollowUpState.RETURNED and queries.use_of(result) == Use.HANDED_OVER
    report(row, cast["pi1"], later, place="Xã Bến Lức")
    actions.verify(row, remark=None, by=cast["officer"], at=later)
    assert {m.template.rpartition("/")[2] for m in mails()} >= {"reported.txt", "return.txt", "verify.txt"}


def test_four_eyes_on_a_report(cast, at, result):
    row = plays.reported(cast, handover=plays.handed_over(cast, result=result, at=at))
    for act in (actions.verify, actions.return_report):
        with pytest.raises(NotAllowed):
            act(row, remark="x", by=cast["agency1"], at=at + 400 * DAY)


def test_two_who_verify_at_once(cast, at, result):
    row = plays.reported(cast, handover=plays.handed_over(cast, result=result, at=at))
    seen = row.version
    actions.verify(row, remark=None, by=cast["officer"], at=at + 400 * DAY, seen=seen)
    with pytest.raises((Stale, WrongState)):
        actions.return_report(row, remark="x", by=cast["officer2"], at=at + 400 * DAY, seen=seen)


def test_the_host_that_uses_it_itself(cast, at, result, mails):
    with pytest.raises(NotAllowed):
        actions.follow_host(result, by=cast["host1"], at=at)
    made = actions.follow_host(result, by=cast["officer"], at=at)
    assert made[0].due_on == date(2027, 3, 2) and made[0].handover_id is None
    with pytest.raises(WrongState):
        actions.follow_host(result, by=cast["officer"], at=at)
    report(made[0], cast["host1"], at + 360 * DAY)
    actions.verify(made[0], remark=None, by=cast["officer"], at=at + 360 * DAY)
    assert queries.use_of(result) == Use.IN_USE
    assert any(m.template == "transfer/mail/followed.txt" for m in mails())


def test_reminders_go_once(cast, at, result, mails):
    plays.handed_over(cast, result=result, at=at)

    def sent():
        return sorted(m.to_address.partition("@")[0] for m in mails() if m.template == "transfer/mail/follow_up_due.txt")

    actions.remind(at + 300 * DAY)
    assert sent() == []
    for _again in range(2):
        actions.remind(at + 350 * DAY)
    assert sent() == ["agency1", "host1", "pi1"]
    actions.remind(at + 370 * DAY)
    assert len(sent()) == 6


# --- effectiveness --------------------------------------------------------------------------------------------


def test_an_evaluation_stands_on_a_verified_report(db, cast, at, result):
    with pytest.raises(WrongState):
        plays.evaluated(cast, result=result, at=at)
    plays.followed_up(cast, handover=plays.handed_over(cast, result=result, at=at), usages=(Usage.YES, Usage.YES))
    plays.evaluated(cast, result=result, at=at + 800 * DAY)
    plays.evaluated(cast, result=result, at=at + 801 * DAY, rating=Rating.LOW)
    found = queries.evaluations_of(result.id)
    assert [e.rating for e in found] == [Rating.LOW, Rating.HIGH] and found[0].figures["revenue"] == 1_440_000_000
    assert sum("PHIẾU ĐÁNH GIÁ HIỆU QUẢ" in str(p.blocks) for p in papers.of(result)) == 2
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE effectiveness SET rating = 'high'"))


# --- agreements -----------------------------------------------------------------------------------------------


def test_a_domestic_contract_is_exempt(cast, at, result, mails):
    row = plays.signed_agreement(cast, result=result, at=at)
    assert (row.state, row.registration_case, row.must_register, row.register_by) == (AgreementState.SIGNED, "domestic_state", False, None)
    assert queries.use_of(result) == Use.TRANSFERRED
    said = str(papers.of(row)[0].blocks)
    assert "250.000.000 đồng" in said and "Luật Chuyển giao công nghệ" in said and "không thuộc trường hợp phải đăng ký" in said


def test_a_contract_abroad_holds_from_its_registration(cast, at, result, mails):
    row = plays.signed_agreement(cast, result=result, at=at, route=Route.TO_ABROAD)
    assert row.must_register and (row.register_by - row.signed_on).days >= 90
    assert queries.use_of(result) == Use.NOT_HANDED_OVER
    assert queries.agreements_to_register() == [row]
    actions.remind(at + 80 * DAY)
    assert any(m.template == "transfer/mail/registration_due.txt" for m in mails())
    actions.register_agreement(row, number="05/GCN-CGCN", registered_on=(at + 40 * DAY).date(), by=cast["officer"], at=at + 41 * DAY)
    assert row.state == AgreementState.REGISTERED and queries.use_of(result) == Use.TRANSFERRED
    actions.end_agreement(row, ended_on=(at + 90 * DAY).date(), reason="Hai bên thanh lý", by=cast["officer"], at=at + 91 * DAY)
    assert queries.use_of(result) == Use.NOT_HANDED_OVER


def test_a_draft_is_changed_or_dropped_but_not_what_is_signed(cast, at, result):
    terms = {"kind": "licence", "route": Route.DOMESTIC, "recipient": None, "recipient_name": "Công ty B", "recipient_details": None, "scope": "Quyền dùng",
             "price": 0, "author_share": 30, "ends_on": None}  # fmt: skip
    row = plays.drafted_agreement(cast, result=result, at=at)
    actions.revise_agreement(row, by=cast["host1"], at=at, **terms)
    assert row.recipient_name == "Công ty B"
    actions.drop_agreement(row, reason="Không thỏa thuận được", by=cast["host1"], at=at)
    signed = plays.signed_agreement(cast, result=result, at=at)
    with pytest.raises(WrongState):
        actions.revise_agreement(signed, by=cast["officer"], at=at, **terms)
    with pytest.raises(WrongState):
        actions.drop_agreement(signed, reason="x", by=cast["officer"], at=at)


@pytest.mark.parametrize(("change", "field"), [
    ({"recipient_name": None}, "recipient"), ({"recipient": "host1", "recipient_name": None}, "recipient"), ({"recipient": "body3"}, "recipient_name"),
])  # fmt: skip
def test_a_draft_names_one_other_party(cast, at, result, change, field):
    terms = {"kind": "licence", "route": Route.DOMESTIC, "recipient": None, "recipient_name": "Công ty B", "recipient_details": None, "scope": "x", "price": 0,
             "author_share": 30, "ends_on": None} | change  # fmt: skip
    terms["recipient"] = cast.org(terms["recipient"]) if terms["recipient"] else None
    with pytest.raises(Incomplete) as refusal:
        actions.draft_agreement(result, by=cast["officer"], at=at, **terms)
    assert refusal.value.field == field


def test_signing_keeps_days_and_the_authors_share(cast, at, result):
    row = plays.drafted_agreement(cast, result=result, at=at)
    terms = {"number": "1/HĐ", "host_signer": "A", "recipient_signer": "B", "by": cast["officer"], "at": at}
    for day in (date(2026, 3, 3), date(2026, 1, 1)):
        with pytest.raises(Incomplete):
            actions.sign_agreement(row, signed_on=day, **terms)
    with pytest.raises(NotAllowed):
        actions.sign_agreement(row, signed_on=at.date(), **(terms | {"by": cast["agency1"]}))
    row.author_share = 20
    with pytest.raises(Incomplete, match="30"):
        actions.sign_agreement(row, signed_on=at.date(), **terms)


def test_ownership_is_assigned_once(cast, at, result, db):
    terms = {"kind": AgreementKind.ASSIGNMENT, "route": Route.DOMESTIC, "recipient": None, "recipient_details": None, "scope": "Toàn bộ quyền sở hữu", "price": 0,
             "author_share": 30, "ends_on": None, "by": cast["host1"], "at": at}  # fmt: skip
    first, second = (actions.draft_agreement(result, recipient_name=name, **terms) for name in ("Công ty A", "Công ty B"))
    signing = {"signed_on": at.date(), "host_signer": "A", "recipient_signer": "B", "by": cast["host1"], "at": at}
    with pytest.raises(Incomplete, match="digits"):
        actions.sign_agreement(first, number="abc", **signing)
    actions.sign_agreement(first, number="1/HĐCN", **signing)
    with pytest.raises(WrongState, match="assigned"), db.session.begin_nested():
        actions.sign_agreement(second, number="2/HĐCN", **signing)
    with pytest.raises(WrongState, match="assigned"):
        actions.draft_agreement(result, recipient_name="Công ty C", **(terms | {"kind": AgreementKind.LICENCE}))
    paper = papers.of(first)[0]
    assert paper.body == result.project.host.name and "GIÁM ĐỐC" not in str(paper.blocks)  # the host's record; the Department signed nothing
    actions.end_agreement(first, ended_on=at.date(), reason="Hủy hợp đồng", by=cast["officer"], at=at)
    actions.sign_agreement(second, number="2/HĐCN", **signing)


def test_the_number_of_a_contract_is_used_once_by_a_host(cast, at, result, db):
    plays.signed_agreement(cast, result=result, at=at)
    used = queries.agreements_of(cast["officer"], result.id)[0].number
    other = plays.drafted_agreement(cast, result=result, at=at)
    with pytest.raises(Incomplete, match="already the number"):
        actions.sign_agreement(other, number=f" {used} ", signed_on=at.date(), host_signer="A", recipient_signer="B", by=cast["officer"], at=at)


def test_a_contract_does_not_end_before_it_begins_and_its_last_day_is_noticed(cast, at, result, mails, app):
    terms = {"kind": AgreementKind.LICENCE, "route": Route.DOMESTIC, "recipient": None, "recipient_name": "Công ty A", "recipient_details": None, "scope": "Dùng",
             "price": 0, "author_share": 30, "by": cast["host1"], "at": at}  # fmt: skip
    with pytest.raises(Incomplete) as refusal:
        actions.draft_agreement(result, ends_on=at.date(), **terms)
    assert refusal.value.field == "ends_on"
    row = actions.draft_agreement(result, ends_on=(at + 30 * DAY).date(), **terms)
    with app.test_request_context():
        assert [t.title for t in desk(cast["host1"], at)["Transfer contracts to sign, register or end"]] == [result.title]
    actions.sign_agreement(row, number="7/HĐ", signed_on=at.date(), host_signer="A", recipient_signer="B", by=cast["host1"], at=at)
    late = at + 31 * DAY
    with app.test_request_context():
        assert "Transfer contracts to sign, register or end" not in desk(cast["officer"], at + 30 * DAY)
        assert [t.title for t in desk(cast["officer"], late)["Transfer contracts to sign, register or end"]] == [result.title]
    actions.remind(late)
    actions.remind(late + DAY)
    assert {m.to_address.partition("@")[0] for m in mails() if m.template == "transfer/mail/agreement_over.txt"} == {"pi1", "host1", "officer", "officer2"}


def test_a_high_effect_contradicts_reports_of_no_use():
    check_rating(Rating.LOW, Use.NEVER_APPLIED)
    check_rating(Rating.HIGH, Use.IN_USE)
    with pytest.raises(Incomplete):
        check_rating(Rating.HIGH, Use.NO_LONGER)


def desk(user, at):
    return {g.label: g.tasks for g in providers.groups(user, at)}


# --- the public -----------------------------------------------------------------------------------------------


def test_a_visitor_writes_and_is_answered(cast, at, result, mails):
    with pytest.raises(WrongState):
        plays.interested(cast, result=result, at=at)
    plays.published(cast, result=result, at=at)
    row = plays.interested(cast, result=result, at=at)
    assert {m.to_address.partition("@")[0] for m in mails() if m.template == "transfer/mail/interest.txt"} == {"officer", "officer2"}
    assert not [m for m in mails() if m.to_address == row.email]
    line = journal.timeline([journal.subject_key(row)])[0]
    assert line.verb == "express_interest" and line.actor_id is None and "Lụa" not in str(line.detail)
    actions.answer_interest(row, answer="Mời hợp tác xã đến Sở ngày 10.", by=cast["officer"], at=at)
    answer = next(m for m in mails() if m.to_address == row.email)
    assert "Mời hợp tác xã" in answer.body and answer.to_user_id is None
    with pytest.raises(WrongState):
        actions.close_interest(row, reason="x", by=cast["officer"], at=at)
    other = plays.interested(cast, result=result, at=at)
    actions.close_interest(other, reason="Quảng cáo", by=cast["officer"], at=at)
    assert other.state == InterestState.CLOSED


def test_ten_messages_an_hour_from_one_address(cast, at, result):
    plays.published(cast, result=result, at=at)
    for _n in range(10):
        plays.interested(cast, result=result, at=at)
    with pytest.raises(TooMany):
        plays.interested(cast, result=result, at=at + timedelta(minutes=59))
    plays.interested(cast, result=result, at=at + timedelta(minutes=61))


def test_published_and_taken_off(cast, at, result):
    plays.published(cast, result=result, at=at)
    assert queries.public_result(result.public_id, True)["title"].startswith("Result ")
    actions.unpublish(result, reason="Chờ đăng ký sáng chế", by=cast["officer"], at=at)
    assert queries.public_result(result.public_id, False) is None
    with pytest.raises(WrongState):
        actions.unpublish(result, reason="x", by=cast["officer"], at=at)
    with pytest.raises(Incomplete):
        actions.publish(result, summary=" ", title_en=None, summary_en=None, by=cast["officer"], at=at)


def test_the_journal_holds(db, cast, at, result):
    handover = plays.handed_over(cast, result=result, at=at)
    plays.followed_up(cast, handover=handover)
    plays.evaluated(cast, result=result, at=at + 1900 * DAY)
    assert journal.verify()[1] is None
    assert db.session.scalars(select(FollowUp)).all() and db.session.scalars(select(Effectiveness)).all()
