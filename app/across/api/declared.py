"""What a resource and a report are made of. Views, description, files and dictionary are all read from these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select

from app.kernel.listing import Filter
from app.services.apikeys.rules import Scope

PUBLIC_ID = "^[0-9a-z]{26}$"
LONGEST_TEXT = 200  # of a filter


class Kind(StrEnum):
    """Of what kind a value is."""

    TEXT = "text"
    NUMBER = "integer"
    MONEY = "money"  # whole đồng
    DAY = "date"
    MOMENT = "date-time"
    YES = "boolean"
    ADDRESS = "uri"
    PARTS = "parts"  # a list or an object: not in a table


SHAPES: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"type": "string"}, Kind.NUMBER: {"type": "integer"}, Kind.MONEY: {"type": "integer", "minimum": 0}, Kind.DAY: {"type": "string", "format": "date"},
    Kind.MOMENT: {"type": "string", "format": "date-time"}, Kind.YES: {"type": "boolean"}, Kind.ADDRESS: {"type": "string", "format": "uri"},
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One column. `value` reads it from a row, by default from the attribute of its name; `values` are all it can be; `blank` says that it may be empty."""

    name: str
    kind: Kind
    meaning: str
    value: Callable[[Any], Any] | None = None
    unit: str = ""
    values: Sequence[str] = ()
    blank: bool = False
    shape: dict[str, Any] | None = None  # of PARTS

    def of(self, row: Any) -> Any:
        """The value as JSON has it: instants in UTC, days, whole numbers, texts."""
        found = self.value(row) if self.value is not None else getattr(row, self.name)
        if isinstance(found, datetime | date):
            return found.isoformat()
        if found is None or self.kind == Kind.PARTS:
            return found
        return int(found) if self.kind in (Kind.NUMBER, Kind.MONEY) else bool(found) if self.kind == Kind.YES else str(found)

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema, without words."""
        shape = dict(self.shape) if self.shape is not None else dict(SHAPES[self.kind])
        if self.values:
            shape["enum"] = [str(v) for v in self.values]
        return {"anyOf": [shape, {"type": "null"}]} if self.blank else shape


@dataclass(frozen=True)
class Asked:
    """Who asks and when: what a statement may depend on."""

    at: datetime
    today: date
    organisation_id: int | None = None  # of the key


@dataclass(frozen=True)
class Resource:
    """One kind of thing. `statement` yields rows with `id` (for the order, the newest last) and `public_id`; `line` makes of a row what the fields read."""

    name: str
    noun: str  # of one, in the description
    title: str
    about: str
    fields: tuple[Field, ...]
    statement: Callable[[Asked], Select[Any]]
    key: Any  # column of the order
    pid: Any  # column of the public id
    filters: Callable[[Asked], list[Filter]] = field(default=lambda _asked: [])
    scope: Scope | None = None
    scalars: bool = False
    line: Callable[[Any, Asked], Any] = field(default=lambda row, _asked: row)
    one: Callable[[str, Asked], dict[str, Any] | None] | None = None  # more of one than the list shows
    schemas: dict[str, dict[str, Any]] = field(default_factory=dict)  # of its parts; under the noun with "Page", what `one` gives

    def told(self, row: Any, asked: Asked) -> dict[str, Any]:
        """One row as JSON has it."""
        line = self.line(row, asked)
        return {f.name: f.of(line) for f in self.fields}

    @property
    def columns(self) -> list[Field]:
        """The fields that a table can hold."""
        return [f for f in self.fields if f.kind != Kind.PARTS]

    @property
    def path(self) -> str:
        return f"/api/v1/{self.name}"


@dataclass(frozen=True)
class Given:
    """One field of a report: how it is read from JSON and what is allowed."""

    name: str
    kind: Kind
    meaning: str
    longest: int = 300
    least: int = 0
    most: int = 10**13
    values: Sequence[str] = ()
    example: Any = None

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        shape = dict(SHAPES[self.kind])
        if self.kind == Kind.TEXT and not self.values:
            shape |= {"minLength": 1, "maxLength": self.longest, "pattern": r"^[^\u0000-\u001f]*[^\s\u0000-\u001f][^\u0000-\u001f]*$"}
        if self.kind in (Kind.NUMBER, Kind.MONEY):
            shape |= {"minimum": self.least, "maximum": self.most}
        if self.values:
            shape["enum"] = [str(v) for v in self.values]
        return shape | ({"examples": [self.example]} if self.example is not None else {})


@dataclass(frozen=True)
class Report:
    """What a partner may say of one thing of a resource. `act` gets the public id, the values, the key and the instant, and says (answer, is it new)."""

    of: str  # the resource
    name: str
    title: str
    about: str
    given: tuple[Given, ...]
    answer: tuple[Field, ...]
    act: Callable[[str, dict[str, Any], Any, datetime], tuple[Any, bool]]
    scope: Scope

    @property
    def noun(self) -> str:
        return f"{self.of.rstrip('s').capitalize()}{self.name.rstrip('s').capitalize()}"

    @property
    def path(self) -> str:
        return f"/api/v1/{self.of}/{{id}}/{self.name}"
