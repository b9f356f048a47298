"""Reads of the province's money: what is reserved, promised and paid by item; what is carried over; ranked dossiers against the money left; managing costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.kernel.db import db
from app.stages.calls.models import Call, CallTopic
from app.stages.funding.models import (
    Appraisal,
    AppraisalLine,
    BudgetTransfer,
    Commitment,
    CutLine,
    LedgerEntry,
    ManagementBudget,
    ManagementCost,
    Project,
    ProjectClosing,
    ProjectYear,
    YearBudget,
)
from app.stages.funding.queries.appraisals import selected
from app.stages.funding.queries.budgets import year_budget
from app.stages.funding.rules import (
    AppraisalState,
    ClosingKind,
    CommitmentKind,
    CostKind,
    EntryKind,
    Source,
)
from app.stages.plan.models import Priority, Sector
from app.stages.proposals.models import BudgetLine, Proposal
from app.stages.proposals.rules import ProposalState
from app.stages.selection import releases
from app.stages.selection.models import RankingLine, Round

SIGNED = case((Commitment.kind == CommitmentKind.COMMIT, Commitment.amount), else_=-Commitment.amount)
NET = case((LedgerEntry.kind.in_([kind for kind in EntryKind if kind.sign > 0]), LedgerEntry.amount), else_=-LedgerEntry.amount)


def budget_by_pid(pid: str) -> YearBudget | None:
    return db.session.scalar(select(YearBudget).where(YearBudget.public_id == pid))


def carried_into(budget: YearBudget) -> int:
    """What was carried over into this year less what was carried out of it."""
    signed = case((BudgetTransfer.to_id == budget.id, BudgetTransfer.amount), else_=-BudgetTransfer.amount)
    return int(db.session.scalar(select(func.coalesce(func.sum(signed), 0)).where(or_(BudgetTransfer.to_id == budget.id, BudgetTransfer.from_id == budget.id))) or 0)


def transfers_of(budget: YearBudget) -> list[BudgetTransfer]:
    """What was carried over from or into this year, oldest first."""
    return list(db.session.scalars(select(BudgetTransfer).options(joinedload(BudgetTransfer.from_budget), joinedload(BudgetTransfer.to_budget))
                                   .where(or_(BudgetTransfer.to_id == budget.id, BudgetTransfer.from_id == budget.id)).order_by(BudgetTransfer.id)))  # fmt: skip


# --- by item --------------------------------------------------------------------------------------------------


def _reserved(budget: YearBudget) -> Any:
    """By item: what concluded appraisals that are not decided yet want from this year (what was estimated for earlier years counts into the first year left)."""
    awarded, dossier = exists().where(Project.proposal_id == Appraisal.proposal_id), aliased(Proposal)
    return (select(func.sum(AppraisalLine.allowed)).join(Appraisal, Appraisal.id == AppraisalLine.appraisal_id).join(dossier, dossier.id == Appraisal.proposal_id)
            .where(AppraisalLine.source == budget.source, AppraisalLine.year == budget.year, Appraisal.state == AppraisalState.CONCLUDED, ~awarded, selected(Appraisal),
                   dossier.item_id == Priority.id))  # fmt: skip


def _committed(budget: YearBudget) -> Any:
    if budget.source == Source.COUNTERPART:
        cancelled = exists().where(ProjectClosing.project_id == Project.id, ProjectClosing.kind == ClosingKind.CANCELLED)
        return (select(func.sum(ProjectYear.counterpart_amount)).join(Project, Project.id == ProjectYear.project_id)
                .where(ProjectYear.year == budget.year, Project.item_id == Priority.id, ~cancelled))  # fmt: skip
    return select(func.sum(SIGNED)).join(Project, Project.id == Commitment.project_id).where(Commitment.year_budget_id == budget.id, Project.item_id == Priority.id)


def _paid(budget: YearBudget) -> Any:
    within = LedgerEntry.booked_on.between(date(budget.year, 1, 1), date(budget.year, 12, 31))
    state = budget.source == Source.STATE  # of counterpart funds the province books nothing
    return select(func.sum(NET)).join(Project, Project.id == LedgerEntry.project_id).where(within, Project.item_id == Priority.id, state)


def item_sums(budget: YearBudget) -> dict[str, Any]:
    """What is reserved, promised and paid in a year, for rows of items."""
    return {name: func.coalesce(part(budget).correlate(Priority).scalar_subquery(), 0) for name, part in (("reserved", _reserved), ("committed", _committed), ("paid", _paid))}


def by_item(budget: YearBudget) -> Select[Any]:
    """The items that have something reserved, promised or paid in a year, with the three sums: rows (item, reserved, committed, paid)."""
    sums = item_sums(budget)
    return (select(Priority, *(total.label(name) for name, total in sums.items())).join(Sector, Sector.id == Priority.sector_id).options(joinedload(Priority.sector))
            .where(or_(*(total != 0 for total in sums.values()))))  # fmt: skip


@dataclass
class OfSector:
    """A sector's share of a year."""

    sector: Sector
    reserved: int = 0
    committed: int = 0
    paid: int = 0


