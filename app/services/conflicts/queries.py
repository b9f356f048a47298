"""Reads of conflicts: the hits of people with objects, and the relations a person declared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.kernel.db import db
from app.services.conflicts import facts
from app.services.conflicts.models import Tie
from app.services.conflicts.rules import Hit, find
from app.services.people.models import Debarment, Engagement, Membership, User
from app.services.profiles.models import CvVersion


def hits(user_ids: Collection[int], rows: Sequence[Any], *, years: Mapping[str, int], on: date) -> dict[tuple[int, int], list[Hit]]:
    """What the finder says of each person and each object: {(user id, place in `rows`): hits}. A person who is not known is not passed over: KeyError."""
    objects, known = facts.behind(rows, on=on)
    missing = set(user_ids) - set(known)
    known = known | facts.people(missing, on=on)
    return {(user_id, place): find(known[user_id], behind, years=years, on=on) for user_id in user_ids for place, behind in enumerate(objects)}


def mark() -> tuple[int, ...]:
    """What grows when something is added that makes conflicts: to see without looking at everything whether to ask anew."""
    newest = [select(func.max(model.id)).scalar_subquery() for model in (Engagement, Membership, Tie, CvVersion, Debarment)]
    return tuple(int(n or 0) for n in db.session.execute(select(*newest)).one())


def ties_of(user: User) -> list[Tie]:
    """What this person declared and did not take back. For the owner alone."""
    return list(db.session.scalars(select(Tie).where(Tie.user_id == user.id, Tie.ended_at.is_(None)).order_by(Tie.id)))


def own_tie(user: User, pid: str) -> Tie | None:
    """One of the person's own relations."""
    return db.session.scalar(select(Tie).where(Tie.user_id == user.id, Tie.public_id == pid, Tie.ended_at.is_(None)))
