"""The blueprint that the views of this room hang on, and when a request arrived."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, g, request

from app.kernel import clock

bp = Blueprint("proposals", "app.stages.proposals", url_prefix="/proposals", template_folder="templates")


@bp.url_value_preprocessor
def _note_arrival(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything waits for the database: a busy server must not make a timely dossier late.

    Behind a trusted proxy that is the moment at which the proxy took the request in, else the one at which we did.
    """
    stamp = request.headers.get("X-Request-Start", "") if current_app.config["PROXY_HOPS"] else ""
    g.arrived_at = clock.stamped(stamp, clock.now())


def arrived() -> datetime:
    """When this request came in."""
    at: datetime = g.arrived_at
    return at
