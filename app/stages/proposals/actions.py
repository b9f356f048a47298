"""The acts on a proposal: start, write together, sign off, submit, withdraw; check eligibility; and what selection decides."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import MONEY_MAX, db
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.files import queries as files
from app.services.papers import actions as papers
from app.services.people import queries as people
from app.services.people.actions import disengage, engage
from app.services.people.models import Organisation, User
from app.stages.calls.models import CallTopic
from app.stages.calls.rules import CallState, is_open
from app.stages.ideas.rules import TopicState
from app.stages.proposals import load, outcomes, queries, sendingback, team, work
from app.stages.proposals.drafts import touch
from app.stages.proposals.models import (
    BudgetLine,
    Proposal,
    ProposalProduct,
    TeamMember,
    Version,
)
from app.stages.proposals.rules import (
    PROPOSAL,
    Problem,
    ProductGroup,
    ProposalState,
    Source,
    TeamRole,
    check_year,
    in_time,
    line_amount,
    problems,
    refuse_problems,
    totals,
)

put_to_selection, take_from_selection = outcomes.put_to_selection, outcomes.take_from_selection
select, reserve, not_select = outcomes.select, outcomes.reserve, outcomes.not_select
save_general, add_member, set_months = team.save_general, team.add_member, team.set_months
give_up, move_up, decline, check_giving_up = outcomes.give_up, outcomes.move_up, outcomes.decline, outcomes.check_giving_up

# a request that came in time may be worked on after the call was closed, never after its dossiers were opened
RECEIVING = frozenset({CallState.PUBLISHED, CallState.CLOSED})


def check_not_handed_in(call_topic: CallTopic, by: User) -> None:
    """Has this person no dossier in for this topic?"""
    if queries.submitted_of(by, call_topic) is not None:
        raise WrongState(N_("You have handed in a proposal for this topic. Withdraw it first if you want to replace it."))


def start(call_topic: CallTopic, *, host: Organisation, by: User, at: datetime) -> Proposal:
    """Begin a draft for a topic of an open call; the draft this person already has is given back."""
    found = queries.draft_of(by, call_topic)
    if found is not None:
        return found
    check_not_handed_in(call_topic, by)
    call, topic = call_topic.call, call_topic.topic
    if not is_open(call, at):
        raise WrongState(N_("This call does not receive dossiers now."))
    if not by.belongs_to(host.id):
        raise NotAllowed(N_("Please choose an organisation you belong to."), field="host")
    if topic.assigned_organisation_id not in (None, host.id):
        raise NotAllowed(N_("This topic is assigned directly to another organisation."), field="host")
    row = Proposal(call_topic_id=call_topic.id, item_id=topic.item_id, host_id=host.id, pi_id=by.id, title=topic.title, folded=fold(topic.title),
                   aim=topic.aim, work={}, created_at=at)  # fmt: skip
    PROPOSAL.begin(row, "start", by=by, at=at)
    work.begin(row, work.current(call, str(topic.kind), local(at).date()))
    lead = TeamMember(proposal_id=row.id, user_id=by.id, organisation_id=host.id, name=by.name, role=TeamRole.PI, months=0, joined_at=at)
    db.session.add(lead)
    team.attach_cv(lead, by)
    db.session.flush()
    return queries.proposal_by_pid(row.public_id) or row


def add_product(proposal: Proposal, *, group: ProductGroup, name: str, unit: str, quantity: int, quality: str, by: User, at: datetime,
                seen: Any = None) -> ProposalProduct:  # fmt: skip
    """Promise a product."""
    touch(proposal, at, seen=seen, place="products")
    row = ProposalProduct(proposal_id=proposal.id, group=group, name=name, unit=unit, quantity=quantity, quality=quality)
    return _added(proposal, row, "products", "add_product", by, at)


def add_line(proposal: Proposal, *, head: str, content: str, source: Source, year: int, unit: str, quantity: int, price: int, by: User,
             at: datetime, seen: Any = None) -> BudgetLine:  # fmt: skip
    """Add a line of the estimate: quantity in hundredths, price in đồng; the amount is computed."""
    touch(proposal, at, seen=seen, place="budget")
    known = queries.heads(local(at).date(), proposal.call_topic.call)
    if head not in known:
        raise Incomplete(N_("Please choose a budget head."), field="head")
    check_year(year, proposal.call_topic.call.deadline, proposal.duration_months or proposal.call_topic.topic.duration_months)
    if not 0 < line_amount(quantity, price) <= MONEY_MAX:
        raise Incomplete(N_("Quantity and price make an amount that is not possible for one line."), field="price")
    row = BudgetLine(proposal_id=proposal.id, head=head, content=content, source=source, year=year, unit=unit, quantity=quantity, price=price,
                     amount=line_amount(quantity, price), lump_sum=bool(known[head].get("lump_sum")))  # fmt: skip
    return _added(proposal, row, "lines", "add_line", by, at)


def _added(proposal: Proposal, row: Any, collection: str, verb: str, by: User, at: datetime) -> Any:
    db.session.add(row)
    db.session.flush()
    db.session.refresh(proposal, [collection])
    journal.record(proposal, verb, by=by, at=at)
    return row


def remove_part(proposal: Proposal, row: TeamMember | ProposalProduct | BudgetLine, *, by: User, at: datetime, seen: Any = None) -> None:
    """Take a member, product or line out of a draft. The investigator stays."""
    touch(proposal, at, seen=seen, place={"proposal_product": "products", "budget_line": "budget"}.get(row.__tablename__, "team"))
    if isinstance(row, TeamMember):
        team.check_leads(proposal, by)
        team.let_go(proposal, row, at=at)
    db.session.delete(row)
    db.session.flush()
    collection = {"team_member": "team", "proposal_product": "products", "budget_line": "lines"}[row.__tablename__]
    db.session.refresh(proposal, [collection])
    journal.record(proposal, "remove_part", by=by, at=at, detail={"kind": row.__tablename__})


def changed_files(proposal: Proposal, *, at: datetime, seen: Any = None) -> None:
    """A file is about to be added or removed: same conditions as any change."""
    touch(proposal, at, seen=seen, place="files")


def problems_of(proposal: Proposal, *, at: datetime, parts: Sequence[work.Part] | None = None) -> list[Problem]:
    """What the dossier still lacks, by the rules of today; `parts` where the work description was looked at already."""
    on = local(at).date()
    kind = str(proposal.call_topic.topic.kind)
    wanted = [d["code"] for d in queries.documents(kind, on, proposal.call_topic.call) if d.get("needed")]
    draft = _Draft(proposal, [a.kind for a in files.of(proposal)])
    ceiling = queries.ceiling_of(proposal)
    barred = [Problem("team", r.sentence, r.params) for r in load.remarks_of(proposal, on=on) if r.blocks]
    return problems(draft, ceiling=ceiling, work=work.lacking(work.parts(proposal, at=at) if parts is None else parts), kinds_needed=wanted, team=barred)


class _Draft:
    """A proposal with the kinds of its files, as the pure check wants it."""

    def __init__(self, proposal: Proposal, file_kinds: list[str]) -> None:
        self.title, self.aim, self.duration_months = proposal.title, proposal.aim, proposal.duration_months
        self.team, self.products, self.lines = proposal.team, proposal.products, proposal.lines
        self.file_kinds = file_kinds


def digest_of(proposal: Proposal) -> str:
    """The hash of everything the dossier says: two that are equal are the same dossier."""
    return hashlib.sha256(json.dumps(snapshot(proposal), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def sign_off(proposal: Proposal, *, by: User, at: datetime, seen: Any = None, digest: str | None = None) -> None:
    """The host's manager confirms the dossier as shown (`digest`). Raises Incomplete while something is missing, Stale when it changed."""
    queries.held(proposal)
    check_seen(proposal, seen)
    if digest and digest != digest_of(proposal):
        raise Stale(N_("The team has changed the dossier since you opened this page. Please read it again before you sign."))
    if not by.manages(proposal.host_id):
        raise NotAllowed(N_("Only the manager of the host organisation signs off."))
    if proposal.state != ProposalState.DRAFT or not is_open(proposal.call_topic.call, at):
        raise WrongState(N_("The deadline of this call has passed: nothing may be added."))
    refuse_problems(problems_of(proposal, at=at))
    proposal.host_signed_at, proposal.host_signed_by_id, proposal.sent_back_reason = at, by.id, None
    sendingback.close(proposal, at=at)
    journal.record(proposal, "sign_off", by=by, at=at)
    outbox.post("proposals/mail/signed_off.txt", to=proposal.pi, key=f"proposal-signed:{proposal.public_id}:{proposal.version}", at=at, proposal=proposal)


