"""The verbs of the archive. Each takes `by=` (None for the system) and `at=`; only `make_next`, the worker's, commits."""

from __future__ import annotations

import hashlib
import logging
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import force_locale
from sqlalchemy import update

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db, reading_only
from app.kernel.errors import Incomplete, NotAllowed, Refused, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.archive import contents, packing, queries, shelf
from app.stages.archive.models import Copy, Deposit, Hold
from app.stages.archive.rules import COPY, HOLD
from app.stages.funding.models import Project

log = logging.getLogger(__name__)
GIVEN_UP_AFTER = timedelta(hours=3)  # a making that takes longer was broken off
TELL_EVERY = 5  # entries between two notes of how far it is


def request(kind: str, row: Any, *, reason: str, by: User, at: datetime) -> Copy:
    """Ask for the dossier as one file, made for this person alone. One that is waited for already is given back. Raises Incomplete without a reason."""
    if not nfc(reason):
        raise Incomplete(N_("Please say what you need it for."), field="reason")
    waited = queries.open_copy(by, kind, row.public_id)
    if waited is not None:
        return waited
    copy = Copy(subject_type=kind, subject_pid=row.public_id, user_id=by.id, whole=by.can(Do.ARCHIVE_READ), reason=nfc(reason)[:500], requested_at=at)
    COPY.begin(copy, "request", by=by, at=at, reason=copy.reason)
    journal.record(row, "request_archive", by=by, at=at, reason=copy.reason, detail={"copy": copy.public_id, "whole": copy.whole})
    return copy


def make_next(at: datetime) -> None:
    """The worker's round: make the file that waits longest, and say how far it is. What a stopped worker left begins again."""
    for row in queries.stuck(at - GIVEN_UP_AFTER):
        COPY.advance(row, "make_again", by=None, at=at)
    copy = queries.next_copy()
    if copy is None:
        return
    COPY.advance(copy, "make", by=None, at=at)
    copy.begun_at = at
    db.session.commit()
    pid, copy_id = copy.public_id, copy.id
    try:
        size, digest = _made(copy, at)
    except Exception as failure:
        db.session.rollback()
        log.exception("the dossier %s could not be packed", pid)
        shelf.drop(pid)
        found = db.session.get_one(Copy, copy_id, populate_existing=True)
        COPY.advance(found, "fail", by=None, at=at, reason=type(failure).__name__)
        return
    found = db.session.get_one(Copy, copy_id, populate_existing=True)
    found.size, found.sha256, found.finished_at = size, digest, at
    found.expires_at = at + timedelta(days=int(rulebook.value("archive.copy_days", on=local(at).date())))
    COPY.advance(found, "finish", by=None, at=at, detail={"size": size, "sha256": digest})
    outbox.post("archive/mail/archive_ready.txt", to=db.session.get_one(User, found.user_id), key=f"archive:{pid}", at=at, copy=found, title=contents.title_of(found))


def _made(copy: Copy, at: datetime) -> tuple[int, str]:
    """Pack the dossier as this person may read it now. Returns (bytes, SHA-256)."""
    pid, copy_id, kind, subject, whole = copy.public_id, copy.id, copy.subject_type, copy.subject_pid, copy.whole

    def tell(done: int, total: int) -> None:
        if done % TELL_EVERY == 0 or done in (1, total):
            with reading_only(False), db.engine.begin() as connection:
                connection.execute(update(Copy.__table__).where(Copy.__table__.c.id == copy_id).values(done=done, total=total))  # type: ignore[arg-type]

    db.session.remove()
    with reading_only(), force_locale("vi"):
        person = db.session.get_one(User, db.session.get_one(Copy, copy_id).user_id)
        row = queries.dossier_for(person, kind, subject)
        if row is None:
            raise NotAllowed(N_("You do not have the right to do this."))
        found = contents.gather(kind, row, person, whole=whole and person.can(Do.ARCHIVE_READ))
        with shelf.writing(pid) as file:
            packing.pack(found, file, at, progress=tell)
        db.session.rollback()
    db.session.remove()
    with shelf.path(pid).open("rb") as made:
        digest = hashlib.file_digest(made, "sha256").hexdigest()
    return shelf.path(pid).stat().st_size, digest


