"""Reads of proposals: each loader is limited to what the person may see."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload

from app.kernel import journal, subjects
from app.kernel.db import db
from app.kernel.errors import NotAllowed
from app.kernel.journal import JournalEntry
from app.kernel.permissions import Do
from app.kernel.subjects import Parties, Subject, register_subject
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import Organisation, User
from app.services.profiles.models import CvVersion
from app.services.rulebook import queries as rulebook
from app.services.similarity.kinds import Kind, Shown, register_kind
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import CallState
from app.stages.ideas.models import Topic
from app.stages.proposals import late
from app.stages.proposals.models import (
    Milestone,
    Proposal,
    Replacement,
    TeamMember,
    Version,
)
from app.stages.proposals.rules import (
    Access,
    Finding,
    ProposalState,
    findings,
    in_time,
)

attempts_of, admission_by_pid, admission_list = late.attempts_of, late.admission_by_pid, late.admission_list
paper_list, on_paper, paper_of, replacements_of = late.paper_list, late.on_paper, late.paper_of, late.replacements_of
UNSEALED = (CallState.OPENED, CallState.CONCLUDED)
READS_ONLY = N_("You may read this dossier but not write in it. The principal investigator can give you the right.")


def in_team(user: User) -> ColumnElement[bool]:
    """The condition: this person is the investigator or in the team."""
    return or_(Proposal.pi_id == user.id, exists().where(TeamMember.proposal_id == Proposal.id, TeamMember.user_id == user.id))


def writes_in(user: User) -> ColumnElement[bool]:
    """The condition: this person is the investigator, or in the team with the right to write."""
    joined = exists().where(TeamMember.proposal_id == Proposal.id, TeamMember.user_id == user.id, TeamMember.access == Access.EDIT)
    return or_(Proposal.pi_id == user.id, joined)


def managed_by(user: User) -> ColumnElement[bool]:
    """The condition: this person signs off for the host."""
    hosts = [m.organisation_id for m in user.live_memberships if m.is_manager]
    return and_(Proposal.host_id.in_(hosts or [0]), Proposal.is_transcript.is_(False))


def _unsealed(opened: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    looked_up = exists().where(CallTopic.id == Proposal.call_topic_id, CallTopic.call_id == Call.id, Call.state.in_(UNSEALED))
    return and_(looked_up if opened is None else opened, Proposal.state.not_in([ProposalState.DRAFT, ProposalState.WITHDRAWN]))


def unsealed() -> ColumnElement[bool]:
    """The condition: the call is opened, and the dossier was neither a draft nor withdrawn."""
    return _unsealed()


def _seen_by(user: User, opened: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    own = or_(in_team(user), managed_by(user))
    return and_(or_(_unsealed(opened), own) if user.can(Do.PROPOSALS_READ) else own, Proposal.is_transcript.is_(False))


def _of_member() -> tuple[Any, ...]:
    return (joinedload(TeamMember.organisation), joinedload(TeamMember.cv).options(
        load_only(CvVersion.public_id, CvVersion.number, CvVersion.sha256, CvVersion.made_at), lazyload(CvVersion.form)))  # fmt: skip


def _promised() -> tuple[Any, ...]:
    """The same members stand in the team and at milestones: both are read alike, or the one would undo the other."""
    return (selectinload(Proposal.products), selectinload(Proposal.uses),
            selectinload(Proposal.milestones).options(selectinload(Milestone.products), selectinload(Milestone.members).options(*_of_member())))  # fmt: skip


def with_parts(proposal: Proposal) -> None:
    """Load anew what the dossier promises: products, uses, milestones with their ties."""
    db.session.refresh(proposal, ["products", "uses", "milestones"])
    for milestone in proposal.milestones:
        db.session.expire(milestone, ["products", "members"])
    tied = select(Milestone).options(selectinload(Milestone.products), selectinload(Milestone.members).options(*_of_member())).where(Milestone.proposal_id == proposal.id)
    db.session.scalars(tied).all()  # people and products that are loaded already stay as they are


@functools.cache
def _whole() -> Select[Any]:
    return select(Proposal).options(*whole_options())  # built once: building it costs more than many a page


def whole_options() -> list[Any]:
    """What is loaded with a whole dossier."""
    return [
        joinedload(Proposal.call_topic).joinedload(CallTopic.call), joinedload(Proposal.call_topic).joinedload(CallTopic.topic),
        joinedload(Proposal.item), joinedload(Proposal.host), joinedload(Proposal.pi), *_promised(), selectinload(Proposal.lines),
        joinedload(Proposal.work_form), joinedload(Proposal.paper), joinedload(Proposal.late), selectinload(Proposal.team).options(*_of_member())]  # fmt: skip


def proposal_for(user: User, pid: str) -> Proposal | None:
    """The whole dossier, for its team, its host's manager, once opened the Department, and whom another room lets read (a council)."""
    row = proposal_by_pid(pid)
    return row if row is not None and subjects.may_read("proposal", row, user) else None


