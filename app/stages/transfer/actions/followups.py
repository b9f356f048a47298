"""The verbs of yearly reports on use, of the evaluation that stands on them, and their reminders."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.acceptance.models import Result
from app.stages.funding import queries as awards
from app.stages.transfer import queries
from app.stages.transfer.actions.shared import (
    check_evaluable,
    check_follows,
    check_reporter,
)
from app.stages.transfer.models import Effectiveness, FollowUp, Handover
from app.stages.transfer.rules import (
    FOLLOW_UP,
    ON_PAPER,
    Rating,
    Usage,
    check_other_person,
    check_rating,
    check_use,
    check_writable,
    due_days,
)


def schedule_follow_ups(result: Result, handover: Handover | None, *, start: date, by: User | None, at: datetime) -> list[FollowUp]:
    """Schedule the yearly reports, counted from `start`, by the rule of the project's approval."""
    project = awards.project_by_id(result.project_id)
    years, made = rulebook.value("transfer.followup_years", on=project.decision_date), []
    for number, day in enumerate(due_days(start, int(years)), 1):
        row = FollowUp(result_id=result.id, project_id=project.id, handover_id=handover.id if handover else None, number=number, due_on=day)
        FOLLOW_UP.begin(row, "schedule", by=by, at=at)
        made.append(row)
    return made


def follow_host(result: Result, *, by: User, at: datetime) -> list[FollowUp]:
    """The host uses the result itself: its yearly reports are counted from the recognition of the project."""
    project = awards.project_by_id(result.project_id)
    check_follows(result, by)
    closing = awards.closing_of(project.id)
    made = schedule_follow_ups(result, None, start=closing.dated if closing else local(at).date(), by=by, at=at)
    outbox.post("transfer/mail/followed.txt", to=awards.holders(project), key=f"follow-host:{result.public_id}", at=at, result=result, project=project,
                follow_up=made[0], years=len(made))  # fmt: skip
    return made


def report(follow_up: FollowUp, *, usage: Usage | None, place: str | None, users: int | None, scale: str | None, revenue: int | None, savings: int | None,
           jobs: int | None, note: str | None, by: User, at: datetime, seen: int | None = None) -> None:  # fmt: skip
    """The receiver (or the host) says whether and how the result is used."""
    check_reporter(follow_up, by)
    today = local(at).date()
    check_writable(follow_up, today, int(rulebook.value("transfer.report_ahead_days", on=today)))
    check_use(usage, {"place": place, "users": users, "revenue": revenue, "savings": savings, "jobs": jobs}, note)
    check_seen(follow_up, seen)
    follow_up.usage, follow_up.place, follow_up.users, follow_up.scale, follow_up.note = usage, place or None, users, scale or None, note or None
    follow_up.revenue, follow_up.savings, follow_up.jobs = revenue, savings, jobs
    follow_up.verified_by_id = follow_up.verified_at = None
    follow_up.reported_by_id, follow_up.reported_at = by.id, at
    FOLLOW_UP.advance(follow_up, "report", by=by, at=at, detail={"usage": str(usage)})
    _tell(follow_up, "reported", people.users_with(Do.TRANSFER_VERIFY), at=at)


def verify(follow_up: FollowUp, *, remark: str | None, by: User, at: datetime, seen: int | None = None) -> Paper:
    """The officer finds the report right: the report on the use is issued as a paper."""
    _review(follow_up, "verify", remark, by=by, at=at, seen=seen)
    whole = queries.follow_up_whole(follow_up.id)
    result, project = queries.result_by_id(follow_up.result_id), whole.project
    unused, note = follow_up.usage == Usage.NO, follow_up.note or ""
    receiver = whole.handover.receiver.name if whole.handover else awards.host_name(project)
    data = {"code": project.code, "project": project.title, "result": result.title, "result_code": result.code, "certificate": result.certificate_number,
            "host": awards.host_name(project), "receiver": receiver, "number": follow_up.number, "due_on": follow_up.due_on.isoformat(),
            "usage": ON_PAPER[follow_up.usage], "place": follow_up.place or "", "scale": follow_up.scale or "", "note": "" if unused else note,
            "why_not": note if unused else "", "none": "x" if unused else "",
            "users": _figure(follow_up.users), "jobs": _figure(follow_up.jobs), "revenue": follow_up.revenue, "savings": follow_up.savings,
            "reporter": people.users_by_id({follow_up.reported_by_id or 0})[follow_up.reported_by_id or 0].name, "remark": remark or "", "officer": by.name}  # fmt: skip
    return papers.issue(template="transfer/followup_report", subject=follow_up, data=data, by=by, at=at,
                        title=f"Báo cáo ứng dụng kết quả {result.code}, năm thứ {follow_up.number}")  # fmt: skip


