"""/public/topics: the topics that were called."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from app.across.portal import topics
from app.across.portal.views.blueprint import bp, english
from app.downloads import download
from app.kernel import clock
from app.kernel.listing import Column, Filter, Listing
from app.kernel.web import PUBLIC, allow
from app.stages.calls.models import Call
from app.stages.ideas import queries as ideas
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import Mode
from app.stages.plan import scope


def _listing() -> Listing:
    tongue, today = english(), clock.today()
    kinds = {code: kind["en" if tongue else "vi"] for code, kind in ideas.kinds(today).items()}
    return Listing(
        topics.called(), request.args, key=Topic.id, scalars=False, default="-deadline", per_page=25,
        columns=[Column("title", _("Topic"), lambda r: r.title, sort=Topic.title), Column("code", _("Code"), lambda r: r.code, sort=Topic.code),
                 Column("item", _("Priority item"), lambda r: f"{r.item_code} {r.title_en if tongue else r.short_vi}"),
                 Column("kind", _("Type of task"), lambda r: kinds.get(r.kind, r.kind)), Column("call", _("Call"), lambda r: r.call_number or r.call_title),
                 Column("deadline", _("Deadline"), lambda r: r.deadline, sort=Call.deadline)],
        filters=[Filter("q", _("Words of the title, or the code"), topics.with_words),
                 Filter("item", _("Priority item"), topics.of_item, choices=scope.choices(request.args.get("item"), english=tongue)),
                 Filter("mode", _("Mode"), lambda s, v: s.where(Topic.mode == Mode(v)), choices=[(str(m), m.label) for m in Mode]),
                 Filter("year", _("Year"), lambda s, v: s.where(Topic.year == int(v)), choices=[(str(y), str(y)) for y in range(today.year, 2009, -1)])],
    )  # fmt: skip


@bp.get("/public/topics")
@allow(PUBLIC)
def topics_list() -> Any:
    return render_template("portal/topics.html", listing=_listing(), english=english())


@bp.get("/public/topics.xlsx")
@allow(PUBLIC)
def topics_sheet() -> Any:
    return download(_listing().xlsx(_("Topics called")), "nhiem-vu-da-thong-bao.xlsx")
