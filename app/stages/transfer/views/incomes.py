"""What contracts brought: the list, one more period, an entry cancelled."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import moves, ready
from app.kernel import clock
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.stages.transfer import deskforms, forms, incomes, queries
from app.stages.transfer.actions import shared
from app.stages.transfer.deskmodels import Income
from app.stages.transfer.sharing import INCOME, IncomeState
from app.stages.transfer.views.blueprint import bp, parts, spreadsheet
from app.stages.transfer.views.handovers import of_title


def _incomes() -> Listing:
    return Listing(
        incomes.statement(current_user), request.args, key=Income.id, default="-to",
        columns=[
            Column("result", N_("Result"), lambda i: i.result.title), Column("project", N_("Project"), lambda i: i.project.code), Column("contract", N_("Contract"), lambda i: i.agreement.number),
            Column("recipient", N_("Receiving party"), lambda i: i.agreement.recipient_said), Column("from", N_("From"), lambda i: i.from_on, sort=Income.from_on), Column("to", N_("To"), lambda i: i.to_on, sort=Income.to_on),
            Column("revenue", N_("Revenue"), lambda i: i.revenue, sort=Income.revenue), Column("profit", N_("After-tax profit"), lambda i: i.profit, sort=Income.profit),
            Column("authors", N_("Authors"), lambda i: i.split["authors"]), Column("intermediary", N_("Intermediary"), lambda i: i.split["intermediary"]), Column("host", N_("Host"), lambda i: i.split["host"]),
            Column("document", N_("Document"), lambda i: i.document), Column("state", N_("State"), lambda i: _(i.state.label)),
        ],
        filters=[Filter("q", N_("Words of the result"), lambda s, v: of_title(Income, s, v)),
                 Filter("state", N_("State"), lambda s, v: s.where(Income.state == IncomeState(v)), choices=[(str(x), x.label) for x in IncomeState]),
                 Filter("year", N_("Year"), lambda s, v: s.where(Income.to_on.between(date(int(v), 1, 1), date(int(v), 12, 31))), choices=[(str(y), str(y)) for y in range(clock.today().year, 2014, -1)])],
    )  # fmt: skip


@bp.get("/incomes")
@allow(Do.HUB_READ)
def list_incomes() -> Any:
    return render_template("transfer/incomes.html", listing=_incomes(), parts=parts())


@bp.get("/incomes.xlsx")
@allow(Do.HUB_READ)
def export_incomes() -> Any:
    return spreadsheet(_incomes(), _("Income of contracts"), "thu-tu-hop-dong")


@bp.route("/agreements/<pid>/record-income", methods=["GET", "POST"])
@allow(Do.TRANSFER_HAND_OVER)
@writes
def record_income(pid: str) -> Any:
    row = ready(queries.agreement_for(current_user, pid), incomes.check_income)
    author, middle = row.author_share or 0, row.intermediary_share or 0
    form, back = deskforms.RecordIncome(data={"author_share": author, "intermediary_share": middle, "host_share": 100 - author - middle}), url_for(".agreement", pid=pid)
    if form.validate_on_submit():
        names = ("from_on", "to_on", "revenue", "profit", "author_share", "intermediary_share", "host_share", "document")
        incomes.record(row, **{name: form[name].data for name in names}, by=current_user, at=clock.now())
        return done(_("Recorded, and the profit shared."), back)
    return render_template("transfer/form.html", form=form, title=_("Record what the contract brought"), button=_("Record and share"), back=back, project=row.project, mailed=[],
                           about=_("The profit after tax is shared by these percentages; the authors' part by each member's share of the result."))  # fmt: skip


@bp.route("/agreements/<pid>/incomes/<part>/cancel", methods=["GET", "POST"])
@allow(Do.TRANSFER_VERIFY)
@writes
def cancel_income(pid: str, part: str) -> Any:
    row = or_404(queries.agreement_for(current_user, pid))
    found = ready(incomes.by_pid(row, part), moves(INCOME, "cancel_income"), shared.check_apart)
    form, back = forms.Reason(data={"version": found.version}), url_for(".agreement", pid=pid)
    if form.validate_on_submit():
        incomes.cancel(found, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The entry is cancelled."), back)
    return render_template("transfer/form.html", form=form, title=_("Cancel this entry"), button=_("Cancel this entry"), back=back, project=row.project, mailed=[], about=None)
