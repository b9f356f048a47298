"""The address of this room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("selection", "app.stages.selection.views", url_prefix="/selection", template_folder="templates")
