"""The acts on calls: notices, what becomes of one that is out, questions, and those who wait for calls."""

from app.stages.calls import queries
from app.stages.calls.actions.cancelling import call_off, cancel
from app.stages.calls.actions.following import (
    announce_due,
    drop_search,
    end_following,
    follow,
    remind_due,
    save_search,
    unfollow,
)
from app.stages.calls.actions.notices import (
    MAX_OPEN_DAYS,
    MIN_OPEN_DAYS,
    call_again,
    check_draft,
    default_calendar,
    default_deadline,
    draft,
    invited,
    publish,
    revise,
)
from app.stages.calls.actions.opening import open_dossiers
from app.stages.calls.actions.questions import answer, ask, set_aside
from app.stages.calls.actions.running import (
    check_none_waiting,
    check_settled,
    close,
    close_due,
    conclude,
    confirm_extension,
    correct,
    free_topic,
    propose_extension,
    refuse_extension,
    settle_topic,
    take_up_again,
)

__all__ = [
    "MAX_OPEN_DAYS", "MIN_OPEN_DAYS", "announce_due", "answer", "ask", "call_again", "call_off", "cancel", "check_draft", "check_none_waiting",
    "check_settled", "close", "close_due", "conclude", "confirm_extension", "correct", "default_calendar", "default_deadline", "draft",
    "drop_search", "end_following", "follow", "free_topic", "invited", "open_dossiers", "propose_extension", "publish", "queries", "refuse_extension",
    "remind_due", "revise", "save_search", "set_aside", "settle_topic", "take_up_again", "unfollow",
]  # fmt: skip
