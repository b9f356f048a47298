"""Suggested members on the forms that give seats; /councils/<pid>/ask and the answers at /public/seats/<token>."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.forms import ChoiceField, NoteField, PickField, StageForm
from app.kernel.permissions import Do
from app.kernel.web import PUBLIC, allow, done, sentence_of, writes
from app.kernel.words import N_
from app.services.councils import forms, suggestions
from app.services.councils.actions import asking
from app.services.councils.blueprint import bp, found
from app.services.councils.models import Council
from app.services.experts.rules import Why
from app.services.people.linkpages import unkept

public_bp = Blueprint("public_seats", __name__, url_prefix="/public/seats", template_folder="templates")
public_bp.after_request(unkept)


def suggested(council: Council) -> dict[str, Any]:
    """For the forms that give a seat: who fits, each with the reasons; who is left out by a conflict, for composers with fact, rule and source."""
    good, left = suggestions.of(council, at=clock.now())
    composer = current_user.can(Do.COUNCILS_RUN)
    return {
        "suggested": [{"user": s.user, "expert": s.expert, "score": s.fit.score, "reasons": [_(m, **p) for m, p in s.fit.reasons]} for s in good],
        "left_out": [{"name": out.user.name, "full": out.full, "reasons": [(item.position, sentence_of(clash.reason(composer=True))) for item, clash in out.clashes]} for out in left] if composer else [],
    }  # fmt: skip


def answers(council: Council) -> dict[int, Any]:
    """What those who were asked for a seat said, by user id, for who composes the council."""
    whys = {str(w): w.label for w in Why}
    return {user_id: {"state": ask.state, "why": whys.get(ask.why or ""), "note": ask.note} for user_id, ask in asking.asks_of(council).items()}


@bp.route("/<pid>/ask", methods=["GET", "POST"])
@allow(Do.COUNCILS_RUN)
@writes
def ask_seats(pid: str) -> Any:
    council = found(pid, asking.check_asks)
    form = forms.Plain()
    if form.validate_on_submit():
        made = asking.ask_seats(council, by=current_user, at=clock.now())
        return done(_("%(n)s people are asked whether they take the seat.", n=len(made)), url_for(".show", pid=pid))
    return render_template("councils/ask.html", council=council, form=form, seats=asking.not_asked(council))


class Answer(StageForm):
    """Take the seat, or decline with a reason."""

    answer = ChoiceField(N_("Your answer"), required=True)
    why = PickField(N_("Why you decline"), sometimes=True)
    note = NoteField(N_("In your words"), max=1000, rows=2, sometimes=True, hint=N_("Needed for another reason."))


@public_bp.route("/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
@writes
def answer_seat(token: str) -> Any:
    held = asking.living(token)
    if held is None and "refusal" not in g:
        return render_template("councils/seat_gone.html"), 404
    form = Answer()
    form.answer.choices = [("yes", _("I take the seat")), ("no", _("I decline"))]
    form.why.choices = [(str(w), _(w.label)) for w in Why]
    if form.validate_on_submit() and held is not None:
        row, council = held
        asking.answer_seat(row, council, accepts=form.answer.data == "yes", why=form.why.data, note=form.note.data, at=clock.now())
        return done(_("Thank you. The Department is told."), "/")
    return render_template("councils/seat.html", held=held, form=form)