def expire(at: datetime) -> None:
    """The worker's round: files that were kept long enough are deleted; the dossiers stay as they are."""
    for copy in queries.over(at):
        COPY.advance(copy, "expire", by=None, at=at)
        db.session.commit()
        shelf.drop(copy.public_id)


# --- holds ----------------------------------------------------------------------------------------------------


def check_holdable(project: Project, _by: Any) -> None:
    """Raise WrongState when a hold is in force already."""
    if queries.is_held(project.id):
        raise WrongState(N_("A hold is in force already."))


def hold(project: Project, *, reason: str, by: User, at: datetime) -> Hold:
    """Forbid to destroy anything of a project. Raises Incomplete without a reason, WrongState when it is held."""
    if not nfc(reason):
        raise Incomplete(N_("Please say why."), field="reason")
    check_holdable(project, by)
    row = Hold(project_id=project.id, reason=nfc(reason), placed_by_id=by.id, placed_at=at)
    HOLD.begin(row, "place", by=by, at=at, reason=row.reason)
    journal.record(project, "hold_archive", by=by, at=at, reason=row.reason)
    return row


def check_liftable(row: Hold, by: Any) -> None:
    """Raise NotAllowed for who placed it: two persons."""
    if row.placed_by_id == by.id:
        raise NotAllowed(N_("Who placed a hold does not lift it."))


def lift(row: Hold, *, reason: str, seen: int | str | None, by: User, at: datetime) -> None:
    """End a hold. Raises NotAllowed for who placed it, Incomplete without a reason, Stale, WrongState."""
    check_seen(row, seen)
    if not nfc(reason):
        raise Incomplete(N_("Please say why."), field="reason")
    check_liftable(row, by)
    HOLD.advance(row, "lift", by=by, at=at, reason=nfc(reason))
    row.lifted_by_id, row.lifted_at, row.lifted_reason = by.id, at, nfc(reason)
    journal.record(db.session.get_one(Project, row.project_id), "lift_archive_hold", by=by, at=at, reason=row.lifted_reason)


# --- handing over ---------------------------------------------------------------------------------------------


def check_depositable(project: Project, _by: Any) -> None:
    """Raise WrongState for a project that is not finished, or whose dossier was handed over."""
    if queries.deposit_of(project.id) is not None:
        raise WrongState(N_("This dossier was handed over already."))
    if db.session.execute(queries.finished().where(Project.id == project.id)).first() is None:
        raise WrongState(N_("Only the dossier of a finished project is handed over."))


def hand_over(project: Project, *, handed_on: date, receiver: str, minutes: str, shelf: str, by: User, at: datetime) -> Deposit:
    """Note that the dossier went to the archive. Raises WrongState, and Incomplete for a day before the end of the work or ahead."""
    check_depositable(project, by)
    ended = db.session.execute(queries.finished().where(Project.id == project.id)).one().ended
    check_day(handed_on, field="handed_on", since=ended, until=local(at).date())
    row = Deposit(project_id=project.id, handed_on=handed_on, receiver=nfc(receiver), minutes=nfc(minutes), shelf=nfc(shelf) or None, by_id=by.id, at=at)
    db.session.add(row)
    db.session.flush()
    journal.record(project, "deposit", by=by, at=at, detail={"number": row.minutes, "on": handed_on.isoformat()})
    return row


def check_destroyable(project: Project) -> None:
    """What any act that destroys must ask first. Raises Refused while a hold is in force."""
    if queries.is_held(project.id):
        raise Refused(N_("Held: nothing may be destroyed"))
