"""Reads of acceptance, limited to what the person may see; and the rules that hold for a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, exists, func, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.permissions import Do
from app.services.councils import queries as councils
from app.services.files import queries as files
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.rules import RuleMissing
from app.stages.acceptance.models import Case, CaseLine, Evaluation, Result
from app.stages.acceptance.rules import CaseState, Gate, ResultState, days_late
from app.stages.funding import queries as funding
from app.stages.funding.models import Contract, Project, ProjectClosing
from app.stages.funding.rules import ClosingKind, ContractState
from app.stages.plan import queries as plans
from app.stages.plan.models import Priority
from app.stages.proposals.models import TeamMember

CASE_LINE = (Case.id, Case.public_id, Case.state, Case.round, Case.due_on, Case.created_at, Case.submitted_at, Case.checked_at, Case.graded_at, Case.revised_at,
         Case.accepted, Case.council_pid, Case.seated_at, Case.redo_until, Project.title, Project.code, Project.decision_date)  # fmt: skip
_FACES = (joinedload(Project.host), joinedload(Project.pi), joinedload(Project.item).joinedload(Priority.sector))


def visible(user: User) -> Any:
    """The condition under which a person may see acceptance of a project: by office, or because he may see the project."""
    return true() if user.can(Do.ACCEPTANCE_READ) else funding.visible(user)


def may_read(project_id: int, user: User) -> bool:
    """May this person see acceptance of the project?"""
    return bool(db.session.scalar(select(exists().where(Project.id == project_id, visible(user)))))


# --- cases ----------------------------------------------------------------------------------------------------


def case_by_pid(pid: str) -> Case | None:
    """One case, whoever asks."""
    return db.session.scalar(select(Case).where(Case.public_id == pid))


def case_by_id(case_id: int) -> Case:
    """The case; it is there."""
    return db.session.get_one(Case, case_id)


def case_of(project_id: int) -> Case | None:
    """The case of a project."""
    return db.session.scalar(select(Case).where(Case.project_id == project_id))


def whole_case(pid: str) -> Case | None:
    """One case with project, host, investigator, item, promised products, evaluations and results; whoever asks."""
    return db.session.scalar(select(Case).where(Case.public_id == pid).options(
        joinedload(Case.project).options(*_FACES), selectinload(Case.lines).joinedload(CaseLine.product), selectinload(Case.evaluations),
        selectinload(Case.results).options(selectinload(Result.shares), joinedload(Result.item)))
        .execution_options(populate_existing=True))  # fmt: skip


def case_for(user: User, pid: str) -> Case | None:
    """One case of a project this person may see, with all its parts."""
    seen = db.session.scalar(select(exists().where(Case.public_id == pid, Case.project_id == Project.id, visible(user))))
    return whole_case(pid) if seen else None


def cases_statement(user: User) -> Select[Any]:
    """The cases this person may see, for a listing, with the project's faces."""
    return select(Case).join(Project, Project.id == Case.project_id).options(joinedload(Case.project).options(*_FACES)).where(visible(user))


def lines_of(case: Case) -> list[CaseLine]:
    """The promised products of a case, in order."""
    return list(db.session.scalars(select(CaseLine).options(joinedload(CaseLine.product)).where(CaseLine.case_id == case.id).order_by(CaseLine.position)))


def evaluations_of(case: Case) -> list[Evaluation]:
    return list(db.session.scalars(select(Evaluation).where(Evaluation.case_id == case.id).order_by(Evaluation.number)))


def _to_begin(statement: Select[Any], until: date) -> Select[Any]:
    ended = exists().where(ProjectClosing.project_id == Project.id)
    begun = exists().where(Case.project_id == Project.id)
    return (statement.join(Contract, Contract.project_id == Project.id).where(Contract.state == ContractState.SIGNED, Contract.ends_on <= until, ~ended, ~begun)
            .order_by(Contract.ends_on, Project.id))  # fmt: skip


def projects_to_begin(user: User, *, until: date) -> list[Project]:
    """Projects this person may see with a signed contract that ends by then, not ended, without a case."""
    return list(db.session.scalars(_to_begin(select(Project).options(*_FACES), until).where(visible(user))))


