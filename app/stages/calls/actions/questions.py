"""The verbs of questions: ask, answer for all, set aside."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from app.kernel import outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import User
from app.services.people.rules import Addressee
from app.stages.calls import queries
from app.stages.calls.models import Call, CallTopic, Question
from app.stages.calls.rules import (
    QUESTION,
    QuestionState,
    TooMany,
    takes_questions,
)

HOUR = timedelta(hours=1)


def ask(call: Call, *, text: str, at: datetime, by: User | None = None, email: str = "", call_topic: CallTopic | None = None, locale: str = "vi",
        address: str | None = None, limit: int = 5) -> Question:  # fmt: skip
    """Ask something about an open call, signed in or with a mail address; at most `limit` an hour from one address or person.

    The journal does not name who asked: before the opening nobody learns who thinks of applying.
    """
    if not takes_questions(call, at):
        raise WrongState(N_("Questions about this call are no longer taken."))
    if not nfc(text or ""):
        raise Incomplete(N_("Please write your question."), field="text")
    if by is None and not re.fullmatch(r"[^@\s,;<>]{1,200}@[^@\s,;<>]+\.[^@\s,;<>]+", email or ""):
        raise Incomplete(N_("Please write a whole e-mail address."), field="email")
    if queries.asked_since(at - HOUR, address=address, user=by, email=email) >= limit:
        raise TooMany(N_("Too many questions came from you in the last hour. Please try again later."))
    row = Question(call_id=call.id, call_topic_id=call_topic.id if call_topic else None, text=nfc(text), asker_id=by.id if by else None,
                   email=None if by else email, locale=by.locale if by else locale, address=address, asked_at=at)  # fmt: skip
    QUESTION.begin(row, "ask", by=None, at=at)
    outbox.post("calls/mail/asked.txt", to=people.users_with(Do.CALLS_PUBLISH), key=f"call-asked-{row.public_id}", at=at, call=call, question=row)
    return row


def answer(question: Question, *, wording: str, text: str, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Publish the answer for all, with the question as it is worded there; who asked gets a mail."""
    if not nfc(wording or ""):
        raise Incomplete(N_("Please write the question as everybody will read it."), field="wording")
    if not nfc(text or ""):
        raise Incomplete(N_("Please write the answer."), field="answer")
    check_seen(question, seen)
    if question.state != QuestionState.ASKED:
        raise WrongState(N_("This question has been dealt with already."))
    question.wording, question.answer, question.answered_at, question.answered_by_id = nfc(wording), nfc(text), at, by.id
    QUESTION.advance(question, "answer", by=by, at=at)
    _mail(question, "answered", at)


def set_aside(question: Question, reason: str, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Do not publish a question (advertising, asked before, not about the call); who asked is told why."""
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    check_seen(question, seen)
    if question.state != QuestionState.ASKED:
        raise WrongState(N_("This question has been dealt with already."))
    question.set_aside_reason = nfc(reason)
    QUESTION.advance(question, "set_aside", by=by, at=at, reason=nfc(reason))
    _mail(question, "set_aside", at)


def _mail(question: Question, what: str, at: datetime) -> None:
    to = queries.asker_of(question) or Addressee("", question.email or "", question.locale)
    call = db.session.get_one(Call, question.call_id)
    outbox.post(f"calls/mail/{what}.txt", to=to, key=f"call-{what}-{question.public_id}", at=at, call=call, question=question)
