"""Reads of ideas and topics, limited to what a person may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.db import db
from app.kernel.permissions import Do
from app.kernel.subjects import (
    Parties,
    Subject,
    register_reader,
    register_subject,
)
from app.kernel.subjects import may_read as may_read_subject
from app.kernel.text import fold
from app.services.councils.models import AgendaItem, Council
from app.services.councils.queries import member_reads
from app.services.councils.rules import PREPARED, CouncilState
from app.services.people.models import Organisation, User
from app.services.rulebook import queries as rulebook
from app.services.similarity import queries as similarity
from app.services.similarity.kinds import Kind, Shown, register_kind, visible_to
from app.services.similarity.models import TextEntry
from app.stages.ideas.models import Idea, IdeaGroup, ReceiverCommitment, Topic
from app.stages.ideas.rules import CALLABLE, IdeaState, Mode
from app.stages.plan.models import Plan, Priority

SUBMISSION = "ideas/submission"  # the template of the paper by which ideas are put to the people's committee
RECEIPT = "ideas/receipt"
MERGEABLE = 50  # ideas offered at once to be merged
_IDEA = (joinedload(Idea.owner), joinedload(Idea.organisation), joinedload(Idea.item).joinedload(Priority.sector))
_WHOLE_IDEA = (
    *_IDEA, joinedload(Idea.receiver), joinedload(Idea.proposed_host), joinedload(Idea.host), selectinload(Idea.other_items), selectinload(Idea.required),
    joinedload(Idea.group), joinedload(Idea.merged_into), selectinload(Idea.merged).joinedload(Idea.owner), selectinload(Idea.merged).joinedload(Idea.organisation),
    selectinload(Idea.commitments),
)  # fmt: skip
_TOPIC = (joinedload(Topic.item).joinedload(Priority.sector), joinedload(Topic.assigned), joinedload(Topic.receiver))
_WHOLE_TOPIC = (*_TOPIC, joinedload(Topic.idea), selectinload(Topic.other_items), selectinload(Topic.required),
                selectinload(Topic.proposers))  # fmt: skip


# --- ideas ----------------------------------------------------------------------------------------------------


def _mine(user: User) -> ColumnElement[bool]:
    managed = [m.organisation_id for m in user.live_memberships if m.is_manager]
    of_body = and_(Idea.organisation_id.in_(managed), Idea.state != IdeaState.DRAFT)
    to_us = and_(Idea.receiver_organisation_id.in_(managed), Idea.state.not_in([IdeaState.DRAFT, IdeaState.WITHDRAWN]))
    return or_(Idea.owner_id == user.id, of_body, to_us)


def _seen_by(user: User) -> ColumnElement[bool]:
    if user.can(Do.IDEAS_READ):
        return or_(Idea.owner_id == user.id, Idea.submitted_at.is_not(None))
    return _mine(user)


def may_read(idea: Idea, user: User) -> bool:
    """May this person see the idea? The same question as the lists ask."""
    return db.session.scalar(select(Idea.id).where(Idea.id == idea.id, _seen_by(user))) is not None


def ideas_statement(user: User, *, mine: bool) -> Select[Any]:
    """The ideas in this person's list: their own, or all that were ever submitted."""
    return select(Idea).options(*_IDEA, joinedload(Idea.group), joinedload(Idea.merged_into), joinedload(Idea.receiver), selectinload(Idea.commitments)).where(_mine(user) if mine else _seen_by(user))


def idea_for(user: User, pid: str) -> Idea | None:
    """One idea this person may see, whole: by the lists' own rule, or as a member of the council it is before."""
    row = idea_by_pid(pid)
    return row if row is not None and may_read_subject("idea", row, user) else None


def for_owner(user: User, pid: str) -> Idea | None:
    """One idea this person may change or withdraw: the own one, or one of a body the person manages."""
    managed = [m.organisation_id for m in user.live_memberships if m.is_manager]
    mine = or_(Idea.owner_id == user.id, and_(Idea.organisation_id.in_(managed), Idea.state != IdeaState.DRAFT))
    return db.session.scalar(select(Idea).options(*_WHOLE_IDEA).where(Idea.public_id == pid, mine))


def submitted_by_pid(pid: str) -> Idea | None:
    """One idea that was submitted, for those who deal with all of them."""
    return db.session.scalar(select(Idea).options(*_WHOLE_IDEA).where(Idea.public_id == pid, Idea.submitted_at.is_not(None)))


def submitted_by_pids(pids: Iterable[str]) -> list[Idea]:
    """These ideas, whole, as far as they were ever submitted, in the order of their numbers."""
    known = {pid for pid in pids if pid.isascii() and pid.isalnum()}  # they may come from an address: a NUL is no text for PostgreSQL
    statement = select(Idea).options(*_WHOLE_IDEA).where(Idea.public_id.in_(known), Idea.submitted_at.is_not(None))
    return list(db.session.scalars(statement.order_by(Idea.code)))


