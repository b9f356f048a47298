"""The verbs of yearly reports on use, and their reminders."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.services.files import actions as file_actions
from app.services.files import queries as files
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.acceptance.models import Result
from app.stages.funding import queries as awards
from app.stages.transfer import queries
from app.stages.transfer import sites as use_sites
from app.stages.transfer.actions.shared import (
    check_apart,
    check_follows,
    check_link,
    check_reporter,
)
from app.stages.transfer.correspondents import Correspondent
from app.stages.transfer.models import Agreement, FollowUp, Handover
from app.stages.transfer.quantities import figure, hectares
from app.stages.transfer.rules import (
    FOLLOW_UP,
    ON_PAPER,
    Said,
    Usage,
    after_the_end,
    check_email,
    check_other_person,
    check_said,
    check_writable,
    due_days,
)

EVIDENCE = "use_evidence"
ENDED = "Hợp đồng chuyển giao đã kết thúc ngày %s."  # the reason as it stands in the record, in Vietnamese


def schedule_follow_ups(result: Result, handover: Handover | None, *, start: date, by: User | None, at: datetime, agreement: Agreement | None = None) -> list[FollowUp]:
    """Schedule the yearly reports, counted from `start`, by the rule of the project's approval; of a contract not beyond its end."""
    project = awards.project_by_id(result.project_id)
    years, made = rulebook.value("transfer.followup_years", on=project.decision_date), []
    for number, day in enumerate(due_days(start, int(years), agreement.ends_on if agreement else None), 1):
        row = FollowUp(result_id=result.id, project_id=project.id, handover_id=handover.id if handover else None, agreement_id=agreement.id if agreement else None,
                       contact_email=agreement.contact_email if agreement else None, number=number, due_on=day)  # fmt: skip
        FOLLOW_UP.begin(row, "schedule", by=by, at=at)
        made.append(row)
    return made


def follow_agreement(agreement: Agreement, *, start: date, by: User | None, at: datetime) -> None:
    """A contract that holds: its partner reports yearly too, unless it does already as a receiver."""
    if agreement.recipient_id is None or not queries.has_follow_ups(agreement.result_id, agreement.recipient_id):
        schedule_follow_ups(queries.result_by_id(agreement.result_id), None, start=start, agreement=agreement, by=by, at=at)


def follow_host(result: Result, *, by: User, at: datetime) -> list[FollowUp]:
    """The host uses the result itself: its yearly reports are counted from the recognition of the project."""
    project = awards.project_by_id(result.project_id)
    check_follows(result, by)
    closing = awards.closing_of(project.id)
    made = schedule_follow_ups(result, None, start=closing.dated if closing else local(at).date(), by=by, at=at)
    outbox.post("transfer/mail/followed.txt", to=awards.holders(project), key=f"follow-host:{result.public_id}", at=at, result=result, project=project,
                follow_up=made[0], years=len(made))  # fmt: skip
    return made


def report(follow_up: FollowUp, said: Said, *, sites: Sequence[Mapping[str, Any]] = (), upload: Any = None, by: User, at: datetime, seen: int | None = None) -> None:
    """The receiver (or the host) says whether and how the result is used; `upload` is a file that shows it."""
    check_reporter(follow_up, by)
    _report(follow_up, said, sites, upload, None, by=by, at=at, seen=seen)


def report_by_link(follow_up: FollowUp, said: Said, *, name: str, sites: Sequence[Mapping[str, Any]] = (), upload: Any = None, at: datetime, seen: int | None = None) -> None:
    """Who holds the mailed link says the same, under the name they give; the officer verifies it like any other."""
    _report(follow_up, said, sites, upload, name, by=None, at=at, seen=seen)


def _report(follow_up: FollowUp, said: Said, sites: Sequence[Mapping[str, Any]], upload: Any, name: str | None, *, by: User | None, at: datetime, seen: int | None) -> None:
    _check_year(follow_up, at)
    check_said(said, files=bool(upload) or bool(files.of(follow_up)))
    use_sites.check(follow_up, said, sites)
    check_seen(follow_up, seen)
    use_sites.put(follow_up, sites)
    if upload:
        file_actions.attach(subject=follow_up, upload=upload, kind=EVIDENCE, by=by, at=at)
    for column, value in said.columns().items():
        setattr(follow_up, column, value)
    follow_up.verified_by_id = follow_up.verified_at = None
    follow_up.reported_by_id, follow_up.reporter_name, follow_up.reported_at = by.id if by else None, name, at
    FOLLOW_UP.advance(follow_up, "report", by=by, at=at, detail={"usage": str(said.usage)})
    _tell(follow_up, "reported", people.users_with(Do.TRANSFER_VERIFY), at=at)


def _check_year(follow_up: FollowUp, at: datetime) -> None:
    today = local(at).date()
    check_writable(follow_up, today, int(rulebook.value("transfer.report_ahead_days", on=today)))


def verify(follow_up: FollowUp, *, remark: str | None, by: User, at: datetime, seen: int | None = None) -> Paper:
    """The officer finds the report right: the report on the use is issued as a paper."""
    _review(follow_up, "verify", remark, by=by, at=at, seen=seen)
    whole = queries.follow_up_whole(follow_up.id)
    result = queries.result_by_id(follow_up.result_id)
    return papers.issue(template="transfer/followup_report", subject=follow_up, data=_printed(whole, result, remark, by), by=by, at=at,
                        title=f"Báo cáo ứng dụng kết quả {result.code}, năm thứ {follow_up.number}")  # fmt: skip


