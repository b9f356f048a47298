"""Hold the session: declare, attend, convene. Ballots, boxes and the conclusion have modules of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.councils import queries
from app.services.councils.actions import presence, vigilance
from app.services.councils.models import (
    AgendaItem,
    Council,
    Recusal,
    Seat,
)
from app.services.councils.room.rules import How
from app.services.councils.rules import (
    COUNCIL,
    UNDER_WAY,
    Check,
    CouncilState,
    SeatRole,
    check_quorum,
    refuse_broken,
)
from app.services.people.models import User


def declare(council: Council, recused: Mapping[str, str], *, by: User, at: datetime) -> Seat:
    """A member declares, for this session, the items he has a conflict with: {item public id: reason}. He is out of those.

    Declaring again only adds: a recusal is never taken back.
    """
    seat = own_seat(council, by)
    if council.state not in UNDER_WAY:
        raise WrongState(N_("This session is over."))
    known = queries.recusals_of(council)
    rules = queries.rules_of(council, on=local(at).date())
    named = [item for item in council.agenda if item.public_id in recused and (seat.id, item.id) not in known]
    for item in named:
        _recuse(council, seat, item, nfc(recused[item.public_id]), by=by, at=at)
    if named and queries.out_of_competitors(council, rules):
        _recuse_from_competitors(council, seat, named[0], nfc(recused[named[0].public_id]), by=by, at=at)
    seat.declared_at = seat.declared_at or at
    vigilance.sign(council, seat, recused, at=at)
    journal.record(council, "declare", by=by, at=at, detail={"seat": seat.public_id, "out_of": len(recused)})
    return seat


def _recuse(council: Council, seat: Seat, item: AgendaItem, reason: str, *, by: User | None, at: datetime) -> None:
    if not reason:
        raise Incomplete(N_("Please say what the conflict is."), field="reason")
    if queries.ballot_of(item, seat) is not None:
        raise WrongState(N_("You have cast your ballot on this item already."))
    db.session.add(Recusal(seat_id=seat.id, agenda_item_id=item.id, at=at, reason=reason))
    db.session.flush()
    journal.record(council, "recuse", by=by, at=at, detail={"seat": seat.public_id, "item": item.public_id})


def _recuse_from_competitors(council: Council, seat: Seat, of: AgendaItem, reason: str, *, by: User | None, at: datetime) -> None:
    """Who is out of one of the objects that compete judges none of them; a sheet that is in a box already stays there."""
    known, cast = queries.recusals_of(council), queries.own_ballots(council, seat)
    for item in council.agenda:
        if (seat.id, item.id) not in known and item.id not in cast:
            _recuse(council, seat, item, f"Cạnh tranh với nội dung {of.position}: {reason}", by=by, at=at)


def own_seat(council: Council, by: User) -> Seat:
    """This person's seat; raises NotAllowed without one."""
    seat = queries.seat_of(council, by)
    if seat is None:
        raise NotAllowed(N_("You have no seat in this council."))
    return seat


def runs(council: Council, user: User) -> bool:
    """Does this person run the session: an officer, the council's scientific secretary, or who was elected in the secretary's place?"""
    seat, keeper = queries.seat_of(council, user), queries.keeping(council)
    return user.can(Do.COUNCILS_RUN) or (seat is not None and (seat.role == SeatRole.SECRETARY or seat == keeper))


def must_run(council: Council, by: User) -> None:
    """Raises NotAllowed for whoever does not keep the session."""
    if not runs(council, by):
        raise NotAllowed(N_("An officer or the scientific secretary keeps the session."))


def _recuse_known(council: Council, at: datetime) -> None:
    """Who is present and has, by what is known now, a conflict with an item is out of it; and of what competes with it."""
    rules = queries.rules_of(council, on=local(at).date())
    for seat, item, clash in vigilance.known_of_present(council, at):
        if (seat.id, item.id) in queries.recusals_of(council) or queries.ballot_of(item, seat) is not None:
            continue
        _recuse(council, seat, item, clash.on_paper, by=None, at=at)
        if queries.out_of_competitors(council, rules):
            _recuse_from_competitors(council, seat, item, clash.on_paper, by=None, at=at)


