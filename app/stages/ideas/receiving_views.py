"""/ideas/…/commit for the body named to receive the result, /ideas/…/ask-receiver for the officer."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.errors import WrongState
from app.kernel.forms import (
    ChoiceField,
    FileField,
    LineField,
    NoteField,
    StageForm,
    YesField,
)
from app.kernel.permissions import Do
from app.kernel.web import allow, done, writes
from app.kernel.words import N_
from app.services.people import queries as people
from app.stages.ideas import orders, queries, receiving
from app.stages.ideas.blueprint import bp
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import COMMITTABLE


class Commit(StageForm):
    """The receiving body's own answer."""

    answer = ChoiceField(N_("Answer of your body"), required=True)
    person = LineField(N_("Who commits, with the office"), max=200, sometimes=True, hint=N_("Needed when your body confirms. For example Huỳnh Nông Nghiệp, Phó Giám đốc."))
    document = LineField(N_("Number of the document"), max=60, sometimes=True, hint=N_("By which your body commits, for example 123/SNNMT-KHCN. Or attach the signed letter below."))
    letter = FileField(N_("Signed letter"), sometimes=True, accept=".pdf,.png,.jpg")
    reason = NoteField(N_("Reason"), max=2000, rows=3, sometimes=True, hint=N_("Needed when your body declines."))
    agree = YesField(N_("I answer for my body."), required=True)


@bp.route("/<pid>/commit", methods=["GET", "POST"])
@allow(Do.IDEAS_COMMIT)
@writes
def commit(pid: str) -> Any:
    idea = ready(queries.idea_for(current_user, pid), receiving.check_answerable)
    form = Commit(data={"person": idea.committed_by, "version": idea.receiving.version if idea.receiving else None})
    form.answer.choices = [("confirm", _("We will receive and use the result")), ("decline", _("We decline"))]
    if form.validate_on_submit():
        receiving.answer(idea, confirmed=form.answer.data == "confirm", person=form.person.data or "", document=form.document.data or "", letter=form.letter.data,
                         reason=form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("The answer of your body stands with the idea; whoever wrote it is told."), url_for(".show", pid=pid))
    return render_template("ideas/commit.html", idea=idea, form=form, **orders.shown(idea))


def check_not_asked(idea: Idea, _by: Any) -> None:
    """Raise WrongState unless the body named may be asked now: an idea from before bodies were asked."""
    if idea.state not in COMMITTABLE or idea.receiver_organisation_id is None or idea.receiving is not None:
        raise WrongState(N_("The body named was asked already, or the idea is decided."))


@bp.route("/<pid>/ask-receiver", methods=["GET", "POST"])
@allow(Do.IDEAS_RETURN)
@writes
def ask_receiver(pid: str) -> Any:
    idea = ready(queries.submitted_by_pid(pid), check_not_asked)
    form = StageForm(obj=idea)
    if form.validate_on_submit():
        check_not_asked(idea, current_user)
        receiving.ask(idea, own_word=_("Asked by the Department"), by=current_user, at=clock.now())
        return done(_("The receiving body is asked by e-mail."), url_for(".show", pid=pid))
    return render_template("ideas/ask_receiver.html", idea=idea, form=form, told=[u.name for u in people.managers_of(idea.receiver_organisation_id)])
