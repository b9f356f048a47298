"""One call, and its way from publication to conclusion."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.kernel import clock, journal
from app.kernel.errors import WrongState
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.papers import queries as papers
from app.services.people import queries as people
from app.services.rulebook import queries as rulebook
from app.shown import day, language, moment
from app.stages.calls import actions, again, forms, queries  # noqa: F401 - again tells ideas of rounds
from app.stages.calls.milestones import (
    CORRECTABLE,
    LABELS,
    calendar_of,
    moved_along,
)
from app.stages.calls.models import Call
from app.stages.calls.rules import (
    CALL,
    STANDINGS,
    CallState,
    can_call_again,
    check_openable,
    check_second_person,
    earliest_deadline,
    is_open,
    is_past,
    is_public,
    list_dossiers,
    unsettled,
)
from app.stages.calls.views.blueprint import bp
from app.stages.calls.views.notices import least_days, on_day_off
from app.stages.ideas.rules import CALLABLE, TopicState


def _standings(call: Any) -> dict[int, Any]:
    """How far the selection of each topic is, for those who read selection."""
    return {k: v for told in STANDINGS for k, v in told(call).items()} if current_user.can(Do.SELECTION_READ) else {}


@bp.get("/<pid>")
@allow(Do.CALLS_READ)
def show(pid: str) -> Any:
    call = or_404(queries.call_for(current_user, pid))
    at = clock.now()
    house = current_user.can(Do.CALLS_DRAFT) or current_user.can(Do.CALLS_EXTEND)
    waiting = queries.waiting_extension(call) if current_user.can(Do.CALLS_EXTEND) else None
    asks = queries.count_waiting(call) if current_user.can(Do.CALLS_PUBLISH) else 0
    told = queries.rules_told(call, english=language() == "en") if current_user.can(Do.CALLS_DRAFT) else []
    return render_template(
        "calls/show.html", call=call, standings=_standings(call), is_open=is_open(call, at), papers=papers.of(call), told=told, waiting=waiting, due=_opening_due(call), asks=asks,
        calendar=calendar_of(call), history=queries.history(call), off=_off(call, waiting) if house else None,
        opening=queries.opening_of(call) if house else None, timeline_entries=journal.timeline([journal.subject_key(call)]) if house else [], next_steps=_next(call, waiting, asks),
        public=is_public(call), follows=is_open(call, at) and queries.follows(current_user, call), at=at, at_day=clock.local(at).date())  # fmt: skip


def _off(call: Call, waiting: Any) -> Any:
    """The deadline that is not yet settled, a draft's or a proposed extension's, when it falls on a day off."""
    return on_day_off(waiting.new_deadline if waiting else call.deadline if call.state == CallState.DRAFT else None)


def _opening_due(call: Call) -> Any:
    """Until when the dossiers must be opened, by the version of the rule that the call froze."""
    key = "calls.opening_days"
    if key not in (call.rules or {}):
        return None
    rule = rulebook.frozen_rule(call.rules or {}, key)
    return rulebook.due(clock.local(call.deadline).date(), int(rule.value), rule.unit or "working")


def _next(call: Call, waiting: Any, asks: int) -> list[tuple[str, str, bool]]:
    """What this person may do with the call now; the first is the one to do."""
    at, pid = clock.now(), call.public_id
    past = is_past(call, at)
    steps: list[tuple[str, str]] = []

    def offer(wanted: bool, word: Do, label: str, endpoint: str) -> None:
        if wanted and current_user.can(word):
            steps.append((label, url_for(endpoint, pid=pid)))

    if is_open(call, at) and current_user.can(Do.PROPOSALS_DRAFT) and not current_user.can(Do.CALLS_PUBLISH):
        steps += [(_("Begin a proposal: %(code)s", code=ct.topic.code), url_for("proposals.start", pid=ct.public_id)) for ct in call.topics
                  if ct.topic.assigned_organisation_id is None or current_user.belongs_to(ct.topic.assigned_organisation_id)]
    if waiting is not None:
        steps.append((_("Answer the proposed extension"), url_for(".confirm_extension", pid=pid)))
    offer(asks > 0, Do.CALLS_PUBLISH, _("Answer the questions (%(n)s)", n=asks), ".questions")
    offer(call.state == CallState.DRAFT, Do.CALLS_DRAFT, _("Try it as an applicant"), "rehearsal.call")
    offer(CALL.may(call, "publish"), Do.CALLS_PUBLISH, _("Publish the call"), ".publish")
    offer(call.state == CallState.DRAFT, Do.CALLS_DRAFT, _("Edit"), ".edit")
    if past and call.state in (CallState.PUBLISHED, CallState.CLOSED):
        offer(fits(call, _past), Do.CALLS_OPEN, _("Open the dossiers"), ".open_dossiers")
        offer(not fits(call, _past), Do.CALLS_OPEN, _("Answer what was asked for after the deadline, then open"), "proposals.late_requests")
    if call.state == CallState.OPENED and current_user.can(Do.PROPOSALS_CHECK):
        steps.append((_("Check the dossiers"), url_for("proposals.eligibility", call=pid)))
    offer(call.state in (CallState.PUBLISHED, CallState.CLOSED, CallState.OPENED), Do.PROPOSALS_CHECK, _("Dossiers on paper and late ones"), "proposals.intake")
    settled = not unsettled(call.topics, TopicState.ASSIGNED)
    offer(settled and CALL.may(call, "conclude"), Do.CALLS_CONCLUDE, _("Conclude the call"), ".conclude")
    offer(bool(_free(call)), Do.CALLS_DRAFT, _("Call again"), ".call_again")
    offer(waiting is None and is_open(call, at), Do.CALLS_EXTEND, _("Extend the call"), ".extend")
    offer(CALL.may(call, "correct"), Do.CALLS_PUBLISH, _("Correct the call"), ".correct")
    if current_user.can(Do.CALLS_DRAFT):
        steps.append((_("Copy into a new call"), url_for(".new", copy=pid)))
    offer(CALL.may(call, "cancel"), Do.CALLS_CANCEL, _("Cancel the draft"), ".cancel")
    offer(CALL.may(call, "call_off"), Do.CALLS_CALL_OFF, _("Call the call off"), ".call_off")
    leading = call.state != CallState.PUBLISHED or waiting is not None or past or not current_user.can(Do.CALLS_PUBLISH)
    return [(label, url, place == 0 and leading) for place, (label, url) in enumerate(steps)]


def _past(call: Call, _by: Any) -> None:
    check_openable(call, clock.now())


def _receives(call: Call, _by: Any) -> None:
    if not is_open(call, clock.now()):
        raise WrongState(N_("Only a call that still receives dossiers can be extended."))


def _again(call: Call, _by: Any) -> None:
    if not _free(call):
        raise WrongState(N_("Only topics that ended without a good dossier can be called again."))


def _free(call: Call) -> list[Any]:
    if call.state not in (CallState.OPENED, CallState.CONCLUDED) or queries.next_round(call) is not None:
        return []
    return can_call_again(call.topics, CALLABLE)


@bp.route("/<pid>/publish", methods=["GET", "POST"])
@allow(Do.CALLS_PUBLISH)
@writes
def publish(pid: str) -> Any:
    call = ready(queries.call_for(current_user, pid), moves(CALL, "publish"))
    form = forms.Publish(data={"dated": clock.today(), "version": call.version})
    if form.validate_on_submit():
        actions.publish(call, number=form.number.data or "", dated=form.dated.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The call is published. Dossiers may come in."), url_for(".show", pid=call.public_id))
    rule = least_days()
    first = earliest_deadline(clock.today(), rule["days"])
    return render_template("calls/publish.html", call=call, form=form, told=[u.name for u in actions.invited(call)], rule=rule, first=first, kept=clock.local(call.deadline).date() >= first,
                           off=on_day_off(call.deadline), at=clock.now(), calendar=calendar_of(call),
                           checks=[_opening_check(call), *_account_checks(call)])  # fmt: skip


def _account_checks(call: Call) -> list[tuple[bool | str, str, None]]:
    """Can those a topic is assigned to without a selection write their dossier here at all? Told, not refused: an account can follow."""
    assigned = {ct.topic.assigned.id: ct.topic.assigned for ct in call.topics if ct.topic.assigned}
    return [(bool(people.managers_of(body.id)) or "look", _("%(name)s has a manager here who can sign its dossier off.", name=body.name), None) for body in assigned.values()]


def _opening_check(call: Call) -> tuple[bool | None, str, str]:
    """Is the opening planned within the days of the rulebook?"""
    rule = queries.told(rulebook.rule("calls.opening_days", on=clock.today()), language() == "en")
    due = rulebook.due(clock.local(call.deadline).date(), rule["days"], rule["unit"])
    kept = None if call.opening_at is None else clock.local(call.opening_at).date() <= due
    return kept, _("The dossiers are opened by %(day)s at the latest.", day=day(due)), f"{rule['source']} · {_(rule['mark'].label)}"


@bp.route("/<pid>/correct", methods=["GET", "POST"])
@allow(Do.CALLS_PUBLISH)
@writes
def correct(pid: str) -> Any:
    """Change what may still be changed of a published call: by a paper, with the reason, told to all."""
    call = ready(queries.call_for(current_user, pid), moves(CALL, "correct"))
    or_404(is_public(call) or None)
    form = forms.Correct.of(call, is_open(call, clock.now()))
    if form.validate_on_submit():
        actions.correct(call, form.values(), reason=form.reason.data or "", document=form.document.data or "", seen=form.version.data, by=current_user,
                        at=clock.now())  # fmt: skip
        return done(_("The correction is published."), url_for(".show", pid=call.public_id))
    return render_template("calls/correct.html", call=call, form=form, names=[n for n in CORRECTABLE if n in form])


@bp.route("/<pid>/extend", methods=["GET", "POST"])
@allow(Do.CALLS_EXTEND)
@writes
def extend(pid: str) -> Any:
    call = ready(queries.call_for(current_user, pid), moves(CALL, "extend"), _receives, actions.check_none_waiting)
    form = forms.Extend(data={"version": call.version})
    if form.validate_on_submit():
        actions.propose_extension(call, deadline=form.deadline.data, reason=form.reason.data or "", document=form.document.data or "",
                                  seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("The extension is proposed. It holds when another person confirms it."), url_for(".show", pid=call.public_id))
    return render_template("calls/extend.html", call=call, form=form)


def _unanswered(call: Call) -> Any:
    """The extension that waits; when there was one and somebody was quicker, that is said."""
    waiting = queries.waiting_extension(call)
    if waiting is None and call.extensions:
        raise WrongState(N_("This extension has already been answered."))
    return or_404(waiting)


@bp.route("/<pid>/extension", methods=["GET", "POST"])
@allow(Do.CALLS_EXTEND)
@writes
def confirm_extension(pid: str) -> Any:
    call = or_404(queries.call_for(current_user, pid))
    extension = ready(_unanswered(call), check_second_person)
    form = forms.Confirm(data={"version": call.version})
    if form.validate_on_submit():
        actions.confirm_extension(extension, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The deadline is moved."), url_for(".show", pid=call.public_id))
    moved = [(_(LABELS[name]), moment(value) if isinstance(value, datetime) else day(value))
             for name, value in moved_along(call, extension.new_deadline, rulebook.is_off()).items()]  # fmt: skip
    return render_template("calls/extension.html", call=call, extension=extension, form=form, off=on_day_off(extension.new_deadline), moved=moved)


@bp.route("/<pid>/extension/refuse", methods=["GET", "POST"])
@allow(Do.CALLS_EXTEND)
@writes
def refuse_extension(pid: str) -> Any:
    call = or_404(queries.call_for(current_user, pid))
    extension = _unanswered(call)
    form = forms.Reason(data={"version": call.version})
    if form.validate_on_submit():
        actions.refuse_extension(extension, form.reason.data or "", by=current_user, at=clock.now())
        return done(_("The extension is refused. The deadline stays."), url_for(".show", pid=call.public_id))
    return render_template("calls/refuse_extension.html", call=call, extension=extension, form=form)


@bp.route("/<pid>/open", methods=["GET", "POST"])
@allow(Do.CALLS_OPEN)
@writes
def open_dossiers(pid: str) -> Any:
    call = ready(queries.call_for(current_user, pid), moves(CALL, "close", "open_dossiers"), _past)
    at = clock.now()
    form = forms.OpenDossiers(data={"version": call.version, "place": queries.usual_place(clock.today())})
    past = is_past(call, at)
    lines = list_dossiers(call, at) if past and call.opened_at is None else []
    if form.validate_on_submit():
        actions.open_dossiers(call, lines, place=form.place.data or "", people=form.people(), remarks=form.remarks.data or "", seen=form.version.data, by=current_user, at=at)
        return done(_("The dossiers are open; the minutes are issued."), url_for(".show", pid=call.public_id))
    return render_template("calls/open.html", call=call, form=form, lines=lines, past=past, topics={ct.public_id: ct.topic for ct in call.topics})


@bp.route("/<pid>/conclude", methods=["GET", "POST"])
@allow(Do.CALLS_CONCLUDE)
@writes
def conclude(pid: str) -> Any:
    call = ready(queries.call_for(current_user, pid), moves(CALL, "conclude"), actions.check_settled)
    form = forms.Plain(obj=call)
    if form.validate_on_submit():
        actions.conclude(call, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The call is concluded."), url_for(".show", pid=call.public_id))
    return render_template("calls/conclude.html", call=call, form=form)


@bp.route("/<pid>/cancel", methods=["GET", "POST"])
@allow(Do.CALLS_CANCEL)
@writes
def cancel(pid: str) -> Any:
    call = ready(queries.call_for(current_user, pid), moves(CALL, "cancel"))
    form = forms.Reason(data={"version": call.version})
    if form.validate_on_submit():
        actions.cancel(call, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The draft is cancelled; its topics are free again."), url_for(".show", pid=call.public_id))
    return render_template("calls/cancel.html", call=call, form=form)


@bp.route("/<pid>/call-off", methods=["GET", "POST"])
@allow(Do.CALLS_CALL_OFF)
@writes
def call_off(pid: str) -> Any:
    """The end of a call that is out: a decision, with what it does to whom."""
    call = ready(queries.call_for(current_user, pid), moves(CALL, "call_off"))
    form = forms.CallOff(data={"version": call.version})
    if form.validate_on_submit():
        actions.call_off(call, form.reason.data or "", document=form.document.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The call is cancelled; its topics are free again."), url_for(".show", pid=call.public_id))
    return render_template("calls/call_off.html", call=call, form=form, followers=len(queries.followers(call)))


@bp.route("/<pid>/again", methods=["GET", "POST"])
@allow(Do.CALLS_DRAFT)
@writes
def call_again(pid: str) -> Any:
    call = ready(queries.call_for(current_user, pid), _again)
    free = _free(call)
    form = forms.Again.of(call, free, actions.default_deadline(clock.now()))
    if form.validate_on_submit():
        chosen = [ct for ct in free if ct.public_id in set(form.topics.data or [])]
        again = actions.call_again(call, chosen, deadline=form.deadline.data, by=current_user, at=clock.now())
        return done(_("Round %(n)s is drafted.", n=again.round), url_for(".show", pid=again.public_id))
    return render_template("calls/again.html", call=call, form=form)
