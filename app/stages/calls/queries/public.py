"""Calls as anyone may read them: plain dictionaries, and the filters of the public list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.kernel.text import fold
from app.stages.calls.milestones import LABELS, calendar_of
from app.stages.calls.models import Call, CallTopic, Question
from app.stages.calls.queries.asked import asked
from app.stages.calls.queries.house import PUBLISHED, WHOLE
from app.stages.calls.rules import CallState, QuestionState, is_open, takes_questions
from app.stages.ideas.models import Topic
from app.stages.ideas.queries import public_topic
from app.stages.plan import queries as plans

FILTERS = ("q", "mode", "sector", "kind")  # what a kept search may hold
PRIVATE_DETAILS = frozenset({"call_topic_pid"})

# --- the list and its filters ---------------------------------------------------------------------------------


def public_statement(at: datetime) -> Select[Any]:
    """Every call that was ever published."""
    return select(Call).options(*WHOLE).where(PUBLISHED, Call.opens_at <= at)


def with_words(statement: Select[Any], words: str) -> Select[Any]:
    """Words of the call's title or of one of its topics', with or without diacritics, or its number."""
    folded = fold(words)
    named = exists().where(CallTopic.call_id == Call.id, CallTopic.topic_id == Topic.id, Topic.folded.contains(folded, autoescape=True))
    return statement.where(or_(Call.folded.contains(folded, autoescape=True), Call.number.icontains(words, autoescape=True), named))


def in_sector(statement: Select[Any], code: str) -> Select[Any]:
    """With a topic of this sector: a code of the plan in force, or the public id of a sector of any plan."""
    return statement.where(exists().where(CallTopic.call_id == Call.id, CallTopic.topic_id == Topic.id, Topic.item_id.in_(plans.sectors_named(code))))


def of_kind(statement: Select[Any], code: str) -> Select[Any]:
    """With a topic of this type of task."""
    return statement.where(exists().where(CallTopic.call_id == Call.id, CallTopic.topic_id == Topic.id, Topic.kind == code))


def of_mode(statement: Select[Any], mode: str) -> Select[Any]:
    return statement.where(Call.mode == mode)


def now_open(statement: Select[Any], at: datetime, wanted: bool) -> Select[Any]:
    """Those that receive dossiers at this instant, or all others."""
    held = and_(Call.state == CallState.PUBLISHED, Call.opens_at <= at, Call.deadline >= at)
    return statement.where(held if wanted else not_(held))


def matching(query: str, calls: list[Call], at: datetime) -> list[Call]:
    """Those of these calls that a kept search would show: its filters are the list's own."""
    statement = public_statement(at).where(Call.id.in_([c.id for c in calls]))
    apply = {"q": with_words, "mode": of_mode, "sector": in_sector, "kind": of_kind}
    for name, value in parse_qsl(query):
        if name in apply:
            statement = apply[name](statement, value)
    return list(db.session.scalars(statement.order_by(Call.id)))


def years() -> list[int]:
    """The years in which calls were published, newest first."""
    return list(db.session.scalars(select(Call.year).where(PUBLISHED).distinct().order_by(Call.year.desc())))


def open_calls(at: datetime) -> list[dict[str, Any]]:
    """The calls that receive dossiers at this instant, the first to close on top."""
    return [public_line(c, at) for c in db.session.scalars(now_open(public_statement(at), at, True).order_by(Call.deadline, Call.id))]


def public_calls(at: datetime, *, limit: int = 50) -> list[dict[str, Any]]:
    """The calls published last, newest first."""
    return [public_line(c, at) for c in db.session.scalars(public_statement(at).order_by(Call.opens_at.desc(), Call.id.desc()).limit(limit))]


def count_open(at: datetime) -> int:
    """How many calls receive dossiers."""
    return int(db.session.scalar(now_open(select(func.count(Call.id)), at, True)) or 0)


# --- one call -------------------------------------------------------------------------------------------------


def public_row(pid: str) -> Call | None:
    """The row of one published call, whole: for acts of visitors and for downloads."""
    return db.session.scalar(select(Call).options(*WHOLE).where(Call.public_id == pid, PUBLISHED).execution_options(populate_existing=True))


def public_call(pid: str, at: datetime, *, english: bool = False) -> dict[str, Any] | None:
    """One published call with all that is asked, answered and changed, or None."""
    call = public_row(pid)
    return public_page(call, at, english=english) if call is not None else None


def public_page(call: Call, at: datetime, *, english: bool, on: date | None = None) -> dict[str, Any]:
    """The whole page of a call; of a draft, the page as it would be by the rules of the day `on`."""
    return public_line(call, at) | {
        "asked": asked(call, english=english, on=on), "history": history(call), "questions": answered(call), "takes_questions": takes_questions(call, at),
    }  # fmt: skip