def mergeable(beside: Sequence[Idea], *, words: str = "") -> list[Idea]:
    """Submitted ideas that may be merged with these: the most similar first, then of the same groups and items, then the rest of their round.

    `words`: only those of the round in which all of them stand.
    """
    groups, items = {i.group_id for i in beside} - {None}, {i.item_id for i in beside} - {None}
    near = [] if words else _similar(beside)
    statement = select(Idea).where(Idea.state == IdeaState.SUBMITTED, Idea.id.not_in([i.id for i in beside]))
    if beside:
        statement = statement.where(or_(Idea.year.in_({i.year for i in beside}), Idea.public_id.in_(near)))
    for word in fold(words).split():
        statement = statement.where(Idea.folded.contains(word, autoescape=True))
    if near:
        statement = statement.order_by(case({pid: n for n, pid in enumerate(near)}, value=Idea.public_id, else_=len(near)))
    ordered = statement.order_by(Idea.group_id.in_(groups).desc(), Idea.item_id.in_(items).desc(), Idea.code)
    return list(db.session.scalars(ordered.limit(MERGEABLE)))


def _similar(beside: Sequence[Idea]) -> list[str]:
    """The public ids of the submitted ideas nearest to these, best first; those of one title together."""
    open_ = and_(TextEntry.kind == "idea", TextEntry.subject_pid.in_(select(Idea.public_id).where(Idea.state == IdeaState.SUBMITTED)))
    found: dict[str, float] = {}
    for idea in beside[:10]:
        for match in similarity.nearest(idea.title, visible=open_, limit=10, exclude=[("idea", i.public_id) for i in beside]):
            found[match.pid] = max(match.score, found.get(match.pid, 0))
    best = sorted(found, key=lambda pid: -found[pid])
    titles = {title for (title,) in db.session.execute(select(Idea.title).where(Idea.public_id.in_(best)))} | {i.title for i in beside}
    same = db.session.scalars(select(Idea.public_id).where(Idea.state == IdeaState.SUBMITTED, Idea.title.in_(titles), Idea.public_id.not_in(best)).limit(20))
    return [*same, *best] if not best else [*best, *same]


def idea_by_pid(pid: str) -> Idea | None:
    """One idea, whole, whoever asks: for other rooms, not for pages."""
    return db.session.scalar(select(Idea).options(*_WHOLE_IDEA).where(Idea.public_id == pid))


def load_whole(ideas: Iterable[Idea]) -> None:
    """Load all that belongs to these ideas, for acts that were given bare rows."""
    ids = [i.id for i in ideas]
    list(db.session.scalars(select(Idea).options(*_WHOLE_IDEA).where(Idea.id.in_(ids)).execution_options(populate_existing=True)))


def authors_of(idea: Idea) -> list[User]:
    """Who is told of what becomes of the idea: its owner, and those of the ideas merged into it. The idea is whole."""
    return [idea.owner, *(other.owner for other in idea.merged)]


def open_groups() -> list[IdeaGroup]:
    """The groups that were not dissolved, the newest first, with their ideas."""
    statement = select(IdeaGroup).options(selectinload(IdeaGroup.ideas)).where(IdeaGroup.closed_at.is_(None)).order_by(IdeaGroup.id.desc())
    return list(db.session.scalars(statement))


def group_by_pid(pid: str) -> IdeaGroup | None:
    """One group with its ideas, each with owner, body and item."""
    statement = select(IdeaGroup).options(selectinload(IdeaGroup.ideas).options(*_IDEA)).where(IdeaGroup.public_id == pid)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def bodies_of_ideas(user: User) -> list[tuple[str, str]]:
    """(public id, name) of the bodies that have proposed what this person may see, for the list's filter."""
    seen = exists().where(Idea.organisation_id == Organisation.id, _seen_by(user))
    return [(pid, name) for pid, name in db.session.execute(select(Organisation.public_id, Organisation.name).where(seen).order_by(Organisation.folded))]


def for_council() -> list[Idea]:
    """Submitted ideas that are on the agenda of no council in preparation."""
    listed = exists().where(AgendaItem.subject_type == "idea", AgendaItem.subject_pid == Idea.public_id, Council.id == AgendaItem.council_id,
                            Council.state.in_(PREPARED))  # fmt: skip
    return list(db.session.scalars(select(Idea).options(*_WHOLE_IDEA).where(Idea.state == IdeaState.SUBMITTED, ~listed).order_by(Idea.id)))


def is_to_word() -> ColumnElement[bool]:
    """The condition: a council has voted on the idea, and its final wording is still to be recorded."""
    over = exists().where(Council.public_id == Idea.council_pid, Council.state == CouncilState.CONCLUDED)
    return and_(Idea.state == IdeaState.IN_IDENTIFICATION, Idea.outcome.is_(None), over)


