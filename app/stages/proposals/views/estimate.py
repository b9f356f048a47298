"""The estimate from and to Excel: pasted rows, a workbook in, a workbook out."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.downloads import download
from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.kernel.words import N_
from app.services.files.rules import check_upload, clean_name
from app.services.rulebook import queries as rulebook
from app.shown import language, money
from app.stages.proposals import budgeting, costs, estimate, forms, promises, queries
from app.stages.proposals.models import BudgetLine, Proposal
from app.stages.proposals.rules import totals
from app.stages.proposals.views.blueprint import bp, writable
from app.stages.proposals.views.budget import heads_of, listing_of

MOST_FAULTS = 100


@bp.get("/<pid>/budget.xlsx")
@allow(SIGNED_IN)
def budget_xlsx(pid: str) -> Any:
    row = or_404(queries.proposal_for(current_user, pid))
    heads = queries.heads(clock.today(), row.call_topic.call)
    lines = list(db.session.scalars(listing_of(row, heads_of(row)).statement.order_by(BudgetLine.id)))
    norms = promises.rulings(row, on=clock.today())["proposals.norms"].value
    return download(budgeting.workbook(lines, heads, [costs.norm_of(b, norms) for b in lines]), f"du-toan-{row.code or row.public_id[:8]}.xlsx")


@bp.route("/<pid>/budget/lines", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def budget_lines(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    heads = queries.heads(clock.today(), row.call_topic.call)
    form = forms.Lines(data={"version": row.version, "how": "replace"})
    form.how.choices = [("replace", _("Put them in the place of the %(n)s lines that are there", n=len(row.lines))), ("add", _("Add them to the lines that are there"))]
    faults: list[budgeting.Fault] = []
    if form.validate_on_submit():
        table = _table(form, heads)
        faults = table.faults or estimate.faults_of(row, table.lines)
        if not faults:
            estimate.put_lines(row, table.lines, replace=form.how.data == "replace", seen=form.version.data, by=current_user, at=clock.now())
            return done(_told(row, len(table.lines)), url_for(".budget", pid=pid))
        form.text.errors = [_("Nothing was taken over: %(n)s cells cannot be used. They are listed below.", n=len(faults))]
    return render_template("proposals/budget_lines.html", proposal=row, form=form, ceiling=queries.ceiling_of(row), heads=_names(heads), columns=budgeting.COLUMNS,
                           faults=[(f.row, f.column, _(f.message, **f.params)) for f in faults[:MOST_FAULTS]], more=max(0, len(faults) - MOST_FAULTS))  # fmt: skip


def _names(heads: dict[str, dict[str, Any]]) -> list[str]:
    return [h["en" if language() == "en" else "vi"] for h in heads.values()]


def _table(form: forms.Lines, heads: dict[str, dict[str, Any]]) -> budgeting.Table:
    """The lines of the workbook when there is one, else of the pasted text."""
    upload = form.file.data
    if not upload or not upload.filename:
        if not form.text.data:
            raise Incomplete(N_("Paste rows from Excel here, or choose a workbook."), field="text")
        return budgeting.pasted(form.text.data, heads)
    name, limit = clean_name(upload.filename), int(rulebook.value("files.max_bytes", on=clock.today()))
    if not name.lower().endswith(".xlsx"):
        raise Incomplete(N_("Please send an Excel workbook (.xlsx)."), field="file")
    upload.stream.seek(0)
    content = upload.stream.read(limit + 1)
    check_upload(name, content, largest=limit)
    return budgeting.read_workbook(content, heads)


def _told(row: Proposal, count: int) -> str:
    sums, ceiling = totals(row.lines), queries.ceiling_of(row)
    told = _("%(n)s lines taken over. The budget is now %(all)s, of which %(state)s from the State budget.", n=count, all=money(sums["all"]), state=money(sums["state"]))
    if ceiling is not None and sums["state"] > ceiling:
        told += " " + _("That is %(over)s more than the ceiling of %(ceiling)s.", over=money(sums["state"] - ceiling), ceiling=money(ceiling))
    return told
