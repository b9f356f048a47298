"""The blueprint of the portal. A visitor's page may be kept for a minute, by browsers, by proxies and by us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, current_app, g, request, session
from flask_login import current_user

from app.kernel import clock
from app.shown import language

bp = Blueprint("portal", __name__, template_folder="../templates")
FRESH_SECONDS = 60
MOST_PAGES = 64  # that one process keeps
OWN_FORM = ("portal.ask", "portal.unsubscribe", "portal.check")  # these pages carry a form, and a token, of their own


@dataclass(frozen=True)
class KeptPage:
    """A page as it was made for a visitor, and when."""

    body: bytes
    made: datetime


_kept: dict[tuple[str, ...], KeptPage] = {}


def _key() -> tuple[str, ...] | None:
    """What a visitor's page depends on; None for who is (or was) signed in, is told something, or asks for a selection."""
    asked = request.method == "GET" and not request.query_string and request.endpoint not in OWN_FORM and current_app.config["KEEP_PAGES"]
    if not asked or {"_user_id", "_flashes", "csrf_token"} & set(session):
        return None
    return current_app.config["SQLALCHEMY_DATABASE_URI"], request.host_url, request.path, str(session.get("locale", "")), str(clock.offset()), str(clock.today())


@bp.before_request
def from_kept() -> Response | None:
    """The page that another visitor got within the last minute. What is entered meanwhile is seen by visitors up to a minute later."""
    g.page_key = _key()
    page = _kept.get(g.page_key) if g.page_key else None
    age = int((clock.now() - page.made).total_seconds()) if page else FRESH_SECONDS
    if page is None or not 0 <= age < FRESH_SECONDS:
        return None
    response = Response(page.body, mimetype="text/html")
    response.headers["Age"] = str(age)  # a browser keeps it for the rest of the minute only
    return response


@bp.after_request
def keep(response: Response) -> Response:
    """A visitor's page may be kept for a minute, and is answered with 304 while it is the same."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or request.endpoint in OWN_FORM or session.modified:
        return response
    if "Age" not in response.headers:
        if current_user.is_authenticated:
            return response
        if g.page_key and response.mimetype == "text/html" and "csrf_token" not in g:
            if len(_kept) >= MOST_PAGES:
                _kept.clear()
            _kept[g.page_key] = KeptPage(response.get_data(), clock.now())
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    response.add_etag()
    return response.make_conditional(request)


def english() -> bool:
    """Is this page in English?"""
    return language() == "en"
