"""/selection: topics that wait for a council, the rounds, one round and its conclusion."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import moves, ready
from app.downloads import download
from app.kernel import clock, journal
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.stages.calls import queries as calls
from app.stages.calls.models import CallTopic
from app.stages.proposals import transcripts
from app.stages.proposals.rules import ProposalState
from app.stages.selection import (
    actions,
    after_views,
    complaints,
    forms,
    queries,
    vacancies,
)
from app.stages.selection.blueprint import bp
from app.stages.selection.forms import Vacancy
from app.stages.selection.models import Round
from app.stages.selection.rules import ROUND, ComplaintState, RoundState

__all__ = ["after_views", "bp"]


def _rounds() -> Listing:
    def matching(statement: Any, words: str) -> Any:
        return statement.where(Round.call_topic_id.in_(queries.call_topics_with(fold(words))))

    return Listing(
        queries.rounds_statement(), request.args, key=Round.id, default="-begun",
        columns=[
            Column("topic", _("Topic"), lambda r: r.call_topic.topic.title),
            Column("code", _("Code"), lambda r: r.call_topic.topic.code),
            Column("dossiers", _("Dossiers"), lambda r: len(r.lines)),
            Column("begun", _("Begun"), lambda r: r.created_at, sort=Round.created_at),
            Column("concluded", _("Concluded"), lambda r: r.concluded_at),
            Column("state", _("State"), lambda r: _(r.state.label)),
        ],
        filters=[
            Filter("q", _("Code or words of the title"), matching),
            Filter("state", _("State"), lambda s, v: s.where(Round.state == v), choices=[(str(x), _(x.label)) for x in RoundState]),
        ],
    )  # fmt: skip


@bp.get("/")
@allow(Do.SELECTION_READ)
def index() -> Any:
    runs = current_user.can(Do.SELECTION_RUN)
    return render_template("selection/index.html", listing=_rounds(), waiting=queries.waiting() if runs else [], empty_topics=queries.nobody_eligible() if runs else [])


@bp.get("/rounds.xlsx")
@allow(Do.SELECTION_READ)
def export() -> Any:
    return download(_rounds().xlsx(_("Rounds")), "tuyen-chon.xlsx")


def _call_topic(pid: str) -> CallTopic:
    return or_404(calls.call_topic_by_pid(pid))  # type: ignore[no-any-return]


@bp.route("/topics/<pid>/prepare", methods=["GET", "POST"])
@allow(Do.SELECTION_RUN)
@writes
def prepare(pid: str) -> Any:
    call_topic = ready(_call_topic(pid), actions.check_checked)
    form = forms.Plain()
    if form.validate_on_submit():
        council = actions.prepare(call_topic, by=current_user, at=clock.now())
        return done(_("The council is prepared. Appoint its members and set time and place."), url_for("councils.show", pid=council.public_id))
    return render_template("selection/prepare.html", call_topic=call_topic, form=form, dossiers=(found := queries.dossiers(call_topic.id, ProposalState.ELIGIBLE)), on_paper=transcripts.lacking(found))


@bp.route("/topics/<pid>/settle", methods=["GET", "POST"])
@allow(Do.SELECTION_CONCLUDE)
@writes
def settle(pid: str) -> Any:
    call_topic = ready(_call_topic(pid), actions.check_nobody_eligible)
    form = forms.Plain()
    if form.validate_on_submit():
        actions.settle_without_dossier(call_topic, by=current_user, at=clock.now())
        return done(_("The topic is free again and can be called in another round."), url_for("calls.show", pid=call_topic.call.public_id))
    return render_template("selection/settle.html", call_topic=call_topic, form=form, dossiers=queries.dossiers(call_topic.id, ProposalState.INELIGIBLE, ProposalState.WITHDRAWN))


@bp.get("/<pid>")
@allow(Do.SELECTION_READ)
def show(pid: str) -> Any:
    found = or_404(queries.round_by_pid(pid))
    next_steps = []
    if ROUND.may(found, "conclude") and current_user.can(Do.SELECTION_CONCLUDE):
        next_steps.append((_("Conclude the round"), url_for(".conclude", pid=pid), True))
        next_steps.append((_("Release outcomes of the call on a day"), url_for(".release", pid=found.call_topic.call.public_id), False))
    if current_user.can(Do.COUNCILS_READ):
        next_steps.append((_("See the council"), url_for("councils.show", pid=found.council.public_id), not next_steps and found.state == RoundState.OPEN))
    selected = next((line for line in found.lines if line.proposal.state == ProposalState.SELECTED), None)
    if current_user.can(Do.FUNDING_APPROVE) and vacancies.is_vacant(found):
        next_steps.append((_("Decide who moves up"), url_for(".move_up", pid=pid), True))
    told = complaints.of_round(found)
    waits = any(c.state == ComplaintState.FILED for c in told)  # the money waits too
    if found.state == RoundState.CONCLUDED and selected is not None and not waits and current_user.can(Do.FUNDING_READ):
        next_steps.append((_("Budget appraisal"), url_for("funding.begin_appraisal", pid=selected.public_id) if current_user.can(Do.FUNDING_APPRAISE) else url_for("funding.index"), True))
    next_steps.append((_("Ranked list of the call"), url_for(".call", pid=found.call_topic.call.public_id), False))
    return render_template("selection/show.html", round=found, next_steps=next_steps, complaints=told, timeline_entries=journal.timeline([journal.subject_key(found)]),
                           dossiers=[] if found.lines else queries.dossiers(found.call_topic_id, ProposalState.IN_SELECTION, ProposalState.ELIGIBLE))  # fmt: skip


@bp.route("/<pid>/conclude", methods=["GET", "POST"])
@allow(Do.SELECTION_CONCLUDE)
@writes
def conclude(pid: str) -> Any:
    found = ready(queries.round_by_pid(pid), moves(ROUND, "conclude"))
    form = forms.Conclude(data={"version": found.version})
    if form.validate_on_submit():
        actions.conclude(found, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The round is concluded; every applicant is told the own outcome."), url_for(".show", pid=pid))
    return render_template("selection/conclude.html", round=found, form=form)


@bp.route("/<pid>/move-up", methods=["GET", "POST"])
@allow(Do.FUNDING_APPROVE)
@writes
def move_up(pid: str) -> Any:
    """The selected dossier is gone: the first in reserve takes its place, or none does and the topic is free."""
    found = ready(queries.round_by_pid(pid), vacancies.check_vacant)
    form = forms.Fill(data={"version": found.version})
    if form.validate_on_submit():
        facts = {"number": form.number.data, "dated": form.dated.data, "by": current_user, "at": clock.now()}
        if form.answer.data == Vacancy.MOVE_UP:
            row = vacancies.move_up(found, **facts)
            return done(_("%(code)s is selected; the budget can be appraised.", code=row.code), url_for(".show", pid=pid))
        vacancies.decline_reserve(found, form.reason.data or "", **facts)
        return done(_("The topic is free again and can be called in another round."), url_for(".show", pid=pid))
    waiting = queries.in_reserve(found)
    return render_template("selection/move_up.html", round=found, form=form, waiting=waiting, mailed=list(dict.fromkeys([p.pi.name for p in waiting] + [p.host.name for p in waiting])))
