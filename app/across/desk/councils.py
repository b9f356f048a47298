"""What councils leave on the desk: sessions to sit in or to hold, topics and ideas that wait for or come from one."""

from __future__ import annotations

from datetime import datetime

from flask import url_for

from app.across.desk.waiting import Task
from app.kernel import clock
from app.kernel.permissions import Do
from app.services.councils import queries as councils
from app.services.people.models import User
from app.stages.ideas import queries as ideas
from app.stages.selection import queries as selection


def to_sit(user: User, _at: datetime) -> list[Task]:
    """Councils that this person sits on and that have not ended: due on the day of the session."""
    if not user.can(Do.COUNCILS_SIT):
        return []
    return [Task(c.title, url_for("councils.show", pid=c.public_id), c.created_at, due=clock.local(c.meets_at).date() if c.meets_at else None, hint=c.place or "")
            for c in councils.to_attend(user)]  # fmt: skip


def to_run(user: User, _at: datetime) -> list[Task]:
    """Councils that an officer sets up or holds."""
    if not user.can(Do.COUNCILS_RUN):
        return []
    return [Task(c.title, url_for("councils.show", pid=c.public_id), c.created_at, due=clock.local(c.meets_at).date() if c.meets_at else None)
            for c in councils.to_run()]  # fmt: skip


def topics_to_put(user: User, _at: datetime) -> list[Task]:
    """Topics with checked dossiers and no council."""
    if not user.can(Do.SELECTION_RUN):
        return []
    return [Task(ct.topic.title, url_for("selection.prepare", pid=ct.public_id), ct.call.opened_at, hint=ct.topic.code) for ct in selection.waiting()]


def topics_to_free(user: User, _at: datetime) -> list[Task]:
    """Topics of opened calls that have no dossier left."""
    if not user.can(Do.SELECTION_CONCLUDE):
        return []
    return [Task(ct.topic.title, url_for("selection.settle", pid=ct.public_id), ct.call.opened_at, hint=ct.topic.code) for ct in selection.nobody_eligible()]


def rounds_to_conclude(user: User, _at: datetime) -> list[Task]:
    """Ranked rounds."""
    if not user.can(Do.SELECTION_CONCLUDE):
        return []
    return [Task(r.call_topic.topic.title, url_for("selection.conclude", pid=r.public_id), r.created_at, hint=r.call_topic.topic.code) for r in selection.to_conclude()]


def ideas_to_word(user: User, _at: datetime) -> list[Task]:
    """Ideas on which a council has voted and whose final wording is still to be written down."""
    if not user.can(Do.IDEAS_IDENTIFY):
        return []
    return [Task(i.title, url_for("ideas.identify", pid=i.public_id), i.submitted_at, hint=i.code or "") for i in ideas.to_word()]
