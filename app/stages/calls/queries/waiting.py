"""Who waits for calls, and what waits for officers: followers, kept searches, questions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.services.people.models import User
from app.stages.calls.models import Call, CallTopic, Follower, Question, SavedSearch
from app.stages.calls.rules import CallState


def follows(user: User, call: Call) -> bool:
    """Is this person mailed when the call changes?"""
    return db.session.scalar(select(Follower.id).where(Follower.call_id == call.id, Follower.user_id == user.id)) is not None


def followers(call: Call) -> list[User]:
    """Who follows the call."""
    return list(db.session.scalars(select(User).join(Follower, Follower.user_id == User.id).where(Follower.call_id == call.id, User.active).order_by(User.id)))


def follower_keys(call: Call) -> dict[int, str]:
    """The key that ends the mails about this call, by the id of each follower."""
    return {user_id: key for user_id, key in db.session.execute(select(Follower.user_id, Follower.public_id).where(Follower.call_id == call.id))}


def follower_by_key(key: str) -> Follower | None:
    """Who is meant by the link of a mail about a call that is followed."""
    return db.session.scalar(select(Follower).options(joinedload(Follower.user)).where(Follower.public_id == key))


def searches_of(user: User) -> list[SavedSearch]:
    """The searches this person keeps, oldest first."""
    return list(db.session.scalars(select(SavedSearch).where(SavedSearch.user_id == user.id).order_by(SavedSearch.id)))


def all_searches() -> list[SavedSearch]:
    """Every kept search with its owner."""
    return list(db.session.scalars(select(SavedSearch).options(joinedload(SavedSearch.user)).order_by(SavedSearch.id)))


def search_by_key(key: str) -> SavedSearch | None:
    """The search that the link of a mail names."""
    return db.session.scalar(select(SavedSearch).where(SavedSearch.public_id == key))


def search_for(user: User, pid: str) -> SavedSearch | None:
    """One of this person's own searches."""
    return db.session.scalar(select(SavedSearch).where(SavedSearch.public_id == pid, SavedSearch.user_id == user.id))


def unannounced(at: datetime) -> list[Call]:
    """Open calls whose matches were not told yet."""
    return list(db.session.scalars(select(Call).where(Call.state == CallState.PUBLISHED, Call.announced_at.is_(None), Call.opens_at <= at, Call.deadline >= at)
                                   .order_by(Call.id)))  # fmt: skip


# --- questions ------------------------------------------------------------------------------------------------


def questions_statement(call: Call) -> Select[tuple[Question]]:
    """The questions about a call, with their topics."""
    return select(Question).options(joinedload(Question.call_topic).joinedload(CallTopic.topic)).where(Question.call_id == call.id)


def questions_of(call: Call) -> list[Question]:
    """The same, those that wait first, then the newest."""
    return sorted(db.session.scalars(questions_statement(call)), key=lambda q: (q.state != "asked", -q.id))


def question_by_pid(pid: str) -> Question | None:
    """One question with its call."""
    return db.session.scalar(select(Question).options(joinedload(Question.call), joinedload(Question.call_topic).joinedload(CallTopic.topic))
                             .where(Question.public_id == pid))  # fmt: skip


def count_waiting(call: Call) -> int:
    """How many questions about the call nobody has answered."""
    return int(db.session.scalar(select(func.count(Question.id)).where(Question.call_id == call.id, Question.state == "asked")) or 0)


def asked_since(since: datetime, *, address: str | None, user: User | None, email: str) -> int:
    """How many questions came from this address, person or mail address since then: the greatest of the three."""
    who: list[ColumnElement[bool]] = [Question.address == address] if address else []
    who += [Question.asker_id == user.id] if user is not None else [func.lower(Question.email) == email.lower()]
    return int(db.session.scalar(select(func.count(Question.id)).where(or_(*who), Question.asked_at > since)) or 0)


def asker_of(question: Question) -> User | None:
    """The account that asked, if it was one."""
    return db.session.get(User, question.asker_id) if question.asker_id else None


__all__ = ["all_searches", "asked_since", "asker_of", "count_waiting", "followers", "follows", "question_by_pid", "questions_of", "search_by_key",
           "search_for", "searches_of", "unannounced"]  # fmt: skip
