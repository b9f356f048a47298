"""The work description revised after the appraisal: written by the applicant section by section, looked at by the officer as differences."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.services.questionnaires import queries as questionnaires
from app.services.questionnaires.forms import Sheet
from app.services.questionnaires.rules import said, section_of
from app.shown import language
from app.stages.funding import desk, deskforms, ledger, queries, revising
from app.stages.funding.deskforms import RevisionAnswer
from app.stages.funding.models import Appraisal, WorkRevision
from app.stages.funding.rules import REVISION
from app.stages.funding.views.blueprint import bp
from app.stages.proposals import texts


def _revision(pid: str) -> tuple[Appraisal, WorkRevision]:
    """The appraisal and its revision, for the Department and for who speaks for the dossier."""
    row: Appraisal = or_404(queries.appraisal_by_pid(pid))
    or_404(current_user.can(Do.FUNDING_READ) or desk.answers_for(row.proposal, current_user) or None)
    return row, or_404(revising.of(row))


def _named(section: dict[str, Any]) -> str:
    return f"{section.get('number', '')}. {said(section['label'], language())}".lstrip(". ")


@bp.get("/appraisals/<pid>/revision")
@allow(SIGNED_IN)
def revision(pid: str) -> Any:
    appraisal, row = _revision(pid)
    changes = revising.changes_of(row, language())
    revised = {change.section for change in changes}
    sections = [(s["code"], _named(s), s["code"] in revised) for s in revising.form_of(row).definition["sections"]]
    writes_here = fits(row, revising.check_revisable)
    return render_template("funding/revision.html", appraisal=appraisal, revision=row, changes=changes, sections=sections, writes_here=writes_here, today=clock.today(),
                           decides=current_user.can(Do.FUNDING_APPRAISE) and REVISION.may(row, "accept"), changed_lines=[line for line in appraisal.lines if line.allowed != line.asked],
                           sums=ledger.totals(appraisal.lines), parts=ledger.parts(appraisal.lines))  # fmt: skip


@bp.route("/appraisals/<pid>/revision/sections/<section>", methods=["GET", "POST"])
@allow(Do.FUNDING_REQUEST)
@writes
def revise_section(pid: str, section: str) -> Any:
    appraisal, row = _revision(pid)
    ready(row, revising.check_revisable)
    definition = revising.form_of(row).definition
    found = or_404(section_of(definition, section))
    form = deskforms.ReviseSection(_sheet(row, definition, section), data={"version": row.version})
    if form.wish.startswith(("add:", "remove:")) and "refusal" not in g:
        code = form.sheet.change_rows(form.wish)
        revising.save(row, _answers(form, section), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for(".revise_section", pid=pid, section=section, _anchor=code))
    if form.validate_on_submit():
        revising.save(row, _answers(form, section), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for(".revision", pid=pid))
    return render_template("funding/revise_section.html", form=form, appraisal=appraisal, revision=row, title=_named(found))


def _sheet(row: WorkRevision, definition: Any, section: str) -> Sheet:
    alone = texts.only(definition, section, row.answers)
    choices = questionnaires.choices_for(alone, on=clock.today(), lang=language())
    return Sheet(alone, {c: row.answers.get(c) for c in texts.codes_of(alone, section)}, choices=choices, lang=language(), around=(definition, row.answers))


def _answers(form: deskforms.ReviseSection, section: str) -> dict[str, Any]:
    return {code: form.sheet.answers.get(code) for code in texts.codes_of(form.sheet.definition, section)}


@bp.route("/appraisals/<pid>/revision/submit", methods=["GET", "POST"])
@allow(Do.FUNDING_REQUEST)
@writes
def submit_revision(pid: str) -> Any:
    appraisal, row = _revision(pid)
    ready(row, revising.check_revisable)
    form = deskforms.HandIn(obj=row)
    if form.validate_on_submit():
        revising.submit(row, note=form.note.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Handed in. The officer looks at the differences."), url_for(".revision", pid=pid))
    officer = queries.person(appraisal.concluded_by_id)
    return render_template("funding/submit_revision.html", form=form, appraisal=appraisal, revision=row, changes=revising.changes_of(row, language()), mailed=[officer.name] if officer else [])


@bp.route("/appraisals/<pid>/revision/decide", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def decide_revision(pid: str) -> Any:
    appraisal, row = _revision(pid)
    ready(row, moves(REVISION, "accept"))
    form = deskforms.DecideRevision(data={"version": row.version})
    if form.validate_on_submit():
        if form.answer.data == RevisionAnswer.ACCEPT:
            revising.accept(row, seen=form.version.data, by=current_user, at=clock.now())
            return done(_("The revised work description is accepted."), url_for(".appraisal", pid=pid))
        revising.give_back(row, remark=form.remark.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Returned to the applicant."), url_for(".appraisal", pid=pid))
    return render_template("funding/decide_revision.html", form=form, appraisal=appraisal, revision=row, changes=revising.changes_of(row, language()),
                           changed_lines=[line for line in appraisal.lines if line.allowed != line.asked],
                           mailed=[u.name for u in queries.holders_of_proposal(appraisal.proposal)])  # fmt: skip
