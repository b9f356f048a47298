"""After the opening an officer enters what a dossier on paper says, in the forms of the applicants; another one compares it with the paper.

Only then it is the dossier's content: a version of its own beside the one of the receipt, marked who entered and who confirmed it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.kernel import journal, outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.files import queries as files
from app.services.people import queries as people
from app.services.people.models import User
from app.services.similarity import texts
from app.stages.proposals import (
    actions,
    admitting,
    cloning,
    queries,
    submitting,
    transcripts,
    work,
)
from app.stages.proposals.models import Proposal, TeamMember, Version, WorkForm
from app.stages.proposals.rules import PROPOSAL, ProposalState, TeamRole
from app.stages.proposals.transcripts import Transcript

OPEN_TO = frozenset({ProposalState.SUBMITTED, ProposalState.ELIGIBLE, ProposalState.IN_SELECTION})
DEALT_WITH = N_("This has already been dealt with or cannot be done now. Please look at its present state.")
SAID = ("title", "folded", "aim", "duration_months", "spending")


def _check_officer(proposal: Proposal, by: User) -> None:
    """Raise unless this officer has nothing to do with the dossier, which is opened and neither refused nor decided."""
    if not by.can(Do.PROPOSALS_CHECK):
        raise NotAllowed(N_("An officer of the Department enters what is on paper."))
    admitting.refuse_own(proposal, by)
    if queries.is_sealed(proposal):
        raise WrongState(N_("The envelope is sealed until the opening."))
    if proposal.state not in OPEN_TO:
        raise WrongState(DEALT_WITH)


def check_beginnable(proposal: Proposal, by: User) -> None:
    """Raise unless this officer may begin to enter the dossier."""
    if proposal.paper is None:
        raise WrongState(N_("This dossier did not come on paper."))
    _check_officer(proposal, by)
    if transcripts.of_paper(proposal) is not None:
        raise WrongState(N_("The content of this dossier is being entered, or was entered and confirmed."))


def begin(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    """The draft in which this officer enters what the paper says. The investigator is in it by name: nobody but officers sees it."""
    proposal = queries.held(proposal)
    check_beginnable(proposal, by)
    row = Proposal(call_topic_id=proposal.call_topic_id, item_id=proposal.item_id, host_id=proposal.host_id, pi_id=by.id, title=proposal.title, folded=proposal.folded,
                   work={}, created_at=at, is_transcript=True)  # fmt: skip
    PROPOSAL.begin(row, "begin_transcript", by=by, at=at, detail={"number": proposal.code})
    db.session.add(WorkForm(proposal_id=row.id, form_version_id=work.form_of(proposal).id))
    db.session.add(TeamMember(proposal_id=row.id, organisation_id=proposal.host_id, name=_lead(proposal).name, role=TeamRole.PI, months=0))
    db.session.add(Transcript(proposal_id=proposal.id, draft_id=row.id, entered_by_id=by.id, began_at=at))
    db.session.flush()
    journal.record(proposal, "begin_transcript", by=by, at=at)
    return queries.held(row)


def _lead(proposal: Proposal) -> TeamMember:
    return next(m for m in proposal.team if m.role == TeamRole.PI)


def _of(draft: Proposal) -> tuple[Transcript, Proposal]:
    """The transcription and the dossier on paper, or WrongState when it is over."""
    row = transcripts.of_draft(draft)
    if row is None or row.confirmed_at is not None or row.ended_at is not None:
        raise WrongState(DEALT_WITH)
    return row, queries.by_id(row.proposal_id) or row.proposal


def _held(draft: Proposal, seen: Any) -> tuple[Proposal, Transcript, Proposal]:
    paper = _of(draft)[1]
    queries.held(paper)  # first, as everybody else who changes both
    draft = queries.held(draft)
    check_seen(draft, seen)
    row, paper = _of(draft)
    db.session.refresh(row, ["handed_at", "confirmed_at", "ended_at"], with_for_update={"of": Transcript})
    return draft, row, paper


# --- the one who enters -----------------------------------------------------------------------------------------


def check_handable(draft: Proposal, by: User) -> None:
    """Raise unless this is who enters it, and something is entered."""
    row, paper = _of(draft)
    _check_officer(paper, by)
    if row.entered_by_id != by.id:
        raise NotAllowed(N_("Who entered the dossier hands it over for comparison."))
    transcripts.check_writable(draft)


def hand_over(draft: Proposal, *, by: User, at: datetime, seen: Any = None) -> None:
    """It is entered: from here on it is closed, and another officer compares it with the paper."""
    draft, row, paper = _held(draft, seen)
    check_handable(draft, by)
    if not (draft.aim or work.answers_of(draft) or draft.products or draft.lines or files.of(draft)):
        raise Incomplete(N_("Nothing of the dossier is entered yet."))
    row.handed_at, row.returned = at, None
    db.session.flush()
    journal.record(paper, "hand_over_transcript", by=by, at=at)


# --- the one who compares ---------------------------------------------------------------------------------------


def check_comparable(draft: Proposal, by: User) -> None:
    """Raise unless this officer may answer: it is handed over, and another one entered it."""
    row, paper = _of(draft)
    _check_officer(paper, by)
    if row.entered_by_id == by.id:
        raise NotAllowed(N_("Another officer than the one who entered the dossier compares it with the paper."))
    if row.handed_at is None:
        raise WrongState(N_("This is still being entered."))


def give_back(draft: Proposal, reason: str, *, by: User, at: datetime, seen: Any = None) -> None:
    """It is not what the paper says: who entered it goes on."""
    draft, row, paper = _held(draft, seen)
    check_comparable(draft, by)
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    row.handed_at, row.returned = None, nfc(reason)
    db.session.flush()
    journal.record(paper, "give_back_transcript", by=by, at=at)


def confirm(draft: Proposal, *, by: User, at: datetime, seen: Any = None) -> Version:
    """It says what the paper says: now it is the dossier's content, for good."""
    draft, row, paper = _held(draft, seen)
    check_comparable(draft, by)
    entered_by = row.entered_by
    for name in SAID:
        setattr(paper, name, getattr(draft, name))
    lead, typed = _lead(paper), _lead(draft)
    lead.months, lead.years, lead.task = typed.months, typed.years, typed.task
    members = {typed.id: lead} | cloning.copies(TeamMember, [m for m in draft.team if m.id != typed.id], paper)
    cloning.pour(paper, draft, members, by=entered_by, at=at, how=work.How.TYPED)
    fresh = queries.held(paper)
    mark = {"entered_by": entered_by.name, "entered_at": row.handed_at.isoformat() if row.handed_at else None, "confirmed_by": by.name, "confirmed_at": at.isoformat()}
    version = submitting.freeze(fresh, actions.snapshot(fresh) | {"from_paper": mark}, at, entered_by)
    row.confirmed_by_id, row.confirmed_at = by.id, at
    db.session.flush()
    texts.forget("proposal", fresh.public_id)  # of the envelope alone: now there are words to compare with others'
    PROPOSAL.advance(draft, "end_transcript", by=by, at=at)
    journal.record(fresh, "confirm_transcript", by=by, at=at, detail={"sha256": version.sha256})
    outbox.post("proposals/mail/transcribed.txt", to=[fresh.pi, *people.managers_of(fresh.host_id)], key=f"proposal-transcribed:{row.public_id}", at=at, proposal=fresh)
    return version


def check_endable(draft: Proposal, by: User) -> None:
    """Raise unless this officer may give the transcription up: an officer who is gone must not be in the way."""
    _row, paper = _of(draft)
    if not by.can(Do.PROPOSALS_CHECK) or by.belongs_to(paper.host_id):
        raise NotAllowed(N_("An officer of the Department enters what is on paper."))


def end(draft: Proposal, reason: str, *, by: User, at: datetime, seen: Any = None) -> None:
    """Give the transcription up: what was entered stays where it is, and another one may be begun."""
    draft, row, paper = _held(draft, seen)
    check_endable(draft, by)
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    row.ended_by_id, row.ended_at, row.end_reason = by.id, at, nfc(reason)
    db.session.flush()
    PROPOSAL.advance(draft, "end_transcript", by=by, at=at, reason=nfc(reason))
    journal.record(paper, "end_transcript", by=by, at=at)
