"""A filled Word form read again: the text of each content control, and without controls what stands below each question. Pure."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.kernel.errors import Incomplete
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.later import defused
from app.services.questionnaires.answering import is_empty, value_of
from app.services.questionnaires.rules import Definition, Kind, questions
from app.stages.proposals.wordform import (
    AIM,
    BUDGET,
    BUDGET_TABLE,
    BY_HEAD,
    FORM,
    GANTT,
    MONTHS,
    NO,
    SPENDING_LABEL,
    TEAM,
    TITLE,
    YES,
    guide,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element
from app.stages.proposals.wordtables import (
    PLAN,
    PRODUCT_TAGS,
    SPENDING,
    SPENDING_WORDS,
    TITLES,
    USES,
)

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TABLES = (PLAN, *PRODUCT_TAGS.values(), USES, BUDGET_TABLE)
LARGEST = 20 * 2**20  # bytes of the document's own text


@dataclass
class Read:
    """What a filled form says: title, aim and months where they stand in it, answers by question, questions not found."""

    mark: str = ""
    title: str | None = None
    aim: str | None = None
    months: str | None = None
    spending: str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)  # of plan, products, uses and budget, cell by cell


def read(content: bytes, definition: Definition, names: Mapping[str, Mapping[str, str]]) -> Read:
    """Read a .docx that was checked already. Raises Incomplete when it is not a filled form."""
    body = _body(content)
    found = dict(_controls(body)) or _by_label(body, definition, names)
    if not found:
        raise Incomplete(N_("This Word file is not a filled form of a work description. Download the form from the dossier and fill it in."), field="file")
    result = Read(mark=_text(found.get(FORM, [])), title=_given(found, TITLE), aim=_given(found, AIM), months=_given(found, MONTHS), spending=_given(found, SPENDING))
    result.tables = {tag: _cells(table) for tag in TABLES if (table := _first_table(found.get(tag, []))) is not None}
    for question in questions(definition):
        code = question["code"]
        if question["type"] in (Kind.FILE, Kind.CALCULATED):
            continue
        if code not in found:
            result.missing.append(code)
        else:
            result.answers[code] = _answer(question, found[code], names)
    if len(result.missing) == sum(q["type"] not in (Kind.FILE, Kind.CALCULATED) for q in questions(definition)):
        raise Incomplete(N_("This Word file is of another form: none of the questions of this dossier is in it."), field="file")
    return result


def _given(found: Mapping[str, list[Element]], tag: str) -> str | None:
    return _text(found[tag]) if tag in found else None


def _body(content: bytes) -> Element:
    """The body of the main part. Raises Incomplete when there is none that can be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            part = next(p.get("PartName", "") for p in defused.fromstring(archive.read("[Content_Types].xml")).iter(f"{TYPES}Override") if p.get("ContentType") == MAIN)
            info = archive.getinfo(part.lstrip("/"))
            if info.file_size > LARGEST:
                raise Incomplete(N_("The text of this Word file is too large."), field="file")
            body = defused.fromstring(archive.read(info)).find(f"{W}body")
    except (zipfile.BadZipFile, defused.ParseError, KeyError, StopIteration, ValueError, OSError):
        body = None
    if body is None:
        raise Incomplete(N_("This file cannot be opened. Please save it again."), field="file")
    return body


def _controls(body: Element) -> Iterator[tuple[str, list[Element]]]:
    """The content controls of the document: tag, and what is in them. The first one with a tag counts."""
    seen: set[str] = set()
    for control in body.iter(f"{W}sdt"):
        tag, content = control.find(f"{W}sdtPr/{W}tag"), control.find(f"{W}sdtContent")
        name = tag.get(f"{W}val", "") if tag is not None else ""
        if name and content is not None and name not in seen:
            seen.add(name)
            yield name, list(content)


def _blocks(parent: Element) -> Iterator[Element]:
    """Paragraphs and tables in order, also those inside controls."""
    for child in parent:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        else:
            yield from _blocks(child)


