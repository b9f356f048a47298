"""The receiving body commits itself: asked when the order form is submitted, it confirms or declines, and hears what becomes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.kernel import outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.files import actions as files
from app.services.files import queries as files_of
from app.services.papers.rules import check_number
from app.services.people import queries as people
from app.services.people.models import User
from app.stages.ideas import queries
from app.stages.ideas.models import Idea, ReceiverCommitment
from app.stages.ideas.rules import COMMITMENT, COMMITTABLE, CommitmentState

LETTER = "commitment_letter"  # kind of the files that such an answer brings


def ask(idea: Idea, *, by: User | None, at: datetime, own_word: str | None = None) -> ReceiverCommitment | None:
    """Ask the body that the order form names, once for each wording of the commitment."""
    if idea.receiver_organisation_id is None:
        return None
    why, row = nfc(own_word or "") or None, of(idea)
    if row is None:
        row = ReceiverCommitment(idea_id=idea.id, organisation_id=idea.receiver_organisation_id, text=idea.commitment or "", own_word=why, asked_at=at)
        COMMITMENT.begin(row, "ask_receiver", by=by, at=at)
    elif row.state == CommitmentState.ASKED or row.text == idea.commitment:
        row.own_word = why or row.own_word
        return row
    else:
        COMMITMENT.advance(row, "ask_receiver", by=by, at=at)
        row.text, row.asked_at, row.own_word = idea.commitment or "", at, why or row.own_word
        row.answered_at = row.answered_by_id = row.reason = row.person = row.document = None
        db.session.flush()
    db.session.expire(idea, ["commitments"])
    outbox.post("ideas/mail/commitment_asked.txt", to=people.managers_of(row.organisation_id), key=f"commitment-asked:{row.public_id}:{row.version}", at=at, idea=idea)
    return row


def of(idea: Idea) -> ReceiverCommitment | None:
    """What the body named now was asked and answered, read anew."""
    return db.session.scalar(select(ReceiverCommitment).where(
        ReceiverCommitment.idea_id == idea.id, ReceiverCommitment.organisation_id == idea.receiver_organisation_id))  # fmt: skip


def check_own_word(idea: Idea, own_word: str | None) -> None:
    """Raise Incomplete when the proposing body is named to receive the result itself without a word why."""
    row = of(idea)
    if idea.receiver_organisation_id == idea.organisation_id and not (nfc(own_word or "") or (row is not None and row.own_word)):
        raise Incomplete(N_("The proposing body is named to receive the result itself. Please say why no other body receives it."), field="own_word")


def check_answerable(idea: Idea, by: Any) -> None:
    """Raise unless this person signs for the body named, and the idea is with the Department and not decided. The idea is whole."""
    if idea.receiver_organisation_id is None or not by.manages(idea.receiver_organisation_id):
        raise NotAllowed(N_("Only who signs for the body that is named to receive the result may do this."))
    if idea.state not in COMMITTABLE or idea.receiving is None:
        raise WrongState(N_("The receiving body answers while the idea is with the Department and not decided."))


def answer(idea: Idea, *, confirmed: bool, by: User, at: datetime, person: str = "", document: str = "", letter: Any = None, reason: str = "",
           seen: Any = None) -> None:  # fmt: skip
    """The body named confirms that it will receive and use the result, with person, office and document or letter; or declines with the reason."""
    queries.load_whole([idea])
    check_answerable(idea, by)
    row: Any = idea.receiving
    said, number, why = nfc(person), nfc(document), nfc(reason)
    if confirmed:
        _check_confirmed(said, number, letter or files_of.of(idea, kind=LETTER))
    elif not why:
        raise Incomplete(N_("Please give the reason."), field="reason")
    if confirmed and letter:
        files.attach(subject=idea, upload=letter, kind=LETTER, by=by, at=at)
    row.person, row.document, row.reason = said[:200] or None, number or None, why or None
    row.answered_at, row.answered_by_id = at, by.id
    COMMITMENT.advance(row, "commit" if confirmed else "refuse", by=by, at=at, seen=seen, reason=why or None, detail={"number": number} if number else None)
    outbox.post("ideas/mail/commitment_answered.txt", to=idea.owner, key=f"commitment-answered:{row.public_id}:{row.version}", at=at, idea=idea, row=row)


def _check_confirmed(person: str, number: str, letter: Any) -> None:
    if len(person.split()) < 2:
        raise Incomplete(N_("Please name the person who commits for the receiving body, with the office."), field="person")
    if number:
        check_number(number, field="document", like="123/SNNMT-KHCN")
    elif not letter:
        raise Incomplete(N_("Please give the number of the document by which your body commits, or attach the signed letter."), field="document")


def tell(idea: Idea, *, at: datetime, number: str) -> None:
    """Tell the receiving body that the province has approved the topic whose result it takes."""
    if idea.receiver_organisation_id is not None:
        outbox.post("ideas/mail/receiver_told.txt", to=people.managers_of(idea.receiver_organisation_id), key=f"receiver-told:{idea.public_id}", at=at, idea=idea, number=number)
