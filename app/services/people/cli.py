"""What time makes due for people: a mail to whom somebody guesses at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app

from app.services.people import links

commands: list[Any] = []


def warn(at: datetime) -> None:
    """Mail to people whose password is being guessed at."""
    links.warn_of_guessing(at, tries=current_app.config["LOGIN_TRIES"])


JOBS = [warn]
