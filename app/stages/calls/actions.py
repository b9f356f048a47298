"""The acts on calls: draft, revise, publish, extend by two people, close, open the dossiers, conclude, cancel, call again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete

from app.kernel import journal
from app.kernel.clock import at_local, local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.calls import queries
from app.stages.calls.models import Call, CallTopic, Extension
from app.stages.calls.rules import (
    CALL,
    CallState,
    TopicOutcome,
    can_call_again,
    check_deadline,
    check_extension,
    check_notice,
    check_second_person,
    check_topics,
    is_past,
    unsettled,
)
from app.stages.ideas import actions as ideas
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import CALLABLE, Mode, TopicState

COLUMNS = ("title", "deadline", "place", "note")
MIN_OPEN_DAYS = "calls.min_open_days"


def draft(topics: Sequence[Topic], *, title: str, deadline: datetime, by: User | None, at: datetime, mode: Mode | None = None,
          place: str | None = None, note: str | None = None, before: Call | None = None, source_key: str | None = None) -> Call:  # fmt: skip
    """Begin a call with free topics of one mode. They stay free until it is published."""
    mode = mode or (topics[0].mode if topics else Mode.SELECTION)
    check_topics(list(topics), mode, CALLABLE)
    call = Call(mode=mode, year=local(at).year, created_by_id=by.id if by else None, created_at=at, title="", folded="", deadline=deadline, source_key=source_key,
                round=before.round + 1 if before else 1, before_id=before.id if before else None)  # fmt: skip
    _write(call, {"title": title, "deadline": deadline, "place": place, "note": note})
    CALL.begin(call, "draft", by=by, at=at, detail={"topics": [t.code for t in topics]})
    _attach(call, topics)
    return call


def revise(call: Call, values: Mapping[str, Any], *, by: User | None, at: datetime, topics: Sequence[Topic] | None = None,
           seen: int | str | None = None) -> None:  # fmt: skip
    """Change a draft: some of COLUMNS, and its topics when given."""
    if call.state != CallState.DRAFT:
        raise WrongState(N_("A published call cannot be changed. Its deadline can be extended by two people."))
    check_seen(call, seen)
    if topics is not None:
        check_topics(list(topics), call.mode, CALLABLE)
    _write(call, values)
    db.session.flush()
    if topics is not None:
        db.session.execute(delete(CallTopic).where(CallTopic.call_id == call.id))
        _attach(call, topics)
    journal.record(call, "revise", by=by, at=at)


def _write(call: Call, values: Mapping[str, Any]) -> None:
    unknown = set(values) - set(COLUMNS)
    if unknown:
        raise TypeError(f"not a field of a call: {sorted(unknown)}")
    for name, value in values.items():
        setattr(call, name, (nfc(value) or None) if isinstance(value, str) else value)
    if not call.title:
        raise Incomplete(N_("The title is missing."), field="title")
    call.folded = fold(call.title)


def _attach(call: Call, topics: Sequence[Topic]) -> None:
    for position, topic in enumerate(topics, 1):
        db.session.add(CallTopic(call_id=call.id, topic_id=topic.id, position=position, ceiling=topic.ceiling))
    db.session.flush()
    db.session.expire(call, ["topics"])


def publish(call: Call, *, number: str, dated: date, by: User | None, at: datetime, seen: int | str | None = None,
            body: str | None = None) -> None:  # fmt: skip
    """Put the notice out: from now on dossiers may come in. Freezes the rules and takes the topics off the free list.

    Raises Incomplete when the deadline leaves fewer days than the rulebook asks.
    """
    check_notice(number, dated, local(at).date())
    call_topics = queries.topics_of(call)
    if call.state == CallState.DRAFT:
        check_topics([ct.topic for ct in call_topics], call.mode, CALLABLE)
        check_deadline(call.deadline, at, int(rulebook.value(MIN_OPEN_DAYS, on=local(at).date())))
    check_seen(call, seen)
    call.number, call.dated, call.opens_at = nfc(number), dated, at
    call.rules = rulebook.freeze(queries.keys_to_freeze(local(at).date()), on=local(at).date())
    CALL.advance(call, "publish", by=by, at=at, detail={"number": call.number, "rules": call.rules})
    for ct in call_topics:
        ideas.put_in_call(ct.topic, by=by, at=at, detail={"number": call.number})
    paper = papers.issue(template="calls/notice", subject=call, title=call.title, data=_notice(call, call_topics), number=call.number, dated=dated,
                         body=body, public=True, by=by, at=at)  # fmt: skip
    call.notice_pid = paper.public_id
    db.session.flush()


def _notice(call: Call, call_topics: Sequence[CallTopic]) -> dict[str, Any]:
    return {
        "title": call.title, "mode": ideas.MODES[call.mode], "round": call.round, "again": call.round if call.round > 1 else "",
        "deadline": f"{local(call.deadline):%H:%M}, ngày {local(call.deadline):%d/%m/%Y}", "place": call.place or "", "note": call.note or "",
        "count": len(call_topics), "direct": "x" if call.mode == Mode.DIRECT else "",
        "topics": [{"code": ct.topic.code, "title": ct.topic.title, "aim": ct.topic.aim, "products": ct.topic.products, "item": ct.topic.item.code,
                    "ceiling": ct.ceiling} for ct in call_topics],
    }  # fmt: skip


def propose_extension(call: Call, *, deadline: datetime, reason: str, document: str, by: User, at: datetime,
                      seen: int | str | None = None) -> Extension:  # fmt: skip
    """Propose a later deadline for the whole call. It holds only when another person confirms it."""
    check_seen(call, seen)
    check_extension(call, deadline, at)
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    if not nfc(document or ""):
        raise Incomplete(N_("Please name the document on which the extension rests."), field="document")
    if queries.waiting_extension(call) is not None:
        raise WrongState(N_("An extension is already waiting for confirmation."))
    extension = Extension(call_id=call.id, old_deadline=call.deadline, new_deadline=deadline, reason=nfc(reason), document=nfc(document),
                          proposed_by_id=by.id, proposed_at=at)  # fmt: skip
    db.session.add(extension)
    db.session.flush()
    db.session.expire(call, ["extensions"])
    journal.record(call, "propose_extension", by=by, at=at, reason=extension.reason,
                   detail={"deadline": deadline.isoformat(), "number": extension.document})  # fmt: skip
    return extension


def confirm_extension(extension: Extension, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """The second pair of eyes: the deadline of the whole call moves (the verb is `extend`)."""
    check_second_person(extension, by)
    _check_waiting(extension)
    call = db.session.get_one(Call, extension.call_id)
    check_seen(call, seen)
    check_extension(call, extension.new_deadline, at)
    extension.confirmed_by_id, extension.confirmed_at = by.id, at
    call.deadline = extension.new_deadline
    CALL.advance(call, "extend", by=by, at=at, reason=extension.reason,
                 detail={"from": extension.old_deadline.isoformat(), "deadline": extension.new_deadline.isoformat(), "number": extension.document,
                         "proposed_by": extension.proposed_by_id})  # fmt: skip


def refuse_extension(extension: Extension, reason: str, *, by: User, at: datetime) -> None:
    """The proposed deadline does not come; whoever proposed it may take it back in the same way."""
    _check_waiting(extension)
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    extension.refused_at = at
    db.session.flush()
    journal.record(db.session.get_one(Call, extension.call_id), "refuse_extension", by=by, at=at, reason=nfc(reason))


def _check_waiting(extension: Extension) -> None:
    if extension.confirmed_at is not None or extension.refused_at is not None:
        raise WrongState(N_("This extension has already been answered."))


def close(call: Call, *, at: datetime) -> None:
    """Close a call whose deadline has gone by. Time does this, not a person."""
    if not is_past(call, at):
        raise WrongState(N_("The deadline has not passed yet."))
    call.closed_at = at
    CALL.advance(call, "close", by=None, at=at)


def close_due(at: datetime) -> list[Call]:
    """Close every call whose deadline has gone by. Returns them."""
    closed = queries.due(at)
    for call in closed:
        close(call, at=at)
    return closed


def open_dossiers(call: Call, dossier_list: Sequence[Mapping[str, Any]], *, by: User | None, at: datetime, present: str = "",
                  seen: int | str | None = None) -> None:  # fmt: skip
    """Open the dossiers after the deadline and issue the minutes with their list.

    Each line of `dossier_list` has "call_topic" (public id), "code", "title", "host", "pi", "received_at" (shown text
    or an aware instant). A topic that nobody answered is free again from here on.
    """
    if not is_past(call, at):
        raise WrongState(N_("Dossiers stay sealed until the deadline."))
    check_seen(call, seen)
    if call.state == CallState.PUBLISHED:
        close(call, at=at)
    call_topics = queries.topics_of(call)
    counts = {ct.public_id: sum(line["call_topic"] == ct.public_id for line in dossier_list) for ct in call_topics}
    stray = [line["code"] for line in dossier_list if line["call_topic"] not in counts]
    if stray:
        raise Incomplete(N_("Dossier %(code)s answers no topic of this call."), code=stray[0])
    call.opened_at = at
    for ct in call_topics:
        ct.dossiers = counts[ct.public_id]
    CALL.advance(call, "open_dossiers", by=by, at=at, detail={"dossiers": len(dossier_list), "topics": counts})
    for ct in call_topics:
        if ct.dossiers == 0:
            settle_topic(ct, TopicOutcome.NO_DOSSIER, reason="Không có hồ sơ đăng ký", by=by, at=at)
    paper = papers.issue(template="calls/opening", subject=call, title=f"Biên bản mở hồ sơ: {call.title}", by=by, at=at,
                         data=_minutes(call, call_topics, dossier_list, present, by, at))  # fmt: skip
    call.minutes_pid = paper.public_id
    db.session.flush()


def _minutes(call: Call, call_topics: Sequence[CallTopic], lines: Sequence[Mapping[str, Any]], present: str, by: User | None, at: datetime) -> dict[str, Any]:
    topics = {ct.public_id: ct.topic for ct in call_topics}
    return {
        "title": call.title, "number": call.number or "", "opened": _shown(at), "deadline": _shown(call.deadline), "present": nfc(present),
        "count": len(lines), "officer": by.name if by else "",
        "dossiers": [{"code": li["code"], "topic": topics[li["call_topic"]].code, "title": li["title"], "host": li["host"], "pi": li["pi"],
                      "received": _shown(li["received_at"])} for li in lines],
        "empty": [{"code": ct.topic.code, "title": ct.topic.title} for ct in call_topics if not ct.dossiers],
    }  # fmt: skip


def _shown(moment: datetime | str) -> str:
    return moment if isinstance(moment, str) else f"{local(moment):%H:%M:%S ngày %d/%m/%Y}"


def settle_topic(call_topic: CallTopic, outcome: TopicOutcome, *, reason: str, by: User | None, at: datetime) -> None:
    """Note that a topic of a call ended without a project; the topic is free again."""
    if outcome == TopicOutcome.ASSIGNED or call_topic.outcome is not None:
        raise WrongState(N_("The end of this topic in this call is already known."))
    call_topic.outcome, call_topic.outcome_reason = outcome, nfc(reason)
    ideas.reopen(db.session.get_one(Topic, call_topic.topic_id), reason, by=by, at=at)


def conclude(call: Call, *, by: User | None, at: datetime, seen: int | str | None = None) -> None:
    """End a call whose topics are all assigned or free again."""
    call_topics = queries.topics_of(call)
    if call.state == CallState.OPENED and (waiting := unsettled(call_topics, TopicState.ASSIGNED)):
        raise WrongState(N_("%(code)s is not settled yet: it is neither assigned nor free again."), code=waiting[0].topic.code)
    CALL.advance(call, "conclude", by=by, at=at, seen=seen)
    for ct in call_topics:
        if ct.outcome is None:
            ct.outcome = TopicOutcome.ASSIGNED
    db.session.flush()


def cancel(call: Call, reason: str, *, by: User | None, at: datetime, seen: int | str | None = None) -> None:
    """Call the call off before the dossiers are opened; its topics are free again."""
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    taken = call.state != CallState.DRAFT
    CALL.advance(call, "cancel", by=by, at=at, seen=seen, reason=nfc(reason))
    for ct in queries.topics_of(call) if taken else []:
        ideas.reopen(ct.topic, reason, by=by, at=at)


def call_again(call: Call, call_topics: Sequence[CallTopic], *, by: User | None, at: datetime, deadline: datetime | None = None,
               title: str | None = None) -> Call:  # fmt: skip
    """Draft the next round with topics that this one left without a good dossier."""
    if call.state not in (CallState.OPENED, CallState.CONCLUDED):
        raise WrongState(N_("A next round follows only when the dossiers of this one were opened."))
    if queries.next_round(call) is not None:
        raise WrongState(N_("The next round of this call has already been drafted."))
    allowed = {ct.id for ct in can_call_again(queries.topics_of(call), CALLABLE)}
    if not call_topics or any(ct.id not in allowed for ct in call_topics):
        raise Incomplete(N_("Only topics that ended without a good dossier can be called again."), field="topics")
    name = title or f"{call.title.split(' (lần ')[0]} (lần {call.round + 1})"
    topics = [db.session.get_one(Topic, ct.topic_id) for ct in call_topics]
    return draft(topics, title=name, mode=call.mode, deadline=deadline or default_deadline(at), place=call.place, note=call.note, before=call,
                 by=by, at=at)  # fmt: skip


def default_deadline(at: datetime) -> datetime:
    """What a new call's form offers: the least number of days and five more, at the hour of the rulebook."""
    today = local(at).date()
    rules = rulebook.values([MIN_OPEN_DAYS, "calls.deadline_time"], on=today)
    hour, minute = map(int, str(rules["calls.deadline_time"]).split(":"))
    return at_local(today + timedelta(days=int(rules[MIN_OPEN_DAYS]) + 5), hour, minute)
