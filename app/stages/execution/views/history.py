"""The contract's history, and forecast against actual by head and quarter."""

from __future__ import annotations

import io
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_login import current_user

from app.downloads import download
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, or_404
from app.later import xlsxwriter
from app.shown import language
from app.stages.execution import figures, history
from app.stages.execution.views.blueprint import bp
from app.stages.funding import queries as funding


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
    return render_template("execution/forecast.html", project=project, found=figures.comparison(project, funding.contract_of(project.id)), names=figures.head_names(project, language()))


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
