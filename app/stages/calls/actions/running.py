"""The verbs of a call that is out: extend by two people, correct, close, open the dossiers, settle, conclude."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers.rules import check_number
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.calls import queries
from app.stages.calls.actions.following import tell_of_change
from app.stages.calls.milestones import (
    CORRECTABLE,
    WITHIN,
    check_correction,
    check_deadline_sane,
    check_order,
    kept,
    moved_along,
)
from app.stages.calls.models import Call, CallTopic, Correction, Extension
from app.stages.calls.rules import (
    CALL,
    CallState,
    TopicOutcome,
    check_extension,
    check_second_person,
    is_open,
    is_past,
    unsettled,
)
from app.stages.ideas import actions as ideas
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import TopicState


def correct(call: Call, values: Mapping[str, Any], *, reason: str, document: str, by: User, at: datetime, seen: int | str | None = None) -> Correction:
    """Change what may still be changed of a published call (CORRECTABLE), by a named paper. All who follow or apply are told."""
    if unknown := set(values) - set(CORRECTABLE):
        raise TypeError(f"cannot be corrected: {sorted(unknown)}")
    check_seen(call, seen)
    clean = {name: (nfc(value) or None) if isinstance(value, str) else value for name, value in values.items()}
    changed = {name: value for name, value in clean.items() if value != getattr(call, name)}
    check_correction(changed, receives=is_open(call, at))
    check_order({"deadline": call.deadline} | {name: getattr(call, name) for name in CORRECTABLE} | changed, at, only=changed,
                within=int(rulebook.value(WITHIN, on=local(at).date())))
    _need(reason, document)
    row = Correction(call_id=call.id, at=at, by_id=by.id, document=nfc(document), reason=nfc(reason),
                     changes={name: [kept(getattr(call, name)), kept(value)] for name, value in changed.items()})  # fmt: skip
    db.session.add(row)
    for name, value in changed.items():
        setattr(call, name, value)
    CALL.advance(call, "correct", by=by, at=at, reason=row.reason, detail={"number": row.document, "changes": row.changes})
    db.session.expire(call, ["corrections"])
    tell_of_change(call, "corrected", key=f"correction-{row.public_id}", at=at, correction=row)
    return row


def _need(reason: str, document: str) -> None:
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    check_number(document, field="document", like="45/TTr-SKHCN")


def propose_extension(call: Call, *, deadline: datetime, reason: str, document: str, by: User, at: datetime,
                      seen: int | str | None = None) -> Extension:  # fmt: skip
    """Propose a later deadline for the whole call. It holds only when another person confirms it."""
    check_seen(call, seen)
    check_extension(call, deadline, at)
    check_deadline_sane(deadline, at, int(rulebook.value("calls.max_open_days", on=local(at).date())))
    _need(reason, document)
    check_none_waiting(call)
    extension = Extension(call_id=call.id, old_deadline=call.deadline, new_deadline=deadline, reason=nfc(reason), document=nfc(document),
                          proposed_by_id=by.id, proposed_at=at)  # fmt: skip
    db.session.add(extension)
    db.session.flush()
    db.session.expire(call, ["extensions"])
    journal.record(call, "propose_extension", by=by, at=at, reason=extension.reason,
                   detail={"deadline": deadline.isoformat(), "number": extension.document})  # fmt: skip
    return extension


def check_none_waiting(call: Call, _by: User | None = None) -> None:
    """One proposed extension at a time."""
    if queries.waiting_extension(call) is not None:
        raise WrongState(N_("An extension is already waiting for confirmation."))


def confirm_extension(extension: Extension, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """The second pair of eyes: the deadline of the whole call moves (the verb is `extend`)."""
    check_second_person(extension, by)
    _check_waiting(extension)
    call = db.session.get_one(Call, extension.call_id)
    check_seen(call, seen)
    check_extension(call, extension.new_deadline, at)
    moved = moved_along(call, extension.new_deadline, rulebook.is_off())
    extension.confirmed_by_id, extension.confirmed_at = by.id, at
    extension.moved = {name: [kept(getattr(call, name)), kept(value)] for name, value in moved.items()}
    db.session.flush()  # the database moves a deadline only where two people agreed to it
    call.deadline = extension.new_deadline
    for name, value in moved.items():
        setattr(call, name, value)
    CALL.advance(call, "extend", by=by, at=at, reason=extension.reason,
                 detail={"from": extension.old_deadline.isoformat(), "deadline": extension.new_deadline.isoformat(), "number": extension.document,
                         "proposed_by": extension.proposed_by_id})  # fmt: skip
    tell_of_change(call, "extended", key=f"extension-{extension.public_id}", at=at, extension=extension)


def refuse_extension(extension: Extension, reason: str, *, by: User | None, at: datetime) -> None:
    """The proposed deadline does not come; whoever proposed it may take it back in the same way."""
    _check_waiting(extension)
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    extension.refused_at = at
    db.session.flush()
    journal.record(db.session.get_one(Call, extension.call_id), "refuse_extension", by=by, at=at, reason=nfc(reason))


def drop_extension(call: Call, reason: str, *, at: datetime) -> None:
    """A proposed extension that nobody answered ends with the time in which it could hold."""
    if (waiting := queries.waiting_extension(call)) is not None:
        refuse_extension(waiting, reason, by=None, at=at)


def _check_waiting(extension: Extension) -> None:
    if extension.confirmed_at is not None or extension.refused_at is not None:
        raise WrongState(N_("This extension has already been answered."))


def close(call: Call, *, at: datetime) -> None:
    """Close a call whose deadline has gone by. Time does this, not a person."""
    if not is_past(call, at):
        raise WrongState(N_("The deadline has not passed yet."))
    call.closed_at = at
    CALL.advance(call, "close", by=None, at=at)
    drop_extension(call, "Hết thời hạn nhận hồ sơ", at=at)


def close_due(at: datetime) -> list[Call]:
    """Close every call whose deadline has gone by. Returns them."""
    closed = queries.due(at)
    for call in closed:
        close(call, at=at)
    return closed


def settle_topic(call_topic: CallTopic, outcome: TopicOutcome, *, reason: str, by: User | None, at: datetime) -> None:
    """Note that a topic of a call ended without a project; the topic is free again."""
    if outcome == TopicOutcome.ASSIGNED or call_topic.outcome is not None:
        raise WrongState(N_("The end of this topic in this call is already known."))
    call_topic.outcome, call_topic.outcome_reason = outcome, nfc(reason)
    ideas.reopen(db.session.get_one(Topic, call_topic.topic_id), reason, by=by, at=at)


def free_topic(call_topic: CallTopic, *, reason: str, by: User | None, at: datetime) -> None:
    """Nobody is left who could carry the topic out, though one was selected, or even assigned, before: it is free again."""
    call_topic.outcome, call_topic.outcome_reason = TopicOutcome.NOT_SELECTED, nfc(reason)
    ideas.reopen(db.session.get_one(Topic, call_topic.topic_id), reason, by=by, at=at)


def take_up_again(call_topic: CallTopic, *, reason: str, by: User | None, at: datetime) -> None:
    """The outcome of a topic of this call is set aside: it is in the call again, whether it had been set free or not."""
    topic = db.session.get_one(Topic, call_topic.topic_id)
    if call_topic.outcome is not None:
        ideas.put_in_call(topic, by=by, at=at, detail={"reason": nfc(reason)})
        call_topic.outcome, call_topic.outcome_reason = None, None


def conclude(call: Call, *, by: User | None, at: datetime, seen: int | str | None = None) -> None:
    """End a call whose topics are all assigned or free again."""
    check_settled(call)
    call_topics = queries.topics_of(call)
    CALL.advance(call, "conclude", by=by, at=at, seen=seen)
    for ct in call_topics:
        if ct.outcome is None:
            ct.outcome = TopicOutcome.ASSIGNED
    db.session.flush()


def check_settled(call: Call, _by: User | None = None) -> None:
    """Is the end of every topic known?"""
    if call.state == CallState.OPENED and (waiting := unsettled(queries.topics_of(call), TopicState.ASSIGNED)):
        raise WrongState(N_("%(code)s is not settled yet: it is neither assigned nor free again."), code=waiting[0].topic.code)
