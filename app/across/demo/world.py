"""Which plays are played, when: the world of the demonstration."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.across.demo import cast as demo_cast

YEARS = timedelta(days=3 * 365)


def build(password: str, *, as_of: datetime, seed: int) -> demo_cast.Cast:
    """Make the world as of that instant; the same seed gives the same one."""
    _ = seed
    return demo_cast.make(password, at=as_of - YEARS)
