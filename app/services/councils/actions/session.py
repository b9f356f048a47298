"""Hold the session: declare, attend, convene, cast, open the boxes, conclude."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
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
from app.services.councils.actions import papers
from app.services.councils.models import (
    AgendaItem,
    Ballot,
    Council,
    Count,
    Recusal,
    Seat,
)
from app.services.councils.procedures import Question
from app.services.councils.rules import (
    COUNCIL,
    UNDER_WAY,
    Check,
    CouncilState,
    SeatRole,
    check_answers,
    check_quorum,
    refuse_broken,
)
from app.services.people.models import User


def declare(council: Council, recused: Mapping[str, str], *, by: User, at: datetime) -> Seat:
    """A member declares, for this session, the items he has a conflict with: {item public id: reason}. He is out of those.

    Declaring again only adds: a recusal is never taken back.
    """
    seat = _own_seat(council, by)
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
    db.session.flush()
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


def _own_seat(council: Council, by: User) -> Seat:
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


def attend(council: Council, present: Collection[str], *, authorisation: str | None = None, secretary: str | None = None, by: User, at: datetime,
           seen: Any = None) -> None:  # fmt: skip
    """Note who is present (seat public ids) and the vice chair's written authorisation. Only who has declared can be present.

    `secretary` is the seat elected to keep the session, when the scientific secretary is absent.
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
    if council.meets_at is None or local(at).date() < local(council.meets_at).date():
        raise WrongState(N_("The session is on %(day)s."), day=f"{local(council.meets_at):%d/%m/%Y}" if council.meets_at else "–")
    refuse_broken(quorum(council, at))
    missing = broken_items(council, at)
    if missing and len(missing) == len(queries.open_items(council)):
        refuse_broken(next(iter(missing.values())))
    _note_session(council, at)
    COUNCIL.advance(council, "convene", by=by, at=at, seen=seen,
                    detail={"present": sum(s.present for s in council.seats), "without_quorum": [item.public_id for item in missing]})  # fmt: skip


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
    """Raise Incomplete for the first rule of attendance that the item does not keep."""
    refuse_broken(item_quorum(council, item, rules, queries.recusals_of(council), queries.cast_by(council)[item.id]))


def cast(council: Council, item: AgendaItem, content: Mapping[str, Any], *, by: User, at: datetime) -> Ballot:
    """Cast a sealed ballot on one item. It is final: nobody reads or changes it until the box is opened.

    Raises NotAllowed without a seat, when absent, recused or in conflict; WrongState when the box is opened or a ballot is in it.
    """
    item = queries.locked_item(item, opening=False)
    rules = queries.rules_of(council, on=local(at).date())
    seat = may_cast(council, item, rules, by=by)
    if queries.ballot_of(item, seat) is not None:
        raise WrongState(N_("Your ballot on this item is in the box. It is final."))
    refuse_without_quorum(council, item, rules)
    procedure = queries.procedure(council)
    clean = check_answers(procedure.questions(queries.subject_of(item), rules), content)
    procedure.check(clean, rules)
    salt = secrets.token_hex(16)
    ballot = Ballot(agenda_item_id=item.id, seat_id=seat.id, content=clean, salt=salt, seal=seal_of(clean, salt), cast_at=at)
    db.session.add(ballot)
    db.session.flush()
    journal.record(council, "cast", by=by, at=at, detail={"item": item.public_id, "seal": ballot.seal})
    return ballot