def by_sector(budget: YearBudget) -> list[OfSector]:
    """The same added up by sector."""
    found: dict[int, OfSector] = {}
    for item, *sums in db.session.execute(by_item(budget).order_by(Priority.id)):
        row = found.setdefault(item.sector_id, OfSector(item.sector))
        row.reserved, row.committed, row.paid = (have + int(more) for have, more in zip((row.reserved, row.committed, row.paid), sums, strict=True))
    return list(found.values())


# --- carrying over --------------------------------------------------------------------------------------------


def unpaid_promises(budget: YearBudget) -> list[tuple[Project, int]]:
    """What a year promised to projects that live and is not paid: payments use up the promises of the earliest years first."""
    of_year = defaultdict(int)
    until = defaultdict(int)
    rows = db.session.execute(select(Commitment.project_id, YearBudget.year, func.sum(SIGNED)).join(YearBudget, YearBudget.id == Commitment.year_budget_id)
                              .where(YearBudget.source == budget.source, YearBudget.year <= budget.year).group_by(Commitment.project_id, YearBudget.year))  # fmt: skip
    for project_id, year, amount in rows:
        until[project_id] += int(amount)
        if year == budget.year:
            of_year[project_id] += int(amount)
    ended = exists().where(ProjectClosing.project_id == Project.id)
    projects = db.session.scalars(select(Project).options(joinedload(Project.host)).where(Project.id.in_(list(of_year)), ~ended).order_by(Project.code))
    left = [(project, min(of_year[project.id], max(until[project.id] - project.paid_total, 0))) for project in projects]
    return [(project, amount) for project, amount in left if amount > 0]


# --- the cut line of a call -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ranked:
    """A dossier of a ranked call: what it needs in all and from the year, what all down to it need together, and whether a project has its money already."""

    place: int
    line: RankingLine
    asked: int
    of_year: int
    together: int
    project: Project | None


def ranked(call: Call, year: int) -> list[Ranked]:
    """The dossiers that are recommended or selected in a call, the best first, with the money of this year that they need."""
    statement = (select(RankingLine).join(Round, and_(Round.id == RankingLine.round_id, Round.session == RankingLine.session)).join(CallTopic, CallTopic.id == Round.call_topic_id)
                 .join(Proposal, Proposal.id == RankingLine.proposal_id)
                 .where(CallTopic.call_id == call.id, or_(and_(RankingLine.recommended, Proposal.state == ProposalState.IN_SELECTION), Proposal.state == ProposalState.SELECTED))
                 .options(joinedload(RankingLine.proposal).joinedload(Proposal.host), joinedload(RankingLine.round).joinedload(Round.call_topic).joinedload(CallTopic.topic)))  # fmt: skip
    lines = sorted(db.session.scalars(statement), key=lambda row: (-row.mean_numerator / row.mean_denominator, row.id))
    ids = [row.proposal_id for row in lines]
    projects = {p.proposal_id: p for p in db.session.scalars(select(Project).where(Project.proposal_id.in_(ids)))}
    asked, needs = releases.asked_by(ids) | _allowed(ids, None), _needs(ids, year)
    found, together = [], 0
    for place, row in enumerate(lines, start=1):
        project = projects.get(row.proposal_id)
        need = 0 if project is not None else needs.get(row.proposal_id, 0)
        together += need
        found.append(Ranked(place, row, asked.get(row.proposal_id, 0), need, together, project))
    return found


def _allowed(ids: Sequence[int], year: int | None) -> dict[int, int]:
    """The state money that appraisals allow, by dossier; up to a year, or in all."""
    statement = (select(Appraisal.proposal_id, func.sum(AppraisalLine.allowed)).join(AppraisalLine, AppraisalLine.appraisal_id == Appraisal.id)
                 .where(Appraisal.proposal_id.in_(ids), AppraisalLine.source == Source.STATE).group_by(Appraisal.proposal_id))  # fmt: skip
    if year is not None:
        statement = statement.where(AppraisalLine.year <= year)
    return {proposal_id: int(amount) for proposal_id, amount in db.session.execute(statement)}


