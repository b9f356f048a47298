"""How two fillings of a form differ: which answers, and word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from app.services.questionnaires.answering import is_empty, shown
from app.services.questionnaires.rules import Kind

MOST_WORDS = 4_000  # more are compared by lines


@dataclass(frozen=True)
class Piece:
    """A stretch of text: the same in both, only in the old, or only in the new."""

    how: str  # same, old, new
    text: str


def same(one: Any, other: Any) -> bool:
    """Do two answers say the same? Nothing, an empty text and an empty table are one."""
    return (is_empty(one) and is_empty(other)) or _bare(one) == _bare(other)


def _bare(value: Any) -> Any:
    return [row for row in value if not is_empty(row)] if isinstance(value, list) else value


def changed(codes: Iterable[str], old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The questions whose answers differ."""
    return [code for code in codes if not same(old.get(code), new.get(code))]


def told(question: Mapping[str, Any], value: Any, names: Mapping[str, str] | None = None) -> str:
    """An answer as plain text, a row of a table in a line; `names` are the labels of what may be chosen."""
    kind = Kind(question["type"])
    if is_empty(value):
        return ""
    if kind == Kind.TABLE:
        rows = [row for row in value if isinstance(row, dict) and not is_empty(row)] if isinstance(value, list) else []
        return "\n".join(" | ".join(told(c, row.get(c["code"]), names) for c in question["columns"]) for row in rows)
    if isinstance(value, list):
        return ", ".join((names or {}).get(str(v), str(v)) for v in value)
    text, known = shown(kind, value), names or {}
    return known.get(str(value)) or known.get(text) or text  # a yes is kept as true, and named by its control


def compare(old: str, new: str) -> list[Piece]:
    """How `new` differs from `old`, word by word; very long texts line by line. Blanks and line breaks alone are no difference."""
    one, other = _tokens(old), _tokens(new)
    if max(len(one), len(other)) > 2 * MOST_WORDS:
        one, other = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return list(_pieces(one, other))


def _tokens(text: str) -> list[str]:
    return re.findall(r"\S+\s*|\s+", text)  # a word with the blank after it: changed stretches stay in one piece


def _pieces(one: list[str], other: list[str]) -> Iterator[Piece]:
    bare = [[token.rstrip() for token in tokens] for tokens in (one, other)]
    for tag, a, b, c, d in SequenceMatcher(None, *bare, autojunk=len(one) + len(other) > MOST_WORDS).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(max(pair, key=len) for pair in zip(one[a:b], other[c:d], strict=True)))
            continue
        if a < b:
            yield Piece("old", "".join(one[a:b]))
        if c < d:
            yield Piece("new", "".join(other[c:d]))
