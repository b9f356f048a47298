"""The states of a dossier that can be compared: what was handed in, again and again, and the draft as it stands.

A dossier that takes the place of another counts its versions on: all of them are one line. Nobody sees of it more than of the
dossiers themselves: what was replaced before the deadline stays closed to the Department.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import load_only

from app.kernel import subjects
from app.kernel.db import db
from app.services.people.models import User
from app.stages.proposals import actions, queries
from app.stages.proposals.models import Proposal, Replacement, Version
from app.stages.proposals.rules import ProposalState

NOW = "draft"  # the draft as it stands, among the public ids of versions


@dataclass(frozen=True)
class State:
    """One state of the line of dossiers: a version, or (None) the draft as it stands."""

    key: str
    proposal: Proposal
    version: Version | None

    @property
    def number(self) -> int | None:
        return self.version.number if self.version is not None else None


@dataclass(frozen=True)
class Line:
    """The states that somebody may see, newest first; `closed`: how many dossiers before were replaced and stay closed to them."""

    states: Sequence[State]
    closed: int

    def state(self, key: str | None) -> State | None:
        return next((s for s in self.states if s.key == key), None)

    def before(self, state: State) -> State | None:
        """The state that came before it."""
        at = self.states.index(state) + 1
        return self.states[at] if at < len(self.states) else None


def line_of(proposal: Proposal, user: User) -> Line:
    """All states of the dossier, of those whose place it took or that took its place, and of what its investigator withdrew, as far as this person may read them.

    Whoever may not read what was withdrawn is not told either that there was anything.
    """
    tied = _family(proposal)
    own = db.session.scalars(select(Proposal.id).where(Proposal.call_topic_id == proposal.call_topic_id, Proposal.pi_id == proposal.pi_id, Proposal.is_transcript.is_(False)))
    known = [p for p in map(queries.by_id, sorted({*tied, *(() if proposal.is_transcript else own)})) if p is not None]
    seen = {p.id: p for p in known if subjects.may_read("proposal", p, user)}
    bare = select(Version).options(load_only(Version.public_id, Version.number, Version.sha256, Version.received_at, Version.proposal_id))
    versions = db.session.scalars(bare.where(Version.proposal_id.in_(seen)).order_by(Version.received_at.desc(), Version.number.desc()))
    drafts = [State(NOW, p, None) for p in seen.values() if p.state == ProposalState.DRAFT and queries.access_of(p, user) is not None][-1:]
    return Line([*drafts, *(State(v.public_id, seen[v.proposal_id], v) for v in versions)], sum(1 for p in known if p.id not in seen and p.id in tied and p.receipt_no is not None))


def _family(proposal: Proposal) -> set[int]:
    """The dossiers that are tied to this one by taking a place, directly or over others."""
    here = select(Proposal.id).where(Proposal.call_topic_id == proposal.call_topic_id)
    ties = [(r.proposal_id, r.replaced_id) for r in db.session.scalars(select(Replacement).where(Replacement.proposal_id.in_(here)))]
    found, grown = {proposal.id}, True
    while grown:
        more = found | {end for tie in ties if set(tie) & found for end in tie}
        grown, found = more != found, more
    return found


# what a snapshot holds today: one that was made before something was asked, or of an envelope, lacks some of it
_WHOLE: dict[str, Any] = {"title": None, "aim": None, "duration_months": None, "work": {}, "spending": None}
_ROWS: dict[str, dict[str, Any]] = {
    "team": {"organisation": None, "task": None, "years": None, "cv": None, "months": 0},
    "products": {"kind": None, "level_home": None, "level_abroad": None, "place": None, "ready_month": None},
    "uses": {"month_from": None, "product": None}, "milestones": {"who": [], "others": None, "products": [], "cost": None}, "lines": {"lump_sum": False}, "files": {"size": None},
}  # fmt: skip


def content_of(state: State) -> Mapping[str, Any]:
    """What the dossier says in this state, as plain data."""
    row = state.proposal
    said = actions.snapshot(row) if state.version is None else state.version.content
    if "pi_name" in said:  # what stood on an envelope
        said = {"title": said["title"], "pi": said["pi_name"]}
    whole = {**_WHOLE, "host": row.host.name, "pi": row.pi.name, "item": row.item.face, **said}
    return whole | {part: [{**asked, **given} for given in said.get(part) or []] for part, asked in _ROWS.items()}
