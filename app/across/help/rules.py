"""Guides and terms as data: read, checked, chosen for a reader. Pure."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).parent / "data"
# what a person does for an office comes before what everybody may do; the first guide with a task of a room is the one its pages lead to
ORDER = ("officer", "leader", "province", "finance", "registry", "auditor", "administrator", "council", "host", "agency", "researcher", "everyone", "public")
_PART = re.compile(r"\[(?P<label>[^\[\]]+)\]\((?P<to>[a-z0-9_.]+)\)|\[(?P<page>[a-z0-9_.]+)\]|\*(?P<name>[^*]+)\*")


class Said(NamedTuple):
    """One text in both languages."""

    vi: str
    en: str

    def of(self, language: str) -> str:
        """The text in this language; what is not Vietnamese reads English."""
        return self.vi if language == "vi" else self.en


@dataclass(frozen=True)
class Part:
    """A piece of a step: plain words, the name of a button (`label` alone), or a link (`endpoint`; without label the menu names it)."""

    text: str = ""
    label: str = ""
    endpoint: str = ""


@dataclass(frozen=True)
class Task:
    """How to come to one end. `rooms`: on whose pages it helps; `picture`: the endpoint whose page is shown, or nothing."""

    name: str
    rooms: tuple[str, ...]
    title: Said
    steps: tuple[Said, ...]
    picture: str = ""


@dataclass(frozen=True)
class Guide:
    """The tasks of those who hold one of these roles; no roles: everybody who is signed in, or (public) nobody in particular."""

    name: str
    roles: frozenset[str]
    title: Said
    lead: Said
    tasks: tuple[Task, ...]

    def task_for(self, room: str) -> Task | None:
        """The first task that helps on the pages of this room."""
        return next((task for task in self.tasks if room in task.rooms), None)


@dataclass(frozen=True)
class Term:
    """A word of the glossary with its English counterpart and its meaning."""

    vi: str
    en: str
    meaning: Said


def parts(step: str) -> list[Part]:
    """The pieces of a step, in order.

    >>> [p.endpoint or p.label or p.text for p in parts("Open [calls.index] and press *Publish the call*.")]
    ['Open ', 'calls.index', ' and press ', 'Publish the call', '.']
    """
    found, at = [], 0
    for match in _PART.finditer(step):
        if match.start() > at:
            found.append(Part(text=step[at : match.start()]))
        found.append(Part(label=match["label"] or match["name"] or "", endpoint=match["to"] or match["page"] or ""))
        at = match.end()
    return [*found, Part(text=step[at:])] if at < len(step) else found


def _task(told: dict[str, Any]) -> Task:
    return Task(told["name"], tuple(told["rooms"]), Said(*told["title"]), tuple(Said(*step) for step in told["steps"]), told.get("picture", ""))


@functools.cache
def guides() -> dict[str, Guide]:
    """All guides by name, in ORDER. Raises FileNotFoundError when one of them has no file."""
    found = {}
    for name in ORDER:
        told = json.loads((DATA / "guides" / f"{name}.json").read_text(encoding="utf-8"))
        found[name] = Guide(name, frozenset(told["roles"]), Said(*told["title"]), Said(*told["lead"]), tuple(_task(task) for task in told["tasks"]))
    return found


@functools.cache
def terms() -> tuple[Term, ...]:
    """The glossary as it stands in its file."""
    return tuple(Term(vi, en, Said(*meaning)) for vi, en, *meaning in json.loads((DATA / "glossary.json").read_text(encoding="utf-8")))


def guides_of(roles: Collection[str] | None) -> list[Guide]:
    """The guides for who holds these roles; None is a visitor."""
    if roles is None:
        return [guides()["public"]]
    return [guide for guide in guides().values() if guide.roles & set(roles) or guide.name == "everyone"]


def best(mine: Iterable[Guide], room: str) -> tuple[Guide, Task | None]:
    """Which guide, and which of its tasks, a page of this room leads to: the first that speaks of the room, else the first guide."""
    known = list(mine)
    return next(((guide, task) for guide in known if (task := guide.task_for(room))), (known[0], None))
