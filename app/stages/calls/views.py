"""/calls: the list, one call, and its way from draft to conclusion."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock, journal
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.services.papers import queries as papers
from app.services.rulebook import queries as rulebook
from app.stages.calls import actions, again, forms, queries  # noqa: F401 - again tells ideas of rounds
from app.stages.calls.models import Call
from app.stages.calls.rules import (
    CALL,
    CallState,
    can_call_again,
    earliest_deadline,
    is_open,
    is_past,
    list_dossiers,
    unsettled,
)
from app.stages.ideas import queries as ideas
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import CALLABLE, Mode, TopicState

bp = Blueprint("calls", __name__, url_prefix="/calls", template_folder="templates")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
            Filter("q", _("Words of the title"), lambda s, v: s.where(Call.folded.contains(fold(v), autoescape=True))),
            Filter("state", _("State"), lambda s, v: s.where(Call.state == v), choices=[(str(x), _(x.label)) for x in CallState]),
            Filter("mode", _("Mode"), lambda s, v: s.where(Call.mode == v), choices=[(str(x), _(x.label)) for x in Mode]),
            Filter("year", _("Year"), lambda s, v: s.where(Call.year == int(v)), choices=[(str(y), str(y)) for y in range(clock.today().year, 2014, -1)]),
        ],
    )  # fmt: skip


@bp.get("/")
@allow(Do.CALLS_READ)
def index() -> Any:
    return render_template("calls/index.html", listing=_calls())


@bp.get("/calls.xlsx")
@allow(Do.CALLS_READ)
def export() -> Any:
    answer = make_response(_calls().xlsx(_("Calls")))
    answer.headers["Content-Type"] = XLSX
    answer.headers["Content-Disposition"] = "attachment; filename=thong-bao.xlsx"
    return answer


# --- drafting -------------------------------------------------------------------------------------------------


@bp.route("/new", methods=["GET", "POST"])
@allow(Do.CALLS_DRAFT)
@writes
def new() -> Any:
    mode = Mode.DIRECT if request.args.get("mode") == "direct" else Mode.SELECTION
    free = ideas.free_topics(mode)
    form = forms.Edit.of(None, free, actions.default_deadline(clock.now()))
    if form.validate_on_submit():
        call = actions.draft(_chosen(free, form), mode=mode, by=current_user, at=clock.now(), **form.values())
        return done(_("The call is kept as a draft."), url_for(".show", pid=call.public_id))
    return render_template("calls/edit.html", form=form, call=None, mode=mode, other=Mode.SELECTION if mode == Mode.DIRECT else Mode.DIRECT, rule=_least())


def _chosen(topics: list[Topic], form: forms.Edit) -> list[Topic]:
    wanted = set(form.topics.data or [])
    return [t for t in topics if t.public_id in wanted]


def _least() -> Any:
    return rulebook.rule(actions.MIN_OPEN_DAYS, on=clock.today())


@bp.route("/<pid>/edit", methods=["GET", "POST"])
@allow(Do.CALLS_DRAFT)
@writes
def edit(pid: str) -> Any:
    call = or_404(queries.call_for(current_user, pid))
    free = ideas.free_topics(call.mode)
    form = forms.Edit.of(call, free, call.deadline)
    if form.validate_on_submit():
        actions.revise(call, form.values(), topics=_chosen(free, form), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for(".show", pid=call.public_id))
    return render_template("calls/edit.html", form=form, call=call, mode=call.mode, other=None, rule=_least())


# --- one call -------------------------------------------------------------------------------------------------


@bp.get("/<pid>")
@allow(Do.CALLS_READ)
def show(pid: str) -> Any:
    call = or_404(queries.call_for(current_user, pid))
    at = clock.now()
    frozen = rulebook.frozen_rules(call.rules or {})
    waiting = queries.waiting_extension(call) if current_user.can(Do.CALLS_EXTEND) else None
    opening = frozen.get("calls.opening_days")
    due = rulebook.due(clock.local(call.deadline).date(), int(opening.value), opening.unit or "working") if opening else None
    timeline = journal.timeline([journal.subject_key(call)]) if current_user.can(Do.CALLS_DRAFT) or current_user.can(Do.CALLS_EXTEND) else []
    return render_template("calls/show.html", call=call, is_open=is_open(call, at), papers=papers.of(call), frozen=frozen, waiting=waiting, due=due,
                           timeline_entries=timeline, next_steps=_next(call, waiting))  # fmt: skip


def _next(call: Call, waiting: Any) -> list[tuple[str, str, bool]]:
    """What this person may do with the call now; the first is the one to do."""
    at, pid = clock.now(), call.public_id
    past = is_past(call, at)
    steps: list[tuple[str, str]] = []

    def offer(wanted: bool, word: Do, label: str, endpoint: str) -> None:
        if wanted and current_user.can(word):
            steps.append((label, url_for(endpoint, pid=pid)))

    if is_open(call, at) and current_user.can(Do.PROPOSALS_DRAFT) and not current_user.can(Do.CALLS_PUBLISH):
        steps += [(_("Begin a proposal: %(code)s", code=ct.topic.code), url_for("proposals.start", pid=ct.public_id)) for ct in call.topics]
    if waiting is not None:
        steps.append((_("Answer the proposed extension"), url_for(".confirm_extension", pid=pid)))
    offer(CALL.may(call, "publish"), Do.CALLS_PUBLISH, _("Publish the call"), ".publish")
    offer(call.state == CallState.DRAFT, Do.CALLS_DRAFT, _("Edit"), ".edit")
    offer(past and call.state in (CallState.PUBLISHED, CallState.CLOSED), Do.CALLS_OPEN, _("Open the dossiers"), ".open_dossiers")
    settled = not unsettled(call.topics, TopicState.ASSIGNED)
    offer(settled and CALL.may(call, "conclude"), Do.CALLS_CONCLUDE, _("Conclude the call"), ".conclude")
    offer(bool(_free(call)), Do.CALLS_DRAFT, _("Call again"), ".call_again")
    offer(waiting is None and is_open(call, at), Do.CALLS_EXTEND, _("Extend the call"), ".extend")
    offer(CALL.may(call, "cancel"), Do.CALLS_CANCEL, _("Cancel the call"), ".cancel")
    leading = call.state != CallState.PUBLISHED or waiting is not None or past or not current_user.can(Do.CALLS_PUBLISH)
    return [(label, url, place == 0 and leading) for place, (label, url) in enumerate(steps)]


def _free(call: Call) -> list[Any]:
    if call.state not in (CallState.OPENED, CallState.CONCLUDED) or queries.next_round(call) is not None:
        return []
    return can_call_again(call.topics, CALLABLE)


@bp.route("/<pid>/publish", methods=["GET", "POST"])
@allow(Do.CALLS_PUBLISH)
@writes
def publish(pid: str) -> Any:
    call = or_404(queries.call_for(current_user, pid))
    form = forms.Publish(data={"dated": clock.today(), "version": call.version})
    if form.validate_on_submit():
        actions.publish(call, number=form.number.data or "", dated=form.dated.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The call is published. Dossiers may come in."), url_for(".show", pid=call.public_id))
    rule = _least()
    first = earliest_deadline(clock.today(), int(rule.value))
    return render_template("calls/publish.html", call=call, form=form, rule=rule, first=first, kept=clock.local(call.deadline).date() >= first)


@bp.route("/<pid>/extend", methods=["GET", "POST"])
@allow(Do.CALLS_EXTEND)
@writes
def extend(pid: str) -> Any:
    call = or_404(queries.call_for(current_user, pid))
    form = forms.Extend(data={"version": call.version})
    if form.validate_on_submit():
        actions.propose_extension(call, deadline=form.deadline.data, reason=form.reason.data or "", document=form.document.data or "",
                                  seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("The extension is proposed. It holds when another person confirms it."), url_for(".show", pid=call.public_id))
    return render_template("calls/extend.html", call=call, form=form)


@bp.route("/<pid>/extension", methods=["GET", "POST"])
@allow(Do.CALLS_EXTEND)
@writes
def confirm_extension(pid: str) -> Any:
    call = or_404(queries.call_for(current_user, pid))
    extension = or_404(queries.waiting_extension(call))
    form = forms.Confirm(data={"version": call.version})
    if form.validate_on_submit():
        actions.confirm_extension(extension, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The deadline is moved."), url_for(".show", pid=call.public_id))
    return render_template("calls/extension.html", call=call, extension=extension, form=form)


@bp.route("/<pid>/extension/refuse", methods=["GET", "POST"])
@allow(Do.CALLS_EXTEND)
@writes
def refuse_extension(pid: str) -> Any:
    call = or_404(queries.call_for(current_user, pid))
    extension = or_404(queries.waiting_extension(call))
    form = forms.Reason(data={"version": call.version})
    if form.validate_on_submit():
        actions.refuse_extension(extension, form.reason.data or "", by=current_user, at=clock.now())
        return done(_("The extension is refused. The deadline stays."), url_for(".show", pid=call.public_id))
    return render_template("calls/refuse_extension.html", call=call, extension=extension, form=form)


@bp.route("/<pid>/open", methods=["GET", "POST"])
@allow(Do.CALLS_OPEN)
@writes
def open_dossiers(pid: str) -> Any:
    call = or_404(queries.call_for(current_user, pid))
    at = clock.now()
    form = forms.OpenDossiers(data={"version": call.version})
    past = is_past(call, at)
    lines = list_dossiers(call, at) if past and call.opened_at is None else []
    if form.validate_on_submit():
        actions.open_dossiers(call, lines, present=form.present.data or "", seen=form.version.data, by=current_user, at=at)
        return done(_("The dossiers are open; the minutes are issued."), url_for(".show", pid=call.public_id))
    return render_template("calls/open.html", call=call, form=form, lines=lines, past=past, topics={ct.public_id: ct.topic for ct in call.topics})


@bp.route("/<pid>/conclude", methods=["GET", "POST"])
@allow(Do.CALLS_CONCLUDE)
@writes
def conclude(pid: str) -> Any:
    call = or_404(queries.call_for(current_user, pid))
    form = forms.Plain(obj=call)
    if form.validate_on_submit():
        actions.conclude(call, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The call is concluded."), url_for(".show", pid=call.public_id))
    return render_template("calls/conclude.html", call=call, form=form)


@bp.route("/<pid>/cancel", methods=["GET", "POST"])
@allow(Do.CALLS_CANCEL)
@writes
def cancel(pid: str) -> Any:
    call = or_404(queries.call_for(current_user, pid))
    form = forms.Reason(data={"version": call.version})
    if form.validate_on_submit():
        actions.cancel(call, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The call is cancelled; its topics are free again."), url_for(".show", pid=call.public_id))
    return render_template("calls/cancel.html", call=call, form=form)


@bp.route("/<pid>/again", methods=["GET", "POST"])
@allow(Do.CALLS_DRAFT)
@writes
def call_again(pid: str) -> Any:
    call = or_404(queries.call_for(current_user, pid))
    free = _free(call)
    form = forms.Again.of(call, free, actions.default_deadline(clock.now()))
    if form.validate_on_submit():
        chosen = [ct for ct in free if ct.public_id in set(form.topics.data or [])]
        again = actions.call_again(call, chosen, deadline=form.deadline.data, by=current_user, at=clock.now())
        return done(_("Round %(n)s is drafted.", n=again.round), url_for(".show", pid=again.public_id))
    return render_template("calls/again.html", call=call, form=form)
