"""Reads of what reports tell: money by head and quarter, products, risks, versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.services.rulebook import queries as rulebook
from app.stages.execution.models import (
    Adjustment,
    ForecastCell,
    HeadMove,
    Report,
    ReportProduct,
    ReportSpending,
    ReportVersion,
    Risk,
)
from app.stages.execution.rules import AdjustmentState, ReportState
from app.stages.execution.spending import (
    Quarter,
    Row,
    compare,
    forecast,
    moved,
    quarter_of,
    quarters,
    spread,
)
from app.stages.funding.models import Appraisal, AppraisalLine, Contract, Project
from app.stages.funding.rules import Source

MADE = (AdjustmentState.NOTED, AdjustmentState.AGREED)


def first_estimate(project: Project) -> dict[tuple[str, int], int]:
    """The state money allowed by head and year, as the appraisal left it; heads in the order of the estimate."""
    rows = db.session.execute(
        select(AppraisalLine.head, AppraisalLine.year, AppraisalLine.allowed).join(Appraisal, Appraisal.id == AppraisalLine.appraisal_id)
        .where(Appraisal.proposal_id == project.proposal_id, AppraisalLine.source == Source.STATE).order_by(AppraisalLine.position))  # fmt: skip
    found: dict[tuple[str, int], int] = {}
    for head, year, amount in rows:
        found[head, year] = found.get((head, year), 0) + amount
    return {key: amount for key, amount in found.items() if amount}


def moves_of(project_id: int) -> list[tuple[str, str, int, int]]:
    """What was moved between heads: by the host itself, or agreed to."""
    return [tuple(row) for row in db.session.execute(
        select(HeadMove.from_head, HeadMove.to_head, HeadMove.year, HeadMove.amount).join(Adjustment, Adjustment.id == HeadMove.adjustment_id)
        .where(Adjustment.project_id == project_id, Adjustment.state.in_(MADE)).order_by(HeadMove.id))]  # type: ignore[misc]  # fmt: skip


def estimate(project: Project) -> dict[tuple[str, int], int]:
    """The estimate by head and year as it stands now."""
    first = first_estimate(project)
    return moved(first, moves_of(project.id)) if first else {}


def moves_asked(adjustment: Adjustment) -> list[HeadMove]:
    return list(db.session.scalars(select(HeadMove).where(HeadMove.adjustment_id == adjustment.id).order_by(HeadMove.id)))


def head_names(project: Project, language: str = "vi") -> dict[str, str]:
    """Budget heads in one language, by the rule of the project's day."""
    return {h["code"]: h.get(language) or h["vi"] for h in rulebook.value("proposals.heads", on=project.decision_date)}


def lump_heads(project: Project) -> frozenset[str]:
    """The heads whose money is a lump sum: within them the host moves it itself."""
    return frozenset(h["code"] for h in rulebook.value("proposals.heads", on=project.decision_date) if h.get("lump_sum"))


# --- what reports say -----------------------------------------------------------------------------------------


def spent_cells(report_id: int) -> dict[tuple[str, Quarter], int]:
    return {(s.head, Quarter(s.year, s.quarter)): s.amount for s in db.session.scalars(select(ReportSpending).where(ReportSpending.report_id == report_id).order_by(ReportSpending.id))}


def last_handed_in(project_id: int, *, but: int | None = None) -> Report | None:
    """The last report that was handed in and not sent back; `but` leaves one out."""
    return db.session.scalar(select(Report).where(Report.project_id == project_id, Report.state.in_((ReportState.SUBMITTED, ReportState.ACCEPTED)),
                                                  Report.id != (but or 0)).order_by(Report.period_to.desc(), Report.number.desc()).limit(1))  # fmt: skip


