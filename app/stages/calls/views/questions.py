"""Questions about a call, as officers answer them. Who asked is not shown to them either."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import moves, ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.stages.calls import actions, forms, queries
from app.stages.calls.rules import QUESTION
from app.stages.calls.views.blueprint import bp


@bp.get("/<pid>/questions")
@allow(Do.CALLS_PUBLISH)
def questions(pid: str) -> Any:
    call = or_404(queries.call_for(current_user, pid))
    return render_template("calls/questions.html", call=call, questions=queries.questions_of(call))


@bp.route("/questions/<pid>", methods=["GET", "POST"])
@allow(Do.CALLS_PUBLISH)
@writes
def answer(pid: str) -> Any:
    question = ready(queries.question_by_pid(pid), moves(QUESTION, "answer"))
    form = forms.AnswerQuestion(data={"wording": question.text, "version": question.version})
    if form.validate_on_submit():
        actions.answer(question, wording=form.wording.data or "", text=form.answer.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Question and answer are published for all."), url_for(".questions", pid=question.call.public_id))
    return render_template("calls/answer.html", question=question, call=question.call, form=form)


@bp.route("/questions/<pid>/set-aside", methods=["GET", "POST"])
@allow(Do.CALLS_PUBLISH)
@writes
def set_aside(pid: str) -> Any:
    question = ready(queries.question_by_pid(pid), moves(QUESTION, "set_aside"))
    form = forms.Reason(data={"version": question.version})
    if form.validate_on_submit():
        actions.set_aside(question, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The question is set aside; who asked is told why."), url_for(".questions", pid=question.call.public_id))
    return render_template("calls/set_aside.html", question=question, call=question.call, form=form)