def access_of(row: Proposal, user: User) -> Access | None:
    """What this person may do in the draft: the investigator writes, a member as given, the host's manager reads and comments."""
    if row.pi_id == user.id:
        return Access.EDIT
    found = next((Access(m.access) for m in row.team if m.user_id == user.id), None)
    return Access.COMMENT if user.manages(row.host_id) and not row.is_transcript and found in (None, Access.VIEW) else found


def for_team(user: User, pid: str) -> Proposal | None:
    """The whole dossier, for those who write it. Raises NotAllowed for who is in the team with a smaller right."""
    row = for_member(user, pid)
    if row is not None:
        check_writes(row, user)
    return row


def check_writes(row: Proposal, user: User) -> None:
    """Raise NotAllowed for who is in the team with a smaller right than to write."""
    if access_of(row, user) != Access.EDIT:
        raise NotAllowed(READS_ONLY)


def for_member(user: User, pid: str) -> Proposal | None:
    """The whole dossier, for the team, whatever their right."""
    return db.session.scalar(_whole().where(Proposal.public_id == pid, in_team(user)))


def for_writing(user: User, pid: str) -> Proposal | None:
    """The dossier for those who write a section of its work description: with call, topic and form, without team, products and estimate.

    Raises NotAllowed for who is in the team with a smaller right.
    """
    light = select(Proposal, writes_in(user)).options(
        joinedload(Proposal.call_topic).options(joinedload(CallTopic.call), joinedload(CallTopic.topic)), joinedload(Proposal.work_form))
    row, writes = db.session.execute(light.where(Proposal.public_id == pid, in_team(user))).one_or_none() or (None, False)
    if row is not None and not writes:
        raise NotAllowed(READS_ONLY)
    return row


def for_writing_with(user: User, pid: str) -> Proposal | None:
    """The whole dossier, for the team and the host's manager: who may read its comments."""
    return db.session.scalar(_whole().where(Proposal.public_id == pid, or_(in_team(user), managed_by(user))))


def for_host(user: User, pid: str) -> Proposal | None:
    """The whole dossier, for the manager who signs it off."""
    return db.session.scalar(_whole().where(Proposal.public_id == pid, managed_by(user)))


def for_officer(user: User, pid: str) -> Proposal | None:
    """The whole dossier, for the Department, once the call is opened."""
    return db.session.scalar(_whole().where(Proposal.public_id == pid, _unsealed())) if user.can(Do.PROPOSALS_READ) else None


def proposal_by_pid(pid: str) -> Proposal | None:
    """The whole dossier, whoever asks: for papers, files and councils, which ask may_read themselves."""
    return db.session.scalar(_whole().where(Proposal.public_id == pid))


def by_id(row_id: int) -> Proposal | None:
    """The whole dossier by its inner key, whoever asks."""
    return db.session.scalar(_whole().where(Proposal.id == row_id))


def may_read(row: Proposal, user: User) -> bool:
    """May this person read the dossier and its files as it stands now?"""
    if row.is_transcript:
        return user.can(Do.PROPOSALS_CHECK) and not user.belongs_to(row.host_id)  # officers alone, also when it is done
    if row.pi_id == user.id or user.manages(row.host_id) or any(m.user_id == user.id for m in row.team):
        return True
    if row.paper is not None and row.paper.registered_by_id == user.id and user.can(Do.PROPOSALS_CHECK):
        return True  # who took the envelope in hands the receipt out; what is in it is not in the system
    return not is_sealed(row) and user.can(Do.PROPOSALS_READ)


