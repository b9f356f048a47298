"""/transfer/map and /public/results/map: in which communes results are used, as a schematic and as a table of the same numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel.db import db
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.web import PUBLIC, allow
from app.kernel.words import N_
from app.shown import language
from app.stages.acceptance.models import Result
from app.stages.acceptance.rules import ResultKind
from app.stages.plan import queries as plans
from app.stages.transfer import communes, queries, sites
from app.stages.transfer.deskmodels import UseSite
from app.stages.transfer.public import public_bp
from app.stages.transfer.views.blueprint import bp, parts, spreadsheet


@dataclass(frozen=True)
class Mapped:
    """A commune on the schematic with what is counted there; `tone` 0 to 3 by how many results."""

    spot: communes.Spot
    row: Any
    tone: int


def _listing(user: Any) -> Listing:
    sectors = plans.sector_choices(language() == "en")
    return Listing(
        sites.counted(user=user), request.args, key=UseSite.commune, scalars=False, per_page=len(communes.province().communes),
        columns=[Column("commune", N_("Commune"), lambda r: communes.name_of(r.commune)), Column("formerly", N_("Before 01/07/2025"), lambda r: formerly(r.commune)),
                 Column("results", N_("Results in use"), lambda r: r.results), Column("users", N_("Users"), lambda r: r.users),
                 Column("area", N_("Area (ha)"), lambda r: None if r.area is None else int(r.area) / 10_000), Column("households", N_("Households"), lambda r: None if r.households is None else int(r.households))],
        filters=[Filter("q", N_("Words of the result"), queries.with_words), Filter("sector", N_("Sector"), queries.in_sector, choices=sectors),
                 Filter("kind", N_("Kind"), lambda s, v: s.where(Result.kind == ResultKind(v)), choices=[(str(k), k.label) for k in ResultKind]),
                 Filter("commune", N_("Commune"), lambda s, v: s.where(UseSite.commune == v), choices=communes.choices())],
    )  # fmt: skip


def formerly(code: str) -> str:
    """The districts in which the commune lay, as history."""
    found = communes.province().communes.get(code)
    return "; ".join(found.formerly) if found else ""


def _page(template: str, listing: Listing, **more: Any) -> Any:
    rows = sorted(db.session.execute(listing.statement).all(), key=lambda r: (-r.results, communes.name_of(r.commune)))
    known = {r.commune: r for r in rows}
    placed, height = communes.spots()
    shown = [Mapped(s, known.get(s.commune.code), min(3, known[s.commune.code].results) if s.commune.code in known else 0) for s in placed]
    return render_template(template, listing=listing, rows=rows, spots=shown, height=height, width=communes.WIDTH, province=communes.province(), name_of=communes.name_of, formerly=formerly, **more)


@bp.get("/map")
@allow(Do.HUB_READ)
def use_map() -> Any:
    return _page("transfer/map.html", _listing(current_user), parts=parts())


@bp.get("/map.xlsx")
@allow(Do.HUB_READ)
def export_map() -> Any:
    return spreadsheet(_listing(current_user), _("Communes"), "ban-do-ung-dung")


@public_bp.get("/map")
@allow(PUBLIC)
def public_use_map() -> Any:
    return _page("transfer/public_map.html", _listing(None))
