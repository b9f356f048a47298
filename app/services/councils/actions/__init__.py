"""The acts on councils: set one up (setup), hold its session (session); its papers are written by both (papers)."""

from app.services.councils.actions.session import (
    UNDER_WAY,
    attend,
    cast,
    conclude,
    convene,
    declare,
    may_cast,
    must_preside,
    must_run,
    open_box,
    open_points,
    seal_of,
)
from app.services.councils.actions.setup import (
    appoint,
    dissolve,
    draft,
    establish,
    remove,
    schedule,
    take_off,
)

__all__ = ["UNDER_WAY", "appoint", "attend", "cast", "conclude", "convene", "declare", "dissolve", "draft", "establish", "may_cast", "must_preside", "must_run",
           "open_box", "open_points", "remove", "schedule", "seal_of", "take_off"]
