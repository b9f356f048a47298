"""The files somebody can be in charge of: ideas, calls, opened dossiers and projects that are not at their end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from app.kernel.db import db
from app.kernel.listing import Column, Filter, Listing
from app.kernel.text import fold
from app.services.charges.actions import File
from app.services.charges.models import Charge
from app.services.charges.rules import FileKind
from app.services.people.models import User
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import CallState
from app.stages.funding.models import Contract, Project, ProjectClosing
from app.stages.funding.rules import ContractState
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import IdeaState
from app.stages.proposals.models import Proposal
from app.stages.proposals.queries import UNSEALED
from app.stages.proposals.rules import ProposalState

PAGES = {"idea": "ideas.show", "call": "calls.show", "proposal": "proposals.show", "project": "hub.show"}
NOBODY = "nobody"


def _parts() -> list[Select[Any]]:
    over = or_(and_(exists().where(ProjectClosing.project_id == Project.id), ~exists().where(Contract.project_id == Project.id)),
               exists().where(Contract.project_id == Project.id, Contract.state == ContractState.LIQUIDATED))  # fmt: skip
    columns = lambda kind, row, ref, rank: select(
        (row.id * 4 + rank).label("id"), literal(kind).label("kind"), row.public_id.label("pid"), func.coalesce(ref, "").label("ref"), row.title.label("title"))  # fmt: skip
    return [
        columns("idea", Idea, Idea.code, 0).where(Idea.state.in_((IdeaState.SUBMITTED, IdeaState.RETURNED, IdeaState.IN_IDENTIFICATION))),
        columns("call", Call, Call.number, 1).where(Call.state.in_((CallState.DRAFT, CallState.PUBLISHED, CallState.CLOSED, CallState.OPENED))),
        columns("proposal", Proposal, Proposal.code, 2).join(CallTopic, CallTopic.id == Proposal.call_topic_id).join(Call, Call.id == CallTopic.call_id)
        .where(Call.state.in_(UNSEALED), Proposal.state.in_((ProposalState.SUBMITTED, ProposalState.ELIGIBLE, ProposalState.IN_SELECTION, ProposalState.RESERVE, ProposalState.SELECTED)),
               ~exists().where(Project.proposal_id == Proposal.id)),
        columns("project", Project, Project.code, 3).where(~Project.historic, ~over),
    ]  # fmt: skip


def statement() -> Select[Any]:
    """All files with the officer that was put in charge of each."""
    every = union_all(*_parts()).subquery("file")
    return (select(every, User.name.label("officer"), User.sort_name, User.public_id.label("officer_pid"), Charge.since).select_from(every)
            .outerjoin(Charge, and_(Charge.kind == every.c.kind, Charge.file_pid == every.c.pid)).outerjoin(User, User.id == Charge.officer_id))  # fmt: skip


def listing(args: Mapping[str, str], officers: list[User]) -> Listing:
    """The files, by officer."""
    every = statement()
    c = every.selected_columns
    columns = [
        Column("kind", _("Kind"), lambda r: _(FileKind(r.kind).label), sort=c["kind"], place=lambda r: r.kind),
        Column("ref", _("Code"), lambda r: r.ref, sort=c["ref"]),
        Column("title", _("Title"), lambda r: r.title, sort=c["title"]),
        Column("officer", _("Officer in charge"), lambda r: r.officer, sort=c["sort_name"], place=lambda r: r.sort_name),
        Column("since", _("In charge since"), lambda r: r.since, sort=c["since"]),
    ]
    filters = [
        Filter("q", _("Words of title or code"), _with_words),
        Filter("officer", _("Officer in charge"), lambda s, v: s.where(c["officer_pid"].is_(None) if v == NOBODY else c["officer_pid"] == v),
               choices=[(NOBODY, _("Nobody is in charge")), *((o.public_id, o.name) for o in officers)]),
        Filter("kind", _("Kind"), lambda s, v: s.where(c["kind"] == v), choices=[(str(k), _(k.label)) for k in FileKind]),
    ]  # fmt: skip
    return Listing(every, args, key=c["id"], columns=columns, filters=filters, default="ref", scalars=False)


def _with_words(found: Select[Any], words: str) -> Select[Any]:
    """Titles without diacritics are not kept for calls: the few files are folded here."""
    c, wanted = found.selected_columns, fold(words)
    keys = [row.id for row in db.session.execute(found) if wanted in fold(f"{row.ref} {row.title}")]
    return found.where(c["id"].in_(keys))


def chosen(names: list[str]) -> list[File]:
    """The files that an address or a form names as kind:pid; what is none, or is at its end, is left out."""
    wanted = set(names[:1000])
    c = (every := statement()).selected_columns
    rows = db.session.execute(every.where(c["pid"].in_({name.partition(":")[2] for name in wanted})).order_by(c["kind"], c["ref"]))
    return [File(FileKind(r.kind), r.pid, r.ref, r.title) for r in rows if f"{r.kind}:{r.pid}" in wanted]


def all_of(officer: User) -> list[File]:
    """All files in the charge of an officer."""
    c = (every := statement()).selected_columns
    rows = db.session.execute(every.where(c["officer_pid"] == officer.public_id).order_by(c["kind"], c["ref"]))
    return [File(FileKind(r.kind), r.pid, r.ref, r.title) for r in rows]


def counts() -> list[tuple[str, str, int]]:
    """How many files each officer is in charge of: public id, name, number; those without one stand first."""
    every = statement().subquery()
    rows = db.session.execute(select(every.c.officer_pid, every.c.officer, every.c.sort_name, func.count()).group_by(every.c.officer_pid, every.c.officer, every.c.sort_name))
    known = sorted(((r[2] or "", r[0], r[1], int(r[3])) for r in rows), key=lambda r: r[0])
    return [(pid or NOBODY, name or "", count) for _sort, pid, name, count in known]
