"""/transfer/planned-uses: what dossiers planned to become of their products, beside what became of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.web import allow
from app.kernel.words import N_
from app.stages.funding.models import Project
from app.stages.proposals.models import PlannedUse
from app.stages.transfer import planned
from app.stages.transfer.planned import Became
from app.stages.transfer.views.blueprint import bp, parts, spreadsheet


def planned_from(row: Any) -> date | None:
    """The month in which the use was to begin, counted from the project's beginning."""
    n = row.PlannedUse.month_from
    if n is None or row.starts_on is None:
        return None
    months = row.starts_on.year * 12 + row.starts_on.month - 1 + n - 1
    return date(months // 12, months % 12 + 1, 1)


def _planned() -> Listing:
    return Listing(
        planned.statement(current_user), request.args, key=PlannedUse.id, scalars=False, default="code",
        columns=[
            Column("code", N_("Project"), lambda r: r.code, sort=Project.code), Column("title", N_("Project title"), lambda r: r.title), Column("product", N_("Product"), lambda r: r.product),
            Column("receiver", N_("Who was to receive it"), lambda r: r.receiver, sort=PlannedUse.receiver, place=lambda r: r.PlannedUse.receiver), Column("place", N_("Where"), lambda r: r.PlannedUse.place),
            Column("how", N_("How"), lambda r: r.PlannedUse.how), Column("from", N_("Planned from"), planned_from), Column("became", N_("What became of it"), lambda r: _(Became(r.became).label)),
        ],
        filters=[Filter("q", N_("Words of the project or receiver"), planned.with_words),
                 Filter("became", N_("What became of it"), lambda s, v: s.where(planned.became() == v), choices=[(str(b), b.label) for b in Became])],
    )  # fmt: skip


@bp.get("/planned-uses")
@allow(Do.HUB_READ)
def planned_uses() -> Any:
    return render_template("transfer/planned_uses.html", listing=_planned(), parts=parts(), Became=Became, planned_from=planned_from)


@bp.get("/planned-uses.xlsx")
@allow(Do.HUB_READ)
def export_planned_uses() -> Any:
    return spreadsheet(_planned(), _("Planned and real use"), "du-kien-ung-dung")
