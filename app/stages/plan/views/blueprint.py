"""The one blueprint of the room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("plan", __name__, url_prefix="/plan", template_folder="../templates")
