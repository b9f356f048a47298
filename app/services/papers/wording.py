"""What may stand in the text template of a paper, and what is wrong with a text that somebody wrote. Pure.

The variables of a template are declared beside it: `<name>.json` holds an example of each, `vocabulary.json` what they mean.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face
from app.services.papers.blocks import BadTemplate, build, clean

APP = Path(__file__).resolve().parent.parent.parent
MEANINGS: dict[str, list[str]] = json.loads((Path(__file__).parent / "vocabulary.json").read_text(encoding="utf-8"))
ALWAYS = {"bases": ["Luật Khoa học, công nghệ và đổi mới sáng tạo số 93/2025/QH15", "Nghị định số 267/2025/NĐ-CP của Chính phủ"], "office": "GIÁM ĐỐC", "signer": "Phạm Giám Đốc"}
COMMANDS = ("title", "subtitle", "basis", "bases", "heading", "article", "field", "table", "total", "sign", "recipients", "if", "else", "end", "from", "between", "sealed")
FILTERS = ("money", "words", "date", "longdate")
LONGEST, LONGEST_LINE, MOST_PROBLEMS = 60_000, 5_000, 20
_VALUE = re.compile(r"\$(?:\{(\w+)(?:\|(\w+))?\}|(\w+))")
_BROKEN = re.compile(r"\$\{(?!\w+(?:\|\w+)?\})")


OTHERS: dict[str, Any] = {}  # texts that are no papers: "mail" -> a module with shipped(name) and problems(name, text)


def other(name: str) -> Any:
    """The module of a text that is no paper ("<room>/mail/<name>.<language>"), or None."""
    return OTHERS.get(name.split("/")[1]) if name.count("/") == 2 else None


class WordingState(Face):
    """How far a wording is. A frozen one is in force from its day on, until another's day."""

    DRAFT = "draft", N_("Draft"), "grey"
    IN_FORCE = "in_force", N_("Put in force"), "green"
    DISCARDED = "discarded", N_("Discarded"), "grey"


WORDING = Lifecycle("paper_wording", WordingState, start=WordingState.DRAFT, moves={
    (WordingState.DRAFT, "put_in_force"): Move(WordingState.IN_FORCE, Do.RULEBOOK_REVISE, N_("Put in force")),
    (WordingState.DRAFT, "discard"): Move(WordingState.DISCARDED, Do.RULEBOOK_REVISE, N_("Discard the draft")),
})  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """What is wrong, and in which line (0: the whole)."""

    line: int
    message: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Variable:
    """A value that a template may use. A list has columns."""

    name: str
    example: Any
    columns: tuple[str, ...] = ()

    def meaning(self, lang: str) -> str:
        """What it stands for."""
        vi, en = MEANINGS.get(self.name, ("", ""))
        return en if lang == "en" else vi


def shipped_file(name: str) -> Path:
    """Where the shipped text of "<room>/<name>" lies. Raises FileNotFoundError."""
    room, _, file = name.partition("/")
    found = sorted(APP.glob(f"*/{room}/templates/{room}/papers/{file}.txt")) if re.fullmatch(r"\w+/\w+", name) else []
    if not found:
        raise FileNotFoundError(f"no paper template {name}")
    return found[0]


@cache
def shipped_names() -> tuple[str, ...]:
    """Every template that came with the system."""
    return tuple(sorted(f"{path.parent.parent.name}/{path.stem}" for path in APP.glob("*/*/templates/*/papers/*.txt")))


@cache
def _declared(name: str) -> dict[str, Any] | None:
    try:
        path = shipped_file(name).with_suffix(".json")
    except FileNotFoundError:
        return None
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def examples(name: str) -> dict[str, Any]:
    """An example of every value that the template of this paper may use."""
    return {**ALWAYS, **(_declared(name) or {})}


def variables(name: str) -> list[Variable]:
    """The fixed list of variables of a paper."""
    return [Variable(key, value, _columns(value)) for key, value in sorted(examples(name).items())]


def undeclared(name: str, data: dict[str, Any]) -> set[str]:
    """Names in which what is given differs from what is declared; none for a template without a declaration."""
    known = _declared(name)
    return (set(known) ^ set(data)) - set(ALWAYS) if known is not None else set()


def _columns(value: Any) -> tuple[str, ...]:
    return tuple(value[0]) if isinstance(value, list) and value and isinstance(value[0], dict) else ()


def problems(name: str, text: str) -> list[Problem]:
    """What is wrong with a text as the template of this paper, in the order of its lines."""
    if (kind := other(name)) is not None:
        return list(kind.problems(name, text))
    if len(text) > LONGEST:
        return [Problem(0, N_("The text has %(have)d characters; %(n)d is the most."), {"have": len(text), "n": LONGEST})]
    if text != clean(text):
        at = next((at for at, line in enumerate(text.splitlines(), 1) if line != clean(line)), 0)
        return [Problem(at, N_("The line holds signs that cannot be seen, or that turn the direction of writing. Please type it anew."))]
    reader = _Reader(examples(name))
    for at, line in enumerate(text.splitlines(), 1):
        reader.read(at, line)
    reader.end(len(text.splitlines()))
    if not reader.found:
        reader.found += _tried(text, reader.known)
    return reader.found[:MOST_PROBLEMS]


def _tried(text: str, known: dict[str, Any]) -> list[Problem]:
    """The text is built once with the examples and once with nothing in them: both must go through."""
    nothing = {key: [] if isinstance(value, list) else "" for key, value in known.items()}
    for data in (known, nothing):
        try:
            build(text, data)
        except (BadTemplate, ValueError, TypeError, AttributeError, IndexError, KeyError):
            return [Problem(0, N_("The paper cannot be made of this text with the example. Please compare it with the wording before."))]
    return []


