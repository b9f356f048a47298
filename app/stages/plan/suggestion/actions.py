"""The acts of the suggestion: add a word, take one out; note a link that a person confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.lifecycle import check_seen
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.services.similarity.words import words as syllables
from app.stages.plan.models import Plan, Priority
from app.stages.plan.rules import PlanState
from app.stages.plan.suggestion import labels
from app.stages.plan.suggestion.models import ConfirmedLink, PriorityTerm

LONGEST_TERM = 200


def add_term(item: Priority, text: str, weight: int, *, by: User | None, at: datetime) -> PriorityTerm:
    """Add words that speak for an item of the plan in force. Raises Incomplete beside the field that is wrong."""
    cleaned = " + ".join(part for raw in nfc(text or "").split("+") if (part := " ".join(raw.split())))
    _check_words(cleaned)
    if not 1 <= weight <= 5:
        raise Incomplete(N_("The weight is a whole number from 1 to 5."), field="weight")
    if db.session.scalar(select(Plan.state).where(Plan.id == item.plan_id)) != PlanState.IN_FORCE:
        raise Incomplete(N_("Words are added to items of the plan in force."), field="item")
    known = select(PriorityTerm.id).where(PriorityTerm.item_id == item.id, PriorityTerm.folded == fold(cleaned), PriorityTerm.removed_at.is_(None))
    if db.session.scalar(known) is not None:
        raise Incomplete(N_("These words already stand beside this item."), field="words")
    term = PriorityTerm(item=item, words=cleaned, folded=fold(cleaned), weight=weight, added_by_id=by.id if by else None, added_at=at)
    db.session.add(term)
    db.session.flush()
    journal.record(term, "add_term", by=by, at=at, detail={"item": item.code, "words": cleaned, "weight": weight})
    return term


def _check_words(text: str) -> None:
    if not text or len(text) > LONGEST_TERM:
        raise Incomplete(N_("Please write the words, at most 200 characters."), field="words")
    positive = 0
    for part in text.split("+"):
        bare = part.strip().lstrip("!").strip()
        if bare.startswith("@"):
            if bare[1:] not in labels.classes() or bare[1:] == "compound":
                raise Incomplete(N_("There is no group of words called %(name)s."), field="words", name=bare)
        elif not syllables(bare):
            raise Incomplete(N_("Please write the words, at most 200 characters."), field="words")
        positive += not part.strip().startswith("!")
    if not positive:
        raise Incomplete(N_("At least one word must be one that stands in the title."), field="words")


def remove_term(term: PriorityTerm, *, by: User | None, at: datetime, seen: int | str | None = None) -> None:
    """Take words out of use; they stay on record."""
    check_seen(term, seen)
    term.removed_at = at
    db.session.flush()
    journal.record(term, "remove_term", by=by, at=at, detail={"item": term.item.code, "words": term.words})


def confirm(subject: Any, title: str, item: Priority, *, at: datetime) -> None:
    """Note that a person tied this subject (an idea, a topic) to the item. The last word counts."""
    kind, pid = journal.subject_key(subject)
    row = db.session.scalar(select(ConfirmedLink).where(ConfirmedLink.subject_type == kind, ConfirmedLink.subject_pid == pid))
    if row is None:
        row = ConfirmedLink(subject_type=kind, subject_pid=pid)
        db.session.add(row)
    row.item_id, row.title, row.at = item.id, nfc(title)[:500], at
    db.session.flush()
