"""The acts on a scientific CV: write it, bring in what the system knows, put it down as a version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.words import N_
from app.services.people.models import User
from app.services.profiles import queries
from app.services.profiles.models import Cv, CvVersion
from app.services.profiles.rules import FORM, Task, brought_in, digest
from app.services.questionnaires.answering import too_long
from app.services.questionnaires.rules import LONGEST_ANSWER, questions

SITTING = timedelta(minutes=10)  # what is saved within it is one line of the journal


def begin(user: User, *, tasks: Sequence[Task] = (), at: datetime) -> Cv:
    """Begin the person's CV with what is known; the one there is when it was begun."""
    found = queries.draft_of(user)
    if found is not None:
        return found
    answers = queries.beginning(user, at=at)
    row = Cv(user_id=user.id, answers=answers | brought_in(answers, tasks), began_at=at, saved_at=at)
    db.session.add(row)
    db.session.flush()
    journal.record(row, "begin_cv", by=user, at=at)
    return row


def save(cv: Cv, answers: Mapping[str, Any], *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Keep what was typed; gaps are allowed. Raises Stale when it was saved elsewhere meanwhile."""
    check_seen(cv, seen)
    if code := too_long(dict(answers)):
        raise Incomplete(N_("Please use at most %(n)s characters."), field=code, n=LONGEST_ANSWER)
    if {**cv.answers, **answers} == cv.answers:
        return
    new_sitting = at - cv.saved_at >= SITTING
    cv.answers = {**cv.answers, **answers}
    cv.saved_at = at
    flag_modified(cv, "answers")
    db.session.flush()
    if new_sitting:
        journal.record(cv, "save_cv", by=by, at=at)


def bring_in(cv: Cv, tasks: Sequence[Task], *, by: User, at: datetime, seen: int | str | None = None) -> int:
    """Add the projects that the system knows and the CV does not name yet; returns the number of tables that grew."""
    found = brought_in(cv.answers, tasks)
    if not found:
        raise WrongState(N_("Every project that this system knows of you stands in the CV already."))
    save(cv, found, by=by, at=at, seen=seen)
    return len(found)


def check_new(cv: Cv, _by: User | None = None) -> None:
    """Raise WrongState when nothing changed since the last version."""
    last = db.session.get(User, cv.user_id)
    version = queries.latest_cv(last) if last is not None else None
    if version is not None and version.answers == said_in(cv, version.form.definition):
        raise WrongState(N_("Nothing has changed since version %(n)s."), n=version.number)


def said_in(cv: Cv, definition: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to the questions of this form, and no others."""
    asked = [q["code"] for q in questions(definition)]
    return {code: cv.answers[code] for code in asked if cv.answers.get(code) is not None}


def put(cv: Cv, *, by: User, at: datetime, seen: int | str | None = None) -> CvVersion:
    """Put the CV down as its next version. Raises Incomplete while something is missing, WrongState when nothing changed."""
    check_seen(cv, seen)
    form = queries.form_in_force(local(at).date())
    faults = queries.faults_of(dict(cv.answers), form, on=local(at).date())
    if faults:
        raise Incomplete(N_("The CV is not complete; answers missing or wrong: %(n)s."), n=len({f.code for f in faults}))
    check_new(cv)
    last = queries.latest_cv(by)
    number, answers = (last.number if last is not None else 0) + 1, said_in(cv, form.definition)
    name = str(answers.get("full_name") or by.name)[:200]
    row = CvVersion(user_id=cv.user_id, number=number, made_at=at, name=name, form_version_id=form.id, answers=answers,
                    sha256=digest(form=f"{FORM}/{form.number}", number=number, name=name, made_at=at, answers=answers))  # fmt: skip
    db.session.add(row)
    db.session.flush()
    journal.record(cv, "put_cv", by=by, at=at, detail={"number": str(number), "sha256": row.sha256})
    return row


def is_sound(version: CvVersion) -> bool:
    """Does the version still say what its hash says?"""
    return version.sha256 == digest(form=f"{FORM}/{version.form.number}", number=version.number, name=version.name, made_at=version.made_at, answers=version.answers)
