"""The acts on relations: declare one, take it back. The journal says that it was done, never what was said."""

from __future__ import annotations

from datetime import datetime

from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.conflicts import queries
from app.services.conflicts.models import Tie
from app.services.conflicts.rules import TieKind
from app.services.people import queries as people
from app.services.people.models import User
from app.services.people.rules import check_address

MOST = 50


def declare_tie(user: User, kind: TieKind, name: str, *, email: str | None = None, at: datetime) -> Tie:
    """Declare a relation with another person, named in full; an address tells people of one name apart."""
    called = " ".join(nfc(name).split())
    if len(called.split()) < 2:
        raise Incomplete(N_("Please write the full name."), field="name")
    address = check_address(email) if nfc(email or "") else None
    norm = people.email_norm(address) if address else None
    if norm == user.email_norm or fold(called) == fold(user.name) and norm is None:
        raise Incomplete(N_("This is yourself."), field="name")
    mine = queries.ties_of(user)
    if len(mine) >= MOST:
        raise WrongState(N_("You have declared %(n)s relations: please take one back first."), n=MOST)
    if any(fold(t.name) == fold(called) and t.kind == kind and t.email_norm == norm for t in mine):
        raise Incomplete(N_("You have declared this already."), field="name")
    other = people.user_by_email(address) if address else None
    row = Tie(user_id=user.id, kind=kind, name=called, email_norm=norm, other_id=other.id if other else None, declared_at=at)
    db.session.add(row)
    db.session.flush()
    journal.record(user, "declare_tie", by=user, at=at)
    return row


def end_tie(row: Tie, *, by: User, at: datetime) -> None:
    """It holds no more, or was wrong."""
    row.ended_at = at
    journal.record(by, "end_tie", by=by, at=at)
