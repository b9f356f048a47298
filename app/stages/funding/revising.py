"""The work description revised by the applicant after the appraisal, against the figures that are allowed. What was submitted stays as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.services.questionnaires import differing
from app.services.questionnaires import queries as questionnaires
from app.services.questionnaires.answering import too_long
from app.services.questionnaires.rules import LONGEST_ANSWER, questions, said
from app.services.rulebook import queries as rulebook
from app.stages.funding import queries, signing
from app.stages.funding.models import Appraisal, WorkRevision
from app.stages.funding.rules import REVISION, RevisionState
from app.stages.proposals import queries as proposals
from app.stages.proposals import work
from app.stages.proposals.models import Proposal

OPEN = (RevisionState.ASKED, RevisionState.RETURNED)


@dataclass(frozen=True)
class Change:
    """An answer that was revised: the words that differ."""

    code: str
    section: str
    label: str
    pieces: list[differing.Piece]


def of(appraisal: Appraisal) -> WorkRevision | None:
    """The revision that goes with an appraisal; None where none is asked for (none by the rulebook, or an appraisal from before it)."""
    return queries.revision_of(appraisal.id)


def ask(appraisal: Appraisal, *, by: User, at: datetime) -> WorkRevision | None:
    """Ask the applicant to revise the work description within the rulebook's days; asked again when the budget was read again."""
    today = local(at).date()
    term = rulebook.value("funding.revision", on=today)
    if not term["days"]:
        return None
    row, due = of(appraisal), rulebook.due(today, term)
    if row is None:
        proposal = _dossier(appraisal)
        row = WorkRevision(appraisal_id=appraisal.id, due_on=due, answers=dict(work.answers_of(proposal)), asked_at=at)
        REVISION.begin(row, "ask", by=by, at=at, detail={"until": due.isoformat()})
    else:
        if row.state != RevisionState.ASKED:
            REVISION.advance(row, "ask_again", by=by, at=at, detail={"until": due.isoformat()})
        row.due_on, row.asked_at = due, at
        row.decided_at = row.decided_by_id = None
        db.session.flush()
    proposal = queries.proposal_of(appraisal)
    outbox.post("funding/mail/revision_asked.txt", to=queries.holders_of_proposal(proposal), key=f"revision-asked:{row.public_id}:{row.version}", at=at,
                proposal=proposal, appraisal=appraisal, revision=row)  # fmt: skip
    return row


def _dossier(appraisal: Appraisal) -> Proposal:
    found = proposals.by_id(appraisal.proposal_id)
    assert found is not None
    return found


def form_of(row: WorkRevision) -> Any:
    """The version of the form of the dossier."""
    return work.form_of(_dossier(queries.appraisal_by_id(row.appraisal_id)))


def check_revisable(row: WorkRevision, by: User) -> None:
    """Raise unless this person revises for the applicant, and it is their turn."""
    proposal = queries.proposal_of(queries.appraisal_by_id(row.appraisal_id))
    if by.id != proposal.pi_id and not by.manages(proposal.host_id):
        raise NotAllowed(N_("Only the investigator and the host's manager revise the work description."))
    if row.state not in OPEN:
        raise WrongState(N_("The revised work description is with the Department."))


def save(row: WorkRevision, answers: Mapping[str, Any], *, by: User, at: datetime, seen: Any = None) -> list[str]:
    """Keep answers of a section; returns the questions that changed."""
    check_revisable(row, by)
    check_seen(row, seen)
    if code := too_long(answers):
        raise Incomplete(N_("Please use at most %(n)s characters."), field=code, n=LONGEST_ANSWER)
    known = {q["code"] for q in questions(form_of(row).definition)}
    touched = [code for code in differing.changed(answers, row.answers, answers) if code in known]
    if touched:
        row.answers = {**row.answers, **{code: answers[code] for code in touched}}
        flag_modified(row, "answers")
        db.session.flush()
        journal.record(row, "save_work", by=by, at=at, detail={"answers": touched})
    return touched