def _by_label(body: Element, definition: Definition, names: Mapping[str, Mapping[str, str]]) -> dict[str, list[Element]]:
    """For writers that drop the controls: what stands below the line of each question, up to the next line of the form."""
    labels = {fold("Tên nhiệm vụ"): TITLE, fold("Thời gian thực hiện (tháng)"): MONTHS, fold("Mục tiêu"): AIM, fold(BUDGET): BUDGET_TABLE,
              fold(SPENDING_LABEL): SPENDING} | {fold(title): tag for tag, title in TITLES.items()}  # fmt: skip
    ours = {fold("Ghi: " + " hoặc ".join(SPENDING_WORDS.values()) + ".")}
    for question in questions(definition):
        labels[fold(question["label"]["vi"]) + (" *" if question.get("required") else "")] = question["code"]
        ours.add(fold(" ".join(guide(definition, question, names.get(question["code"], {})))))
    heads = {fold(TEAM), fold(GANTT), fold(BY_HEAD)} | {fold(f"{s.get('number', '')}. {s['label']['vi']}".lstrip(". ")) for s in definition["sections"]}
    found: dict[str, list[Element]] = {}
    here: str | None = None
    for block in _blocks(body):
        line = fold(_text([block])) if block.tag == f"{W}p" else ""
        if line in labels and labels[line] not in found:
            here = labels[line]
            found[here] = []
        elif line in heads or (here in (TITLE, MONTHS, AIM) and re.match(r"(kinh phi|chu nhiem|to chuc chu tri|noi dung uu tien)[^:]*:", line)):
            here = None
        elif here is not None and (line not in ours or not line):
            found[here].append(block)
    return found if len(found) > len(labels) // 2 else {}


def _text(elements: list[Element]) -> str:
    """The text of paragraphs, one a line; what was deleted with tracked changes is not there, what was inserted is."""
    lines = [_line(p) for element in elements for p in ([element] if element.tag == f"{W}p" else element.iter(f"{W}p"))]
    if not lines:  # a control inside a paragraph holds runs
        lines = ["".join(_line(e) for e in elements)]
    return nfc("\n".join(lines))


def _line(paragraph: Element) -> str:
    signs = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
    return "".join(part.text or "" if part.tag == f"{W}t" else signs.get(part.tag, "") for part in _runs(paragraph))


def _runs(parent: Element) -> Iterator[Element]:
    for child in parent:
        if child.tag in (f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr"):
            continue
        yield child
        yield from _runs(child)


def _answer(question: Mapping[str, Any], elements: list[Element], names: Mapping[str, Mapping[str, str]]) -> Any:
    if question["type"] == Kind.TABLE:
        table = _first_table(elements)
        return _rows(question, table, names) if table is not None else []
    return _value(question, _text(elements), names.get(question["code"], {}))


def _first_table(elements: list[Element]) -> Element | None:
    return next((t for e in elements for t in ([e] if e.tag == f"{W}tbl" else e.iter(f"{W}tbl"))), None)


def _cells(table: Element) -> list[list[str]]:
    return [[_text([cell]) for cell in line.iter(f"{W}tc")] for line in table.iter(f"{W}tr")]


def _value(question: Mapping[str, Any], text: str, names: Mapping[str, str]) -> Any:
    """The answer as the form would read it: the label of a choice becomes its value, what cannot be read stays as it is."""
    kind = Kind(question["type"])
    if kind == Kind.YES_NO:
        return {fold(YES): True, fold(NO): False, "yes": True, "no": False}.get(fold(text), text or None)
    by_label = {fold(label): value for value, label in names.items()}
    if kind == Kind.MANY:
        return [by_label.get(fold(line), line) for line in text.split("\n") if line.strip()]
    if names:
        return by_label.get(fold(text), text or None)
    return value_of(kind, text)


def _rows(question: Mapping[str, Any], table: Element, names: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    columns = question["columns"]
    heads = [fold(c["label"]["vi"]) for c in columns]
    rows = []
    for texts in _cells(table):
        if [fold(t) for t in texts] == heads:
            continue
        cells = dict(zip((c["code"] for c in columns), texts, strict=False))
        row = {c["code"]: _value(c, cells.get(c["code"], ""), names.get(f"{question['code']}.{c['code']}", {})) for c in columns}
        if not is_empty(row):
            rows.append(row)
    return rows
