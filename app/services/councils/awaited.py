"""Who is late, over all councils: answers about seats, declarations, remarks, ballots that members have not given; and their reminders.

One statement for the list: what rules say (who must write, until when, at which step ballots are cast) is read before, council by council.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.words import N_, Face
from app.services.councils.models import AgendaItem, Ballot, Council, Recusal, Seat
from app.services.councils.pledges import AskState, SeatAsk
from app.services.councils.remarks.models import Remark
from app.services.councils.remarks.rules import day_before
from app.services.councils.room.models import SessionStep
from app.services.councils.rules import PREPARED, UNDER_WAY, CouncilState, SeatRole
from app.services.people import queries as people
from app.services.people.models import User
from app.services.people.queries import token_hash
from app.services.rulebook import queries as rulebook

LEADS = (SeatRole.CHAIR, SeatRole.VICE_CHAIR, SeatRole.SECRETARY)
RULES = ("remarks", "comments_days", "order")


class What(Face):
    """What is awaited of a member."""

    SEAT = "seat", N_("Answer whether the seat is taken"), "grey"
    DECLARATION = "declaration", N_("Declaration of conflicts"), "blue"
    REMARK = "remark", N_("Written remark"), "amber"
    BALLOT = "ballot", N_("Ballot"), "purple"


ORDER = list(What)


def _visible(user: User) -> ColumnElement[bool]:
    """The councils whose members this person may chase: all for who runs councils, else those that one leads or keeps."""
    living = Council.state.in_((*PREPARED, *UNDER_WAY))
    if user.can(Do.COUNCILS_RUN):
        return living
    mine = exists().where(Seat.council_id == Council.id, Seat.user_id == user.id, Seat.left_at.is_(None), Seat.role.in_(LEADS))
    return and_(Council.state.in_(UNDER_WAY), mine)


class Frame:
    """What the rules of the councils say, read at once: the day of each, who must write until when, which steps are ballots."""

    def __init__(self, user: User, today: date) -> None:
        rows = db.session.execute(select(Council.id, Council.kind, Council.state, Council.meets_at, Council.rule_ids, Council.sessions).where(_visible(user))).all()
        keys = {f"councils.{row.kind}.{name}" for row in rows for name in RULES}
        now = rulebook.rules(sorted(keys), on=today) if keys else {}
        frozen = rulebook.by_ids(number for row in rows for key, number in (row.rule_ids or {}).items() if key in keys)
        is_off = rulebook.is_off()
        self.ids = [row.id for row in rows]
        self.session: dict[int, str] = {}
        self.remarks: dict[int, str] = {}
        self.must: dict[tuple[str, ...], list[int]] = {}
        self.ballots: dict[tuple[tuple[str, ...], int], list[int]] = {}  # by the steps and the number of the session
        for row in rows:
            must, days, order = (self._rule(row, name, frozen, now) for name in RULES)
            if must.value["must"]:
                self.must.setdefault(tuple(must.value["must"]), []).append(row.id)
            if row.state == CouncilState.CONVENED:
                steps = tuple(s["code"] for s in order.value["steps"] if s.get("opens") == "ballot")
                self.ballots.setdefault((steps, len(row.sessions or [])), []).append(row.id)
            if row.meets_at is not None:
                meets = local(row.meets_at).date()
                self.session[row.id] = meets.isoformat()
                self.remarks[row.id] = day_before(meets, int(days.value), is_off if days.unit == "working" else None).isoformat()

    @staticmethod
    def _rule(row: Any, name: str, frozen: dict[int, Any], now: dict[str, Any]) -> Any:
        key = f"councils.{row.kind}.{name}"
        return frozen.get((row.rule_ids or {}).get(key, 0)) or now[key]


def _day(days: dict[int, str]) -> Any:
    return case({key: literal(day) for key, day in days.items()}, value=Council.id, else_=cast(null(), String)) if days else cast(null(), String)


def _line(what: What, number: Any, due: Any, *, role: Any, place: Any = None, title: Any = None) -> Select[Any]:
    """One row of the list; `number` tells rows apart."""
    return select(
        number.label("n"), literal(str(what)).label("what"), Council.id.label("council_id"), Council.public_id.label("pid"), Council.title.label("council"),
        Council.folded.label("folded"), Council.kind.label("kind"), Council.officer_id.label("officer_id"), User.id.label("user_id"), User.name.label("name"),
        User.sort_name.label("sort_name"), role.label("role"), (place if place is not None else cast(null(), AgendaItem.position.type)).label("place"),
        (title if title is not None else cast(null(), String)).label("title"), due.label("due")).select_from(Council)  # fmt: skip


def _number(key: Any, place: Any, what: What) -> Any:
    return (key * 1_000 + place) * len(ORDER) + ORDER.index(what)


def _owes(must: dict[tuple[str, ...], list[int]]) -> ColumnElement[bool]:
    return or_(false(), *(and_(Council.id.in_(ids), Seat.role.in_([SeatRole(name) for name in names])) for names, ids in must.items()))


def _at_ballot(ballots: dict[tuple[tuple[str, ...], int], list[int]]) -> ColumnElement[bool]:
    """The last step of the session is a ballot, on this item or on all."""
    step, later = SessionStep, aliased(SessionStep)
    last = ~exists().where(later.council_id == step.council_id, later.id > step.id)
    known = or_(false(), *(and_(Council.id.in_(ids), step.session == number, step.code.in_(codes)) for (codes, number), ids in ballots.items()))
    return exists().where(step.council_id == Council.id, or_(step.agenda_item_id.is_(None), step.agenda_item_id == AgendaItem.id), known, last)


def statement(user: User, *, today: date) -> Any:
    """The rows of the list as one subquery."""
    frame = Frame(user, today)
    mine, open_item = Council.id.in_(frame.ids), and_(AgendaItem.opened_at.is_(None), AgendaItem.given_back_at.is_(None))
    out = exists().where(Recusal.seat_id == Seat.id, Recusal.agenda_item_id == AgendaItem.id)
    session, sits = _day(frame.session), and_(Seat.council_id == Council.id, Seat.left_at.is_(None))
    asked = (_line(What.SEAT, _number(SeatAsk.id, 0, What.SEAT), session, role=SeatAsk.role).join(SeatAsk, SeatAsk.council_id == Council.id)
             .join(User, User.id == SeatAsk.user_id).where(mine, Council.state.in_(PREPARED), SeatAsk.state == AskState.ASKED,
                                                           exists().where(sits, Seat.user_id == SeatAsk.user_id, Seat.role == SeatAsk.role)))  # fmt: skip
    declared = (_line(What.DECLARATION, _number(Seat.id, 0, What.DECLARATION), session, role=Seat.role).join(Seat, sits).join(User, User.id == Seat.user_id)
                .where(mine, Council.state.in_(UNDER_WAY), Seat.declared_at.is_(None)))  # fmt: skip
    handed_in = exists().where(Remark.agenda_item_id == AgendaItem.id, Remark.seat_id == Seat.id, Remark.submitted_at.is_not(None))
    remark = (_line(What.REMARK, _number(Seat.id, AgendaItem.position, What.REMARK), _day(frame.remarks), role=Seat.role, place=AgendaItem.position, title=AgendaItem.title)
              .join(Seat, sits).join(User, User.id == Seat.user_id).join(AgendaItem, AgendaItem.council_id == Council.id)
              .where(mine, Council.state.in_(UNDER_WAY), open_item, _owes(frame.must), ~out, ~handed_in))  # fmt: skip
    has_cast = exists().where(Ballot.agenda_item_id == AgendaItem.id, Ballot.seat_id == Seat.id)
    ballot = (_line(What.BALLOT, _number(Seat.id, AgendaItem.position, What.BALLOT), session, role=Seat.role, place=AgendaItem.position, title=AgendaItem.title)
              .join(Seat, sits).join(User, User.id == Seat.user_id).join(AgendaItem, AgendaItem.council_id == Council.id)
              .where(mine, Council.state == CouncilState.CONVENED, Seat.present, open_item, _at_ballot(frame.ballots), ~out, ~has_cast))  # fmt: skip
    return union_all(asked, declared, remark, ballot).subquery("awaited")


def day(row: Any) -> date | None:
    """The day by which it is awaited."""
    return date.fromisoformat(row.due) if row.due else None


def named(user: User, words: str) -> list[int]:
    """Members of the councils that this person may chase whose names hold every word, with or without diacritics."""
    wanted = fold(words).split()
    seats = db.session.execute(select(User.id, User.name).distinct().join(Seat, Seat.user_id == User.id).join(Council, Council.id == Seat.council_id).where(_visible(user)))
    return [user_id for user_id, name in seats if all(word in fold(name) for word in wanted)]


def late(row: Any, today: date) -> bool:
    """Is the day past?"""
    due = day(row)
    return due is not None and due < today


# --- reminders ------------------------------------------------------------------------------------------------


def rows_of(user: User, numbers: Iterable[int], *, today: date) -> list[Any]:
    """These rows of the list, as far as they are still awaited."""
    table = statement(user, today=today)
    return list(db.session.execute(select(table).where(table.c.n.in_(list(numbers))).order_by(table.c.n)))


def remind(numbers: Sequence[int], *, by: User, at: datetime) -> int:
    """Remind the people of these rows: one mail a person and council, the same person at most once a day. Returns how many people."""
    rows = rows_of(by, numbers, today=local(at).date())
    if not rows:
        raise Incomplete(N_("Please choose at least one."), field="rows")
    found = {c.id: c for c in db.session.scalars(select(Council).where(Council.id.in_({r.council_id for r in rows})))}
    who, groups = people.users_by_id({r.user_id for r in rows}), {}
    for row in rows:
        groups.setdefault((row.council_id, row.user_id), []).append(row)
    for (council_id, user_id), lines in groups.items():
        council = found[council_id]
        told = [line for line in lines if line.what != What.SEAT]
        if told:
            outbox.post("councils/mail/awaited.txt", to=who[user_id], key=f"awaited:{council.public_id}:{user_id}:{local(at).date()}", at=at, council=council,
                        lines=[(What(line.what), line.place, line.title, day(line)) for line in told])  # fmt: skip
        if len(told) < len(lines):
            _ask_again(council, who[user_id], at)
    for council_id in {key for key, _user in groups}:
        journal.record(found[council_id], "remind", by=by, at=at, detail={"members": sum(key == council_id for key, _user in groups)})
    return len(groups)


def _ask_again(council: Council, user: User, at: datetime) -> None:
    """The question about the seat once more, with a new link: the former one does not work any more."""
    row = db.session.scalars(select(SeatAsk).where(SeatAsk.council_id == council.id, SeatAsk.user_id == user.id, SeatAsk.state == AskState.ASKED)).one()
    key = f"seat-ask:{row.public_id}:{local(at).date()}"
    if db.session.scalar(select(exists().where(outbox.OutboxMail.dedupe_key.startswith(key)))):
        return
    token = secrets.token_urlsafe(32)
    row.token_hash = token_hash(token)
    seat = db.session.scalars(select(Seat).where(Seat.council_id == council.id, Seat.user_id == user.id, Seat.left_at.is_(None))).one()
    outbox.post("councils/mail/seat_asked.txt", to=user, key=key, at=at, council=council, seat=seat, token=token)
