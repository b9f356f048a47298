"""The acts on councils: set one up (setup), hold its session (session), when it does not end as called (course); papers by all (papers)."""

from app.services.councils.actions.course import adjourn, give_back, replace
from app.services.councils.actions.session import (
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
    refuse_without_quorum,
    seal_of,
)
from app.services.councils.actions.setup import (
    appoint,
    dissolve,
    draft,
    establish,
    propose,
    remove,
    schedule,
    send_back,
    take_off,
)
from app.services.councils.rules import UNDER_WAY

__all__ = ["UNDER_WAY", "adjourn", "appoint", "attend", "cast", "conclude", "convene", "declare", "dissolve", "draft", "establish", "give_back", "may_cast",
           "must_preside", "must_run", "open_box", "open_points", "propose", "refuse_without_quorum", "remove", "replace", "schedule", "seal_of", "send_back", "take_off"]
