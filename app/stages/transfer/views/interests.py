"""Messages of visitors: the list, one message, its answer."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import moves, ready
from app.kernel import clock, journal
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.stages.transfer import actions, forms, queries
from app.stages.transfer.forms import InterestAnswer
from app.stages.transfer.models import Interest
from app.stages.transfer.rules import INTEREST, InterestState
from app.stages.transfer.views.blueprint import bp, parts
from app.stages.transfer.views.handovers import of_title


@bp.get("/interests")
@allow(Do.TRANSFER_OFFER)
def interests() -> Any:
    listing = Listing(
        queries.interests_statement(), request.args, key=Interest.id, default="-at",
        columns=[Column("name", N_("Sender"), lambda i: i.name), Column("result", N_("Result"), lambda i: i.result.title),
                 Column("at", N_("Received"), lambda i: i.at, sort=Interest.at), Column("state", N_("State"), lambda i: _(i.state.label))],
        filters=[Filter("q", N_("Words of the result"), lambda s, v: of_title(Interest, s, v)),
                 Filter("state", N_("State"), lambda s, v: s.where(Interest.state == InterestState(v)), choices=[(str(x), x.label) for x in InterestState])],
    )  # fmt: skip
    return render_template("transfer/interests.html", listing=listing, parts=parts())


@bp.get("/interests/<pid>")
@allow(Do.TRANSFER_OFFER)
def interest(pid: str) -> Any:
    row = or_404(queries.interest_by_pid(pid))
    return render_template("transfer/interest.html", interest=row, result=row.result, entries=journal.timeline([journal.subject_key(row)]))


@bp.route("/interests/<pid>/answer", methods=["GET", "POST"])
@allow(Do.TRANSFER_OFFER)
@writes
def answer_interest(pid: str) -> Any:
    row = ready(queries.interest_by_pid(pid), moves(INTEREST, "answer"))
    form, back = forms.AnswerInterest(data={"version": row.version}), url_for(".interest", pid=row.public_id)
    if form.validate_on_submit():
        facts = {"seen": form.version.data, "by": current_user, "at": clock.now()}
        if form.how.data == InterestAnswer.ANSWER:
            actions.answer_interest(row, answer=form.text.data, **facts)
            return done(_("Answered: the e-mail is on its way."), back)
        actions.close_interest(row, reason=form.text.data, **facts)
        return done(_("Message closed."), back)
    return render_template("transfer/answer_interest.html", interest=row, result=row.result, form=form, back=back)
