"""Views of requests to add something to a dossier: ask, answer, take back."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import moves, ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.services.files import queries as files
from app.services.rulebook import queries as rulebook
from app.shown import language
from app.stages.proposals import checkforms, checklist, queries, remedies
from app.stages.proposals.checking import check_judgeable
from app.stages.proposals.checkmodels import Remedy, RemedyItem
from app.stages.proposals.eligibility import REMEDY, Verdict
from app.stages.proposals.models import Proposal
from app.stages.proposals.views.blueprint import bp


def _askable(row: Proposal, by: Any) -> None:
    remedies.check_askable(row, by, clock.today())


def _answerable(row: Remedy, by: Any) -> None:
    remedies.check_answerable(row, by, clock.today())


@bp.route("/<pid>/remedy", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def ask_remedy(pid: str) -> Any:
    row = ready(queries.for_officer(current_user, pid), _askable)
    on, name = clock.today(), "en" if language() == "en" else "vi"
    documents = {d["code"]: d[name] for d in queries.documents(str(row.call_topic.topic.kind), on, row.call_topic.call)}
    lines = checklist.standings(row, on=on)
    lacking = [s.line.document for s in lines if s.line.document and s.verdict == Verdict.NOT_MET]
    form = checkforms.AskRemedy(data={"version": row.version, "documents": [c for c in documents if c in lacking], "explanations": request.args.get("explain", "")[:300]})
    form.documents.choices = list(documents.items())
    if form.validate_on_submit():
        in_vietnamese = {d["code"]: d["vi"] for d in queries.documents(str(row.call_topic.topic.kind), on, row.call_topic.call)}
        remedies.ask(row, form.wanted(in_vietnamese), note=form.note.data or "", by=current_user, at=clock.now(), seen=form.version.data)
        return done(_("The request is sent. The dossier waits for the applicant."), url_for(".check", pid=pid))
    rule = rulebook.rule("proposals.supplement_days", on=on)
    return render_template("proposals/remedy_ask.html", proposal=row, form=form, due=remedies.due_day(row, on), source=f"{rule.source} · {_(rule.mark.label)}")


@bp.route("/remedies/<pid>", methods=["GET", "POST"])
@allow(Do.PROPOSALS_SUBMIT)
@writes
def answer_remedy(pid: str) -> Any:
    remedy = ready(checklist.remedy_for(current_user, pid), _answerable)
    attached = files.of(remedy)
    form = checkforms.answer_form(remedy, attached)
    if form.validate_on_submit():
        act = remedies.save if form.wish == "save" else remedies.answer
        act(remedy, form.texts(), form.uploads(), form["take_out"].data or [], by=current_user, at=clock.now(), seen=form.version.data)
        if form.wish == "save":
            return done(_("Saved. It is not sent yet."), url_for(".answer_remedy", pid=pid))
        return done(_("Your answer is sent."), url_for(".show", pid=remedy.proposal.public_id))

    def files_of(item: RemedyItem) -> list[Any]:
        return [a for a in attached if a.kind == checklist.file_kind(item)]

    return render_template("proposals/remedy_answer.html", proposal=remedy.proposal, remedy=remedy, form=form, files_of=files_of)


@bp.route("/remedies/<pid>/take-back", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def take_back_remedy(pid: str) -> Any:
    remedy = ready(or_404(checklist.remedy_for_officer(current_user, pid)), moves(REMEDY, "take_back"), lambda row, by: check_judgeable(row.proposal, by))
    form = checkforms.TakeBack(data={"version": remedy.version})
    if form.validate_on_submit():
        remedies.take_back(remedy, form.reason.data or "", by=current_user, at=clock.now(), seen=form.version.data)
        return done(_("The request is taken back and the applicant is told."), url_for(".check", pid=remedy.proposal.public_id))
    return render_template("proposals/act.html", proposal=remedy.proposal, form=form, title=_("Take the request back"), button=_("Take the request back"),
                           note=_("The principal investigator and the managers of the host organisation get an e-mail with your reason."))  # fmt: skip
