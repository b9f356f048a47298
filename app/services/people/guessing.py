"""Guessing at passwords is slowed down by where it comes from, so that nobody is shut out of the own account by a stranger."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app

from app.kernel import clock
from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.services.people import queries

SOURCE_FACTOR, ACCOUNT_FACTOR = 5, 10
USUAL = timedelta(days=90)  # where one signed in within it is a usual place


def refuse(email: str, source: str | None) -> None:
    """Raises Incomplete while too many wrong passwords came from this source: for this account, or for any.

    Many sources that guess at one account close it to sources that never signed in to it; its owner comes in from the usual place.
    """
    at, most, minutes = clock.now(), current_app.config["LOGIN_TRIES"], current_app.config["LOGIN_WINDOW_MINUTES"]
    tries = queries.failed_tries(email, source, since=queries.try_window(at, minutes))
    shut = tries.here >= most or tries.from_source >= most * SOURCE_FACTOR
    if shut or (tries.of_account >= most * ACCOUNT_FACTOR and not queries.is_usual_source(email, source, since=at - USUAL)):
        raise Incomplete(N_("Too many attempts. Please wait %(n)s minutes and try again."), n=minutes)