def held_to_begin(user: User, *, until: date) -> Select[Any]:
    """The same for whoever answers for the project, as columns of a bare list."""
    return _to_begin(select(Project.public_id, Project.title, Project.code, Project.ends_on, Project.decision_date), until).where(funding.held(user))


def early_end(project_id: int) -> ProjectClosing | None:
    """The closing of a project that was terminated: the acceptance of such a project goes no further."""
    closing = funding.closing_of(project_id)
    return closing if closing is not None and closing.kind == ClosingKind.TERMINATED else None


def cases_in(user: User, *states: CaseState, held: bool = False) -> Select[Any]:
    """The cases in these states that this person may see, or (`held`) answers for, the longest waiting first: what a bare list shows of them.

    Cases of projects that ended early are left out: nothing is done about them.
    """
    mine = (funding.held(user) if held else true()) & ~exists().where(ProjectClosing.project_id == Case.project_id, ProjectClosing.kind == ClosingKind.TERMINATED)
    return (select(*CASE_LINE).join(Project, Project.id == Case.project_id)
            .where(visible(user), Case.state.in_(states), mine).order_by(Case.submitted_at, Case.id))  # fmt: skip


# --- results --------------------------------------------------------------------------------------------------


def results_statement(user: User) -> Select[Any]:
    """The results this person may see, for a listing, with project, host and item."""
    return (select(Result).join(Project, Project.id == Result.project_id)
            .options(joinedload(Result.project).options(*_FACES), joinedload(Result.item)).where(visible(user)))  # fmt: skip


def of_item(statement: Select[Any], code: str) -> Select[Any]:
    """Results with this main item: a code of the plan in force, or the public id of an item of an earlier plan."""
    return statement.where(Result.item_id.in_(plans.items_named(code)))


def items_for(project: Project) -> list[Priority]:
    """The items of the plan under which the project was approved, in its order."""
    return list(db.session.scalars(select(Priority).where(Priority.plan_id == project.item.plan_id).order_by(Priority.position)))


def result_by_pid(pid: str) -> Result | None:
    """One result with project, host, item, case and shares; whoever asks."""
    return db.session.scalar(select(Result).where(Result.public_id == pid).options(
        joinedload(Result.project).options(*_FACES), joinedload(Result.item), joinedload(Result.case), selectinload(Result.shares))
        .execution_options(populate_existing=True))  # fmt: skip


def result_for(user: User, pid: str) -> Result | None:
    """One result of a project this person may see, or that a council he sits on judges."""
    found = result_by_pid(pid)
    return found if found is not None and (may_read(found.project_id, user) or councils.member_reads(found, user)) else None


