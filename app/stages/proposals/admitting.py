"""What an officer takes in: a sealed dossier on paper, and, by two officers, a dossier that came after the deadline.

A paper dossier has what stands on its envelope; its stamp is the instant that counts. Late is admitted only what could not
be in time: for an outage the draft as it stood at the deadline, complete and signed off; for a post stamp before the
deadline the envelope. Nothing is admitted once the dossiers are opened.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.people import actions as people_actions
from app.services.people import queries as people
from app.services.people.models import Organisation, User
from app.stages.calls.models import Call, CallTopic
from app.stages.proposals import queries, submitting, work
from app.stages.proposals.models import (
    LateAdmission,
    PaperDossier,
    Proposal,
    TeamMember,
)
from app.stages.proposals.rules import (
    PROPOSAL,
    LateGround,
    ProposalState,
    TeamRole,
    content_hash,
    in_time,
)


@dataclass(frozen=True)
class Envelope:
    """What stands on a sealed envelope: title, host, investigator with an address to write to, what the listing says."""

    title: str
    host: str  # the public id of the organisation
    pi_name: str
    pi_email: str
    stamp_office: str
    reference: str = ""
    envelopes: int = 1
    listing: str = ""


def takes_paper(call: Call, _by: User | None = None) -> None:
    """Raise unless dossiers of the call are not opened yet."""
    if call.state not in submitting.RECEIVING:
        raise WrongState(N_("This call does not receive dossiers now."))


def register(call_topic: CallTopic, envelope: Envelope, *, stamp_at: datetime, by: User, at: datetime) -> Proposal:
    """Register a sealed paper dossier, before the deadline: the same numbers and the same receipt as any other.

    Raises WrongState after the deadline: then a second officer must confirm (ask_post_stamp).
    """
    call = call_topic.call
    takes_paper(call)
    if not in_time(at, call.deadline):
        raise WrongState(N_("The deadline has passed: a dossier on paper is now admitted by two officers, for its stamp."))
    _check_stamp(call, stamp_at, at)
    return _register(call_topic, envelope, stamp_at, by, at)


def _check_stamp(call: Call, stamp_at: datetime, at: datetime) -> None:
    if stamp_at > at:
        raise Incomplete(N_("The stamp lies in the future."), field="stamp_at")
    if call.opens_at is not None and stamp_at < call.opens_at:
        raise Incomplete(N_("The stamp is older than the call, published on %(at)s."), field="stamp_at", at=f"{local(call.opens_at):%d/%m/%Y %H:%M}")
    if not in_time(stamp_at, call.deadline):
        raise Incomplete(N_("The stamp is later than the deadline, %(at)s: the dossier goes back unopened."), field="stamp_at",
                         at=f"{local(call.deadline):%d/%m/%Y %H:%M}")  # fmt: skip


def _host(call_topic: CallTopic, envelope: Envelope, by: User) -> Organisation:
    host = people.organisation_by_pid(envelope.host)
    if host is None:
        raise Incomplete(N_("Please choose one from the list."), field="host")
    if call_topic.topic.assigned_organisation_id not in (None, host.id):
        raise Incomplete(N_("This topic is assigned directly to another organisation."), field="host")
    if by.belongs_to(host.id):
        raise NotAllowed(N_("You belong to this dossier's team or host: a colleague must take it in."))
    return host


def _investigator(envelope: Envelope, host: Organisation, by: User, at: datetime) -> User:
    """The account with the address on the envelope; made, without a password, where there is none."""
    found = people.user_by_email(envelope.pi_email)
    if found is None:
        found = people_actions.add_user(envelope.pi_email, envelope.pi_name, by=by, at=at)
        people_actions.join(found, host, by=by, at=at)
        db.session.refresh(found)
    if found.id == by.id:
        raise NotAllowed(N_("You belong to this dossier's team or host: a colleague must take it in."))
    return found


def _register(call_topic: CallTopic, envelope: Envelope, stamp_at: datetime, by: User, at: datetime, late: LateAdmission | None = None) -> Proposal:
    host = _host(call_topic, envelope, by)
    pi = _investigator(envelope, host, by, at)
    if queries.submitted_of(pi, call_topic) is not None:
        raise WrongState(N_("This investigator has handed in a dossier for this topic already."), field="pi_email")
    call, topic, year = call_topic.call, call_topic.topic, local(at).year
    title = nfc(envelope.title)
    row = Proposal(
        state=ProposalState.SUBMITTED, call_topic_id=call_topic.id, item_id=topic.item_id, host_id=host.id, pi_id=pi.id, title=title, folded=fold(title),
        aim=None, work={}, created_at=at, code=submitting.new_code(year), receipt_no=f"BN-{year}-{submitting.papers.next_number('receipt', year):04d}",
        submitted_at=stamp_at, host_signed_at=stamp_at)  # fmt: skip
    content = asdict(envelope) | {"stamp_at": stamp_at.isoformat(), "files": [], "lines": []}
    PROPOSAL.begin(row, "register_paper", by=by, at=at, detail={"number": row.receipt_no, "sha256": content_hash(content)})
    work.begin(row, work.current(call, str(topic.kind), local(at).date()))
    db.session.add(TeamMember(proposal_id=row.id, user_id=pi.id, organisation_id=host.id, name=nfc(envelope.pi_name), role=TeamRole.PI, months=0))
    db.session.add(PaperDossier(
        proposal_id=row.id, stamp_at=stamp_at, stamp_office=nfc(envelope.stamp_office)[:200], reference=nfc(envelope.reference)[:100] or None,
        envelopes=envelope.envelopes, listing=nfc(envelope.listing) or None, registered_at=at, registered_by_id=by.id))  # fmt: skip
    if late is not None:  # before the receipt is made: it says so
        late.proposal_id, late.confirmed_by_id, late.confirmed_at = row.id, by.id, at
    db.session.flush()
    fresh = queries.held(row)
    version = submitting.freeze(fresh, content, at, by)
    submitting.make_known(fresh, version, by, at)
    return fresh


# --- after the deadline, by two officers ----------------------------------------------------------------------


def _check_asking(call: Call, reason: str, document: str, at: datetime) -> None:
    takes_paper(call)
    if in_time(at, call.deadline):
        raise WrongState(N_("The deadline has not passed: there is nothing late to admit."))
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    if not nfc(document or ""):
        raise Incomplete(N_("Please name the document on which it rests."), field="document")


def is_late_time(call: Call, at: datetime) -> bool:
    """Is this the time in which a late dossier may be admitted: after the deadline, before the opening?"""
    return call.state in submitting.RECEIVING and not in_time(at, call.deadline)


def ask_outage(call_topic: CallTopic, *, email: str, outage_from: datetime, outage_until: datetime, reason: str, document: str, by: User,
               at: datetime) -> LateAdmission:  # fmt: skip
    """Ask that the draft of this investigator be admitted, because the system could not be used before the deadline.

    The outage must have lasted into the last hours: it ended after the deadline, or began on the deadline's own day.
    """
    call = call_topic.call
    _check_asking(call, reason, document, at)
    if not outage_from < outage_until <= at:
        raise Incomplete(N_("The outage ends after it began, and not in the future."), field="outage_until")
    if outage_from > call.deadline or local(outage_until).date() < local(call.deadline).date():
        raise Incomplete(N_("This outage did not keep anybody from submitting in time: it must lie before the deadline, on its day."), field="outage_from")
    person = people.user_by_email(email)
    draft = queries.draft_of(person, call_topic) if person is not None else None
    if draft is None:
        raise Incomplete(N_("There is no draft of an investigator with this address for this topic."), field="email")
    refuse_own(draft, by)
    try:
        submitting.check_ready(draft, at)
    except Incomplete as missing:  # what is missing is told to the applicant, not to officers: the draft is sealed
        raise Incomplete(N_("This draft was not complete at the deadline, or its host had not signed it off: there is nothing to admit."), field="email") from missing
    waits = (LateAdmission.confirmed_at.is_(None), LateAdmission.refused_at.is_(None))
    if db.session.scalar(select(LateAdmission.id).where(LateAdmission.proposal_id == draft.id, *waits)) is not None:
        raise Incomplete(N_("A request to admit this dossier waits for another officer already."), field="email")
    row = LateAdmission(ground=LateGround.OUTAGE, call_topic_id=call_topic.id, proposal_id=draft.id, outage_from=outage_from, outage_until=outage_until,
                        reason=nfc(reason), document=nfc(document), asked_by_id=by.id, asked_at=at)  # fmt: skip
    return _asked(row, draft, by, at)


def ask_post_stamp(call_topic: CallTopic, envelope: Envelope, *, stamp_at: datetime, reason: str, document: str, by: User, at: datetime) -> LateAdmission:
    """Ask that a paper dossier be admitted that arrived after the deadline with a stamp from before it."""
    _check_asking(call_topic.call, reason, document, at)
    _check_stamp(call_topic.call, stamp_at, at)
    _host(call_topic, envelope, by)
    row = LateAdmission(ground=LateGround.POST_STAMP, call_topic_id=call_topic.id, paper=asdict(envelope), stamp_at=stamp_at, reason=nfc(reason),
                        document=nfc(document), asked_by_id=by.id, asked_at=at)  # fmt: skip
    return _asked(row, call_topic.call, by, at)


def _asked(row: LateAdmission, subject: Any, by: User, at: datetime) -> LateAdmission:
    db.session.add(row)
    db.session.flush()
    journal.record(subject, "ask_late", by=by, at=at, reason=row.reason, detail={"number": row.document, "ground": str(row.ground)})
    return queries.admission_by_pid(row.public_id) or row


def refuse_own(proposal: Proposal, by: User) -> None:
    """Raise NotAllowed for an officer who belongs to the dossier's team or host."""
    if proposal.pi_id == by.id or any(m.user_id == by.id for m in proposal.team) or by.belongs_to(proposal.host_id):
        raise NotAllowed(N_("You belong to this dossier's team or host: a colleague must take it in."))


