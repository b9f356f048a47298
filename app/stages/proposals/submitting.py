"""Submit, replace and withdraw: the acts by which a dossier comes in, and what they leave behind for good.

In time is what our server took in at or before the deadline, however long the work on it then lasts. Whatever way a
dossier comes (here, on paper, admitted late: admitting.py), it gets an immutable version, a number of one series, a receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.people import queries as people
from app.services.people.actions import disengage
from app.services.people.models import User
from app.stages.calls.models import Call
from app.stages.calls.rules import CallState
from app.stages.proposals import actions, cloning, outcomes, queries, work
from app.stages.proposals.models import Proposal, Replacement, Version
from app.stages.proposals.rules import (
    PROPOSAL,
    Problem,
    ProposalState,
    content_hash,
    in_time,
    refuse_problems,
)

# a request that came in time may be worked on after the call was closed, never after its dossiers were opened
RECEIVING = frozenset({CallState.PUBLISHED, CallState.CLOSED})
PRECISE = "%d/%m/%Y %H:%M:%S"


@dataclass(frozen=True)
class Prepared:
    """What a dossier says and lacks, read while nothing was held. It holds good as long as the dossier has this version."""

    version: int
    problems: list[Problem]
    content: dict[str, Any]


def prepare(proposal: Proposal, *, at: datetime) -> Prepared:
    """Look at the whole dossier before the act: then who submits holds the others up for the writing alone."""
    form = work.form_of(proposal)
    found = Prepared(proposal.version, actions.problems_of(proposal, at=at), actions.snapshot(proposal))
    del form  # held until here: the session forgets what nobody holds, and both would read it again
    return found


def submit(proposal: Proposal, *, by: User, at: datetime, received_at: datetime | None = None, first_seen: datetime | None = None,
           seen: Any = None, prepared: Prepared | None = None) -> Proposal:  # fmt: skip
    """Submit: freeze a version, give number and receipt. Raises Incomplete, WrongState when late.

    What was submitted already keeps its receipt: asking again, by whoever of the team and even after the deadline, gives
    the same and changes nothing. `first_seen` is when this very request arrived for the first time, should it be a repeat.
    `prepared`: the dossier is held already and was looked at before; should it have changed since, it is looked at anew.
    """
    received = received_at or at
    if prepared is None or prepared.version != proposal.version:
        prepared, proposal = None, queries.held(proposal)
    if is_in(proposal) and any(by.id == person for person in (proposal.pi_id, *(m.user_id for m in proposal.team))):
        return proposal
    check_seen(proposal, seen)  # here: what follows writes to the row and so grows its version
    if proposal.pi_id != by.id:
        raise NotAllowed(N_("The principal investigator submits the proposal."))
    if proposal.state == ProposalState.DRAFT:
        _check_in_time(proposal.call_topic.call, received, first_seen)
    check_ready(proposal, at, prepared.problems if prepared else None)
    _take_the_place(proposal, by, at)
    return take_in(proposal, "submit", received=received, by=by, at=at, content=prepared.content if prepared else None)


def is_in(proposal: Proposal) -> bool:
    """Has this dossier been handed in, and not been taken back?"""
    return proposal.receipt_no is not None and proposal.state not in (ProposalState.DRAFT, ProposalState.WITHDRAWN)


def _check_in_time(call: Call, received: datetime, first_seen: datetime | None = None) -> None:
    """Raise WrongState for what came after the deadline; a repeat is told when it was seen first."""
    if in_time(received, call.deadline):
        if call.state not in RECEIVING or call.opens_at is None or received < call.opens_at:
            raise WrongState(N_("This call does not receive dossiers now."))
        return
    told = {"at": f"{local(call.deadline):{PRECISE}}", "received": f"{local(received):{PRECISE}}"}
    if first_seen is not None and first_seen < received:
        raise WrongState(N_("The deadline was %(at)s. This request arrived at %(received)s; it was seen first at %(first)s and was not completed then. "
                            "Please write to the Department at once: with this time two officers may admit the dossier."),
                         first=f"{local(first_seen):{PRECISE}}", **told)  # fmt: skip
    raise WrongState(N_("The deadline was %(at)s. This request arrived at %(received)s."), **told)


def check_ready(proposal: Proposal, at: datetime, found: list[Problem] | None = None) -> None:
    """Raise unless the dossier is a complete draft of a call that is not opened yet, signed off by its host."""
    if proposal.call_topic.call.state not in RECEIVING:
        raise WrongState(N_("This call does not receive dossiers now."))
    refuse_problems(actions.problems_of(proposal, at=at) if found is None else found)
    if proposal.host_signed_at is None:
        raise Incomplete(N_("The host organisation has not signed off yet."))


def take_in(proposal: Proposal, verb: str, *, received: datetime, by: User, at: datetime, content: dict[str, Any] | None = None) -> Proposal:
    """The dossier is in: version, numbers, receipt, mails. `content` is what it says, where that was read already."""
    version = freeze(proposal, actions.snapshot(proposal) if content is None else content, received, by)
    year = local(received).year
    proposal.code = proposal.code or new_code(year)
    proposal.receipt_no = f"BN-{year}-{papers.next_number('receipt', year):04d}"
    proposal.submitted_at = received
    PROPOSAL.advance(proposal, verb, by=by, at=at, detail={"number": proposal.receipt_no, "sha256": version.sha256})
    make_known(proposal, version, by, at)
    return proposal


def new_code(year: int) -> str:
    """The next number of a dossier: one series, however dossiers come in."""
    return f"HS-{year}-{papers.next_number('dossier', year):04d}"


def freeze(proposal: Proposal, content: dict[str, Any], received: datetime, by: User) -> Version:
    """Write what was handed in, for good. A version that replaces another counts on."""
    before = queries.latest_version(proposal)
    if before is None and (replaced := queries.replaced_by(proposal)) is not None:
        before = queries.latest_version(replaced)
    version = Version(proposal_id=proposal.id, number=(before.number if before else 0) + 1, content=content, sha256=content_hash(content), received_at=received,
                      submitted_by_id=by.id)  # fmt: skip
    db.session.add(version)
    db.session.flush()
    return version


def make_known(proposal: Proposal, version: Version, by: User, at: datetime) -> None:
    """The receipt as a paper and by mail; who works on the dossier is noted."""
    db.session.refresh(proposal, ["paper", "late"])
    _receipt(proposal, version, by, at)
    outcomes.engaged(proposal, at)
    told = [proposal.pi, *people.managers_of(proposal.host_id)]
    outbox.post("proposals/mail/submitted.txt", to=told, key=f"proposal-submitted:{proposal.public_id}", at=at, proposal=proposal, version=version,
                received=f"{local(version.received_at):%H:%M:%S, %d/%m/%Y}")  # fmt: skip


def _receipt(proposal: Proposal, version: Version, by: User, at: datetime) -> None:
    topic, paper, late = proposal.call_topic.topic, proposal.paper, proposal.late
    sums = {source: sum(line["amount"] for line in version.content["lines"] if line["source"] == source) for source in ("state", "counterpart")}
    names = {d["code"]: d["vi"] for d in queries.documents(str(topic.kind), local(at).date(), proposal.call_topic.call)}
    listed = [file | {"kind": names.get(file["kind"], file["kind"])} for file in version.content["files"]]
    data = {"receipt": proposal.receipt_no, "code": proposal.code, "title": proposal.title, "host": proposal.host.name, "pi": proposal.pi.name,
            "call": proposal.call_topic.call.title, "received": _told(version.received_at), "sha256": version.sha256, "version": version.number,
            "state": sums["state"], "counterpart": sums["counterpart"], "files": listed, "electronic": paper is None,
            "stamp": _told(paper.stamp_at) if paper else "", "post_office": paper.stamp_office if paper else "", "reference": (paper.reference or "") if paper else "",
            "envelopes": paper.envelopes if paper else 0, "listing": (paper.listing or "") if paper else "",
            "late": late is not None, "deadline": _told(proposal.call_topic.call.deadline), "late_reason": late.reason if late else "",
            "late_document": late.document if late else "", "late_ground": GROUNDS[str(late.ground)] if late else ""}  # fmt: skip
    papers.issue(template="proposals/receipt", subject=proposal, title=f"Giấy biên nhận hồ sơ {proposal.receipt_no}", data=data, by=by, at=at,
                 number=proposal.receipt_no)  # fmt: skip


GROUNDS = {"outage": "sự cố của hệ thống trước hạn nhận hồ sơ", "post_stamp": "dấu bưu điện nơi đến trước hạn nhận hồ sơ"}  # papers speak Vietnamese


def _told(instant: datetime) -> str:
    return f"{local(instant):%H:%M:%S ngày %d/%m/%Y}"


# --- taking back and replacing, before the deadline -----------------------------------------------------------


def check_withdrawable(proposal: Proposal, by: User, received: datetime) -> None:
    """Raise unless this person may take the dossier back: its investigator, before the deadline."""
    if proposal.pi_id != by.id:
        raise NotAllowed(N_("The principal investigator submits the proposal."))
    if not in_time(received, proposal.call_topic.call.deadline) or proposal.call_topic.call.state not in RECEIVING:
        raise WrongState(N_("After the deadline a proposal cannot be withdrawn here."))


def withdraw(proposal: Proposal, *, reason: str, by: User, at: datetime, received_at: datetime | None = None, seen: Any = None) -> None:
    """Withdraw before the deadline, with a reason. Raises WrongState afterwards."""
    check_withdrawable(queries.held(proposal), by, received_at or at)
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    was_in = is_in(proposal)
    PROPOSAL.advance(proposal, "withdraw", by=by, at=at, reason=nfc(reason), seen=seen)
    disengage(proposal, on=local(at).date())
    if was_in:
        outbox.post("proposals/mail/withdrawn.txt", to=[proposal.pi, *people.managers_of(proposal.host_id)], at=at, proposal=proposal, reason=nfc(reason),
                    key=f"proposal-withdrawn:{proposal.public_id}")  # fmt: skip


def begin_replacement(proposal: Proposal, *, by: User, at: datetime, seen: Any = None) -> Proposal:
    """Begin the dossier that will take this one's place: a draft that holds all that this one says.

    What was handed in stands until the draft is submitted; the draft that is there already is given back.
    """
    check_seen(queries.held(proposal), seen)
    check_replaceable(proposal, by, at)
    found = queries.draft_of(by, proposal.call_topic)
    if found is not None:
        return found
    row = cloning.begin(proposal, at=at)
    PROPOSAL.begin(row, "start", by=by, at=at, detail={"replaces": proposal.public_id})
    cloning.fill(row, proposal, by=by, at=at)
    db.session.add(Replacement(proposal_id=row.id, replaced_id=proposal.id, began_at=at))
    journal.record(proposal, "begin_replacement", by=by, at=at, detail={"by": row.public_id})
    return queries.held(row)


def check_replaceable(proposal: Proposal, by: User, at: datetime) -> None:
    """Raise unless this person may write a new version of what was handed in."""
    check_withdrawable(proposal, by, at)
    if proposal.state != ProposalState.SUBMITTED:
        raise WrongState(N_("This has already been dealt with or cannot be done now. Please look at its present state."))
    if queries.paper_of(proposal) is not None:
        raise WrongState(N_("This dossier came on paper: withdraw it, then hand in another."))


def _take_the_place(proposal: Proposal, by: User, at: datetime) -> None:
    """The dossier that this one replaces is taken back now; the rulebook says whether the number goes over."""
    old = queries.replaced_by(proposal)
    if old is None or queries.held(old).state != ProposalState.SUBMITTED:
        return
    call, code = proposal.call_topic.call, old.code
    if queries.setting("proposals.replacement_number", local(at).date(), call) == "same" and code is not None:
        version = queries.latest_version(old)
        old.code = f"{code}.{version.number if version else 1}"
        db.session.flush()
        proposal.code = code
    PROPOSAL.advance(old, "give_way", by=by, at=at, reason="Được thay bằng hồ sơ nộp sau.", detail={"number": code, "by": proposal.public_id})
    disengage(old, on=local(at).date())
