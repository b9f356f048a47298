"""/public/api: how the interface works. /public/data: the open data as files, with licence and dictionary."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.across.api import asking
from app.across.api.declared import Asked, Kind, Resource
from app.across.api.partners import REPORTS, RESTRICTED
from app.across.api.public import PUBLIC as OPEN
from app.downloads import download
from app.kernel import clock
from app.kernel.db import db
from app.kernel.web import PUBLIC, allow, or_404
from app.kernel.words import N_
from app.pace import Pace

pages_bp = Blueprint("api", __name__, template_folder="templates")
MOST_ROWS = 100_000
FRESH_SECONDS = 60
FILES = Pace("data.files", most=30)  # of one address
KINDS = {Kind.TEXT: N_("text"), Kind.NUMBER: N_("whole number"), Kind.MONEY: N_("whole number of đồng"), Kind.DAY: N_("day, as 2026-03-02"), Kind.MOMENT: N_("instant, in UTC"), Kind.YES: N_("yes or no"),
         Kind.ADDRESS: N_("address"), Kind.PARTS: N_("parts, in JSON only")}  # fmt: skip


def _asked() -> Asked:
    return asking.asked_by(None)


@pages_bp.get("/public/api")
@allow(PUBLIC)
def guide() -> Any:
    base = str(current_app.config["PUBLIC_BASE_URL"]).rstrip("/")
    asked = _asked()
    filters = {r.name: [(f.name, f.label) for f in r.filters(asked)] for r in (*OPEN, *RESTRICTED)}
    return _kept(render_template("api/guide.html", open=OPEN, restricted=RESTRICTED, reports=REPORTS, base=base, filters=filters, pace=current_app.config["API_PER_MINUTE"], longest=asking.LONGEST_PAGE))


@pages_bp.get("/public/data")
@allow(PUBLIC)
def data() -> Any:
    asked = _asked()
    counts = select(*(select(func.count()).select_from(r.statement(asked).with_only_columns(r.key, maintain_column_froms=True).subquery()).scalar_subquery() for r in OPEN))
    numbers = dict(zip((r.name for r in OPEN), db.session.execute(counts).one(), strict=True))
    return _kept(render_template("api/data.html", open=OPEN, numbers=numbers, kinds=KINDS, at=clock.now(), licence=_licence()))


def _licence() -> tuple[str, str]:
    return current_app.config["OPEN_DATA_LICENCE"], current_app.config["OPEN_DATA_LICENCE_URL"]


def _kept(page: str) -> Response:
    """A page that is the same for all visitors: kept for a minute, 304 while it is the same."""
    response = Response(page, mimetype="text/html")
    response.add_etag()
    return response.make_conditional(request)


def _rows(resource: Resource, asked: Asked) -> list[dict[str, Any]]:
    found = db.session.execute(resource.statement(asked).order_by(None).order_by(resource.key).limit(MOST_ROWS))
    return [resource.told(row, asked) for row in (found.unique().scalars() if resource.scalars else found)]


def _file(name: str) -> tuple[Resource, list[dict[str, Any]]] | Response:
    resource = or_404(next((r for r in OPEN if r.name == name), None))
    if FILES.exceeded(request.remote_addr, clock.now()):
        return Response(_("Too many requests. Please wait %(seconds)s seconds.", seconds=60), 429, {"Retry-After": "60"}, mimetype="text/plain")
    return resource, _rows(resource, _asked())


def _answer(content: str, name: str, kind: str) -> Response:
    response = download(content.encode(), name, kind)
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    return response.make_conditional(request)


def _cell(value: Any) -> Any:
    """A value for a table; what a spreadsheet would take for a formula is marked as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


@pages_bp.get("/public/data/<name>.csv")
@allow(PUBLIC)
def table(name: str) -> Response:
    """All rows as CSV (RFC 4180) in UTF-8, with the mark that spreadsheets look for."""
    found = _file(name)
    if isinstance(found, Response):
        return found
    resource, rows = found
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([f.name for f in resource.columns])
    writer.writerows([_cell(row[f.name]) for f in resource.columns] for row in rows)
    return _answer("\ufeff" + out.getvalue(), f"{name}.csv", "text/csv; charset=utf-8")


@pages_bp.get("/public/data/<name>.json")
@allow(PUBLIC)
def records(name: str) -> Response:
    """All rows as JSON, with licence, day, number of rows and dictionary."""
    found = _file(name)
    if isinstance(found, Response):
        return found
    resource, rows = found
    licence, address = _licence()
    fields = [{"name": f.name, "type": str(f.kind), "unit": f.unit or None, "meaning": _(f.meaning), "values": [str(v) for v in f.values] or None} for f in resource.fields]
    body = {"title": _(resource.title), "about": _(resource.about), "licence": licence, "licence_url": address, "day": clock.today().isoformat(), "count": len(rows), "fields": fields, "rows": rows}
    return _answer(json.dumps(body, ensure_ascii=False), f"{name}.json", "application/json")
