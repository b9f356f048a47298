"""The blueprint of papers, and what all its views share."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint

from app.services.papers import actions
from app.services.papers.blocks import name_of

bp = Blueprint("papers", __name__, url_prefix="/papers", template_folder="templates")


@lru_cache(maxsize=200)
def kind_name(template: str) -> str:
    """What papers of a template are called."""
    try:
        return name_of(actions.template_text(template)) or template
    except FileNotFoundError:
        return template
