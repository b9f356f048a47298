"""The verbs of handovers: offer, offer again, withdraw, sign, refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from app.kernel import outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.people import queries as people
from app.services.people.models import Organisation, User
from app.services.rulebook import calendar
from app.stages.acceptance.models import Result
from app.stages.acceptance.rules import ON_PAPER as RESULT_KINDS
from app.stages.acceptance.rules import ResultState
from app.stages.funding import queries as awards
from app.stages.proposals.models import PlannedUse
from app.stages.transfer import planned as planning
from app.stages.transfer import queries
from app.stages.transfer.actions.followups import schedule_follow_ups
from app.stages.transfer.actions.shared import check_gates
from app.stages.transfer.models import Handover, HandoverLine
from app.stages.transfer.rules import (
    HANDOVER,
    ON_PAPER,
    check_day,
    check_giver,
    check_lines,
    check_other_person,
    check_receiver,
    check_transferable,
)


def check_planned(planned_on: date, at: datetime) -> None:
    """Raises Incomplete unless the day lies ahead, within a year."""
    today = local(at).date()
    calendar.check_day(planned_on, field="planned_on", since=today, until=calendar.years_after(today, 1))


def offer(result: Result, receiver: Organisation, *, lines: Sequence[Mapping[str, Any]], intended_use: str, place: str, planned_on: date, giver_name: str,
          by: User, at: datetime, planned: PlannedUse | None = None) -> Handover:  # fmt: skip
    """Offer a registered result to a body. Each line has `kind`, `name`, `quantity` and `unit`. One open offer a body at a time."""
    project = awards.project_by_id(result.project_id)
    check_transferable(result.state == ResultState.REGISTERED, queries.is_recognised(project.id))
    check_gates(result)
    check_giver(queries.may_give(by, project))
    if receiver.id == project.host_id:
        raise Incomplete(N_("The host has the result already. Please choose another body."), field="receiver")
    if not queries.receiver_people(receiver.id):
        raise Incomplete(N_("Nobody of this body can sign here yet, so an offer would wait for ever. Please ask it to register who manages it, or choose another body."), field="receiver")
    check_lines(lines)
    check_planned(planned_on, at)
    planning.check_of(planned, project)
    row = Handover(result_id=result.id, project_id=project.id, receiver_id=receiver.id, intended_use=intended_use, place=place, planned_on=planned_on,
                   giver_name=giver_name, offered_by_id=by.id, offered_at=at, planned_use_pid=planned.public_id if planned else None)  # fmt: skip
    try:
        HANDOVER.begin(row, "offer", by=by, at=at, detail={"receiver": receiver.public_id})
    except IntegrityError as failure:
        raise WrongState(N_("An offer of this result already waits for this body's signature.")) from failure
    _write_lines(row, lines)
    _tell(row, "offered", queries.receiver_people(receiver.id), at=at)
    return row


def offer_again(handover: Handover, *, lines: Sequence[Mapping[str, Any]], intended_use: str, place: str, planned_on: date, giver_name: str, by: User,
                at: datetime, seen: int | None = None) -> None:  # fmt: skip
    """Offer to the same body again after its refusal, with what was changed."""
    check_giver(queries.may_give(by, awards.project_by_id(handover.project_id)))
    check_lines(lines)
    check_planned(planned_on, at)
    check_seen(handover, seen)
    handover.intended_use, handover.place, handover.planned_on, handover.giver_name = intended_use, place, planned_on, giver_name
    handover.answered_by_id = handover.answered_at = None
    handover.offered_by_id, handover.offered_at = by.id, at
    try:
        HANDOVER.advance(handover, "offer_again", by=by, at=at)
    except IntegrityError as failure:
        raise WrongState(N_("An offer of this result already waits for this body's signature.")) from failure
    db.session.execute(delete(HandoverLine).where(HandoverLine.handover_id == handover.id))
    _write_lines(handover, lines)
    _tell(handover, "offered", queries.receiver_people(handover.receiver_id), at=at)


def withdraw(handover: Handover, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Take an offer back before it is answered."""
    check_giver(queries.may_give(by, awards.project_by_id(handover.project_id)))
    HANDOVER.advance(handover, "withdraw", by=by, at=at, reason=reason, seen=seen)
    _tell(handover, "withdrawn", queries.receiver_people(handover.receiver_id), at=at, reason=reason)


