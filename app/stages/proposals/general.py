"""Title, aim and duration while they are typed: kept at once, with one line in the journal for a sitting."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.journal import JournalEntry
from app.kernel.text import fold
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.proposals import queries
from app.stages.proposals.drafts import check_draft, check_mark, touch
from app.stages.proposals.models import Proposal
from app.stages.proposals.team import general_mark
from app.stages.proposals.texts import shrank
from app.stages.proposals.work import CUT, SITTING

VERB = "save_general"


def keep(proposal: Proposal, *, title: str, aim: str | None, duration_months: int | None, by: User, at: datetime, seen: Any = None) -> str:
    """Keep what was typed so far; returns the mark that the page holds from now on. What is as it was changes nothing, not even the host's signature.

    Raises Incomplete where a text was emptied or much of it taken out: that is saved only with the button.
    """
    queries.held(proposal)
    check_draft(proposal, at)
    check_mark(general_mark(proposal), seen)
    if (title, aim, duration_months) == (proposal.title, proposal.aim, proposal.duration_months):
        return general_mark(proposal)
    lost = (proposal.aim and not aim) or shrank({"title": proposal.title, "aim": proposal.aim}, {"title": title, "aim": aim}, by=CUT)
    if lost:  # these texts have no history: nobody loses one by a key that was hit by mistake
        raise Incomplete(N_("Much text was taken out. It is still kept; press Save if you mean it."), field="aim")
    touch(proposal, at, place="general", held=True)
    proposal.title, proposal.folded, proposal.aim, proposal.duration_months = title, fold(title), aim, duration_months
    if not _goes_on(proposal, by, at):
        journal.record(proposal, VERB, by=by, at=at)
    db.session.flush()
    return general_mark(proposal)


def _goes_on(proposal: Proposal, by: User, at: datetime) -> bool:
    """Is this the sitting that the last line of the dossier tells of?"""
    kind, pid = journal.subject_key(proposal)
    lines = select(JournalEntry.verb, JournalEntry.actor_id, JournalEntry.at).where(JournalEntry.subject_type == kind, JournalEntry.subject_pid == pid)
    last = db.session.execute(lines.order_by(JournalEntry.seq.desc()).limit(1)).first()
    return last is not None and (last.verb, last.actor_id) == (VERB, by.id) and timedelta(0) <= at - last.at < SITTING
