"""The address of this room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("portfolio", "app.across.portfolio.views", url_prefix="/portfolio", template_folder="templates")
