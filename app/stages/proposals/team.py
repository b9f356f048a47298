"""The team of a dossier: who is in it as what, asked by mail, with which right; and how somebody joins and leaves."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import joinedload

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.people.models import Organisation, User
from app.services.people.queries import email_norm
from app.services.people.rules import Addressee
from app.services.profiles import queries as profiles
from app.stages.calls.models import CallTopic
from app.stages.calls.rules import TooMany
from app.stages.proposals import giving, load, queries
from app.stages.proposals.drafts import check_draft, check_mark, mark_of, touch
from app.stages.proposals.models import MemberCv, Proposal, TeamMember
from app.stages.proposals.rules import Access, Invited, TeamRole
from app.stages.proposals.teamwork import Invitation

MOST_A_DAY = 40  # invitations of one dossier: nobody floods mailboxes through us
_WHOLE = (joinedload(Invitation.member), joinedload(Invitation.sent_by).lazyload("*"),
          joinedload(Invitation.proposal).options(joinedload(Proposal.pi).lazyload("*"), joinedload(Proposal.host),
                                                  joinedload(Proposal.call_topic).options(joinedload(CallTopic.call), joinedload(CallTopic.topic))))  # fmt: skip


# --- what the forms of the dossier save -----------------------------------------------------------------------


def general_mark(proposal: Proposal) -> str:
    """What the form of general information shows, in short."""
    return mark_of(proposal.title, proposal.aim, proposal.duration_months)


def save_general(proposal: Proposal, *, title: str, aim: str | None, duration_months: int | None, by: User, at: datetime, seen: Any = None) -> None:
    """Save title, aim and duration (months). `seen` is the mark of what was shown: somebody who writes elsewhere is not in the way."""
    queries.held(proposal)
    check_mark(general_mark(proposal), seen)
    touch(proposal, at, place="general")
    proposal.title, proposal.folded, proposal.aim, proposal.duration_months = title, fold(title), aim, duration_months
    journal.record(proposal, "save_general", by=by, at=at)


def member_mark(member: TeamMember) -> str:
    """What the form of a member shows, in short."""
    return mark_of(member.role, member.organisation_id, member.task, member.months, member.years, member.access)


def team_mark(proposal: Proposal) -> str:
    """What the table of the team shows, in short: who adds somebody has seen who is there."""
    return mark_of(*((m.public_id, m.name, m.role, m.months, m.user_id) for m in proposal.team))


def add_member(proposal: Proposal, *, name: str, role: TeamRole, months: int, by: User, at: datetime, user: User | None = None,
               organisation: Organisation | None = None, task: str | None = None, email: str | None = None, access: Access = Access.EDIT,
               years: Mapping[str, int] | None = None, seen: Any = None) -> TeamMember:  # fmt: skip
    """Add a person to the team, by name; `user` when they have agreed already. Raises Incomplete for a second investigator or the same person twice."""
    queries.held(proposal)
    check_mark(team_mark(proposal), seen)
    touch(proposal, at, place="team")
    _check_role(proposal, role, organisation)
    load.check_months(months, years)
    if email is not None and "@" not in email.strip("@"):
        raise Incomplete(N_("Please write a whole e-mail address."), field="email")
    if user is not None and any(m.user_id == user.id for m in proposal.team) or email and _has_address(proposal, email):
        raise Incomplete(N_("This person is in the team already."), field="email")
    row = TeamMember(proposal_id=proposal.id, user_id=user.id if user else None, organisation_id=organisation.id if organisation else None, name=nfc(name), role=role,
                     months=months, years=dict(years) if years else None, task=task, email=nfc(email) if email else None, access=access, joined_at=at if user else None)  # fmt: skip
    db.session.add(row)
    if user is not None:
        attach_cv(row, user)
    queries.held(proposal)
    journal.record(proposal, "add_member", by=by, at=at)
    return row


def _has_address(proposal: Proposal, email: str) -> bool:
    norm = email_norm(email)
    users = {m.user_id for m in proposal.team if m.user_id}
    named = db.session.scalar(select(User.id).where(User.email_norm == norm))
    return named in users if named is not None and named in users else any(m.email and email_norm(m.email) == norm for m in proposal.team)


def _check_role(proposal: Proposal, role: TeamRole, organisation: Organisation | None) -> None:
    if role == TeamRole.PI:
        raise Incomplete(N_("The team has its principal investigator."), field="role")
    if role == TeamRole.PARTNER and organisation is None:
        raise Incomplete(N_("Please choose the partner organisation."), field="organisation")
    if role == TeamRole.PARTNER and organisation is not None and organisation.id == proposal.host_id:
        raise Incomplete(N_("This is the host organisation itself."), field="organisation")


def set_months(member: TeamMember, proposal: Proposal, months: int, *, by: User, at: datetime, task: str | None = None, years: Mapping[str, int] | None = None,
               access: Access | None = None, seen: Any = None) -> None:  # fmt: skip
    """Change how many months a member works, the task where one is given; the investigator also changes the right."""
    queries.held(proposal)
    check_mark(member_mark(member), seen)
    load.check_months(months, years)
    if access is not None and access != member.access:
        check_leads(proposal, by)
        if member.role == TeamRole.PI:
            raise Incomplete(N_("The principal investigator always writes."), field="access")
    if (months, task or member.task, dict(years) if years else member.years) != (member.months, member.task, member.years):
        touch(proposal, at, place="team")
        journal.record(proposal, "set_months", by=by, at=at)
    check_draft(proposal, at)
    if access is not None and access != member.access:
        member.access = access
        journal.record(proposal, "set_access", by=by, at=at, detail={"member": member.public_id, "access": str(access)})
        if access != Access.EDIT:
            giving.take_from(member)
    member.months, member.task = months, task or member.task
    member.years = dict(years) if years else member.years
    db.session.flush()


def check_leads(proposal: Proposal, by: User) -> None:
    """Raise NotAllowed unless this person leads the dossier."""
    if proposal.pi_id != by.id:
        raise NotAllowed(N_("Only the principal investigator invites people and gives them rights."))


# --- invitations ----------------------------------------------------------------------------------------------


def standing(invitation: Invitation, at: datetime) -> Invited:
    """Where an invitation is now."""
    for when, face in ((invitation.accepted_at, Invited.ACCEPTED), (invitation.declined_at, Invited.DECLINED), (invitation.revoked_at, Invited.TAKEN_BACK)):
        if when is not None:
            return face
    return Invited.WAITING if invitation.expires_at > at else Invited.EXPIRED


def invitations_of(proposal: Proposal) -> dict[int, Invitation]:
    """The last invitation of each member, by the member."""
    rows = select(Invitation).where(Invitation.proposal_id == proposal.id, Invitation.member_id.is_not(None)).order_by(Invitation.id)
    return {row.member_id: row for row in db.session.scalars(rows) if row.member_id is not None}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "ignore")).hexdigest()


def invite(proposal: Proposal, member: TeamMember, *, by: User, at: datetime) -> Invitation:
    """Mail a member a link; a link sent before opens nothing any more. What the dossier says does not change: the host's signature holds."""
    check_leads(proposal, by)
    if proposal.is_transcript:
        raise WrongState(N_("Nobody is invited to what is entered from paper."))
    check_draft(proposal, at)
    if member.user_id is not None:
        raise WrongState(N_("This person has joined already."))
    if not member.email:
        raise Incomplete(N_("There is no e-mail address to send the invitation to."))
    day = select(func.count()).select_from(Invitation).where(Invitation.proposal_id == proposal.id, Invitation.sent_at > at - timedelta(days=1))
    if (db.session.scalar(day) or 0) >= MOST_A_DAY:
        raise TooMany(N_("Too many invitations were sent today. Please go on tomorrow."))
    _void(member, at)
    token, days = secrets.token_urlsafe(32), int(queries.setting("proposals.invitation_days", local(at).date(), proposal.call_topic.call))
    row = Invitation(proposal=proposal, member=member, name=member.name, email_norm=email_norm(member.email), token_hash=_hash(token), sent_at=at, sent_by_id=by.id,
                     expires_at=at + timedelta(days=days))  # fmt: skip
    db.session.add(row)
    db.session.flush()
    journal.record(proposal, "invite_member", by=by, at=at, detail={"member": member.public_id})
    known = db.session.scalar(select(User).where(User.email_norm == row.email_norm, User.active))
    outbox.post("proposals/mail/team_invited.txt", to=known or Addressee(member.name, member.email), key=f"team-invite:{row.public_id}", at=at, proposal=proposal, invitation=row,
                member=member, token=token, by=by)  # fmt: skip
    return row


