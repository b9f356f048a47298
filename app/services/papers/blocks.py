"""From a text template and plain data to blocks: a list of dictionaries that Word, PDF and HTML all draw. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.services.papers.rules import amount_in_words, paper_date, with_dots

Block = dict[str, Any]
_VALUE = re.compile(r"\$(?:\{(\w+)(?:\|(\w+))?\}|(\w+))")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_MARKS = {"sealed", "between"}
_PLAIN = {"title", "subtitle", "basis", "heading", "article", "from"}
_FOOT = _MARKS | {"sign", "recipients", "from"}
_ALONE = re.compile(r"\$(?:\w+|\{\w+\})")
_NEXT = "Điều #"
_ENDED = (".", "!", "?", "…", ":", ";", ",")


class BadTemplate(ValueError):
    """The template names a value, filter or command that does not exist."""


def clean(text: str) -> str:
    """The text without what no paper may hold: control characters, and those that turn the direction of writing."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


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
    return with_dots(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000 else clean(str(value))


def fill(text: str, data: dict[str, Any]) -> str:
    """The line with its values put in."""

    def one(match: re.Match[str]) -> str:
        name = match[1] or match[3]
        if name not in data:
            raise BadTemplate(f"no such value: {name}")
        return show(data[name], match[2])

    return _VALUE.sub(one, text)


def sentence(text: str) -> str:
    """The text, each of its lines with a full stop where it has no sign at its end."""
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join(f"{line}." if line and not line.endswith(_ENDED) else line for line in lines)


def once_each(texts: Iterable[str]) -> list[str]:
    """What several people said, each thing once, without its full stop and with how many said it, in the order it was said."""
    said = Counter(clean(text).strip().rstrip(".;").strip() for text in texts)
    return [f"{text} ({count} ý kiến)" if count > 1 else text for text, count in said.items() if text]


def build(template: str, data: dict[str, Any]) -> list[Block]:
    """The blocks of a paper. Raises BadTemplate."""
    blocks: list[Block] = []
    paragraph: list[str] = []
    articles = 0

    def end_paragraph() -> None:
        if paragraph:
            blocks.extend({"kind": "paragraph", "text": part.strip()} for part in " ".join(paragraph).split("\n") if part.strip())
            paragraph.clear()

    for line in _chosen(template.splitlines(), data):
        if not line.strip():
            end_paragraph()
        elif line.startswith("#"):
            end_paragraph()
            articles += line.startswith("#article ")
            blocks += _command(line[1:].replace(_NEXT, f"Điều {articles}"), data)
        elif _ALONE.fullmatch(line.strip()):
            end_paragraph()
            paragraph.append(sentence(fill(line.strip(), data)))
            end_paragraph()
        elif line.startswith("- "):
            end_paragraph()
            blocks.append({"kind": "point", "text": fill(line[2:].strip(), data)})
        else:
            paragraph.append(fill(line.strip(), data))
    end_paragraph()
    return _bases_ended(blocks)


def _bases_ended(blocks: list[Block]) -> list[Block]:
    """Bases end with ";", the last with a full stop."""
    last = max((at for at, block in enumerate(blocks) if block["kind"] == "basis"), default=None)
    for at, block in enumerate(blocks):
        if block["kind"] == "basis":
            block["text"] = block["text"].rstrip(" ;,.") + ("." if at == last else ";")
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
        return [{"kind": "basis", "text": f"Căn cứ {text};" if not text.startswith("Căn cứ") else text} for text in map(clean, map(str, _value(rest, data)))]
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
    if name in _MARKS:
        return [{"kind": name}]
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


def corrected(blocks: list[Block], corrections: list[tuple[str, str]]) -> list[Block]:
    """A copy of the blocks with words put right everywhere. Raises Incomplete for words that stand nowhere."""
    pairs = [(clean(wrong), clean(right)) for wrong, right in corrections if wrong.strip()]
    if not pairs:
        raise Incomplete(N_("Please say what is put right: the words as they stand, and as they should be."), field="corrections")
    met: set[str] = set()

    def mended(value: Any) -> Any:
        if isinstance(value, list):
            return [mended(part) for part in value]
        for wrong, right in pairs if isinstance(value, str) else ():
            if wrong in value:
                met.add(wrong)
                value = value.replace(wrong, right)
        return value

    made = [{key: value if key in ("kind", "side", "numbers") else mended(value) for key, value in block.items()} for block in blocks]
    if lost := next((wrong for wrong, _right in pairs if wrong not in met), None):
        raise Incomplete(N_("“%(words)s” stands nowhere in the paper."), field="corrections", words=lost[:80])
    return made


def is_between(blocks: list[Block]) -> bool:
    """Does the paper stand between two parties, with no letterhead of one of them?"""
    return any(block["kind"] == "between" for block in blocks)


def writer_of(blocks: list[Block]) -> str | None:
    """The body whose letterhead the paper carries, when its template names one."""
    return next((block["text"] for block in blocks if block["kind"] == "from" and block["text"]), None)


def with_last(blocks: list[Block]) -> list[Block]:
    """The blocks, the one before the signatures marked "last": it goes on their page. Of a table these are its last rows."""
    at = next((at for at in range(len(blocks) - 1, -1, -1) if blocks[at]["kind"] not in _FOOT), None)
    if at is None:
        return blocks
    block = blocks[at]
    if block["kind"] != "table":
        return [*blocks[:at], block | {"last": True}, *blocks[at + 1 :]]
    cut, shape = max(len(block["rows"]) - 2, 1), {"widths": widths(block), "size": table_size(block)}
    if len(block["rows"]) <= cut:
        return [*blocks[:at], block | {"last": True}, *blocks[at + 1 :]]
    return [*blocks[:at], block | shape | {"rows": block["rows"][:cut]}, block | shape | {"kind": "rows", "rows": block["rows"][cut:], "last": True}, *blocks[at + 1 :]]


def letterhead(name: str, longest: int = 26) -> list[str]:
    """A body's name in capitals, in as few lines as it needs and none much shorter than another."""
    words, lines = name.upper().split(), []
    for left in range(-(-len(name) // longest), 0, -1):
        wanted, line = -(-sum(len(word) + 1 for word in words) // left), words[:1]
        words = words[1:]
        while words and (left == 1 or len(" ".join([*line, words[0]])) <= wanted):
            line.append(words.pop(0))
        lines.append(" ".join(line))
    return [line for line in lines if line]


def is_sealed(blocks: list[Block]) -> bool:
    """Is the paper only for those who may read its subject, whatever their office?"""
    return any(block["kind"] == "sealed" for block in blocks)


def name_of(template: str) -> str:
    """What papers of a template are called: its first title, and its subtitle when that says enough without values."""
    found: dict[str, str] = {}
    for line in template.splitlines():
        command, _, text = line.partition(" ")
        found.setdefault(command, text)
    title = found.get("#title", "").strip().capitalize()
    said, cut, _value = found.get("#subtitle", "").partition("$")
    subtitle = said.strip() if not cut or len(said.split()) > 4 else ""
    return f"{title} – {subtitle}" if title and subtitle else title


def as_text(blocks: list[Block]) -> str:
    """The words of a paper in reading order, for search and for comparing its drawn forms."""
    words: list[str] = []
    for block in blocks:
        words += [block.get("label", ""), block.get("title", ""), block.get("text", ""), block.get("name", ""), *block.get("heads", [])]
        words += [cell for row in block.get("rows", []) for cell in row] + block.get("lines", [])
    return "\n".join(word for word in words if word)


def table_size(table: Block) -> int:
    """The letters of a table in points: smaller when it has many columns."""
    count = len(table["heads"])
    return 9 if count > 8 else 10 if count > 6 else 11


def widths(table: Block) -> list[int]:
    """How wide the columns of a table are to one another: each holds its longest word, long texts get most of the rest."""
    needs, wants = [], []
    for at, head in enumerate(table["heads"]):
        cells = [row[at] for row in table["rows"]] or [""]
        words = [len(word) for cell in [head, *cells] for word in cell.split()] or [1]
        needs.append(max(min(max(words), 16) + 1, 4))
        wants.append(min(max(len(head), sum(map(len, cells)) // len(cells), max(map(len, cells)) // 2), 120))
    spare = max(920 // table_size(table) - sum(needs), 0)
    beyond = [max(want - need, 0) for want, need in zip(wants, needs, strict=True)]
    return [10 * need + (10 * spare * more // sum(beyond) if any(beyond) else 0) for need, more in zip(needs, beyond, strict=True)]