def check_waiting(row: LateAdmission, _by: User | None = None) -> None:
    """Raise when this was answered already."""
    if row.confirmed_at is not None or row.refused_at is not None:
        raise WrongState(N_("This has already been dealt with or cannot be done now. Please look at its present state."))


def check_answerable(row: LateAdmission, by: User) -> None:
    """Raise unless this officer may admit: nobody has answered, the dossiers are not opened, and another one asked."""
    check_waiting(row)
    takes_paper(row.call_topic.call)
    if row.asked_by_id == by.id:
        raise NotAllowed(N_("Another officer must answer what you asked for."))


def confirm(row: LateAdmission, *, by: User, at: datetime) -> Proposal:
    """The second officer: the dossier is in, marked as late for ever."""
    db.session.refresh(row, ["confirmed_at", "refused_at"], with_for_update=True)
    check_answerable(row, by)
    if row.paper is not None and row.stamp_at is not None:
        proposal = _register(row.call_topic, Envelope(**row.paper), row.stamp_at, by, at, late=row)
    else:
        proposal = _admit(row, by, at)
    outbox.post("proposals/mail/admitted_late.txt", to=[proposal.pi, *people.managers_of(proposal.host_id)], at=at, proposal=proposal, admission=row,
                key=f"proposal-late:{row.public_id}")  # fmt: skip
    return proposal