def may_cast(council: Council, item: AgendaItem, rules: Mapping[str, Any], *, by: User) -> Seat:
    """The seat from which this person may vote on the item now; raises what `cast` raises when there is none."""
    seat = _own_seat(council, by)
    if council.state != CouncilState.CONVENED:
        raise WrongState(N_("Ballots are cast while the session is open."))
    if item.opened_at is not None:
        raise WrongState(N_("The box of this item is opened: no ballot can be cast any more."))
    if item.given_back_at is not None:
        raise WrongState(N_("This item is given back: this council does not vote on it."))
    if not seat.present:
        raise NotAllowed(N_("You are not noted as present. Please speak to the secretary."))
    if (seat.id, item.id) in queries.recusals_of(council):
        raise NotAllowed(N_("You are out of this item because of a conflict."))
    for other in council.agenda if queries.out_of_competitors(council, dict(rules)) else [item]:
        conflict = next((c for c in queries.conflicts_of(council, by, other, seat.role, dict(rules)) if c.hard), None)
        if conflict is not None:
            raise NotAllowed(N_("%(reason)s You cannot vote on it."), reason=conflict.reason)
    return seat


def seal_of(content: Mapping[str, Any], salt: str) -> str:
    """The seal of a ballot: SHA-256 of salt and canonical content. Who knows both can check it."""
    return hashlib.sha256(f"{salt}:{json.dumps(content, sort_keys=True, ensure_ascii=False)}".encode()).hexdigest()


def must_preside(council: Council, item: AgendaItem, by: User) -> None:
    """Raises NotAllowed for whoever does not lead the session on this item; nobody does who is out of it."""
    leader = queries.presiding_over(council, item, queries.recusals_of(council))
    if leader is None or leader.user_id != by.id:
        raise NotAllowed(N_("Only the member who presides over this item opens its box."))


def open_box(council: Council, item: AgendaItem, *, by: User, at: datetime) -> Count:
    """The presiding member opens the box of one item; its ballots are counted and the count is frozen.

    Refused while a present member who votes has not cast (absent members are marked absent first), or without quorum.
    """
    must_preside(council, item, by)
    if council.state != CouncilState.CONVENED:
        raise WrongState(N_("Ballots are counted while the session is open."))
    item = queries.locked_item(item, opening=True)
    if item.opened_at is not None:
        raise WrongState(N_("This box is open already."))
    if item.given_back_at is not None:
        raise WrongState(N_("This item is given back: this council does not vote on it."))
    recused, cast_by = queries.recusals_of(council), queries.cast_by(council)
    rules = queries.rules_of(council, on=local(at).date())
    refuse_broken(item_quorum(council, item, rules, recused, cast_by[item.id]))
    first = queries.open_items(council) if queries.procedure(council).together else [item]
    missing = sorted({s.user.name for other in first for s in queries.voters(council, other, recused) if s.id not in cast_by[other.id]})
    if missing:
        raise Incomplete(N_("Not cast yet: %(names)s. Who has left the session is first noted as absent."), names=", ".join(missing))
    done = db.session.execute(update(AgendaItem).where(AgendaItem.id == item.id, AgendaItem.opened_at.is_(None)).values(opened_at=at))
    if done.rowcount != 1:
        raise WrongState(N_("This box is open already."))
    db.session.refresh(item, ["opened_at"])
    ballots = queries.ballots_of(item)
    result = queries.procedure(council).count(queries.casts_of(council, item), rules)
    result = {"present": sum(s.present for s in council.seats), "led": by.name, "members": len(council.seats), "ballots": len(ballots), **result,
              "seals": sorted(b.seal for b in ballots)}  # fmt: skip
    count = Count(agenda_item_id=item.id, result=result, counted_at=at)
    db.session.add(count)
    db.session.flush()
    journal.record(council, "open_box", by=by, at=at, detail={"item": item.public_id, "ballots": len(ballots)})
    return count


def tied_items(council: Council, at: datetime) -> list[AgendaItem]:
    """Items of the first place that the rules cannot tell apart: the council must say which one it recommends."""
    ranks = ranked(council, at)
    return [item for item in council.agenda if (r := ranks.get(item.public_id)) and r["tied"] and r["first"] and r["passed"]]


