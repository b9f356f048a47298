"""Reads of the hub: the list of projects with their phase, and all parts of one project."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    String,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy import cast as sql_cast

from app.across.hub.phase import Parts, Phase, phase_of, phase_sql
from app.across.hub.rules import Line
from app.kernel import clock
from app.kernel.db import db
from app.kernel.text import fold
from app.kernel.words import Face
from app.services.people.models import Organisation, User
from app.services.similarity.kinds import KINDS, Shown, register_kind
from app.stages.acceptance.models import Case, Result
from app.stages.acceptance.rules import OPEN, CaseState, ResultState
from app.stages.execution.models import (
    Adjustment,
    Finding,
    Inspection,
    Report,
    Suspension,
    Termination,
)
from app.stages.execution.rules import (
    AdjustmentState,
    FindingState,
    InspectionState,
    ReportState,
    SuspensionState,
    TerminationState,
)
from app.stages.funding import queries as funding
from app.stages.funding.models import (
    Contract,
    Liquidation,
    Project,
    ProjectClosing,
    ProjectProduct,
    Settlement,
    Tranche,
    project_item,
)
from app.stages.ideas.queries import topics_of_body
from app.stages.plan import queries as plans
from app.stages.plan.models import Plan, Priority, Sector
from app.stages.plan.rules import PlanState
from app.stages.plan.scope import within
from app.stages.transfer.models import Agreement, FollowUp, Handover
from app.stages.transfer.rules import AgreementState, FollowUpState, HandoverState

ITEM = case((Plan.state == PlanState.SUPERSEDED, Priority.code + " (" + Plan.number + ")"), else_=Priority.code)  # as Priority.face

# --- the list -------------------------------------------------------------------------------------------------


def seen(user: User) -> Select[Any]:
    """The rows of the list, bare: for what only counts them."""
    return select(Project).where(funding.visible(user))


def list_statement(user: User, today: date) -> Select[Any]:
    """The projects this person may see, as rows of what the list shows: fifty whole projects would cost more than all the rest of its page."""
    return (select(Project.id, Project.public_id, Project.code, Project.title, Project.pi_name, Project.decision_date, Project.ends_on,
                   Project.approved_total, Project.paid_total, Organisation.name.label("host"), ITEM.label("item"), phase_sql(today).label("phase"))
            .outerjoin(Organisation, Organisation.id == Project.host_id)  # outer joins are left out where rows are only counted
            .outerjoin(Priority, Priority.id == Project.item_id).outerjoin(Plan, Plan.id == Priority.plan_id).where(funding.visible(user)))  # fmt: skip


def with_words(statement: Select[Any], words: str) -> Select[Any]:
    """Projects whose title or code holds the words, with or without diacritics."""
    wanted = fold(words)
    return statement.where(or_(Project.folded.contains(wanted, autoescape=True), Project.code.icontains(words, autoescape=True)))


def in_sector(statement: Select[Any], code: str) -> Select[Any]:
    """Projects whose main item lies in this sector: a code of the plan in force, or the public id of a sector of an earlier plan."""
    return statement.where(Project.item_id.in_(plans.sectors_named(code)))


def of_item(statement: Select[Any], code: str) -> Select[Any]:
    """Projects with this main item, of any plan (or within this item, sector or plan, by its public id)."""
    return statement.where(within(Project.item_id, code))


def ordered_by(statement: Select[Any], pid: str) -> Select[Any]:
    """Projects of topics whose result this body receives."""
    return statement.where(Project.topic_id.in_(topics_of_body(pid)))


def of_host(statement: Select[Any], pid: str) -> Select[Any]:
    """Projects of this host."""
    return statement.where(Project.host_id.in_(select(Organisation.id).where(Organisation.public_id == pid)))


def decided_in(statement: Select[Any], year: str) -> Select[Any]:
    """Projects approved in this year."""
    return statement.where(Project.decision_date.between(date(int(year), 1, 1), date(int(year), 12, 31)))


# written once: every list of projects asks for them
_HOSTS = select(Organisation.public_id, Organisation.name).where(Organisation.id.in_(select(Project.host_id).distinct())).order_by(Organisation.folded)
_FIRST_AND_LAST = select(func.min(Project.decision_date), func.max(Project.decision_date))


def hosts() -> list[tuple[str, str]]:
    """(public id, name) of the organisations that host projects."""
    return [(pid, name) for pid, name in db.session.execute(_HOSTS)]


def years() -> list[int]:
    """The years in which projects were approved, from the last to the first."""
    first, last = db.session.execute(_FIRST_AND_LAST).one()
    return list(range(last.year, first.year - 1, -1)) if first else []


# --- one project ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Whole:
    """A project with all that its page shows. `faces` are names of what it hangs on; `products` and `other_items` are columns too."""

    project: Project
    faces: Any
    products: Sequence[Any]
    other_items: Sequence[str]
    phase: Phase
    contract: Contract | None
    closing: ProjectClosing | None
    settlement: Settlement | None
    liquidation: Liquidation | None
    lines: list[Line]
    tranches: Sequence[Tranche]

    def of(self, *kinds: str) -> list[Line]:
        """The lines of these kinds."""
        return [line for line in self.lines if line.kind in kinds]

    @property
    def keys(self) -> list[tuple[str, str]]:
        """How journal and papers name the project and its parts."""
        rows = [self.project, self.contract, self.settlement, self.liquidation, self.closing, *self.tranches]
        own = [(row.__tablename__, row.public_id) for row in rows if row is not None]
        return own + [(line.kind, line.pid) for line in self.lines]


# written once, as _EVERY_LINE below: every page of a project asks for them
_PROJECT = (
    select(Project, ITEM.label("item"), Priority.short_vi, Priority.title_en, Sector.name_vi, Sector.name_en, Organisation.name.label("host"))
    .join(Organisation, Organisation.id == Project.host_id).join(Priority, Priority.id == Project.item_id)
    .join(Plan, Plan.id == Priority.plan_id).join(Sector, Sector.id == Priority.sector_id).where(Project.public_id == bindparam("pid")))  # fmt: skip
_PRODUCTS = (
    select(ProjectProduct.name, ProjectProduct.quantity, ProjectProduct.unit, ProjectProduct.quality)
    .where(ProjectProduct.project_id == bindparam("project_id")).order_by(ProjectProduct.position))  # fmt: skip
_OTHER_ITEMS = (
    select(Priority.code).join(project_item, project_item.c.item_id == Priority.id).where(project_item.c.project_id == bindparam("project_id"))
    .order_by(Priority.position))  # fmt: skip
_CONTRACT_AND_END = (
    select(Contract, ProjectClosing, Settlement, Liquidation).select_from(Project).outerjoin(Contract, Contract.project_id == Project.id)
    .outerjoin(ProjectClosing, ProjectClosing.project_id == Project.id).outerjoin(Settlement, Settlement.project_id == Project.id)
    .outerjoin(Liquidation, Liquidation.project_id == Project.id).where(Project.id == bindparam("project_id")))  # fmt: skip
_TRANCHES = select(Tranche).join(Contract, Contract.id == Tranche.contract_id).where(Contract.project_id == bindparam("project_id")).order_by(Tranche.position)


def whole(user: User, pid: str, today: date) -> Whole | None:
    """One project this person may see, with its parts, in a constant number of queries."""
    seen = funding.visible(user)
    faces = db.session.execute(_PROJECT if seen is True else _PROJECT.where(seen), {"pid": pid}).one_or_none()
    if faces is None:
        return None
    project, given = faces[0], {"project_id": faces[0].id}
    products, other_items = db.session.execute(_PRODUCTS, given).all(), db.session.scalars(_OTHER_ITEMS, given).all()
    contract, closing, settlement, liquidation = db.session.execute(_CONTRACT_AND_END, given).one()._tuple()
    lines, tranches = lines_of(project.id), db.session.scalars(_TRANCHES, given).all()
    parts = Parts(
        contract=contract.state if contract else None, started=contract is not None and contract.starts_on <= today,
        suspended=any(line.state == SuspensionState.SUSPENDED for line in lines if line.kind == "suspension"),
        in_acceptance=any(line.state in OPEN and (line.state != CaseState.PREPARING or (line.n or 0) > 1) for line in lines if line.kind == "acceptance_case"),
        closing=closing.kind if closing else None, liquidated=liquidation is not None,
        followed_up={line.state for line in lines if line.kind == "follow_up"} == {FollowUpState.VERIFIED}, imported_under_way=project.under_way)  # fmt: skip
    return Whole(project, faces, products, other_items, phase_of(parts), contract, closing, settlement, liquidation, lines, tranches)


# model, states, what names it (a Face column, or None), its number, its day, where its page is
_KINDS: tuple[tuple[Any, type[Face], Any, Any, Any, str], ...] = (
    (Report, ReportState, Report.kind, Report.number, Report.due_on, "execution.report"),
    (Adjustment, AdjustmentState, Adjustment.kind, Adjustment.annex_number, Adjustment.decision_date, "execution.adjustment"),
    (Inspection, InspectionState, Inspection.kind, None, Inspection.planned_on, "execution.inspection"),
    (Finding, FindingState, None, Finding.number, Finding.due_on, "execution.finding"),
    (Suspension, SuspensionState, None, None, Suspension.from_date, "execution.suspension"),
    (Termination, TerminationState, Termination.ground, None, Termination.decision_date, "execution.termination"),
    (Case, CaseState, None, Case.round, Case.due_on, "acceptance.show"),
    (Result, ResultState, Result.kind, None, Result.certificate_dated, "acceptance.result"),
    (Handover, HandoverState, None, None, Handover.planned_on, "transfer.handover"),
    (Agreement, AgreementState, Agreement.kind, None, Agreement.signed_on, "transfer.agreement"),
    (FollowUp, FollowUpState, None, FollowUp.number, FollowUp.due_on, "transfer.follow_up"),
)
_BY_TABLE = {model.__tablename__: (states, name.type.enum if name is not None else None, endpoint) for model, states, name, _n, _d, endpoint in _KINDS}


def _every_line() -> Select[Any]:
    parts = [select(literal(model.__tablename__).label("kind"), model.public_id, sql_cast(model.state, String).label("state"),
                    (sql_cast(name, String) if name is not None else sql_cast(null(), String)).label("label"),
                    (number if number is not None else sql_cast(null(), Integer)).label("n"), day.label("day"), model.id.label("id"),
                    (model.title if model is Result else sql_cast(null(), String)).label("title"))
             .where(model.project_id == bindparam("project_id")) for model, _states, name, number, day, _endpoint in _KINDS]  # fmt: skip
    every = union_all(*parts).subquery()
    return select(every.c.kind, every.c.public_id, every.c.state, every.c.label, every.c.n, every.c.day, every.c.title).order_by(every.c.kind, every.c.id)


_EVERY_LINE = _every_line()  # built once: it is long, and every page of a project asks it


def lines_of(project_id: int) -> list[Line]:
    """Reports, changes, visits, stops and ends of a project, in one query."""
    return [_line(*row) for row in db.session.execute(_EVERY_LINE, {"project_id": project_id})]


def _line(kind: str, pid: str, state: str, label: str | None, n: int | None, day: date | None, title: str | None) -> Line:
    states, names, endpoint = _BY_TABLE[kind]
    said = names(label).label if names is not None and label else ""
    return Line(kind, pid, states(state), said, n, day, endpoint, title or "")


def _show(pids: Collection[str]) -> dict[str, Shown]:
    rows = db.session.execute(select(Project.public_id, Project.code, Project.title, Project.decision_date, phase_sql(clock.today()))
                              .where(Project.public_id.in_(pids)))  # fmt: skip
    return {pid: Shown(code, title, decided.year, Phase(phase), "hub.show") for pid, code, title, decided, phase in rows}


register_kind(replace(KINDS["project"], show=_show))  # near work is shown with its phase, which only this room knows