def send_back(proposal: Proposal, reason: str, *, by: User, at: datetime, places: Collection[str] | None = None, seen: Any = None) -> None:
    """The host's manager sends the draft back to the team with a reason, for changes to these sections only (None: to all)."""
    check_seen(proposal, seen)
    if not by.manages(proposal.host_id):
        raise NotAllowed(N_("Only the manager of the host organisation signs off."))
    if proposal.state != ProposalState.DRAFT:
        raise WrongState(N_("A submitted proposal cannot be changed."))
    proposal.host_signed_at = proposal.host_signed_by_id = None
    proposal.sent_back_reason = nfc(reason)
    sendingback.open_again(proposal, nfc(reason), places, snapshot(proposal), by=by, at=at)


def submit(proposal: Proposal, *, by: User, at: datetime, received_at: datetime | None = None, seen: Any = None) -> Proposal:
    """Submit: freeze a version, give number and receipt. Raises Incomplete, WrongState when late.

    What was submitted already keeps its receipt: asking again, even after the deadline, gives the same and changes nothing.
    """
    received = received_at or at
    if queries.held(proposal).receipt_no is not None and proposal.state == ProposalState.SUBMITTED and proposal.pi_id == by.id:
        return proposal
    check_seen(proposal, seen)  # here: what follows writes to the row and so grows its version
    if proposal.pi_id != by.id:
        raise NotAllowed(N_("The principal investigator submits the proposal."))
    if proposal.state == ProposalState.DRAFT and not in_time(received, proposal.call_topic.call.deadline):
        raise WrongState(N_("The deadline was %(at)s. This request arrived at %(received)s."),
                         at=f"{local(proposal.call_topic.call.deadline):%d/%m/%Y %H:%M:%S}", received=f"{local(received):%d/%m/%Y %H:%M:%S}")  # fmt: skip
    if proposal.call_topic.call.state not in RECEIVING:
        raise WrongState(N_("This call does not receive dossiers now."))
    refuse_problems(problems_of(proposal, at=at))
    if proposal.host_signed_at is None:
        raise Incomplete(N_("The host organisation has not signed off yet."))
    year = local(received).year
    version = _freeze(proposal, received, by)
    proposal.code = f"HS-{year}-{papers.next_number('dossier', year):04d}"
    proposal.receipt_no = f"BN-{year}-{papers.next_number('receipt', year):04d}"
    proposal.submitted_at = received
    PROPOSAL.advance(proposal, "submit", by=by, at=at, detail={"number": proposal.receipt_no, "sha256": version.sha256})
    _receipt(proposal, version, by, at)
    _engage(proposal, at)
    people_told = [proposal.pi, *people.managers_of(proposal.host_id)]
    outbox.post("proposals/mail/submitted.txt", to=people_told, key=f"proposal-submitted:{proposal.public_id}", at=at, proposal=proposal)
    return proposal


