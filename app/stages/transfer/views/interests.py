"""Messages of visitors: the list, one message, its answer."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.kernel import clock, journal
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.stages.funding import queries as funding
from app.stages.transfer import actions, forms, queries
from app.stages.transfer.actions import shared
from app.stages.transfer.forms import InterestAnswer
from app.stages.transfer.models import Interest
from app.stages.transfer.rules import INTEREST, InterestState
from app.stages.transfer.views.blueprint import bp, parts, spreadsheet
from app.stages.transfer.views.handovers import of_title


def _interests() -> Listing:
    late = (Interest.state == InterestState.RECEIVED, Interest.due_on < clock.today())
    return Listing(
        queries.interests_statement(), request.args, key=Interest.id, default="-at",
        columns=[Column("name", N_("Sender"), lambda i: i.name), Column("organisation", N_("Organisation"), lambda i: i.organisation), Column("result", N_("Result"), lambda i: i.result.title),
                 Column("at", N_("Received"), lambda i: i.at, sort=Interest.at), Column("due", N_("To be answered by"), lambda i: i.due_on, sort=Interest.due_on),
                 Column("state", N_("State"), lambda i: _(i.state.label))],
        filters=[Filter("q", N_("Words of the result"), lambda s, v: of_title(Interest, s, v)),
                 Filter("state", N_("State"), lambda s, v: s.where(Interest.state == InterestState(v)), choices=[(str(x), x.label) for x in InterestState]),
                 Filter("late", N_("Lateness"), lambda s, _v: s.where(*late), choices=[("yes", N_("Only overdue ones"))])],
    )  # fmt: skip


@bp.get("/interests")
@allow(Do.TRANSFER_OFFER)
def interests() -> Any:
    return render_template("transfer/interests.html", listing=_interests(), parts=parts(), today=clock.today())


@bp.get("/interests.xlsx")
@allow(Do.TRANSFER_OFFER)
def export_interests() -> Any:
    return spreadsheet(_interests(), _("Messages"), "thu-hoi-ket-qua")


@bp.get("/interests/<pid>")
@allow(Do.HUB_READ)
def interest(pid: str) -> Any:
    row = or_404(queries.interest_for(current_user, pid))
    return render_template("transfer/interest.html", interest=row, result=row.result, entries=journal.timeline([journal.subject_key(row)]), today=clock.today(),
                           contracts=queries.contracts_from(row), may_negotiate=current_user.can(Do.TRANSFER_OFFER) and fits(row, moves(INTEREST, "negotiate")),
                           may_close=current_user.can(Do.TRANSFER_OFFER) and fits(row, moves(INTEREST, "close")), may_talk=fits(row, shared.check_talks))  # fmt: skip


@bp.route("/interests/<pid>/answer", methods=["GET", "POST"])
@allow(Do.TRANSFER_OFFER)
@writes
def answer_interest(pid: str) -> Any:
    row = ready(queries.interest_by_pid(pid), moves(INTEREST, "answer", "close"))
    form, back = forms.AnswerInterest(data={"version": row.version}), url_for(".interest", pid=row.public_id)
    if form.validate_on_submit():
        facts = {"seen": form.version.data, "by": current_user, "at": clock.now()}
        if form.how.data == InterestAnswer.ANSWER:
            actions.answer_interest(row, answer=form.text.data, **facts)
            return done(_("Answered: the e-mail is on its way."), back)
        actions.close_interest(row, reason=form.text.data, **facts)
        return done(_("Message closed."), back)
    return render_template("transfer/answer_interest.html", interest=row, result=row.result, form=form, back=back)


@bp.route("/interests/<pid>/negotiate", methods=["GET", "POST"])
@allow(Do.TRANSFER_OFFER)
@writes
def negotiate(pid: str) -> Any:
    row = ready(queries.interest_by_pid(pid), moves(INTEREST, "negotiate"))
    form, back = forms.Talks(data={"version": row.version}), url_for(".interest", pid=row.public_id)
    if form.validate_on_submit():
        actions.negotiate(row, note=form.note.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Talks have begun; the host is told."), back)
    return render_template("transfer/form.html", form=form, title=_("Begin talks"), button=_("Begin talks"), back=back, project=row.project,
                           mailed=[u.name for u in funding.holders(row.project)], about=_("The host and the investigator see the message and the sender's address from now on, and draft the contract."))  # fmt: skip


@bp.route("/interests/<pid>/note-talks", methods=["GET", "POST"])
@allow(Do.TRANSFER_HAND_OVER)
@writes
def note_talks(pid: str) -> Any:
    row = ready(queries.interest_for(current_user, pid), shared.check_talks)
    form, back = forms.Talks(), url_for(".interest", pid=row.public_id)
    if form.validate_on_submit():
        actions.note_talks(row, note=form.note.data, by=current_user, at=clock.now())
        return done(_("Noted."), back)
    return render_template("transfer/form.html", form=form, title=_("Note how the talks go"), button=_("Save the note"), back=back, project=row.project, mailed=[], about=None)