def attend(council: Council, present: Collection[str], *, authorisation: str | None = None, secretary: str | None = None, how: Mapping[str, How] | None = None,
           by: User, at: datetime, seen: Any = None) -> None:  # fmt: skip
    """Note who is present (seat public ids) and the vice chair's written authorisation. Only who has declared can be present.

    `secretary` is the seat elected to keep the session, when the scientific secretary is absent; `how` says who takes part online.
    """
    must_run(council, by)
    if council.state not in UNDER_WAY:
        raise WrongState(N_("This session is over."))
    council = queries.locked(council)
    check_seen(council, seen)
    undeclared = [s.user.name for s in council.seats if s.public_id in present and s.declared_at is None]
    if undeclared:
        raise Incomplete(N_("Not declared yet: %(names)s. Each member first declares conflicts, or that there are none."), field="present",
                         names=", ".join(undeclared))  # fmt: skip
    for seat in council.seats:
        seat.present = seat.public_id in present
    if council.state == CouncilState.CONVENED and council.sessions:  # who came later was there too
        came = dict.fromkeys([*council.sessions[-1]["present"], *(s.public_id for s in council.seats if s.present)])
        council.sessions = [*council.sessions[:-1], council.sessions[-1] | {"present": list(came)}]
    council.authorisation = nfc(authorisation or "") or None
    council.vice_authorised = council.authorisation is not None
    _elect(council, secretary)
    flag_modified(council, "vice_authorised")
    db.session.flush()
    presence.follow(council, how or {}, at)
    if council.state == CouncilState.CONVENED:  # who comes later may have a conflict that is known
        _recuse_known(council, at)
    journal.record(council, "attend", by=by, at=at, detail={"present": sum(s.present for s in council.seats), "of": len(council.seats)})


def _elect(council: Council, pid: str | None) -> None:
    """Note who was elected to keep the session. Nobody is while the scientific secretary is there."""
    there = {s.public_id: s for s in council.seats if s.present}
    council.secretary_pid = None
    if pid and SeatRole.SECRETARY not in {s.role for s in there.values()}:
        if pid not in there:
            raise Incomplete(N_("Only a member who is present keeps the session as its secretary."), field="secretary")
        if there[pid] == queries.presiding(council):
            raise Incomplete(N_("Who presides is not the secretary as well. Please choose another member."), field="secretary")
        council.secretary_pid = pid
    if council.state == CouncilState.CONVENED and council.sessions and (keeper := queries.keeping(council)):
        council.sessions = [*council.sessions[:-1], council.sessions[-1] | {"kept": keeper.public_id}]


def convene(council: Council, *, by: User, at: datetime, seen: Any = None) -> None:
    """Open the session. Refuses before its day and without quorum, naming the rule that is not kept; also when no item of the agenda has one.

    Items that have none because of conflicts are not voted on: they are given back, or wait for another session.
    """
    must_run(council, by)
    council = queries.locked(council)
    refuse_before_day(council, at)
    _recuse_known(council, at)
    missing = refuse_attendance(council, at)
    _note_session(council, at)
    COUNCIL.advance(council, "convene", by=by, at=at, seen=seen,
                    detail={"present": sum(s.present for s in council.seats), "without_quorum": [item.public_id for item in missing]})  # fmt: skip


def refuse_before_day(council: Council, at: datetime) -> None:
    """Raise WrongState before the day for which the session is called."""
    if council.meets_at is None or local(at).date() < local(council.meets_at).date():
        raise WrongState(N_("The session is on %(day)s."), day=f"{local(council.meets_at):%d/%m/%Y}" if council.meets_at else "–")


def refuse_attendance(council: Council, at: datetime) -> dict[AgendaItem, list[Check]]:
    """Raise Incomplete without quorum, or when no item has one; returns the items that have none."""
    rule = queries.rule_rows(council, on=local(at).date())[f"councils.{council.kind}.quorum"]
    refuse_broken(quorum(council, at), rule=rule, missing=away(council, {s.id for s in council.seats if s.present}))
    missing = broken_items(council, at)
    if missing and len(missing) == len(queries.open_items(council)):
        refuse_broken(next(iter(missing.values())), rule=rule, missing=away(council, {s.id for s in council.seats if s.present}))
    return missing


