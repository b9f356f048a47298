"""What the end of a project leaves on the desk: acceptance dossiers, verdicts, results and what becomes of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Select, TextualSelect, or_

from app.across.anybody import Anybody, written_out
from app.across.desk.waiting import Task, lines
from app.kernel import clock
from app.kernel.db import db
from app.kernel.permissions import Do
from app.services.people.models import User
from app.stages.acceptance import queries as acceptance
from app.stages.acceptance.models import Result
from app.stages.acceptance.rules import CaseState
from app.stages.funding import queries as funding
from app.stages.funding.models import Project
from app.stages.transfer import queries as transfer
from app.stages.transfer.models import Agreement, FollowUp, Handover, Interest
from app.stages.transfer.rules import (
    IN_FORCE,
    OPEN_REPORTS,
    AgreementState,
    FollowUpState,
    HandoverState,
    InterestState,
)

CONTRACT_AHEAD = timedelta(days=60)  # a dossier is thought of this long before the contract ends
USE_AHEAD = timedelta(days=60)  # a yearly report on use may be written this long before its day
OWN = (CaseState.PREPARING, CaseState.RETURNED, CaseState.REVISING, CaseState.GRADED)
OFFICE = (CaseState.SUBMITTED, CaseState.VALID, CaseState.REVISING, CaseState.GRADED)


def _task(case: Any, terms: Any, *, since: datetime | None) -> Task:
    return Task(case.title, ("acceptance.show", case.public_id), since, acceptance.next_due(case, case.decision_date, terms), case.code)


def _like(user: User, at: datetime) -> Anybody:
    return Anybody.like(user, clock.local(at).date(), ())


@lru_cache(maxsize=32)
def _begin(anybody: Anybody, _dialect: str) -> TextualSelect:
    return written_out(acceptance.held_to_begin(cast(User, anybody), until=anybody.today + CONTRACT_AHEAD), db.engine.dialect)


@lru_cache(maxsize=64)
def _cases_in(anybody: Anybody, states: tuple[CaseState, ...], held: bool, _dialect: str) -> TextualSelect:
    return written_out(acceptance.cases_in(cast(User, anybody), *states, held=held), db.engine.dialect)


def _cases(user: User, at: datetime, states: tuple[CaseState, ...], *, held: bool = False) -> list[Any]:
    return list(db.session.execute(_cases_in(_like(user, at), states, held, db.engine.dialect.name), Anybody.parameters(user, at)))


def dossiers_to_complete(user: User, at: datetime) -> list[Task]:
    """For investigator and host: dossiers to begin, to complete, to revise, results to describe."""
    if "researcher" not in user.roles and not any(m.is_manager for m in user.live_memberships):
        return []
    begin = db.session.execute(_begin(_like(user, at), db.engine.dialect.name), Anybody.parameters(user, at))
    terms = acceptance.terms()
    found = [Task(p.title, ("acceptance.begin", p.public_id), due=acceptance.dossier_due(p, p.ends_on, terms), hint=p.code) for p in begin]
    for case in _cases(user, at, OWN, held=True):
        waits = case.state in (CaseState.PREPARING, CaseState.RETURNED) or (case.state == CaseState.REVISING and case.revised_at is None)
        waits = waits or (case.state == CaseState.GRADED and bool(case.accepted))
        if waits:
            found.append(_task(case, terms, since=case.graded_at or case.created_at))
    return found


def acceptance_to_run(user: User, at: datetime) -> list[Task]:
    """For officers: dossiers to check, to put to a council, revised reports to confirm, results to register, failures to deal with."""
    if not user.can(Do.ACCEPTANCE_RUN):
        return []
    terms = acceptance.terms()
    return [_task(case, terms, since=case.revised_at or case.graded_at or case.checked_at or case.submitted_at) for case in _cases(user, at, OFFICE)
            if not (case.state == CaseState.VALID and case.council_pid) and not (case.state == CaseState.REVISING and case.revised_at is None)]  # fmt: skip


def to_recognise(user: User, at: datetime) -> list[Task]:
    """Projects whose results are registered, and those that were not accepted."""
    if not user.can(Do.ACCEPTANCE_RECOGNISE):
        return []
    terms = acceptance.terms()
    return [_task(case, terms, since=case.graded_at) for case in _cases(user, at, (CaseState.RESULTS_REGISTERED, CaseState.GRADED))
            if case.state == CaseState.RESULTS_REGISTERED or not case.accepted]  # fmt: skip


# --- transfer -------------------------------------------------------------------------------------------------


def _of_result(model: Any, endpoint: str, *where: Any, since: Any = None, due: Any = None, hint: Any = None) -> Select[Any]:
    """Lines of rows that hang on a result; the hint is the project's code when nothing else is given."""
    hint = Project.code if hint is None else hint
    return (lines(endpoint, model.public_id, Result.title, since=since, due=due, hint=hint)
            .join(Result, Result.id == model.result_id).join(Project, Project.id == Result.project_id).where(*where))  # fmt: skip


