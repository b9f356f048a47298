"""What waits for a person: one function per kind of work, each with a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.calls import queries as calls
from app.stages.ideas import queries as ideas
from app.stages.proposals import queries as proposals


@dataclass(frozen=True)
class Task:
    """One line of the desk: what, where, and since when."""

    title: str
    url: str
    since: datetime | None = None


@dataclass(frozen=True)
class Group:
    """A kind of work with its lines."""

    label: str
    tasks: list[Task]


def to_sign_off(user: User, _at: datetime) -> list[Task]:
    """Drafts that wait for the host's signature."""
    return [Task(p.title, url_for("proposals.show", pid=p.public_id), p.created_at) for p in proposals.to_sign(user)]


def my_drafts(user: User, _at: datetime) -> list[Task]:
    """Dossiers this person is writing."""
    return [Task(p.title, url_for("proposals.show", pid=p.public_id), p.created_at) for p in proposals.drafts_of(user)]


def to_check(user: User, _at: datetime) -> list[Task]:
    """Opened dossiers to check."""
    if not user.can(Do.PROPOSALS_CHECK):
        return []
    return [Task(f"{p.code} – {p.title}", url_for("proposals.check", pid=p.public_id), p.submitted_at) for p in proposals.to_check()]


def ideas_to_identify(user: User, _at: datetime) -> list[Task]:
    """Submitted ideas."""
    if not user.can(Do.IDEAS_IDENTIFY):
        return []
    return [Task(i.title, url_for("ideas.show", pid=i.public_id), i.submitted_at) for i in ideas.waiting_for_council()]


def ideas_to_approve(user: User, _at: datetime) -> list[Task]:
    """Identified ideas that await the decision."""
    if not user.can(Do.IDEAS_APPROVE):
        return []
    return [Task(i.final_title or i.title, url_for("ideas.show", pid=i.public_id), i.submitted_at) for i in ideas.identified()]


def open_calls(user: User, at: datetime) -> list[Task]:
    """Calls that receive dossiers now, for those who may answer them."""
    if "researcher" not in user.roles or user.can(Do.CALLS_PUBLISH):
        return []
    return [Task(c["title"], url_for("calls.show", pid=c["pid"]), c["deadline"]) for c in calls.open_calls(at)]


PROVIDERS: tuple[tuple[str, Callable[[User, datetime], list[Task]]], ...] = (
    (N_("Waiting for your sign-off"), to_sign_off),
    (N_("Dossiers to check"), to_check),
    (N_("Ideas to put to identification"), ideas_to_identify),
    (N_("Ideas that await your decision"), ideas_to_approve),
    (N_("Your drafts"), my_drafts),
    (N_("Open calls (deadline)"), open_calls),
)


def groups(user: User, at: datetime) -> list[Group]:
    """All that waits for this person."""
    found = ((label, provider(user, at)) for label, provider in PROVIDERS)
    return [Group(label, tasks) for label, tasks in found if tasks]