def submit(row: WorkRevision, *, note: str, by: User, at: datetime, seen: Any = None) -> None:
    """Hand in what was revised, with a word on what was changed. Nothing may be missing in the form."""
    check_revisable(row, by)
    said_so = nfc(note or "").strip()
    if not said_so:
        raise Incomplete(N_("Please say what you changed, and what stays as it was."), field="note")
    definition = form_of(row).definition
    choices = questionnaires.choices_for(definition, on=local(at).date(), lang="vi")
    wrong = questionnaires.wrong(definition, row.answers, choices=choices, complete=True)
    before = {f.code for f in questionnaires.wrong(definition, work.answers_of(_dossier(queries.appraisal_by_id(row.appraisal_id))), choices=choices, complete=True)}
    if faults := [f for f in wrong if f.code not in before]:  # what an older form left open is not asked for now
        raise Incomplete(N_("The work description is not complete; answers missing or wrong: %(n)s."), n=len({f.code for f in faults}))
    check_seen(row, seen)
    row.note, row.submitted_at, row.submitted_by_id, row.remark = said_so, at, by.id, None
    REVISION.advance(row, "submit", by=by, at=at, detail={"late": local(at).date() > row.due_on})
    appraisal = queries.appraisal_by_id(row.appraisal_id)
    outbox.post("funding/mail/revision_submitted.txt", to=queries.person(appraisal.concluded_by_id), key=f"revision-submitted:{row.public_id}:{row.version}", at=at,
                proposal=queries.proposal_of(appraisal), appraisal=appraisal, revision=row)  # fmt: skip


def accept(row: WorkRevision, *, by: User, at: datetime, seen: Any = None) -> None:
    """Accept what was revised: it is the work description of the contract."""
    _check_another(row, by)
    check_seen(row, seen)
    row.decided_by_id, row.decided_at, row.remark = by.id, at, None
    REVISION.advance(row, "accept", by=by, at=at, detail={"sha256": digest(row)})
    appraisal = queries.appraisal_by_id(row.appraisal_id)
    proposal = queries.proposal_of(appraisal)
    outbox.post("funding/mail/revision_accepted.txt", to=queries.holders_of_proposal(proposal), key=f"revision-accepted:{row.public_id}:{row.version}", at=at,
                proposal=proposal, appraisal=appraisal, revision=row)  # fmt: skip


def give_back(row: WorkRevision, *, remark: str, by: User, at: datetime, seen: Any = None) -> None:
    """Return it to be revised again, with what is wrong; the term runs anew."""
    _check_another(row, by)
    told = nfc(remark or "").strip()
    if not told:
        raise Incomplete(N_("Please say what is to be changed."), field="remark")
    check_seen(row, seen)
    today = local(at).date()
    row.remark, row.decided_by_id, row.decided_at = told, by.id, at
    row.due_on = rulebook.due(today, rulebook.value("funding.revision", on=today))
    REVISION.advance(row, "return", by=by, at=at, reason=told)
    appraisal = queries.appraisal_by_id(row.appraisal_id)
    proposal = queries.proposal_of(appraisal)
    outbox.post("funding/mail/revision_returned.txt", to=queries.holders_of_proposal(proposal), key=f"revision-returned:{row.public_id}:{row.version}", at=at,
                proposal=proposal, appraisal=appraisal, revision=row)  # fmt: skip


def _check_another(row: WorkRevision, by: User) -> None:
    if row.submitted_by_id == by.id:
        raise NotAllowed(N_("You did an earlier step of this. Another person must do this one."))
    signing.check_apart(queries.appraisal_by_id(row.appraisal_id), by)


def check_accepted(appraisal: Appraisal, _by: User | None = None) -> None:
    """Raise WrongState while the work description is still to be revised, where the rulebook wants it before the approval."""
    row = of(appraisal)
    if row is not None and row.state != RevisionState.ACCEPTED:
        raise WrongState(N_("The applicant has not revised the work description yet, or nobody has accepted it."))


def changes_of(row: WorkRevision, lang: str) -> list[Change]:
    """The answers that differ from the dossier as submitted, word by word, in the order of the form."""
    proposal = _dossier(queries.appraisal_by_id(row.appraisal_id))
    definition, before = work.form_of(proposal).definition, work.answers_of(proposal)
    names = work.labels_of(definition, on=local(row.asked_at).date(), lang=lang)
    found = []
    for section in definition["sections"]:
        for question in section["questions"]:
            code = question["code"]
            if differing.same(before.get(code), row.answers.get(code)):
                continue
            chosen = names.get(code, {}) | {k: v for place, values in names.items() if place.startswith(f"{code}.") for k, v in values.items()}
            pieces = differing.compare(differing.told(question, before.get(code), chosen), differing.told(question, row.answers.get(code), chosen))
            found.append(Change(code, section["code"], said(question["label"], lang), pieces))
    return found


def digest(row: WorkRevision) -> str:
    """The fingerprint of the answers, for the contract's annex."""
    return hashlib.sha256(json.dumps(row.answers, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
