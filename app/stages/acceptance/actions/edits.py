"""What the council wants edited: listed one by one, answered by the host, ticked by the chair, confirmed by the Department."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.files import actions as files
from app.services.papers import actions as papers
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook.calendar import check_day
from app.stages.acceptance import asked, queries
from app.stages.acceptance.actions.dossiers import face
from app.stages.acceptance.actions.going import go
from app.stages.acceptance.actions.shared import (
    check_apart,
    check_project_holder,
    check_revised,
)
from app.stages.acceptance.models import Case
from app.stages.acceptance.parts import RequestedEdit
from app.stages.acceptance.rules import CaseState, check_accepted
from app.stages.funding import queries as funding

REVISED = "revised_report"  # beside the documents of the dossier
AGREED = "chair_agreement"  # signed by a chair who does not tick here
MOST = 40
_BULLET = re.compile(r"^\s*(?:[-–•*+]|\d{1,2}[.)])\s+")


def lines_of(text: str) -> list[str]:
    """One edit a line; bullets and numbers before it are not part of it."""
    found = [_BULLET.sub("", nfc(raw)).strip() for raw in text.splitlines()]
    return [line for line in found if any(c.isalnum() for c in line)]


def require_revision(case: Case, *, what: str, by: User, at: datetime, seen: Any = None) -> list[RequestedEdit]:
    """Ask the host for the edits that the council concluded, one a line."""
    check_apart(case, by)
    check_accepted(case.accepted)
    wanted = lines_of(what)
    if not wanted:
        raise Incomplete(N_("Please list what is to be edited, one point a line."), field="what")
    if len(wanted) > MOST:
        raise Incomplete(N_("At most %(n)s points, please: join those that belong together."), field="what", n=MOST)
    check_seen(case, seen)
    go(case, "require_revision", by=by, at=at, reason=what)
    case.revision_asked, case.revision_asked_at = what, at
    case.revision_note = case.revised_at = case.revised_by_id = None
    case.revision_confirmed_at = case.revision_confirmed_by_id = case.chair_agreed_on = case.chair_name = None
    begun = len(asked.edits_of(case))
    rows = [RequestedEdit(case_id=case.id, round=case.round, position=n, text=text) for n, text in enumerate(wanted, begun + 1)]
    db.session.add_all(rows)
    db.session.flush()
    tell(case, "revision", at=at)
    return rows


def revise(case: Case, *, answers: Mapping[int, str | None], note: str | None = None, upload: Any = None, by: User, at: datetime, seen: Any = None) -> None:
    """The host says what was edited and where, point by point ({position: answer}), and may add the revised report as a file."""
    check_project_holder(case, by)
    project = funding.project_by_id(case.project_id)
    edits = asked.edits_of(case)
    for edit in edits:
        if edit.done_at is None and not nfc(answers.get(edit.position) or "").strip():
            raise Incomplete(N_("Please say of point %(n)s what was edited, and where."), field=f"answer_{edit.position}", n=edit.position)
    check_seen(case, seen)
    case.revision_note, case.revised_at, case.revised_by_id, case.reason = note or None, at, by.id, None
    go(case, "revise", by=by, at=at)
    for edit in edits:
        if edit.done_at is None:
            edit.answer = nfc(answers.get(edit.position) or "").strip()
    db.session.flush()
    if upload:
        files.attach(subject=case, upload=upload, kind=REVISED, by=by, at=at)
    chair = asked.chair_of(case)
    outbox.post("acceptance/mail/revised.txt", to=people.users_with(Do.ACCEPTANCE_RUN), key=f"acceptance-revised:{case.public_id}:{case.version}", at=at,
                project=project, case=case)  # fmt: skip
    if chair is not None:
        outbox.post("acceptance/mail/to_tick.txt", to=[chair], key=f"acceptance-to-tick:{case.public_id}:{case.version}", at=at, project=project, case=case)


def check_chair(case: Case, by: User) -> None:
    """Does this person lead the council of the case, and is there something to tick?"""
    check_revised(case)
    if case.state != CaseState.REVISING:
        raise WrongState(N_("The revision is confirmed already."))
    chair = asked.chair_of(case)
    if chair is None or chair.id != by.id:
        raise NotAllowed(N_("Only who led the session of the council ticks the edits."))


def tick(case: Case, done: Iterable[int], still_open: Mapping[int, str | None], *, by: User, at: datetime, seen: Any = None) -> list[RequestedEdit]:
    """The chair ticks what is edited, and says of the rest what is still open. Gives back what is not ticked."""
    check_chair(case, by)
    check_seen(case, seen)
    ticked = set(done)
    edits = asked.edits_of(case)
    for edit in edits:
        if edit.done_at is None and edit.position not in ticked and not nfc(still_open.get(edit.position) or "").strip():
            raise Incomplete(N_("Point %(n)s is not ticked: please say what is still open."), field=f"open_{edit.position}", n=edit.position)
    for edit in edits:
        if edit.done_at is not None:
            continue
        if edit.position in ticked:
            edit.done_at, edit.done_by_id, edit.still_open = at, by.id, None
        else:
            edit.still_open = nfc(still_open.get(edit.position) or "").strip()
    left = [edit for edit in edits if edit.done_at is None]
    db.session.flush()
    journal.record(case, "tick_edits", by=by, at=at, detail={"ticked": len(edits) - len(left), "of": len(edits)})
    outbox.post("acceptance/mail/ticked.txt", to=people.users_with(Do.ACCEPTANCE_RUN), key=f"acceptance-ticked:{case.public_id}:{at.isoformat()}", at=at,
                project=funding.project_by_id(case.project_id), case=case, left=len(left), total=len(edits))  # fmt: skip
    return left


def refuse_revision(case: Case, *, reason: str, by: User, at: datetime, seen: Any = None) -> None:
    """Send the revised report back with what is still open."""
    check_apart(case, by)
    check_revised(case)
    check_seen(case, seen)
    case.revised_at = None
    go(case, "refuse_revision", by=by, at=at, reason=reason)
    case.reason = reason
    db.session.flush()
    tell(case, "revision_refused", at=at, reason=reason)


def confirm_revision(case: Case, *, chair_name: str | None = None, chair_agreed_on: date | None = None, paper: Any = None, by: User, at: datetime,
                     seen: Any = None) -> None:  # fmt: skip
    """Confirm the revised report: the chair ticked every edit here, or agreed on paper, which is kept, with name and day."""
    check_apart(case, by)
    check_revised(case)
    if case.graded_at is None:
        raise WrongState(N_("The council has not rated this project."))
    edits = asked.edits_of(case)
    left = [edit for edit in edits if edit.done_at is None]
    if not left and edits:
        chair_name, chair_agreed_on = asked.ticked_by(edits)
    elif not nfc(chair_name or "") or chair_agreed_on is None:
        raise Incomplete(N_("The chair has not ticked every edit. What the chair agreed to on paper needs name, day and the signed paper."), field="chair_name" if not nfc(chair_name or "") else "chair_agreed_on")
    elif not paper:
        raise Incomplete(N_("Please attach the paper that the chair signed."), field="paper")
    check_day(chair_agreed_on, field="chair_agreed_on", since=local(case.graded_at).date(), until=local(at).date())
    check_seen(case, seen)
    if left or not edits:
        files.attach(subject=case, upload=paper, kind=AGREED, by=by, at=at)
    for edit in left:
        edit.done_at, edit.done_by_id, edit.on_paper, edit.still_open = at, by.id, True, None
    case.chair_name, case.chair_agreed_on = nfc(chair_name or ""), chair_agreed_on
    case.revision_confirmed_at, case.revision_confirmed_by_id = at, by.id
    go(case, "confirm_revision", by=by, at=at, detail={"chair_agreed_on": chair_agreed_on.isoformat()})
    _issue(case, edits, by=by, at=at)
    tell(case, "revision_confirmed", at=at)


def _issue(case: Case, edits: Sequence[RequestedEdit], *, by: User, at: datetime) -> None:
    project = funding.project_by_id(case.project_id)
    assert case.chair_agreed_on is not None
    papers.issue(template="acceptance/revision", subject=case, by=by, at=at, title=f"Biên bản xác nhận hoàn thiện hồ sơ nghiệm thu nhiệm vụ {project.code}", data={
        **face(project), "edits": [{"text": e.text, "answer": e.answer or case.revision_note or ""} for e in edits], "note": case.revision_note or "",
        "level": queries.levels_of(project)[case.grade or ""], "chair": case.chair_name or "", "agreed_on": case.chair_agreed_on.isoformat()})  # fmt: skip


def tell(case: Case, mail: str, *, at: datetime, **more: Any) -> None:
    """Write to who answers for the project."""
    project = funding.project_by_id(case.project_id)
    outbox.post(f"acceptance/mail/{mail}.txt", to=funding.holders(project), key=f"acceptance-{mail}:{case.public_id}:{case.version}", at=at,
                project=project, case=case, **more)  # fmt: skip