def identified() -> list[Idea]:
    """Ideas with a recommended outcome that await the province's decision, in the council's order."""
    statement = select(Idea).options(*_WHOLE_IDEA).where(Idea.state == IdeaState.IN_IDENTIFICATION, Idea.outcome.is_not(None))
    return sorted(db.session.scalars(statement), key=_order)


def to_put_forward() -> list[Idea]:
    """Identified ideas that no submission names yet, in the council's order."""
    return [i for i in identified() if i.submission_pid is None]


def _order(idea: Idea) -> tuple[int, int]:
    return (idea.rank if idea.rank is not None else 10_000, idea.id)


# --- topics ---------------------------------------------------------------------------------------------------


def topics_statement() -> Select[Any]:
    """All topics of approved lists, with item, sector and the body named for direct assignment."""
    return select(Topic).join(Topic.item).options(*_TOPIC)


def topic_by_pid(pid: str) -> Topic | None:
    """One topic, whole."""
    return db.session.scalar(select(Topic).options(*_WHOLE_TOPIC).where(Topic.public_id == pid))


def topic_of_idea(idea: Idea) -> Topic | None:
    """The topic that an approved idea became."""
    return db.session.scalar(select(Topic).options(*_TOPIC).where(Topic.idea_id == idea.id))


def free_topics(mode: Mode | None = None) -> list[Topic]:
    """Topics that may be put in a call."""
    statement = select(Topic).options(*_TOPIC).where(Topic.state.in_(CALLABLE))
    if mode is not None:
        statement = statement.where(Topic.mode == mode)
    return list(db.session.scalars(statement.order_by(Topic.code)))


def topic_years() -> list[int]:
    """The years that have topics, newest first."""
    return list(db.session.scalars(select(Topic.year).distinct().order_by(Topic.year.desc())))


def public_topic(topic: Topic) -> dict[str, Any]:
    """One topic as anyone may read it."""
    sector = topic.item.sector
    return {
        "pid": topic.public_id, "code": topic.code, "title": topic.title, "aim": topic.aim, "products": topic.products, "kind": topic.kind,
        "mode": topic.mode, "state": topic.state, "year": topic.year, "ceiling": topic.ceiling, "duration_months": topic.duration_months,
        "item_code": topic.item.code, "item_face": topic.item.face, "plan": topic.item.plan.number, "item_vi": topic.item.short_vi, "item_en": topic.item.title_en,
        "sector_code": sector.code, "sector_vi": sector.name_vi, "sector_en": sector.name_en,
        "assigned": topic.assigned.name if topic.assigned else None,
        "decision_number": topic.decision_number, "decision_date": topic.decision_date,
    }  # fmt: skip


def _body(pid: str) -> Select[Any]:
    return select(Organisation.id).where(Organisation.public_id == pid)


def idea_ordered_by(statement: Select[Any], pid: str) -> Select[Any]:
    """Ideas whose result this body would receive."""
    return statement.where(Idea.receiver_organisation_id.in_(_body(pid)))


def idea_committed(statement: Select[Any], state: str) -> Select[Any]:
    """Ideas whose receiving body has answered so; "none": was not asked."""
    asked = exists().where(ReceiverCommitment.idea_id == Idea.id, ReceiverCommitment.organisation_id == Idea.receiver_organisation_id)
    return statement.where(~asked) if state == "none" else statement.where(asked.where(ReceiverCommitment.state == state))


def topic_ordered_by(statement: Select[Any], pid: str) -> Select[Any]:
    """Topics whose result this body receives."""
    return statement.where(Topic.receiver_organisation_id.in_(_body(pid)))


def topics_of_body(pid: str) -> Select[Any]:
    """The ids of the topics whose result this body receives: for the lists of what came of them."""
    return topic_ordered_by(select(Topic.id), pid)


_ORDERING = (select(Organisation.public_id, Organisation.name).order_by(Organisation.folded)
             .where(or_(Organisation.id.in_(select(Idea.receiver_organisation_id)), Organisation.id.in_(select(Topic.receiver_organisation_id)))))  # fmt: skip


def ordering_bodies() -> list[tuple[str, str]]:
    """(public id, name) of the bodies that order: those named to receive the result of an idea or a topic."""
    return [(pid, name) for pid, name in db.session.execute(_ORDERING)]


def decided_together(topic: Topic) -> list[Topic]:
    """The other topics of the same decision."""
    same = (Topic.decision_number == topic.decision_number, Topic.decision_date == topic.decision_date, Topic.id != topic.id)
    return list(db.session.scalars(select(Topic).where(*same).order_by(Topic.code).limit(200)))


# --- words of the form ----------------------------------------------------------------------------------------


