"""The verbs of a notice: draft, revise, publish, call again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete

from app.kernel import journal, outbox
from app.kernel.clock import at_local, local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.calls import queries
from app.stages.calls.milestones import (
    AFTER,
    DATES,
    WITHIN,
    calendar_of,
    check_deadline_sane,
    check_order,
    offered,
)
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import (
    CALL,
    CallState,
    can_call_again,
    check_deadline,
    check_notice,
    check_topics,
)
from app.stages.ideas import actions as ideas
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import CALLABLE, Mode

COLUMNS = ("title", "deadline", "place", "note", "questions_until", "briefing_at", "briefing_place", "opening_at", "council_on", "notify_on", "names_council")
CALENDAR_WORDS = {"questions_until": "Nhận câu hỏi đến", "briefing_at": "Buổi hướng dẫn lập hồ sơ", "opening_at": "Mở hồ sơ",
                  "council_on": "Họp hội đồng", "notify_on": "Thông báo kết quả"}  # fmt: skip
MIN_OPEN_DAYS, MAX_OPEN_DAYS = "calls.min_open_days", "calls.max_open_days"
SPARE_DAYS = 5  # more than the least that a new call is offered; an officer changes the date at will


def draft(topics: Sequence[Topic], *, title: str, deadline: datetime, by: User | None, at: datetime, mode: Mode | None = None,
          before: Call | None = None, copied: Call | None = None, source_key: str | None = None, **more: Any) -> Call:  # fmt: skip
    """Begin a call with free topics of one mode; `more` are other COLUMNS. The topics stay free until it is published.

    Raises Incomplete for a deadline that has gone by or is too far away, and for a calendar in the wrong order.
    """
    mode = mode or (topics[0].mode if topics else Mode.SELECTION)
    check_topics(list(topics), mode, CALLABLE)
    call = Call(mode=mode, year=local(at).year, created_by_id=by.id if by else None, created_at=at, title="", folded="", deadline=deadline, source_key=source_key,
                round=before.round + 1 if before else 1, before_id=before.id if before else None)  # fmt: skip
    _write(call, {"title": title, "deadline": deadline, **more}, at)
    CALL.begin(call, "draft", by=by, at=at, detail={"topics": [t.code for t in topics], **({"copied": copied.public_id} if copied else {})})
    _attach(call, topics)
    return call


def revise(call: Call, values: Mapping[str, Any], *, by: User | None, at: datetime, topics: Sequence[Topic] | None = None,
           seen: int | str | None = None) -> None:  # fmt: skip
    """Change a draft: some of COLUMNS, and its topics when given."""
    check_draft(call)
    check_seen(call, seen)
    if topics is not None:
        check_topics(list(topics), call.mode, CALLABLE)
    _write(call, values, at)
    db.session.flush()
    if topics is not None:
        db.session.execute(delete(CallTopic).where(CallTopic.call_id == call.id))
        _attach(call, topics)
    journal.record(call, "revise", by=by, at=at)


def check_draft(call: Call, _by: User | None = None) -> None:
    """May the call still be edited?"""
    if call.state != CallState.DRAFT:
        raise WrongState(N_("A published call cannot be changed. Its deadline can be extended by two people."))


def _write(call: Call, values: Mapping[str, Any], at: datetime) -> None:
    unknown = set(values) - set(COLUMNS)
    if unknown:
        raise TypeError(f"not a field of a call: {sorted(unknown)}")
    clean = {name: (nfc(value) or None) if isinstance(value, str) else value for name, value in values.items()}
    if "title" in clean and not clean["title"]:
        raise Incomplete(N_("The title is missing."), field="title")
    _check_calendar({name: getattr(call, name) for name in DATES} | clean, at)
    for name, value in clean.items():
        setattr(call, name, value)
    call.folded = fold(call.title)


def _check_calendar(values: Mapping[str, Any], at: datetime) -> None:
    rules = rulebook.values([MAX_OPEN_DAYS, WITHIN], on=local(at).date())
    check_deadline_sane(values["deadline"], at, int(rules[MAX_OPEN_DAYS]))
    check_order(values, at, within=int(rules[WITHIN]))


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
    call_topics = queries.topics_of(call)
    check_notice(number, dated, local(at).date(), max((ct.topic.decision_date for ct in call_topics), default=None))
    if call.state == CallState.DRAFT:
        _check_calendar({name: getattr(call, name) for name in DATES}, at)
        check_topics([ct.topic for ct in call_topics], call.mode, CALLABLE)
        check_deadline(call.deadline, at, int(rulebook.value(MIN_OPEN_DAYS, on=local(at).date())))
    check_seen(call, seen)
    call.number, call.dated, call.opens_at = nfc(number), dated, at
    call.rules = rulebook.freeze(queries.keys_to_freeze(local(at).date(), [ct.topic.kind for ct in call_topics]), on=local(at).date())
    CALL.advance(call, "publish", by=by, at=at, detail={"number": call.number, "rules": call.rules})
    for ct in call_topics:
        ideas.put_in_call(ct.topic, by=by, at=at, detail={"number": call.number})
    paper = papers.issue(template="calls/notice", subject=call, title=call.title, data=_notice(call, call_topics), number=call.number, dated=dated,
                         body=body, public=True, by=by, at=at)  # fmt: skip
    call.notice_pid = paper.public_id
    db.session.flush()
    outbox.post("calls/mail/named.txt", to=invited(call), key=f"call-named-{call.public_id}", at=at, call=call)


def invited(call: Call) -> list[User]:
    """Who is told by name that a direct assignment is out: managers and members of the bodies named. Nobody of a selection."""
    bodies = dict.fromkeys(ct.topic.assigned_organisation_id for ct in queries.topics_of(call) if ct.topic.assigned_organisation_id is not None)
    return list({u.id: u for body in bodies for u in people.members_of(body)}.values())


def _notice(call: Call, call_topics: Sequence[CallTopic]) -> dict[str, Any]:
    asked = queries.asked(call, english=False, topics=call_topics)
    return {
        "kinds": [{"name": kind["name"], "documents": "; ".join(d["name"] for d in kind["documents"] if d["needed"])} for kind in asked],
        "calendar": [{"what": CALENDAR_WORDS[m.name], "on": _day(m.on)} for m in calendar_of(call) if m.name != "deadline"],
        "briefing_place": call.briefing_place or "", "invited": "; ".join(sorted({ct.topic.assigned.name for ct in call_topics if ct.topic.assigned})),
        "title": call.title, "mode": ideas.MODES[call.mode], "round": call.round, "again": call.round if call.round > 1 else "",
        "deadline": f"{local(call.deadline):%H:%M}, ngày {local(call.deadline):%d/%m/%Y}", "place": call.place or "", "note": call.note or "", "named": "x" if call.names_council else "", "unnamed": "" if call.names_council else "x",
        "count": len(call_topics), "direct": "x" if call.mode == Mode.DIRECT else "",
        "topics": [{"code": ct.topic.code, "title": ct.topic.title, "aim": ct.topic.aim, "products": ct.topic.products, "item": ct.topic.item.face,
                    "ceiling": ct.ceiling} for ct in call_topics],
    }  # fmt: skip


def _day(value: datetime | date) -> str:
    return f"{local(value):%H:%M}, ngày {local(value):%d/%m/%Y}" if isinstance(value, datetime) else f"ngày {value:%d/%m/%Y}"


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
    when = deadline or default_deadline(at)
    return draft(topics, title=name, mode=call.mode, deadline=when, place=call.place, note=call.note, briefing_place=call.briefing_place, names_council=call.names_council, before=call,
                 by=by, at=at, **default_calendar(when, at))  # fmt: skip


def default_deadline(at: datetime) -> datetime:
    """What a new call's form offers: the least number of days and some more, on a working day, at the hour of the rulebook."""
    today = local(at).date()
    rules = rulebook.values([MIN_OPEN_DAYS, "calls.deadline_time"], on=today)
    hour, minute = map(int, str(rules["calls.deadline_time"]).split(":"))
    return at_local(rulebook.due(today, int(rules[MIN_OPEN_DAYS]) + SPARE_DAYS, "calendar"), hour, minute)


def default_calendar(deadline: datetime, at: datetime) -> dict[str, Any]:
    """What a new call's form offers beside the deadline, by the gaps of the rulebook; nothing for a deadline that cannot be."""
    day, last = local(at).date(), local(deadline).date()
    if not day < last <= day + timedelta(days=int(rulebook.value(MAX_OPEN_DAYS, on=day))):
        return {}
    rules = rulebook.rules(["calls.milestones", "calls.opening_days"], on=day)
    opening = rulebook.due(last, 1, "working")
    found = offered(deadline, at, rules["calls.milestones"].value, rulebook.is_off(), opening)
    return found if found["briefing_at"] < deadline and found["questions_until"] > at else {k: v for k, v in found.items() if k in AFTER}
