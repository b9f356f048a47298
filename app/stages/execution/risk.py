"""The view of what may go wrong: running projects with what speaks against them, each fact derived in the database and told with its place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.kernel.clock import at_local, local
from app.kernel.db import db
from app.kernel.listing import Column, Filter, Listing
from app.kernel.words import N_, Face
from app.services.people.models import Organisation, User
from app.services.rulebook import queries as rulebook
from app.shown import language, money
from app.stages.execution.figures import MADE
from app.stages.execution.lists import with_words
from app.stages.execution.models import (
    Adjustment,
    Finding,
    HeadMove,
    Report,
    ReportProduct,
    ReportSpending,
    Risk,
    Suspension,
)
from app.stages.execution.rules import (
    OPEN_REPORTS,
    AdjustmentKind,
    AdjustmentState,
    Delivery,
    FindingState,
    Level,
    Rating,
    ReportState,
    SuspensionState,
)
from app.stages.funding import queries as funding
from app.stages.funding.models import (
    Appraisal,
    AppraisalLine,
    Contract,
    Project,
    ProjectClosing,
    ProjectProduct,
)
from app.stages.funding.rules import ContractState, Source

NEAR_END = timedelta(days=90)
SIGNED = {"show": "signs"}  # what an address without anything means
HANDED_IN = (ReportState.SUBMITTED, ReportState.ACCEPTED)


class Sign(Face):
    """What speaks against a project."""

    LATE = "late", N_("Report late"), "red"
    FINDING = "finding", N_("Finding not mended in time"), "red"
    SILENT = "silent", N_("Silent"), "amber"
    OVER = "over", N_("Head over its estimate"), "red"
    PRODUCT = "product", N_("Product at risk"), "red"
    RATED = "rated", N_("Rated in trouble"), "red"
    RISK = "risk", N_("High risk open"), "amber"
    PAST_END = "past_end", N_("Past its end"), "red"
    SUSPENDED = "suspended", N_("Suspended"), "amber"
    EXTENDED = "extended", N_("Extension used"), "grey"


@dataclass(frozen=True)
class Told:
    """One fact behind a sign, with the page where it stands."""

    sign: Sign
    said: str
    page: tuple[str, dict[str, Any]]


def _last_report() -> Any:
    """The id of the last report that was handed in."""
    return (select(Report.id).where(Report.project_id == Project.id, Report.state.in_(HANDED_IN)).order_by(Report.period_to.desc(), Report.number.desc()).limit(1)
            .correlate(Project).scalar_subquery())  # fmt: skip


def _over() -> ColumnElement[bool]:
    """Does the last report that tells of money by head tell of more under a head than its estimate, moves counted?"""
    told = aliased(ReportSpending)
    last = (select(Report.id).where(Report.project_id == Project.id, Report.state.in_(HANDED_IN), Report.id.in_(select(told.report_id)))
            .order_by(Report.period_to.desc(), Report.number.desc()).limit(1).correlate(Project).scalar_subquery())  # fmt: skip
    allowed = (select(func.coalesce(func.sum(AppraisalLine.allowed), 0)).join(Appraisal, Appraisal.id == AppraisalLine.appraisal_id)
               .where(Appraisal.proposal_id == Project.proposal_id, AppraisalLine.head == ReportSpending.head, AppraisalLine.source == Source.STATE)
               .correlate(Project, ReportSpending).scalar_subquery())  # fmt: skip
    moved = (select(func.coalesce(func.sum(case((HeadMove.to_head == ReportSpending.head, HeadMove.amount), else_=-HeadMove.amount)), 0))
             .join(Adjustment, Adjustment.id == HeadMove.adjustment_id)
             .where(Adjustment.project_id == Project.id, Adjustment.state.in_(MADE), or_(HeadMove.to_head == ReportSpending.head, HeadMove.from_head == ReportSpending.head))
             .correlate(Project, ReportSpending).scalar_subquery())  # fmt: skip
    return exists(select(literal(1)).where(ReportSpending.report_id == last).group_by(ReportSpending.head).having(func.sum(ReportSpending.amount) > allowed + moved).correlate(Project))


def conditions(today: date) -> dict[Sign, ColumnElement[bool]]:
    """When a sign stands, as conditions on Project joined with Contract."""
    last, silent = _last_report(), int(rulebook.value("execution.silent_days", on=today))
    since = at_local(today - timedelta(days=silent))
    spoke = or_(exists().where(Report.project_id == Project.id, Report.submitted_at >= since), exists().where(Adjustment.project_id == Project.id, Adjustment.requested_at >= since),
                exists().where(Finding.project_id == Project.id, Finding.answered_at >= since), exists().where(Risk.project_id == Project.id, Risk.raised_at >= since),
                Contract.signed_on >= today - timedelta(days=silent))  # fmt: skip
    open_product = and_(Contract.ends_on <= today + NEAR_END, exists().where(ReportProduct.report_id == last, ReportProduct.state != Delivery.DELIVERED))
    return {
        Sign.LATE: exists().where(Report.project_id == Project.id, Report.state.in_(OPEN_REPORTS), Report.due_on < today),
        Sign.FINDING: exists().where(Finding.project_id == Project.id, Finding.state == FindingState.OPEN, Finding.due_on < today),
        Sign.SILENT: ~spoke,
        Sign.OVER: _over(),
        Sign.PRODUCT: or_(exists().where(ReportProduct.report_id == last, ReportProduct.state == Delivery.AT_RISK), open_product),
        Sign.RATED: exists().where(Report.id == last, Report.rating == Rating.POOR),
        Sign.RISK: exists().where(Risk.project_id == Project.id, Risk.level == Level.HIGH, Risk.closed_at.is_(None)),
        Sign.PAST_END: Contract.ends_on < today,
        Sign.SUSPENDED: exists().where(Suspension.project_id == Project.id, Suspension.state == SuspensionState.SUSPENDED),
        Sign.EXTENDED: exists().where(Adjustment.project_id == Project.id, Adjustment.kind == AdjustmentKind.EXTENSION, Adjustment.state == AdjustmentState.AGREED),
    }


def listing(user: User, args: Mapping[str, str], today: date) -> Listing:
    """The running projects with their signs, most signs first."""
    found = conditions(today)
    flags = [cast(case((condition, 1), else_=0), Integer).label(str(sign)) for sign, condition in found.items()]
    weight = sum((case((condition, 1), else_=0) for sign, condition in found.items() if sign.tone == "red"), start=literal(0)) * 10 + sum(
        (case((condition, 1), else_=0) for sign, condition in found.items() if sign.tone != "red"), start=literal(0))  # fmt: skip
    late_since = (select(func.min(Report.due_on)).where(Report.project_id == Project.id, Report.state.in_(OPEN_REPORTS), Report.due_on < today).correlate(Project).scalar_subquery())
    statement = (select(Project.id, Project.public_id, Project.code, Project.title, Project.pi_name, Organisation.name.label("host"), Contract.ends_on, Project.approved_state,
                        Project.paid_total, weight.label("weight"), late_since.label("late_since"), *flags)
                 .join(Contract, Contract.project_id == Project.id).join(Organisation, Organisation.id == Project.host_id)
                 .outerjoin(ProjectClosing, ProjectClosing.project_id == Project.id)
                 .where(Contract.state == ContractState.SIGNED, ProjectClosing.id.is_(None), funding.visible(user)))  # fmt: skip
    columns = [
        Column("weight", _("Signs"), lambda r: sum(getattr(r, str(s)) for s in Sign), sort=weight, place=lambda r: r.weight),
        Column("code", _("Project"), lambda r: r.code, sort=Project.code),
        Column("title", _("Title"), lambda r: r.title),
        Column("signs", _("What speaks against it"), lambda r: ", ".join(_(s.label) for s in Sign if getattr(r, str(s)))),
        Column("late", _("Late since"), lambda r: r.late_since, sort=late_since),
        Column("ends", _("End of the contract"), lambda r: r.ends_on, sort=Contract.ends_on),
        Column("paid", _("Paid"), lambda r: r.paid_total, sort=Project.paid_total),
        Column("host", _("Host"), lambda r: r.host, sort=Organisation.folded, place=lambda r: r.folded_host),
        Column("pi", _("Principal investigator"), lambda r: r.pi_name, sort=Project.pi_name),
    ]
    filters = [Filter("q", _("Words of title, code, host or investigator"), with_words),
               Filter("sign", _("What speaks against it"), lambda st, v: st.where(found[Sign(v)]), choices=[(str(s), _(s.label)) for s in Sign]),
               Filter("show", _("Show"), lambda st, _v: st.where(or_(*(c for s, c in found.items() if s != Sign.EXTENDED))), choices=[("signs", _("Only those with signs"))]),
               Filter("host", _("Host"), lambda st, v: st.where(Organisation.public_id == v), choices=_hosts(user))]  # fmt: skip
    statement = statement.add_columns(Organisation.folded.label("folded_host"))
    return Listing(statement, args, key=Project.id, columns=columns, filters=filters, default="-weight", scalars=False)


def _hosts(user: User) -> list[tuple[str, str]]:
    rows = (select(Organisation.public_id, Organisation.name).where(Organisation.id.in_(
        select(Project.host_id).join(Contract, Contract.project_id == Project.id).where(Contract.state == ContractState.SIGNED, funding.visible(user)))).order_by(Organisation.folded))  # fmt: skip
    return [(pid, name) for pid, name in db.session.execute(rows)]


# --- the facts behind the signs of one page -------------------------------------------------------------------


def facts(rows: Sequence[Any], today: date) -> dict[int, list[Told]]:
    """Every sign of these rows with its fact and its page, in a constant number of queries."""
    ids = [row.id for row in rows]
    pids, lasts = {row.id: row.public_id for row in rows}, _lasts(ids)
    near = {row.id for row in rows if row.ends_on <= today + NEAR_END}
    over = over_heads([row.id for row in rows if row.over])
    names = {h["code"]: h["en" if language() == "en" else "vi"] for h in rulebook.value("proposals.heads", on=today)}
    every = [*_of_days(ids, today), *_of_reports(lasts, near), *_of_standing(ids, pids), *_of_heads(over, pids, names), *(f for row in rows for f in _of_row(row, lasts.get(row.id)))]
    order, told = list(Sign), {row.id: list[Told]() for row in rows}
    for project_id, fact in every:
        told[project_id].append(fact)
    return {key: sorted(found, key=lambda t: order.index(t.sign)) for key, found in told.items()}


Found = Iterator[tuple[int, Told]]


def _of_days(ids: Sequence[int], today: date) -> Found:
    """What is late."""
    for r in db.session.scalars(select(Report).where(Report.project_id.in_(ids), Report.state.in_(OPEN_REPORTS), Report.due_on < today).order_by(Report.due_on)):
        said = _("Report %(n)s was due on %(day)s, %(days)s days ago", n=r.number, day=_day(r.due_on), days=(today - r.due_on).days)
        yield r.project_id, Told(Sign.LATE, said, ("execution.report", {"pid": r.public_id}))
    for f in db.session.scalars(select(Finding).where(Finding.project_id.in_(ids), Finding.state == FindingState.OPEN, Finding.due_on < today).order_by(Finding.due_on)):
        said = _("“%(text)s” was to be mended by %(day)s", text=f.text[:120], day=_day(f.due_on))
        yield f.project_id, Told(Sign.FINDING, said, ("execution.finding", {"pid": f.public_id}))


def _of_reports(lasts: Mapping[int, Report], near: Collection[int]) -> Found:
    """What the last reports say."""
    by_id = {r.id: r for r in lasts.values()}
    for r in by_id.values():
        if r.rating == Rating.POOR:
            yield r.project_id, Told(Sign.RATED, _("Report %(n)s was rated “%(rating)s”", n=r.number, rating=_(r.rating.label)), ("execution.report", {"pid": r.public_id}))
    rows = select(ReportProduct.report_id, ReportProduct.state, ProjectProduct.name).join(ProjectProduct, ProjectProduct.id == ReportProduct.product_id)
    named: dict[int, list[str]] = {}
    for report_id, state, name in db.session.execute(rows.where(ReportProduct.report_id.in_(by_id), ReportProduct.state != Delivery.DELIVERED).order_by(ReportProduct.id)):
        if state == Delivery.AT_RISK or by_id[report_id].project_id in near:
            named.setdefault(report_id, []).append(f"“{name}” ({_(Delivery(state).label)})")
    for report_id, names in named.items():
        r = by_id[report_id]
        yield r.project_id, Told(Sign.PRODUCT, _("%(names)s, by report %(n)s", names=", ".join(names), n=r.number), ("execution.report", {"pid": r.public_id}))


def _of_standing(ids: Sequence[int], pids: Mapping[int, str]) -> Found:
    """Risks, stops, extensions."""
    for k in db.session.scalars(select(Risk).where(Risk.project_id.in_(ids), Risk.level == Level.HIGH, Risk.closed_at.is_(None)).order_by(Risk.id)):
        yield k.project_id, Told(Sign.RISK, k.text[:160], ("execution.risks", {"pid": pids[k.project_id]}))
    for s in db.session.scalars(select(Suspension).where(Suspension.project_id.in_(ids), Suspension.state == SuspensionState.SUSPENDED)):
        yield s.project_id, Told(Sign.SUSPENDED, _("Stopped since %(day)s", day=_day(s.from_date)), ("execution.suspension", {"pid": s.public_id}))
    agreed = select(Adjustment).where(Adjustment.project_id.in_(ids), Adjustment.kind == AdjustmentKind.EXTENSION, Adjustment.state == AdjustmentState.AGREED)
    for a in db.session.scalars(agreed.order_by(Adjustment.id)):
        said = _("Extended by %(n)s months until %(day)s", n=a.months, day=_day(a.new_ends_on))
        yield a.project_id, Told(Sign.EXTENDED, said, ("execution.adjustment", {"pid": a.public_id}))


def over_heads(ids: Sequence[int]) -> dict[int, list[tuple[str, int, int]]]:
    """The heads of which more was spent than their estimate allows, by project: (head, spent, allowed), as the condition of the sign counts them."""
    telling: dict[int, int] = {}
    for project_id, report_id in db.session.execute(select(Report.project_id, Report.id).where(Report.project_id.in_(ids), Report.state.in_(HANDED_IN), Report.id.in_(select(ReportSpending.report_id)))
                                                    .order_by(Report.period_to, Report.number)):  # fmt: skip
        telling[project_id] = report_id
    of_report = {report_id: project_id for project_id, report_id in telling.items()}
    allowed = {(project_id, head): int(total) for project_id, head, total in db.session.execute(
        select(Project.id, AppraisalLine.head, func.sum(AppraisalLine.allowed)).join(Appraisal, Appraisal.proposal_id == Project.proposal_id)
        .join(AppraisalLine, AppraisalLine.appraisal_id == Appraisal.id).where(Project.id.in_(ids), AppraisalLine.source == Source.STATE).group_by(Project.id, AppraisalLine.head))}  # fmt: skip
    for project_id, source, target, amount in db.session.execute(
            select(Adjustment.project_id, HeadMove.from_head, HeadMove.to_head, HeadMove.amount).join(Adjustment, Adjustment.id == HeadMove.adjustment_id)
            .where(Adjustment.project_id.in_(ids), Adjustment.state.in_(MADE))):  # fmt: skip
        allowed[project_id, source] = allowed.get((project_id, source), 0) - amount
        allowed[project_id, target] = allowed.get((project_id, target), 0) + amount
    found: dict[int, list[tuple[str, int, int]]] = {}
    for report_id, head, spent in db.session.execute(select(ReportSpending.report_id, ReportSpending.head, func.sum(ReportSpending.amount)).where(ReportSpending.report_id.in_(of_report))
                                                     .group_by(ReportSpending.report_id, ReportSpending.head).order_by(ReportSpending.head)):  # fmt: skip
        may = allowed.get((of_report[report_id], head), 0)
        if int(spent) > may:
            found.setdefault(of_report[report_id], []).append((head, int(spent), may))
    return found


def _of_heads(over: Mapping[int, list[tuple[str, int, int]]], pids: Mapping[int, str], names: Mapping[str, str]) -> Found:
    """Heads of which more was spent than allowed, with both amounts."""
    for project_id, heads in over.items():
        for head, spent, allowed in heads:
            said = _("%(head)s: %(spent)s spent, %(allowed)s allowed", head=names.get(head, head), spent=money(spent), allowed=money(allowed))
            yield project_id, Told(Sign.OVER, said, ("execution.forecast", {"pid": pids[project_id]}))


def _of_row(row: Any, last: Report | None) -> Found:
    """What the row itself says."""
    pid = {"pid": row.public_id}
    if row.silent:
        handed = last.submitted_at if last is not None else None
        said = _("Last report on %(day)s", day=_day(local(handed).date())) if handed else _("Nothing came since the contract was signed")
        yield row.id, Told(Sign.SILENT, said, ("execution.project", pid))
    if row.past_end:
        yield row.id, Told(Sign.PAST_END, _("The contract ended on %(day)s", day=_day(row.ends_on)), ("execution.contract_history", pid))


def _lasts(ids: Sequence[int]) -> dict[int, Report]:
    """The last report that each project handed in."""
    found: dict[int, Report] = {}
    for r in db.session.scalars(select(Report).where(Report.project_id.in_(ids), Report.state.in_(HANDED_IN)).order_by(Report.period_to, Report.number)):
        found[r.project_id] = r
    return found


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "–"
