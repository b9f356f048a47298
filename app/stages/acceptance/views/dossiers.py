"""The dossier: begin, show, self-evaluate, files, submit, review."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.kernel import clock, journal, subjects
from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.files import queries as files
from app.services.files.models import Attachment
from app.services.papers import queries as papers
from app.services.people import queries as people
from app.services.rulebook import queries as rulebook
from app.shown import language
from app.stages.acceptance import actions, asked, forms, queries
from app.stages.acceptance.actions import shared
from app.stages.acceptance.actions.edits import AGREED, REVISED, check_chair
from app.stages.acceptance.forms import DossierAnswer
from app.stages.acceptance.models import Case
from app.stages.acceptance.rules import (
    CASE,
    EDITABLE,
    CaseState,
    Gate,
    gates_in,
    missing_documents,
    unfinished,
)
from app.stages.acceptance.views.blueprint import bp
from app.stages.funding import queries as funding


def lang() -> str:
    return "en" if language() == "en" else "vi"


@bp.route("/projects/<pid>/begin", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def begin(pid: str) -> Any:
    project = ready(funding.project_by_pid(current_user, pid), shared.check_begin)
    form = forms.StageForm()
    if form.validate_on_submit():
        case = actions.begin(project, by=current_user, at=clock.now())
        return done(_("The acceptance has begun. Please evaluate each product and attach the documents."), url_for(".show", pid=case.public_id))
    return render_template("acceptance/begin.html", project=project, form=form, due=queries.dossier_due(project, project.ends_on))


@bp.get("/<pid>")
@allow(Do.HUB_READ)
def show(pid: str) -> Any:
    case = or_404(_readable(pid))
    project, documents, attachments = case.project, queries.documents_of(case.project), files.of(case)
    order, passed = queries.order_of(project), queries.passed_gates(case)
    holds, may_see = funding.may_request(current_user, project), _sees(case)
    stopped = queries.early_end(project.id)
    told = (case, *(case.results if may_see else ()))  # members of a council read the case, not what became of it
    return render_template(
        "acceptance/show.html", case=case, project=project, levels=queries.levels_of(project, lang()), moves={} if stopped else dict(CASE.moves(case)), stopped=stopped, documents=documents,
        attachments=attachments, kinds=_kinds(documents), lang=lang(), late=queries.lateness(case), due=queries.next_due(case, project.decision_date), today=clock.today(),
        progress=_progress(case), gates=[(gate, gate in passed) for gate in gates_in(order)], holds=holds, editable=case.state in EDITABLE and holds and not stopped,
        missing=missing_documents(documents, {a.kind for a in attachments}), unfinished=unfinished(case.lines), promised=_promised(case),
        ready=_may_recognise(order, passed), chances=rulebook.value("acceptance.reevaluations", on=project.decision_date), may_see=may_see,
        edits=asked.edits_of(case), may_tick=case.state == CaseState.REVISING and current_user.can(Do.COUNCILS_SIT) and fits(case, check_chair),
        papers=papers.of(*told), entries=journal.timeline([journal.subject_key(row) for row in told]))  # fmt: skip


def _readable(pid: str) -> Case | None:
    """The case, for those who may see the project and for members of its council."""
    case = queries.whole_case(pid)
    return case if case is not None and subjects.may_read("acceptance_case", case, current_user) else None


def _sees(case: Case) -> bool:
    """Does this person see the project's other pages too?"""
    return queries.may_read(case.project_id, current_user)


def _promised(case: Case) -> dict[int, str]:
    return {line.id: " ".join(p for p in (line.product.quantity, line.product.unit) if p) if line.product else "" for line in case.lines}


def _kinds(documents: list[dict[str, Any]]) -> dict[str, str]:
    return {document["code"]: document[lang()] for document in documents} | {REVISED: _("Revised report"), AGREED: _("The paper that the chair signed")}


def _may_recognise(order: list[str], passed: set[Gate]) -> bool:
    own = gates_in(order)
    before = own[: own.index(Gate.RECOGNITION)] if Gate.RECOGNITION in own else own
    return all(gate in passed for gate in before)


WAY = (CaseState.PREPARING, CaseState.SUBMITTED, CaseState.VALID, CaseState.IN_SESSION, CaseState.GRADED, CaseState.RESULTS_REGISTERED, CaseState.RECOGNISED)
STANDS_AT = {CaseState.RETURNED: CaseState.PREPARING, CaseState.REVISING: CaseState.GRADED, CaseState.FAILED: CaseState.GRADED}


def _progress(case: Case) -> list[tuple[str, str]]:
    """The way of a case, with the step where it stands."""
    at = WAY.index(STANDS_AT.get(case.state, case.state))
    here = "stopped" if case.state == CaseState.FAILED else "done" if case.state == CaseState.RECOGNISED else "current"
    return [(_(case.state.label if n == at else step.label), "done" if n < at else here if n == at else "todo") for n, step in enumerate(WAY)]