def _engage(proposal: Proposal, at: datetime) -> None:
    facts: dict[str, Any] = {"title": proposal.title, "from_date": local(at).date()}
    engage("proposal", proposal, role="host", organisation_id=proposal.host_id, **facts)
    for member in proposal.team:
        if member.user_id:
            engage("proposal", proposal, role=str(member.role), user_id=member.user_id, **facts)


def _freeze(proposal: Proposal, received: datetime, by: User) -> Version:
    before = queries.latest_version(proposal)
    version = Version(proposal_id=proposal.id, number=(before.number if before else 0) + 1, content=snapshot(proposal),
                      sha256=digest_of(proposal), received_at=received, submitted_by_id=by.id)  # fmt: skip
    db.session.add(version)
    db.session.flush()
    return version


def snapshot(proposal: Proposal) -> dict[str, Any]:
    """Everything a dossier says, as plain data."""
    form = work.form_of(proposal)
    return {
        "title": proposal.title, "aim": proposal.aim, "duration_months": proposal.duration_months, "work": proposal.work,
        "work_form": {"code": form.questionnaire.code, "version": form.number},
        "host": proposal.host.name, "pi": proposal.pi.name, "item": proposal.item.face,
        "team": [{"name": m.name, "role": str(m.role), "months": m.months, "task": m.task, "years": m.years,
                  "cv": {"version": m.cv.number, "sha256": m.cv.sha256} if m.cv else None,
                  "organisation": m.organisation.name if m.organisation else None} for m in proposal.team],
        "products": [{"group": str(p.group), "name": p.name, "unit": p.unit, "quantity": p.quantity, "quality": p.quality} for p in proposal.products],
        "lines": [{"head": b.head, "content": b.content, "source": str(b.source), "year": b.year, "unit": b.unit, "quantity": b.quantity,
                   "price": b.price, "amount": b.amount, "lump_sum": b.lump_sum} for b in proposal.lines],
        "files": [{"name": a.filename, "kind": a.kind, "sha256": a.sha256, "size": a.size} for a in files.of(proposal)],
    }  # fmt: skip


def _receipt(proposal: Proposal, version: Version, by: User, at: datetime) -> None:
    sums, topic = totals(proposal.lines), proposal.call_topic.topic
    names = {d["code"]: d["vi"] for d in queries.documents(str(topic.kind), local(at).date(), proposal.call_topic.call)}
    listed = [file | {"kind": names.get(file["kind"], file["kind"])} for file in version.content["files"]]
    data = {"receipt": proposal.receipt_no, "code": proposal.code, "title": proposal.title, "host": proposal.host.name, "pi": proposal.pi.name,
            "call": proposal.call_topic.call.title, "received": f"{local(version.received_at):%H:%M:%S ngày %d/%m/%Y}", "sha256": version.sha256,
            "state": sums["state"], "counterpart": sums["counterpart"], "files": listed}  # fmt: skip
    papers.issue(template="proposals/receipt", subject=proposal, title=f"Giấy biên nhận hồ sơ {proposal.receipt_no}", data=data, by=by, at=at,
                 number=proposal.receipt_no)  # fmt: skip


