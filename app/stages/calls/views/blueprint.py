"""The blueprint of /calls."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("calls", __name__, url_prefix="/calls", template_folder="../templates")
