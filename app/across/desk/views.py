"""/desk: what waits for me."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_login import current_user

from app.across.desk import providers
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow

bp = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")


@bp.get("/")
@allow(Do.DESK_READ)
def home() -> Any:
    return render_template("desk/home.html", groups=providers.groups(current_user, clock.now()))
