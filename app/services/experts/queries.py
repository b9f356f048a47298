"""Reads of the pool: lists, one expert, what councils know of somebody's seats, whom to suggest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select
from sqlalchemy.orm import selectinload

from app.kernel.db import db
from app.kernel.text import fold
from app.services.experts.models import Away, Expert, ExpertField, Invitation, Upload
from app.services.experts.rules import ON_PAPER, ExpertState, sector_of
from app.services.people.models import User
from app.services.people.queries import token_hash

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Sat:
    """A seat that somebody has or had."""

    council: str
    pid: str
    kind: Any
    role: Any
    state: Any
    at: datetime | None


@dataclass(frozen=True)
class Seats:
    """What councils tell: SQL counts of the councils of a person since a day and of those under way, and one person's seats."""

    lately: Callable[[Any, datetime], ColumnElement[int]]
    open_now: Callable[[Any], ColumnElement[int]]
    of: Callable[[int], list[Sat]]


_seats: list[Seats] = []


def register_seats(seats: Seats) -> None:
    """Councils say what they know of seats. A second registration replaces the first."""
    _seats[:] = [seats]


def lately(at: datetime) -> ColumnElement[int]:
    """How many councils an expert (Expert.user_id) sat on within twelve months."""
    return _seats[0].lately(Expert.user_id, at - YEAR) if _seats else literal(0)


def open_now() -> ColumnElement[int]:
    """On how many councils under way an expert sits."""
    return _seats[0].open_now(Expert.user_id) if _seats else literal(0)


def seats_of(expert: Expert) -> list[Sat]:
    """The councils of an expert with the role in each, newest first."""
    return _seats[0].of(expert.user_id) if _seats and expert.user_id is not None else []


# --- lists ----------------------------------------------------------------------------------------------------


def whole() -> Select[Any]:
    return select(Expert).options(selectinload(Expert.fields), selectinload(Expert.away))


def by_pid(pid: str) -> Expert | None:
    return db.session.scalar(whole().where(Expert.public_id == pid))


def by_address(norm: str) -> Expert | None:
    """The expert of this address."""
    return db.session.scalar(whole().where(Expert.email_norm == norm))


def of_user(user: User) -> Expert | None:
    """The expert that this account is."""
    return db.session.scalar(whole().where(Expert.user_id == user.id))


def bodies_of(users: Iterable[User]) -> dict[int, str]:
    """Where these people work, by user id: the organisations that confirmed them, else what the pool says of them; empty where neither is known."""
    found = {u.id: ", ".join(o.name for o in u.organisations) for u in users}
    unknown = [user_id for user_id, said in found.items() if not said]
    told = db.session.execute(select(Expert.user_id, Expert.body).where(Expert.user_id.in_(unknown))).all() if unknown else []
    return found | {user_id: body or "" for user_id, body in told if user_id is not None}


def titles_of(users: Iterable[User]) -> dict[int, str]:
    """How papers name the rank or degree of these people, by user id: what the account says, else what the pool knows; empty where neither does."""
    found = {u.id: u.title or "" for u in users}
    unknown = [user_id for user_id, said in found.items() if not said]
    told = db.session.execute(select(Expert.user_id, Expert.degree).where(Expert.user_id.in_(unknown))).all() if unknown else []
    return found | {user_id: ON_PAPER.get(degree, "") for user_id, degree in told if user_id is not None}


def fresh(expert: Expert) -> Expert:
    db.session.flush()
    return db.session.scalars(whole().where(Expert.id == expert.id).execution_options(populate_existing=True)).one()


def in_field(code: str) -> ColumnElement[bool]:
    """The condition: an expert of this field; of a sector also those of its items."""
    hit = ExpertField.code == code if "." in code else or_(ExpertField.code == code, ExpertField.code.startswith(f"{code}.", autoescape=True))
    return exists().where(ExpertField.expert_id == Expert.id, hit)


def is_there(day: date) -> ColumnElement[bool]:
    """The condition: not away on that day."""
    return ~exists().where(Away.expert_id == Expert.id, Away.since <= day, Away.until >= day)


def holding(words: str) -> ColumnElement[bool]:
    """The condition: every word stands in name, address, body or speciality, with or without diacritics."""
    return and_(*(Expert.folded.contains(word, autoescape=True) for word in fold(words).split()[:8]))


def rows_with_load(at: datetime) -> Select[Any]:
    """(expert, councils in twelve months, councils open)."""
    return select(Expert, lately(at).label("lately"), open_now().label("open_now"), Expert.id.label("id")).options(selectinload(Expert.fields), selectinload(Expert.away))


def known_to_fit(codes: Iterable[str], *, day: date | None, at: datetime, most: int) -> list[tuple[Expert, int, int]]:
    """Active experts in the sectors of these fields who are there on the day, those with the fewest councils first."""
    sectors = sorted({sector_of(c) for c in codes})
    statement = rows_with_load(at).join(User, User.id == Expert.user_id).where(Expert.state == ExpertState.ACTIVE, User.active, or_(*(in_field(s) for s in sectors)))
    if day is not None:
        statement = statement.where(is_there(day))
    rows = db.session.execute(statement.order_by(open_now(), lately(at), Expert.id).limit(most)) if sectors else ()
    return [(expert, int(late), int(now)) for expert, late, now, _id in rows]


# --- invitations ----------------------------------------------------------------------------------------------


def living(token: str, *, at: datetime) -> Invitation | None:
    """The invitation of this secret while it can be answered."""
    row = db.session.scalar(select(Invitation).options(selectinload(Invitation.expert)).where(Invitation.token_hash == token_hash(token)))
    return row if row is not None and row.answered_at is None and row.void_at is None and at < row.expires_at else None


def invitations_of(expert: Expert) -> list[Invitation]:
    """What was sent to an expert, newest first."""
    return list(db.session.scalars(select(Invitation).where(Invitation.expert_id == expert.id).order_by(Invitation.id.desc())))


# --- importing ------------------------------------------------------------------------------------------------


def upload_for(user: User, pid: str) -> Upload | None:
    """The own upload."""
    return db.session.scalar(select(Upload).where(Upload.public_id == pid, Upload.user_id == user.id))


def addresses(norms: Collection[str]) -> set[str]:
    """Which of these addresses the pool has already."""
    wanted, found = sorted(norms), set()
    for start in range(0, len(wanted), 500):
        found |= set(db.session.scalars(select(Expert.email_norm).where(Expert.email_norm.in_(wanted[start : start + 500]))))
    return found


def namesakes() -> dict[tuple[str, str], str]:
    """{(folded name, digits of the telephone or year of birth): name} of the pool: to find people who come with another address."""
    found = {}
    for name, phone, year in db.session.execute(select(Expert.name, Expert.phone, Expert.birth_year)):
        for mark in marks(phone, year):
            found[(fold(name), mark)] = name
    return found


def marks(phone: str | None, year: int | None) -> list[str]:
    """What tells people of one name apart."""
    from_phone = "".join(c for c in phone or "" if c.isdigit())
    return [m for m in (from_phone if len(from_phone) >= 8 else "", str(year) if year else "") if m]
