"""/api/v1: lists and single rows of every resource, reports of partners, the description."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, make_response, request
from flask_babel import gettext as _

from app.across.api import asking, openapi, problems, reading
from app.across.api.declared import Report, Resource
from app.across.api.pages import pages_bp
from app.across.api.partners import REPORTS, RESTRICTED
from app.across.api.problems import Problem
from app.across.api.public import PUBLIC as OPEN
from app.extensions import csrf
from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import Refused
from app.kernel.listing import Listing
from app.kernel.web import PUBLIC, allow, writes

bp = Blueprint("api_v1", __name__, url_prefix="/api/v1")
public_bp = pages_bp
csrf.exempt(bp)
FRESH_SECONDS = 60
RESOURCES = (*OPEN, *RESTRICTED)


def init_app(app: Flask) -> None:
    """Failures below /api/ are told as problems."""
    problems.take_over(app)
    app.after_request(asking.pace_headers)


def _base() -> str:
    return str(current_app.config["PUBLIC_BASE_URL"]).rstrip("/")


def _answer(body: dict[str, Any], *, open_to_all: bool) -> Response:
    """JSON with an ETag; 304 while it is the same. Public answers may be kept for a minute and read by pages of others."""
    response = make_response(json.dumps(body, ensure_ascii=False))
    response.headers["Content-Type"] = "application/json"
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}" if open_to_all else "private, no-cache"
    response.vary.update(["Authorization", "Accept-Language"])
    if open_to_all:
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    return response.make_conditional(request)


def _list(resource: Resource) -> Callable[[], Response]:
    def view() -> Response:
        key = asking.enter(resource.scope)
        asked = asking.asked_by(key)
        filters = resource.filters(asked)
        values, length = asking.values(filters), asking.page_length()
        after = asking.unsigned(resource.name, values)
        listing = Listing(resource.statement(asked), values | {"after": after}, key=resource.key, columns=[], filters=filters, per_page=length, scalars=resource.scalars)
        rows = [resource.told(row, asked) for row in listing.rows]
        following = None
        if (more := listing.next_args) is not None:
            cursor = asking.sign(resource.name, values, more["after"])
            limit = {"limit": str(length)} if "limit" in request.args else {}
            following = f"{_base()}{resource.path}?{asking.query(values | limit | {'after': cursor})}"
        return _answer({resource.name.replace("-", "_"): rows, "next": following}, open_to_all=key is None)

    return view


def _single(resource: Resource) -> Callable[[str], Response]:
    def view(pid: str) -> Response:
        key = asking.enter(resource.scope)
        asking.nothing_asked()
        asked = asking.asked_by(key)
        if resource.one is not None:
            found = resource.one(pid, asked) if pid.isprintable() else None
        else:
            row = db.session.execute(resource.statement(asked).where(resource.pid == pid)).first() if pid.isprintable() else None
            found = resource.told(row, asked) if row is not None else None
        if found is None:
            raise Problem(404, _("There is nothing at this address."))
        return _answer(found, open_to_all=key is None)

    return view


def _take(report: Report) -> Callable[[str], Response]:
    def view(pid: str) -> Response:
        refusal: Refused | None = g.pop("refusal", None)
        if refusal is not None:  # what was tried was refused: that is the answer
            raise refusal
        key = asking.enter(report.scope)
        asking.nothing_asked()
        said = reading.content(report)
        if key is None or not pid.isprintable():
            raise Problem(404, _("There is nothing at this address."))
        row, is_new = report.act(pid, said, key, clock.now())
        response = make_response(json.dumps({f.name: f.of(row) for f in report.answer}, ensure_ascii=False), 201 if is_new else 200)
        response.headers["Content-Type"] = "application/json"
        response.headers["Cache-Control"] = "no-store"
        return response

    return view


def _register() -> None:
    for resource in RESOURCES:
        name = resource.name.replace("-", "_")
        bp.add_url_rule(f"/{resource.name}", name, allow(PUBLIC)(_list(resource)), methods=["GET"])
        bp.add_url_rule(f"/{resource.name}/<pid>", f"{name}_one", allow(PUBLIC)(_single(resource)), methods=["GET"])
    for report in REPORTS:
        bp.add_url_rule(f"/{report.of}/<pid>/{report.name}", f"{report.of}_{report.name}", allow(PUBLIC)(writes(_take(report))), methods=["POST"])


_register()


@bp.get("/openapi.json")
@allow(PUBLIC)
def openapi_json() -> Response:
    """What all of these answer, for programs that read such descriptions."""
    asking.enter(None)
    asking.nothing_asked()
    asked = asking.asked_by(None)
    return _answer(openapi.document(RESOURCES, REPORTS, asked, title=_("Vàm Cỏ, interface for programs"), base_url=_base()), open_to_all=True)
