"""The files beside a report: see, attach, take out."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.services.files import queries as files
from app.services.rulebook import queries as rulebook
from app.shown import language
from app.stages.execution import actions, forms, queries
from app.stages.execution.actions import evidence as acts
from app.stages.execution.models import Report
from app.stages.execution.views.blueprint import bp


def kinds_of(report: Report) -> dict[str, str]:
    """The kinds of files a report may have, in the reader's language."""
    return {document["code"]: document[language()] for document in queries.evidence_kinds(report.project)}


@bp.route("/reports/<pid>/files", methods=["GET", "POST"])
@allow(Do.EXECUTION_REPORT)
@writes
def report_files(pid: str) -> Any:
    row = ready(queries.report_for(current_user, pid), acts.check_writing)
    form, kinds = forms.Evidence(), kinds_of(row)
    form.kind.choices = list(kinds.items())
    form.file.description = _("PDF, Word, Excel, PNG or JPEG, at most %(n)s MB.", n=rulebook.value("files.max_bytes", on=clock.today()) // 2**20)
    if form.validate_on_submit():
        actions.attach_evidence(row, kind=form.kind.data, upload=form.file.data, by=current_user, at=clock.now())
        return done(_("File attached."), url_for(".report_files", pid=pid))
    return render_template("execution/files.html", report=row, project=row.project, form=form, kinds=kinds, attachments=files.of(row))


@bp.route("/reports/<pid>/files/<part>/remove", methods=["GET", "POST"])
@allow(Do.EXECUTION_REPORT)
@writes
def remove_report_file(pid: str, part: str) -> Any:
    row = ready(queries.report_for(current_user, pid), acts.check_writing)
    found = or_404(next((a for a in files.of(row) if a.public_id == part), None))
    form, back = forms.StageForm(), url_for(".report_files", pid=pid)
    if form.validate_on_submit():
        actions.remove_evidence(row, found, by=current_user, at=clock.now())
        return done(_("File taken out."), back)
    return render_template("execution/form.html", form=form, title=_("Take out “%(file)s”?", file=found.filename), button=_("Take out"), back=back, project=row.project)
