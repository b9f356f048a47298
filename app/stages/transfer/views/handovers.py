"""Handovers: the list, one handover, offer, offer again, withdraw, answer."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.acts import moves, ready
from app.kernel import clock, journal
from app.kernel.errors import Incomplete
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.papers import queries as papers
from app.services.people import queries as people
from app.stages.acceptance.models import Result
from app.stages.funding import queries as funding
from app.stages.transfer import actions, forms, queries
from app.stages.transfer import planned as planning
from app.stages.transfer.actions import shared
from app.stages.transfer.forms import HandoverAnswer
from app.stages.transfer.models import Handover
from app.stages.transfer.rules import (
    HANDOVER,
    HandoverState,
    check_other_person,
    check_receiver,
)
from app.stages.transfer.views.blueprint import bp, parts, spreadsheet


def of_title(model: Any, statement: Any, words: str) -> Any:
    """Rows whose result's title holds the words, with or without diacritics."""
    return statement.where(model.result_id.in_(select(Result.id).where(Result.folded.contains(fold(words), autoescape=True))))


def _handovers() -> Listing:
    return Listing(
        queries.handovers_statement(current_user), request.args, key=Handover.id, default="-planned",
        columns=[
            Column("result", N_("Result"), lambda h: h.result.title), Column("project", N_("Project"), lambda h: h.project.code),
            Column("receiver", N_("Receiving body"), lambda h: h.receiver.name), Column("state", N_("State"), lambda h: _(h.state.label)),
            Column("planned", N_("Planned for"), lambda h: h.planned_on, sort=Handover.planned_on),
            Column("handed", N_("Handed over on"), lambda h: h.handed_on),
        ],
        filters=[Filter("q", N_("Words of the result"), lambda s, v: of_title(Handover, s, v)),
                 Filter("state", N_("State"), lambda s, v: s.where(Handover.state == HandoverState(v)), choices=[(str(x), x.label) for x in HandoverState])],
    )  # fmt: skip


@bp.get("/handovers")
@allow(Do.HUB_READ)
def handovers() -> Any:
    return render_template("transfer/handovers.html", listing=_handovers(), parts=parts())


@bp.get("/handovers.xlsx")
@allow(Do.HUB_READ)
def export_handovers() -> Any:
    return spreadsheet(_handovers(), _("Handovers"), "ban-giao")


@bp.route("/results/<pid>/offer", methods=["GET", "POST"])
@allow(Do.TRANSFER_HAND_OVER)
@writes
def offer(pid: str) -> Any:
    result = ready(queries.result_for(current_user, pid), shared.check_registered, shared.check_gates, shared.check_gives)
    named = queries.receiver_by_order(result.project)
    asked = request.args.get("planned")
    planned = or_404(planning.by_pid(asked, result.project)) if asked else None
    bodies = [o for o in people.organisations() if o.id != result.project.host_id]
    first = next((o for o in bodies if planned is not None and o.id == planned.organisation_id), named)
    bodies.sort(key=lambda o: first is None or o.id != first.id)
    form = forms.offer([(o.public_id, _("%(name)s (named in the order)", name=o.name) if named and o.id == named.id else o.name) for o in bodies],
                       receiver=first.public_id if first else None, planned_on=clock.today(), kind_1="documents",
                       **({"place": planned.place, "intended_use": planned.how} if planned else {}))  # fmt: skip
    if form.validate_on_submit():
        row = actions.offer(result, or_404(people.organisation_by_pid(form.receiver.data)), lines=form.given_lines(), intended_use=form.intended_use.data,
                            place=form.place.data, planned_on=form.planned_on.data, giver_name=form.giver_name.data, planned=planned, by=current_user, at=clock.now())  # fmt: skip
        return done(_("Offered; the receiving body is told by e-mail."), url_for(".handover", pid=row.public_id))
    return render_template("transfer/offer.html", form=form, title=_("Offer the result"), result=result, named=named, planned=planned, refusal=None,
                           back=url_for(".result", pid=result.public_id))  # fmt: skip


