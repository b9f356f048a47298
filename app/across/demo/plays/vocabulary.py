"""Plays of the suggestion's vocabulary: words of this province that an officer added, one of them taken out again."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.stages.plan import queries as plans
from app.stages.plan.models import Priority
from app.stages.plan.suggestion import actions

WORDS = (("1.9", "lúa mùa nổi", 4), ("8.1", "Láng Sen", 4), ("1.3", "Nàng Thơm Chợ Đào", 3), ("7.4", "nước + Vàm Cỏ Tây", 2))


def words_of_the_province(cast: Cast, at: datetime) -> None:
    """Four words that count, and one that did for a day."""
    items: dict[str, Priority] = {i.code: i for i in plans.items()}
    for code, text, weight in WORDS:
        actions.add_term(items[code], text, weight, by=cast["officer"], at=at)
    mistaken = actions.add_term(items["1.5"], "tỉnh Long An", 1, by=cast["officer2"], at=at)
    actions.remove_term(mistaken, by=cast["officer"], at=at + timedelta(days=1))
