"""What the pages of imports show: lists, sentences about cells, the report as a workbook."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.across.imports import fields, queries
from app.across.imports.checking import ERROR
from app.across.imports.models import Batch, Row
from app.across.imports.rules import BatchState, Outcome, Target
from app.kernel.listing import Column, Filter, Listing
from app.kernel.words import N_
from app.later import xlsxwriter
from app.services.people.models import User

SHOW = (("errors", N_("with errors")), ("warnings", N_("with warnings")), ("known", N_("here already")), *((str(o), o.label) for o in Outcome))


def batches(args: Mapping[str, str]) -> Listing:
    """All imports, newest first."""
    return Listing(
        queries.statement().join(User, User.id == Batch.by_id), args, key=Batch.id, default="-created",
        columns=[
            Column("filename", N_("File"), lambda r: r.filename, sort=Batch.filename),
            Column("target", N_("What the list holds"), lambda r: _(r.target.label)),
            Column("state", N_("State"), lambda r: _(r.state.label)),
            Column("total", N_("Rows"), lambda r: r.total, sort=Batch.total),
            Column("imported", N_("Imported"), lambda r: r.imported, sort=Batch.imported),
            Column("by", N_("By"), lambda r: r.by.name),
            Column("created", N_("Read at"), lambda r: r.created_at, sort=Batch.created_at),
        ],
        filters=[
            Filter("q", N_("File"), lambda s, v: s.where(Batch.filename.icontains(v, autoescape=True))),
            Filter("state", N_("State"), lambda s, v: s.where(Batch.state == v), choices=[(str(x), x.label) for x in BatchState]),
            Filter("target", N_("What the list holds"), lambda s, v: s.where(Batch.target == v), choices=[(str(x), x.label) for x in Target]),
        ],
    )  # fmt: skip


def _narrow(statement: Any, value: str) -> Any:
    conditions = {"errors": Row.errors > 0, "warnings": Row.warnings > 0, "known": Row.match_pid.is_not(None)}
    return statement.where(conditions.get(value, Row.outcome == value))


def rows(batch: Batch, args: Mapping[str, str]) -> Listing:
    """The rows of an import with what is said of them."""
    return Listing(
        queries.rows_statement(batch), args, key=Row.id, default="number",
        columns=[
            Column("number", N_("Row"), lambda r: r.number, sort=Row.number),
            Column("title", N_("Title or name"), lambda r: r.understood.get("title") or r.understood.get("name")),
            Column("code", N_("Code"), lambda r: r.understood.get("code")),
            Column("choice", N_("What to do"), lambda r: _(r.choice.label)),
            Column("said", N_("What is said of it"), lambda r: "\n".join(s.sentence for s in said(batch, r))),
            Column("outcome", N_("Outcome"), lambda r: _(r.outcome.label) if r.outcome else None),
        ],
        filters=[Filter("q", N_("Words of title or code"), queries.with_words), Filter("show", N_("Show"), _narrow, choices=SHOW)],
    )  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A sentence about a cell."""

    field: str
    label: str
    column: str
    found: Any
    understood: Any
    is_error: bool
    sentence: str


def sentence(message: str, params: Mapping[str, Any]) -> str:
    """A stored sentence in the language of the page."""
    return _(message) % params if params else _(message)


def said(batch: Batch, row: Row) -> list[Said]:
    """All sentences about a row, errors first."""
    labels = {f.name: _(f.label) for f in fields.OF[batch.target]}
    found = []
    for name, level, message, params in row.problems:
        c = batch.mapping.get(name)
        found.append(Said(name, labels.get(name, name), batch.heads[c] if c is not None else "", row.fixes.get(name) or (row.cells[c] if c is not None else ""), row.understood.get(name), level == ERROR, sentence(message, params)))
    return sorted(found, key=lambda s: not s.is_error)


def counts(batch: Batch, found: Iterable[Row]) -> list[tuple[str, str, bool, int]]:
    """(field, sentence without figures, is it an error, how many rows) of a report, the most frequent first."""
    labels = {f.name: _(f.label) for f in fields.OF[batch.target]}
    tally = Counter((name, message, level == ERROR) for row in found for name, level, message, _p in row.problems)
    blank = Counter()  # type: ignore[var-annotated]
    for (name, message, wrong), n in tally.items():
        blank[(labels.get(name, name), _(message) % _Dots(), wrong)] += n
    return [(label, text, wrong, n) for (label, text, wrong), n in sorted(blank.items(), key=lambda kv: (not kv[0][2], -kv[1]))]


class _Dots(dict):  # type: ignore[type-arg]
    def __missing__(self, _key: str) -> str:
        return "…"


def report(batch: Batch, found: Iterable[Row]) -> bytes:
    """The report as a workbook: a line for each cell that something is said of."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold = book.add_worksheet("Report"), book.add_format({"bold": True})
    for c, head in enumerate((_("Row"), _("Field"), _("Column"), _("Text found"), _("Understood as"), _("Weight"), _("What is said of it"))):
        sheet.write_string(0, c, head, bold)
    line = 0
    for row in found:
        for s in said(batch, row):
            line += 1
            sheet.write_number(line, 0, row.number)
            for c, text in enumerate((s.label, s.column, s.found, s.understood, _("error") if s.is_error else _("warning"), s.sentence), 1):
                sheet.write_string(line, c, "" if text is None else str(text))
    sheet.set_column(1, 6, 26)
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()