def _printed(row: FollowUp, result: Result, remark: str | None, by: User) -> dict[str, Any]:
    project, unused, note = row.project, row.usage == Usage.NO, row.note or ""
    reporter = people.users_by_id({row.reported_by_id})[row.reported_by_id].name if row.reported_by_id else row.reporter_name or ""
    shown = "; ".join([*([row.evidence] if row.evidence else []), *(a.filename for a in files.of(row))])
    return {"code": project.code, "project": project.title, "result": result.title, "result_code": result.code, "certificate": result.certificate_number,
            "host": awards.host_name(project), "receiver": row.user_said, "number": row.number, "due_on": row.due_on.isoformat(),
            "usage": ON_PAPER[row.usage], "place": row.place or "", "scale": row.scale or "", "note": "" if unused else note,
            "why_not": note if unused else "", "none": "x" if unused else "", "shown": shown, "output_unit": row.output_unit or "",
            "area": "" if row.area is None else hectares(row.area), "households": figure(row.households), "output": figure(row.output),
            "users": figure(row.users), "jobs": figure(row.jobs), "revenue": row.revenue, "savings": row.savings,
            "reporter": reporter, "remark": remark or "", "officer": by.name}  # fmt: skip


def return_report(follow_up: FollowUp, *, remark: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Send the report back with what is to be mended."""
    _review(follow_up, "return", remark, by=by, at=at, seen=seen)


def _review(follow_up: FollowUp, verb: str, remark: str | None, *, by: User, at: datetime, seen: int | None) -> None:
    check_other_person(by.id, follow_up.reported_by_id)
    check_apart(follow_up, by)
    check_seen(follow_up, seen)
    follow_up.verified_by_id, follow_up.verified_at, follow_up.remark = by.id, at, remark
    FOLLOW_UP.advance(follow_up, verb, by=by, at=at, reason=remark)
    _tell(follow_up, verb, queries.reporters(queries.follow_up_whole(follow_up.id)), at=at)
    if verb == "return" and follow_up.reporter_name and follow_up.contact_email:
        _post_link(follow_up, by=by, at=at)


def mail_link(follow_up: FollowUp, *, email: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Mail the link to the short form to an adopter without an account. A new link takes the place of an older one."""
    check_link(follow_up, by)
    _check_year(follow_up, at)
    check_email(email)
    check_seen(follow_up, seen)
    for row in queries.series_of(follow_up):
        row.contact_email = email
    _post_link(follow_up, by=by, at=at)


def _post_link(follow_up: FollowUp, *, by: User | None, at: datetime) -> None:
    token, result = secrets.token_urlsafe(32), queries.result_by_id(follow_up.result_id)
    follow_up.link_hash, follow_up.link_sent_at = people.token_hash(token), at
    db.session.flush()
    journal.record(follow_up, "mail_link", by=by, at=at)
    name = queries.follow_up_whole(follow_up.id).user_said
    outbox.post("transfer/mail/use_link.txt", to=Correspondent(name, follow_up.contact_email or "", "vi"), key=f"use-link:{follow_up.public_id}:{follow_up.version}", at=at,
                follow_up=follow_up, result=result, project=result.project, token=token)  # fmt: skip


def waive(follow_up: FollowUp, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Ask no more for this report and the later ones of the same user: it is no more, or the use has ended for good."""
    check_apart(follow_up, by)
    check_seen(follow_up, seen)
    later = [row for row in queries.series_of(follow_up) if row.number > follow_up.number]
    for row in (follow_up, *later):
        _waive(row, reason, by=by, at=at)
    _tell(follow_up, "waived", queries.reporters(queries.follow_up_whole(follow_up.id)), at=at, reason=reason, count=1 + len(later))


def _waive(row: FollowUp, reason: str, *, by: User | None, at: datetime) -> None:
    row.remark, row.link_hash = reason, None
    FOLLOW_UP.advance(row, "waive", by=by, at=at, reason=reason)


def await_again(follow_up: FollowUp, *, by: User, at: datetime, seen: int | None = None) -> None:
    """Ask for a report after all."""
    check_seen(follow_up, seen)
    follow_up.remark = None
    FOLLOW_UP.advance(follow_up, "await_again", by=by, at=at)


def close_series(at: datetime) -> int:
    """Reports about years wholly after the end of their contract are not awaited for ever. Returns how many were let go."""
    rows = [row for row in queries.open_after_end() if row.agreement is not None and row.agreement.ended_on and after_the_end(row.due_on, row.agreement.ended_on)]
    for row in rows:
        _waive(row, ENDED % f"{row.agreement.ended_on:%d/%m/%Y}" if row.agreement and row.agreement.ended_on else ENDED, by=None, at=at)
    return len(rows)


def remind(at: datetime) -> int:
    """Remind of reports on use and of registrations that fall due, on the days of the rulebook before. Each reminder goes once."""
    today, count = local(at).date(), 0
    for days in rulebook.value("transfer.remind_days", on=today):
        until = today + timedelta(days=days)
        for row in queries.follow_ups_due_between(today, until):
            outbox.post("transfer/mail/follow_up_due.txt", to=queries.reporters(row), key=f"follow-up-due:{row.public_id}:{days}", at=at, follow_up=row,
                        result=row.result, project=row.project)  # fmt: skip
            if row.contact_email and (row.link_sent_at is None or local(row.link_sent_at).date() < row.due_on - timedelta(days=days)):
                _post_link(row, by=None, at=at)
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


def _tell(follow_up: FollowUp, what: str, to: list[User], *, at: datetime, **more: Any) -> None:
    result = queries.result_by_id(follow_up.result_id)
    outbox.post(f"transfer/mail/{what}.txt", to=to, key=f"follow-up-{what}:{follow_up.public_id}:{follow_up.version}", at=at, follow_up=follow_up,
                result=result, project=result.project, **more)  # fmt: skip
