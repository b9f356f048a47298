"""A new draft takes over what its writer wrote in an earlier dossier, also one that was taken back, and says what it could not."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, Refused
from app.kernel.words import N_, Face
from app.services.files import actions as file_actions
from app.services.files import queries as files
from app.services.files import store
from app.services.people import queries as people
from app.services.people.models import User
from app.services.questionnaires.answering import is_empty
from app.services.questionnaires.differing import same
from app.services.questionnaires.rules import Kind, questions
from app.stages.proposals import estimate, promises, queries, work
from app.stages.proposals.budgeting import Line
from app.stages.proposals.drafts import check_place, touch
from app.stages.proposals.models import Proposal, ProposalProduct, TeamMember
from app.stages.proposals.rules import How, TeamRole
from app.stages.proposals.schedule import Stage, Use, numbered


class What(Face):
    """The parts of a dossier that can be copied."""

    WORK = "work", N_("Work description"), "blue"
    TEAM = "team", N_("Team"), "blue"
    PRODUCTS = "products", N_("Products"), "blue"
    PLAN = "plan", N_("Work plan and use of the results"), "blue"
    BUDGET = "budget", N_("Budget"), "blue"
    FILES = "files", N_("Files"), "blue"


@dataclass(frozen=True)
class Left:
    """What is not carried over, and why."""

    what: What
    name: str | Mapping[str, str]
    why: str


@dataclass
class Carried:
    """What a copy takes over, and what it leaves."""

    answers: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, Mapping[str, str]] = field(default_factory=dict)
    team: list[TeamMember] = field(default_factory=list)
    products: list[ProposalProduct] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


@dataclass
class _Upload:
    """A stored file, given in as if it were sent again: every check is made anew."""

    filename: str
    stream: io.BytesIO


def sources(user: User, target: Proposal) -> list[Proposal]:
    """The other dossiers this person wrote in, newest first, in whatever state."""
    rows = select(Proposal).where(queries.writes_in(user), Proposal.id != target.id).order_by(Proposal.id.desc()).limit(100)
    return list(db.session.scalars(rows))


def source(user: User, target: Proposal, pid: str) -> Proposal | None:
    """One of them, whole."""
    found = queries.for_team(user, pid)
    return found if found is not None and found.id != target.id else None


def carried(target: Proposal, old: Proposal, *, at: datetime) -> Carried:
    """What would be taken over into which place, and what would not. Nothing that the new draft has is ever overwritten."""
    found = Carried()
    _answers(found, target, old)
    _people(found, target, old)
    _promises(found, target, old)
    _plan(found, target, old)
    _money(found, target, old, at)
    _documents(found, target, old, at)
    return found


def _answers(found: Carried, target: Proposal, old: Proposal) -> None:
    asked = {q["code"]: q for q in questions(work.form_of(target).definition)}
    was, now = work.answers_of(old), work.answers_of(target)
    for question in questions(work.form_of(old).definition):
        code, value = question["code"], was.get(question["code"])
        if is_empty(value) or same(value, now.get(code)):
            continue
        if question["type"] == Kind.FILE:
            found.left.append(Left(What.WORK, question["label"], N_("This file could not be taken over; please upload it.")))
        elif code not in asked:
            found.left.append(Left(What.WORK, question["label"], N_("This form does not ask it.")))
        elif asked[code]["type"] != question["type"] or [c["code"] for c in asked[code].get("columns") or []] != [c["code"] for c in question.get("columns") or []]:
            found.left.append(Left(What.WORK, question["label"], N_("This form asks it in another way.")))
        elif not is_empty(now.get(code)):
            found.left.append(Left(What.WORK, question["label"], N_("It is answered here already.")))
        else:
            found.answers[code], found.labels[code] = value, asked[code]["label"]


def _people(found: Carried, target: Proposal, old: Proposal) -> None:
    there = {m.user_id for m in target.team if m.user_id} | {m.name for m in target.team}
    secretary = any(m.role == TeamRole.SECRETARY for m in target.team)
    for member in old.team:
        if member.user_id in there or member.name in there:
            continue
        if member.role == TeamRole.PI:
            found.left.append(Left(What.TEAM, member.name, N_("This dossier has its principal investigator.")))
        elif member.role == TeamRole.SECRETARY and secretary:
            found.left.append(Left(What.TEAM, member.name, N_("This dossier has its scientific secretary.")))
        else:
            found.team.append(member)


def _promises(found: Carried, target: Proposal, old: Proposal) -> None:
    there = {(p.group, p.name) for p in target.products}
    found.products = [p for p in old.products if (p.group, p.name) not in there]


def _plan(found: Carried, target: Proposal, old: Proposal) -> None:
    if target.milestones:
        there = {(m.content, m.month_from, m.month_to) for m in target.milestones}
        found.left += [Left(What.PLAN, m.content, N_("The work plan here has milestones already.")) for m in old.milestones if (m.content, m.month_from, m.month_to) not in there]
    else:
        found.stages = promises.stages_of(old)
    if target.uses:
        named = {u.receiver for u in target.uses}
        found.left += [Left(What.PLAN, u.receiver, N_("It is named here already who uses the results.")) for u in old.uses if u.receiver not in named]
    else:
        found.uses = promises.uses_of(old)


def _plans(found: Carried, target: Proposal, old: Proposal, by: User, at: datetime) -> None:
    """Milestones and uses, tied to the products of the same form and name."""
    here = {(p.group, p.name): label for label, p in numbered(target.products)}
    numbers = {label: here[p.group, p.name] for label, p in numbered(old.products) if (p.group, p.name) in here}
    if found.stages:
        promises.put_milestones(target, [replace(s, products=tuple(numbers[x] for x in s.products if x in numbers)) for s in found.stages], by=by, at=at)
    if found.uses:
        promises.put_uses(target, [replace(u, product=numbers.get(u.product or "")) for u in found.uses], by=by, at=at)


def _money(found: Carried, target: Proposal, old: Proposal, at: datetime) -> None:
    if target.lines:
        there = {(b.head, b.content, b.source, b.quantity, b.price) for b in target.lines}
        others = [b for b in old.lines if (b.head, b.content, b.source, b.quantity, b.price) not in there]
        found.left += [Left(What.BUDGET, b.content, N_("The budget here has lines already.")) for b in others]
        return
    known = queries.heads(local(at).date(), target.call_topic.call)
    shift = local(target.call_topic.call.deadline).year - local(old.call_topic.call.deadline).year  # the first year of one is the first of the other
    for b in old.lines:
        line = Line(b.head, b.content, b.source, b.year + shift, b.unit, b.quantity, b.price)
        if b.head not in known:
            found.left.append(Left(What.BUDGET, b.content, N_("This call does not know its budget head.")))
        elif estimate.faults_of(target, [line]):
            found.left.append(Left(What.BUDGET, b.content, N_("Its year lies outside the years of this budget.")))
        else:
            found.lines.append(line)


def _documents(found: Carried, target: Proposal, old: Proposal, at: datetime) -> None:
    kinds = {d["code"] for d in queries.documents(str(target.call_topic.topic.kind), local(at).date(), target.call_topic.call)}
    there = {(a.kind, a.sha256) for a in files.of(target)}
    for attachment in files.of(old):
        if attachment.kind not in kinds:
            found.left.append(Left(What.FILES, attachment.filename, N_("This dossier does not ask for this document.")))
        elif (attachment.kind, attachment.sha256) not in there:
            found.files.append(attachment)


def copy(target: Proposal, old: Proposal, parts: Collection[str], *, by: User, at: datetime, seen: Any = None) -> Carried:
    """Take over these parts (values of What). Returns what was carried; what could not be stands in `left`."""
    touch(target, at, seen=seen)
    found = carried(target, old, at=at)
    if not parts:
        raise Incomplete(N_("Please choose at least one."), field="parts")
    if What.WORK in parts and found.answers:
        work.save(target, found.answers, how=How.COPIED, by=by, at=at)
    check_place(target, *(str(p) for p in parts if p in (What.TEAM, What.PRODUCTS, What.FILES)))
    if What.TEAM in parts:  # by name and address: who worked on another dossier has not agreed to this one
        addresses = {u.id: u.email for u in people.users_by_id({m.user_id for m in found.team if m.user_id}).values()}
        for member in found.team:
            db.session.add(TeamMember(proposal_id=target.id, organisation_id=member.organisation_id, name=member.name, role=member.role, email=addresses.get(member.user_id, member.email),
                                      task=member.task, months=member.months, access=member.access))  # fmt: skip
    if What.PRODUCTS in parts:
        for p in found.products:
            db.session.add(promises.fill(ProposalProduct(proposal_id=target.id), promises.promise_of(p)))
        db.session.flush()
        queries.with_parts(target)
    if What.PLAN in parts:
        _plans(found, target, old, by, at)
    if What.BUDGET in parts and found.lines:
        estimate.put_lines(target, found.lines, replace=False, by=by, at=at)
    if What.FILES in parts:
        _attach(found, target, by, at)
    db.session.flush()
    db.session.refresh(target, ["team", "lines"])
    journal.record(target, "copy", by=by, at=at, detail={"from": old.public_id, "parts": sorted(str(p) for p in parts)})
    return found


def _attach(found: Carried, target: Proposal, by: User, at: datetime) -> None:
    for attachment in list(found.files):
        try:
            upload = _Upload(attachment.filename, io.BytesIO(store.get(attachment.sha256)))
            file_actions.attach(subject=target, upload=upload, kind=attachment.kind, by=by, at=at)
        except (Refused, OSError):  # too much together, or no longer in the store: the others still come
            found.files.remove(attachment)
            found.left.append(Left(What.FILES, attachment.filename, N_("This file could not be taken over; please upload it.")))
