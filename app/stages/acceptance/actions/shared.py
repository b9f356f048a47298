"""What verbs ask first, and pages before they show a form: `(row, by) -> None`, raising WrongState or NotAllowed."""

from __future__ import annotations

from app.kernel.db import db
from app.kernel.errors import WrongState
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.acceptance import queries
from app.stages.acceptance.actions.going import check_going
from app.stages.acceptance.models import Case, Result
from app.stages.acceptance.rules import (
    RATED,
    Gate,
    ResultState,
    check_accepted,
    check_editable,
    check_gate,
    check_holder,
    check_other_person,
    check_reevaluation,
)
from app.stages.execution import queries as execution
from app.stages.funding import queries as funding
from app.stages.funding.actions.shared import check_stranger
from app.stages.funding.models import Contract, Project
from app.stages.funding.rules import ContractState


def running_contract(project: Project) -> Contract:
    """The signed contract of a project that has not ended. Raises WrongState else."""
    contract = funding.contract_of(project.id)
    if contract is None or contract.state != ContractState.SIGNED or funding.closing_of(project.id) is not None:
        raise WrongState(N_("Acceptance needs a signed contract of a project that has not ended."))
    return contract


def check_begin(project: Project, by: User) -> None:
    """May the acceptance of this project begin, and by this person?"""
    running_contract(project)
    check_holder(funding.may_request(by, project) or by.can(Do.ACCEPTANCE_RUN))
    if execution.open_termination(project.id) is not None or execution.requested_termination(project.id) is not None:
        raise WrongState(N_("An early end of this project is under consideration."))
    if queries.case_of(project.id) is not None:
        raise WrongState(N_("The acceptance of this project has begun already."))


def check_apart(row: Case | Result, by: User) -> None:
    """Nobody judges the project of the own team or house. Raises NotAllowed."""
    with db.session.no_autoflush:  # what is being changed is not written before it is known to be allowed
        check_stranger(funding.project_by_id(row.project_id), by)


def check_checker(case: Case, by: User) -> None:
    """Who submitted does not check, nor does anybody of the project or its host."""
    check_other_person(by.id, case.submitted_by_id)
    check_apart(case, by)


def check_project_holder(case: Case, by: User) -> None:
    """Does the person lead the project or manage its host?"""
    check_holder(funding.may_request(by, funding.project_by_id(case.project_id)))


def check_own(case: Case, by: User) -> None:
    """May this person write in the dossier now?"""
    check_going(case)
    check_editable(case)
    check_project_holder(case, by)


def check_revised(case: Case, _by: User | None = None) -> None:
    """Was the revised report handed in?"""
    check_going(case)
    if case.revised_at is None:
        raise WrongState(N_("The host has not submitted the revised report yet."))


def check_recognisable(case: Case, _by: User | None = None) -> None:
    """Are the gates before recognition passed?"""
    check_going(case)
    check_accepted(case.accepted)
    check_gate(Gate.RECOGNITION, queries.order_of(funding.project_by_id(case.project_id)), queries.passed_gates(case))


def check_another_round(case: Case, _by: User | None = None) -> None:
    """Does the rule allow one more evaluation?"""
    check_going(case)
    project = funding.project_by_id(case.project_id)
    check_reevaluation(case.round, int(rulebook.value("acceptance.reevaluations", on=project.decision_date)))


def check_results_open(case: Case, by: User) -> None:
    """May this person write the results of the case: an accepted one?"""
    check_going(case)
    if case.state not in RATED:
        raise WrongState(N_("Results are written down once the council has rated the project."))
    check_accepted(case.accepted)
    check_holder(funding.may_request(by, funding.project_by_id(case.project_id)) or by.can(Do.ACCEPTANCE_REGISTER))


def check_drafted(result: Result, by: User) -> None:
    """May this person still change the result?"""
    if result.state != ResultState.DRAFTED:
        raise WrongState(N_("This result is registered or left out and cannot be changed."))
    check_results_open(queries.case_by_id(result.case_id), by)


def check_certificate(result: Result, by: User) -> None:
    """May the result be registered: are the gates before the certificate passed?"""
    check_drafted(result, by)
    check_apart(result, by)
    case = queries.case_by_id(result.case_id)
    check_gate(Gate.CERTIFICATE, queries.order_of(funding.project_by_id(case.project_id)), queries.passed_gates(case))