@bp.route("/<pid>/self-evaluate", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def self_evaluate(pid: str) -> Any:
    case = ready(queries.case_for(current_user, pid), shared.check_own)
    written: dict[str, Any] = {"grade": case.self_grade, "note": case.self_note, "version": case.version}
    for line in case.lines:
        written |= {f"quantity_{line.position}": line.delivered_quantity, f"quality_{line.position}": line.delivered_quality, f"level_{line.position}": line.level}
    form = forms.self_evaluation(case.lines, queries.levels_of(case.project, lang()), data=written)
    if form.validate_on_submit():
        answers = {line.position: {part: form[f"{part}_{line.position}"].data for part in ("quantity", "quality", "level")} for line in case.lines}
        actions.self_evaluate(case, answers, grade=form.grade.data, note=form.note.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Self-evaluation saved."), url_for(".show", pid=pid))
    return render_template("acceptance/self_evaluate.html", case=case, project=case.project, form=form)


@bp.route("/<pid>/files", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def attachments(pid: str) -> Any:
    case = or_404(queries.case_for(current_user, pid))
    documents = queries.documents_of(case.project)
    form = forms.Attach(data={"kind": request.args.get("kind")})
    form.kind.choices = [(document["code"], document[lang()]) for document in documents]
    form.file.description = _("PDF, Word, Excel, PNG or JPEG, at most %(n)s MB.", n=rulebook.value("files.max_bytes", on=clock.today()) // 2**20)
    if form.validate_on_submit():
        actions.attach(case, kind=form.kind.data, upload=form.file.data, by=current_user, at=clock.now())
        return done(_("Document attached."), url_for(".attachments", pid=pid))
    given = files.of(case)
    return render_template("acceptance/files.html", case=case, project=case.project, form=form, documents=documents, attachments=given, kinds=_kinds(documents),
                           lang=lang(), given={a.kind for a in given}, open=case.state in EDITABLE)  # fmt: skip


@bp.route("/<pid>/files/<part>/remove", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def remove_file(pid: str, part: str) -> Any:
    case = ready(queries.case_for(current_user, pid), shared.check_own)
    found: Attachment = or_404(next((a for a in files.of(case) if a.public_id == part), None))
    form, back = forms.Remove(), url_for(".attachments", pid=pid)
    if form.validate_on_submit():
        actions.remove_file(case, found, by=current_user, at=clock.now())
        return done(_("Document taken out."), back)
    return render_template("acceptance/form.html", form=form, title=_("Take out “%(file)s”?", file=found.filename), button=_("Take out"), back=back,
                           project=case.project, danger=True)  # fmt: skip


@bp.route("/<pid>/submit", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def submit(pid: str) -> Any:
    case = ready(queries.case_for(current_user, pid), shared.check_own)
    form = forms.Submit(data={"version": case.version})
    if form.validate_on_submit():
        actions.submit(case, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Dossier submitted; the self-evaluation report is issued."), url_for(".show", pid=pid))
    rule, missing = rulebook.rule("acceptance.documents", on=case.project.decision_date), _missing(case)
    checks = [
        (not unfinished(case.lines) and bool(case.self_grade), _("Every product and the whole are evaluated."), None),
        (not missing, _("All needed documents are there.") if not missing else _("Missing: %(kinds)s.", kinds=", ".join(missing)), rule.source),
        (case.round > 1 or clock.today() <= case.due_on, _("In time: by %(day)s.", day=f"{case.due_on:%d/%m/%Y}"), None),
    ]
    return render_template("acceptance/submit.html", case=case, project=case.project, form=form, checks=checks, levels=queries.levels_of(case.project, lang()),
                           mailed=[u.name for u in people.users_with(Do.ACCEPTANCE_CHECK)])  # fmt: skip


def _missing(case: Case) -> list[str]:
    return [document[lang()] for document in missing_documents(queries.documents_of(case.project), queries.given_documents(case))]


@bp.route("/<pid>/review", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_CHECK)
@writes
def review(pid: str) -> Any:
    case = ready(queries.case_for(current_user, pid), moves(CASE, "check"), shared.check_checker)
    form = forms.Review(data={"version": case.version})
    if form.validate_on_submit():
        facts = {"seen": form.version.data, "by": current_user, "at": clock.now()}
        if form.answer.data == DossierAnswer.VALID:
            actions.check(case, remark=form.remark.data or None, **facts)
            return done(_("The dossier is valid; the answer is issued."), url_for(".show", pid=pid))
        if not form.remark.data:
            raise Incomplete(N_("Please say what is missing."), field="remark")
        actions.return_dossier(case, reason=form.remark.data, **facts)
        return done(_("Dossier returned; the answer is issued."), url_for(".show", pid=pid))
    missing = _missing(case)
    checks = [
        (not missing, _("All needed documents are there.") if not missing else _("Missing: %(kinds)s.", kinds=", ".join(missing)), None),
        (not queries.lateness(case), _("Submitted in time."), rulebook.rule("acceptance.dossier_days", on=case.project.decision_date).source),
        (case.submitted_by_id != current_user.id, _("Who submitted and who checks are two people."), None),
    ]
    documents = queries.documents_of(case.project)
    return render_template("acceptance/review.html", case=case, project=case.project, form=form, checks=checks, attachments=files.of(case),
                           kinds=_kinds(documents), levels=queries.levels_of(case.project, lang()), due=queries.next_due(case, case.project.decision_date),
                           mailed=[u.name for u in funding.holders(case.project)])  # fmt: skip


