"""What a change does to the rest of the plan: computed and shown before it is agreed to, and done as it was shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.kernel.db import db
from app.kernel.words import N_
from app.services.rulebook import queries as rulebook
from app.stages.execution import figures, queries
from app.stages.execution.models import Adjustment
from app.stages.execution.rules import (
    AdjustmentKind,
    AdjustmentState,
    ReportKind,
    ReportState,
    periods,
)
from app.stages.funding import ledger
from app.stages.funding import queries as funding
from app.stages.funding.models import Contract, Project
from app.stages.funding.rules import (
    OPEN_TRANCHES,
    Condition,
    TrancheState,
    end_of,
)
from app.stages.proposals.models import Milestone, ProposalProduct


@dataclass(frozen=True)
class Line:
    """One part of the plan: what it is (msgid with its number or name), before and after. None: it is not there."""

    what: str
    before: date | int | None
    after: date | int | None
    n: int | None = None
    name: str = ""

    @property
    def moves(self) -> bool:
        return self.before != self.after


def plan_after(project: Project, contract: Contract, adjustment: Adjustment, today: date) -> list[Line]:
    """The dated and priced parts of the plan, as they are and as they will be after the change."""
    if adjustment.kind == AdjustmentKind.EXTENSION and adjustment.months:
        return _after_extension(project, contract, adjustment.months, today)
    if adjustment.kind == AdjustmentKind.BUDGET and adjustment.new_state_amount is not None:
        return _after_money(project, adjustment.new_state_amount)
    if adjustment.kind == AdjustmentKind.HEADS:
        return after_moves(project, [(m.from_head, m.to_head, m.year, m.amount) for m in figures.moves_asked(adjustment)])
    return []


def new_end(contract: Contract, months: int) -> date:
    """The last day of a contract that is extended by so many months."""
    return end_of(date.fromordinal(contract.ends_on.toordinal() + 1), months)


def tranche_days(tranches: Iterable[Any], old_end: date, later_end: date) -> dict[int, date]:
    """The planned days of the tranches that wait for products or acceptance, moved along with the end. By position."""
    delta = later_end - old_end
    return {t.position: t.planned_on + delta for t in tranches if t.state in OPEN_TRANCHES and t.condition in (Condition.PRODUCT, Condition.ACCEPTANCE)}


def _after_extension(project: Project, contract: Contract, months: int, today: date) -> list[Line]:
    later = new_end(contract, months)
    keys = ("execution.report_every_months", "execution.report_due_days")
    rules = rulebook.values(keys, on=project.decision_date)
    dossier = int(rulebook.value("acceptance.dossier_days", on=project.decision_date))
    found = [Line(N_("End of the contract"), contract.ends_on, later)]
    found += _reports(project, contract, later, int(rules[keys[0]]), timedelta(days=int(rules[keys[1]])))
    tranches = funding.tranches_of(project.id)
    moved = tranche_days(tranches, contract.ends_on, later)
    found += [Line(N_("Tranche %(n)s planned for"), t.planned_on, moved.get(t.position, t.planned_on), t.position) for t in tranches if t.state in OPEN_TRANCHES]
    found += [Line(what, day, shifted(day, [(today, months)], later), name=name) for what, name, day in promised_days(project, contract)]
    return [*found, Line(N_("Dossier for acceptance due"), contract.ends_on + timedelta(days=dossier), later + timedelta(days=dossier))]


def _reports(project: Project, contract: Contract, later: date, every: int, days: timedelta) -> list[Line]:
    rows = [r for r in queries.reports_of(project.id) if r.kind == ReportKind.PERIODIC]
    kept = {r.period_from: r for r in rows}
    after = {first: last + days for first, last in periods(contract.starts_on, later, every)}
    found, number = [], 0
    for first in sorted({*kept, *after}):
        row = kept.get(first)
        number = row.number if row is not None else number + 1
        stays = row is not None and row.state != ReportState.SCHEDULED
        before = row.due_on if row is not None else None
        found.append(Line(N_("Report %(n)s due"), before, before if stays else after.get(first), number))
    return found


def _after_money(project: Project, new_state: int) -> list[Line]:
    tranches = funding.tranches_of(project.id)
    open_ones = [t for t in tranches if t.state in (TrancheState.PLANNED, TrancheState.DUE)]
    amounts = ledger.reschedule([t.amount for t in open_ones], new_state - project.approved_state)
    after = dict(zip((t.position for t in open_ones), amounts or [t.amount for t in open_ones], strict=True))
    return [Line(N_("State budget"), project.approved_state, new_state),
            *(Line(N_("Tranche %(n)s"), t.amount, after.get(t.position, t.amount), t.position) for t in tranches if t.state != TrancheState.CANCELLED)]  # fmt: skip


def after_moves(project: Project, moves: Sequence[tuple[str, str, int, int]]) -> list[Line]:
    """The heads and years that money leaves or comes to."""
    now = figures.estimate(project)
    then = figures.moved(now, moves)
    names, touched = figures.head_names(project), [(head, year) for source, target, year, _a in moves for head in (source, target)]
    return [Line(N_("%(name)s, %(n)s"), now.get(key, 0), then.get(key, 0), key[1], names.get(key[0], key[0])) for key in dict.fromkeys(touched)]


# --- the days of products and milestones ----------------------------------------------------------------------


def shifted(day: date, extensions: Iterable[tuple[date, int]], last: date) -> date:
    """A promised day after extensions (decided on, months): what was not due yet when one was decided moves along, never beyond the end."""
    for decided, months in extensions:
        if day > decided:
            day = end_of(date.fromordinal(day.toordinal() + 1), months)
    return min(day, last)


def promised_days(project: Project, contract: Contract) -> list[tuple[str, str, date]]:
    """(kind, name, day) of milestones and products by the work description and the extensions since."""
    if project.proposal_id is None:
        return []
    agreed = db.session.execute(select(Adjustment.decision_date, Adjustment.months).where(
        Adjustment.project_id == project.id, Adjustment.kind == AdjustmentKind.EXTENSION, Adjustment.state == AdjustmentState.AGREED).order_by(Adjustment.id))  # fmt: skip
    extensions = [(decided, months) for decided, months in agreed if decided is not None and months]
    milestones = db.session.execute(select(Milestone.content, Milestone.month_to).where(Milestone.proposal_id == project.proposal_id))
    products = db.session.execute(select(ProposalProduct.name, ProposalProduct.ready_month).where(ProposalProduct.proposal_id == project.proposal_id, ProposalProduct.ready_month.is_not(None)))
    found = [(N_("Milestone: %(name)s"), name, month) for name, month in milestones] + [(N_("Product: %(name)s"), name, month) for name, month in products]
    return [(what, name, shifted(end_of(contract.starts_on, month), extensions, contract.ends_on)) for what, name, month in sorted(found, key=lambda f: (f[0], f[2]))]
