"""Questions on lines of a budget: asked by the Department, answered by the applicant; the list of all of them, and of all appraisals."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, ready
from app.downloads import download
from app.kernel import clock
from app.kernel.db import folded
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.kernel.words import N_
from app.shown import language
from app.stages.funding import desk, deskforms, queries
from app.stages.funding.actions import shared
from app.stages.funding.models import Appraisal, AppraisalLine, CostQuestion
from app.stages.funding.rules import AppraisalState
from app.stages.funding.views.blueprint import bp
from app.stages.proposals.models import Proposal


@bp.route("/appraisals/<pid>/questions/ask", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def ask_cost(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), desk.check_askable, shared.check_selected)
    form = deskforms.AskCost(data={"line": request.args.get("line")})
    form.line.choices = [(line.public_id, f"{line.position}. {line.content}") for line in row.lines]
    if form.validate_on_submit():
        line = or_404(queries.line_of_appraisal(row, form.line.data))
        desk.ask_cost(line, form.text.data, by=current_user, at=clock.now())
        return done(_("The question is asked; investigator and host get it by mail."), url_for(".appraisal", pid=pid, _anchor="questions"))
    return render_template("funding/ask_cost.html", form=form, appraisal=row, mailed=[u.name for u in queries.holders_of_proposal(row.proposal)])


@bp.get("/appraisals/<pid>/questions")
@allow(SIGNED_IN)
def cost_questions(pid: str) -> Any:
    """The applicant's page: the lines that were asked about, as they stand in the dossier, with questions and answers."""
    row = or_404(queries.appraisal_by_pid(pid))
    or_404(current_user.can(Do.FUNDING_READ) or desk.answers_for(row.proposal, current_user) or None)
    return render_template("funding/cost_questions.html", appraisal=row, questions=queries.questions_on(row), fits=fits, check=desk.check_answerable, today=clock.today(),
                           heads=queries.head_names(on=clock.today(), language=language()))  # fmt: skip


@bp.route("/questions/<pid>/answer", methods=["GET", "POST"])
@allow(Do.FUNDING_REQUEST)
@writes
def answer_cost(pid: str) -> Any:
    row = or_404(queries.question_by_pid(pid))
    or_404(desk.answers_for(row.appraisal.proposal, current_user) or None)
    ready(row, desk.check_answerable)
    form = deskforms.AnswerCost()
    if form.validate_on_submit():
        desk.answer_cost(row, form.answer.data, by=current_user, at=clock.now())
        return done(_("Your answer is kept and sent to the officer."), url_for(".cost_questions", pid=row.appraisal.public_id))
    return render_template("funding/answer_cost.html", form=form, question=row, appraisal=row.appraisal)


# --- lists ----------------------------------------------------------------------------------------------------


def _words(statement: Any, text: str) -> Any:
    said = folded(Proposal.title)
    return statement.where(*(said.contains(word, autoescape=True) for word in fold(text).split()))


def _asked_words(statement: Any, text: str) -> Any:
    said = folded(CostQuestion.text + " " + Proposal.title)
    return statement.where(*(said.contains(word, autoescape=True) for word in fold(text).split()))


def _questions() -> Listing:
    answered = {"open": CostQuestion.answered_at.is_(None), "answered": CostQuestion.answered_at.is_not(None), "late": CostQuestion.answered_at.is_(None) & (CostQuestion.due_on < clock.today())}
    return Listing(
        queries.questions_statement(), request.args, key=CostQuestion.id, default="-asked",
        columns=[
            Column("asked", N_("Asked on"), lambda q: q.asked_at, sort=CostQuestion.asked_at), Column("dossier", N_("Dossier"), lambda q: q.appraisal.proposal.title),
            Column("line", N_("Line"), lambda q: q.line.content), Column("text", N_("Question"), lambda q: q.text), Column("by", N_("Asked by"), lambda q: q.asked_by.name),
            Column("due", N_("Answer until"), lambda q: q.due_on, sort=CostQuestion.due_on), Column("answer", N_("Answer"), lambda q: q.answer), Column("answered", N_("Answered"), lambda q: q.answered_at),
        ],
        filters=[Filter("q", N_("Words of question or title"), _asked_words),
                 Filter("state", N_("State"), lambda s, v: s.where(answered[v]), choices=[("open", N_("Without an answer")), ("late", N_("Late")), ("answered", N_("Answered"))])])  # fmt: skip


@bp.get("/questions")
@allow(Do.FUNDING_READ)
def questions() -> Any:
    return render_template("funding/questions.html", listing=_questions())


@bp.get("/questions.xlsx")
@allow(Do.FUNDING_READ)
def questions_xlsx() -> Any:
    return download(_questions().xlsx(_("Questions on budgets")), "cau-hoi-tham-dinh.xlsx")


def _appraisals() -> Listing:
    asked, allowed = queries.summed(AppraisalLine.asked), queries.summed(AppraisalLine.allowed)
    return Listing(
        queries.appraisals_statement().add_columns(asked.label("asked"), allowed.label("allowed")), request.args, key=Appraisal.id, default="-begun", scalars=False,
        columns=[
            Column("begun", N_("Begun"), lambda r: r[0].created_at, sort=Appraisal.created_at), Column("code", N_("Dossier"), lambda r: r[0].proposal.code),
            Column("title", N_("Title"), lambda r: r[0].proposal.title, sort=Proposal.folded, place=lambda r: r[0].proposal.folded), Column("host", N_("Host"), lambda r: r[0].proposal.host.name),
            Column("held", N_("Session"), lambda r: r[0].held_on, sort=Appraisal.held_on), Column("asked", N_("Asked"), lambda r: int(r.asked or 0)),
            Column("allowed", N_("Allowed"), lambda r: int(r.allowed or 0)), Column("state", N_("State"), lambda r: r[0].state),
        ],
        filters=[Filter("q", N_("Words of the title"), _words),
                 Filter("state", N_("State"), lambda s, v: s.where(Appraisal.state == v), choices=[(str(x), x.label) for x in AppraisalState]),
                 Filter("waits", N_("Waits for"), lambda s, v: s.where(queries.has_open_question()), choices=[("answer", N_("An answer of the applicant"))])])  # fmt: skip


@bp.get("/appraisals")
@allow(Do.FUNDING_READ)
def appraisals() -> Any:
    return render_template("funding/appraisals.html", listing=_appraisals())


@bp.get("/appraisals.xlsx")
@allow(Do.FUNDING_READ)
def appraisals_xlsx() -> Any:
    return download(_appraisals().xlsx(_("Budget appraisals")), "tham-dinh-kinh-phi.xlsx")
