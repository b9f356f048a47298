"""The list of ideas and the approved list: filters, search, columns, and the same rows as a spreadsheet."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import and_, func, or_

from app.downloads import download
from app.kernel import clock
from app.kernel.db import folded
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import SIGNED_IN, allow
from app.stages.ideas import forms, queries
from app.stages.ideas.blueprint import bp, topics_bp
from app.stages.ideas.models import Idea, IdeaGroup, Topic
from app.stages.ideas.rules import (
    CommitmentState,
    Fate,
    IdeaState,
    Mode,
    RedirectTo,
    TopicState,
    fate,
)
from app.stages.plan import queries as plans
from app.stages.plan import scope

FATES = {
    Fate.SELECTION: and_(Idea.state == IdeaState.APPROVED, Idea.mode == Mode.SELECTION),
    Fate.DIRECT: and_(Idea.state == IdeaState.APPROVED, Idea.mode == Mode.DIRECT),
    Fate.ENTERPRISE: and_(Idea.state == IdeaState.REDIRECTED, Idea.redirect_to == RedirectTo.ENTERPRISE),
    Fate.FUND: and_(Idea.state == IdeaState.REDIRECTED, Idea.redirect_to == RedirectTo.FUND),
    Fate.REFUSED: Idea.state == IdeaState.REJECTED,
}


def years(first: int = 2015) -> list[tuple[str, str]]:
    return [(str(y), str(y)) for y in range(clock.today().year + 5, first, -1)]


def _sectors() -> list[tuple[str, str]]:
    return plans.sector_choices(forms.english())


def _of_sector(statement: Any, column: Any, code: str) -> Any:
    return statement.where(column.in_(plans.sectors_named(code)))


def _items() -> list[tuple[str, str]]:
    return scope.choices(request.args.get("item"), english=forms.english())


def _words(column: Any, text: str) -> Any:
    """Every word must be there, in any order."""
    return and_(*(column.contains(word, autoescape=True) for word in fold(text).split()))


def _in_group(statement: Any, value: str) -> Any:
    if value == "none":
        return statement.where(Idea.group_id.is_(None))
    return statement.where(Idea.group.has(IdeaGroup.public_id == value))


def ideas() -> Listing:
    """The ideas this person may see, as the address describes them."""
    today, english = clock.today(), forms.english()
    fields, kinds = forms.named(queries.fields(today)), forms.named(queries.kinds(today))
    names = dict(fields) | dict(kinds)
    return Listing(
        queries.ideas_statement(current_user, mine=request.args.get("whose") == "mine"), request.args, key=Idea.id, default="-year",
        columns=[
            Column("code", _("Number"), lambda i: i.code or "", sort=func.coalesce(Idea.code, "")),
            Column("title", _("Title"), lambda i: i.title, sort=Idea.title),
            Column("final_title", _("Final title"), lambda i: i.final_title if _told(i) else None),
            Column("organisation", _("Organisation"), lambda i: i.organisation.name),
            Column("field", _("Field of research"), lambda i: names.get(i.field, i.field)),
            Column("kind", _("Type of task"), lambda i: names.get(i.kind, i.kind)),
            Column("sector", _("Sector"), lambda i: (i.item.sector.name_en if english else i.item.sector.name_vi) if i.item else None),
            Column("item", _("Item"), lambda i: i.item.face if i.item else None),
            Column("receiver", _("Receiving body"), lambda i: i.receiver.name if i.receiver else None),
            Column("commitment", _("Its commitment"), lambda i: _(i.commitment_state.label) if i.commitment_state else None),
            Column("year", _("Year"), lambda i: i.year, sort=Idea.year),
            Column("budget", _("Asked from the State (đồng)"), lambda i: i.state_budget or 0, sort=func.coalesce(Idea.state_budget, 0)),
            Column("group", _("Group"), lambda i: i.group.title if i.group and _in_house() else None),
            Column("merged", _("Merged into"), lambda i: i.merged_into.code if i.merged_into else None),
            Column("fate", _("Outcome"), lambda i: _(f.label) if (f := fate(i)) else None),
            Column("state", _("State"), lambda i: _(i.state.label)),
        ],
        filters=_idea_filters(fields, kinds),
    )  # fmt: skip


def _in_house() -> bool:
    return bool(current_user.can(Do.IDEAS_READ))


def _told(idea: Idea) -> bool:
    """What a council recommends stays in the house until the province has decided."""
    return _in_house() or idea.state != IdeaState.IN_IDENTIFICATION


def _found(statement: Any, text: str) -> Any:
    """By all that is kept for search; who is not of the house does not find by a recommended title that is not decided yet."""
    if _in_house():
        return statement.where(_words(Idea.folded, text))
    own = folded(func.coalesce(Idea.code, "") + " " + Idea.title + " " + func.coalesce(Idea.need, "") + " " + func.coalesce(Idea.aim, ""))
    return statement.where(_words(Idea.folded, text), or_(Idea.state != IdeaState.IN_IDENTIFICATION, _words(own, text)))


def _idea_filters(fields: list[tuple[str, str]], kinds: list[tuple[str, str]]) -> list[Filter]:
    found = [
        Filter("q", _("Number, words of either title, need or aims"), _found),
        Filter("state", _("State"), lambda s, v: s.where(Idea.state == v), choices=[(str(x), _(x.label)) for x in IdeaState]),
        Filter("sector", _("Sector"), lambda s, v: _of_sector(s, Idea.item_id, v), choices=_sectors()),
        Filter("year", _("Year"), lambda s, v: s.where(Idea.year == int(v)), choices=years()),
        Filter("outcome", _("Outcome"), lambda s, v: s.where(FATES[Fate(v)]), choices=[(str(x), _(x.label)) for x in Fate]),
        Filter("item", _("Item"), lambda s, v: s.where(scope.within(Idea.item_id, v)), choices=_items()),
        Filter("field", _("Field of research"), lambda s, v: s.where(Idea.field == v), choices=fields),
        Filter("kind", _("Type of task"), lambda s, v: s.where(Idea.kind == v), choices=kinds),
        Filter("body", _("Receiving body"), queries.idea_ordered_by, choices=queries.ordering_bodies()),
        Filter("commitment", _("Commitment of the receiving body"), queries.idea_committed, choices=[*((str(x), _(x.label)) for x in CommitmentState), ("none", _("Not asked"))]),
        Filter("organisation", _("Organisation"), lambda s, v: s.where(Idea.organisation.has(public_id=v)), choices=queries.bodies_of_ideas(current_user)),
        Filter("whose", _("Whose"), lambda s, _v: s, choices=[("mine", _("Mine and my organisation's"))]),
    ]
    if current_user.can(Do.IDEAS_READ):
        groups = [("none", _("Without a group")), *((g.public_id, g.title) for g in queries.open_groups())]
        found.insert(5, Filter("group", _("Group"), _in_group, choices=groups))
    return found


@bp.get("/")
@allow(SIGNED_IN)
def index() -> Any:
    return render_template("ideas/index.html", listing=ideas(), may_act=current_user.can(Do.IDEAS_IDENTIFY), in_house=_in_house(), fate=fate)


@bp.get("/ideas.xlsx")
@allow(SIGNED_IN)
def export() -> Any:
    return download(ideas().xlsx(_("Ideas")), "de-xuat.xlsx")


# --- the approved list ----------------------------------------------------------------------------------------


def topics() -> Listing:
    """The approved list, as the address describes it."""
    today = clock.today()
    fields, kinds = forms.named(queries.fields(today)), forms.named(queries.kinds(today))
    names = dict(fields) | dict(kinds)
    return Listing(
        queries.topics_statement(), request.args, key=Topic.id, default="-code",
        columns=[
            Column("code", _("Code"), lambda t: t.code, sort=Topic.code),
            Column("title", _("Title"), lambda t: t.title, sort=Topic.title),
            Column("proposed_title", _("Title as proposed"), lambda t: t.proposed_title),
            Column("field", _("Field of research"), lambda t: names.get(t.field, t.field)),
            Column("kind", _("Type of task"), lambda t: names.get(t.kind, t.kind)),
            Column("item", _("Item"), lambda t: t.item.face),
            Column("year", _("Year"), lambda t: t.year, sort=Topic.year),
            Column("mode", _("Mode"), lambda t: _(t.mode.label)),
            Column("assigned", _("Organisation named for direct assignment"), lambda t: t.assigned.name if t.assigned else None),
            Column("ceiling", _("Ceiling (đồng)"), lambda t: t.ceiling or 0, sort=func.coalesce(Topic.ceiling, 0)),
            Column("months", _("Months"), lambda t: t.duration_months),
            Column("aim", _("Aim"), lambda t: t.aim),
            Column("products", _("Required products"), lambda t: t.products),
            Column("receiver", _("Receiving body"), lambda t: t.receiver.name if t.receiver else None),
            Column("decision", _("Decision"), lambda t: t.decision_number),
            Column("decision_date", _("Date of the decision"), lambda t: t.decision_date, sort=Topic.decision_date),
            Column("state", _("State"), lambda t: _(t.state.label)),
        ],
        filters=[
            Filter("q", _("Code or words of either title"), lambda s, v: s.where(_words(Topic.folded, v))),
            Filter("state", _("State"), lambda s, v: s.where(Topic.state == v), choices=[(str(x), _(x.label)) for x in TopicState]),
            Filter("mode", _("Mode"), lambda s, v: s.where(Topic.mode == v), choices=[(str(x), _(x.label)) for x in Mode]),
            Filter("year", _("Year"), lambda s, v: s.where(Topic.year == int(v)), choices=years()),
            Filter("sector", _("Sector"), lambda s, v: _of_sector(s, Topic.item_id, v), choices=_sectors()),
            Filter("item", _("Item"), lambda s, v: s.where(scope.within(Topic.item_id, v)), choices=_items()),
            Filter("field", _("Field of research"), lambda s, v: s.where(Topic.field == v), choices=fields),
            Filter("kind", _("Type of task"), lambda s, v: s.where(Topic.kind == v), choices=kinds),
            Filter("body", _("Receiving body"), queries.topic_ordered_by, choices=queries.ordering_bodies()),
            Filter("decision", _("Number of the decision"), lambda s, v: s.where(folded(Topic.decision_number).contains(fold(v), autoescape=True))),
        ],
    )  # fmt: skip


@topics_bp.get("/", endpoint="index")
@allow(Do.TOPICS_READ)
def topics_index() -> Any:
    return render_template("ideas/topics.html", listing=topics())


@topics_bp.get("/topics.xlsx", endpoint="export")
@allow(Do.TOPICS_READ)
def export_topics() -> Any:
    return download(topics().xlsx(_("Approved list")), "danh-muc.xlsx")
