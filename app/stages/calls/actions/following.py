"""The verbs of those who wait for calls: follow one, keep a search, be told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.calls import queries
from app.stages.calls.models import Call, Follower, SavedSearch
from app.stages.calls.rules import APPLICANTS

SEARCHES_EACH = 20


def follow(call: Call, *, by: User, at: datetime) -> None:
    """From now on this person is mailed when the call changes. Doing it twice changes nothing."""
    if queries.follows(by, call):
        return
    db.session.add(Follower(call_id=call.id, user_id=by.id, at=at))
    journal.record(by, "follow", by=by, at=at, detail={"call": call.public_id})


def unfollow(call: Call, *, by: User, at: datetime) -> None:
    """No more mails about the call."""
    if queries.follows(by, call):
        db.session.execute(delete(Follower).where(Follower.call_id == call.id, Follower.user_id == by.id))
        journal.record(by, "unfollow", by=by, at=at, detail={"call": call.public_id})


def end_following(follower: Follower, *, at: datetime) -> None:
    """No more mails about the call, by the link of such a mail: whoever holds its key may end them."""
    call = db.session.get_one(Call, follower.call_id)
    journal.record(follower.user, "unfollow", by=None, at=at, detail={"call": call.public_id})
    db.session.delete(follower)
    db.session.flush()


def tell_of_change(call: Call, what: str, *, key: str, at: datetime, **more: Any) -> None:
    """Mail all who follow the call or work on a dossier for it: "extended", "corrected", "cancelled" or "closing"."""
    people = {u.id: u for lister in APPLICANTS for u in lister(call)} | {u.id: u for u in queries.followers(call)}
    outbox.post(f"calls/mail/{what}.txt", to=list(people.values()), key=f"call-{key}", at=at, call=call, ends=queries.follower_keys(call), **more)


def save_search(query: str, *, by: User, at: datetime) -> SavedSearch:
    """Keep a search of the public list (its filters as in the address). The same one again is the one that is there."""
    found = db.session.scalar(select(SavedSearch).where(SavedSearch.user_id == by.id, SavedSearch.query == query))
    if found is not None:
        return found
    if len(queries.searches_of(by)) >= SEARCHES_EACH:
        raise Incomplete(N_("You keep %(n)s searches already. Please take one out first."), n=SEARCHES_EACH)
    row = SavedSearch(user_id=by.id, query=query, created_at=at)
    db.session.add(row)
    db.session.flush()
    journal.record(row, "save_search", by=by, at=at)
    return row


def drop_search(row: SavedSearch, *, by: User | None, at: datetime) -> None:
    """No more mails for a kept search. By its link (`by` None) or by its owner."""
    journal.record(row, "drop_search", by=by, at=at)
    db.session.delete(row)
    db.session.flush()


def remind_due(at: datetime) -> int:
    """Tell all who follow an open call or work on a dossier that it closes in so many days (rule calls.remind_days); each time once."""
    count = 0
    for days in rulebook.value("calls.remind_days", on=local(at).date()):
        for call in queries.closing_between(at, at + timedelta(days=days)):
            tell_of_change(call, "closing", key=f"closing-{call.public_id}-{days}-{call.deadline.isoformat()}", at=at)
            count += 1
    return count


def announce_due(at: datetime) -> list[Call]:
    """Tell the owners of kept searches of every open call they were not told of yet: one mail for each call and person."""
    fresh = queries.unannounced(at)
    if not fresh:
        return []
    searches: dict[str, list[SavedSearch]] = {}
    for search in queries.all_searches():
        searches.setdefault(search.query, []).append(search)
    for query, kept in searches.items():
        for call in queries.matching(query, fresh, at):
            for search in kept:
                if search.user.active and search.created_at <= at:
                    outbox.post("calls/mail/matches.txt", to=search.user, key=f"call-match-{call.public_id}", at=at, call=call, search=search)
    for call in fresh:
        call.announced_at = at
    db.session.flush()
    return fresh
