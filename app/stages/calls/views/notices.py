"""The list of calls, and drafting: anew, from a past call, revising."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.downloads import download
from app.kernel import clock
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.services.rulebook import queries as rulebook
from app.shown import language
from app.stages.calls import actions, forms, queries
from app.stages.calls.milestones import (
    AFTER,
    BEFORE,
    LABELS,
    DayOff,
    day_off,
    moved_along,
)
from app.stages.calls.models import Call
from app.stages.calls.rules import CallState
from app.stages.calls.views.blueprint import bp
from app.stages.ideas import queries as ideas
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import Mode

MOVING = (*BEFORE, *AFTER)  # the milestones that are offered together with a deadline


def _calls() -> Listing:
    return Listing(
        queries.calls_statement(current_user), request.args, key=Call.id, default="-deadline",
        columns=[
            Column("number", _("Number"), lambda c: c.number),
            Column("title", _("Title"), lambda c: c.title, sort=Call.title),
            Column("mode", _("Mode"), lambda c: _(c.mode.label)),
            Column("round", _("Round"), lambda c: c.round),
            Column("topics", _("Topics"), lambda c: len(c.topics)),
            Column("deadline", _("Deadline"), lambda c: c.deadline, sort=Call.deadline),
            Column("state", _("State"), lambda c: _(c.state.label)),
        ],
        filters=[
            Filter("q", _("Words of the title, of a topic, or the number"), queries.with_words),
            Filter("state", _("State"), lambda s, v: s.where(Call.state == v), choices=[(str(x), _(x.label)) for x in CallState]),
            Filter("mode", _("Mode"), lambda s, v: s.where(Call.mode == v), choices=[(str(x), _(x.label)) for x in Mode]),
            Filter("year", _("Year"), lambda s, v: s.where(Call.year == int(v)), choices=[(str(y), str(y)) for y in range(clock.today().year + 1, 2014, -1)]),
        ],
    )  # fmt: skip


@bp.get("/")
@allow(Do.CALLS_READ)
def index() -> Any:
    return render_template("calls/index.html", listing=_calls())


@bp.get("/calls.xlsx")
@allow(Do.CALLS_READ)
def export() -> Any:
    return download(_calls().xlsx(_("Calls")), "thong-bao.xlsx")


# --- drafting -------------------------------------------------------------------------------------------------


@bp.route("/new", methods=["GET", "POST"])
@allow(Do.CALLS_DRAFT)
@writes
def new() -> Any:
    """A new draft; ?mode=direct for direct assignment, ?topic=… with this one ticked, ?copy=… with everything of a past call carried over and dates anew."""
    copied = or_404(queries.call_for(current_user, request.args["copy"])) if request.args.get("copy") else None
    mode = copied.mode if copied else Mode.DIRECT if request.args.get("mode") == "direct" else Mode.SELECTION
    at = clock.now()
    free, deadline = ideas.free_topics(mode), actions.default_deadline(at)
    form = forms.Edit.of(None, free, deadline, actions.default_calendar(deadline, at), copied, queries.topics_in_drafts())
    if request.method == "GET" and request.args.get("topic"):
        form.topics.data = [request.args["topic"]]
    if form.validate_on_submit():
        moved = form.follow(dict.fromkeys(MOVING) | actions.default_calendar(form.deadline.data, at)) if form.moves_deadline() and form.deadline.data > at else []
        call = actions.draft(_chosen(free, form), mode=mode, copied=copied, by=current_user, at=at, **form.values())
        _say_moved(moved)
        return done(_("The call is kept as a draft."), url_for(".show", pid=call.public_id))
    return render_template("calls/edit.html", form=form, call=None, copied=copied, mode=mode, at=at, rule=least_days(), off=on_day_off(form.deadline.data),
                           other=None if copied else Mode.SELECTION if mode == Mode.DIRECT else Mode.DIRECT)  # fmt: skip


def _say_moved(labels: list[str]) -> None:
    """Tell which dates went along with the deadline."""
    if labels:
        flash(_("These dates go along with the deadline: %(dates)s.", dates=", ".join(labels)), "info")


def _chosen(topics: list[Topic], form: forms.Edit) -> list[Topic]:
    wanted = set(form.topics.data or [])
    return [t for t in topics if t.public_id in wanted]


def least_days() -> dict[str, Any]:
    """The rule of the least number of days, in words."""
    return queries.told(rulebook.rule(actions.MIN_OPEN_DAYS, on=clock.today()), language() == "en")


def on_day_off(deadline: Any) -> DayOff | None:
    """What to say of a deadline that falls on a day off."""
    return day_off(deadline, rulebook.is_off()) if deadline is not None else None


@bp.route("/<pid>/edit", methods=["GET", "POST"])
@allow(Do.CALLS_DRAFT)
@writes
def edit(pid: str) -> Any:
    call = ready(queries.call_for(current_user, pid), actions.check_draft)
    free = ideas.free_topics(call.mode)
    form = forms.Edit.of(call, free, call.deadline, {}, drafts=queries.topics_in_drafts(without=call))
    if form.validate_on_submit():
        moved = form.follow(moved_along(call, form.deadline.data, rulebook.is_off())) if form.moves_deadline() else []
        actions.revise(call, form.values(), topics=_chosen(free, form), seen=form.version.data, by=current_user, at=clock.now())
        _say_moved(moved)
        return done(_("Saved."), url_for(".show", pid=call.public_id))
    return render_template("calls/edit.html", form=form, call=call, copied=None, mode=call.mode, other=None, at=clock.now(), rule=least_days(), off=on_day_off(form.deadline.data))


@bp.route("/<pid>/move-deadline", methods=["GET", "POST"])
@allow(Do.CALLS_DRAFT)
@writes
def move_deadline(pid: str) -> Any:
    """Put the deadline of a draft on the next working day; the dates after it go along, as when it is edited."""
    call = ready(queries.call_for(current_user, pid), actions.check_draft)
    off = or_404(on_day_off(call.deadline))
    along = moved_along(call, off.following, rulebook.is_off())
    form = forms.Plain(obj=call)
    if form.validate_on_submit():
        actions.revise(call, {"deadline": off.following, **along}, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The deadline is on a working day now."), url_for(".show", pid=call.public_id))
    return render_template("calls/move_deadline.html", call=call, form=form, off=off, along=[(LABELS[name], value) for name, value in along.items()])
