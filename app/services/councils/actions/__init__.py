"""The acts on councils: set one up (setup), hold its session (session), vote (ballots), count paper (tellers), open the boxes
(box), conclude (conclusion), when it does not end as called (course); conflicts that are signed,
known or become known (vigilance); papers by all (papers)."""

from app.services.councils.actions.ballots import (
    cast,
    keep_draft,
    matches,
    may_cast,
    own_draft,
    word_of,
)
from app.services.councils.actions.box import must_preside, open_box, refuse_unready
from app.services.councils.actions.conclusion import (
    Verdict,
    conclude,
    open_points,
)
from app.services.councils.actions.course import (
    adjourn,
    check_giving_back,
    check_replaceable,
    give_back,
    may_give_back,
    replace,
)
from app.services.councils.actions.session import (
    attend,
    convene,
    declare,
    must_run,
    refuse_without_quorum,
)
from app.services.councils.actions.setup import (
    appoint,
    check_dissolvable,
    dissolve,
    draft,
    establish,
    propose,
    remove,
    schedule,
    send_back,
    take_off,
)
from app.services.councils.actions.tellers import (
    differences,
    elect_tellers,
    enter_paper,
    may_count,
    may_enter,
    read_own,
    team,
)
from app.services.councils.actions.vigilance import (
    call_back,
    may_note_return,
    recheck,
    team_changed,
    watch,
)
from app.services.councils.rules import UNDER_WAY

__all__ = ["UNDER_WAY", "Verdict", "adjourn", "appoint", "attend", "call_back", "cast", "check_dissolvable", "check_giving_back", "check_replaceable", "conclude", "convene", "declare", "differences", "dissolve", "draft", "elect_tellers",
           "enter_paper", "establish", "give_back", "keep_draft", "matches",
           "may_cast", "may_count", "may_enter", "may_give_back", "may_note_return", "must_preside", "must_run", "open_box", "open_points", "own_draft", "propose", "read_own", "recheck", "refuse_unready", "refuse_without_quorum", "remove", "replace",
           "schedule", "send_back", "take_off", "team", "team_changed", "watch", "word_of"]