def _needs(ids: Sequence[int], year: int) -> dict[int, int]:
    """What each dossier needs until the end of a year: as appraised, else as asked for."""
    rows = db.session.execute(select(BudgetLine.proposal_id, func.sum(BudgetLine.amount)).where(BudgetLine.proposal_id.in_(ids), BudgetLine.source == Source.STATE.value,
                                                                                                BudgetLine.year <= year).group_by(BudgetLine.proposal_id))  # fmt: skip
    appraised = set(db.session.scalars(select(Appraisal.proposal_id).where(Appraisal.proposal_id.in_(ids))))
    return {proposal_id: int(amount) for proposal_id, amount in rows if proposal_id not in appraised} | _allowed(ids, year)


def left_of(year: int) -> int:
    """The state money of a year that is promised to nobody; nothing where no budget is entered."""
    budget = year_budget(year)
    return 0 if budget is None else budget.total - budget.committed


def cut_of(call_id: int) -> CutLine | None:
    """The cut line of a call as it was drawn last."""
    return db.session.scalar(select(CutLine).options(joinedload(CutLine.by)).where(CutLine.call_id == call_id).order_by(CutLine.number.desc()).limit(1))


def cuts_of(call_id: int) -> list[CutLine]:
    return list(db.session.scalars(select(CutLine).options(joinedload(CutLine.by)).where(CutLine.call_id == call_id).order_by(CutLine.number.desc())))


def calls_with_ranking() -> list[Call]:
    """The calls in which a council has ranked something, newest first."""
    has = select(CallTopic.call_id).join(Round, Round.call_topic_id == CallTopic.id).join(RankingLine, RankingLine.round_id == Round.id)
    return list(db.session.scalars(select(Call).where(Call.id.in_(has)).order_by(Call.id.desc()).limit(100)))


# --- what managing costs --------------------------------------------------------------------------------------


def management_budget(year: int, *, lock: bool = False) -> ManagementBudget | None:
    statement = select(ManagementBudget).where(ManagementBudget.year == year)
    return db.session.scalar(statement.with_for_update(key_share=True).execution_options(populate_existing=True) if lock else statement)


def management_budgets() -> list[ManagementBudget]:
    return list(db.session.scalars(select(ManagementBudget).order_by(ManagementBudget.year.desc())))


def costs_statement() -> Select[Any]:
    """All rows of the ledger of management costs, for a list."""
    return select(ManagementCost).join(ManagementBudget, ManagementBudget.id == ManagementCost.budget_id).options(joinedload(ManagementCost.budget), joinedload(ManagementCost.by))


def cost_by_pid(pid: str) -> ManagementCost | None:
    return db.session.scalar(select(ManagementCost).options(joinedload(ManagementCost.budget)).where(ManagementCost.public_id == pid))


def taken_back_by(cost: ManagementCost) -> ManagementCost | None:
    return db.session.scalar(select(ManagementCost).where(ManagementCost.takes_back_id == cost.id))


def costs_by_head(budget: ManagementBudget) -> dict[str, int]:
    """What was spent in a year by head."""
    signed = case((ManagementCost.kind == CostKind.SPENDING, ManagementCost.amount), else_=-ManagementCost.amount)
    rows = db.session.execute(select(ManagementCost.head, func.sum(signed)).where(ManagementCost.budget_id == budget.id).group_by(ManagementCost.head))
    return {head: int(amount) for head, amount in rows}


def is_spent(budget: ManagementBudget, head: str, voucher: str) -> bool:
    """Is a spending that stands booked under this head and voucher?"""
    back = aliased(ManagementCost)
    stands = ~exists().where(back.takes_back_id == ManagementCost.id)
    same = (ManagementCost.budget_id == budget.id, ManagementCost.head == head, ManagementCost.voucher == voucher, ManagementCost.kind == CostKind.SPENDING)
    return bool(db.session.scalar(select(exists().where(*same, stands))))


def taken_back_ids(ids: Sequence[int]) -> set[int | None]:
    """Which of these rows are taken back by another."""
    return set(db.session.scalars(select(ManagementCost.takes_back_id).where(ManagementCost.takes_back_id.in_(ids))))


def place_in_call(appraisal: Appraisal) -> tuple[int | None, CutLine | None]:
    """Where a dossier stands in the ranked list of its call, and the cut line that was drawn there."""
    call = db.session.scalar(select(Call).join(CallTopic, CallTopic.call_id == Call.id).join(Proposal, Proposal.call_topic_id == CallTopic.id).where(Proposal.id == appraisal.proposal_id))
    cut = cut_of(call.id) if call is not None else None
    if call is None or cut is None:
        return None, None
    return next((r.place for r in ranked(call, cut.year) if r.line.proposal_id == appraisal.proposal_id), None), cut
