"""/ and /public: the portal. And /healthz, /readyz for who runs the server."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, make_response, render_template
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.across.portal import queries
from app.kernel import clock
from app.kernel.db import db
from app.kernel.shown import language
from app.kernel.web import PUBLIC, allow, or_404
from app.stages.calls import queries as call_queries

bp = Blueprint("portal", __name__, template_folder="templates")


@bp.get("/")
@allow(PUBLIC)
def home() -> Any:
    return render_template("portal/home.html", plan=queries.plan_shown(language() == "en"), calls=call_queries.open_calls(clock.now()))


@bp.get("/public/plan")
@allow(PUBLIC)
def plan() -> Any:
    return render_template("portal/plan.html", plan=or_404(queries.plan_shown(language() == "en")))


@bp.get("/public/plan/<code>")
@allow(PUBLIC)
def sector(code: str) -> Any:
    shown = or_404(queries.plan_shown(language() == "en"))
    found = or_404(next((s for s in shown["sectors"] if s["code"] == code), None))
    return render_template("portal/sector.html", plan=shown, sector=found)


@bp.get("/public/calls")
@allow(PUBLIC)
def calls() -> Any:
    return render_template("portal/calls.html", calls=call_queries.public_calls(clock.now()))


@bp.get("/public/calls/<pid>")
@allow(PUBLIC)
def call(pid: str) -> Any:
    return render_template("portal/call.html", call=or_404(call_queries.public_call(pid, clock.now())))


@bp.get("/healthz")
@allow(PUBLIC)
def healthz() -> Any:
    return make_response("ok\n", {"Content-Type": "text/plain; charset=utf-8"})


@bp.get("/readyz")
@allow(PUBLIC)
def readyz() -> Any:
    try:
        db.session.execute(text("SELECT 1 FROM plan LIMIT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(database="unreachable or not migrated"), 503
    return jsonify(database="ok")
