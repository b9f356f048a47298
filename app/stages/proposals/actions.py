"""The acts on a proposal: start, write together, sign off, submit, withdraw; check eligibility; and what selection decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import NotAllowed, Stale, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.files import queries as files
from app.services.people.models import Organisation, User
from app.stages.calls.models import CallTopic
from app.stages.calls.rules import is_open
from app.stages.proposals import (
    checking,
    estimate,
    load,
    outcomes,
    promises,
    queries,
    sendingback,
    team,
    work,
)
from app.stages.proposals.drafts import touch
from app.stages.proposals.models import (
    BudgetLine,
    Proposal,
    TeamMember,
)
from app.stages.proposals.rules import (
    PROPOSAL,
    SECTIONS,
    Problem,
    ProposalState,
    TeamRole,
    content_hash,
    problems,
    refuse_problems,
)

put_to_selection, take_from_selection = outcomes.put_to_selection, outcomes.take_from_selection
select, reserve, not_select, reconsider = outcomes.select, outcomes.reserve, outcomes.not_select, outcomes.reconsider
save_general, add_member, set_months = team.save_general, team.add_member, team.set_months
give_up, move_up, decline, check_giving_up = outcomes.give_up, outcomes.move_up, outcomes.decline, outcomes.check_giving_up
check_eligible, check_ineligible = checking.check_eligible, checking.check_ineligible
reinstate, check_reinstatable = checking.reinstate, checking.check_reinstatable
add_product, add_line = promises.add_product, estimate.add_line


def check_not_handed_in(call_topic: CallTopic, by: User) -> None:
    """Has this person no dossier in for this topic?"""
    if queries.submitted_of(by, call_topic) is not None:
        raise WrongState(N_("You have handed in a proposal for this topic. Withdraw it first if you want to replace it."))


def start(call_topic: CallTopic, *, host: Organisation, by: User, at: datetime, answers: dict[str, str] | None = None) -> Proposal:
    """Begin a draft for a topic of an open call; the draft this person already has is given back.

    `answers` are those to the questions of eligibility that the call asks before; they stay in the journal.
    """
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
    PROPOSAL.begin(row, "start", by=by, at=at, detail={"answers": answers} if answers else None)
    work.begin(row, work.current(call, str(topic.kind), local(at).date()))
    lead = TeamMember(proposal_id=row.id, user_id=by.id, organisation_id=host.id, name=by.name, role=TeamRole.PI, months=0, joined_at=at)
    db.session.add(lead)
    team.attach_cv(lead, by)
    db.session.flush()
    return queries.proposal_by_pid(row.public_id) or row




def _added(proposal: Proposal, row: Any, collection: str, verb: str, by: User, at: datetime) -> Any:
    db.session.add(row)
    db.session.flush()
    db.session.refresh(proposal, [collection])
    journal.record(proposal, verb, by=by, at=at)
    return row


def remove_part(proposal: Proposal, row: TeamMember | BudgetLine | promises.Part, *, by: User, at: datetime, seen: Any = None) -> None:
    """Take a part out of a draft. The investigator stays."""
    if not isinstance(row, TeamMember | BudgetLine):
        promises.take_out(proposal, row, by=by, at=at, seen=seen)
        return
    touch(proposal, at, seen=seen, place="budget" if isinstance(row, BudgetLine) else "team")
    if isinstance(row, TeamMember):
        team.check_leads(proposal, by)
        team.let_go(proposal, row, at=at)
    db.session.delete(row)
    db.session.flush()
    collection = {"team_member": "team", "budget_line": "lines"}[row.__tablename__]
    db.session.refresh(proposal, [collection])
    journal.record(proposal, "remove_part", by=by, at=at, detail={"kind": row.__tablename__})


def changed_files(proposal: Proposal, *, at: datetime, seen: Any = None, held: bool = False) -> None:
    """A file is about to be added or removed: same conditions as any change."""
    touch(proposal, at, seen=seen, place="files", held=held)


def problems_of(proposal: Proposal, *, at: datetime, parts: Sequence[work.Part] | None = None) -> list[Problem]:
    """What the dossier still lacks, by the rules of today; `parts` where the work description was looked at already."""
    on = local(at).date()
    kind = str(proposal.call_topic.topic.kind)
    wanted = [d for d in queries.documents(kind, on, proposal.call_topic.call) if d.get("needed")]
    draft = _Draft(proposal, [a.kind for a in files.of(proposal)])
    ceiling = queries.ceiling_of(proposal)
    barred = [Problem("team", r.sentence, r.params) for r in load.remarks_of(proposal, on=on) if r.blocks]
    found = problems(draft, ceiling=ceiling, work=work.lacking(work.parts(proposal, at=at) if parts is None else parts), kinds_needed=wanted, team=barred)
    return sorted(found + promises.problems_of(proposal, on=on), key=lambda p: SECTIONS.index(p.section))


def check_complete(proposal: Proposal, at: datetime) -> None:
    """Raise while something is missing: nobody is asked to sign what cannot be signed."""
    if found := problems_of(proposal, at=at):
        raise WrongState(N_("The dossier is not complete: %(n)s things are missing. Please complete its sections first."), n=len(found))


def ask_sign_off(proposal: Proposal, *, by: User, at: datetime, seen: Any = None) -> None:
    """The investigator tells the host's managers that the complete dossier waits for their signature."""
    check_complete(proposal, at)
    sendingback.ask_sign_off(proposal, by=by, at=at, seen=seen)


class _Draft:
    """A proposal with the kinds of its files, as the pure check wants it."""

    def __init__(self, proposal: Proposal, file_kinds: list[str]) -> None:
        self.title, self.aim, self.duration_months = proposal.title, proposal.aim, proposal.duration_months
        self.team, self.products, self.lines = proposal.team, proposal.products, proposal.lines
        self.file_kinds = file_kinds


def digest_of(proposal: Proposal) -> str:
    """The hash of everything the dossier says: two that are equal are the same dossier."""
    return content_hash(snapshot(proposal))


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
    sendingback.close(proposal, at=at)
    proposal.host_signed_at, proposal.host_signed_by_id, proposal.sent_back_reason = at, by.id, None
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
        **promises.said(proposal),
        "lines": [{"head": b.head, "content": b.content, "source": str(b.source), "year": b.year, "unit": b.unit, "quantity": b.quantity,
                   "price": b.price, "amount": b.amount, "lump_sum": b.lump_sum} for b in proposal.lines],
        "files": [{"name": a.filename, "kind": a.kind, "sha256": a.sha256, "size": a.size} for a in files.of(proposal)],
    }  # fmt: skip