def _admit(row: LateAdmission, by: User, at: datetime) -> Proposal:
    found = db.session.get_one(Proposal, row.proposal_id)
    proposal = queries.held(found)
    refuse_own(proposal, by)
    submitting.check_ready(proposal, at)
    row.confirmed_by_id, row.confirmed_at = by.id, at
    db.session.flush()
    return submitting.take_in(proposal, "admit", received=at, by=by, at=at)


def refuse(row: LateAdmission, reason: str, *, by: User, at: datetime) -> None:
    """The second officer does not agree; the one who asked may take it back in the same way."""
    db.session.refresh(row, ["confirmed_at", "refused_at"], with_for_update=True)
    check_waiting(row)
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    row.refused_by_id, row.refused_at, row.refusal = by.id, at, nfc(reason)
    db.session.flush()
    subject = db.session.get_one(Proposal, row.proposal_id) if row.proposal_id else row.call_topic.call
    journal.record(subject, "refuse_late", by=by, at=at, reason=nfc(reason), detail={"number": row.document})
    told = [*_applicants(row), *([row.asked_by] if row.asked_by_id != by.id else [])]
    outbox.post("proposals/mail/refused_late.txt", to=told, key=f"proposal-late-refused:{row.public_id}", at=at, admission=row, topic=row.call_topic.topic)


def _applicants(row: LateAdmission) -> list[User]:
    """Whose dossier it is: investigator and managers of the host. An envelope may name somebody who has no account."""
    if row.paper is not None:
        host, pi = people.organisation_by_pid(row.paper["host"]), people.user_by_email(row.paper["pi_email"])
        return [*([pi] if pi is not None else []), *(people.managers_of(host.id) if host is not None else [])]
    draft = queries.by_id(row.proposal_id) if row.proposal_id else None
    return [draft.pi, *people.managers_of(draft.host_id)] if draft is not None else []
