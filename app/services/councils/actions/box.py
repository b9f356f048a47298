"""The box of one item: only here sealed ballots are opened, by who presides; they are counted at once and the count is frozen."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.words import N_
from app.services.councils import queries, sealing
from app.services.councils.actions.session import refuse_without_quorum
from app.services.councils.models import (
    AgendaItem,
    Ballot,
    Council,
    Count,
    OpenedBallot,
)
from app.services.councils.procedures import BALLOTS, MEMBERS
from app.services.councils.room import course
from app.services.councils.rules import COUNCIL, CouncilState, defect
from app.services.people.models import User


def must_preside(council: Council, item: AgendaItem, by: User) -> None:
    """Raises NotAllowed for whoever does not lead the session on this item; nobody does who is out of it."""
    leader = queries.presiding_over(council, item, queries.recusals_of(council))
    if leader is None or leader.user_id != by.id:
        raise NotAllowed(N_("Only the member who presides over this item opens its box."))


def open_box(council: Council, item: AgendaItem, *, by: User, at: datetime) -> Count:
    """The presiding member opens the box of one item: its ballots are unsealed, written down, counted, and the count is frozen.

    Refused while a present member who votes has not cast (absent members are marked absent first), or without quorum.
    """
    council = queries.locked(council)
    must_preside(council, item, by)
    item = queries.locked_item(item, opening=True)
    refuse_unready(council, item, at)
    rules = queries.rules_of(council, on=local(at).date())
    done = db.session.execute(update(AgendaItem).where(AgendaItem.id == item.id, AgendaItem.opened_at.is_(None)).values(opened_at=at))
    if done.rowcount != 1:
        raise WrongState(N_("This box is open already."))
    db.session.refresh(item, ["opened_at"])
    ballots = _unseal(council, item, rules, at)
    leader = queries.presiding_over(council, item, queries.recusals_of(council))
    presided = leader.public_id if leader else None
    result = {"led": by.name, "presided": presided, "present": sum(s.present for s in council.seats), "members": len(council.seats)}
    result |= counted(council, item, rules, presided)  # a stage may have a word of ours for something of its own
    count = Count(agenda_item_id=item.id, result=result, counted_at=at)
    db.session.add(count)
    db.session.flush()
    COUNCIL.advance(council, "open_box", by=by, at=at, detail={"item": item.public_id, "ballots": len(ballots)})
    return count


def refuse_unready(council: Council, item: AgendaItem, at: datetime) -> None:
    """Raise WrongState unless the session is at the counting of this item; Incomplete without quorum, or while somebody has not cast."""
    if council.state != CouncilState.CONVENED:
        raise WrongState(N_("Ballots are counted while the session is open."))
    if item.opened_at is not None:
        raise WrongState(N_("This box is open already."))
    if item.given_back_at is not None:
        raise WrongState(N_("This item is given back: this council does not vote on it."))
    course.refuse_unless(council, item, "box")
    refuse_without_quorum(council, item, queries.rules_of(council, on=local(at).date()))
    recused, cast_by = queries.recusals_of(council), queries.cast_by(council)
    first = queries.open_items(council) if queries.procedure(council).together else [item]
    missing = sorted({s.user.name for other in first for s in queries.voters(council, other, recused) if s.id not in cast_by[other.id]})
    if missing:
        raise Incomplete(N_("Not cast yet: %(names)s. Who has left the session is first noted as absent."), names=", ".join(missing))


def _unseal(council: Council, item: AgendaItem, rules: Mapping[str, Any], at: datetime) -> list[Ballot]:
    """Open every ballot of the item and write down what it says, in an order that tells of nobody. Raises WrongState for one that was changed."""
    ballots = queries.sealed_ballots(item)
    asked = queries.procedure(council).questions(queries.subject_of(item), rules)
    secrets.SystemRandom().shuffle(ballots)
    for ballot in ballots:
        content, word = unsealed(council, item, ballot)
        db.session.add(OpenedBallot(ballot_id=ballot.id, agenda_item_id=item.id, content=content, word=word, opened_at=at,
                                    defect=defect(asked, content, lambda clean: queries.procedure(council).check(clean, rules))))  # fmt: skip
    db.session.flush()
    return ballots


def unsealed(council: Council, item: AgendaItem, ballot: Ballot) -> tuple[dict[str, Any], str]:
    """(answers, word) of a ballot of an opened box. Raises WrongState when they do not make the hash of the receipt."""
    if item.opened_at is None:
        raise PermissionError("the box is closed")
    said = sealing.unseal(sealing.Sealed(ballot.key_id, ballot.text), council.public_id, item.public_id, ballot.seat.public_id)
    if sealing.receipt(said["answers"], said["word"]) != ballot.seal:
        raise WrongState(N_("A sealed ballot was changed in the database, or put in another's place. Nothing is opened; please call whoever keeps the server."))
    return said["answers"], said["word"]


def counted(council: Council, item: AgendaItem, rules: Mapping[str, Any], presided: str | None) -> dict[str, Any]:
    """What the ballots of an opened box say by these rules: the count itself, who was not valid and why, the hashes of all."""
    opened = queries.ballots_of(item)
    return _counted(council, opened, {b.id: b.opened.defect for b in opened if b.opened.defect}, rules, presided)


def counted_anew(council: Council, item: AgendaItem, rules: Mapping[str, Any], result: Mapping[str, Any], *, as_ruled: bool = True) -> dict[str, Any]:
    """The same later, led by who led it then; unless `as_ruled` it is asked anew which ballots are valid, the rules being others."""
    opened, procedure = queries.ballots_of(item), queries.procedure(council)
    presided = queries.presided_over(item, result, opened)
    if as_ruled:
        return counted(council, item, rules, presided)
    asked = procedure.questions(queries.subject_of(item), rules)
    found = {b.id: defect(asked, b.opened.content, lambda clean: procedure.check(clean, rules)) for b in opened}
    return _counted(council, opened, {key: why for key, why in found.items() if why}, rules, presided)


def _counted(council: Council, opened: list[Ballot], invalid: Mapping[int, str], rules: Mapping[str, Any], presided: str | None) -> dict[str, Any]:
    defects = list(invalid.values())
    valid = queries.casts_of([b for b in opened if b.id not in invalid], presided)
    result = queries.procedure(council).count(valid, {**rules, BALLOTS: len(opened), MEMBERS: len(council.seats)})
    return {"ballots": len(opened), **result, "invalid": len(defects), "defects": {code: defects.count(code) for code in sorted(set(defects))},
            "seals": sorted(b.seal for b in opened)}  # fmt: skip
