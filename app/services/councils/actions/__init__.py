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
    seal_of,
)
from app.services.councils.actions.setup import (
    appoint,
    dissolve,
    draft,
    establish,
    remove,
    schedule,
)

__all__ = ["UNDER_WAY", "appoint", "attend", "cast", "conclude", "convene", "declare", "dissolve", "draft", "establish", "may_cast", "must_preside", "must_run",
           "open_box", "remove", "schedule", "seal_of"]
