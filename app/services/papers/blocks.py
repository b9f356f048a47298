"""From a text template and plain data to blocks: a list of dictionaries that Word, PDF and HTML all draw. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from app.services.papers.rules import amount_in_words, paper_date, with_dots

Block = dict[str, Any]
_VALUE = re.compile(r"\$(?:\{(\w+)(?:\|(\w+))?\}|(\w+))")
_PLAIN = {"title", "subtitle", "basis", "heading", "article"}


class BadTemplate(ValueError):
    """The template names a value, filter or command that does not exist."""


def show(value: Any, how: str | None = None) -> str:
    """A value as a paper prints it."""
    if value is None or value == "":
        return "" if how is None else "–"
    if how == "money":
        return f"{with_dots(int(value))} đồng"
    if how == "words":
        text = amount_in_words(int(value))
        return text[0].upper() + text[1:]
    if how in ("date", "longdate"):
        day = date.fromisoformat(str(value)[:10])
        return f"{day:%d/%m/%Y}" if how == "date" else paper_date(day)
    if how is not None:
        raise BadTemplate(f"no such filter: {how}")
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    return with_dots(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000 else str(value)


def fill(text: str, data: dict[str, Any]) -> str:
    """The line with its values put in."""

    def one(match: re.Match[str]) -> str:
        name = match[1] or match[3]
        if name not in data:
            raise BadTemplate(f"no such value: {name}")
        return show(data[name], match[2])

    return _VALUE.sub(one, text)


def build(template: str, data: dict[str, Any]) -> list[Block]:
    """The blocks of a paper. Raises BadTemplate."""
    blocks: list[Block] = []
    paragraph: list[str] = []

    def end_paragraph() -> None:
        if paragraph:
            blocks.append({"kind": "paragraph", "text": " ".join(paragraph)})
            paragraph.clear()

    for line in _chosen(template.splitlines(), data):
        if not line.strip():
            end_paragraph()
        elif line.startswith("#"):
            end_paragraph()
            blocks += _command(line[1:], data)
        elif line.startswith("- "):
            end_paragraph()
            blocks.append({"kind": "point", "text": fill(line[2:].strip(), data)})
        else:
            paragraph.append(fill(line.strip(), data))
    end_paragraph()
    return blocks


def _chosen(lines: list[str], data: dict[str, Any]) -> list[str]:
    kept, showing = [], True
    for line in lines:
        if line.startswith("#if "):
            name = line[4:].strip().lstrip("$")
            if name not in data:
                raise BadTemplate(f"no such value: {name}")
            showing = bool(data[name])
        elif line.strip() == "#else":
            showing = not showing
        elif line.strip() == "#end":
            showing = True
        elif showing:
            kept.append(line)
    return kept


def _command(line: str, data: dict[str, Any]) -> list[Block]:
    name, _, rest = line.partition(" ")
    rest = rest.strip()
    if name in _PLAIN:
        return [{"kind": name, "text": fill(rest, data)}]
    if name == "bases":
        return [{"kind": "basis", "text": f"Căn cứ {text};" if not str(text).startswith("Căn cứ") else str(text)} for text in _value(rest, data)]
    if name == "field":
        label, _, value = rest.partition(":")
        return [{"kind": "field", "label": label.strip(), "text": fill(value.strip(), data)}]
    if name == "table":
        return [_table(rest, data)]
    if name == "total":
        label, _, value = rest.partition(":")
        text, _, how = value.strip().partition("|")
        return [{"kind": "total", "label": label.strip(), "text": show(_value(text, data), how or None)}]
    if name == "sign":
        side, _, who = rest.partition(":")
        title, _, person = who.partition("/")
        return [{"kind": "sign", "side": side.strip(), "title": fill(title.strip(), data), "name": fill(person.strip(), data)}]
    if name == "recipients":
        return [{"kind": "recipients", "lines": [part.strip() for part in fill(rest, data).split(";") if part.strip()]}]
    raise BadTemplate(f"no such command: #{name}")


def _table(text: str, data: dict[str, Any]) -> Block:
    source, *columns = [part.strip() for part in re.split(r"\s\|\s", text)]
    heads, keys = [], []
    for column in columns:
        label, _, key = column.partition("=")
        heads.append(label.strip())
        keys.append(key.strip().partition("|"))
    rows = [
        [str(at) if key == "#" else show(row.get(key), how or None) for key, _bar, how in keys]
        for at, row in enumerate(_value(source, data) or [], 1)
    ]
    return {"kind": "table", "heads": heads, "rows": rows, "numbers": [how == "money" for _key, _bar, how in keys]}


def _value(text: str, data: dict[str, Any]) -> Any:
    name = text.strip().lstrip("$")
    if name not in data:
        raise BadTemplate(f"no such value: {name}")
    return data[name]


def as_text(blocks: list[Block]) -> str:
    """The words of a paper in reading order, for search and for comparing its drawn forms."""
    words: list[str] = []
    for block in blocks:
        words += [block.get("label", ""), block.get("title", ""), block.get("text", ""), block.get("name", ""), *block.get("heads", [])]
        words += [cell for row in block.get("rows", []) for cell in row] + block.get("lines", [])
    return "\n".join(word for word in words if word)
