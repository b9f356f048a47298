"""What is said before the ballot: members among themselves, and the council's questions to the applicant with the written answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from app.kernel import journal, outbox, subjects
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.councils import clashes, queries
from app.services.councils.actions.session import own_seat, runs
from app.services.councils.models import AgendaItem, Council
from app.services.councils.remarks.queries import may_read_others
from app.services.councils.room import queries as room
from app.services.councils.room.models import Asking, DiscussionNote
from app.services.councils.rules import UNDER_WAY, CouncilState, SeatRole
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook.calendar import check_day

LONGEST = 4000


def may_discuss(council: Council, item: AgendaItem, *, by: User, at: datetime) -> None:
    """Raises unless this member may read and write on the item: not out of it, the vote not begun, and the own view formed first.

    Before the session that means: the own remark is handed in. In the session: the step of discussion.
    """
    seat = own_seat(council, by)
    if council.state not in UNDER_WAY or item.opened_at is not None or item.given_back_at is not None:
        raise WrongState(N_("This item is counted or given back already."))
    if (seat.id, item.id) in queries.recusals_of(council):
        raise NotAllowed(N_("You are out of this item because of a conflict."))
    clashes.refuse(council, [item], seat, on=local(at).date(), said=N_("%(reason)s You cannot write on it."))
    course = room.course_of(council, at)
    if council.state == CouncilState.CONVENED:
        if not course.allows("discussion", item):
            raise WrongState(N_("The council discusses this item at its own step, before the ballot."))
        return
    if not may_read_others(item, seat):
        raise NotAllowed(N_("Hand in your own remark on this item first; then you read and discuss what others wrote."))


def discuss(council: Council, item: AgendaItem, text: str, *, by: User, at: datetime) -> DiscussionNote:
    """A member says something on an item to the other members. What is said stays."""
    council = queries.locked(council, casting=True)
    may_discuss(council, item, by=by, at=at)
    said = _text(text, "text")
    note = DiscussionNote(agenda_item_id=item.id, seat_id=own_seat(council, by).id, text=said, at=at)
    db.session.add(note)
    db.session.flush()
    journal.record(council, "discuss", by=by, at=at, detail={"item": item.public_id})
    return note


def may_ask(council: Council, item: AgendaItem, *, by: User, at: datetime) -> int:
    """The shortest term in days, when this person may put a written question to the applicant for the council now."""
    seat = queries.seat_of(council, by)
    leads = seat is not None and seat.role in (SeatRole.CHAIR, SeatRole.VICE_CHAIR)
    if not (runs(council, by) or leads):
        raise NotAllowed(N_("Questions to the applicant are put by who keeps the session or presides over it."))
    if seat is not None and (seat.id, item.id) in queries.recusals_of(council):
        raise NotAllowed(N_("You are out of this item because of a conflict."))
    if seat is not None:
        clashes.refuse(council, [item], seat, on=local(at).date(), said=N_("%(reason)s You cannot write on it."))
    rule = room.rule(council, "councils.written_answers", local(at).date())
    if str(council.kind) not in rule.value["kinds"]:
        raise WrongState(N_("By the rule (%(source)s) this kind of council puts no written questions to the applicant."), source=rule.source)
    if council.state not in UNDER_WAY or item.opened_at is not None or item.given_back_at is not None:
        raise WrongState(N_("This item is counted or given back already."))
    if council.state == CouncilState.CONVENED:
        raise WrongState(N_("The session is open: what is still to be asked is asked and answered in the room."))
    days, first = int(rule.value["days"]), local(at).date()
    if council.meets_at is not None and first + timedelta(days=days) > (last := local(council.meets_at).date()):
        raise WrongState(N_("The council meets on %(day)s. By the rule (%(source)s) applicants have %(days)s days: a written answer would come too late."), day=f"{last:%d/%m/%Y}",
                         source=rule.source, days=days)  # fmt: skip
    return days


def applicants(item: AgendaItem) -> list[User]:
    """Who stands behind the object of an item."""
    row = queries.subject_of(item)
    ids = subjects.subject_of(item.subject_type).parties(row).users
    return [u for u in people.users_by_id(ids).values() if u.active]


def ask(council: Council, item: AgendaItem, text: str, due_on: date, *, by: User, at: datetime) -> Asking:
    """Put a written question to the applicant. Each is told by a mail of the own; nobody is told who asked."""
    days = may_ask(council, item, by=by, at=at)
    today = local(at).date()
    check_day(due_on, field="due_on", since=today + timedelta(days=days), until=local(council.meets_at).date() if council.meets_at else None)
    row = Asking(agenda_item_id=item.id, text=_text(text, "text"), due_on=due_on, asked_at=at, asked_by_id=by.id)
    db.session.add(row)
    db.session.flush()
    journal.record(council, "ask", by=by, at=at, detail={"item": item.public_id, "due_on": due_on.isoformat()})
    for person in applicants(item):
        outbox.post("councils/mail/asked.txt", to=person, key=f"asked:{row.public_id}", at=at, asking=row, title=item.title)
    return row


def may_answer(row: Asking, by: User) -> None:
    """Raises unless this person stands behind the object and the question is still open. Until its day is past, and the item not voted on."""
    if by.id not in {u.id for u in applicants(row.item)}:
        raise NotAllowed(N_("Only who stands behind the dossier answers for it."))
    if row.answered_at is not None:
        raise WrongState(N_("This question is answered. The answer stays as it is."))
    if row.item.opened_at is not None or row.item.given_back_at is not None:
        raise WrongState(N_("The council does not wait for this answer any more."))


def answer(council: Council, row: Asking, text: str, *, by: User, at: datetime) -> None:
    """The applicant answers a question in writing, once, until its day."""
    council = queries.locked(council, casting=True)
    may_answer(row, by)
    if queries.cast_by(council)[row.agenda_item_id]:
        raise WrongState(N_("The council votes on this item already: it does not wait for this answer any more."))
    if local(at).date() > row.due_on:
        raise WrongState(N_("This question was to be answered by %(day)s."), day=f"{row.due_on:%d/%m/%Y}")
    row.answer, row.answered_at, row.answered_by_id = _text(text, "answer"), at, by.id
    db.session.flush()
    journal.record(council, "answer_council", by=by, at=at, detail={"item": row.item.public_id})


def _text(text: Any, field: str) -> str:
    said = nfc(str(text or "")).strip()
    if not said:
        raise Incomplete(N_("Please write something."), field=field)
    if len(said) > LONGEST:
        raise Incomplete(N_("Please use at most %(n)s characters; this has %(have)s."), field=field, n=LONGEST, have=len(said))
    return said
