"""From the first line of the dossier to the recognition decision, and every refusal on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import acceptance as plays
from app.across.demo.plays import execution as work_plays
from app.kernel import journal
from app.kernel.clock import local
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.services.councils import queries as sessions
from app.services.files import queries as files
from app.services.papers import queries as papers
from app.services.people import queries as people
from app.services.rulebook.models import Rule
from app.stages.acceptance import actions, asked, queries, terms
from app.stages.acceptance import council as procedure
from app.stages.acceptance.actions import reminding
from app.stages.acceptance.models import Case, Evaluation, Result
from app.stages.acceptance.rules import CaseState, Gate, ResultKind, ResultState
from app.stages.funding import queries as funding
from app.stages.funding.models import Project
from app.stages.funding.rules import Cause, ClosingKind
from tests.acceptance import factories

DAY = timedelta(days=1)
END = 700 * DAY  # close to the end of the contract


@pytest.fixture
def project(cast, at):
    return factories.project(cast, at)


# --- the dossier ----------------------------------------------------------------------------------------------


def test_a_case_has_a_line_for_each_promised_product(cast, at, project):
    case = actions.begin(project, by=cast["pi1"], at=at + END)
    assert case.state == CaseState.PREPARING
    assert [line.name for line in queries.lines_of(case)] == [p.name for p in funding.products_of(project)]
    assert case.due_on >= project.ends_on + 30 * DAY


def test_the_officer_may_begin_but_strangers_may_not(cast, at, project):
    for name in ("pi3", "host2", "leader", "member1"):
        with pytest.raises(NotAllowed):
            actions.begin(project, by=cast[name], at=at + END)
    actions.begin(project, by=cast["officer"], at=at + END)
    with pytest.raises(WrongState, match="begun already"):
        actions.begin(project, by=cast["host1"], at=at + END)


def test_a_project_without_contract_or_ending_early_is_not_accepted(cast, at, project):
    unsigned = factories.factories.project(cast, at + 5 * DAY, title="Nhiệm vụ thứ hai", pi="pi3", host="host2", number="99/QĐ-UBND")
    with pytest.raises(WrongState, match="signed contract"):
        actions.begin(unsigned, by=cast["pi3"], at=at + END)
    work_plays.opened_termination(cast, project=project, at=at + END)
    with pytest.raises(WrongState, match="early end"):
        actions.begin(project, by=cast["pi1"], at=at + END)


def test_an_unfinished_dossier_is_not_submitted(cast, at, project):
    when = at + END
    case = actions.begin(project, by=cast["pi1"], at=when)
    with pytest.raises(Incomplete, match="product 1"):
        actions.submit(case, by=cast["pi1"], at=when)
    plays.evaluated(case, by=cast["pi1"], at=when)
    with pytest.raises(Incomplete, match="missing.*Công văn đề nghị"):
        actions.submit(case, by=cast["pi1"], at=when)
    with pytest.raises(Incomplete):
        actions.attach(case, kind="nothing", upload=None, by=cast["pi1"], at=when)
    with pytest.raises(Incomplete):
        actions.self_evaluate(case, {}, grade="brilliant", note=None, by=cast["pi1"], at=when)
    with pytest.raises(NotAllowed):
        actions.self_evaluate(case, {}, grade=None, note=None, by=cast["officer"], at=when)
    with pytest.raises(Stale):
        actions.self_evaluate(case, {}, grade=None, note=None, by=cast["pi1"], at=when, seen=1)


def test_before_the_contract_ends_it_goes_with_a_notice(cast, at, project, mails):
    case, ends = plays.prepared(cast, project=project, at=at + END), funding.contract_of(project.id).ends_on
    with pytest.raises(Incomplete, match="give notice") as failure:
        actions.submit(case, by=cast["pi1"], at=at + END)
    assert failure.value.field == "early"
    actions.submit(case, early="Sản phẩm đã bàn giao", by=cast["pi1"], at=at + END)
    assert case.early_days == (ends - local(at + END).date()).days > 0 and case.early_note == "Sản phẩm đã bàn giao" and queries.lateness(case) == 0
    actions.return_dossier(case, reason="x", by=cast["officer"], at=at + END + DAY)
    actions.submit(case, by=cast["pi1"], at=at + END + 2 * DAY)  # the notice was given


def test_reminders_before_the_end_and_after_the_term_go_once(cast, at, project, mails):
    ends, midnight = funding.contract_of(project.id).ends_on, timedelta(hours=1)

    def sent_on(day):
        when = at + (day - local(at).date()) + midnight
        before = len(mails())
        reminding.remind(when)
        reminding.remind(when)
        reminding.chase(when)
        return sorted({m.template.rpartition("/")[2] for m in mails()[before:]})

    assert [sent_on(ends - n * DAY) for n in (61, 60, 59, 30, 7, 6)] == [[], ["ends_soon.txt"], [], ["ends_soon.txt"], ["ends_soon.txt"], []]
    due = queries.dossier_due(project, ends)
    assert [sent_on(due + n * DAY) for n in (0, 1, 2, 15)] == [[], ["dossier_late.txt"], [], ["dossier_late.txt"]]
    plays.submitted(cast, project=project, at=at + (due - local(at).date()) + 20 * DAY)
    assert sent_on(due + 60 * DAY) == []


def test_what_is_late_is_seen(db, cast, at, project):
    case = plays.submitted(cast, project=project, at=at + END)
    handed = local(case.submitted_at).date()

    def late(today, step):
        return [c.id for c in db.session.scalars(terms.late_in(select(Case), step, today))]

    assert late(handed + 2 * DAY, "check") == [] and late(handed + 9 * DAY, "check") == late(handed + 9 * DAY, "yes") == [case.id]
    actions.check(case, by=cast["officer"], at=case.submitted_at + 9 * DAY)
    assert late(handed + 20 * DAY, "check") == [] and late(handed + 60 * DAY, "council") == [case.id]
    found = {t.step: t for t in terms.terms_of(case, project, handed + 60 * DAY)}
    assert found["check"].late > 0 and found["check"].done == handed + 9 * DAY and found["dossier"].late == 0 and found["council"].done is None


def test_a_submitted_dossier_is_closed_and_issued(cast, at, project, mails):
    case = plays.submitted(cast, project=project, at=at + END)
    assert case.state == CaseState.SUBMITTED and queries.lateness(case) == 0
    assert {p.template for p in papers.of(case)} == {"acceptance/self_evaluation", "acceptance/early_notice"}
    sent = {m.to_address.partition("@")[0] for m in mails() if m.template == "acceptance/mail/submitted.txt"}
    assert sent == {"officer", "officer2"}
    with pytest.raises(WrongState):
        plays.evaluated(case, by=cast["pi1"], at=at + END)
    with pytest.raises(WrongState):
        actions.remove_file(case, files.of(case)[0], by=cast["pi1"], at=at + END)
    with pytest.raises(WrongState):
        actions.submit(case, by=cast["pi1"], at=at + END)


def test_lateness_counts_from_the_contract_end_and_from_the_first_submission(cast, at, project):
    case = plays.prepared(cast, project=project, at=at + END)
    from_due = case.due_on - (at + END).date()
    when = at + END + from_due + 12 * DAY
    actions.submit(case, by=cast["pi1"], at=when)
    assert queries.lateness(case) == 12
    actions.return_dossier(case, reason="Thiếu số liệu", by=cast["officer"], at=when + 2 * DAY)
    actions.submit(case, by=cast["pi1"], at=when + 20 * DAY)
    assert queries.lateness(case) == 12


def test_the_officer_returns_and_checks(cast, at, project, mails):
    case = plays.returned(cast, project=project, at=at + END)
    assert case.state == CaseState.RETURNED and "nhật ký" in case.reason
    actions.submit(case, early=plays.EARLY, by=cast["host1"], at=at + END + 10 * DAY)
    with pytest.raises(Stale):
        actions.check(case, by=cast["officer"], at=at + END + 11 * DAY, seen=1)
    actions.check(case, by=cast["officer"], at=at + END + 11 * DAY, seen=case.version)
    assert case.state == CaseState.VALID and case.reason is None
    assert [p.template for p in papers.of(case)].count("acceptance/validity") == 2
    assert {"acceptance/mail/returned.txt", "acceptance/mail/valid.txt"} <= {m.template for m in mails()}
    assert queries.next_due(case, project.decision_date) > (at + END + 11 * DAY).date() + 15 * DAY


# --- the council ----------------------------------------------------------------------------------------------


def test_a_good_grade_drafts_the_results(cast, at, project, mails):
    cast["pi1"].locale = "en"
    case = factories.rated(cast, project, at + END)
    assert (case.state, case.grade, case.accepted) == (CaseState.GRADED, "pass", True)
    results = queries.results_of(case.id)
    assert [r.title for r in results] == [p.name for p in funding.products_of(project)]
    assert all(r.item_id == project.item_id and r.state == ResultState.DRAFTED and r.code.startswith(project.code) for r in results)
    evaluation = queries.evaluations_of(case)[0]
    assert evaluation.count["tally"] == {"excellent": 0, "pass": 7, "fail": 0} and evaluation.conclusion
    sheets = next(p for p in papers.of(case) if p.template == "acceptance/rating_sheet")
    assert "Đạt: 7" in str(sheets.blocks) and "Ủy viên" not in str(sheets.blocks)  # no sheet tells whose it is
    told = {m.to_address.partition("@")[0]: m.body for m in mails() if m.template.endswith("graded.txt")}
    assert "Satisfactory" in told["pi1"] and "Đạt" not in told["pi1"] and "Đạt" in told["host1"], "each in the own language"
    council = sessions.council_by_pid(case.council_pid)
    assert [(endpoint, values["pid"]) for _label, _word, endpoint, values in sessions.procedure(council).after(council)] == [("acceptance.show", case.public_id)]


def test_a_dissolved_council_frees_the_case(cast, at, project):
    case = plays.valid(cast, project=project, at=at + END)
    council = factories.panel(case, at + END)
    procedure.dissolved(council, cast["officer"], at + END)
    assert case.state == CaseState.VALID
    procedure.established(council, cast["officer"], at + END)
    assert case.state == CaseState.IN_SESSION and case.council_pid == council.public_id
    procedure.dissolved(council, cast["officer"], at + END)
    assert case.state == CaseState.VALID and case.council_pid is None
    procedure.established(council, cast["officer"], at + END)
    procedure.returned(council, case, cast["officer"], at + END)  # given back undecided
    assert case.state == CaseState.VALID and case.council_pid is None


def test_too_late_is_not_accepted_whatever_the_sheets_say(cast, at, project):
    case = plays.prepared(cast, project=project, at=at + END)
    late = at + END + (case.due_on - (at + END).date()) + 190 * DAY
    actions.submit(case, by=cast["pi1"], at=late)
    actions.check(case, by=cast["officer"], at=late + DAY)
    factories.graded(cast, case, late + 5 * DAY, *["excellent"] * 7)
    assert case.grade == "fail" and case.accepted is False and queries.results_of(case.id) == []


def test_evaluations_are_append_only(db, cast, at, project):
    factories.rated(cast, project, at + END)
    for change in ("UPDATE acceptance_evaluation SET grade = 'excellent'", "DELETE FROM acceptance_evaluation"):
        db.session.flush()
        with pytest.raises(IntegrityError, match="append-only"), db.session.begin_nested():
            db.session.execute(text(change))
    assert db.session.scalar(select(Evaluation.grade)) == "pass"


# --- revision -------------------------------------------------------------------------------------------------


def test_a_revision_is_made_returned_made_again_and_confirmed_on_paper(cast, at, project, mails):
    case = factories.rated(cast, project, at + END)
    when, paper = at + END + 12 * DAY, plays.Upload("y-kien.pdf", plays.io.BytesIO(plays.small_pdf("agreed")))
    with pytest.raises(Incomplete):
        actions.require_revision(case, what=" \n – \n", by=cast["officer"], at=when)
    actions.require_revision(case, what="1. Bổ sung chương 4\n\n- Thêm bảng 4.2", by=cast["officer"], at=when)
    assert [e.text for e in asked.edits_of(case)] == ["Bổ sung chương 4", "Thêm bảng 4.2"]
    assert case.state == CaseState.REVISING and Gate.REVISION not in queries.passed_gates(case)
    with pytest.raises(WrongState, match="not submitted"):
        actions.confirm_revision(case, chair_name="A", chair_agreed_on=when.date(), paper=paper, by=cast["officer"], at=when)
    with pytest.raises(NotAllowed):
        actions.revise(case, answers={1: "x", 2: "x"}, by=cast["officer"], at=when)
    with pytest.raises(Incomplete) as failure:
        actions.revise(case, answers={1: "Đã sửa", 2: "  "}, by=cast["pi1"], at=when)
    assert failure.value.field == "answer_2"
    with pytest.raises(WrongState):
        actions.register(queries.results_of(case.id)[0], number="1/KQNC", dated=when.date(), by=cast["officer"], at=when)
    actions.revise(case, answers={1: "Đã sửa", 2: "Đã thêm"}, by=cast["pi1"], at=when)
    actions.refuse_revision(case, reason="Còn thiếu bảng 4.2", by=cast["officer"], at=when + DAY)
    assert case.reason == "Còn thiếu bảng 4.2"
    actions.revise(case, answers={1: "Đã sửa", 2: "Đã thêm bảng 4.2, trang 61"}, by=cast["pi1"], at=when + 2 * DAY)
    assert case.reason is None  # it was about the report before this one
    for name, day, signed in (("A", when - 30 * DAY, paper), ("A", when + 30 * DAY, paper), (" ", when + 2 * DAY, paper), ("A", when + 3 * DAY, None)):
        with pytest.raises(Incomplete):
            actions.confirm_revision(case, chair_name=name, chair_agreed_on=day.date(), paper=signed, by=cast["officer"], at=when + 3 * DAY)
    actions.confirm_revision(case, chair_name="Hoàng Văn Hải", chair_agreed_on=(when + 3 * DAY).date(), paper=paper, by=cast["officer"], at=when + 3 * DAY)
    assert case.state == CaseState.GRADED and case.revision_confirmed_at is not None and all(e.on_paper for e in asked.edits_of(case))
    assert {"revision.txt", "revised.txt", "revision_refused.txt", "revision_confirmed.txt"} <= {m.template.rpartition("/")[2] for m in mails()}
    assert "acceptance/revision" in {p.template for p in papers.of(case)}


# --- results --------------------------------------------------------------------------------------------------


@pytest.fixture
def case(cast, at, project):
    return factories.rated(cast, project, at + END)


def test_all_results_are_registered_then_recognised(cast, at, project, case, mails):
    results = plays.registered(cast, case=case, at=at + END + 15 * DAY)
    assert case.state == CaseState.RESULTS_REGISTERED
    assert all(r.state == ResultState.REGISTERED and r.certificate_number and sum(s.percent for s in r.shares) == 100 for r in results)
    assert [p.template for p in papers.of(results[0])] == ["acceptance/registration"]
    assert queries.registered_results(project.id) == results
    plays.recognised(cast, case=case, at=at + END + 25 * DAY, number="77/QĐ-UBND")
    closing = funding.closing_of(project.id)
    assert case.state == CaseState.RECOGNISED and closing.kind == ClosingKind.RECOGNISED and closing.number == "77/QĐ-UBND"
    assert [str(t.state) for t in funding.tranches_of(project.id)][-1] == "due"
    decision = next(p for p in papers.of(case) if p.template == "acceptance/recognition")
    assert decision.number == "77/QĐ-UBND" and results[0].certificate_number in str(decision.blocks)
    assert {"registered.txt", "to_recognise.txt", "recognised.txt"} <= {m.template.rpartition("/")[2] for m in mails()}
    assert journal.verify()[1] is None


def test_recognition_waits_for_the_gates(cast, at, project, case):
    when = at + END + 20 * DAY
    with pytest.raises(WrongState, match="registered first"):
        actions.recognise(case, number="1/QĐ-UBND", dated=when.date(), by=cast["leader"], at=when)


def test_another_order_of_gates_recognises_before_registration(db, cast, at, project, case):
    rule = db.session.scalars(select(Rule).where(Rule.key == "acceptance.gates")).one()
    rule.valid_to = project.decision_date - DAY
    db.session.flush()
    db.session.add(Rule(key=rule.key, value=["grade", "revision", "recognition", "certificate"], unit=None, source="Tỉnh", mark=rule.mark,
                        valid_from=project.decision_date, note_vi="x", note_en="x", created_at=at))  # fmt: skip
    db.session.flush()
    when = at + END + 20 * DAY
    result = queries.results_of(case.id)[0]
    with pytest.raises(WrongState, match="recognition decision comes first"):
        actions.register(result, number="1/KQNC", dated=when.date(), by=cast["officer"], at=when)
    plays.recognised(cast, case=case, at=when)
    plays.registered(cast, case=case, at=when + DAY)
    assert case.state == CaseState.RECOGNISED and len(queries.registered_results(project.id)) == len(queries.results_of(case.id))


def test_shares_must_make_a_hundred(cast, at, project, case):
    result = queries.results_of(case.id)[0]
    when = at + END + 15 * DAY
    for shares in ([("A", None, 60), ("B", None, 30)], [("A", None, 101)], [("A", None, 100), ("B", None, 0)]):
        with pytest.raises(Incomplete):
            actions.set_shares(result, shares, by=cast["pi1"], at=when)
    facts = {"number": "9/KQNC", "dated": when.date(), "by": cast["officer"], "at": when}
    with pytest.raises(Incomplete, match="summary"):
        actions.register(result, **facts)
    actions.describe(result, title="Quy trình tưới", kind=ResultKind.PROCESS, summary="Tóm tắt", item=project.item, by=cast["pi1"], at=when)
    with pytest.raises(Incomplete, match="100 percent"):  # the new law asks for shares
        actions.register(result, **facts)
    actions.set_shares(result, [("A", cast["pi1"].id, 60), ("B", None, 40)], by=cast["pi1"], at=when)
    with pytest.raises(Stale):
        actions.register(result, **facts, seen=1)
    for day in (when - 60 * DAY, when + 60 * DAY):
        with pytest.raises(Incomplete, match="cannot lie"):
            actions.register(result, **(facts | {"dated": day.date()}))
    actions.register(result, **facts)
    assert result.title == "Quy trình tưới" and queries.registered_results(project.id) == [result]


def test_shares_are_not_asked_for_under_the_old_law(db, cast, at, project, case):
    rule = db.session.scalars(select(Rule).where(Rule.key == "acceptance.contribution_shares")).one()
    rule.valid_to = rule.valid_from
    db.session.flush()
    assert not queries.shares_needed(project)
    result = queries.results_of(case.id)[0]
    when = at + END + 15 * DAY
    actions.describe(result, title=result.title, kind=ResultKind.MODEL, summary="Tóm tắt", item=project.item, by=cast["pi1"], at=when)
    actions.register(result, number="9/KQNC", dated=when.date(), by=cast["officer"], at=when)


def test_strangers_do_not_write_results_and_numbers_are_not_given_twice(cast, at, project, case):
    first, *_rest = queries.results_of(case.id)
    when = at + END + 15 * DAY
    for name in ("pi3", "host2", "leader", "member1"):
        with pytest.raises(NotAllowed):
            actions.set_shares(first, [("A", None, 100)], by=cast[name], at=when)
    second = actions.add_result(case, title="Bài báo quốc tế", kind=ResultKind.PUBLICATION, by=cast["pi1"], at=when)
    for result in (first, second):
        actions.describe(result, title=result.title, kind=result.kind, summary="Tóm tắt", item=project.item, by=cast["pi1"], at=when)
        actions.set_shares(result, [("A", None, 100)], by=cast["pi1"], at=when)
    actions.register(first, number="9/KQNC", dated=when.date(), by=cast["officer"], at=when)
    with pytest.raises(Incomplete, match="taken"):
        actions.register(second, number="9/KQNC", dated=when.date(), by=cast["officer"], at=when)
    with pytest.raises(WrongState):
        actions.register(first, number="10/KQNC", dated=when.date(), by=cast["officer"], at=when)


def test_a_result_may_be_left_out_but_not_the_last(cast, at, project, case):
    when = at + END + 15 * DAY
    results = queries.results_of(case.id)
    extra = actions.add_result(case, title="Số liệu khảo sát", kind=ResultKind.DATA, by=cast["pi1"], at=when)
    for result in results:
        actions.drop(result, reason="Gộp vào kết quả khác", by=cast["officer"], at=when)
    with pytest.raises(WrongState, match="at least one"):
        actions.drop(extra, reason="x", by=cast["officer"], at=when)
    plays.registered(cast, case=case, at=when)
    assert case.state == CaseState.RESULTS_REGISTERED and len(queries.registered_results(project.id)) == 1


@pytest.mark.parametrize("change", [
    "title = 'x'", "certificate_number = '0'", "certificate_dated = '2020-01-01'", "code = 'x'", "state = 'drafted'", "kind = 'other'", "item_id = item_id + 1",
    "registered_at = NULL", "level = 'excellent'",
])  # fmt: skip
def test_a_registered_result_is_frozen(db, cast, at, project, case, change):
    result = plays.registered(cast, case=case, at=at + END + 15 * DAY)[0]
    db.session.flush()
    with pytest.raises(IntegrityError, match="frozen"), db.session.begin_nested():
        db.session.execute(text(f"UPDATE result SET {change} WHERE id = :id"), {"id": result.id})


def test_shares_of_a_registered_result_are_frozen_and_it_stays(db, cast, at, project, case):
    result = plays.registered(cast, case=case, at=at + END + 15 * DAY)[0]
    db.session.flush()
    for act in ("UPDATE result_contribution SET percent = 1 WHERE result_id = :id", "DELETE FROM result_contribution WHERE result_id = :id",
                "INSERT INTO result_contribution (result_id, position, name, percent) VALUES (:id, 99, 'x', 1)", "DELETE FROM result WHERE id = :id"):  # fmt: skip
        with pytest.raises(IntegrityError, match="frozen|FOREIGN KEY"), db.session.begin_nested():
            db.session.execute(text(act), {"id": result.id})
    result.summary_en, result.is_public = "A model of saving water", True  # what later stages add is not frozen
    db.session.flush()


# --- failure --------------------------------------------------------------------------------------------------


def test_one_more_evaluation_then_no_more(cast, at, project, mails):
    case = factories.rated(cast, project, at + END, *["fail"] * 7)
    when = at + END + 20 * DAY
    assert case.accepted is False
    for act in (lambda: actions.recognise(case, number="1", dated=when.date(), by=cast["leader"], at=when),
                lambda: actions.require_revision(case, what="x", by=cast["officer"], at=when),
                lambda: actions.add_result(case, title="x", kind=ResultKind.DATA, by=cast["pi1"], at=when)):  # fmt: skip
        with pytest.raises(WrongState, match="not accept"):
            act()
    actions.reevaluate(case, reason="Cho phép hoàn thiện và đánh giá lại", by=cast["officer"], at=when)
    assert (case.state, case.round, case.grade, case.council_pid) == (CaseState.PREPARING, 2, None, None)
    actions.submit(case, by=cast["pi1"], at=when + 40 * DAY)
    assert queries.lateness(case) == 0
    actions.check(case, by=cast["officer"], at=when + 41 * DAY)
    factories.graded(cast, case, when + 50 * DAY, *["fail"] * 4, *["pass"] * 3)
    assert [e.number for e in queries.evaluations_of(case)] == [1, 2]
    with pytest.raises(WrongState, match="evaluated again already"):
        actions.reevaluate(case, reason="x", by=cast["officer"], at=when + 60 * DAY)
    plays.failed(cast, case=case, at=when + 60 * DAY)
    closing = funding.closing_of(project.id)
    assert case.state == CaseState.FAILED and (closing.kind, closing.cause) == (ClosingKind.FAILED, Cause.OBJECTIVE)
    assert not people.debarments(user_id=project.pi_id, on=(when + 61 * DAY).date())
    assert {"reevaluate.txt", "failed.txt"} <= {m.template.rpartition("/")[2] for m in mails()}


def test_a_second_chance_can_end_well(cast, at, project):
    case = factories.rated(cast, project, at + END, *["fail"] * 7)
    when = at + END + 20 * DAY
    actions.reevaluate(case, reason="Đánh giá lại", by=cast["officer"], at=when)
    actions.submit(case, by=cast["pi1"], at=when + DAY)
    actions.check(case, by=cast["officer"], at=when + 2 * DAY)
    factories.graded(cast, case, when + 10 * DAY, *["excellent"] * 7)
    assert case.grade == "excellent" and len(queries.results_of(case.id)) == len(queries.lines_of(case))


def test_a_failure_may_bar_investigator_and_host(cast, at, project):
    case = factories.rated(cast, project, at + END, *["fail"] * 7)
    when = at + END + 20 * DAY
    actions.fail(case, cause=Cause.SUBJECTIVE, reason="Không thực hiện", number="5/QĐ-UBND", dated=when.date(), bar=True, by=cast["province"], at=when)
    for who in ({"user_id": project.pi_id}, {"organisation_id": project.host_id}):
        assert people.debarments(**who, on=(when + 1000 * DAY).date()) and not people.debarments(**who, on=(when + 1200 * DAY).date())


def test_an_accepted_project_cannot_fail(cast, at, project, case):
    when = at + END + 20 * DAY
    with pytest.raises(WrongState):
        actions.fail(case, cause=Cause.OBJECTIVE, reason="x", number="1", dated=when.date(), by=cast["province"], at=when)
    with pytest.raises(WrongState):
        actions.reevaluate(case, reason="x", by=cast["officer"], at=when)


def test_decisions_are_not_dated_before_the_session_or_ahead(cast, at, project, case):
    plays.registered(cast, case=case, at=at + END + 15 * DAY)
    when = at + END + 25 * DAY
    for day in (when - 60 * DAY, when + DAY):
        with pytest.raises(Incomplete):
            actions.recognise(case, number="1/QĐ-UBND", dated=day.date(), by=cast["leader"], at=when)


def test_rows_of_the_room(db, case):
    assert db.session.scalar(select(Case.project_id)) == db.session.scalar(select(Project.id))
    assert len(list(db.session.scalars(select(Result.id)))) == len(queries.lines_of(case))


# --- the end of the project meanwhile -------------------------------------------------------------------------


def test_acceptance_goes_no_further_once_the_project_ended_early(cast, at, db, project, as_):
    when = at + END
    case = plays.valid(cast, project=project, at=when)
    council = factories.panel(case, when)
    procedure.established(council, cast["officer"], when)
    assert case.id in [row.id for row in db.session.execute(queries.cases_in(cast["officer"], CaseState.IN_SESSION))]
    work_plays.terminated(cast, project=project, at=when + DAY)
    assert db.session.execute(queries.cases_in(cast["officer"], CaseState.IN_SESSION)).all() == []
    procedure.concluded(council, {}, None, by=cast["officer"], at=when + 5 * DAY)  # members may still end their session; it grades nothing
    assert case.state == CaseState.IN_SESSION and case.grade is None and queries.evaluations_of(case) == []
    procedure.dissolved(council, cast["officer"], when + 6 * DAY)
    with pytest.raises(WrongState, match="ended early"):
        actions.put_to_council(case, title="Hội đồng khác", by=cast["officer"], at=when + 7 * DAY)
    page = as_("officer").page(f"/acceptance/{case.public_id}").text
    assert "kết thúc sớm theo quyết định" in page and "Đưa ra hội đồng" not in page
