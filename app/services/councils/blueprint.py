"""The address of this room, and what of it a person may see."""

from __future__ import annotations

from flask import Blueprint
from flask_login import current_user

from app.acts import Guard, ready
from app.kernel.web import or_404
from app.services.councils import queries
from app.services.councils.models import AgendaItem, Council, Seat

bp = Blueprint("councils", "app.services.councils.views", url_prefix="/councils", template_folder="templates")


def found(pid: str, *guards: Guard) -> Council:
    """The council, for who may see it; a form is shown only when the guards let the person act now."""
    return ready(queries.council_for(current_user, pid), *guards)  # type: ignore[no-any-return]


def item_in(council: Council, item_pid: str) -> AgendaItem:
    return or_404(queries.item_by_pid(council, item_pid))  # type: ignore[no-any-return]


def seat_in(council: Council, seat_pid: str) -> Seat:
    return or_404(queries.seat_by_pid(council, seat_pid))  # type: ignore[no-any-return]
