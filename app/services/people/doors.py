"""How a browser is let in: the session is made here and nowhere else, after every step that the person owes.

A room above hangs its second step on `ASK`: it gets who has shown a password (or was sent by a provider), and answers with
the page that asks for more, or None when nothing more is owed. Nobody is signed in before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, g, redirect, request, session

from app.kernel import clock
from app.services.people import actions
from app.services.people.models import User

ASK: list[Callable[[User, str, str, str], Any]] = []


def let_in(user: User, *, how: str, target: str, packed: str = "") -> Any | None:
    """Let the person in and answer None, or answer with the page of the next step. `packed`: what was typed before, see `kept`."""
    for ask in ASK:
        page = ask(user, how, target, packed)
        if page is not None:
            return page
    enter(user, how=how)
    return None


def forget_browser() -> None:
    """Empty the cookie but for the language; the form token made so far belonged to the old cookie."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    g.pop("csrf_token", None)


def enter(user: User, *, how: str, strong: bool = False) -> None:
    """Open a session for this person in this browser; `strong` when two factors were shown."""
    at = clock.now()
    token = actions.sign_in(user, at=at, hours=current_app.config["SESSION_HOURS"], address=request.remote_addr, browser=request.user_agent.string, how=how)
    forget_browser()
    session["_user_id"] = token
    session["_seen"] = session["_noted"] = int(at.timestamp())
    session["_fresh"] = True
    if strong:
        session["_strong"] = True
    session.permanent = False


def go(target: str) -> Any:
    """On to where the person wanted to go."""
    return redirect(target, 303)