def withdraw(proposal: Proposal, *, reason: str | None = None, by: User, at: datetime, seen: Any = None) -> None:
    """Withdraw before the deadline. Raises WrongState afterwards."""
    if proposal.pi_id != by.id:
        raise NotAllowed(N_("The principal investigator submits the proposal."))
    if not is_open(proposal.call_topic.call, at):
        raise WrongState(N_("After the deadline a proposal cannot be withdrawn here."))
    PROPOSAL.advance(proposal, "withdraw", by=by, at=at, reason=reason, seen=seen)
    disengage(proposal, on=local(at).date())


def check_eligible(proposal: Proposal, *, note: str | None = None, by: User, at: datetime, seen: Any = None) -> None:
    """The Department finds the dossier eligible."""
    _check(proposal, "check_eligible", note, by, at, seen)


def check_ineligible(proposal: Proposal, reason: str, *, by: User, at: datetime, seen: Any = None) -> None:
    """The Department finds the dossier not eligible, with the reason the applicant will read."""
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason: the applicant will read it."), field="reason")
    _check(proposal, "check_ineligible", reason, by, at, seen)
    disengage(proposal, on=local(at).date())


def _check(proposal: Proposal, verb: str, note: str | None, by: User, at: datetime, seen: Any) -> None:
    if proposal.call_topic.call.state not in queries.UNSEALED:
        raise WrongState(N_("Dossiers stay sealed until the call is opened."))
    _refuse_own_people(proposal, by)
    proposal.checked_at, proposal.check_note = at, nfc(note) if note else None
    PROPOSAL.advance(proposal, verb, by=by, at=at, reason=note, seen=seen)
    outbox.post("proposals/mail/checked.txt", to=proposal.pi, key=f"proposal-checked:{proposal.public_id}:{proposal.version}", at=at, proposal=proposal,
                remedy_until=queries.remedy_until(proposal, local(at).date()) if verb == "check_ineligible" else None)  # fmt: skip


def _refuse_own_people(proposal: Proposal, by: User) -> None:
    if any(m.user_id == by.id for m in proposal.team) or by.belongs_to(proposal.host_id):
        raise NotAllowed(N_("You belong to this dossier's team or host: a colleague must check it."))


def check_reinstatable(proposal: Proposal, by: User) -> None:
    """Raise unless this officer may take the refusal back: the topic still waits for a dossier of this call."""
    call_topic = proposal.call_topic
    if proposal.state != ProposalState.INELIGIBLE:
        raise WrongState(N_("This dossier was not refused, or the refusal is taken back already."))
    if call_topic.call.state != CallState.OPENED:
        raise WrongState(N_("The call is concluded: a refusal can no longer be taken back."))
    if call_topic.outcome is not None or call_topic.topic.state != TopicState.IN_CALL:
        raise WrongState(N_("The topic %(code)s has left this call: it is free, in another call, assigned or dropped. The refusal can no longer be taken back; "
                            "the applicant may answer the next call for it."), code=call_topic.topic.code)  # fmt: skip
    _refuse_own_people(proposal, by)
    if queries.checker_of(proposal) == by.id:
        raise NotAllowed(N_("You declared this dossier not eligible: another officer must take that back."))


def reinstate(proposal: Proposal, reason: str, *, document: str, by: User, at: datetime, seen: Any = None) -> None:
    """A refusal is taken back on a written document: the dossier is checked anew.

    The officer who declared it not eligible may not take that back (four eyes). Possible as long as the call is not
    concluded, also after the term for asking: a complaint upheld later must be obeyed.
    """
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason: the applicant will read it."), field="reason")
    if not nfc(document or ""):
        raise Incomplete(N_("Please give number and date of the document on which this rests."), field="document")
    check_reinstatable(proposal, by)
    proposal.checked_at, proposal.check_note = None, None
    PROPOSAL.advance(proposal, "reinstate", by=by, at=at, reason=nfc(reason), seen=seen, detail={"number": nfc(document)})
    _engage(proposal, at)
    outbox.post("proposals/mail/reinstated.txt", to=[proposal.pi, *people.managers_of(proposal.host_id)], at=at, proposal=proposal, reason=nfc(reason),
                document=nfc(document), key=f"proposal-reinstated:{proposal.public_id}:{proposal.version}")  # fmt: skip
