"""The contract's history, and forecast against actual by head and quarter."""

from __future__ import annotations

import io
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, ready
from app.downloads import download
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.later import xlsxwriter
from app.shown import language
from app.stages.execution import actions, figures, forms, history
from app.stages.execution.actions import shared
from app.stages.execution.spending import quarter_of, quarters
from app.stages.execution.views.blueprint import bp
from app.stages.execution.views.changes import check_estimate
from app.stages.funding import queries as funding

REVISE = (shared.check_running, shared.check_holder, check_estimate)


@bp.get("/projects/<pid>/history")
@allow(Do.HUB_READ)
def contract_history(pid: str) -> Any:
    project = or_404(funding.project_by_pid(current_user, pid))
    contract = funding.contract_of(project.id)
    return render_template("execution/history.html", project=project, contract=contract, history=history.history(project, contract), today=clock.today())


@bp.get("/projects/<pid>/forecast")
@allow(Do.HUB_READ)
def forecast(pid: str) -> Any:
    project = or_404(funding.project_by_pid(current_user, pid))
    return render_template("execution/forecast.html", project=project, found=figures.comparison(project, funding.contract_of(project.id)), names=figures.head_names(project, language()),
                           may_revise=fits(project, *REVISE))  # fmt: skip


@bp.route("/projects/<pid>/forecast/revise", methods=["GET", "POST"])
@allow(Do.EXECUTION_REPORT)
@writes
def revise_forecast(pid: str) -> Any:
    """The quarters to come, head by head, as the host means to spend them."""
    project = ready(funding.project_by_pid(current_user, pid), *REVISE)
    contract = shared.running(project)
    names, allowed = figures.head_names(project, language()), figures.estimate(project)
    ahead = [q for q in quarters(contract.starts_on, contract.ends_on) if q >= quarter_of(clock.today())]
    heads = {head: names.get(head, head) for head in dict.fromkeys(head for head, _year in allowed)}
    form, now = forms.forecast_form(heads, ahead, set(allowed))(), figures.planned(project, contract.starts_on, contract.ends_on)
    cells = {(head, q): form[f"cell_{head}_{q.key}"] for head in heads for q in ahead if (head, q.year) in allowed}
    if request.method == "GET":
        for key, cell in cells.items():
            cell.data = now.get(key, 0)
    if form.validate_on_submit():
        actions.revise_forecast(project, {key: cell.data or 0 for key, cell in cells.items()}, by=current_user, at=clock.now())
        return done(_("Forecast kept."), url_for(".forecast", pid=pid))
    return render_template("execution/revise_forecast.html", project=project, form=form, heads=heads, quarters=ahead, cells=cells, allowed=allowed)


@bp.get("/projects/<pid>/forecast.xlsx")
@allow(Do.HUB_READ)
def forecast_export(pid: str) -> Any:
    project = or_404(funding.project_by_pid(current_user, pid))
    found, names = figures.comparison(project, funding.contract_of(project.id)), figures.head_names(project, language())
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    bold, number = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
    heads = [_("Budget head"), _("Estimate"), _("Forecast so far"), _("Spent")]
    for q in found.quarters:
        said = _("Q%(n)s/%(year)s", n=q.number, year=q.year)
        heads += [f"{said}: {_('forecast')}", f"{said}: {_('actual')}"]
    for at, label in enumerate(heads):
        sheet.write_string(0, at, label, bold)
    for line, row in enumerate(found.rows, start=1):
        sheet.write_string(line, 0, names.get(row.head, row.head))
        for at, value in enumerate([row.allowed, row.due, row.spent, *(v for cell in row.cells for v in cell)], start=1):
            if value is not None:
                sheet.write_number(line, at, value, number)
    sheet.freeze_panes(1, 1)
    sheet.autofit()
    book.close()
    return download(buffer.getvalue(), "du-kien-thuc-te.xlsx")