def _void(member: TeamMember, at: datetime) -> None:
    unanswered = (Invitation.accepted_at.is_(None), Invitation.declined_at.is_(None), Invitation.revoked_at.is_(None))
    db.session.execute(update(Invitation).where(Invitation.member_id == member.id, *unanswered).values(revoked_at=at).execution_options(synchronize_session="fetch"))


def take_back(proposal: Proposal, member: TeamMember, *, by: User, at: datetime) -> None:
    """The invitation of a member opens nothing any more."""
    check_leads(proposal, by)
    found = invitations_of(proposal).get(member.id)
    if found is None or standing(found, at) not in (Invited.WAITING, Invited.EXPIRED):
        raise WrongState(N_("This invitation was answered or taken back already."))
    _void(member, at)
    journal.record(proposal, "take_back_invitation", by=by, at=at, detail={"member": member.public_id})


def by_token(token: str, *, at: datetime) -> Invitation | None:
    """The invitation of this secret while it waits for an answer. Unknown, answered, taken back and old ones open nothing."""
    row = db.session.scalar(select(Invitation).options(*_WHOLE).where(Invitation.token_hash == _hash(token)))
    return row if row is not None and standing(row, at) == Invited.WAITING else None


def invitation_for(user: User, pid: str) -> Invitation | None:
    """The invitation sent to the address of this account."""
    return db.session.scalar(select(Invitation).options(*_WHOLE).where(Invitation.public_id == pid, Invitation.email_norm == user.email_norm))


