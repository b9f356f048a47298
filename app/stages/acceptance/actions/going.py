"""The one way in which a case moves: not after its project ended early."""

from __future__ import annotations

from typing import Any

from app.kernel.errors import WrongState
from app.kernel.words import N_
from app.stages.acceptance import queries
from app.stages.acceptance.models import Case
from app.stages.acceptance.rules import CASE


def check_going(case: Case) -> None:
    """Raises WrongState when the project ended early: its acceptance goes no further, wherever it stands."""
    end = queries.early_end(case.project_id)
    if end is not None:
        raise WrongState(N_("The project ended early by decision %(number)s. Its acceptance goes no further."), number=end.number or "–")


def go(case: Case, verb: str, **how: Any) -> None:
    """Make the move of the table `CASE`, unless the project ended early. Raises as Lifecycle.advance and check_going."""
    check_going(case)
    CASE.advance(case, verb, **how)
