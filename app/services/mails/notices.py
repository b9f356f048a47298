"""Notices: what was told to a person inside the system, and how the person wants to be told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Select, func, select, update

from app.kernel import journal, subjects
from app.kernel.db import db
from app.kernel.errors import Stale
from app.kernel.words import N_
from app.services.mails.models import MailChoice, Notice
from app.services.mails.rules import Way, clean, way_of
from app.services.people.models import User

MOST = 99  # the bell counts no further
QUIET = ("people/",)  # of the account itself: only by mail, it may not be the owner who reads here


def _known(kind: str) -> bool:
    try:
        return subjects.subject_of(kind) is not None
    except KeyError:
        return False


# --- being told -----------------------------------------------------------------------------------------------


def about(context: Mapping[str, Any]) -> Any:
    """The row that a mail tells of: the first that a stage made known as a subject, in the order in which it was handed over."""
    rows = [row for row in context.values() if hasattr(row, "__tablename__") and hasattr(row, "public_id")]
    return next((row for row in rows if _known(row.__tablename__)), next(iter(rows), None))


def tell(template: str, text: str, *, key: str, to: Any, at: datetime, about: Any, secret: bool) -> Way:
    """Keep a notice for a person with an account, in the present transaction; never a second of the same key. Returns how the mail is to go.

    A link that carries a secret (`secret`) is not kept: the notice then leads to the thing it tells of.
    """
    if to.id is None or template.startswith(QUIET):
        return Way.AT_ONCE
    way = way_of(template, ways_of(to.id))
    if db.session.scalar(select(Notice.id).where(Notice.key == key)):
        return way
    base = current_app.config["PUBLIC_BASE_URL"].rstrip("/")
    link = None if secret else re.search(re.escape(base) + r"(/\S*)", text)
    kind, pid = journal.subject_key(about) if about is not None else (None, None)
    title = " ".join(text.lstrip().partition("\n")[0].removeprefix("Subject:").split())
    db.session.add(Notice(user_id=to.id, key=key, template=template, title=title[:300], path=link[1][:500] if link else None, subject_type=kind, subject_pid=pid, mailed=way == Way.AT_ONCE, at=at))
    return way


# --- reading --------------------------------------------------------------------------------------------------


def of(user: User) -> Select[Any]:
    """The notices of a person."""
    return select(Notice).where(Notice.user_id == user.id)


def unread(user: User) -> int:
    """How many notices the person has not read, counted up to MOST + 1 in an index that holds nothing else."""
    waiting = select(Notice.id).where(Notice.user_id == user.id, Notice.read_at.is_(None)).limit(MOST + 1)
    return int(db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0)


def by_pid(user: User, pid: str) -> Notice | None:
    """One of the person's own notices."""
    return db.session.scalar(of(user).where(Notice.public_id == pid))


def open_to(user: User, rows: Iterable[Notice]) -> dict[int, Any]:
    """Of these notices those whose thing the person may read now, each with that thing (or None where the notice tells of none that is known).

    Every thing is asked once, however many notices tell of it.
    """
    asked: dict[tuple[str, str], Any] = {}
    found: dict[int, Any] = {}
    for row in rows:
        if row.subject_type is None or row.subject_pid is None or not _known(row.subject_type):
            found[row.id] = None
            continue
        place = (row.subject_type, row.subject_pid)
        if place not in asked:
            thing = subjects.load(*place)
            asked[place] = thing if thing is not None and subjects.may_read(row.subject_type, thing, user) else None
        if asked[place] is not None:
            found[row.id] = asked[place]
    return found


# --- acts of the reader ---------------------------------------------------------------------------------------


def read(row: Notice, *, at: datetime) -> None:
    """The person has read it. Reading again changes nothing."""
    if row.read_at is None:
        row.read_at = at


def read_all(user: User, *, at: datetime) -> int:
    """Everything told so far is read. Returns how many notices were not."""
    done = db.session.execute(update(Notice).where(Notice.user_id == user.id, Notice.read_at.is_(None), Notice.at <= at).values(read_at=at))
    return int(done.rowcount)  # type: ignore[attr-defined]


def choice_of(user_id: int) -> MailChoice | None:
    """What the person chose, if anything."""
    return db.session.scalar(select(MailChoice).where(MailChoice.user_id == user_id))


def ways_of(user_id: int) -> Mapping[str, str]:
    """Way by group, as far as the person chose."""
    found: Mapping[str, str] | None = db.session.scalar(select(MailChoice.ways).where(MailChoice.user_id == user_id))
    return found or {}


def choose(user: User, ways: Mapping[str, str], *, digest: bool | None, at: datetime, seen: str | None) -> MailChoice:
    """Keep how the person wants to be told. Raises Stale when it was changed meanwhile."""
    row = choice_of(user.id)
    if str(row.version if row else 0) != (seen or "0"):
        raise Stale(N_("Somebody else changed this while you were looking at it. Please look again."))
    row = row or _fresh(user)
    row.ways, row.digest = clean(ways), digest
    db.session.flush()
    journal.record(row, "choose_mails", by=user, at=at, detail={"ways": row.ways, "digest": digest})
    return row


def renew_calendar(user: User, *, at: datetime) -> MailChoice:
    """Another key for the person's calendar: the address handed out so far shows nothing from now on."""
    row = choice_of(user.id) or _fresh(user)
    row.calendar_serial += 1
    db.session.flush()
    journal.record(row, "renew_calendar", by=user, at=at)
    return row


def _fresh(user: User) -> MailChoice:
    row = MailChoice(user_id=user.id, ways={}, calendar_serial=0)
    db.session.add(row)
    db.session.flush()
    return row
