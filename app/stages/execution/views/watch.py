"""/execution/watch: running projects with what speaks against them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from app.downloads import download
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow
from app.stages.execution import risk
from app.stages.execution.views.blueprint import bp


@bp.get("/watch")
@allow(Do.EXECUTION_READ)
def watch() -> Any:
    today = clock.today()
    listing = risk.listing(current_user, request.args or risk.SIGNED, today)
    return render_template("execution/watch.html", listing=listing, facts=risk.facts(listing.rows, today))


@bp.get("/watch.xlsx")
@allow(Do.EXECUTION_READ)
def watch_export() -> Any:
    return download(risk.listing(current_user, request.args, clock.today()).xlsx(_("Projects to watch")), "can-theo-doi.xlsx")
