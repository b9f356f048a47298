"""The blueprint of the portal. A visitor's page may be kept for a minute."""

from __future__ import annotations

from flask import Blueprint, Response, request, session
from flask_login import current_user

from app.shown import language

bp = Blueprint("portal", __name__, template_folder="../templates")
FRESH_SECONDS = 60


@bp.after_request
def keep(response: Response) -> Response:
    """A visitor's page may be kept for a minute, and is answered with 304 while it is the same."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or current_user.is_authenticated or session.modified:
        return response
    if request.endpoint in ("portal.ask", "portal.unsubscribe"):  # these carry a form of their own
        return response
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    response.add_etag()
    return response.make_conditional(request)


def english() -> bool:
    """Is this page in English?"""
    return language() == "en"