def return_report(follow_up: FollowUp, *, remark: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Send the report back with what is to be mended."""
    _review(follow_up, "return", remark, by=by, at=at, seen=seen)


def _review(follow_up: FollowUp, verb: str, remark: str | None, *, by: User, at: datetime, seen: int | None) -> None:
    check_other_person(by.id, follow_up.reported_by_id)
    check_seen(follow_up, seen)
    follow_up.verified_by_id, follow_up.verified_at, follow_up.remark = by.id, at, remark
    FOLLOW_UP.advance(follow_up, verb, by=by, at=at, reason=remark)
    _tell(follow_up, verb, queries.reporters(queries.follow_up_whole(follow_up.id)), at=at)


def evaluate(result: Result, *, rating: Rating, assessment: str, advice: str | None, by: User, at: datetime) -> Paper:
    """The officer judges what the result brought, on the verified reports so far. Each evaluation stays; the newest counts."""
    project = awards.project_by_id(result.project_id)
    figures = queries.figures_of(result.id)
    check_evaluable(result)
    check_rating(rating, queries.use_of(result))
    row = Effectiveness(result_id=result.id, project_id=project.id, rating=rating, assessment=assessment, advice=advice, figures=figures, by_id=by.id, at=at)
    db.session.add(row)
    db.session.flush()
    journal.record(result, "evaluate", by=by, at=at, detail={"evaluation": row.public_id, "rating": str(rating)})
    data = {"code": project.code, "project": project.title, "result": result.title, "result_code": result.code, "host": awards.host_name(project),
            "rating": ON_PAPER[rating], "assessment": assessment, "advice": advice or "", "officer": by.name,
            **{k: v if k in ("revenue", "savings") else str(v) for k, v in figures.items()}}  # fmt: skip
    outbox.post("transfer/mail/evaluated.txt", to=awards.holders(project), key=f"evaluated:{row.public_id}", at=at, result=result, project=project, evaluation=row)
    return papers.issue(template="transfer/effectiveness", subject=result, data=data, by=by, at=at, title=f"Phiếu đánh giá hiệu quả kết quả {result.code}")


def remind(at: datetime) -> int:
    """Remind of reports on use and of registrations that fall due, on the days of the rulebook before. Each reminder goes once."""
    today, count = local(at).date(), 0
    for days in rulebook.value("transfer.remind_days", on=today):
        until = today + timedelta(days=days)
        for row in queries.follow_ups_due_between(today, until):
            outbox.post("transfer/mail/follow_up_due.txt", to=queries.reporters(row), key=f"follow-up-due:{row.public_id}:{days}", at=at, follow_up=row,
                        result=row.result, project=row.project)  # fmt: skip
            count += 1
        for deal in queries.registrations_due_between(today, until):
            outbox.post("transfer/mail/registration_due.txt", to=[*awards.holders(deal.project), *people.users_with(Do.TRANSFER_VERIFY)], at=at,
                        key=f"registration-due:{deal.public_id}:{days}", agreement=deal, result=deal.result, project=deal.project)  # fmt: skip
            count += 1
    for deal in queries.over(today - timedelta(days=366), today - timedelta(days=1)):
        outbox.post("transfer/mail/agreement_over.txt", to=[*awards.holders(deal.project), *people.users_with(Do.TRANSFER_VERIFY)], at=at,
                    key=f"agreement-over:{deal.public_id}:{deal.ends_on}", agreement=deal, result=deal.result, project=deal.project)  # fmt: skip
        count += 1
    return count


def _figure(value: int | None) -> str:
    return "" if value is None else str(value)


def _tell(follow_up: FollowUp, what: str, to: list[User], *, at: datetime, **more: Any) -> None:
    result = queries.result_by_id(follow_up.result_id)
    outbox.post(f"transfer/mail/{what}.txt", to=to, key=f"follow-up-{what}:{follow_up.public_id}:{follow_up.version}", at=at, follow_up=follow_up,
                result=result, project=result.project, **more)  # fmt: skip