def ranked(council: Council, at: datetime) -> dict[str, dict[str, Any]]:
    """The places of the items by the counts so far; empty where this kind of council ranks nothing."""
    rank = queries.procedure(council).rank
    return rank(queries.results_of(council), queries.rules_of(council, on=local(at).date())) if rank is not None else {}


def open_points(council: Council, at: datetime) -> list[tuple[AgendaItem, Question]]:
    """What the votes left open and the council must decide on the record: (item, choice)."""
    counts, rules = queries.counts_of(council), queries.rules_of(council, on=local(at).date())
    left = queries.procedure(council).left_open
    return [(item, q) for item in council.agenda if item.public_id in counts for q in left(counts[item.public_id], rules)]


def _settle(council: Council, settled: Mapping[str, Mapping[str, Any]], at: datetime) -> dict[str, dict[str, Any]]:
    """What was decided of the open points, each with its reason. Raises Incomplete; the field is `open_<place>_<code>`."""
    kept: dict[str, dict[str, Any]] = {}
    for item, q in open_points(council, at):
        given, why = settled.get(item.public_id, {}).get(q.code), nfc(settled.get(item.public_id, {}).get("reason") or "")
        if given not in {code for code, _words in q.choices}:
            raise Incomplete(N_("The votes left this open. Please say what the council decided."), field=f"open_{item.position}_{q.code}")
        if not why:
            raise Incomplete(N_("Please give the reason that the council voted."), field=f"open_{item.position}_reason")
        kept.setdefault(item.public_id, {"reason": why})[q.code] = given
    return kept


def _choose(council: Council, chosen: str | None, reason: str | None, at: datetime) -> dict[str, dict[str, Any]]:
    """Which of the equal first ones the council recommends, with its reason; empty when the rules have told them apart."""
    tied = {item.public_id for item in tied_items(council, at)}
    if not tied:
        return {}
    if chosen not in tied:
        raise Incomplete(N_("Two or more have the same result. Please say which one the council recommends."), field="chosen")
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason that the council voted."), field="reason")
    return {str(chosen): {"chosen": True, "reason": nfc(reason or "")}}


def conclude(council: Council, *, conclusion: str, chosen: str | None = None, reason: str | None = None,
             settled: Mapping[str, Mapping[str, Any]] | None = None, by: User, at: datetime, seen: Any = None) -> None:  # fmt: skip
    """End the session: every box is opened or its item given back, the results are given to the stage, the minutes are issued.

    `chosen` is the item that the council recommends among tied ones, with the reason that was voted. `settled` says what it
    decided of the points that the votes left open: {item public id: {code: choice, "reason": …}}.
    """
    must_run(council, by)
    council = queries.locked(council)
    waiting, running = queries.open_items(council), council.state in UNDER_WAY
    if council.state == CouncilState.ESTABLISHED and not queries.counted_items(council):
        raise WrongState(N_("The session has not been opened."))
    if running and waiting:
        raise Incomplete(N_("The box of “%(title)s” is not opened yet."), title=waiting[0].title)
    if not nfc(conclusion or ""):
        raise Incomplete(N_("Please write down what the council concluded."), field="conclusion")
    choice = _choose(council, chosen, reason, at) if running else {}
    decided = _settle(council, settled or {}, at) | choice if running else {}
    council.conclusion, council.concluded_at, council.settled = nfc(conclusion), at, decided or None
    detail = ({"chosen": chosen} if choice else {}) | ({"settled": decided} if decided else {})
    COUNCIL.advance(council, "conclude", by=by, at=at, seen=seen, reason=nfc(reason or "") or None, detail=detail or None)
    counts, ranks = queries.results_of(council), ranked(council, at)
    results = {item.public_id: counts[item.public_id] | ranks.get(item.public_id, {}) for item in queries.counted_items(council)}
    papers.issue_minutes(council, results, chosen=chosen if choice else None, reason=reason, by=by, at=at)
    queries.procedure(council).concluded(council, results, chosen if choice else None, by=by, at=at)
