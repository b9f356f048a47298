"""The vocabulary of fields: sectors and items of the plan, which the plan's room registers; and the fields of objects, which stages register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """A sector ("1") or an item ("1.8") of the plan in force."""

    code: str
    vi: str
    en: str

    def face(self, language: str) -> str:
        return f"{self.code} {self.en if language == 'en' else self.vi}"


_sources: list[Callable[[], list[Field]]] = []
_of_objects: dict[str, Callable[[Any], frozenset[str]]] = {}


def register(source: Callable[[], list[Field]]) -> None:
    """The plan says what fields there are, in its order. A second registration replaces the first."""
    _sources[:] = [source]


def fields() -> list[Field]:
    """The fields of the plan in force."""
    return _sources[0]() if _sources else []


def register_object(kind: str, codes: Callable[[Any], frozenset[str]]) -> None:
    """A stage says in which fields the rows of table `kind` lie."""
    _of_objects[kind] = codes


def codes_of(row: Any) -> frozenset[str]:
    """The fields of an object; none when nobody said."""
    told = _of_objects.get(row.__tablename__)
    return told(row) if told is not None else frozenset()
