"""Ballots on paper: the counting team is elected for a session; two of it enter each sheet, and what they read must agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.councils import queries
from app.services.councils.actions.ballots import (
    box_takes,
    put_in_box,
    read_draft,
    refuse_seat,
    seal_draft,
)
from app.services.councils.actions.session import must_run, refuse_without_quorum
from app.services.councils.models import AgendaItem, Ballot, Council, Seat
from app.services.councils.rules import CouncilState
from app.services.people import queries as people
from app.services.people.models import User


@dataclass(frozen=True)
class Difference:
    """A question that two of the counting team read differently. What the other read is not in it: each looks at the paper again."""

    code: str
    mine: Any
    other: str


def may_count(council: Council) -> list[User]:
    """Who can be elected: members present, and officers (the administrative secretary has no vote, but may count)."""
    present = [s.user for s in council.seats if s.present]
    return [*present, *(u for u in people.users_with(Do.COUNCILS_RUN) if u.id not in {p.id for p in present})]


def team(council: Council) -> list[User]:
    """The counting team of this session, its head first."""
    found = {u.public_id: u for u in may_count(council)}
    return [found[pid] for pid in council.tellers or [] if pid in found]


def elect_tellers(council: Council, pids: Sequence[str], *, by: User, at: datetime) -> None:
    """Note the counting team that the council elected, as many as the rule says, its head first (by the rule the one who keeps the session, where it says so)."""
    must_run(council, by)
    council = queries.locked(council)
    if council.state != CouncilState.CONVENED:
        raise WrongState(N_("The counting team is elected in the session."))
    rule = queries.rules_of(council, on=local(at).date()).get(f"councils.{council.kind}.counting_team")
    known = {u.public_id: u for u in may_count(council)}
    chosen = list(dict.fromkeys(pid for pid in pids if pid in known))
    if rule is None or len(chosen) != rule["members"]:
        raise Incomplete(N_("The counting team has %(n)s members by the rule; %(have)s are named."), field="team", n=rule["members"] if rule else 0, have=len(chosen))
    keeper = queries.keeping(council)
    if rule["head"] == "secretary":
        if keeper is None or keeper.user.public_id not in chosen:
            raise Incomplete(N_("By the rule the secretary of the session is the head of the counting team."), field="team")
        chosen = [keeper.user.public_id, *(pid for pid in chosen if pid != keeper.user.public_id)]
    council.tellers = chosen
    db.session.flush()
    journal.record(council, "elect_tellers", by=by, at=at, detail={"tellers": chosen})


def may_enter(council: Council, item: AgendaItem, seat: Seat, *, by: User, at: datetime) -> Mapping[str, Any]:
    """The rules, when this teller may enter the paper ballot of that seat now. Nobody enters the own one."""
    box_takes(council, item)
    if by.public_id not in (council.tellers or []):
        raise NotAllowed(N_("Paper ballots are entered by the counting team that this session elected."))
    if seat.user_id == by.id:
        raise NotAllowed(N_("Your own paper ballot is entered by two others of the counting team; or vote here."))
    rules = queries.rules_of(council, on=local(at).date())
    try:
        refuse_seat(council, item, seat, rules, on=local(at).date())
    except NotAllowed:
        raise NotAllowed(N_("%(name)s does not vote on this item: absent, or out of it because of a conflict."), name=seat.user.name) from None
    if queries.ballot_of(item, seat) is not None:
        raise WrongState(N_("The ballot of %(name)s on this item is in the box. It is final."), name=seat.user.name)
    return rules


def enter_paper(council: Council, item: AgendaItem, seat: Seat, answers: Mapping[str, Any], *, by: User, at: datetime) -> Ballot | list[Difference]:
    """Enter what stands on a paper ballot, right or wrong: it goes into the box, sealed, when another of the team has read the same.

    Returns the ballot; else the differences (none yet when nobody else has entered it). What only one has read stays a sealed draft.
    """
    council = queries.locked(council)  # one teller after the other: the second compares with the first
    item = queries.locked_item(item, opening=False)
    rules = may_enter(council, item, seat, by=by, at=at)
    refuse_without_quorum(council, item, rules)
    seal_draft(council, item, seat, {k: v for k, v in answers.items() if v not in (None, "")}, by=by, at=at)
    found = differences(council, item, seat, by=by)
    if found:
        return found
    other = next((row.writer for row in queries.paper_drafts(item, seat) if row.writer_id != by.id and row.writer.public_id in (council.tellers or [])), None)
    return put_in_box(council, item, seat, read_own(council, item, seat, by=by), by=by, at=at, tellers=(other, by)) if other is not None else []


def read_own(council: Council, item: AgendaItem, seat: Seat, *, by: User) -> dict[str, Any]:
    """What this teller has read of the sheet so far."""
    row = queries.draft_of(item, seat, by)
    return dict(read_draft(council, item, seat, row, by)) if row is not None and seat.user_id != by.id else {}


def differences(council: Council, item: AgendaItem, seat: Seat, *, by: User) -> list[Difference]:
    """Where another of the team read the sheet otherwise than this teller: in which questions, never what the other read."""
    mine = read_own(council, item, seat, by=by)
    if not mine and queries.draft_of(item, seat, by) is None:
        return []
    for row in queries.paper_drafts(item, seat):
        if row.writer_id == by.id or row.writer.public_id not in (council.tellers or []):
            continue
        theirs = read_draft(council, item, seat, row, row.writer)
        return [Difference(code, mine.get(code), row.writer.name) for code in dict.fromkeys([*mine, *theirs]) if mine.get(code) != theirs.get(code)]
    return []
