"""The acts on requests to add something: ask until a day of the rulebook, answer with what was asked and nothing else, take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.subjects import Subject, may_read, register_subject
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.files import actions as file_acts
from app.services.files import queries as files
from app.services.papers import actions as papers
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.proposals import checklist, outcomes, queries
from app.stages.proposals.checking import check_judgeable, check_not_waiting
from app.stages.proposals.checkmodels import Remedy, RemedyItem
from app.stages.proposals.eligibility import REMEDY, RemedyState, Wanted, overdue
from app.stages.proposals.models import Proposal

LONGEST_ANSWER = 10_000
MOST_FILES = 10


def check_askable(proposal: Proposal, by: User, on: date) -> None:
    """Raise unless this officer may ask the applicant to add something now."""
    check_judgeable(proposal, by)
    check_not_waiting(proposal, on)


def due_day(proposal: Proposal, on: date) -> date:
    """The last day of an answer to what is asked today."""
    return rulebook.due(on, queries.setting("proposals.supplement_days", on, proposal.call_topic.call))


def ask(proposal: Proposal, wanted: Sequence[Wanted], *, note: str = "", by: User, at: datetime, seen: Any = None) -> Remedy:
    """Ask the applicant to add these until the day the rulebook gives; the letter goes out by mail. One that lapsed makes room for another."""
    proposal = queries.held(proposal)
    check_seen(proposal, seen)
    today = local(at).date()
    check_askable(proposal, by, today)
    if not wanted:
        raise Incomplete(N_("Please say what is to be added."), field="documents")
    if (before := checklist.waiting_remedy(proposal)) is not None:
        REMEDY.advance(before, "run_out", by=None, at=at)
    row = Remedy(proposal_id=proposal.id, number=len(checklist.remedies_of(proposal)) + 1, note=nfc(note or "") or None, due_on=due_day(proposal, today), asked_by_id=by.id, asked_at=at)
    REMEDY.begin(row, "ask_remedy", by=by, at=at)
    journal.record(proposal, "ask_remedy", by=by, at=at, reason=row.note, detail={"remedy": row.public_id, "until": row.due_on.isoformat()})
    db.session.add_all(RemedyItem(remedy_id=row.id, position=n, document=w.document, wanted=nfc(w.text)[:2000]) for n, w in enumerate(wanted, start=1))
    db.session.flush()
    db.session.expire(row, ["items"])
    letter = papers.issue(template="proposals/remedy", subject=proposal, title=f"Yêu cầu bổ sung hồ sơ {proposal.code}", by=by, at=at, data={
        "code": proposal.code, "title": proposal.title, "host": proposal.host.name, "pi": proposal.pi.name, "note": row.note or "", "due": f"{row.due_on:%d/%m/%Y}",
        "items": [{"wanted": nfc(w.text)} for w in wanted]})  # fmt: skip
    row.letter_pid = letter.public_id
    db.session.flush()
    outbox.post("proposals/mail/remedy_asked.txt", to=outcomes.holders(proposal), key=f"remedy-asked:{row.public_id}", at=at, proposal=proposal, remedy=row,
                wanted=[w.text for w in wanted], letter=letter)  # fmt: skip
    return row


def check_answerable(remedy: Remedy, by: User, on: date) -> None:
    """Raise unless this person may still add what was asked for."""
    proposal = remedy.proposal
    if proposal.pi_id != by.id and not by.manages(proposal.host_id):
        raise NotAllowed(N_("The principal investigator or a manager of the host organisation answers."))
    if remedy.state != RemedyState.ASKED:
        raise WrongState(N_("This request is answered, or it was taken back."))
    if overdue(remedy, on):
        raise WrongState(N_("The last day to answer was %(day)s. Nothing can be added any more."), day=f"{remedy.due_on:%d/%m/%Y}")


def save(remedy: Remedy, texts: Mapping[int, str], uploads: Mapping[int, Any], take_out: Sequence[str] = (), *, by: User, at: datetime, seen: Any = None) -> None:
    """Keep what the applicant has so far: explanations and files by the number of the item. The Department sees nothing of it yet."""
    check_seen(remedy, seen)
    check_answerable(remedy, by, local(at).date())
    flag_modified(remedy, "note")  # another page that shows what was kept before is told
    present = files.of(remedy)
    for row in present:
        if row.public_id in set(take_out):
            file_acts.remove(row, subject=remedy, by=by, at=at)
    for item in remedy.items:
        text = nfc(texts.get(item.position) or "")
        if len(text) > LONGEST_ANSWER:
            raise Incomplete(N_("Please use at most %(n)d characters; this has %(have)d."), field=f"answer_{item.position}", n=LONGEST_ANSWER, have=len(text))
        item.answer = text or None
        upload = uploads.get(item.position)
        if upload is not None and getattr(upload, "filename", ""):
            _attach(remedy, item, upload, len(present), by, at)
    db.session.flush()


def _attach(remedy: Remedy, item: RemedyItem, upload: Any, present: int, by: User, at: datetime) -> None:
    field = f"file_{item.position}"
    if present >= MOST_FILES * len(remedy.items):
        raise Incomplete(N_("These are too many files. Take one out first."), field=field)
    try:
        file_acts.attach(subject=remedy, upload=upload, kind=checklist.file_kind(item), by=by, at=at)
    except Incomplete as refused:
        raise Incomplete(refused.message, field=field, **refused.params) from None


def answer(remedy: Remedy, texts: Mapping[int, str], uploads: Mapping[int, Any], take_out: Sequence[str] = (), *, by: User, at: datetime, seen: Any = None) -> None:
    """Send what was asked for: every document is there, every question has an answer. Afterwards nothing of it changes."""
    save(remedy, texts, uploads, take_out, by=by, at=at, seen=seen)
    kinds = {row.kind for row in files.of(remedy)}
    for item in remedy.items:
        if item.document and item.document not in kinds:
            raise Incomplete(N_("Please add the file that was asked for."), field=f"file_{item.position}")
        if not item.document and not item.answer:
            raise Incomplete(N_("Please write your explanation."), field=f"answer_{item.position}")
    remedy.answered_by_id, remedy.answered_at = by.id, at
    REMEDY.advance(remedy, "answer", by=by, at=at, detail={"files": [row.sha256 for row in files.of(remedy)]})
    journal.record(remedy.proposal, "answer_remedy", by=by, at=at, detail={"remedy": remedy.public_id})
    outbox.post("proposals/mail/remedy_answered.txt", to=remedy.asked_by, key=f"remedy-answered:{remedy.public_id}", at=at, proposal=remedy.proposal, remedy=remedy)


def take_back(remedy: Remedy, reason: str, *, by: User, at: datetime, seen: Any = None) -> None:
    """The Department does not need it any more."""
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason: the applicant will read it."), field="reason")
    check_judgeable(remedy.proposal, by)
    REMEDY.advance(remedy, "take_back", by=by, at=at, reason=nfc(reason), seen=seen)
    journal.record(remedy.proposal, "take_back_remedy", by=by, at=at, reason=nfc(reason))
    outbox.post("proposals/mail/remedy_taken_back.txt", to=outcomes.holders(remedy.proposal), key=f"remedy-back:{remedy.public_id}", at=at, proposal=remedy.proposal,
                remedy=remedy, reason=nfc(reason))  # fmt: skip


def remind(at: datetime) -> int:
    """Remind of what was asked for and not sent, on the days of the rulebook before its last day. Each reminder goes once."""
    today, count = local(at).date(), 0
    for days in rulebook.value("proposals.supplement_remind_days", on=today):
        for row in checklist.remedies_due(today, today + timedelta(days=days)):
            if local(row.asked_at).date() < today:  # asked today: the first mail is enough
                outbox.post("proposals/mail/remedy_due.txt", to=outcomes.holders(row.proposal), key=f"remedy-due:{row.public_id}:{days}", at=at, proposal=row.proposal, remedy=row)
                count += 1
    return count


def _may_read(row: Remedy, user: User) -> bool:
    """What is not sent yet is the applicant's own."""
    own = row.proposal.pi_id == user.id or user.manages(row.proposal.host_id)
    return own or (row.state == RemedyState.ANSWERED and may_read("proposal", row.proposal, user))


register_subject("remedy", Subject(
    load=checklist.remedy_by_pid, title=lambda r: f"{r.proposal.code or ''} {r.proposal.title}".strip(), parties=lambda r: queries.parties(r.proposal), may_read=_may_read,
    url=lambda r: ("proposals.show", {"pid": r.proposal.public_id})))  # fmt: skip
