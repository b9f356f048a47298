"""Why there is no answer: application/problem+json (RFC 9457) for every address below /api/."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask, Response, current_app, make_response, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from app.kernel.db import db
from app.kernel.errors import Refused
from app.kernel.web import sentence_of
from app.kernel.words import N_

TITLES = {400: N_("Wrong request"), 401: N_("Key needed"), 403: N_("Not allowed"), 404: N_("Not found"), 405: N_("Wrong method"), 409: N_("Not possible now"), 413: N_("Too large"),
          415: N_("JSON needed"), 422: N_("Wrong content"), 429: N_("Too many requests"), 500: N_("Fault of the server"), 503: N_("Very busy")}  # fmt: skip


class Problem(Exception):
    """The request cannot be answered. `errors` are (name of the parameter or field, sentence)."""

    def __init__(self, status: int, detail: str, errors: Sequence[tuple[str, str]] = (), headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.headers = status, detail, errors, headers or {}


def answer(status: int, detail: str, errors: Sequence[tuple[str, str]] = (), headers: dict[str, str] | None = None) -> Response:
    """The problem as a response."""
    title = TITLES.get(status)
    body: dict[str, Any] = {"type": "about:blank", "title": _(title) if title else str(status), "status": status, "detail": detail}
    if errors:
        body["errors"] = [{"name": name, "detail": sentence} for name, sentence in errors]
    response = make_response(json.dumps(body, ensure_ascii=False), status)
    response.headers["Content-Type"] = "application/problem+json"
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(headers or {})
    return response


def of_problem(problem: Problem) -> Response:
    """A problem that a view of ours found."""
    db.session.rollback()
    return answer(problem.status, problem.detail, problem.errors, problem.headers)


def _of_http(error: HTTPException) -> Response:
    status = error.code or 500
    allowed = {"Allow": ", ".join(sorted(methods))} if (methods := getattr(error, "valid_methods", None)) else {}
    said = {404: N_("There is nothing at this address."), 405: N_("This address does not take this method."), 413: N_("What you sent is too large."), 400: N_("The request cannot be read.")}
    return answer(status, _(said[status]) if status in said else "", headers=allowed)


def _of_refusal(refusal: Refused) -> Response:
    db.session.rollback()
    sentence = sentence_of(refusal)
    return answer(refusal.status, sentence, [(refusal.field, sentence)] if refusal.field else [])


def _of_busy(_error: Exception) -> Response:
    db.session.rollback()
    return answer(503, _("The system is very busy. Nothing was changed. Please try again in a moment."), headers={"Retry-After": "5"})


def take_over(app: Flask) -> None:
    """Below /api/ failures are problems; elsewhere they stay the pages that they are."""
    pages = app.error_handler_spec[None]
    for kind, told in ((HTTPException, _of_http), (Refused, _of_refusal), (OperationalError, _of_busy), (Exception, _of_failure)):
        usual = next(handlers[kind] for handlers in pages.values() if kind in handlers)
        app.register_error_handler(kind, _either(told, usual))
    app.register_error_handler(Problem, of_problem)


def _either(told: Callable[[Any], Any], usual: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda error: told(error) if request.path.startswith("/api/") else usual(error)


def _of_failure(error: Exception) -> Response:
    db.session.rollback()
    current_app.logger.exception("request failed: %s", type(error).__name__)
    if current_app.testing:
        raise error
    return answer(500, "")
