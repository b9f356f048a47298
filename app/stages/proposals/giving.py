"""Sections given to members: who writes what until when, and what they said is complete."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook.calendar import check_day
from app.stages.proposals import places
from app.stages.proposals.drafts import check_draft
from app.stages.proposals.models import Proposal, TeamMember
from app.stages.proposals.rules import Access
from app.stages.proposals.teamwork import Given


def of(proposal: Proposal) -> dict[str, Given]:
    """What is given to whom, by section."""
    rows = select(Given).options(joinedload(Given.member)).where(Given.proposal_id == proposal.id)
    return {row.place: row for row in db.session.scalars(rows)}


def receivers(proposal: Proposal) -> list[TeamMember]:
    """Who can be given a section: who has joined and may write."""
    return [m for m in proposal.team if m.user_id is not None and m.access == Access.EDIT]


def check_gives(proposal: Proposal, by: User) -> None:
    """Raise NotAllowed unless this person hands out sections."""
    if proposal.pi_id != by.id:
        raise NotAllowed(N_("The principal investigator gives sections to members."))


def give(proposal: Proposal, place: str, member: TeamMember | None, *, due_on: date | None = None, by: User, at: datetime) -> Given | None:
    """Give a section to a member, who is told by mail; None takes it back from whoever had it."""
    check_gives(proposal, by)
    check_draft(proposal, at)
    places.check(proposal, place)
    if due_on is not None:
        check_day(due_on, field="due_on", since=local(at).date(), until=local(proposal.call_topic.call.deadline).date())
    found = of(proposal).get(place)
    if member is None:
        if found is not None:
            db.session.delete(found)
            db.session.flush()
            journal.record(proposal, "take_section", by=by, at=at, detail={"section": place})
        return None
    if member not in receivers(proposal):
        raise Incomplete(N_("Only who has joined the team and may write can be given a section."), field="member")
    if found is None:
        found = Given(proposal_id=proposal.id, place=place)
        db.session.add(found)
    elif (found.member_id, found.due_on) == (member.id, due_on):
        return found
    anew = found.member_id != member.id
    found.member_id, found.due_on = member.id, due_on
    if anew:
        found.given_at, found.completed_at = at, None
    db.session.flush()
    db.session.refresh(found, ["member"])
    journal.record(proposal, "give_section", by=by, at=at, detail={"section": place, "member": member.public_id})
    if anew and member.user_id != by.id:
        writer = people.users_by_id({member.user_id or 0}).get(member.user_id or 0)
        outbox.post("proposals/mail/section_given.txt", to=writer, key=f"section-given:{found.public_id}:{at.isoformat()}", at=at, proposal=proposal, given=found,
                    label=places.labels(proposal)[place])  # fmt: skip
    return found


def check_writer(proposal: Proposal, given: Given | None, by: User) -> Given:
    """The section as given. Raises unless this is the member who has it, or the investigator."""
    if given is None:
        raise WrongState(N_("This section is given to nobody."))
    if by.id not in (given.member.user_id, proposal.pi_id):
        raise NotAllowed(N_("Only the member who was given this section, or the principal investigator, says whether it is complete."))
    return given


def complete(proposal: Proposal, place: str, *, by: User, at: datetime) -> None:
    """The member says: this section is complete."""
    given = check_writer(proposal, of(proposal).get(place), by)
    check_draft(proposal, at)
    if given.completed_at is not None:
        return
    given.completed_at = at
    db.session.flush()
    journal.record(proposal, "complete_section", by=by, at=at, detail={"section": place})
    if by.id != proposal.pi_id:
        outbox.post("proposals/mail/section_complete.txt", to=proposal.pi, key=f"section-complete:{given.public_id}:{at.isoformat()}", at=at, proposal=proposal, given=given,
                    label=places.labels(proposal)[place])  # fmt: skip


def reopen(proposal: Proposal, place: str, *, by: User, at: datetime) -> None:
    """The section is not complete after all."""
    given = check_writer(proposal, of(proposal).get(place), by)
    check_draft(proposal, at)
    if given.completed_at is not None:
        given.completed_at = None
        db.session.flush()
        journal.record(proposal, "reopen_section", by=by, at=at, detail={"section": place})


def take_from(member: TeamMember) -> None:
    """Whoever leaves or may no longer write has no section any more."""
    db.session.execute(delete(Given).where(Given.member_id == member.id).execution_options(synchronize_session="fetch"))
