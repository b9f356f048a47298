"""A returned order form: what may be changed of it, that something is changed, and what differs from the version sent before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.services.questionnaires import differing
from app.stages.ideas import order
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import IdeaState


def locked_sections(idea: Idea, *, at: datetime) -> set[str]:
    """The sections of a returned form that the officer did not name, and in which nothing is wrong: they stay as they are."""
    row = order.of(idea)
    if idea.state != IdeaState.RETURNED or not row.return_sections:
        return set()
    sections = {q["code"]: s["code"] for s in row.form.definition["sections"] for q in s["questions"]}
    faulty = {sections[fault.code] for fault in order.lacking(idea, at=at) if fault.code in sections}
    return set(sections.values()) - set(row.return_sections) - faulty


def check_open(idea: Idea, answers: Mapping[str, Any], *, year: int | None, files: Iterable[str] = (), at: datetime) -> None:
    """Raise Incomplete for a change in a section that was not named when the form was returned."""
    if not (locked := locked_sections(idea, at=at)):
        return
    row = order.of(idea)
    closed = {q["code"] for s in row.form.definition["sections"] if s["code"] in locked for q in s["questions"]}
    wrong = [code for code, value in answers.items() if code in closed and not differing.same(value, row.answers.get(code))] + [code for code in files if code in closed]
    if wrong:
        raise Incomplete(N_("This section was not named when the form was returned: it stays as it was. Write to the Department when it must change."), field=wrong[0])
    if year is not None and year != idea.year:
        raise Incomplete(N_("The year was not named when the form was returned: it stays as it was."), field="year")


YEAR = "year"  # the one thing that a page of the form asks beside its questions; no question has this code


def note_sent(idea: Idea) -> None:
    """Keep what is sent now beside what was sent before. Raises Incomplete when a returned form is sent as it came back."""
    row, now = order.stored(idea), _now(idea)
    if idea.state == IdeaState.RETURNED and row.sent_answers is not None and not changed(row.sent_answers, now):
        raise Incomplete(N_("Nothing has been changed since the form was returned. Please complete what was asked, then send it again."))
    row.former_answers, row.sent_answers = row.sent_answers, now


def _now(idea: Idea) -> dict[str, Any]:
    return {**order.of(idea).answers, YEAR: idea.year}


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The codes of the answers that differ, and YEAR where it was kept and does."""
    return [code for code in differing.changed(dict.fromkeys([*before, *after]), before, after) if code != YEAR or YEAR in before]


def versions(idea: Idea) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What is compared: the last two sendings; of a form that is returned what was sent and what stands now. None when there is one only."""
    row = order.of(idea)
    before, after = (row.sent_answers, _now(idea)) if idea.state == IdeaState.RETURNED else (row.former_answers, row.sent_answers)
    return (before, after) if before is not None and after is not None else None
