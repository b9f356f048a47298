"""The demonstration world: legal because it is played, and rich enough to show every state that a tester looks for."""

from __future__ import annotations

from sqlalchemy import func, select

from app.across.hub import queries as hub
from app.across.hub.phase import Phase
from app.kernel import clock, journal
from app.services.councils.models import Council
from app.services.councils.rules import CouncilState, Kind
from app.services.people.queries import user_by_email
from app.stages.calls.models import Call
from app.stages.execution.models import Report
from app.stages.funding.models import LedgerEntry, Project
from app.stages.ideas.models import Topic
from app.stages.proposals.models import Proposal
from app.stages.transfer.models import FollowUp


def states(db, model):
    return {str(s): n for s, n in db.session.execute(select(model.state, func.count()).group_by(model.state))}


def test_the_world_is_legal_and_has_everything_in_it(db, played, at):
    checked, broken, _head = journal.verify()
    assert broken is None and checked > 1000
    leader = user_by_email("leader@demo.vamco.test")
    phases = {str(row.phase) for row in db.session.execute(hub.list_statement(leader, clock.local(at).date()))}
    assert phases >= {str(p) for p in (Phase.APPROVED, Phase.RUNNING, Phase.SUSPENDED, Phase.IN_ACCEPTANCE, Phase.RECOGNISED, Phase.FAILED,
                                       Phase.TERMINATED, Phase.LIQUIDATED)}, phases  # fmt: skip
    assert set(states(db, Proposal)) >= {"draft", "submitted", "eligible", "ineligible", "in_selection", "selected", "reserve", "not_selected"}
    assert set(states(db, Topic)) >= {"assigned", "in_call", "open_again"}
    assert set(states(db, Call)) == {"draft", "published", "closed", "opened", "concluded", "cancelled"}
    assert states(db, Report)["returned"] >= 1 and states(db, FollowUp)["verified"] >= 1
    kinds = {str(k) for k in db.session.scalars(select(Council.kind).where(Council.state == CouncilState.CONCLUDED))}
    assert kinds == {str(k) for k in Kind}
    waiting = {str(k) for k in db.session.scalars(select(Council.kind).where(Council.state == CouncilState.ESTABLISHED))}
    assert waiting == {Kind.SELECTION, Kind.ACCEPTANCE}
    open_now = {str(k) for k in db.session.scalars(select(Council.kind).where(Council.state == CouncilState.CONVENED))}
    assert open_now == {Kind.SELECTION, Kind.APPRAISAL}
    assert db.session.scalar(select(func.count()).where(Council.state == CouncilState.PROPOSED)) == 1, "the leader has one to decide on"
    assert {str(m) for m in db.session.scalars(select(Topic.mode))} == {"selection", "direct"}
    assert db.session.scalar(select(func.count()).where(Call.round == 2)) == 3
    for project in db.session.scalars(select(Project)):
        signed = db.session.scalar(select(func.coalesce(func.sum(LedgerEntry.amount), 0)).where(LedgerEntry.project_id == project.id, LedgerEntry.kind == "payment"))
        back = db.session.scalar(select(func.coalesce(func.sum(LedgerEntry.amount), 0)).where(LedgerEntry.project_id == project.id, LedgerEntry.kind != "payment"))
        assert project.paid_total == signed - back
