"""/desk: what waits for me."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_login import current_user

from app.across import navigation
from app.across.desk import providers
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow

bp = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")
SHOWN = 20  # lines of one group


@bp.get("/")
@allow(Do.DESK_READ)
def home() -> Any:
    now = clock.now()
    return render_template("desk/home.html", groups=providers.groups(current_user, now), now=now, today=clock.local(now).date(), shown=SHOWN)


@bp.get("/lists")
@allow(Do.DESK_READ)
def lists() -> Any:
    return render_template("desk/lists.html", shelves=navigation.shelves())