def is_sealed(row: Proposal) -> bool:
    """Is the dossier, with its papers, closed to the Department: before the opening, or never submitted?"""
    return row.call_topic.call.state not in UNSEALED or row.state in (ProposalState.DRAFT, ProposalState.WITHDRAWN)


def sealed_ids() -> Select[Any]:
    """The public ids of all dossiers that are sealed: `is_sealed`, said to the database."""
    return select(Proposal.public_id).where(not_(_unsealed()))


def list_statement(user: User) -> Select[Any]:
    """The dossiers this person may see, with what a list shows."""
    return select(Proposal).options(joinedload(Proposal.host), joinedload(Proposal.pi),
                                    joinedload(Proposal.call_topic).options(joinedload(CallTopic.topic), joinedload(CallTopic.call))).where(_seen_by(user))  # fmt: skip


def counted_statement(user: User) -> Select[Any]:
    """The dossiers of `list_statement`, bare, with the topic, whose year is theirs: for what only counts them. Their calls are joined, not looked up one by one."""
    return (select(Proposal).join(CallTopic, CallTopic.id == Proposal.call_topic_id).join(Topic, Topic.id == CallTopic.topic_id).join(Call, Call.id == CallTopic.call_id)
            .where(_seen_by(user, Call.state.in_(UNSEALED))))  # fmt: skip


def held(proposal: Proposal) -> Proposal:
    """The dossier read anew, whole, under a lock: nobody changes it or its parts while this act lasts."""
    db.session.flush()
    db.session.execute(select(Proposal.id).where(Proposal.id == proposal.id).with_for_update(key_share=True))
    fresh = _whole().where(Proposal.id == proposal.id).execution_options(populate_existing=True)
    return db.session.scalars(fresh).one()


def held_lightly(proposal_pid: str, user: User) -> Proposal | None:
    """The dossier under a lock, for its team, with what handing in needs: call, topic, host, people; not its sections, which were read before."""
    row_id = db.session.scalar(select(Proposal.id).where(Proposal.public_id == proposal_pid, in_team(user)).with_for_update(key_share=True, of=Proposal))
    light = select(Proposal).options(
        joinedload(Proposal.call_topic).options(joinedload(CallTopic.call), joinedload(CallTopic.topic)), joinedload(Proposal.host), joinedload(Proposal.pi),
        joinedload(Proposal.paper), joinedload(Proposal.late), selectinload(Proposal.team))  # fmt: skip
    return db.session.scalar(light.where(Proposal.id == row_id).execution_options(populate_existing=True)) if row_id is not None else None


def submitted_of(user: User, call_topic: CallTopic) -> Proposal | None:
    """The dossier this person has handed in for the topic and not withdrawn."""
    gone = (ProposalState.DRAFT, ProposalState.WITHDRAWN)
    return db.session.scalar(select(Proposal).where(Proposal.call_topic_id == call_topic.id, Proposal.pi_id == user.id, Proposal.state.not_in(gone)))


def draft_of(user: User, call_topic: CallTopic) -> Proposal | None:
    """The draft this person has for the topic already."""
    return db.session.scalar(_whole().where(Proposal.call_topic_id == call_topic.id, Proposal.pi_id == user.id, Proposal.state == ProposalState.DRAFT, Proposal.is_transcript.is_(False)))


def of_call_topic(call_topic: CallTopic, states: Iterable[ProposalState] | None = None) -> list[Proposal]:
    """The dossiers of one topic, in the order they came in."""
    statement = _whole().where(Proposal.call_topic_id == call_topic.id)
    if states is not None:
        statement = statement.where(Proposal.state.in_(list(states)))
    return list(db.session.scalars(statement.order_by(Proposal.submitted_at, Proposal.id)))


def any_in(call_topic: CallTopic, states: Iterable[ProposalState]) -> bool:
    """Is a dossier of the topic in one of these states?"""
    return bool(db.session.scalar(select(exists().where(Proposal.call_topic_id == call_topic.id, Proposal.state.in_(list(states))))))