def handovers_to_sign(user: User, _at: datetime) -> list[Select[Any]]:
    """Results offered to a body this person signs for."""
    if not user.can(Do.TRANSFER_CONFIRM):
        return []
    return [_of_result(Handover, "transfer.answer", Handover.state == HandoverState.OFFERED, Handover.receiver_id.in_(transfer.signing_ids(user)),
                       Handover.offered_by_id != user.id, since=Handover.offered_at, due=Handover.planned_on)]  # fmt: skip


def use_to_report(user: User, at: datetime) -> list[Select[Any]]:
    """Yearly reports on the use of results that this person may write."""
    if not user.can(Do.TRANSFER_REPORT):
        return []
    managed = [m.organisation_id for m in user.live_memberships if m.is_manager]
    mine = or_(Project.pi_id == user.id, Project.host_id.in_(managed), transfer.used_by(transfer.signing_ids(user)))
    until = clock.local(at + USE_AHEAD).date()
    return [_of_result(FollowUp, "transfer.report", FollowUp.state.in_(OPEN_REPORTS), FollowUp.due_on <= until, mine, due=FollowUp.due_on)]


def use_to_verify(user: User, _at: datetime) -> list[Select[Any]]:
    """Yearly reports that came in, and contracts whose registration is awaited."""
    if not user.can(Do.TRANSFER_VERIFY):
        return []
    return [_of_result(FollowUp, "transfer.verify", FollowUp.state == FollowUpState.REPORTED, or_(FollowUp.reported_by_id.is_(None), FollowUp.reported_by_id != user.id), since=FollowUp.reported_at),
            _of_result(Agreement, "transfer.agreement", Agreement.state == AgreementState.SIGNED, Agreement.must_register,
                       due=Agreement.register_by, hint=Agreement.number)]  # fmt: skip


def contracts_of_results(user: User, at: datetime) -> list[Select[Any]]:
    """Transfer contracts of this person's projects in preparation or to be registered; for officers those whose last day is past."""
    unregistered = (Agreement.state == AgreementState.SIGNED) & Agreement.must_register
    found = [_of_result(Agreement, "transfer.agreement", or_(Agreement.state == AgreementState.DRAFTED, unregistered), funding.held(user),
                        since=Agreement.created_at, due=Agreement.register_by)]  # fmt: skip
    if user.can(Do.TRANSFER_VERIFY):
        found.append(_of_result(Agreement, "transfer.end_agreement", Agreement.state.in_(IN_FORCE), Agreement.ends_on < clock.local(at).date(),
                                due=Agreement.ends_on, hint=Agreement.number))  # fmt: skip
    return found


def late_use_reports(user: User, at: datetime) -> list[Select[Any]]:
    """Yearly reports on use that others owe."""
    if not user.can(Do.TRANSFER_VERIFY):
        return []
    return [_of_result(FollowUp, "transfer.follow_up", FollowUp.state.in_(OPEN_REPORTS), FollowUp.due_on < clock.local(at).date(), due=FollowUp.due_on)]


def interest_to_answer(user: User, _at: datetime) -> list[Select[Any]]:
    """Messages of visitors about public results."""
    if not user.can(Do.TRANSFER_OFFER):
        return []
    return [_of_result(Interest, "transfer.answer_interest", Interest.state == InterestState.RECEIVED, since=Interest.at, due=Interest.due_on, hint=Interest.name)]