def results_of(case_id: int) -> list[Result]:
    """The results of a case, in order."""
    statement = select(Result).options(selectinload(Result.shares)).where(Result.case_id == case_id).order_by(Result.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def registered_results(project_id: int) -> list[Result]:
    """The registered results of a project: what later stages start from."""
    return list(db.session.scalars(select(Result).where(Result.project_id == project_id, Result.state == ResultState.REGISTERED).order_by(Result.id)))


def number_of_results(project_id: int) -> int:
    """How many results of the project have a code."""
    return db.session.scalar(select(func.count()).select_from(Result).where(Result.project_id == project_id)) or 0


def team_of(project: Project) -> list[tuple[str, int | None]]:
    """(name, user id) of the investigator and the members of the dossier's team, the investigator first."""
    team = [(project.pi_name, project.pi_id)]
    for member in db.session.scalars(select(TeamMember).where(TeamMember.proposal_id == project.proposal_id).order_by(TeamMember.id)):
        if (member.user_id is None or member.user_id != project.pi_id) and member.name != project.pi_name:
            team.append((member.name, member.user_id))
    return team


# --- rules that hold for a case -------------------------------------------------------------------------------


def scheme_of(project: Project) -> tuple[str, Mapping[str, Any]]:
    """The rating scheme in use for this project and its rule: fixed by the day of the award."""
    name = str(rulebook.value("acceptance.scheme", on=project.decision_date))
    key = f"acceptance.scheme.{name}"
    return name, rulebook.value(key, on=project.decision_date)


def levels_of(project: Project, language: str = "vi") -> dict[str, str]:
    """The levels of the scheme by code, in one language."""
    return {level["code"]: level[language] for level in scheme_of(project)[1]["levels"]}


def documents_of(project: Project) -> list[dict[str, Any]]:
    """The kinds of documents of the dossier."""
    return list(rulebook.value("acceptance.documents", on=project.decision_date))


def order_of(project: Project) -> list[str]:
    """The order of the gates after the council."""
    return list(rulebook.value("acceptance.gates", on=project.decision_date))


def shares_needed(project: Project) -> bool:
    """Must a result name the share of each member? The rule is of the new law: before it there is none."""
    try:
        return bool(rulebook.value("acceptance.contribution_shares", on=project.decision_date))
    except RuleMissing:
        return False


def given_documents(case: Case) -> set[str]:
    """The kinds of documents that are attached."""
    return {attachment.kind for attachment in files.of(case)}


def dossier_due(project: Project | Row[Any], contract_ends_on: date, terms: rulebook.Terms | None = None) -> date:
    """The last day for the dossier of a contract that ends on that day."""
    return (terms or rulebook).due(contract_ends_on, "acceptance.dossier_days", on=project.decision_date)


def lateness(case: Case) -> int:
    """By how many days the dossier came late."""
    return days_late(case.due_on, local(case.first_submitted_at).date()) if case.first_submitted_at else 0


# the rule by which the next step of a case is to be done, and from when on
_NEXT = {
    CaseState.SUBMITTED: ("acceptance.check_days", "submitted_at"), CaseState.VALID: ("acceptance.council_days", "checked_at"),
    CaseState.IN_SESSION: ("acceptance.finish_days", "seated_at"), CaseState.GRADED: ("acceptance.registration_days", "graded_at"),
}  # fmt: skip


def terms() -> rulebook.Terms:
    """What `next_due` and `dossier_due` of many lines ask, read once."""
    return rulebook.Terms("acceptance.dossier_days", *(rule for rule, _since in _NEXT.values()))


def next_due(case: Case | Row[Any], decided: date, terms: rulebook.Terms | None = None) -> date | None:
    """Until when the present step of a case (or of its line in a list) is to be done, by the rule of the day of its project's award."""
    rule, named = _NEXT.get(case.state, (None, ""))
    since = getattr(case, named) if rule is not None else None
    if case.state == CaseState.IN_SESSION and since is None:
        since = case.checked_at  # put to its council before this was noted
    if rule is None or since is None:
        if case.state not in (CaseState.PREPARING, CaseState.RETURNED):
            return None
        return case.due_on if case.round == 1 else case.redo_until
    return (terms or rulebook).due(local(since).date(), rule, on=decided)


def passed_gates(case: Case) -> set[Gate]:
    """The gates of this room that the case has passed."""
    passed = {Gate.GRADE} if case.accepted else set()
    if case.accepted and case.state != CaseState.REVISING:
        passed.add(Gate.REVISION)
    states = list(db.session.scalars(select(Result.state).where(Result.case_id == case.id)))
    if ResultState.REGISTERED in states and ResultState.DRAFTED not in states:
        passed.add(Gate.CERTIFICATE)
    if case.state == CaseState.RECOGNISED:
        passed.add(Gate.RECOGNITION)
    return passed


def all_levels(on: date, language: str) -> dict[str, str]:
    """The levels of every scheme by code: for lists that hold cases of several schemes. The scheme in use comes last."""
    keys = ("acceptance.scheme", "acceptance.scheme.four_level", "acceptance.scheme.three_level")
    values = rulebook.values(keys, on=on)
    used = f"acceptance.scheme.{values['acceptance.scheme']}"
    order = sorted(keys[1:], key=lambda key: key == used)
    return {level["code"]: level[language] for key in order for level in values[key]["levels"]}
