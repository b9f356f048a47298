"""/healthz, /readyz, /metrics, and one line of log for each request."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    make_response,
    request,
)

from app.across.keeping import queries as keeping
from app.across.operation import logs, metrics, queries
from app.kernel import clock
from app.kernel.web import PUBLIC, allow

bp = Blueprint("operation", __name__)
PLAIN = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
log = logging.getLogger("vamco.request")


def init_app(app: Flask) -> None:
    """Time every request from its beginning, and log it at its end."""
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_end)
    if app.config["LOG_JSON"]:
        logs.as_json()


def _begin() -> None:
    g.begun = time.perf_counter()
    named = request.headers.get("X-Request-Id", "") if current_app.config["PROXY_HOPS"] else ""
    g.request_id = named if re.fullmatch(r"[A-Za-z0-9._-]{8,64}", named) else uuid.uuid4().hex


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("begun", time.perf_counter())
    endpoint = request.endpoint or "none"
    metrics.REQUESTS.labels(endpoint, request.method, str(response.status_code)).inc()
    metrics.SECONDS.labels(endpoint).observe(seconds)
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if current_app.config["LOG_JSON"]:
        log.info("request", extra={"told": {"method": request.method, "endpoint": endpoint, "status": response.status_code,
                                            "ms": round(seconds * 1000, 1), "bytes": response.content_length}})  # fmt: skip
    return response


@bp.get("/healthz")
@allow(PUBLIC)
def healthz() -> Any:
    return make_response("ok\n", PLAIN)


@bp.get("/readyz")
@allow(PUBLIC)
def readyz() -> Any:
    """Ready: database at head, files writable, clock not behind the journal. Mail that waits is told, and takes nobody's page away."""
    at = clock.now()
    checks = [queries.database(current_app.config["MIGRATIONS_FOLDER"]), queries.files(current_app.config["FILES_FOLDER"])]
    said: dict[str, Any] = {}
    if checks[0].holds:
        checks.append(queries.clock(at))
        said["warnings"] = [w for w in (keeping.standing(at).warning, keeping.held() and "mails are held since a restoration") if w]
        said["outbox_oldest_seconds"] = round(queries.outbox(at)["oldest_seconds"])
    ready = all(c.holds for c in checks)
    response = jsonify(ready=ready, **{c.name: c.said for c in checks}, **said)
    response.headers["Cache-Control"] = "no-store"
    return response, 200 if ready else 503


@bp.get("/metrics")
@allow(PUBLIC)
def figures() -> Any:
    """For the machine itself and for addresses of VAMCO_METRICS_FROM; nobody else learns that it is here."""
    passed_on = not current_app.config["PROXY_HOPS"] and "X-Forwarded-For" in request.headers  # through a proxy nobody told us of
    if passed_on or not metrics.may_ask(request.remote_addr, current_app.config["METRICS_FROM"]):
        abort(404)
    return make_response(metrics.text_of(clock.now()), PLAIN | {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
