"""A place that is given up: who may, what follows, who moves up by decision, and a topic that nobody is left for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.across.demo.plays import funding as money_plays
from app.across.demo.plays import selection as plays
from app.kernel.clock import local
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.services.papers.blocks import as_text
from app.services.papers.models import Paper
from app.stages.calls import again
from app.stages.calls import queries as calls
from app.stages.funding import actions as funding
from app.stages.funding import queries as money
from app.stages.funding.models import YearBudget
from app.stages.funding.rules import Cause, ClosingKind, SubmissionState
from app.stages.ideas.models import Topic
from app.stages.proposals import actions as proposals
from app.stages.proposals import queries as dossiers
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState
from app.stages.selection import queries, vacancies
from tests.selection import factories
from tests.support.kept import kept

DAY = timedelta(days=1)
WHY = "Nhóm nghiên cứu không còn đủ nhân lực."


@kept
def concluded(cast, start):
    return plays.concluded(cast, call_topic=factories.two_checked(cast, start), at=start + 70 * DAY)


@pytest.fixture
def found(cast, at):
    """A concluded round: pi1 of host1 is selected, pi3 of host2 in reserve; it ended ten days before `at`."""
    return queries.round_by_pid(concluded(cast, at - 100 * DAY).public_id)


def both(db):
    return [dossiers.proposal_by_pid(pid) for pid in db.session.scalars(select(Proposal.public_id).order_by(Proposal.id))]


def states(db):
    return [str(p.state) for p in both(db)]


def topic(db):
    return db.session.scalars(select(Topic)).one()


def fresh(db, found):
    db.session.commit()
    db.session.expire_all()
    return queries.round_by_pid(found.public_id)


def moved(cast, at, db, found):
    proposals.give_up(both(db)[0], WHY, by=cast["pi1"], at=at)
    return vacancies.move_up(fresh(db, found), number="12/QĐ-SKHCN", dated=local(at).date(), by=cast["leader"], at=at)


# --- giving up ------------------------------------------------------------------------------------------------


def test_the_holders_give_up_and_the_reserve_waits_for_the_decision(cast, found, at, db, mails):
    first, _second = both(db)
    for stranger in ("pi3", "host2", "agency1", "leader", "finance"):
        with pytest.raises(NotAllowed):
            proposals.give_up(first, WHY, by=cast[stranger], at=at)
    with pytest.raises(Incomplete) as refused:
        proposals.give_up(first, " ", by=cast["pi1"], at=at)
    assert refused.value.field == "reason"
    with pytest.raises(Stale):
        proposals.give_up(first, WHY, by=cast["pi1"], at=at, seen=first.version - 1)
    proposals.give_up(first, WHY, by=cast["host1"], at=at)
    assert states(db) == ["not_selected", "reserve"] and topic(db).state == "in_call"
    told = [m.to_address for m in mails() if m.template == "proposals/mail/given_up.txt"]
    assert {cast["pi1"].email, cast["host1"].email, cast["officer"].email, cast["leader"].email} <= set(told)
    assert not {cast["pi3"].email, cast["host2"].email} & set(told) and len(told) == len(set(told))
    with pytest.raises(WrongState):
        proposals.give_up(both(db)[0], WHY, by=cast["pi1"], at=at)


def test_an_officer_records_it_on_a_letter(cast, found, at, db):
    with pytest.raises(Incomplete) as refused:
        proposals.give_up(both(db)[1], WHY, by=cast["officer"], at=at)
    assert refused.value.field == "document"
    proposals.give_up(both(db)[1], WHY, document="05/CV ngày 20/02/2026", by=cast["officer"], at=at)
    assert states(db) == ["selected", "not_selected"] and topic(db).state == "in_call", "the selected one has its place"


def test_without_anybody_left_the_topic_is_called_again(cast, found, at, db):
    first, second = both(db)
    proposals.give_up(second, WHY, by=cast["pi3"], at=at)
    proposals.give_up(first, WHY, by=cast["pi1"], at=at)
    assert states(db) == ["not_selected", "not_selected"] and topic(db).state == "open_again"
    place = calls.call_topic_by_pid(found.call_topic.public_id)
    assert place.outcome == "not_selected" and WHY in place.outcome_reason
    endpoint, args = again.open_again(topic(db), by=cast["officer"], at=at)
    assert endpoint == "calls.show" and calls.call_by_pid(args["pid"]).round == 2


def test_what_waits_for_decision_falls_away(cast, found, at, db):
    submission = money_plays.submitted(cast, round_or_line=found, at=at)
    proposals.give_up(both(db)[0], WHY, by=cast["pi1"], at=at + 6 * DAY)
    assert submission.state == SubmissionState.RETURNED and WHY in submission.decision_remark
    with pytest.raises(WrongState):
        funding.approve(submission, number="7/QĐ-UBND", dated=local(at + 6 * DAY).date(), by=cast["province"], at=at + 6 * DAY)
    with pytest.raises(WrongState):
        funding.reopen_appraisal(money.appraisal_by_id(submission.appraisal_id), reason="x", by=cast["officer"], at=at + 6 * DAY)


# --- moving up ------------------------------------------------------------------------------------------------


def test_the_reserve_moves_up_and_its_budget_is_appraised(cast, found, at, db, mails):
    today = local(at).date()
    with pytest.raises(WrongState, match="still has its place"):
        vacancies.move_up(found, number="12/QĐ-SKHCN", dated=today, by=cast["leader"], at=at)
    lines = {line.proposal.pi_id: line for line in found.lines}
    with pytest.raises(WrongState):
        funding.begin_appraisal(lines[cast["pi3"].id], by=cast["officer"], at=at)
    proposals.give_up(both(db)[0], WHY, by=cast["pi1"], at=at)
    again_read = fresh(db, found)
    for number, dated in (("abc", today), ("12/QĐ-SKHCN", today + DAY), ("12/QĐ-SKHCN", today - 200 * DAY)):
        with pytest.raises(Incomplete):
            vacancies.move_up(again_read, number=number, dated=dated, by=cast["leader"], at=at)
    row = vacancies.move_up(again_read, number="12/QĐ-SKHCN", dated=today, by=cast["leader"], at=at)
    assert row.pi_id == cast["pi3"].id and states(db) == ["not_selected", "selected"]
    paper = db.session.scalars(select(Paper).where(Paper.template == "selection/move_up")).one()
    assert row.code in as_text(paper.blocks) and row.host.name in as_text(paper.blocks) and paper.issued_number == "12/QĐ-SKHCN"
    assert {cast["pi3"].email, cast["host2"].email} <= {m.to_address for m in mails() if m.template == "proposals/mail/moved_up.txt"}
    with pytest.raises(WrongState):
        vacancies.move_up(fresh(db, found), number="13/QĐ-SKHCN", dated=today, by=cast["leader"], at=at)
    assert [line.proposal.pi_id for line in money.lines_to_appraise()] == [cast["pi3"].id]
    with pytest.raises(WrongState):
        funding.begin_appraisal(lines[cast["pi1"].id], by=cast["officer"], at=at)
    line = money.line_by_pid(lines[cast["pi3"].id].public_id)
    assert funding.begin_appraisal(line, by=cast["officer"], at=at).proposal_id == row.id


def test_none_moves_up_and_the_topic_is_free(cast, found, at, db, mails):
    today = local(at).date()
    proposals.give_up(both(db)[0], WHY, by=cast["pi1"], at=at)
    with pytest.raises(Incomplete) as refused:
        vacancies.decline_reserve(fresh(db, found), "", number="14/QĐ-SKHCN", dated=today, by=cast["leader"], at=at)
    assert refused.value.field == "reason"
    vacancies.decline_reserve(fresh(db, found), "Dự toán vượt quá xa mức trần.", number="14/QĐ-SKHCN", dated=today, by=cast["leader"], at=at)
    assert states(db) == ["not_selected", "not_selected"] and topic(db).state == "open_again"
    assert {m.to_address for m in mails() if m.template == "proposals/mail/declined.txt"} == {cast["pi3"].email, cast["host2"].email}
    with pytest.raises(WrongState):
        vacancies.move_up(fresh(db, found), number="15/QĐ-SKHCN", dated=today, by=cast["leader"], at=at)


# --- awards that do not come ----------------------------------------------------------------------------------


def test_an_award_is_declined_and_the_reserve_may_follow(cast, found, at, db):
    submission = money_plays.submitted(cast, round_or_line=found, at=at)
    then = at + 6 * DAY
    facts = {"number": "88/QĐ-UBND", "dated": local(then).date(), "at": then}
    with pytest.raises(Incomplete) as refused:
        funding.decline_award(submission, reason="", by=cast["province"], **facts)
    assert refused.value.field == "reason"
    with pytest.raises(Incomplete):
        funding.decline_award(submission, reason="x", by=cast["province"], **facts | {"number": "abc"})
    with pytest.raises(NotAllowed):
        funding.decline_award(submission, reason="x", by=db.session.get_one(type(cast["officer"]), submission.submitted_by_id), **facts)
    paper = funding.decline_award(submission, reason="Nội dung trùng với nhiệm vụ cấp bộ.", by=cast["province"], **facts)
    assert "trùng với nhiệm vụ cấp bộ" in as_text(paper.blocks) and paper.issued_number == "88/QĐ-UBND"
    assert states(db) == ["not_selected", "reserve"] and topic(db).state == "in_call"
    with pytest.raises(WrongState):
        funding.decline_award(submission, reason="x", by=cast["province"], **facts)
    assert vacancies.is_vacant(fresh(db, found))


def test_an_approval_without_contract_is_cancelled(cast, found, at, db):
    project = money_plays.awarded(cast, round_or_line=found, at=at)
    money_plays.drafted(cast, project=project, at=at + 12 * DAY)
    then = at + 13 * DAY
    facts = {"cause": Cause.OBJECTIVE, "reason": "Tổ chức chủ trì từ chối ký hợp đồng.", "number": "99/QĐ-UBND", "dated": local(then).date(), "at": then}
    with pytest.raises(WrongState, match="approved already"):
        proposals.give_up(both(db)[0], WHY, by=cast["pi1"], at=then)
    with pytest.raises(Incomplete):
        funding.cancel_award(project, by=cast["province"], **facts | {"number": "abc"})
    assert sum(b.committed for b in db.session.scalars(select(YearBudget))) > 0
    paper = funding.cancel_award(project, by=cast["province"], **facts)
    assert "từ chối ký hợp đồng" in as_text(paper.blocks)
    db.session.commit()
    db.session.expire_all()
    assert sum(b.committed for b in db.session.scalars(select(YearBudget))) == 0
    assert money.closing_of(project.id).kind == ClosingKind.CANCELLED
    assert db.session.scalar(select(func.sum(money.approved_money()))) == 0 < project.approved_total
    assert states(db) == ["not_selected", "reserve"] and topic(db).state == "in_call"
    project = money.project_by_id(project.id)
    with pytest.raises(WrongState):
        funding.cancel_award(project, by=cast["province"], **facts | {"number": "100/QĐ-UBND"})
    with pytest.raises(WrongState):
        funding.sign(money.contract_of(project.id), number="1/HĐ-SKHCN", signed_on=local(then).date(), party_a_signer="A", party_b_signer="B", by=cast["officer"], at=then)
    assert money.projects_without_signed_contract() == [] and money.closed_contracts(cast["officer"]) == []
    row = vacancies.move_up(fresh(db, found), number="12/QĐ-SKHCN", dated=local(then).date(), by=cast["leader"], at=then)
    assert row.state == ProposalState.SELECTED


def test_the_reserve_ends_when_the_contract_is_signed(cast, found, at, db, mails):
    project = money_plays.awarded(cast, round_or_line=found, at=at)
    db.session.commit()
    assert states(db) == ["selected", "reserve"]
    promised = sum(b.committed for b in db.session.scalars(select(YearBudget)))
    money_plays.contracted(cast, project=project, at=at + 12 * DAY)
    db.session.commit()
    db.session.expire_all()
    assert states(db) == ["selected", "not_selected"] and topic(db).state == "assigned"
    assert sum(b.committed for b in db.session.scalars(select(YearBudget))) == promised == project.approved_state, "promised once, at the approval"
    told = [m for m in mails() if "reserve_ended" in m.template]
    assert {m.to_address for m in told} == {cast["pi3"].email, cast["host2"].email}


def test_a_signed_contract_is_not_cancelled(cast, found, at, db):
    project = money_plays.awarded(cast, round_or_line=found, at=at)
    money_plays.contracted(cast, project=project, at=at + 12 * DAY)
    with pytest.raises(WrongState, match="only be terminated"):
        funding.cancel_award(project, cause=Cause.OBJECTIVE, reason="x", number="99/QĐ-UBND", dated=local(at + 13 * DAY).date(), by=cast["province"], at=at + 13 * DAY)


# --- through the browser --------------------------------------------------------------------------------------


def place_of(db, found):
    return f"/calls/{queries.round_by_pid(found.public_id).call_topic.call.public_id}"


def test_the_winner_gives_up_the_reserve_moves_up_and_is_appraised(as_, cast, found, at, db):
    first, second = both(db)
    pi, leader, officer = as_("pi1"), as_("leader"), as_("officer")
    assert "award is awaited" in officer.page(place_of(db, found)).text or "chờ phê duyệt" in officer.page(place_of(db, found)).text
    give_up, move_up = f"/proposals/{first.public_id}/give-up", f"/selection/{found.public_id}/move-up"
    line = next(x.public_id for x in found.lines if x.proposal_id == second.id)
    assert as_("pi3").page(f"/proposals/{second.public_id}").select_one(".alert-info"), "what reserve means is told"
    for account, status in (("pi3", 404), ("pi4", 404), ("leader", 403), ("auditor", 403)):
        assert as_(account).get(give_up).status_code == status, account
    assert leader.get(move_up).status_code == 409 and officer.get(move_up).status_code == 403
    assert officer.get(f"/funding/lines/{line}/begin").status_code == 404
    assert give_up in {a["href"] for a in pi.page(f"/proposals/{first.public_id}").select("a[href]")}
    refused = pi.submit(give_up, {"reason": WHY}, status=422)
    assert WHY in refused.get_data(as_text=True), "what was typed stays"
    pi.submit(give_up, {"reason": WHY, "confirm": "y"})
    assert pi.get(give_up).status_code == 409
    assert move_up in {a["href"] for a in leader.page("/desk/").select("a[href]")}
    typed = {"answer": "move_up", "number": "12/QĐ-SKHCN", "dated": f"{local(at):%d/%m/%Y}", "agree": "y"}
    leader.submit(move_up, typed | {"number": "abc"}, status=422)
    leader.submit(move_up, typed | {"answer": "decline"}, status=422)
    leader.submit(move_up, typed)
    assert leader.get(move_up).status_code == 409 and move_up not in {a["href"] for a in leader.page("/desk/").select("a[href]")}
    begin = next(a["href"] for a in officer.page(f"/selection/{found.public_id}").select("aside a[href], .side a[href], a[href]") if "/begin" in a["href"] or line in a["href"])
    assert begin in {a["href"] for a in officer.page("/desk/").select("a[href]")}
    officer.submit(begin)
    assert [str(a.proposal.state) for a, _sum in money.open_appraisals()] == ["selected"]


def test_without_a_reserve_the_topic_is_called_again(as_, cast, found, at, db):
    first, second = both(db)
    officer = as_("officer")
    for row in (second, first):
        officer.submit(f"/proposals/{row.public_id}/give-up", {"reason": WHY, "confirm": "y"}, status=422)
        officer.submit(f"/proposals/{row.public_id}/give-up", {"reason": WHY, "document": "05/CV ngày 20/02/2026", "confirm": "y"})
    page = f"/topics/{topic(db).public_id}"
    assert page in {a["href"] for a in officer.page("/desk/").select("a[href]")}
    officer.submit(f"{page}/open-again")
    assert topic(db).state == "open_again" and calls.call_topic_by_pid(found.call_topic.public_id).outcome == "not_selected"


def test_the_signer_declines_and_cancels_in_the_browser(as_, cast, found, at, db, travel):
    submission = money_plays.submitted(cast, round_or_line=found, at=at)
    travel.move_to(at + 6 * DAY)
    province, url = as_("province"), f"/funding/submissions/{submission.public_id}/decide"
    typed = {"answer": "decline", "number": "88/QĐ-UBND", "dated": f"{local(at + 6 * DAY):%d/%m/%Y}", "attest": "y"}
    province.submit(url, typed, status=422)
    province.submit(url, typed | {"remark": "Nội dung trùng với nhiệm vụ cấp bộ."})
    assert province.get(url).status_code == 409 and "cấp bộ" in province.page(url.removesuffix("/decide")).text
    vacancies.move_up(fresh(db, found), number="12/QĐ-SKHCN", dated=local(at + 6 * DAY).date(), by=cast["leader"], at=at + 6 * DAY)
    line = next(x for x in queries.round_by_pid(found.public_id).lines if x.proposal.state == ProposalState.SELECTED)
    project = money_plays.awarded(cast, round_or_line=line, at=at + 7 * DAY)
    travel.move_to(at + 20 * DAY)
    province, cancel = as_("province"), f"/funding/projects/{project.public_id}/cancel"
    assert as_("officer").get(cancel).status_code == 403
    typed = {"cause": "subjective", "reason": WHY, "number": "99/QĐ-UBND", "dated": f"{local(at + 20 * DAY):%d/%m/%Y}", "attest": "y"}
    province.submit(cancel, typed | {"number": "abc"}, status=422)
    province.submit(cancel, typed)
    assert province.get(cancel).status_code == 409 and topic(db).state == "open_again"
    assert as_("officer").page(f"/funding/projects/{project.public_id}") and as_("pi3").page(f"/projects/{project.public_id}")
