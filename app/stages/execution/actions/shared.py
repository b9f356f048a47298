"""What several verbs ask first."""

from __future__ import annotations

from datetime import date, datetime

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import NotAllowed, WrongState
from app.kernel.words import N_
from app.services.people.models import User
from app.services.people.rules import Role
from app.services.rulebook import queries as rulebook
from app.stages.execution import queries
from app.stages.execution.models import Adjustment, Finding, Report, Termination
from app.stages.execution.rules import check_reviewer
from app.stages.funding import queries as awards
from app.stages.funding.actions.shared import check_stranger
from app.stages.funding.models import Contract, Project
from app.stages.funding.rules import ContractState, end_of
from app.stages.funding.signing import check_office

PLAN_AHEAD = 12  # months: nothing is planned later than this after today, or after the end of the contract


def running(project: Project) -> Contract:
    """The signed contract of a project that has not ended. Raises WrongState else."""
    contract = awards.contract_of(project.id)
    if contract is None or contract.state != ContractState.SIGNED or awards.closing_of(project.id) is not None:
        raise WrongState(N_("This project is not running."))
    return contract


def check_running(project: Project, _by: User | None = None) -> None:
    """Does the project run?"""
    running(project)


def check_not_suspended(project: Project, _by: User | None = None) -> None:
    """Is the project not suspended already?"""
    if queries.open_suspension(project.id) is not None:
        raise WrongState(N_("This project is already suspended."))


def check_no_ending(project: Project, _by: User | None = None) -> None:
    """Is no early end asked for or under consideration?"""
    if queries.open_termination(project.id) is not None or queries.requested_termination(project.id) is not None:
        raise WrongState(N_("The termination of this project is already under consideration."))


def check_not_opened(project: Project, _by: User | None = None) -> None:
    """Is no early end under consideration? One that is asked for may be taken up."""
    if queries.open_termination(project.id) is not None:
        raise WrongState(N_("The termination of this project is already under consideration."))


def check_judge(row: Report | Adjustment | Finding | Termination, by: User, *earlier: int | None) -> None:
    """Nobody decides on the own paper, nor on a project that is the own or of the own house."""
    for person_id in earlier:
        check_reviewer(by.id, person_id)
    with db.session.no_autoflush:  # what is being changed is not written before it is known to be allowed
        check_stranger(awards.project_by_id(row.project_id), by)


def ending_signer(project: Project) -> rulebook.Rule:
    """The rule that says who decides an early end."""
    return rulebook.rule("execution.ending_signer", on=project.decision_date)


def check_ending_signer(termination: Termination, by: User) -> None:
    """Raises NotAllowed unless this person holds the office that decides early ends by the rulebook."""
    project = awards.project_by_id(termination.project_id)
    signer = ending_signer(project).value
    if signer == "approver":
        check_office(by, project.approved_state, on=project.decision_date)
    elif signer == "province" and Role.PROVINCE not in by.roles:
        raise NotAllowed(N_("By the rulebook in force, an early end is decided by the people's committee of the province."))


def check_decider(termination: Termination, by: User) -> None:
    """Who asked for an early end or opened it does not decide on it, nor who does not hold the office."""
    check_judge(termination, by, termination.requested_by_id, termination.opened_by_id)
    check_ending_signer(termination, by)


def latest_plan(contract: Contract, at: datetime) -> date:
    """The last day for which a visit or a report can be planned."""
    return end_of(max(contract.ends_on, local(at).date()), PLAN_AHEAD)


def check_holder(project: Project, by: User) -> None:
    if not awards.may_request(by, project):
        raise NotAllowed(N_("Only the investigator and the host's manager may do this."))
