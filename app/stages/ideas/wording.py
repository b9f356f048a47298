"""The wording of a recommendation, put right by an officer until the list is put forward. What was recommended is not touched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.ideas import actions, queries
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import RECOMMENDED, IdeaState

NAMES = ("final_title", "final_aim", "final_products", "ceiling", "final_months")


@dataclass(frozen=True)
class Wording:
    """What may be put right. Empty means: as proposed."""

    title: str | None = None
    aim: str | None = None
    products: str | None = None
    ceiling: int | None = None
    months: int | None = None


def check_rewordable(idea: Idea, _by: User | None = None) -> None:
    """Raise WrongState unless the idea is recommended, and neither put forward nor decided."""
    if idea.state != IdeaState.IN_IDENTIFICATION or idea.outcome not in RECOMMENDED:
        raise WrongState(N_("Only the wording of what is recommended to be carried out, and not decided yet, can be corrected."))
    if idea.submission_pid is not None:
        raise WrongState(N_("The list is put forward already: its wording stands until the people's committee decides."))


def reword(idea: Idea, wording: Wording, reason: str, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Correct title, aim, products, ceiling or months of a recommendation. Outcome, mode, organisation and place stay as voted."""
    check_rewordable(idea)
    check_seen(idea, seen)
    queries.load_whole([idea])
    if not nfc(reason):
        raise Incomplete(N_("Please give the reason."), field="reason")
    before = {name: getattr(idea, name) for name in NAMES}
    found = actions.Identified(idea.outcome, title=wording.title, aim=wording.aim, products=wording.products, ceiling=wording.ceiling, months=wording.months,  # type: ignore[arg-type]
                               mode=idea.mode, host=idea.host, reason=nfc(reason))  # fmt: skip
    actions.apply_final(idea, found, at)
    changes = {name: [before[name], getattr(idea, name)] for name in NAMES if before[name] != getattr(idea, name)}
    if not changes:
        raise Incomplete(N_("Nothing differs from what is recorded."), field="final_title")
    db.session.flush()
    journal.record(idea, "reword", by=by, at=at, reason=nfc(reason), detail={"changes": changes})
