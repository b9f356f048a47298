"""Following a call, and searches that are kept: for everybody who is signed in."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.text import nfc
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.shown import language
from app.stages.calls import actions, forms, queries
from app.stages.calls.views.blueprint import bp
from app.stages.ideas import queries as ideas
from app.stages.ideas.rules import Mode


@bp.route("/<pid>/follow", methods=["GET", "POST"])
@allow(SIGNED_IN)
@writes
def follow(pid: str) -> Any:
    """Follow the call, or end it."""
    call = or_404(queries.public_row(pid))
    follows = queries.follows(current_user, call)
    form = forms.Plain()
    if form.validate_on_submit():
        (actions.unfollow if follows else actions.follow)(call, by=current_user, at=clock.now())
        told = _("You get no more mails about this call.") if follows else _("You get a mail when this call changes.")
        return done(told, url_for("portal.call", pid=pid))
    return render_template("calls/follow.html", call=call, form=form, follows=follows)


def clean_query(text: str) -> str:
    """The filters of an address that a search may keep, in one order: the same search is the same text."""
    found = {name: nfc(value)[:100] for name, value in parse_qsl(text) if name in queries.FILTERS and nfc(value)}
    return urlencode({name: found[name] for name in queries.FILTERS if name in found})[:500]


def search_words(query: str) -> str:
    """A kept search in words."""
    values = dict(parse_qsl(query))
    kinds = ideas.kinds(clock.today())
    parts = [f"“{values['q']}”" if "q" in values else "", _(Mode(values["mode"]).label) if values.get("mode") in set(Mode) else "",
             _("sector %(code)s", code=values["sector"]) if "sector" in values else "", kinds.get(values.get("kind", ""), {}).get(language(), values.get("kind", ""))]  # fmt: skip
    return " · ".join(p for p in parts if p) or _("every new call")


@bp.get("/searches")
@allow(SIGNED_IN)
def searches() -> Any:
    kept = [(row, search_words(row.query)) for row in queries.searches_of(current_user)]
    return render_template("calls/searches.html", kept=kept)


@bp.route("/searches/new", methods=["GET", "POST"])
@allow(SIGNED_IN)
@writes
def save_search() -> Any:
    """Keep the search of the public list whose filters stand in the address."""
    query = clean_query(request.query_string.decode("utf-8", "replace"))
    form = forms.Plain()
    if form.validate_on_submit():
        actions.save_search(query, by=current_user, at=clock.now())
        return done(_("The search is kept. You get a mail when a new call matches it."), url_for(".searches"))
    return render_template("calls/save_search.html", form=form, words=search_words(query), query=query)


@bp.route("/searches/<pid>/drop", methods=["GET", "POST"])
@allow(SIGNED_IN)
@writes
def drop_search(pid: str) -> Any:
    row = or_404(queries.search_for(current_user, pid))
    form = forms.Plain()
    if form.validate_on_submit():
        actions.drop_search(row, by=current_user, at=clock.now())
        return done(_("The search is taken out."), url_for(".searches"))
    return render_template("calls/drop_search.html", form=form, words=search_words(row.query))
