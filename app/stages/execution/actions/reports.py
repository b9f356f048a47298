"""The periodic report: from its schedule to its acceptance; and the signing that starts it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers.models import Paper
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.execution import figures, queries, report_paper
from app.stages.execution.actions.evidence import check_writing
from app.stages.execution.actions.risks import close_risk
from app.stages.execution.actions.shared import (
    check_holder,
    check_judge,
    latest_plan,
    running,
)
from app.stages.execution.models import (
    Report,
    ReportProduct,
    ReportSpending,
    ReportVersion,
    Risk,
)
from app.stages.execution.rules import (
    REPORT,
    Rating,
    ReportKind,
    ReportState,
    periods,
)
from app.stages.execution.spending import Cells, dotted
from app.stages.execution.telling import NOTHING_MORE, Told
from app.stages.funding import actions as funding
from app.stages.funding import queries as awards
from app.stages.funding.models import Contract, Project
from app.stages.funding.rules import (
    Condition,
)

LONGEST_DRAFT = 200_000

def sign(contract: Contract, *, by: User, at: datetime, **terms: Any) -> Paper:
    """Record the signing of the contract (see funding's sign) and schedule the reports it asks for."""
    paper = funding.sign(contract, by=by, at=at, **terms)
    schedule_reports(awards.project_by_id(contract.project_id), by=by, at=at)
    return paper


def schedule_reports(project: Project, *, by: User | None, at: datetime) -> list[Report]:
    """Schedule the periodic reports from the start of the contract to its end; what is submitted already stays."""
    contract = running(project)
    db.session.execute(delete(Report).where(Report.project_id == project.id, Report.kind == ReportKind.PERIODIC, Report.state == ReportState.SCHEDULED))
    kept = {r.period_from for r in queries.reports_of(project.id) if r.kind == ReportKind.PERIODIC}
    every = rulebook.value("execution.report_every_months", on=project.decision_date)
    days = rulebook.value("execution.report_due_days", on=project.decision_date)
    number, made = queries.last_report_number(project.id), []
    for first, last in periods(contract.starts_on, contract.ends_on, every):
        if first in kept:
            continue
        number += 1
        row = Report(project_id=project.id, number=number, period_from=first, period_to=last, due_on=last + timedelta(days=days))
        REPORT.begin(row, "schedule", by=by, at=at)
        made.append(row)
    return made


def ask_report(project: Project, *, due_on: date, reason: str, by: User, at: datetime) -> Report:
    """Ask for a report outside the schedule."""
    contract = running(project)
    check_day(due_on, field="due_on", since=local(at).date(), until=latest_plan(contract, at))
    row = Report(project_id=project.id, kind=ReportKind.AD_HOC, number=queries.last_report_number(project.id) + 1, due_on=due_on,
                 period_from=contract.starts_on, period_to=local(at).date())  # fmt: skip
    REPORT.begin(row, "schedule", by=by, at=at, reason=reason)
    outbox.post("execution/mail/report_asked.txt", to=awards.holders(project), key=f"report-asked:{row.public_id}", at=at, project=project,
                report=row, reason=reason)  # fmt: skip
    return row


def save_draft(report: Report, typed: Mapping[str, str], *, by: User, at: datetime, seen: int | None = None) -> None:
    """Keep what is typed of a report that is not handed in yet."""
    check_writing(report, by)
    check_seen(report, seen)
    if sum(len(name) + len(text) for name, text in typed.items()) > LONGEST_DRAFT:
        raise Incomplete(N_("This is more than a draft may hold."), field="done")
    report.draft = {nfc(name): nfc(text) for name, text in typed.items()}
    journal.record(report, "save_report", by=by, at=at)


def submit_report(report: Report, *, progress: int, done: str, products: str | None, spent: int, difficulties: str | None,
                  next_steps: str | None, by: User, at: datetime, seen: int | None = None, told: Told = NOTHING_MORE) -> None:  # fmt: skip
    """The investigator (or the host) hands in a report. What was handed in before stays as a version."""
    project = awards.project_by_id(report.project_id)
    running(project)
    check_holder(project, by)
    _check_money(project, spent, told.cells)
    last = queries.report_before(report)
    if last is not None and (progress < last.progress or spent < last.spent) and not (difficulties or "").strip():
        raise Incomplete(N_("Figures count from the start. These are lower than in report %(n)s (%(progress)s %%, %(spent)s đồng): please say here why."),
                         field="difficulties", n=last.number, progress=last.progress, spent=f"{last.spent:,}".replace(",", "."))  # fmt: skip
    check_seen(report, seen)
    report.progress, report.done, report.products, report.spent = progress, done, products, spent
    report.difficulties, report.next_steps, report.requests = difficulties, next_steps, told.requests
    report.reviewed_by_id = report.reviewed_at = report.rating = report.draft = None
    report.submitted_by_id, report.submitted_at = by.id, at
    REPORT.advance(report, "submit", by=by, at=at, detail={"progress": progress, "spent": spent})
    _tell_all(report, project, told, by=by, at=at)
    db.session.flush()
    report_paper.issue(report, project, by=by, at=at)
    to = people.users_with(Do.EXECUTION_REVIEW)
    outbox.post("execution/mail/report_submitted.txt", to=to, key=f"report-submitted:{report.public_id}:{report.version}", at=at,
                project=project, report=report)  # fmt: skip


def _check_money(project: Project, spent: int, cells: Cells) -> None:
    if spent > project.paid_total:
        raise Incomplete(N_("More was spent than was paid so far (%(paid)s đồng)."), field="spent", paid=dotted(project.paid_total))
    if spent < (settled := awards.accounted(project.id)):
        raise Incomplete(N_("By the accounts of the tranches %(settled)s đồng are spent already, this is less."), field="spent", settled=dotted(settled))
    if cells and sum(cells.values()) != spent:
        raise Incomplete(N_("By head and quarter it sums to %(sum)s đồng, here stand %(spent)s đồng. Both must be the same."), field="spent",
                         sum=dotted(sum(cells.values())), spent=dotted(spent))  # fmt: skip
    unknown = {head for head, _quarter in cells} - set(figures.head_names(project))
    if unknown:
        raise Incomplete(N_("Please choose one from the list."), field="spent")


def _tell_all(report: Report, project: Project, told: Told, *, by: User, at: datetime) -> None:
    """Put down what the report says of money, products and risks, and the whole of it as a version."""
    for model in (ReportSpending, ReportProduct):
        db.session.execute(delete(model).where(model.report_id == report.id))
    db.session.add_all(ReportSpending(report_id=report.id, head=head, year=q.year, quarter=q.number, amount=amount) for (head, q), amount in told.cells.items() if amount)
    promised = {p.id: p for p in awards.products_of(project)}
    db.session.add_all(ReportProduct(report_id=report.id, product_id=n, state=state, so_far=so_far, note=note) for n, (state, so_far, note) in told.deliveries.items() if n in promised)
    known = {(r.text, r.report_id) for r in figures.risks_of(project.id)}
    for text, level, measure in told.risks:
        if (text, report.id) not in known:  # handed in once more, a report tells of a risk only once
            db.session.add(Risk(project_id=project.id, report_id=report.id, text=text, level=level, measure=measure, raised_by_id=by.id, raised_at=at))
    for risk, why in told.passed:
        close_risk(risk, why=why, by=by, at=at)
    texts = {name: getattr(report, name) for name in ("progress", "done", "products", "spent", "difficulties", "next_steps", "requests")}
    content = texts | {
        "cells": [[head, q.year, q.number, amount] for (head, q), amount in told.cells.items() if amount],
        "deliveries": [[promised[n].name, str(state), so_far, note] for n, (state, so_far, note) in told.deliveries.items() if n in promised],
        "risks": [[text, str(level), measure] for text, level, measure in told.risks],
    }  # fmt: skip
    db.session.add(ReportVersion(report_id=report.id, number=len(figures.versions_of(report)) + 1, content=content, by_id=by.id, at=at))
    db.session.flush()


def accept_report(report: Report, *, remark: str | None, by: User, at: datetime, rating: Rating | None = None, seen: int | None = None) -> None:
    """Accept a report and rate the work by it; the tranche that waits for a report becomes due."""
    report.rating = rating
    _review(report, "accept", remark, by=by, at=at, seen=seen)
    if report.kind == ReportKind.PERIODIC:
        project = awards.project_by_id(report.project_id)
        funding.meet_condition(project, Condition.REPORT, by=by, at=at)
        if queries.all_delivered_on(project.id) is not None:
            funding.meet_condition(project, Condition.PRODUCT, by=by, at=at)


def return_report(report: Report, *, remark: str, by: User, at: datetime, rating: Rating | None = None, again_by: date | None = None, seen: int | None = None) -> None:
    """Return a report with what is to be mended, and until when."""
    if again_by is not None:
        check_day(again_by, field="again_by", since=local(at).date(), until=latest_plan(running(awards.project_by_id(report.project_id)), at))
        report.due_on = again_by
    report.rating = rating
    _review(report, "return", remark, by=by, at=at, seen=seen)


def _review(report: Report, verb: str, remark: str | None, *, by: User, at: datetime, seen: int | None) -> None:
    check_judge(report, by, report.submitted_by_id)
    check_seen(report, seen)
    report.reviewed_by_id, report.reviewed_at, report.remark = by.id, at, remark
    REPORT.advance(report, verb, by=by, at=at, reason=remark)
    project = awards.project_by_id(report.project_id)
    outbox.post(f"execution/mail/report_{verb}.txt", to=awards.holders(project), key=f"report-{verb}:{report.public_id}:{report.version}",
                at=at, project=project, report=report)  # fmt: skip


def remind(at: datetime) -> int:
    """Remind the holders of reports that fall due (on the days of the rulebook before). Each reminder goes once."""
    today, count = local(at).date(), 0
    for days in rulebook.value("execution.remind_days", on=today):
        for report in queries.reports_due_between(today, today + timedelta(days=days)):
            outbox.post("execution/mail/report_due.txt", to=awards.holders(report.project), key=f"report-due:{report.public_id}:{days}",
                        at=at, project=report.project, report=report)  # fmt: skip
            count += 1
    return count


def chase(at: datetime) -> int:
    """Tell holders and officers of reports that are late, on the days of the rulebook after. Each reminder goes once."""
    today, count = local(at).date(), 0
    after = sorted(rulebook.value("execution.chase_days", on=today))
    officers = people.users_with(Do.EXECUTION_REVIEW) if after else []
    for days, following in zip(after, [*after[1:], after[-1] + 30] if after else [], strict=True):
        for report in queries.reports_due_between(today - timedelta(days=following - 1), today - timedelta(days=days)):
            outbox.post("execution/mail/report_late.txt", to=[*awards.holders(report.project), *officers], key=f"report-late:{report.public_id}:{report.due_on}:{days}",
                        at=at, project=report.project, report=report, days=(today - report.due_on).days)  # fmt: skip
            count += 1
    return count
