"""An act's form is shown where the act may be done: the same guards that the action asks, asked before the page.

A guard is `(row, by) -> None` that raises NotAllowed or WrongState. On GET a refusal is the whole answer (403 or 409 with
its sentence); on POST the action asks again, and its refusal keeps what was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask_login import current_user

from app.kernel.errors import Refused, WrongState
from app.kernel.lifecycle import Lifecycle
from app.kernel.web import SAFE, or_404
from app.kernel.words import N_

Guard = Callable[[Any, Any], object]


def ready(row: Any, *guards: Guard) -> Any:
    """The row, or 404; on GET only when every guard lets this person act on it now."""
    or_404(row)
    for guard in guards if request.method in SAFE else ():
        guard(row, current_user)
    return row


def fits(row: Any, *guards: Guard) -> bool:
    """Whether `ready` would show this person the act's form now: for the link that leads there."""
    try:
        for guard in guards:
            guard(row, current_user)
    except Refused:
        return False
    return True


def moves(table: Lifecycle, *verbs: str) -> Guard:
    """The guard of a table of states: one of these verbs leads on from the row's present state."""

    def check(row: Any, _by: Any) -> None:
        if not any(table.may(row, verb) for verb in verbs):
            raise WrongState(N_("This has already been dealt with or cannot be done now. Please look at its present state."))

    return check
