"""Long statements written once for all people with the same roles: who reads them comes in as parameters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Dialect,
    Integer,
    Select,
    TextualSelect,
    bindparam,
    column,
    literal_column,
    text,
)
from sqlalchemy.engine.interfaces import BindTyping
from sqlalchemy.sql import visitors

from app.kernel.permissions import Do, words_of
from app.services.people.models import User


@dataclass(frozen=True)
class Body:
    """A membership of whoever reads: the body is a parameter of the statement."""

    organisation_id: Any
    is_manager: bool


@dataclass(frozen=True)
class Anybody:
    """Stands for all people with these roles, and so many bodies, while the statements of their desk or board are written.

    Writing and reading costs a third of the page each, so it is written once and kept; who reads it comes in as parameters.
    Everything that makes two desks differ in more than parameters is a field here (`facts`: values of rules that parts ask for).
    """

    roles: frozenset[str]
    managing: tuple[bool, ...]
    today: date
    facts: tuple[Any, ...] = ()

    id = bindparam("me", type_=Integer)

    @staticmethod
    def like(user: User, today: date, facts: tuple[Any, ...]) -> Anybody:
        return Anybody(user.roles, tuple(m.is_manager for m in user.live_memberships), today, facts)

    @staticmethod
    def parameters(user: User, now: datetime) -> dict[str, Any]:
        """What fills the statement in for this person."""
        return {"me": user.id, "now": now} | {f"body_{n}": m.organisation_id for n, m in enumerate(user.live_memberships)}

    @property
    def live_memberships(self) -> list[Body]:
        return [Body(bindparam(f"body_{n}", type_=Integer), manages) for n, manages in enumerate(self.managing)]

    def can(self, do: Do) -> bool:
        return do in words_of(self.roles)


def written_out(statement: Select[Any], dialect: Dialect) -> TextualSelect:
    """The same as text, every value that is known written into it; what the reader brings along stays a parameter.

    Handing over two hundred values costs a third of the time, SQLite considers an index of open things only for a written state, and
    the text of a desk takes a tenth of the memory of the thousands of objects that it is made from.
    """

    def text_of(element: Any, **_given: Any) -> Any:
        if not isinstance(element, BindParameter) or element.required:
            return None
        value = str(element.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        return None if set(value) & set(":%\\") else literal_column(value, element.type)  # these would mean something in the text

    whole = visitors.replacement_traverse(statement, {}, text_of)
    plain = type(dialect)(paramstyle="named")
    plain.bind_typing = BindTyping.NONE  # the text is compiled once more, with its parameters
    compiled = whole.compile(dialect=plain)
    asked = [bindparam(name, type_=bind.type) if bind.required else bindparam(name, bind.value, type_=bind.type)  # SQLite adds an OFFSET of its own
             for bind, name in compiled.bind_names.items()]  # type: ignore[attr-defined]  # fmt: skip
    return text(str(compiled)).bindparams(*asked).columns(*(column(c.key or f"c{n}", c.type) for n, c in enumerate(whole.selected_columns)))
