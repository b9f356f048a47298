"""/acceptance/results/<pid>/…: what the result is by its kind, its protection, its files."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import moves, ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.stages.acceptance import forms, queries, resultfacts, resultforms
from app.stages.acceptance.actions import shared
from app.stages.acceptance.resultkinds import RIGHT
from app.stages.acceptance.views.blueprint import bp


def _form(form: Any, title: str, button: str, row: Any, **more: Any) -> Any:
    return render_template("acceptance/form.html", form=form, title=title, button=button, back=url_for(".result", pid=row.public_id), project=row.project, **more)


@bp.route("/results/<pid>/details", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def details(pid: str) -> Any:
    row = ready(queries.result_for(current_user, pid), shared.check_drafted)
    form = resultforms.details(row.kind, resultfacts.details_of(row), row.version)
    if form.validate_on_submit():
        resultfacts.write_details(row, {f.short_name: f.data for f in form.shown()}, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for(".result", pid=pid))
    return _form(form, _("Details: %(kind)s", kind=_(row.kind.label)), _("Save"), row)


@bp.route("/results/<pid>/rights/file", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def file_right(pid: str) -> Any:
    row = ready(queries.result_for(current_user, pid), resultfacts.check_keeper)
    form = resultforms.FileRight(data={"title": row.title, "applicant": row.project.host.name})
    if form.validate_on_submit():
        resultfacts.file_right(row, kind=form.kind.data, title=form.title.data, applicant=form.applicant.data, number=form.number.data, applied_on=form.applied_on.data,
                               by=current_user, at=clock.now())  # fmt: skip
        return done(_("The application is written down."), url_for(".result", pid=pid))
    return _form(form, _("Write down an application for protection"), _("Save"), row)


@bp.route("/results/<pid>/rights/<right>/grant", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def grant_right(pid: str, right: str) -> Any:
    row = ready(queries.result_for(current_user, pid), resultfacts.check_keeper)
    found = ready(resultfacts.right_by_pid(row, right), moves(RIGHT, "grant_right"))
    form = resultforms.GrantRight(data={"version": found.version})
    if form.validate_on_submit():
        resultfacts.grant_right(found, row, number=form.number.data, granted_on=form.granted_on.data, expires_on=form.expires_on.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The title is written down."), url_for(".result", pid=pid))
    return _form(form, _("Record the title"), _("Save"), row)


@bp.route("/results/<pid>/rights/<right>/end", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def end_right(pid: str, right: str) -> Any:
    row = ready(queries.result_for(current_user, pid), resultfacts.check_keeper)
    found = ready(resultfacts.right_by_pid(row, right), moves(RIGHT, "refuse_right", "lapse_right"))
    form = resultforms.EndRight(data={"version": found.version})
    if form.validate_on_submit():
        resultfacts.end_right(found, row, ended_on=form.ended_on.data, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Written down."), url_for(".result", pid=pid))
    return _form(form, _("Record the refusal") if RIGHT.may(found, "refuse_right") else _("Record that it lapsed"), _("Save"), row)


@bp.route("/results/<pid>/attach", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def attach_to_result(pid: str) -> Any:
    row = ready(queries.result_for(current_user, pid), resultfacts.check_keeper)
    form = resultforms.AttachToResult()
    if form.validate_on_submit():
        resultfacts.attach(row, form.file.data, form.access.data, by=current_user, at=clock.now())
        return done(_("The file is attached."), url_for(".result", pid=pid))
    return _form(form, _("Attach a file to the result"), _("Attach"), row, files=True)


@bp.route("/results/<pid>/files/<part>/detach", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def detach_from_result(pid: str, part: str) -> Any:
    row = ready(queries.result_for(current_user, pid), resultfacts.check_keeper)
    found = or_404(next((a for a in resultfacts.files_for(current_user, row) if a.public_id == part), None))
    form = forms.Remove()
    if form.validate_on_submit():
        resultfacts.detach(row, found, by=current_user, at=clock.now())
        return done(_("The file is taken out."), url_for(".result", pid=pid))
    return _form(form, _("Take out %(name)s", name=found.filename), _("Take the file out"), row, danger=True)
