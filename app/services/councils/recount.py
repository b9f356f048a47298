"""Is a council's count what its ballots say? Reads only; a closed box stays closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Refused
from app.services.councils import queries, sealing
from app.services.councils.actions.box import counted_anew, unsealed
from app.services.councils.models import AgendaItem, Ballot, Council

CAST = ("cast", "enter_paper")


def wrong_with(council: Council, at: datetime) -> list[str]:
    """What does not agree, in sentences for whoever keeps the server; empty when the ballots of all boxes are as cast and counted as they are."""
    rules, results = queries.rules_of(council, on=local(at).date()), queries.counts_of(council)
    lines = _journaled(council)
    found = []
    for item in council.agenda:
        ballots = queries.sealed_ballots(item)
        left = lines.get(item.public_id, [])
        said = [_broken_line(b, left) for b in ballots]
        if left:
            said.append("a ballot is missing that the journal knows")
        if item.opened_at is not None:
            said += _recounted(council, item, ballots, rules, results.get(item.public_id))
        found += [f"item {item.position}: {line}" for line in said if line]
    return found


def _journaled(council: Council) -> dict[str, list[str]]:
    """By item: hashes that the journal kept when ballots were cast (of the sealed text, before that of the receipt)."""
    found: dict[str, list[str]] = {}
    for line in journal.timeline([journal.subject_key(council)]):
        if line.verb in CAST and line.detail:
            found.setdefault(line.detail["item"], []).append(line.detail.get("sealed") or line.detail["seal"])
    return found


def _broken_line(ballot: Ballot, lines: list[str]) -> str | None:
    """Take the ballot's line from those that are left; each stands for one ballot."""
    for mark in (sealing.fingerprint(ballot.text), ballot.seal):
        if mark in lines:
            lines.remove(mark)
            return None
    return f"ballot {ballot.public_id} is not the one that was cast: the journal does not know it"


def _recounted(council: Council, item: AgendaItem, ballots: list[Ballot], rules: Mapping[str, Any], result: Mapping[str, Any] | None) -> list[str]:
    """Of an opened box: each ballot opens to what was written down, and together they make the frozen count."""
    said = []
    opened = {b.id: b.opened for b in queries.ballots_of(item)}
    for ballot in ballots:
        row = opened.get(ballot.id)
        if row is None:
            said.append(f"ballot {ballot.public_id} was never opened")
            continue
        if sealing.receipt(row.content, row.word) != ballot.seal:
            said.append(f"ballot {ballot.public_id}: what was written down does not make the hash of its receipt")
        if ballot.key_id in sealing.known_keys() and (broken := _differs(council, item, ballot, row.content)):
            said.append(broken)
    if result is None:
        return [*said, "the box is open and there is no count"]
    if any(row is None for row in opened.values()):
        return said
    now = counted_anew(council, item, rules, result)
    return said + [f"the count says {key} = {result[key]!r}, the ballots say {now[key]!r}" for key in now if key in result and now[key] != result[key]]


def _differs(council: Council, item: AgendaItem, ballot: Ballot, content: Mapping[str, Any]) -> str | None:
    try:
        return None if unsealed(council, item, ballot)[0] == content else f"ballot {ballot.public_id}: the sealed text says something else"
    except Refused:
        return f"ballot {ballot.public_id}: the sealed text was changed"


def councils_with_ballots() -> list[Council]:
    """Every council in whose boxes a ballot lies or lay."""
    ids = select(AgendaItem.council_id).join(Ballot, Ballot.agenda_item_id == AgendaItem.id).distinct()
    return [council for pid in db.session.scalars(select(Council.public_id).where(Council.id.in_(ids)).order_by(Council.id)) if (council := queries.council_by_pid(pid))]


def sealed_by_key() -> dict[str, int]:
    """How many ballots in closed boxes are sealed with each key."""
    waiting = select(Ballot.key_id, func.count()).join(AgendaItem, AgendaItem.id == Ballot.agenda_item_id).where(AgendaItem.opened_at.is_(None))
    return {key: int(n) for key, n in db.session.execute(waiting.group_by(Ballot.key_id))}
