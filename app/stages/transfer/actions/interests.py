"""The verbs of visitors' messages: express, answer, close."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.acceptance.models import Result
from app.stages.acceptance.rules import ResultState
from app.stages.funding import queries as awards
from app.stages.transfer import queries
from app.stages.transfer.actions.shared import check_talks
from app.stages.transfer.correspondents import Correspondent
from app.stages.transfer.models import Interest
from app.stages.transfer.rules import (
    INTEREST,
    check_email,
    check_rate,
    check_spam,
    check_transferable,
)

HOUR = timedelta(hours=1)


def express_interest(result: Result, *, name: str, organisation: str | None, email: str, phone: str | None, message: str, locale: str, address: str | None,
                     limit: int, at: datetime, trap: str | None = None) -> Interest:  # fmt: skip
    """Keep a visitor's message about a public result and tell the officers. At most `limit` an hour from one network address.

    Nothing is mailed to the address that was typed: it may be somebody else's.
    """
    check_transferable(result.state == ResultState.REGISTERED and result.is_public, True)
    check_email(email)
    check_spam(message, trap)
    check_rate(queries.interests_since(address, at - HOUR), limit)
    row = Interest(result_id=result.id, project_id=result.project_id, name=name, organisation=organisation or None, email=email, phone=phone or None,
                   message=message, locale=locale, address=address, at=at,
                   due_on=rulebook.due(local(at).date(), "transfer.interest_days", on=local(at).date()))  # fmt: skip
    INTEREST.begin(row, "express_interest", by=None, at=at)
    outbox.post("transfer/mail/interest.txt", to=people.users_with(Do.TRANSFER_OFFER), key=f"interest:{row.public_id}", at=at, interest=row, result=result)
    return row


def answer_interest(interest: Interest, *, answer: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Answer a visitor by e-mail."""
    check_seen(interest, seen)
    interest.answer, interest.answered_by_id, interest.answered_at = answer, by.id, at
    INTEREST.advance(interest, "answer", by=by, at=at)
    result = queries.result_by_id(interest.result_id)
    outbox.post("transfer/mail/interest_answer.txt", to=Correspondent(interest.name, interest.email, interest.locale), at=at,
                key=f"interest-answer:{interest.public_id}", interest=interest, result=result)  # fmt: skip


def close_interest(interest: Interest, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Close a message without an answer (advertising, a joke, settled by telephone), with the reason."""
    check_seen(interest, seen)
    interest.reason, interest.answered_by_id, interest.answered_at = reason, by.id, at
    INTEREST.advance(interest, "close", by=by, at=at, reason=reason)


def negotiate(interest: Interest, *, note: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Talks about a contract begin: the host, to whom the visitor's address is now open, is told what was said so far."""
    result = queries.result_by_id(interest.result_id)
    INTEREST.advance(interest, "negotiate", by=by, at=at, reason=note, seen=seen)
    outbox.post("transfer/mail/talks.txt", to=awards.holders(result.project), key=f"talks:{interest.public_id}", at=at, interest=interest, result=result, note=note)


def note_talks(interest: Interest, *, note: str, by: User, at: datetime) -> None:
    """Write down how the talks go: who met, what was offered, what is open."""
    check_talks(interest, by)
    journal.record(interest, "note_talks", by=by, at=at, reason=note)