def check_answer(invitation: Invitation, at: datetime) -> None:
    """Raise WrongState unless the invitation can be answered now."""
    if standing(invitation, at) != Invited.WAITING or invitation.member is None:
        raise WrongState(N_("This invitation was answered, taken back, or ran out. Ask the principal investigator to send another."))
    check_draft(invitation.proposal, at)


def accept(invitation: Invitation, *, by: User, at: datetime) -> Proposal:
    """The person joins the team. Only the account with the address it was sent to may."""
    if by.email_norm != invitation.email_norm:
        raise NotAllowed(N_("This invitation was sent to another address."))
    proposal = queries.held(invitation.proposal)
    db.session.refresh(invitation)
    check_answer(invitation, at)
    member = invitation.member
    if member is None or any(m.user_id == by.id for m in proposal.team):
        raise WrongState(N_("You are in this team already."))
    invitation.accepted_at = member.joined_at = at
    member.user_id = by.id
    attach_cv(member, by)
    load.check_joins(queries.held(proposal), member, at)
    journal.record(proposal, "join_team", by=by, at=at, detail={"member": member.public_id})
    _tell(invitation, at)
    return proposal


def decline(invitation: Invitation, *, reason: str | None, by: User | None, at: datetime) -> None:
    """The person does not join; who holds the link may say so without an account."""
    check_answer(invitation, at)
    invitation.declined_at, invitation.reason = at, nfc(reason)[:500] if reason else None
    db.session.flush()
    journal.record(invitation.proposal, "decline_invitation", by=by, at=at)
    _tell(invitation, at)


def _tell(invitation: Invitation, at: datetime) -> None:
    outbox.post("proposals/mail/team_answered.txt", to=invitation.proposal.pi, key=f"team-answer:{invitation.public_id}", at=at, proposal=invitation.proposal, invitation=invitation)


# --- scientific CVs, by version ------------------------------------------------------------------------------


def attach_cv(member: TeamMember, user: User) -> None:
    """Take the version of their CV that the person put down last, in the place of the one that is there."""
    found = profiles.latest_cv(user)
    db.session.flush()
    db.session.execute(delete(MemberCv).where(MemberCv.member_id == member.id))
    if found is not None:
        db.session.execute(insert(MemberCv).values(member_id=member.id, cv_version_id=found.id))


def take_cv(proposal: Proposal, member: TeamMember, *, by: User, at: datetime) -> None:
    """Put the newest version of a member's CV in the place of the one the dossier holds. The member or the investigator does; the host signs anew."""
    if by.id not in (proposal.pi_id, member.user_id):
        raise NotAllowed(N_("The member or the principal investigator takes the newer version."))
    owner = db.session.get(User, member.user_id) if member.user_id else None
    newest = profiles.latest_cv(owner) if owner is not None else None
    if owner is None or newest is None or member.cv is not None and newest.id == member.cv.id:
        raise WrongState(N_("There is no newer version of this scientific CV."))
    touch(proposal, at, place="team")
    attach_cv(member, owner)
    queries.held(proposal)
    journal.record(proposal, "take_cv", by=by, at=at, detail={"member": member.public_id, "cv": newest.public_id})


# --- leaving --------------------------------------------------------------------------------------------------


def let_go(proposal: Proposal, member: TeamMember, *, at: datetime) -> None:
    """Before a member's row goes: the invitation is void, sections given to them are free. Raises for the investigator."""
    if member.role == TeamRole.PI:
        raise Incomplete(N_("The principal investigator cannot be taken out."))
    _void(member, at)
    giving.take_from(member)
    db.session.execute(delete(MemberCv).where(MemberCv.member_id == member.id))
    db.session.execute(update(Invitation).where(Invitation.member_id == member.id).values(member_id=None).execution_options(synchronize_session="fetch"))


def check_leaving(proposal: Proposal, by: User, at: datetime) -> TeamMember:
    """The person's own place in the team. Raises when they cannot leave it."""
    found = next((m for m in proposal.team if m.user_id == by.id), None)
    if proposal.pi_id == by.id or found is None:
        raise WrongState(N_("The principal investigator cannot leave: another member must take over first."))
    check_draft(proposal, at)
    return found


def leave(proposal: Proposal, *, reason: str | None, by: User, at: datetime) -> None:
    """A member leaves the draft; what they wrote stays. The host signs anew."""
    queries.held(proposal)
    member = check_leaving(proposal, by, at)
    touch(proposal, at)
    let_go(proposal, member, at=at)
    db.session.delete(member)
    db.session.flush()
    queries.held(proposal)
    journal.record(proposal, "leave_team", by=by, at=at)  # why is told to the investigator alone: officers read this line later
    outbox.post("proposals/mail/team_left.txt", to=proposal.pi, key=f"team-left:{proposal.public_id}:{by.id}:{at.isoformat()}", at=at, proposal=proposal, by=by, reason=nfc(reason or ""))
