"""Import: upload, read the report, then write."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.stages.plan import actions, forms, queries, shape
from app.stages.plan.checking import LARGEST, Problem
from app.stages.plan.views.blueprint import bp


@bp.route("/import", methods=["GET", "POST"])
@allow(Do.PLAN_IMPORT)
@writes
def import_plan() -> Any:
    form, problems = forms.Import(), []
    if form.validate_on_submit():
        name = form.file.data.filename
        data, problems = actions.read_file(name, form.file.data.read(LARGEST + 1))
        if not actions.errors(problems):
            kept = actions.keep_upload(name, data, by=current_user, at=clock.now())
            return done(_("The file is good. Nothing is written yet."), url_for(".upload", pid=kept.public_id))
        form.file.errors = [_("This file has mistakes; nothing was imported. The report below names each.")]
    return render_template("plan/import.html", form=form, problems=told(problems))


def told(problems: list[Problem]) -> list[tuple[str, str, bool]]:
    """(place, sentence, is it only a warning) in the language of the page."""
    return [(_place(p), _(p.message) % p.params if p.params else _(p.message), p.warning) for p in problems]


def _place(problem: Problem) -> str:
    if problem.line:
        return _("line %(number)s", number=problem.line) + f": {problem.path}"
    return problem.place or problem.path or "–"


@bp.route("/uploads/<pid>", methods=["GET", "POST"])
@allow(Do.PLAN_IMPORT)
@writes
def upload(pid: str) -> Any:
    row = or_404(queries.upload_for(current_user.id, pid))
    problems = actions.check(row.content)
    form = forms.Known()
    form.agree.required = form.agree.flags.required = bool(problems)
    if form.validate_on_submit():
        plan, new = actions.import_plan(dict(row.content), by=current_user, at=clock.now())
        message = _("Plan %(number)s is imported as a draft.", number=plan.number) if new else _("This plan is already here: nothing was changed.")
        return done(message, url_for(".show", pid=plan.public_id))
    content = shape.of_file(row.content) if not actions.errors(problems) else None
    return render_template("plan/upload.html", upload=row, form=form, content=content, problems=told(problems), known=_known(content),
                           count=sum(len(x["items"]) for x in content["sectors"]) if content else 0)  # fmt: skip


def _known(content: shape.Shape | None) -> Any:
    return queries.plan_by_number(content["plan"]["number"]) if content else None