def told(project_id: int, *, but: int | None = None) -> tuple[Report | None, dict[tuple[str, Quarter], int]]:
    """The last report that tells of money by head, and what it tells."""
    reports = select(ReportSpending.report_id)
    row = db.session.scalar(select(Report).where(Report.project_id == project_id, Report.state.in_((ReportState.SUBMITTED, ReportState.ACCEPTED)),
                                                 Report.id != (but or 0), Report.id.in_(reports)).order_by(Report.period_to.desc(), Report.number.desc()).limit(1))  # fmt: skip
    return (row, spent_cells(row.id)) if row is not None else (None, {})


def products_said(report_id: int) -> dict[int, ReportProduct]:
    """What a report says of products, by product."""
    rows = db.session.scalars(select(ReportProduct).options(joinedload(ReportProduct.product)).where(ReportProduct.report_id == report_id).order_by(ReportProduct.product_id))
    return {row.product_id: row for row in rows}


def versions_of(report: Report) -> list[ReportVersion]:
    return list(db.session.scalars(select(ReportVersion).where(ReportVersion.report_id == report.id).order_by(ReportVersion.number)))


def risks_of(project_id: int) -> list[Risk]:
    """The risk register of a project: what is open first, the gravest first."""
    rows = db.session.scalars(select(Risk).options(joinedload(Risk.raised_by)).where(Risk.project_id == project_id).order_by(Risk.id))
    return sorted(rows, key=lambda r: (r.closed_at is not None, ("high", "medium", "low").index(r.level)))


def risk_by_pid(project_id: int, pid: str) -> Risk | None:
    return db.session.scalar(select(Risk).where(Risk.project_id == project_id, Risk.public_id == pid))


# --- forecast against actual ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """Forecast and actual of a project by head and quarter."""

    quarters: list[Quarter]
    rows: list[Row]
    report: Report | None  # the report that tells of the actual figures

    @property
    def sums(self) -> list[tuple[int, int | None]]:
        """The sums of each quarter."""
        columns = zip(*(row.cells for row in self.rows), strict=True)
        return [(sum(f for f, _a in column), None if column[0][1] is None else sum(a or 0 for _f, a in column)) for column in columns]

    @property
    def total(self) -> tuple[int, int, int]:
        """Allowed, forecast until now, spent."""
        return sum(r.allowed for r in self.rows), sum(r.due for r in self.rows), sum(r.spent for r in self.rows)


def planned(project: Project, starts: date, ends: date) -> dict[tuple[str, Quarter], int]:
    """The forecast by head and quarter: what the host said where it still fits the estimate, else spread evenly."""
    allowed = estimate(project)
    rows = db.session.scalars(select(ForecastCell).where(ForecastCell.project_id == project.id).order_by(ForecastCell.id))
    said = {(c.head, Quarter(c.year, c.quarter)): c.amount for c in rows}
    return spread(forecast(allowed, starts, ends), said, allowed)


def comparison(project: Project, contract: Contract | None) -> Comparison:
    """Forecast against actual, from the start of the contract to its end."""
    starts, ends = (contract.starts_on, contract.ends_on) if contract else (project.starts_on, project.ends_on)
    report, actual = told(project.id)
    last = max([ends, *([report.period_to] if report else [])])
    every = quarters(starts, last)
    return Comparison(every, compare(planned(project, starts, ends), actual, every, told_until=quarter_of(report.period_to) if report else None), report)


def quarters_to_tell(report: Report, contract: Contract) -> tuple[list[Quarter], list[Quarter]]:
    """The quarters before the period of a report, and those of it."""
    mine = quarters(report.period_from, report.period_to) if report.period_from > contract.starts_on else quarters(contract.starts_on, max(report.period_to, contract.starts_on))
    return [q for q in quarters(contract.starts_on, max(report.period_to, contract.starts_on)) if q < mine[0]], mine


def heads_of(project: Project, told_before: Sequence[Any] = ()) -> list[str]:
    """The heads of the estimate that stands."""
    return list(dict.fromkeys([*(head for head, _year in estimate(project)), *told_before]))