class _Reader:
    """Reads the lines one after another and notes what is wrong."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.known, self.open, self.titled = known, 0, False
        self.found: list[Problem] = []

    def say(self, line: int, message: str, /, **params: Any) -> None:
        self.found.append(Problem(line, message, params))

    def read(self, at: int, line: str) -> None:
        if len(line) > LONGEST_LINE:
            self.say(at, N_("The line has %(have)d characters; %(n)d is the most."), have=len(line), n=LONGEST_LINE)
        elif not line.startswith("#"):
            self.values(at, line)
        else:
            name, _, rest = line[1:].partition(" ")
            if name not in COMMANDS:
                self.say(at, N_("There is no command “#%(name)s”."), name=name[:40])
            else:
                getattr(self, f"_{name}", self.values)(at, rest.strip())
            self.titled = self.titled or (name == "title" and bool(rest.strip()))

    def values(self, at: int, text: str) -> None:
        """All $names of a piece of text are known, and their filters fit."""
        if _BROKEN.search(text):
            self.say(at, N_("“${” is not closed: a value is written ${name} or ${name|filter}."))
        for match in _VALUE.finditer(text):
            self.value(at, match[1] or match[3], match[2] or "")

    def value(self, at: int, name: str, how: str) -> None:
        if name not in self.known:
            self.say(at, N_("There is no variable “$%(name)s” for this paper. See the list beside the text."), name=name[:40])
        elif isinstance(self.known[name], list):
            self.say(at, N_("“$%(name)s” is a list: it stands in #table or #bases."), name=name)
        elif how:
            self.filter(at, name, how, self.known[name])

    def filter(self, at: int, name: str, how: str, example: Any) -> None:
        if how not in FILTERS:
            self.say(at, N_("There is no filter “%(how)s”. There are: %(known)s."), how=how[:40], known=", ".join(FILTERS))
        elif (how in ("money", "words") and not isinstance(example, int)) or (how in ("date", "longdate") and not _is_day(example)):
            self.say(at, N_("“%(name)s” does not go with the filter “%(how)s”: its value is for example “%(example)s”."), name=name, how=how, example=str(example)[:60])

    def _bases(self, at: int, rest: str) -> None:
        name = rest.lstrip("$")
        if not isinstance(self.known.get(name), list) or _columns(self.known[name]):
            self.say(at, N_("After #bases stands a list of texts: #bases $bases."))

    def _if(self, at: int, rest: str) -> None:
        if self.open:
            self.say(at, N_("#if stands inside the #if of line %(line)d, which is not closed by #end."), line=self.open)
        self.open = at
        if rest.lstrip("$") not in self.known:
            self.say(at, N_("There is no variable “$%(name)s” for this paper. See the list beside the text."), name=rest.lstrip("$")[:40])

    def _else(self, at: int, _rest: str) -> None:
        if not self.open:
            self.say(at, N_("#else stands outside any #if."))

    def _end(self, at: int, _rest: str) -> None:
        if not self.open:
            self.say(at, N_("#end stands outside any #if."))
        self.open = 0

    def _table(self, at: int, rest: str) -> None:
        source, *columns = [part.strip() for part in re.split(r"\s\|\s", rest)]
        name = source.lstrip("$")
        known = _columns(self.known.get(name))
        if not known:
            self.say(at, N_("“%(name)s” is no list with columns; a table is written #table $list | Heading=column."), name=source[:40])
        elif not columns:
            self.say(at, N_("The table has no columns; they are written | Heading=column."))
        for column in columns if known else ():
            _label, is_there, key = column.partition("=")
            key, _, how = key.strip().partition("|")
            if not is_there or (key != "#" and key not in known):
                self.say(at, N_("“%(column)s” names no column of “$%(name)s”. There are: %(known)s."), column=column[:60], name=name, known=", ".join(known))
            elif how:
                self.filter(at, key, how, self.known[name][0].get(key))

    def _field(self, at: int, rest: str) -> None:
        if ":" not in rest:
            self.say(at, N_("A #field is written #field Label: value."))
        self.values(at, rest.partition(":")[2])

    def _total(self, at: int, rest: str) -> None:
        name, _, how = rest.partition(":")[2].strip().partition("|")
        self.value(at, name.lstrip("$"), how)

    def _sign(self, at: int, rest: str) -> None:
        side, is_there, who = rest.partition(":")
        if side.strip() not in ("left", "right") or not is_there:
            self.say(at, N_("A signature is written #sign left: OFFICE / name, or #sign right: …"))
        self.values(at, who)

    def end(self, lines: int) -> None:
        if self.open:
            self.say(self.open, N_("#if is not closed: #end is missing."))
        if not self.titled:
            self.say(0, N_("The paper has no title: a line #title … is missing."))


def _is_day(value: Any) -> bool:
    try:
        return bool(date.fromisoformat(str(value)[:10]))
    except ValueError:
        return False


def compared(old: str, new: str) -> list[tuple[str, str]]:
    """The lines of two texts as ("same" | "old" | "new", line)."""
    before, after = old.splitlines(), new.splitlines()
    found: list[tuple[str, str]] = []
    for how, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        found += [("same" if how == "equal" else "old", line) for line in before[a:b]]
        found += [("new", line) for line in after[c:d] if how != "equal"]
    return found
