"""The acts on legal bases: load the shipped ones, enter, choose the papers that print one, end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers import queries
from app.services.papers.blocks import clean
from app.services.papers.models import LegalBasis
from app.services.people.models import User
from app.services.rulebook.calendar import check_day

SHIPPED = Path(__file__).parent / "bases.json"
EARLIEST = date(1990, 1, 1)


def load(*, at: datetime) -> int:
    """Add the shipped bases that are not there. Returns how many were new."""
    known = {(row.text, row.valid_from) for row in db.session.scalars(select(LegalBasis))}
    new = 0
    for place, entry in enumerate(json.loads(SHIPPED.read_text(encoding="utf-8")), 1):
        start = date.fromisoformat(entry["from"])
        if (entry["text"], start) not in known:
            db.session.add(LegalBasis(text=entry["text"], source=entry["source"], position=place * 10, valid_from=start,
                                      valid_to=date.fromisoformat(entry["to"]) if entry["to"] else None, kinds=entry["kinds"], created_at=at))  # fmt: skip
            new += 1
    db.session.flush()
    return new


def enter(text: str, *, source: str, position: int, valid_from: date | None, valid_to: date | None, kinds: Sequence[str], by: User, at: datetime) -> LegalBasis:
    """Enter a basis. Raises Incomplete for words, days or papers that are missing or wrong, or a basis that is there from that day."""
    said = clean(nfc(text)).strip().rstrip(";,.").removeprefix("Căn cứ ").strip()
    if not said or not nfc(source):
        raise Incomplete(N_("Please fill this in."), field="source" if said else "text")
    if "\n" in said:
        raise Incomplete(N_("Each basis is entered by itself, on one line."), field="text")
    if valid_from is None:
        raise Incomplete(N_("Please fill this in."), field="valid_from")
    check_day(valid_from, field="valid_from", since=EARLIEST, until=local(at).date().replace(day=1, month=1, year=local(at).year + 5))
    _check_end(valid_from, valid_to)
    if db.session.scalar(select(LegalBasis.id).where(LegalBasis.text == said, LegalBasis.valid_from == valid_from)):
        raise Incomplete(N_("This basis is in the list from that day already."), field="text")
    row = LegalBasis(text=said[:500], source=nfc(source)[:500], position=position, valid_from=valid_from, valid_to=valid_to, kinds=_known(kinds), created_at=at, created_by_id=by.id)
    db.session.add(row)
    db.session.flush()
    journal.record(row, "enter_basis", by=by, at=at, detail={"text": row.text, "from": valid_from.isoformat(), "kinds": row.kinds})
    return row


def change(row: LegalBasis, *, valid_to: date | None, position: int, kinds: Sequence[str], reason: str, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Set the last day, the place in the order and the papers that print it. Issued papers do not change.

    Raises Incomplete for a wrong day or a missing reason, WrongState for a basis whose end has passed.
    """
    check_seen(row, seen)
    if row.valid_to is not None and row.valid_to < local(at).date() and valid_to != row.valid_to:
        raise WrongState(N_("This basis has ended. Enter it anew with the day from which it is in force again."))
    if not nfc(reason):
        raise Incomplete(N_("Please give the reason."), field="reason")
    _check_end(row.valid_from, valid_to)
    before = {"to": row.valid_to.isoformat() if row.valid_to else None, "position": row.position, "kinds": row.kinds}
    row.valid_to, row.position, row.kinds = valid_to, position, _known(kinds)
    after = {"to": valid_to.isoformat() if valid_to else None, "position": position, "kinds": row.kinds}
    db.session.flush()
    journal.record(row, "change_basis", by=by, at=at, reason=nfc(reason), detail={"before": before, "after": after})


def _check_end(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise Incomplete(N_("The last day lies before the first."), field="valid_to")


def _known(kinds: Sequence[str]) -> list[str]:
    known = set(queries.kinds_with_bases())
    if not kinds or not set(kinds) <= known:
        raise Incomplete(N_("Please choose the papers that print this basis."), field="kinds")
    return sorted(set(kinds))
