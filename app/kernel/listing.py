"""Tables: filters, order and keyset pages kept in the address, and the same rows as a spreadsheet.

    listing = Listing(select(Call), request.args, key=Call.id,
        columns=[Column("number", N_("Number"), lambda c: c.number, sort=Call.number)],
        filters=[Filter("q", N_("Search"), lambda s, v: s.where(Call.folded.contains(fold(v)))),
                 Filter("state", N_("State"), lambda s, v: s.where(Call.state == v), choices=[("draft", N_("Draft"))])],
        default="-number")  # listing.rows · listing.total (capped) · listing.xlsx()
"""

from __future__ import annotations

import base64
import binascii
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, func, or_, select

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.text import nfc
from app.later import xlsxwriter

PER_PAGE = 50
COUNT_CAP = 1_000
EXPORT_CAP = 100_000


@dataclass(frozen=True)
class Column:
    """One column: `value` reads it from a row; `sort` is the expression to order by (NOT NULL), if any; `place` what that says of a row, when not `value`."""

    name: str
    label: str
    value: Callable[[Any], Any]
    sort: Any = None
    place: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Filter:
    """One filter of the address bar. `apply` narrows the statement; `choices` [(value, label)] or None for free text."""

    name: str
    label: str
    apply: Callable[[Select[Any], str], Select[Any]]
    choices: Sequence[tuple[str, str]] | None = None


class Listing:
    """One table as the address describes it. Unknown values in the address are ignored."""

    def __init__(self, statement: Select[Any], args: Mapping[str, str], *, key: Any, columns: Sequence[Column],
                 filters: Sequence[Filter] = (), default: str = "", per_page: int = PER_PAGE, scalars: bool = True) -> None:  # fmt: skip
        self.columns, self.filters, self.key, self.per_page, self.scalars = columns, filters, key, per_page, scalars
        self.values = {f.name: v for f in filters if (v := nfc(str(args.get(f.name, "")))[:200]) and _known(f, v)}
        self.sorts = {c.name: c.sort for c in columns if c.sort is not None}
        wanted = str(args.get("sort", "")) or default
        self.sort = wanted if wanted.lstrip("-") in self.sorts else (default or "")
        self.after = str(args.get("after", ""))
        for item in filters:
            if item.name in self.values:
                statement = item.apply(statement, self.values[item.name])
        self.statement = statement

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    @cached_property
    def total(self) -> int:
        """How many rows there are, counted up to COUNT_CAP + 1."""
        inner = self.statement.with_only_columns(self.key, maintain_column_froms=True).order_by(None).limit(COUNT_CAP + 1)
        return int(db.session.scalar(select(func.count()).select_from(inner.subquery())) or 0)

    @property
    def capped(self) -> bool:
        return self.total > COUNT_CAP

    @cached_property
    def _page(self) -> tuple[list[Any], bool]:
        statement = self._ordered()
        expression = self.sorts.get(self.sort.lstrip("-"))
        if (cursor := _decode(self.after, expression)) is not None:
            value, last_key = cursor
            tie = self.key < last_key if self.descending else self.key > last_key
            if expression is None:
                statement = statement.where(tie)
            elif value is None:  # blanks stand last in either order
                statement = statement.where(expression.is_(None), tie)
            else:
                beyond = expression < value if self.descending else expression > value
                statement = statement.where(or_(beyond, expression.is_(None), and_(expression == value, tie)))
        rows = self._fetch(statement.limit(self.per_page + 1))
        return rows[: self.per_page], len(rows) > self.per_page

    def _ordered(self) -> Select[Any]:
        expression = self.sorts.get(self.sort.lstrip("-"))
        key = self.key.desc() if self.descending else self.key
        if expression is None:
            return self.statement.order_by(key)
        return self.statement.order_by((expression.desc() if self.descending else expression.asc()).nulls_last(), key)

    def _fetch(self, statement: Select[Any]) -> list[Any]:
        result = db.session.execute(statement)
        return list(result.unique().scalars() if self.scalars else result.all())

    @property
    def rows(self) -> list[Any]:
        """The rows of this page."""
        return self._page[0]

    @property
    def next_args(self) -> dict[str, str] | None:
        """Arguments of the address of the next page, or None on the last."""
        rows, more = self._page
        if not more:
            return None
        name = self.sort.lstrip("-")
        column = next((c for c in self.columns if c.name == name), None)
        last = rows[-1]
        key = getattr(last, self.key.key) if hasattr(self.key, "key") else last.id
        return self.address(after=_encode((column.place or column.value)(last) if column else None, key))

    def address(self, **changes: str | None) -> dict[str, str]:
        """This table's arguments with some changed (None takes one out); a change leads back to the first page."""
        args: dict[str, str | None] = {**self.values, "sort": self.sort or None, **changes}
        return {k: v for k, v in args.items() if v}

    def xlsx(self, title: str = "Vàm Cỏ") -> bytes:
        """Exactly the filtered rows, in this order, as a spreadsheet: real numbers and dates, no formulas."""
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        book.set_properties({"title": title, "author": "Vàm Cỏ"})
        sheet = book.add_worksheet()
        bold, day, moment, number = (book.add_format(f) for f in (
            {"bold": True}, {"num_format": "dd/mm/yyyy"}, {"num_format": "dd/mm/yyyy hh:mm"}, {"num_format": "#,##0"}))  # fmt: skip
        for at, column in enumerate(self.columns):
            sheet.write_string(0, at, _said(column.label), bold)
        for line, row in enumerate(self._fetch(self._ordered().limit(EXPORT_CAP)), start=1):
            for at, column in enumerate(self.columns):
                value = column.value(row)
                if isinstance(value, datetime):
                    sheet.write_datetime(line, at, local(value).replace(tzinfo=None), moment)
                elif isinstance(value, date):
                    sheet.write_datetime(line, at, datetime(value.year, value.month, value.day), day)
                elif isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(line, at, value, number)
                elif value is not None:
                    sheet.write_string(line, at, _said(value.label) if hasattr(value, "label") else str(value))
        sheet.freeze_panes(1, 0)
        sheet.autofit()
        book.close()
        return buffer.getvalue()


def _said(label: str) -> str:
    return _(label) if label else ""  # the empty msgid is the catalogue's own head


def _known(item: Filter, value: str) -> bool:
    return item.choices is None or value in {str(v) for v, _label in item.choices}


def _encode(value: Any, key: int) -> str:
    text = value.isoformat() if isinstance(value, date | datetime) else value
    text = str(text) if text is not None and not isinstance(text, int | float | str) else text
    return base64.urlsafe_b64encode(json.dumps([text, key]).encode()).decode().rstrip("=")


def _decode(text: str, expression: Any) -> tuple[Any, int] | None:
    """What a cursor says, typed as the sorted column; None when nothing stands there, or nothing that could."""
    try:
        value, key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        kind = getattr(getattr(expression, "type", None), "python_type", object) if expression is not None else object
        if kind in (date, datetime) and value is not None:
            value = datetime.fromisoformat(value).astimezone(UTC) if kind is datetime else date.fromisoformat(value)
        small = all(abs(n) < 2**63 for n in (value, key) if isinstance(n, int | float))
        plain = value is None or (isinstance(value, str | int | float | date) and isinstance(value, kind) and "\0" not in str(value))
        return (value, key) if small and plain and isinstance(key, int) else None
    except (ValueError, TypeError, AttributeError, OverflowError, NotImplementedError, binascii.Error):
        return None
