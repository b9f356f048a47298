"""The acts: hand files over, name a deputy, end a deputyship."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.charges import queries
from app.services.charges.models import Charge, Deputy
from app.services.charges.rules import (
    LONGEST_ABSENCE,
    MOST,
    OFFICES,
    FileKind,
    may_hand_over,
    offices,
)
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook.calendar import check_day


@dataclass(frozen=True)
class File:
    """One file as it is handed over: what the journal and the mails call it."""

    kind: FileKind
    pid: str
    ref: str = ""
    title: str = ""

    @property
    def __tablename__(self) -> str:  # how the journal names it: the kinds are called as their tables
        return str(self.kind)

    @property
    def public_id(self) -> str:
        return self.pid


def hand_over(files: Sequence[File], to: User, *, reason: str, by: User, at: datetime) -> int:
    """Put an officer in charge of these files. The journal of each file tells it, both officers are told.

    Raises Incomplete for an empty choice, no reason or somebody who is no officer; NotAllowed when a file is another's to give. Returns how many
    changed hands: those the person has already stay as they are.
    """
    if not files or len(files) > MOST:
        raise Incomplete(N_("Please choose between 1 and %(most)s files."), most=MOST)
    if not nfc(reason):
        raise Incomplete(N_("Please say why."), field="reason")
    if "officer" not in to.roles:
        raise Incomplete(N_("Only an officer can be in charge of a file."), field="officer")
    known = queries.charges((f.kind, f.pid) for f in files)
    if not all(may_hand_over(by, row.officer_id) for row in known.values()):
        raise NotAllowed(N_("A file is handed over by the officer in charge or by a leader."))
    moved: dict[int | None, list[File]] = {}
    for file in dict.fromkeys(files):
        row = known.get((file.kind, file.pid))
        before = row.officer_id if row else None
        if before == to.id:
            continue
        if row is None:
            db.session.add(Charge(kind=file.kind, file_pid=file.pid, officer_id=to.id, since=at, given_by_id=by.id))
        else:
            row.officer_id, row.since, row.given_by_id = to.id, at, by.id
        verb = "hand_over_file" if before else "take_charge"
        journal.record(file, verb, by=by, at=at, reason=nfc(reason), on_behalf_of=to if to.id != by.id else None, detail={"from": before, "to": to.id})
        moved.setdefault(before, []).append(file)
    db.session.flush()
    _tell(moved, to, reason=nfc(reason), by=by, at=at)
    return sum(map(len, moved.values()))


def _tell(moved: dict[int | None, list[File]], to: User, *, reason: str, by: User, at: datetime) -> None:
    """One mail to the new officer about all of them, one to each former officer about theirs; nobody is told of the own act."""
    every = [file for files in moved.values() for file in files]
    if every and to.id != by.id:
        outbox.post("charges/mail/charge_given.txt", to=to, key=_key("charge", every, at), at=at, files=every, reason=reason, by=by)
    for before, files in moved.items():
        if before is not None and before != by.id:
            former = db.session.get_one(User, before)
            outbox.post("charges/mail/charge_taken.txt", to=former, key=_key("charge-gone", files, at), at=at, files=files, reason=reason, by=by, officer=to)


def _key(word: str, files: Sequence[File], at: datetime) -> str:
    return f"{word}:{files[0].pid}:{len(files)}:{at:%Y%m%d%H%M%S%f}"


def name_deputy(absent: User, deputy: User, first: date, last: date, kinds: Sequence[FileKind], *, reason: str, by: User, at: datetime) -> Deputy:
    """Say who looks after somebody's files while they are away. No right is lent: the deputy needs the same office.

    Raises NotAllowed for the absence of somebody else unless a leader says it; Incomplete for days, people or kinds that do not fit.
    """
    if by.id != absent.id and "leader" not in by.roles:
        raise NotAllowed(N_("One says the own absence; a leader says that of others."))
    check_day(first, field="first_day", since=local(at).date(), until=local(at).date() + LONGEST_ABSENCE)
    check_day(last, field="last_day", since=first, until=first + LONGEST_ABSENCE)
    if not nfc(reason):
        raise Incomplete(N_("Please say why."), field="reason")
    if not kinds:
        raise Incomplete(N_("Please choose at least one."), field="kinds")
    if deputy.id == absent.id or not offices(absent.roles) <= offices(deputy.roles):
        raise Incomplete(N_("The deputy is another person of the same office: no right is lent."), field="deputy")
    for other in queries.touching({absent.id, deputy.id}, first, last):
        if other.absent_id == deputy.id:
            raise Incomplete(N_("%(name)s is away in that time, from %(first)s to %(last)s."), field="deputy", name=deputy.name, first=f"{other.first_day:%d/%m/%Y}",
                             last=f"{other.last_day:%d/%m/%Y}")  # fmt: skip
        if other.deputy_id == absent.id:
            raise Incomplete(N_("%(name)s deputises for %(other)s in that time. Please name another deputy there first."), field="first_day", name=absent.name, other=other.absent.name)
        if other.absent_id == absent.id and set(other.kinds) & {str(k) for k in kinds}:
            raise Incomplete(N_("%(name)s deputises for these files already, from %(first)s to %(last)s."), field="kinds", name=other.deputy.name,
                             first=f"{other.first_day:%d/%m/%Y}", last=f"{other.last_day:%d/%m/%Y}")  # fmt: skip
    row = Deputy(absent_id=absent.id, deputy_id=deputy.id, first_day=first, last_day=last, kinds=[str(k) for k in dict.fromkeys(kinds)], reason=nfc(reason), created_at=at,
                 created_by_id=by.id, absent=absent, deputy=deputy)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    journal.record(row, "name_deputy", by=by, at=at, reason=row.reason, on_behalf_of=absent if absent.id != by.id else None,
                   detail={"absent": absent.id, "deputy": deputy.id, "first": first.isoformat(), "last": last.isoformat(), "kinds": row.kinds})  # fmt: skip
    told = [person for person in (deputy, absent) if person.id != by.id]
    outbox.post("charges/mail/deputy_named.txt", to=told, key=f"deputy:{row.public_id}", at=at, row=row)
    return row


def may_end_deputy(row: Deputy, by: User) -> None:
    """Raise unless this person may end it: who is away, who named the deputy, or a leader; once."""
    if by.id not in (row.absent_id, row.created_by_id) and "leader" not in by.roles:
        raise NotAllowed(N_("One says the own absence; a leader says that of others."))
    if row.ended_at is not None:
        raise WrongState(N_("This has already been dealt with or cannot be done now. Please look at its present state."))


def end_deputy(row: Deputy, *, reason: str, by: User, at: datetime) -> None:
    """End a deputyship before its last day: the person is back, or another deputises. Raises NotAllowed, WrongState, Incomplete."""
    may_end_deputy(row, by)
    if row.last_day < local(at).date():
        raise WrongState(N_("The last day of this is past."))
    if not nfc(reason):
        raise Incomplete(N_("Please say why."), field="reason")
    row.ended_at = at
    db.session.flush()
    journal.record(row, "end_deputy", by=by, at=at, reason=nfc(reason))
    told = [person for person in (row.deputy, row.absent) if person.id != by.id]
    outbox.post("charges/mail/deputy_ended.txt", to=told, key=f"deputy-ended:{row.public_id}", at=at, row=row, reason=nfc(reason))


def may_name_deputy(by: User) -> None:
    """Raise NotAllowed for who holds no office: nobody looks after files of theirs."""
    if not offices(by.roles):
        raise NotAllowed(N_("Deputies are for those who hold an office."))


def colleagues(user: User) -> list[User]:
    """Who can deputise for somebody of this person's offices, or of any office where a leader asks: officials with an open account."""
    mine = OFFICES if "leader" in user.roles else offices(user.roles)
    found = {row.id: row for role in sorted(mine) for row in people.users_in_role(role)}
    return sorted(found.values(), key=lambda u: u.sort_name)


def may_be_away(user: User, known: Sequence[User]) -> list[User]:
    """Whose absence this person may say: the own; a leader that of all."""
    return list(known) if "leader" in user.roles else [row for row in known if row.id == user.id]
