"""What the tests of dossiers begin with: an instant at which a call is open, and its topics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as plays
from app.stages.calls import queries as calls
from app.stages.calls.models import CallTopic
from tests.support.kept import kept, kept_play


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole drafts and submitted dossiers are copied where nothing but their call came before."""
    for name in ("draft", "submitted"):
        monkeypatch.setattr(plays, name, kept_play(getattr(plays, name)))


@pytest.fixture
def now(at: datetime) -> datetime:
    """A day after `called` published its call."""
    return at + timedelta(days=26)


@pytest.fixture
def called(cast: Any, at: datetime, travel: Any, now: datetime) -> Callable[..., list[CallTopic]]:
    """called("A", "B"): the topics of these titles in a call that is open at `now`, where time stands from then on."""

    def publish(*titles: str) -> list[CallTopic]:
        found = _published(cast, at, *titles)
        travel.move_to(now)
        return list(found)

    return publish


@kept
def _published(cast: Any, at: datetime, *titles: str) -> list[CallTopic]:
    made = [idea_plays.approved_topic(cast, item="1.8", title=title, at=at) for title in titles]
    return calls.topics_of(call_plays.published_call(cast, topics=made, at=at + timedelta(days=25)))