@bp.get("/handovers/<pid>")
@allow(Do.HUB_READ)
def handover(pid: str) -> Any:
    row = or_404(queries.handover_for(current_user, pid))
    named = queries.receiver_by_order(row.project)
    return render_template(
        "transfer/handover.html", handover=row, result=row.result, project=row.project, moves=dict(HANDOVER.moves(row)), papers=papers.of(row),
        planned=planning.of_handover(row), by_order=named is not None and named.id == row.receiver_id, may_give=queries.may_give(current_user, row.project),
        may_sign=queries.signs_for(current_user, row.receiver_id) and row.offered_by_id != current_user.id,
        entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/handovers/<pid>/offer-again", methods=["GET", "POST"])
@allow(Do.TRANSFER_HAND_OVER)
@writes
def offer_again(pid: str) -> Any:
    row = ready(queries.handover_for(current_user, pid), moves(HANDOVER, "offer_again"), shared.check_gives)
    form, back = forms.offer_again(row), url_for(".handover", pid=row.public_id)
    if form.validate_on_submit():
        actions.offer_again(row, lines=form.given_lines(), intended_use=form.intended_use.data, place=form.place.data, planned_on=form.planned_on.data,
                            giver_name=form.giver_name.data, seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("Offered again; the receiving body is told by e-mail."), back)
    return render_template("transfer/offer.html", form=form, title=_("Offer again"), result=row.result, named=None, refusal=row.reason, back=back)


@bp.route("/handovers/<pid>/withdraw", methods=["GET", "POST"])
@allow(Do.TRANSFER_HAND_OVER)
@writes
def withdraw(pid: str) -> Any:
    row = ready(queries.handover_for(current_user, pid), moves(HANDOVER, "withdraw"), shared.check_gives)
    form, back = forms.Reason(data={"version": row.version}), url_for(".handover", pid=row.public_id)
    if form.validate_on_submit():
        actions.withdraw(row, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Offer withdrawn."), back)
    return render_template("transfer/form.html", form=form, title=_("Withdraw the offer"), button=_("Withdraw the offer"), back=back, project=row.project,
                           about=None, mailed=[u.name for u in queries.receiver_people(row.receiver_id)])  # fmt: skip


@bp.route("/handovers/<pid>/answer", methods=["GET", "POST"])
@allow(Do.TRANSFER_CONFIRM)
@writes
def answer(pid: str) -> Any:
    row = ready(queries.handover_for(current_user, pid), moves(HANDOVER, "confirm"), lambda row, by: check_receiver(queries.signs_for(by, row.receiver_id)), lambda row, by: check_other_person(by.id, row.offered_by_id))
    form = forms.AnswerHandover(data={"version": row.version, "intended_use": row.intended_use, "handed_on": clock.today(), "receiver_name": current_user.name})
    if form.validate_on_submit():
        return _answered(row, form)
    named = queries.receiver_by_order(row.project)
    checks = [(row.offered_by_id != current_user.id, _("Giver and receiver are two people."), None),
              (named is not None and named.id == row.receiver_id or None, _("The order names this body as the receiver."), None)]  # fmt: skip
    return render_template("transfer/answer.html", handover=row, result=row.result, project=row.project, form=form, checks=checks,
                           mailed=[u.name for u in (*funding.holders(row.project), *people.users_with(Do.TRANSFER_OFFER))])  # fmt: skip


def _answered(row: Handover, form: forms.AnswerHandover) -> Any:
    back = url_for(".handover", pid=row.public_id)
    facts = {"seen": form.version.data, "by": current_user, "at": clock.now()}
    if form.answer.data == HandoverAnswer.REFUSE:
        if not form.remark.data:
            raise Incomplete(N_("Please say why."), field="remark")
        actions.refuse(row, reason=form.remark.data, **facts)
        return done(_("Refused; the giver is told."), back)
    for name in ("handed_on", "receiver_name", "intended_use"):
        if not form[name].data:
            raise Incomplete(N_("This is needed to sign."), field=name)
    actions.confirm(row, handed_on=form.handed_on.data, receiver_name=form.receiver_name.data, intended_use=form.intended_use.data,
                    remark=form.remark.data or None, **facts)  # fmt: skip
    return done(_("Signed: the minutes are issued and the yearly reports on the use are scheduled."), back)
