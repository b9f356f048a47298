"""Reads of calls: in the house, of what they ask, of who waits for them, and for anyone."""

from app.stages.calls.queries.asked import asked, rules_told, told
from app.stages.calls.queries.house import (
    call_by_pid,
    call_for,
    call_topic_by_pid,
    calls_of_topic,
    calls_statement,
    closing_between,
    due,
    keys_to_freeze,
    may_read,
    next_round,
    topics_in_drafts,
    topics_of,
    waiting_extension,
)
from app.stages.calls.queries.public import (
    FILTERS,
    PUBLISHED,
    answered,
    count_open,
    history,
    in_sector,
    last_answers,
    matching,
    now_open,
    of_kind,
    of_mode,
    open_calls,
    public_call,
    public_calls,
    public_line,
    public_page,
    public_row,
    public_statement,
    with_words,
    years,
)
from app.stages.calls.queries.waiting import (
    all_searches,
    asked_since,
    asker_of,
    count_waiting,
    follower_by_key,
    follower_keys,
    followers,
    follows,
    question_by_pid,
    questions_of,
    search_by_key,
    search_for,
    searches_of,
    unannounced,
)

__all__ = [
    "FILTERS", "PUBLISHED", "all_searches", "answered", "asked", "asked_since", "asker_of", "call_by_pid", "call_for", "call_topic_by_pid", "calls_of_topic",
    "calls_statement", "closing_between", "count_open", "count_waiting", "due", "follower_by_key", "follower_keys", "followers", "follows", "history", "in_sector", "keys_to_freeze", "last_answers", "matching",
    "may_read", "next_round", "now_open", "of_kind", "of_mode", "open_calls", "public_call", "public_calls", "public_line", "public_page", "public_row",
    "public_statement", "question_by_pid", "questions_of", "rules_told", "search_by_key", "search_for", "searches_of", "told", "topics_in_drafts", "topics_of", "unannounced",
    "waiting_extension", "with_words", "years",
]  # fmt: skip
