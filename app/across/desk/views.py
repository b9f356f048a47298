"""/desk: what waits for me."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_login import current_user

from app.across import navigation
from app.across.desk import first, providers, waiting
from app.across.desk.shown import task_lines
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow

bp = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")
SHOWN = 10  # lines of one group, unless all of it are asked for


@bp.get("/")
@allow(Do.DESK_READ)
def home() -> Any:
    now = clock.now()
    groups = providers.groups(current_user, now, shown=SHOWN, whole=request.args.get("all", ""))
    return render_template("desk/home.html", groups=groups, steps=first.steps(current_user), applies=waiting.applies(current_user), now=now, today=clock.local(now).date(), task_lines=task_lines)


@bp.get("/lists")
@allow(Do.DESK_READ)
def lists() -> Any:
    return render_template("desk/lists.html", shelves=navigation.shelves())