def confirm(handover: Handover, *, handed_on: date, intended_use: str, receiver_name: str, remark: str | None, by: User, at: datetime,
            seen: int | None = None) -> Paper:  # fmt: skip
    """The receiver signs: the minutes are issued and the yearly reports on the use scheduled."""
    project = awards.project_by_id(handover.project_id)
    result = queries.result_by_id(handover.result_id)
    check_receiver(queries.signs_for(by, handover.receiver_id))
    check_other_person(by.id, handover.offered_by_id)
    check_day(handed_on, not_before=result.certificate_dated or handed_on, today=local(at).date(), field="handed_on")
    check_seen(handover, seen)
    handover.handed_on, handover.intended_use, handover.receiver_name, handover.remark = handed_on, intended_use, receiver_name, remark
    handover.answered_by_id, handover.answered_at = by.id, at
    HANDOVER.advance(handover, "confirm", by=by, at=at)
    paper = _issue_minutes(handover, result, by=by, at=at)
    if not queries.has_follow_ups(result.id, handover.receiver_id):
        schedule_follow_ups(result, handover, start=handed_on, by=by, at=at)
    _tell(handover, "confirmed", [*awards.holders(project), *people.users_with(Do.TRANSFER_OFFER)], at=at)
    return paper


def refuse(handover: Handover, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """The receiver refuses, with the reason. The giver may offer again."""
    check_receiver(queries.signs_for(by, handover.receiver_id))
    check_other_person(by.id, handover.offered_by_id)
    check_seen(handover, seen)
    handover.answered_by_id, handover.answered_at, handover.reason = by.id, at, reason
    HANDOVER.advance(handover, "refuse", by=by, at=at, reason=reason)
    project = awards.project_by_id(handover.project_id)
    _tell(handover, "refused", [*awards.holders(project), *people.users_with(Do.TRANSFER_OFFER)], at=at)


def _write_lines(handover: Handover, lines: Sequence[Mapping[str, Any]]) -> None:
    for position, line in enumerate(lines, 1):
        db.session.add(HandoverLine(handover_id=handover.id, position=position, kind=line["kind"], name=line["name"], quantity=line["quantity"],
                                    unit=line["unit"] or None))  # fmt: skip
    db.session.flush()
    db.session.expire(handover, ["lines"])


def _issue_minutes(handover: Handover, result: Result, *, by: User, at: datetime) -> Paper:
    project, receiver = result.project, db.session.get_one(Organisation, handover.receiver_id)
    plan = planning.of_handover(handover)
    lines = [{"kind": ON_PAPER[line.kind], "name": line.name, "quantity": str(line.quantity), "unit": line.unit or ""} for line in queries.lines_of(handover.id)]
    data = {"code": project.code, "project": project.title, "result": result.title, "result_code": result.code, "kind": RESULT_KINDS[result.kind],
            "certificate": result.certificate_number, "certificate_dated": result.certificate_dated, "host": awards.host_name(project),
            "pi": project.pi_name, "giver": handover.giver_name, "receiver": receiver.name, "receiver_name": handover.receiver_name,
            "place": handover.place, "handed_on": handover.handed_on, "use": handover.intended_use, "remark": handover.remark or "", "lines": lines,
            "planned": f"{plan.receiver}, {plan.place}: {plan.how}" if plan else ""}  # fmt: skip
    data = {k: v.isoformat() if isinstance(v, date) else v for k, v in data.items()}
    return papers.issue(template="transfer/handover_minutes", subject=handover, data=data, by=by, at=at, dated=handover.handed_on,
                        title=f"Biên bản bàn giao kết quả {result.code}")  # fmt: skip


def _tell(handover: Handover, what: str, to: list[User], *, at: datetime, **more: Any) -> None:
    result = queries.result_by_id(handover.result_id)
    receiver = db.session.get_one(Organisation, handover.receiver_id)
    outbox.post(f"transfer/mail/{what}.txt", to=to, key=f"handover-{what}:{handover.public_id}:{handover.version}", at=at, handover=handover, result=result,
                project=result.project, receiver=receiver, **more)  # fmt: skip
