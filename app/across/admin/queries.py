"""Reads for the administrator: people with what they hold, the journal with names and its chain."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, exists, func, select

from app.kernel.clock import at_local
from app.kernel.db import db
from app.kernel.journal import JournalEntry
from app.kernel.text import fold
from app.services.people.models import Membership, Organisation, RoleGrant, User


def users_statement() -> Select[Any]:
    """All accounts; roles and organisations come with them."""
    return select(User)


def named(statement: Select[Any], words: str) -> Select[Any]:
    """Accounts whose name or address holds the words."""
    return statement.where(User.name.icontains(words, autoescape=True) | User.email_norm.contains(words.casefold(), autoescape=True))


def holding(statement: Select[Any], role: str) -> Select[Any]:
    """Accounts with a grant of this role that is not revoked."""
    return statement.where(exists().where(RoleGrant.user_id == User.id, RoleGrant.role == role, RoleGrant.revoked_at.is_(None)))


def of_body(statement: Select[Any], words: str) -> Select[Any]:
    """Accounts of organisations whose name holds the words, with or without diacritics."""
    belongs = exists().where(Membership.user_id == User.id, Membership.organisation_id == Organisation.id,
                             Organisation.folded.contains(fold(words), autoescape=True))  # fmt: skip
    return statement.where(belongs)


def by_person(statement: Select[Any], words: str) -> Select[Any]:
    """Acts of people whose name or address holds the words."""
    return statement.where(JournalEntry.actor_id.in_(named(select(User.id), words)))


def since(statement: Select[Any], day: str) -> Select[Any]:
    """Acts of this day and later; a day that cannot be read finds nothing out."""
    return statement.where(JournalEntry.at >= at_local(found)) if (found := _day(day)) else statement


def until(statement: Select[Any], day: str) -> Select[Any]:
    """Acts of this day and earlier."""
    return statement.where(JournalEntry.at < at_local(date.fromordinal(found.toordinal() + 1))) if (found := _day(day)) else statement


def _day(text: str) -> date | None:
    parts = text.replace("-", "/").split("/")
    try:
        numbers = [int(p) for p in parts]
        return date(*numbers) if len(parts[0]) == 4 else date(*reversed(numbers))
    except (ValueError, TypeError):
        return None


def chain() -> dict[str, Any]:
    """How long the journal is and what its last line's hash is."""
    head = db.session.execute(select(JournalEntry.seq, JournalEntry.hash, JournalEntry.at).order_by(JournalEntry.seq.desc()).limit(1)).first()
    count = db.session.scalar(select(func.count()).select_from(JournalEntry)) or 0
    return {"lines": count, "hash": head.hash if head else "", "at": head.at if head else None, "gapless": head is None or head.seq == count}
