"""After the opening: the checklist judged by several, what is asked to be added, conclusions and their reversal."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import opening as opening_plays
from app.across.demo.plays import proposals as plays
from app.kernel import clock, journal
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.services.files import actions as file_acts
from app.services.papers import queries as papers
from app.services.people import actions as people
from app.services.profiles.models import CvVersion
from app.stages.calls.models import Opening
from app.stages.calls.rules import (
    Attendee,
    Capacity,
    attendees,
    check_attendance,
)
from app.stages.proposals import (
    actions,
    checking,
    checklist,
    opening,
    queries,
    remedies,
    work,
)
from app.stages.proposals.checkmodels import (
    EligibilityCheck,
    LineJudgement,
    Outcome,
    Remedy,
)
from app.stages.proposals.eligibility import (
    DEBTS,
    WARN,
    Cause,
    Debt,
    Line,
    Overtaken,
    RemedyState,
    Standing,
    Told,
    Verdict,
    Wanted,
    check_outcome,
    holds_back,
    merged,
    overdue,
)
from app.stages.proposals.models import MemberCv
from app.stages.proposals.rules import ProposalState

DAY = timedelta(days=1)
MET, NOT_MET = Verdict.MET, Verdict.NOT_MET


class Row:
    def __init__(self, **facts):
        self.__dict__.update(facts)


# --- pure -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stands", "base", "told", "result"), [
    (None, None, Told(MET), (True, False)), (None, None, Told(None), (False, False)),
    (Row(verdict="met", remark=None), None, Told(MET), (False, False)),  # the same said twice
    (Row(verdict="met", remark=None), None, Told(NOT_MET, "x"), (True, True)),  # both said something, and not the same
    (Row(verdict="not_met", remark="y"), Row(verdict="met", remark=None), Told(MET), (False, False)),  # only the other changed it
    (Row(verdict="met", remark=None), Row(verdict="met", remark=None), Told(NOT_MET, "x"), (True, False)),  # only I changed it
])  # fmt: skip
def test_two_officers_at_one_line(stands, base, told, result):
    assert merged(stands, base, told) == result


def line(code="a", ok=None, weight="bar"):
    return Line(code, code.upper(), ok, weight=weight)


@pytest.mark.parametrize(("standings", "eligible", "field"), [
    ([Standing(line())], True, "verdict_a"), ([Standing(line(ok=False))], True, "verdict_a"), ([Standing(line(ok=True))], False, "outcome"),
    ([Standing(line(ok=True)), Standing(line("b"))], False, "verdict_b"),
])  # fmt: skip
def test_an_outcome_follows_from_the_lines(standings, eligible, field):
    with pytest.raises(Incomplete) as refused:
        check_outcome(standings, eligible=eligible)
    assert refused.value.field == field


def test_a_warning_bars_nobody_and_a_person_overrules_the_system():
    check_outcome([Standing(line(ok=False, weight=WARN)), Standing(line("b", ok=False), Row(verdict="met"))], eligible=True)
    check_outcome([Standing(line(ok=True), Row(verdict="not_met"))], eligible=False)


def test_a_debt_bars_from_to_and_only_for_a_cause_of_the_rulebook(at):
    day, causes = at.date(), {"rated_fail": 3}
    debt = Debt(Cause.RATED_FAIL, True, "X", day, day + DAY)
    assert [debt.bars(causes, day + n * DAY) for n in (-1, 0, 1, 2)] == [False, True, True, False]
    assert not debt.bars({"unpaid_refund"}, day) and Debt(Cause.RATED_FAIL, True, "X", day).bars(causes, day + 999 * DAY)
    assert not Debt(Cause.RATED_FAIL, True, "X", day, barring=False).bars(causes, day)


def test_a_request_holds_the_check_back_until_its_last_day(at):
    row, day = Row(state=RemedyState.ASKED, due_on=at.date()), at.date()
    assert holds_back(row, day) and not overdue(row, day) and overdue(row, day + DAY) and not holds_back(row, day + DAY)
    assert not holds_back(None, day) and not holds_back(Row(state=RemedyState.ANSWERED, due_on=day), day)


def test_who_is_there_is_read_line_by_line():
    found = attendees("Nguyễn An;  Thanh tra ; Chánh thanh tra\n\n Lê B\tSở KH&CN", Capacity.WITNESS, "witnesses")
    assert [(p.name, p.body, p.office) for p in found] == [("Nguyễn An", "Thanh tra", "Chánh thanh tra"), ("Lê B", "Sở KH&CN", "")]
    for bad in ("Nguyễn An", "; Sở", "x" * 201 + "; Sở", "\n".join(["A; B"] * 101)):
        with pytest.raises(Incomplete):
            attendees(bad, Capacity.PRESENT, "present")
    with pytest.raises(Incomplete) as refused:
        check_attendance([Attendee("A", "B")], 1)
    assert refused.value.field == "witnesses"
    with pytest.raises(Incomplete):
        check_attendance([Attendee("A", "B", "", Capacity.WITNESS)], 1)


# --- the opening ----------------------------------------------------------------------------------------------


@pytest.fixture
def opened(db, cast, called, now):
    """Two submitted dossiers of two hosts, opened the morning after the deadline."""
    (place,) = called("Mô hình tưới")
    rows = [plays.submitted(cast, call_topic=place, at=now, pi=pi, host=host) for pi, host in (("pi1", "host1"), ("pi3", "host2"))]
    call_plays.opened_call(cast, call=place.call)
    db.session.commit()
    return [queries.proposal_by_pid(row.public_id) for row in rows]


@pytest.fixture
def after(opened, travel):
    """The day after the opening, where time stands."""
    at = opened[0].call_topic.call.opened_at + DAY
    travel.move_to(at)
    return at


def test_the_minutes_name_people_files_and_seals(db, opened):
    call = opened[0].call_topic.call
    session = db.session.scalar(select(Opening).where(Opening.call_id == call.id))
    assert session.held_at == call.opened_at and "Phòng họp" in session.place
    said = str(papers.paper_by_pid(call.minutes_pid).blocks)
    assert all(word in said for word in ("Lê Minh Tâm", "Người chứng kiến", opened[0].code, "Nguyên vẹn", "Phòng họp số 2"))
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE call_opening SET place = 'x'"))


def test_a_dossier_that_is_not_what_was_received_is_told(cast, called, now):
    (place,) = called("Niêm phong")
    row = plays.submitted(cast, call_topic=place, at=now)
    assert [one["seal"] for one in opening.list_dossiers(place.call)] == [True]
    file_acts.attach(subject=row, upload=plays.Upload("thêm.pdf", io.BytesIO(plays.small_pdf("x"))), kind="other", by=cast["pi1"], at=now)
    assert [one["seal"] for one in opening.list_dossiers(place.call)] == [False]


def test_nothing_is_judged_before_the_opening(db, cast, called, now):
    (place,) = called("Còn niêm phong")
    row = plays.submitted(cast, call_topic=place, at=now)
    for act in (lambda: checking.judge(row, {}, by=cast["officer"], at=now), lambda: remedies.ask(row, [Wanted("x")], by=cast["officer"], at=now)):
        with pytest.raises(WrongState):
            act()
    ids = {"proposal_id": row.id, "by_id": cast["officer"].id, "at": now}
    for sealed in (LineJudgement(code="a", number=1, verdict=MET, **ids), EligibilityCheck(number=1, outcome=Outcome.ELIGIBLE, lines=[], **ids)):
        with pytest.raises(IntegrityError, match="sealed"), db.session.begin_nested():
            db.session.add(sealed)
    with pytest.raises(IntegrityError, match="sealed"), db.session.begin_nested():
        db.session.execute(text("UPDATE proposal SET state = 'eligible' WHERE id = :id"), {"id": row.id})


# --- the checklist --------------------------------------------------------------------------------------------


def found(row, at, code):
    return next(one for one in checklist.lines_of(row, on=at.date()) if one.code == code)


def test_the_degree_is_read_from_the_cv_the_dossier_holds(db, cast, opened, after):
    row = opened[0]
    lead = next(m for m in row.team if m.user_id == row.pi_id)
    version = CvVersion(user_id=row.pi_id, number=9, made_at=after, name=lead.name, form_version_id=work.form_of(row).id, sha256="0" * 64,
                        answers={"training": [{"level": "Tiến sĩ", "field": "Khoa học cây trồng", "in_year": 2012}, {"place": "Cần Thơ"}]})  # fmt: skip
    db.session.add(version)
    db.session.flush()
    db.session.execute(delete(MemberCv).where(MemberCv.member_id == lead.id))
    db.session.add(MemberCv(member_id=lead.id, cv_version_id=version.id))
    db.session.flush()
    db.session.expire(lead)
    line = found(queries.held(row), after, "pi_degree")
    assert line.ok is None and line.why[0][1] == {"n": 9, "training": "Tiến sĩ, Khoa học cây trồng, 2012"}, "an officer judges the field"


def test_debts_are_told_with_project_and_dates(cast, opened, after):
    row, day = opened[0], after.date()
    assert found(row, after, "host_debts").ok is True
    owed = Debt(Cause.UNPAID_REFUND, True, "NV-01 – Tưới", day - 9 * DAY, None, ("hub.show", {"pid": "x"}))
    late = Debt(Cause.LATE_REPORT, False, "NV-02 – Giống", day - 3 * DAY)
    DEBTS.append(lambda users, hosts, _on: [owed, late] if row.pi_id in users and row.host_id in hosts else [])
    try:
        bar, warn = found(row, after, "host_debts"), found(row, after, "pi_debts")
        assert bar.ok is False and bar.debts == [owed] and warn.ok is None and warn.debts == [late]
    finally:
        DEBTS.pop()
    people.debar("rated_fail", from_date=day - DAY, until=day + DAY, user_id=row.pi_id)
    assert found(row, after, "pi_debts").ok is False and found(row, after + 3 * DAY, "pi_debts").ok is True


def test_two_officers_lose_no_work(cast, opened, after, db):
    row = opened[0]
    checking.judge(row, {"functions": Told(MET), "pi_degree": Told(NOT_MET, "Sai chuyên ngành")}, by=cast["officer"], at=after)
    checking.judge(row, {"functions": Told(None), "legal_person": Told(MET)}, by=cast["officer2"], at=after)  # another line: beside it
    with pytest.raises(Overtaken) as refused:
        checking.judge(row, {"functions": Told(NOT_MET, "Không đủ phòng thí nghiệm", 0)}, by=cast["officer2"], at=after)
    assert refused.value.field == "verdict_functions" and refused.value.params["who"] == cast["officer"].name
    checking.judge(row, {"functions": Told(NOT_MET, "Không đủ phòng thí nghiệm", 1)}, by=cast["officer2"], at=after)
    now = checklist.newest(checklist.judgements(row))
    assert {c: (j.verdict, j.number) for c, j in now.items()} == {"functions": (NOT_MET, 2), "pi_degree": (NOT_MET, 1), "legal_person": (MET, 1)}
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE line_judgement SET verdict = 'met'"))


@pytest.mark.parametrize(("told", "field"), [
    ({"functions": Told(NOT_MET)}, "remark_functions"), ({"functions": Told(MET, "x" * 1001)}, "remark_functions"), ({"stray": Told(MET)}, None)])  # fmt: skip
def test_a_judgement_says_why(cast, opened, after, told, field):
    with pytest.raises(Incomplete) as refused:
        checking.judge(opened[0], told, by=cast["officer"], at=after)
    assert refused.value.field == field


def test_nobody_judges_the_own_dossier(cast, opened, after):
    for who in ("pi1", "host1"):
        with pytest.raises(NotAllowed):
            checking.judge(opened[0], {"functions": Told(MET)}, by=cast[who], at=after)


def test_a_conclusion_is_a_letter_with_every_line(db, cast, opened, after, mails):
    row = opened[0]
    with pytest.raises(Incomplete):
        actions.check_eligible(row, by=cast["officer"], at=after)  # lines that only a person can judge are open
    plays.eligible(cast, proposal=row, at=after)
    (kept,) = checklist.checks_of(row)
    assert kept.outcome == Outcome.ELIGIBLE and {one["code"] for one in kept.lines} >= {"in_time", "doc_legal_status", "host_debts", "one_project"}
    letter = papers.paper_by_pid(kept.letter_pid)
    assert row.code in str(letter.blocks) and letter in papers.of(row)
    assert {m.to_address for m in mails() if m.template == "proposals/mail/checked.txt"} == {"pi1@demo.vamco.test", "host1@demo.vamco.test"}
    with pytest.raises(IntegrityError):
        db.session.execute(text("DELETE FROM eligibility_check"))


def test_a_refusal_says_what_stands_against_the_applicant(cast, opened, after):
    row, day = opened[0], after.date()
    people.debar("rated_fail", from_date=day - DAY, until=day + DAY, user_id=row.pi_id)
    told = {code: Told(MET) for code in ("legal_person", "functions", "pi_degree", "similar")}
    with pytest.raises(Incomplete) as refused:
        actions.check_ineligible(row, "Chủ nhiệm", told={}, by=cast["officer"], at=after)
    assert refused.value.params["line"].count(";") >= 3, "every line that nobody judged, in one sentence"
    checking.check_ineligible(row, "Chủ nhiệm", told=told, by=cast["officer"], at=after)
    letter = papers.paper_by_pid(checklist.checks_of(row)[0].letter_pid)
    assert f"nghiệm thu không đạt, từ {day - DAY:%d/%m/%Y} đến {day + DAY:%d/%m/%Y}" in str(letter.blocks)


def test_files_of_an_answer_stand_beside_what_was_asked(cast, opened, after):
    row = opened[0]
    opening_plays.asked(cast, proposal=row, at=after)
    (asked,) = checklist.remedies_of(row)
    given = checklist.remedy_by_pid(asked.public_id)
    remedies.save(given, {2: "Đang viết"}, {1: pdf("một.pdf"), 2: pdf("hai.pdf")}, by=cast["pi1"], at=after)
    assert checklist.added_to(checklist.remedies_of(row)) == {}, "before it is sent nobody is shown it"
    remedies.answer(given, {2: "Có phòng thí nghiệm."}, {}, by=cast["pi1"], at=after)
    shown = checklist.added_to(checklist.remedies_of(row))
    assert {place: [a.filename for a in rows] for place, rows in shown.items()} == {(asked.public_id, 1): ["một.pdf"], (asked.public_id, 2): ["hai.pdf"]}


# --- something is to be added ---------------------------------------------------------------------------------


def pdf(name="bổ sung.pdf"):
    return plays.Upload(name, io.BytesIO(plays.small_pdf(name)))


def test_who_has_not_sent_it_is_reminded_once(cast, opened, after, mails):
    row = opened[0]
    opening_plays.asked(cast, proposal=row, at=after)
    (asked,) = checklist.remedies_of(row)
    last = clock.at_local(asked.due_on)

    def told():
        return [m.to_address for m in mails() if m.template.endswith("remedy_due.txt")]

    remedies.remind(last - 3 * DAY)
    assert not told()
    for at in (last - 2 * DAY, last - 2 * DAY, last - DAY):
        remedies.remind(at)
    assert sorted(told()) == ["host1@demo.vamco.test", "pi1@demo.vamco.test"]
    remedies.answer(checklist.remedy_by_pid(asked.public_id), {2: "Có phòng thí nghiệm."}, {1: pdf()}, by=cast["pi1"], at=last - DAY)
    remedies.remind(last)
    assert len(told()) == 2


def test_what_was_asked_is_added_and_nothing_else(cast, opened, after, mails):
    row = opened[0]
    opening_plays.asked(cast, proposal=row, at=after)
    (asked,) = checklist.remedies_of(row)
    assert asked.due_on == remedies.due_day(row, after.date()) and asked.letter_pid in {p.public_id for p in papers.of(row)}
    assert {m.to_address for m in mails() if m.template.endswith("remedy_asked.txt")} == {"pi1@demo.vamco.test", "host1@demo.vamco.test"}
    with pytest.raises(WrongState):
        plays.eligible(cast, proposal=row, at=after)
    with pytest.raises(WrongState):
        remedies.ask(row, [Wanted("nữa")], by=cast["officer2"], at=after)
    asked = checklist.remedy_by_pid(asked.public_id)
    with pytest.raises(Incomplete) as refused:
        remedies.answer(asked, {1: "", 2: "Có phòng thí nghiệm."}, {}, by=cast["pi1"], at=after)
    assert refused.value.field == "file_1"
    remedies.answer(asked, {2: "Có phòng thí nghiệm."}, {1: pdf(), 3: pdf("lạ.pdf")}, by=cast["pi1"], at=after)
    assert asked.state == RemedyState.ANSWERED and mails()[-1].to_address == "officer@demo.vamco.test"
    assert "bổ sung.pdf" in {name for name, _page in found(row, after, "doc_legal_status").evidence}
    assert queries.latest_version(row).content == actions.snapshot(row), "the dossier itself stays as it was submitted"
    with pytest.raises(WrongState):
        remedies.save(asked, {2: "khác"}, {}, by=cast["pi1"], at=after)
    plays.eligible(cast, proposal=row, at=after + DAY)


def test_after_the_last_day_nothing_is_added_and_the_check_goes_on(db, cast, opened, after):
    row = opened[0]
    opening_plays.asked(cast, proposal=row, at=after)
    asked = checklist.remedy_by_pid(checklist.remedies_of(row)[0].public_id)
    late = after + 30 * DAY
    with pytest.raises(WrongState):
        remedies.answer(asked, {2: "muộn"}, {1: pdf()}, by=cast["pi1"], at=late)
    opening_plays.asked(cast, proposal=row, at=late, by="officer2")  # asked anew: the first one has lapsed
    assert [r.state for r in checklist.remedies_of(row)] == [RemedyState.ASKED, RemedyState.LAPSED]
    plays.ineligible(cast, proposal=row, at=late + 30 * DAY)
    assert {r.state for r in checklist.remedies_of(row)} == {RemedyState.LAPSED} and row.state == ProposalState.INELIGIBLE
    with pytest.raises(IntegrityError, match="kept"):
        db.session.execute(text("UPDATE remedy SET note = 'x'"))


def test_a_request_is_taken_back_with_a_reason_and_two_pages_of_the_applicant_are_told(db, cast, opened, after):
    row = opened[0]
    opening_plays.asked(cast, proposal=row, at=after)
    asked = checklist.remedy_by_pid(checklist.remedies_of(row)[0].public_id)
    seen = asked.version
    remedies.save(asked, {2: "một"}, {}, by=cast["pi1"], at=after, seen=seen)
    db.session.flush()
    with pytest.raises(Stale):
        remedies.save(asked, {2: "hai"}, {}, by=cast["host1"], at=after, seen=seen)
    with pytest.raises(Incomplete):
        remedies.take_back(asked, " ", by=cast["officer2"], at=after)
    remedies.take_back(asked, "Đã có bản đủ trang", by=cast["officer2"], at=after)
    assert checklist.waiting_remedy(row) is None and db.session.scalar(select(Remedy.state)) == RemedyState.TAKEN_BACK


def test_who_may_read_what_is_not_sent_yet(cast, opened, after):
    row = opened[0]
    opening_plays.asked(cast, proposal=row, at=after)
    asked = checklist.remedy_by_pid(checklist.remedies_of(row)[0].public_id)
    assert remedies._may_read(asked, cast["pi1"]) and not remedies._may_read(asked, cast["officer"]) and not remedies._may_read(asked, cast["pi3"])
    assert checklist.remedy_for(cast["pi3"], asked.public_id) is None and checklist.remedy_for(cast["host1"], asked.public_id) is asked


# --- a conclusion is taken back -------------------------------------------------------------------------------


def test_what_was_concluded_is_taken_back_by_another_on_a_document(cast, opened, after):
    row = opened[0]
    plays.eligible(cast, proposal=row, at=after)
    with pytest.raises(NotAllowed):
        checking.retract(row, "Sai", document="1/KL", by=cast["officer"], at=after)
    with pytest.raises(Incomplete):
        checking.retract(row, "Sai", document=" ", by=cast["officer2"], at=after)
    checking.retract(row, "Con dấu giả", document="1/KL-SKHCN", by=cast["officer2"], at=after)
    assert row.state == ProposalState.SUBMITTED and row.checked_at is None and any("kiểm tra lại" in p.title for p in papers.of(row))
    assert next(e.verb for e in journal.timeline([journal.subject_key(row)])) == "retract"
    told = checklist.reversals_of(row)
    assert [(t["who"], t["reason"], t["document"]) for t in told] == [(cast["officer2"].name, "Con dấu giả", "1/KL-SKHCN")], "who checks anew sees why"
    plays.ineligible(cast, proposal=row, at=after)
    assert [c.outcome for c in checklist.checks_of(row)] == [Outcome.INELIGIBLE, Outcome.ELIGIBLE]


def test_nothing_is_taken_back_once_selection_has_begun(cast, opened, after):
    first, second = opened
    plays.ineligible(cast, proposal=first, at=after)
    plays.eligible(cast, proposal=second, at=after)
    actions.put_to_selection(second, by=cast["officer"], at=after)
    with pytest.raises(WrongState, match="has begun"):
        actions.reinstate(first, "Khiếu nại đúng", document="2/KL", by=cast["officer2"], at=after)
    with pytest.raises(WrongState):
        checking.retract(second, "Sai", document="2/KL", by=cast["officer2"], at=after)
