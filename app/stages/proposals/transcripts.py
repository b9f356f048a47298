"""Rows and reads of what officers enter of a dossier on paper: a draft of its own, that becomes the dossier's content when another officer confirms it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, exists, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app.kernel.db import Identified, Model, UtcDateTime, db, to
from app.kernel.errors import WrongState
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.calls.models import guard
from app.stages.proposals.models import PaperDossier, Proposal
from app.stages.proposals.rules import TeamRole


class Transcript(Identified, Model):
    """The content of a paper dossier (`proposal_id`) as one officer enters it in a draft (`draft_id`); two people; kept when confirmed or given up."""

    __tablename__ = "proposal_transcript"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    draft_id: Mapped[int] = mapped_column(to("proposal"), unique=True)
    entered_by_id: Mapped[int] = mapped_column(to("user_account"))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned: Mapped[str | None] = mapped_column(Text)  # why the second officer gave it back
    confirmed_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(Text)

    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql", foreign_keys=[proposal_id])
    entered_by: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[entered_by_id])
    confirmed_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[confirmed_by_id])

    __table_args__ = (
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> entered_by_id", name="two_people"),
        CheckConstraint("(confirmed_by_id IS NULL) = (confirmed_at IS NULL)", name="confirmed_has_time"),
        CheckConstraint("confirmed_at IS NULL OR (handed_at IS NOT NULL AND ended_at IS NULL)", name="confirmed_was_handed"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL)", name="ended_has_reason"),
        Index("uq_proposal_transcript_one", "proposal_id", unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip


guard("proposal_transcript_answered", "proposal_transcript", "UPDATE", "OLD.confirmed_at IS NOT NULL OR OLD.ended_at IS NOT NULL", "an ended transcription is kept")
guard("proposal_transcript_kept", "proposal_transcript", "DELETE", "OLD.id IS NOT NULL", "a transcription is kept")

_WITH = (joinedload(Transcript.proposal).options(joinedload(Proposal.call_topic).lazyload("*"), joinedload(Proposal.host)),
         joinedload(Transcript.entered_by).lazyload("*"), joinedload(Transcript.confirmed_by).lazyload("*"))  # fmt: skip


def of_draft(draft: Proposal) -> Transcript | None:
    """The transcription that this draft is."""
    return db.session.scalar(select(Transcript).options(*_WITH).where(Transcript.draft_id == draft.id)) if draft.is_transcript else None


def of_paper(proposal: Proposal) -> Transcript | None:
    """The transcription of a paper dossier that is under way or confirmed."""
    return db.session.scalar(select(Transcript).options(*_WITH).where(Transcript.proposal_id == proposal.id, Transcript.ended_at.is_(None)))


def draft_pid(row: Transcript) -> str:
    """The public id of the draft in which it is entered."""
    return str(db.session.scalar(select(Proposal.public_id).where(Proposal.id == row.draft_id)))


def lead_name(proposal: Proposal) -> str:
    """Who leads the dossier; in what an officer enters from paper the one whom the paper names."""
    return next((m.name for m in proposal.team if m.role == TeamRole.PI), proposal.pi.name) if proposal.is_transcript else proposal.pi.name


def lacking(rows: Iterable[Proposal]) -> list[Proposal]:
    """Those of the dossiers that came on paper and whose content nobody has entered and confirmed."""
    given = list(rows)
    confirmed = exists().where(Transcript.proposal_id == PaperDossier.proposal_id, Transcript.confirmed_at.is_not(None))
    empty = set(db.session.scalars(select(PaperDossier.proposal_id).where(PaperDossier.proposal_id.in_([p.id for p in given]), ~confirmed)))
    return [p for p in given if p.id in empty]


def check_writable(draft: Proposal) -> None:
    """Raise WrongState unless it is still being entered: not handed over, confirmed or given up."""
    row = db.session.scalar(select(Transcript).where(Transcript.draft_id == draft.id))
    if row is None or row.handed_at is not None or row.ended_at is not None:
        raise WrongState(N_("This was handed over for comparison and is closed."))