def kinds(on: date) -> dict[str, dict[str, str]]:
    """The types of task in force on a day, by code: {"DT_CN": {"vi": …, "en": …}}."""
    return {k["code"]: k for k in rulebook.value("ideas.task_types", on=on)}


def fields(on: date) -> dict[str, dict[str, str]]:
    """The fields of research in force on a day, by code."""
    return {f["code"]: f for f in rulebook.value("ideas.fields", on=on)}


def in_force(item: Priority) -> bool:
    """Does the item belong to the plan in force?"""
    return db.session.scalar(select(Plan.id).where(Plan.id == item.plan_id, Plan.state == "in_force")) is not None


def organisation_names() -> list[tuple[str, str]]:
    """(public id, name) of all organisations in being, for list boxes."""
    rows = db.session.execute(select(Organisation.public_id, Organisation.name).where(Organisation.active_to.is_(None)).order_by(Organisation.folded))
    return [(pid, name) for pid, name in rows]


def direct_hosts(proposed_id: int | None, *, on: date) -> list[tuple[str, str]]:
    """(public id, name) of the organisations that may be named for direct assignment: those that the rule leaves, and the one proposed."""
    able = or_(Organisation.kind.not_in(rulebook.value("ideas.direct_host_excluded", on=on)), Organisation.id == proposed_id)
    rows = db.session.execute(select(Organisation.public_id, Organisation.name).where(Organisation.active_to.is_(None), able).order_by(Organisation.folded))
    return [(pid, name) for pid, name in rows]


# --- what services may know of our rows -----------------------------------------------------------------------


def idea_parties(idea: Idea) -> Parties:
    """Who stands behind an idea: owners and bodies of it and of those merged into it, the receiver and the proposed host."""
    bodies = {idea.organisation_id, idea.receiver_organisation_id, idea.proposed_host_id, idea.host_organisation_id, *(i.organisation_id for i in idea.merged)}
    return Parties(users=frozenset({idea.owner_id, *(i.owner_id for i in idea.merged)}), organisations=frozenset(b for b in bodies if b is not None))


def topic_parties(topic: Topic) -> Parties:
    """Who stands behind a topic: the receiver, and the body named for direct assignment."""
    bodies = {topic.receiver_organisation_id, topic.assigned_organisation_id}
    return Parties(organisations=frozenset(b for b in bodies if b is not None))


def reads_paper(idea: Idea, paper: Any, user: User) -> bool:
    """The submission names what is recommended for many ideas, before the decision: it stays in the house."""
    return user.can(Do.IDEAS_READ) if paper.template == SUBMISSION else may_read_subject("idea", idea, user)


register_subject("idea", Subject(
    load=idea_by_pid, title=lambda i: i.final_title or i.title, parties=idea_parties, may_read=may_read,
    url=lambda i: ("ideas.show", {"pid": i.public_id}), reads_paper=reads_paper))  # fmt: skip
register_subject("topic", Subject(
    load=topic_by_pid, title=lambda t: t.title, parties=topic_parties, may_read=lambda _t, user: user.can(Do.TOPICS_READ),
    url=lambda t: ("topics.show", {"pid": t.public_id})))  # fmt: skip
register_reader("idea", member_reads)


def _show_ideas(pids: Collection[str]) -> dict[str, Shown]:
    rows = db.session.execute(select(Idea.public_id, Idea.code, Idea.final_title, Idea.title, Idea.year, Idea.state).where(Idea.public_id.in_(pids)))
    return {pid: Shown(code, final or title, year, state, "ideas.show") for pid, code, final, title, year, state in rows}


def _show_topics(pids: Collection[str]) -> dict[str, Shown]:
    rows = db.session.execute(select(Topic.public_id, Topic.code, Topic.title, Topic.year, Topic.state).where(Topic.public_id.in_(pids)))
    return {pid: Shown(code, title, year, state, "topics.show") for pid, code, title, year, state in rows}


register_kind(Kind("idea", Idea, ("title", "final_title"), lambda user: select(Idea.public_id).where(_seen_by(user)), _show_ideas, rank=1))
register_kind(Kind("topic", Topic, ("title", "proposed_title"),
                   lambda user: select(Topic.public_id).where(true() if user.can(Do.TOPICS_READ) else false()), _show_topics, rank=2))  # fmt: skip


def nearest_of(idea: Idea, user: User, *, limit: int = 5) -> list[tuple[similarity.Match, Shown]]:
    """The work nearest to an idea that this person may know of: other ideas, topics, opened dossiers, projects."""
    own = [("idea", idea.public_id), *(("topic", pid) for pid in db.session.scalars(select(Topic.public_id).where(Topic.idea_id == idea.id)))]
    found = similarity.nearest(idea.final_title or idea.title, visible=visible_to(user), limit=limit, exclude=own)
    return similarity.shown(found)
