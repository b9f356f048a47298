"""The two addresses of this room."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from app.kernel.errors import WrongState
from app.kernel.lifecycle import Lifecycle
from app.kernel.words import N_

bp = Blueprint("ideas", "app.stages.ideas.views", url_prefix="/ideas", template_folder="templates")
topics_bp = Blueprint("topics", "app.stages.ideas.topic_views", url_prefix="/topics")


def still(row: Any, lifecycle: Lifecycle, verb: str) -> None:
    """Refuse to open a page that asks for an act which the row no longer allows. What was typed meanwhile is refused by the act itself."""
    if request.method == "GET" and not lifecycle.may(row, verb):
        raise WrongState(N_("“%(what)s” is now in the state “%(state)s”, so this cannot be done."), what=row.code or row.title, state=row.state.label)
