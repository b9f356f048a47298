"""The lists of execution: reports, inspections, findings, changes, early ends, suspensions; what waits, or all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.kernel.listing import Column, Filter, Listing
from app.kernel.text import fold
from app.kernel.words import N_, Face
from app.services.people.models import Organisation, User
from app.stages.execution.models import (
    Adjustment,
    Finding,
    Inspection,
    Report,
    Suspension,
    Termination,
)
from app.stages.execution.queries import of_running
from app.stages.execution.rules import (
    OPEN_FINDINGS,
    OPEN_REPORTS,
    AdjustmentKind,
    AdjustmentState,
    FindingState,
    Ground,
    InspectionKind,
    InspectionState,
    Rating,
    ReportState,
    SuspensionState,
    TerminationState,
    late_finding,
    overdue,
)
from app.stages.funding import queries as funding
from app.stages.funding.models import Project

AHEAD = timedelta(days=60)
WAITING = {"show": "waiting"}  # what an address without anything means


@dataclass(frozen=True)
class Kind:
    """One list: its rows, which of them wait, what they are called and by which day they are ordered."""

    label: str
    model: Any
    endpoint: str
    states: type[Face]
    day: Any
    day_label: str
    named: Callable[[Any], str]
    waits: Callable[[date], ColumnElement[bool]]
    kinds: tuple[Any, type[Face]] | None = None
    late: Callable[[Any, date], bool] = lambda _row, _today: False
    more: tuple[tuple[str, str, Any], ...] = ()  # further columns: name, label, what they show
    filters: tuple[tuple[str, str, type[Face], Any], ...] = field(default=())


def _kind_said(row: Any) -> str:
    return _(row.kind.label)


KINDS: dict[str, Kind] = {
    "reports": Kind(N_("Reports"), Report, "report", ReportState, Report.due_on, N_("Due on"), lambda r: _("Report %(n)s", n=r.number),
                    lambda _t: Report.state == ReportState.SUBMITTED, late=overdue, more=(("progress", N_("Progress"), lambda r: r.progress), ("spent", N_("Spent"), lambda r: r.spent)),
                    filters=(("rating", N_("Rating by the Department"), Rating, Report.rating),)),
    "due": Kind(N_("Reports due"), Report, "report", ReportState, Report.due_on, N_("Due on"), lambda r: _("Report %(n)s", n=r.number),
                lambda today: Report.state.in_(OPEN_REPORTS) & (Report.due_on <= today + AHEAD) & of_running(Report), late=overdue),
    "inspections": Kind(N_("Inspections"), Inspection, "inspection", InspectionState, Inspection.planned_on, N_("Planned for"), _kind_said,
                        lambda _t: Inspection.state == InspectionState.PLANNED, kinds=(Inspection.kind, InspectionKind), more=(("held", N_("Held on"), lambda r: r.held_on),)),
    "findings": Kind(N_("Findings"), Finding, "finding", FindingState, Finding.due_on, N_("To be mended by"), lambda r: r.text,
                     lambda _t: Finding.state.in_(OPEN_FINDINGS) & of_running(Finding), late=late_finding),
    "changes": Kind(N_("Changes"), Adjustment, "adjustment", AdjustmentState, Adjustment.requested_at, N_("Requested"), _kind_said,
                    lambda _t: Adjustment.state == AdjustmentState.REQUESTED, kinds=(Adjustment.kind, AdjustmentKind), more=(("decision", N_("Decision"), lambda r: r.decision_number),)),
    "endings": Kind(N_("Early ends"), Termination, "termination", TerminationState, func.coalesce(Termination.requested_at, Termination.opened_at), N_("Since"),
                    lambda r: _(r.ground.label), lambda _t: Termination.state.in_((TerminationState.REQUESTED, TerminationState.OPENED)), kinds=(Termination.ground, Ground)),
    "suspensions": Kind(N_("Suspensions"), Suspension, "suspension", SuspensionState, Suspension.from_date, N_("Since"), lambda _r: _("Suspension"),
                        lambda _t: Suspension.state == SuspensionState.SUSPENDED, more=(("until", N_("The work goes on from"), lambda r: r.until),)),
}  # fmt: skip


def _statement(kind: Kind, user: User) -> Select[Any]:
    faces = joinedload(kind.model.project).options(joinedload(Project.host))
    return select(kind.model).join(Project, Project.id == kind.model.project_id).options(faces).where(funding.visible(user))


def counts(user: User, today: date) -> dict[str, int]:
    """How many wait in each list, in one query."""
    parts = {name: select(func.count()).select_from(kind.model).join(Project, Project.id == kind.model.project_id).where(funding.visible(user), kind.waits(today)).scalar_subquery()
             for name, kind in KINDS.items()}  # fmt: skip
    return dict(zip(parts, db.session.execute(select(*parts.values())).one(), strict=True))


def with_words(statement: Select[Any], words: str) -> Select[Any]:
    """Rows whose project holds the words in title, code, investigator or host, with or without diacritics."""
    wanted, hosts = fold(words), select(Organisation.id).where(Organisation.folded.contains(fold(words), autoescape=True))
    return statement.where(or_(Project.folded.contains(wanted, autoescape=True), Project.code.icontains(words, autoescape=True),
                               Project.pi_name.icontains(words, autoescape=True), Project.host_id.in_(hosts)))  # fmt: skip


def listing(name: str, user: User, args: Mapping[str, str], today: date) -> Listing:
    """One list as the address describes it; `show=waiting` are those that wait."""
    kind = KINDS[name]
    statement = _statement(kind, user)
    filters = [Filter("q", _("Words of title, code, host or investigator"), with_words),
               Filter("show", _("Show"), lambda s, _v: s.where(kind.waits(today)), choices=[("waiting", _("Only what waits"))]),
               Filter("state", _("State"), lambda s, v: s.where(kind.model.state == v), choices=[(str(x), _(x.label)) for x in kind.states])]  # fmt: skip
    if kind.kinds is not None:
        column, faces = kind.kinds
        filters.append(Filter("kind", _("Kind"), lambda s, v: s.where(column == v), choices=[(str(x), _(x.label)) for x in faces]))
    for filter_name, label, faces, column in kind.filters:
        filters.append(Filter(filter_name, _(label), lambda s, v, column=column: s.where(column == v), choices=[(str(x), _(x.label)) for x in faces]))  # type: ignore[misc]
    columns = [
        Column("code", _("Project"), lambda r: r.project.code, sort=Project.code),
        Column("title", _("Title"), lambda r: r.project.title),
        Column("what", _("Matter"), kind.named),
        Column("host", _("Host"), lambda r: r.project.host.name),
        Column("pi", _("Principal investigator"), lambda r: r.project.pi_name, sort=Project.pi_name),
        Column("state", _("State"), lambda r: _(r.state.label)),
        Column("day", _(kind.day_label), lambda r: _day(r, name), sort=kind.day),
        *(Column(column, _(label), value) for column, label, value in kind.more),
    ]
    return Listing(statement, args, key=kind.model.id, columns=columns, filters=filters, default="day" if name in ("due", "findings", "inspections", "changes") else "-day")


DAYS = {"inspections": "planned_on", "changes": "requested_at", "suspensions": "from_date"}


def _day(row: Any, name: str) -> Any:
    return row.requested_at or row.opened_at if name == "endings" else getattr(row, DAYS.get(name, "due_on"))
