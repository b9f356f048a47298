"""Reads for the administrator: people with what they hold, outgoing mail, the journal with names and its chain.

Mails and acts on a sealed dossier would tell who applies, and for what, before the opening. So an office of the
Department sees of a mail only its kind and state, and of an act on something sealed only that it happened.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, not_, select

from app.kernel import subjects
from app.kernel.clock import at_local
from app.kernel.db import db, folded
from app.kernel.journal import JournalEntry
from app.kernel.listing import EXPORT_CAP, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.services.people.models import Membership, Organisation, RoleGrant, User


def sees_recipients(user: User) -> bool:
    """May this person see to whom mails go: the administrator, unless an office of the Department is held as well."""
    return user.can(Do.ADMIN_READ_MAIL) and not user.can(Do.PROPOSALS_READ) and not user.can(Do.PAPERS_READ)


def on_sealed() -> ColumnElement[bool]:
    """The condition: an act on something that is sealed now."""
    return subjects.sealed_sql(JournalEntry.subject_type, JournalEntry.subject_pid)


def all_of(listing: Listing) -> list[JournalEntry]:
    """The acts that the filters leave, as many as a spreadsheet takes."""
    return list(db.session.scalars(listing.statement.limit(EXPORT_CAP)))


def sealed_among(entries: list[JournalEntry]) -> set[int]:
    """Which of these lines are acts on something sealed."""
    if not entries:
        return set()
    low, high = min(e.seq for e in entries), max(e.seq for e in entries)
    return set(db.session.scalars(select(JournalEntry.seq).where(JournalEntry.seq.between(low, high), on_sealed()))) & {e.seq for e in entries}


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
    """Acts of people whose name or address holds the words; what they did on something sealed is not found by their name."""
    return statement.where(JournalEntry.actor_id.in_(named(select(User.id), words)), not_(on_sealed()))


def for_person(statement: Select[Any], words: str) -> Select[Any]:
    """Acts on behalf of people whose name or address holds the words; not on what is sealed."""
    return statement.where(JournalEntry.on_behalf_of_id.in_(named(select(User.id), words)), not_(on_sealed()))


def told(statement: Select[Any], words: str) -> Select[Any]:
    """Acts whose reason holds the words, with or without diacritics; not on what is sealed."""
    return statement.where(folded(JournalEntry.reason).contains(fold(words), autoescape=True), not_(on_sealed()))


def since(statement: Select[Any], day: str) -> Select[Any]:
    """Acts of this day and later; a day that cannot be read finds nothing out."""
    return statement.where(JournalEntry.at >= at_local(found)) if (found := day_in(day)) else statement


def until(statement: Select[Any], day: str) -> Select[Any]:
    """Acts of this day and earlier."""
    return statement.where(JournalEntry.at < at_local(date.fromordinal(found.toordinal() + 1))) if (found := day_in(day)) else statement


def day_in(text: str) -> date | None:
    """A day as people type it (31/12/2026) or as browsers send it (2026-12-31), else None."""
    parts = text.replace("-", "/").split("/")
    try:
        numbers = [int(p) for p in parts]
        found = date(*numbers) if len(parts[0]) == 4 else date(*reversed(numbers))
        return found if 1900 < found.year < 2200 else None
    except (ValueError, TypeError, OverflowError):
        return None


def chain() -> dict[str, Any]:
    """How long the journal is and what its last line's hash is."""
    head = db.session.execute(select(JournalEntry.seq, JournalEntry.hash, JournalEntry.at).order_by(JournalEntry.seq.desc()).limit(1)).first()
    count = db.session.scalar(select(func.count()).select_from(JournalEntry)) or 0
    return {"lines": count, "hash": head.hash if head else "", "at": head.at if head else None, "gapless": head is None or head.seq == count}