def of_call(call: Call) -> list[Proposal]:
    """The dossiers that came in for a call, in order."""
    statement = _whole().join(CallTopic, CallTopic.id == Proposal.call_topic_id).where(CallTopic.call_id == call.id, Proposal.submitted_at.is_not(None))
    return list(db.session.scalars(statement.where(Proposal.state != ProposalState.WITHDRAWN).order_by(Proposal.submitted_at, Proposal.id)))


def applicants(call: Call) -> list[User]:
    """Who works on a dossier for the call, drafts included: for mails to them all, never for a page."""
    mine = (select(Proposal.id).join(CallTopic, CallTopic.id == Proposal.call_topic_id)
            .where(CallTopic.call_id == call.id, Proposal.state != ProposalState.WITHDRAWN, Proposal.is_transcript.is_(False)))  # fmt: skip
    ids = select(Proposal.pi_id).where(Proposal.id.in_(mine)).union(select(TeamMember.user_id).where(TeamMember.proposal_id.in_(mine), TeamMember.user_id.is_not(None)))
    return list(db.session.scalars(select(User).where(User.id.in_(ids), User.active).order_by(User.id)))


def received(call: Call) -> int:
    """How many dossiers came in: all that may be known before the opening."""
    counted = select(func.count()).select_from(Proposal).join(CallTopic, CallTopic.id == Proposal.call_topic_id)
    return int(db.session.scalar(counted.where(CallTopic.call_id == call.id, Proposal.state == ProposalState.SUBMITTED)) or 0)


def ceiling_of(proposal: Proposal) -> int | None:
    """The most state money (đồng) that may be asked: the call's ceiling for the topic, else the topic's own."""
    place = proposal.call_topic
    return place.ceiling if place.ceiling is not None else place.topic.ceiling


def latest_version(proposal: Proposal) -> Version | None:
    """What was submitted last."""
    return db.session.scalar(select(Version).where(Version.proposal_id == proposal.id).order_by(Version.number.desc()).limit(1))


def replaced_by(proposal: Proposal) -> Proposal | None:
    """The dossier whose place this one takes, or took."""
    old = db.session.scalar(select(Replacement.replaced_id).where(Replacement.proposal_id == proposal.id))
    return by_id(old) if old is not None else None


def checker_of(proposal: Proposal) -> int | None:
    """Who concluded the check of the dossier last: the journal knows."""
    kind, pid = journal.subject_key(proposal)
    verbs = ("check_eligible", "check_ineligible")
    acts = select(JournalEntry.actor_id).where(JournalEntry.subject_type == kind, JournalEntry.subject_pid == pid, JournalEntry.verb.in_(verbs))
    return db.session.scalar(acts.order_by(JournalEntry.seq.desc()).limit(1))


def under_check() -> Select[Any]:
    """The opened dossiers of all calls, with what the list of the check shows."""
    shown = (joinedload(Proposal.host), joinedload(Proposal.pi), joinedload(Proposal.call_topic).joinedload(CallTopic.topic))
    joined = (select(Proposal).join(Organisation, Organisation.id == Proposal.host_id).join(User, User.id == Proposal.pi_id)
              .join(CallTopic, CallTopic.id == Proposal.call_topic_id).join(Call, Call.id == CallTopic.call_id))  # fmt: skip
    return joined.options(*shown).where(Call.state.in_(UNSEALED), Proposal.state.not_in([ProposalState.DRAFT, ProposalState.WITHDRAWN]))


def opened_calls() -> list[Call]:
    """The calls whose dossiers are open, newest first."""
    return list(db.session.scalars(select(Call).where(Call.state.in_(UNSEALED)).order_by(Call.deadline.desc()).limit(200)))


def to_sign(user: User) -> list[Proposal]:
    """Drafts that wait for this manager's sign-off, newest first."""
    statement = _whole().where(managed_by(user), Proposal.state == ProposalState.DRAFT, Proposal.host_signed_at.is_(None))
    return list(db.session.scalars(statement.order_by(Proposal.id.desc())))