def check_openable(council: Council, at: datetime) -> None:
    """Raise unless the session can be opened now, as far as is seen before conflicts are looked for once more."""
    refuse_before_day(council, at)
    refuse_attendance(council, at)


def _note_session(council: Council, at: datetime) -> None:
    """Keep that a session begins now: who is there, who leads it, by which authorisation."""
    leader, keeper = queries.presiding(council), queries.keeping(council)
    council.sessions = [*(council.sessions or []), {"opened": at.isoformat(), "place": council.place, "called": local(council.meets_at).date().isoformat()
                        if council.meets_at else None, "present": [s.public_id for s in council.seats if s.present], "led": leader.user.name if leader else "", "kept": keeper.public_id if keeper else None}]  # fmt: skip


def quorum(council: Council, at: datetime) -> list[Check]:
    """The rules of attendance of the session as they stand, and that somebody keeps it: a council with a secretary has one in each session."""
    rule = queries.rules_of(council, on=local(at).date())[f"councils.{council.kind}.quorum"]
    checks = check_quorum([s.role for s in council.seats], [s.role for s in council.seats if s.present], rule, vice_authorised=council.vice_authorised)
    if any(s.role == SeatRole.SECRETARY for s in council.seats) and not rule.get("secretary"):
        said = N_("The scientific secretary keeps the session, or the member present whom the council elects in that place: it is noted with the attendance.")
        checks.append(Check(queries.keeping(council) is not None, said, {}))
    return checks


def item_quorum(council: Council, item: AgendaItem, rules: Mapping[str, Any], recused: Collection[tuple[int, int]], voted: Collection[int],
                *, all_there: bool = False) -> list[Check]:  # fmt: skip
    """The same of one item: who is out of it does not count, `voted` count though they have left, their ballots being in the box.

    `all_there` asks what can be had at best: every member comes and the vice chair is authorised.
    """
    out = [s for s in council.seats if (s.id, item.id) in recused]
    present = [s.role for s in council.seats if (s.present or all_there or s.id in voted) and s not in out]
    return check_quorum([s.role for s in council.seats], present, rules[f"councils.{council.kind}.quorum"],
                        vice_authorised=council.vice_authorised or all_there, out=[s.role for s in out])  # fmt: skip


def broken_items(council: Council, at: datetime, *, all_there: bool = False) -> dict[AgendaItem, list[Check]]:
    """The items still to be dealt with that have no quorum, each with the rules that are not kept."""
    rules, recused, cast_by = queries.rules_of(council, on=local(at).date()), queries.recusals_of(council), queries.cast_by(council)
    return broken_among(council, rules, recused, cast_by, all_there=all_there)


def broken_among(council: Council, rules: Mapping[str, Any], recused: Collection[tuple[int, int]], cast_by: Mapping[int, Collection[int]],
                 *, all_there: bool = False) -> dict[AgendaItem, list[Check]]:  # fmt: skip
    """The same by what is read already."""
    found = {}
    for item in queries.open_items(council):
        broken = [c for c in item_quorum(council, item, rules, recused, cast_by[item.id], all_there=all_there) if not c.kept]
        if broken:
            found[item] = broken
    return found


def refuse_without_quorum(council: Council, item: AgendaItem, rules: Mapping[str, Any]) -> None:
    """Raise Incomplete for the first rule of attendance that the item does not keep, naming the rule, its source and who is missing."""
    recused, cast = queries.recusals_of(council), queries.cast_by(council)[item.id]
    checks = item_quorum(council, item, rules, recused, cast)
    if all(c.kept for c in checks):
        return
    there = {s.id for s in queries.voters(council, item, recused)} | cast
    rule = queries.rule_rows(council, on=date.max)[f"councils.{council.kind}.quorum"]  # a council in session has its rules frozen
    refuse_broken(checks, rule=rule, missing=away(council, there))


def away(council: Council, there: Collection[int]) -> Callable[[Collection[SeatRole]], list[str]]:
    """Who of these roles (of all, when none is named) is not among the seats that are there."""
    return lambda roles: [s.user.name for s in council.seats if s.id not in there and (not roles or s.role in roles)]
