"""The appraisal desk: norms, proposals before the session, roles, questions with the applicant, and the work description revised afterwards."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace as Row

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import funding as plays
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.stages.funding import actions, desk, ledger, queries, revising
from app.stages.funding.models import Appraisal, CostQuestion
from app.stages.funding.rules import RevisionState, TeamPart, check_line
from app.stages.proposals import work
from tests.funding import factories
from tests.funding.factories import DAY


@pytest.fixture
def appraisal(cast, at):
    return actions.begin_appraisal(factories.line(cast, at - 90 * DAY), by=cast["officer"], at=at)


@pytest.mark.nodb
def test_parts_add_up():
    lines = [Row(year=2027, source="state", lump_sum=True, allowed=5), Row(year=2026, source="state", lump_sum=False, allowed=7), Row(year=2026, source="counterpart", lump_sum=True, allowed=2)]
    found = ledger.parts(lines)
    assert list(found) == [2026, 2027]
    assert found[2026] == {"lump": {"state": 0, "counterpart": 2}, "other": {"state": 7, "counterpart": 0}}
    assert sum(cell[k] for year in found.values() for cell in year.values() for k in cell) == 14


@pytest.mark.nodb
@pytest.mark.parametrize(("allowed", "reason", "norm", "field"), [(11, "x", None, "allowed_3"), (9, " ", None, "reason_3"), (10, None, 9, "reason_3")])
def test_a_line_that_grows_or_is_changed_or_above_its_norm(allowed, reason, norm, field):
    with pytest.raises(Incomplete) as refused:
        check_line(3, 10, allowed, reason, norm=norm)
    assert refused.value.field == field


@pytest.mark.nodb
@pytest.mark.parametrize("members", [[], [("", "x", "head")], [("A", None, "head"), ("B", None, "head")], [("A" * 201, None)]])
def test_a_team_has_one_head(members):
    with pytest.raises(Incomplete):
        desk.with_roles(members)


@pytest.mark.nodb
def test_the_head_stands_first():
    assert desk.with_roles([("A", "x", "finance"), ("B", None, "head"), ("C", None)]) == [("B", None, TeamPart.HEAD), ("A", "x", TeamPart.FINANCE), ("C", None, TeamPart.MEMBER)]


def test_lines_keep_what_the_dossier_says_and_know_their_norm(appraisal):
    first = queries.lines_of(appraisal)[0]
    assert (first.unit, first.quantity) == ("tháng", 2400) and first.price * 24 == first.asked
    assert first.norm == 24 * 40_000_000  # other labour, per person and month
    assert queries.lines_of(appraisal)[-1].norm is None  # counterpart funds have none


def test_what_is_proposed_is_where_the_session_starts(cast, at, appraisal):
    line = queries.lines_of(appraisal)[1]
    actions.propose(appraisal, {line.public_id: (None, line.asked - 1000, "Đơn giá thị trường")}, by=cast["officer"], at=at)
    assert (line.proposed, line.allowed) == (line.asked - 1000, line.asked - 1000)
    actions.name_team(appraisal, [("A", None)], by=cast["officer"], at=at)
    actions.open_appraisal(appraisal, held_on=at.date(), place=None, by=cast["officer"], at=at)
    with pytest.raises(WrongState):
        actions.propose(appraisal, {line.public_id: (None, 1, "x")}, by=cast["officer"], at=at)
    actions.appraise(appraisal, {line.public_id: (None, line.asked - 2000, "Tổ thống nhất")}, by=cast["officer"], at=at)
    assert (line.proposed, line.allowed) == (line.asked - 1000, line.asked - 2000)


def test_conditions_say_what_is_missing(cast, at, appraisal):
    actions.name_team(appraisal, [("A", None), ("B", None, "finance")], by=cast["officer"], at=at)
    desk.ask_cost(queries.lines_of(appraisal)[0], "Vì sao 24 tháng?", by=cast["officer"], at=at)
    found = {(c.section, c.sentence): c for c in desk.conditions(appraisal, on=at.date())}
    assert [c.ok for (section, _s), c in found.items() if section == "team"] == [False, True, False]
    assert [c.ok for (section, _s), c in found.items() if section == "questions"] == [False]
    assert all(not c.bars for c in found.values() if c.section != "budget")


def test_a_concluded_appraisal_is_frozen_in_the_database(db, cast, at):
    row = plays.appraised(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at)
    db.session.commit()
    for statement in ("UPDATE appraisal_line SET allowed = 1, reason = 'x'", "DELETE FROM appraisal_line", "DELETE FROM appraisal_member"):
        with pytest.raises(IntegrityError, match="frozen"):
            db.session.execute(text(statement))
        db.session.rollback()
    with pytest.raises(WrongState):
        desk.ask_cost(queries.lines_of(queries.appraisal_by_id(row.id))[0], "x", by=cast["officer"], at=at)


# --- questions ------------------------------------------------------------------------------------------------


def test_a_question_is_answered_once_by_who_speaks_for_the_dossier(db, cast, at, appraisal, mails):
    row = desk.ask_cost(queries.lines_of(appraisal)[0], "Vì sao 24 tháng?", by=cast["officer"], at=at)
    assert any("Vì sao 24 tháng?" in m.body and m.to_address.startswith("pi1@") for m in mails())
    for stranger in ("pi2", "host2", "officer"):
        with pytest.raises(NotAllowed):
            desk.answer_cost(row, "x", by=cast[stranger], at=at)
    with pytest.raises(Incomplete):
        desk.answer_cost(row, "  ", by=cast["pi1"], at=at)
    desk.answer_cost(row, "Theo mùa vụ.", by=cast["pi1"], at=at + DAY)
    assert any("Theo mùa vụ." in m.body and m.to_address.startswith("officer@") for m in mails())
    with pytest.raises(WrongState):
        desk.answer_cost(row, "Khác", by=cast["host1"], at=at + DAY)
    db.session.commit()
    for statement in ("UPDATE cost_question SET answer = 'x'", "DELETE FROM cost_question"):
        with pytest.raises(IntegrityError):
            db.session.execute(text(statement))
        db.session.rollback()


# --- the work description afterwards --------------------------------------------------------------------------


@pytest.fixture
def revision(cast, at):
    return revising.of(plays.appraised(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at))


def test_the_work_description_is_revised_beside_the_dossier(db, cast, at, revision, mails):
    assert revision.due_on == (at + 3 * DAY + timedelta(days=15)).date()
    assert any("revision" in m.template for m in mails())
    dossier = queries.proposal_of(queries.appraisal_by_id(revision.appraisal_id))
    before = dict(work.answers_of(dossier))
    code = next(c for c, v in before.items() if isinstance(v, str) and len(v) > 20)
    with pytest.raises(NotAllowed):
        revising.save(revision, {code: "x"}, by=cast["pi2"], at=at)
    assert revising.save(revision, {code: before[code] + " Bớt một mô hình.", "no_such_question": "x"}, by=cast["pi1"], at=at + 4 * DAY) == [code]
    assert work.answers_of(dossier) == before
    [change] = revising.changes_of(revision, "vi")
    assert change.code == code and [p.text for p in change.pieces if p.how == "new"][-1].strip() == "Bớt một mô hình."
    with pytest.raises(WrongState):
        revising.accept(revision, by=cast["officer"], at=at)
    with pytest.raises(Incomplete):
        revising.submit(revision, note=" ", by=cast["pi1"], at=at)
    revising.submit(revision, note="Bớt một mô hình.", by=cast["pi1"], at=at + 4 * DAY)
    with pytest.raises(WrongState):
        revising.save(revision, {code: "x"}, by=cast["pi1"], at=at)
    with pytest.raises(Incomplete):
        revising.give_back(revision, remark="", by=cast["officer"], at=at + 5 * DAY)
    revising.give_back(revision, remark="Còn sản phẩm", by=cast["officer"], at=at + 5 * DAY)
    assert revision.state == RevisionState.RETURNED and any("Còn sản phẩm" in m.body for m in mails())
    revising.submit(revision, note="Đã sửa", by=cast["host1"], at=at + 6 * DAY)
    revising.accept(revision, by=cast["officer"], at=at + 7 * DAY)
    assert revision.state == RevisionState.ACCEPTED


def test_nothing_is_submitted_for_approval_before_it_is_revised(cast, at, revision):
    appraisal = queries.appraisal_by_id(revision.appraisal_id)
    with pytest.raises(WrongState, match="revised"):
        actions.submit_award(appraisal, number=None, remark=None, by=cast["officer"], at=at + 5 * DAY, **queries.terms_of(appraisal, on=(at + 5 * DAY).date()))


# --- in the browser -------------------------------------------------------------------------------------------


def test_the_desk_in_the_browser(db, cast, as_, at, appraisal, travel):
    base = f"/funding/appraisals/{appraisal.public_id}"
    db.session.commit()
    officer = as_("officer")
    officer.submit(f"{base}/propose", {"proposed_2": "200.000.000"}, status=422)
    officer.submit(f"{base}/propose", {"proposed_2": "200.000.000", "reason_2": "Giá thị trường"})
    officer.submit(f"{base}/team", {"name_1": "A", "role_2": "head", "name_2": "B"}, status=422)
    officer.submit(f"{base}/team", {"name_1": "Đặng Kế Toán"})
    line = queries.lines_of(factories.all_of(Appraisal)[0])[1]
    officer.submit(f"{base}/questions/ask?line={line.public_id}", {"text": "Vì sao <b>5</b> đợt?"})
    question = factories.all_of(CostQuestion)[0].public_id
    for stranger in ("pi2", "host2", "member1"):
        assert as_(stranger).get(f"{base}/questions").status_code == 404
        assert as_(stranger).get(f"/funding/questions/{question}/answer").status_code == 404
    page = as_("pi1").page(f"{base}/questions").text
    assert "Vì sao <b>5</b> đợt?" in page and "200.000.000" not in page  # what is proposed stays in the house
    as_("pi1").submit(f"/funding/questions/{question}/answer", {"answer": "Theo tiến độ"})
    as_("pi1").submit(f"/funding/questions/{question}/answer", {"answer": "Khác"}, status=409)
    officer.submit(f"{base}/open", {"held_on": "02/03/2026"})
    assert "Theo tiến độ" in officer.page(f"{base}/lines").text
    assert "Theo tiến độ" in officer.page(base).text
    for url in ("/funding/questions?q=vi+sao&state=answered", "/funding/appraisals?q=tuoi+tiet+kiem&state=in_session"):
        assert "Xây dựng mô hình tưới" in officer.page(url).text
    for url in ("/funding/questions.xlsx", "/funding/appraisals.xlsx"):
        assert officer.get(url).status_code == 200 and as_("pi1").get(url).status_code == 403


def test_the_revision_in_the_browser(db, cast, as_, at, revision, travel):
    base = f"/funding/appraisals/{queries.appraisal_by_id(revision.appraisal_id).public_id}/revision"
    section = revising.form_of(revision).definition["sections"][0]["code"]
    db.session.commit()
    travel.move_to(at + 4 * DAY)
    assert as_("pi2").get(base).status_code == 404 and as_("officer").get(f"{base}/sections/{section}").status_code == 403
    pi = as_("pi1")
    pi.page(base)
    pi.submit(f"{base}/sections/{section}")
    pi.submit(f"{base}/submit", {"attest": "y"}, status=422)
    pi.submit(f"{base}/submit", {"note": "Giữ nguyên", "attest": "y"})
    officer = as_("officer")
    officer.submit(f"{base}/decide", {"answer": "return", "attest": "y"}, status=422)
    officer.submit(f"{base}/decide", {"answer": "accept", "attest": "y"})
    officer.submit(f"{base}/decide", {"answer": "accept", "attest": "y"}, status=409)