def drafts_of(user: User) -> list[Proposal]:
    """Drafts this person writes in, newest first."""
    statement = select(Proposal).where(writes_in(user), Proposal.state == ProposalState.DRAFT, Proposal.is_transcript.is_(False))
    return list(db.session.scalars(statement.order_by(Proposal.id.desc()).limit(50)))


def to_check() -> list[Proposal]:
    """Opened dossiers whose eligibility is not checked."""
    return list(db.session.scalars(_whole().where(_unsealed(), Proposal.state == ProposalState.SUBMITTED).order_by(Proposal.submitted_at)))


def setting(key: str, on: date, call: Call | None = None) -> Any:
    """The value of a rule: the version the call froze when it was published, else the one of the day."""
    kept = (call.rules or {}) if call is not None else {}
    return rulebook.frozen(kept, key) if key in kept else rulebook.value(key, on=on)


def documents(kind: str, on: date, call: Call | None = None) -> list[dict[str, Any]]:
    """Documents of the dossier for a task type: code, vi, en, form, needed."""
    wanted: dict[str, list[dict[str, Any]]] = setting("proposals.documents", on, call)
    return wanted.get(kind) or wanted["default"]


def heads(on: date, call: Call | None = None) -> dict[str, dict[str, Any]]:
    """Budget heads by code, with names in both languages."""
    return {h["code"]: h for h in setting("proposals.heads", on, call)}


def remedy_until(proposal: Proposal, on: date) -> date:
    """Until when the applicant may ask the Department to look at a refusal again."""
    return rulebook.due(on, setting("proposals.remedy_days", on, proposal.call_topic.call))


def findings_of(proposal: Proposal, kinds: Iterable[str], *, on: date, english: bool = False) -> list[Finding]:
    """The rules of eligibility for a dossier that holds files of these `kinds`."""
    call, present = proposal.call_topic.call, set(kinds)
    needed = [d for d in documents(str(proposal.call_topic.topic.kind), on, call) if d.get("needed")]
    leads = [e.title for e in people.engagements_of(proposal.pi_id, on=on) if e.kind == "project" and e.role == "pi"]
    one = rulebook.rule("proposals.one_project_at_a_time", on=on)
    return findings(
        documents=[(d["en" if english else "vi"], d["code"] in present) for d in needed],
        documents_source=rulebook.rule("proposals.documents", on=on).source, signed=proposal.host_signed_at is not None,
        in_time=proposal.submitted_at is None or proposal.late is not None or in_time(proposal.submitted_at, call.deadline), leads=leads,
        host_barred=bool(people.debarments(organisation_id=proposal.host_id, on=on)), pi_barred=bool(people.debarments(user_id=proposal.pi_id, on=on)),
        one_at_a_time=one.source if one.value else None)  # fmt: skip


def parties(row: Proposal) -> Parties:
    """Who stands behind a dossier: team, host and the organisations of the team."""
    users = {row.pi_id, *(m.user_id for m in row.team if m.user_id)}
    return Parties(frozenset(users), frozenset({row.host_id, *(m.organisation_id for m in row.team if m.organisation_id)}))


register_subject("proposal", Subject(load=proposal_by_pid, title=lambda p: f"{p.code or ''} {p.title}".strip(), parties=parties, may_read=may_read, sealed=is_sealed,
                                     sealed_ids=sealed_ids, url=lambda p: ("proposals.show", {"pid": p.public_id})))  # fmt: skip


def _show(pids: Collection[str]) -> dict[str, Shown]:
    rows = db.session.execute(select(Proposal.public_id, Proposal.code, Proposal.title, Topic.year, Proposal.state)
                              .join(CallTopic, CallTopic.id == Proposal.call_topic_id).join(Topic, Topic.id == CallTopic.topic_id)
                              .where(Proposal.public_id.in_(pids)))  # fmt: skip
    return {pid: Shown(code, title, year, state, "proposals.show") for pid, code, title, year, state in rows}


# a sealed dossier is found by nobody but its own people: the condition is the lists' own
register_kind(Kind("proposal", Proposal, ("title",), lambda user: select(Proposal.public_id).where(_seen_by(user)), _show, rank=3))