def public_line(call: Call, at: datetime) -> dict[str, Any]:
    """One call as lists, feeds and calendars show it."""
    receives = is_open(call, at)
    return {
        "pid": call.public_id, "title": call.title, "number": call.number, "dated": call.dated, "mode": call.mode, "round": call.round,
        "year": call.year, "opens_at": call.opens_at, "deadline": call.deadline, "is_open": receives, "state": call.state,
        "days": (call.deadline - at).days if receives else None,
        "place": call.place, "note": call.note, "notice_pid": call.notice_pid, "briefing_place": call.briefing_place,
        "calendar": calendar_of(call), "changed_at": changed_at(call), "changes": changes_of(call),
        "former": {"pid": call.before.public_id, "number": call.before.number} if call.before else None,
        "cancelled_at": call.cancelled_at, "cancel_reason": call.cancel_reason, "cancel_document": call.cancel_document,
        "extensions": [{"old": e.old_deadline, "new": e.new_deadline, "reason": e.reason, "document": e.document, "at": e.confirmed_at}
                       for e in call.extensions if e.confirmed_at is not None],
        "topics": [{**public_topic(ct.topic), "call_topic_pid": ct.public_id, "ceiling": ct.ceiling, "outcome": ct.outcome} for ct in call.topics],
    }  # fmt: skip


def changes_of(call: Call) -> int:
    """How often what was published has changed: a calendar that keeps an event takes over only what has a higher number."""
    return len(call.corrections) + sum(e.confirmed_at is not None for e in call.extensions) + (call.cancelled_at is not None)


def changed_at(call: Call) -> datetime:
    """When anything the public sees of the call changed last (answers to questions apart)."""
    moments = [call.opens_at or call.created_at, call.closed_at, call.opened_at, call.cancelled_at, *(c.at for c in call.corrections),
               *(e.confirmed_at for e in call.extensions)]  # fmt: skip
    return max(m for m in moments if m is not None)


def history(call: Call) -> list[dict[str, Any]]:
    """What became of the notice, newest first: kind, when, by which paper, why, and what changed (label, before, after)."""

    def event(kind: str, at: datetime | None, *, document: str | None = None, reason: str | None = None, changes: Any = (), paper: str | None = None) -> None:
        if at is not None:
            found.append({"kind": kind, "at": at, "document": document, "reason": reason, "changes": list(changes), "paper": paper})

    found: list[dict[str, Any]] = []
    event("published", call.opens_at, document=call.number, paper=call.notice_pid)
    for row in call.corrections:
        event("corrected", row.at, document=row.document, reason=row.reason, changes=[(LABELS[name], _read(old), _read(new)) for name, (old, new) in row.changes.items()])
    for e in call.extensions:
        along = [(LABELS[name], _read(old), _read(new)) for name, (old, new) in (e.moved or {}).items()]
        event("extended", e.confirmed_at, document=e.document, reason=e.reason, changes=[(LABELS["deadline"], e.old_deadline, e.new_deadline), *along])
    event("closed", call.closed_at)
    event("opened", call.opened_at)
    event("cancelled", call.cancelled_at, document=call.cancel_document, reason=call.cancel_reason)
    return sorted(found, key=lambda e: e["at"])[::-1]


def _read(text: str | None) -> Any:
    """A kept value as what it was: an instant, a day, or text."""
    try:
        return datetime.fromisoformat(text) if text and "T" in text else datetime.strptime(text, "%Y-%m-%d").date() if text else None
    except ValueError:
        return text


def answered(call: Call) -> list[dict[str, Any]]:
    """The questions that were answered for all, oldest first. Nothing of who asked, nor as it was asked."""
    statement = (select(Question).options(joinedload(Question.call_topic).joinedload(CallTopic.topic))
                 .where(Question.call_id == call.id, Question.state == QuestionState.ANSWERED).order_by(Question.answered_at, Question.id))  # fmt: skip
    return [{"question": q.wording, "answer": q.answer, "at": q.answered_at, "topic": q.call_topic.topic.code if q.call_topic else None}
            for q in db.session.scalars(statement)]  # fmt: skip


def last_answers(pids: list[int]) -> dict[int, datetime]:
    """When the last answer of each of these calls (by key) was given."""
    rows = db.session.execute(select(Question.call_id, func.max(Question.answered_at)).where(Question.call_id.in_(pids), Question.state == QuestionState.ANSWERED)
                              .group_by(Question.call_id))  # fmt: skip
    return {call_id: at for call_id, at in rows if at is not None}


__all__ = ["FILTERS", "answered", "changed_at", "count_open", "history", "in_sector", "last_answers", "matching", "now_open", "of_kind", "of_mode",
           "open_calls", "public_call", "public_calls", "public_line", "public_page", "public_row", "public_statement", "with_words", "years"]  # fmt: skip
