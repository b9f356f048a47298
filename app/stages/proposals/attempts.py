"""Requests to submit, noted as they arrive, on a connection of their own: a request that was not completed is not forgotten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.kernel.db import db, reading_only
from app.stages.proposals.models import Proposal, SubmitAttempt


def note(pid: str, *, key: str, user_id: int, arrived_at: datetime) -> datetime | None:
    """Note that this person's request arrived; returns when the same request (by its key) arrived first. None without a dossier or a key."""
    if not key:
        return None
    with reading_only(False), db.engine.connect() as connection:
        proposal_id = connection.scalar(select(Proposal.id).where(Proposal.public_id == pid))
        if proposal_id is None:
            return None
        before = select(SubmitAttempt.arrived_at).where(SubmitAttempt.proposal_id == proposal_id, SubmitAttempt.key == key)
        found = connection.scalar(before)
        if found is None:
            try:
                connection.execute(insert(SubmitAttempt).values(proposal_id=proposal_id, user_id=user_id, key=key, arrived_at=arrived_at))
                connection.commit()
            except IntegrityError:  # the same form sent twice at the same instant
                connection.rollback()
                found = connection.scalar(before)
        return found or arrived_at
