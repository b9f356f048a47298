"""What councils ask about an idea beyond its parties: its field."""

from __future__ import annotations

from sqlalchemy import select

from app.kernel.db import db
from app.services.experts import vocabulary
from app.stages.ideas.models import Idea
from app.stages.plan.models import Priority


def _fields(idea: Idea) -> frozenset[str]:
    """The item to which the idea is tied, if there is one yet."""
    return frozenset(db.session.scalars(select(Priority.code).where(Priority.id == idea.item_id))) if idea.item_id else frozenset()


vocabulary.register_object("idea", _fields)
