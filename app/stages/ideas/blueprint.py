"""The two addresses of this room."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.acts import Guard
from app.kernel.errors import WrongState
from app.kernel.lifecycle import Lifecycle
from app.kernel.words import N_

bp = Blueprint("ideas", "app.stages.ideas.views", url_prefix="/ideas", template_folder="templates")
topics_bp = Blueprint("topics", "app.stages.ideas.topic_views", url_prefix="/topics")


def still(lifecycle: Lifecycle, verb: str) -> Guard:
    """The guard of an act on an idea or a topic: as `acts.moves`, with a sentence that names the row and its state."""

    def check(row: Any, _by: Any) -> None:
        if not lifecycle.may(row, verb):
            raise WrongState(N_("“%(what)s” is now in the state “%(state)s”, so this cannot be done."), what=row.code or row.title, state=row.state.label)

    return check
