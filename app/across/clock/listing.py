"""A table of items that are reckoned, not read: the same filters, order, pages and spreadsheet as the lists of the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.kernel.listing import Column, Filter, Listing


class Items(list[Any]):
    """Rows that were chosen already: what a spreadsheet asks of a statement."""

    def limit(self, most: int) -> Items:
        return Items(self[:most])


class Reckoned(Listing):
    """Rows in memory. `apply` of a filter and `sort` of a column take rows instead of statements."""

    def __init__(self, rows: Sequence[Any], args: Mapping[str, str], *, columns: Sequence[Column], filters: Sequence[Filter] = (), default: str = "") -> None:
        super().__init__(Items(rows), args, key=None, columns=columns, filters=filters, default=default)  # type: ignore[arg-type]

    @property
    def found(self) -> Items:
        """All rows that the filters leave."""
        return self.statement  # type: ignore[return-value]

    @property
    def total(self) -> int:  # type: ignore[override]
        return len(self.found)

    @property
    def capped(self) -> bool:
        return False

    def _ordered(self) -> Any:
        by: Callable[[Any], Any] | None = self.sorts.get(self.sort.lstrip("-"))
        if by is None:
            return self.found
        told = [(by(row), n, row) for n, row in enumerate(self.found)]
        known = sorted(((value, n) for value, n, _row in told if value is not None), reverse=self.descending)
        rows = {n: row for _value, n, row in told}
        return Items([*(rows[n] for _value, n in known), *(row for value, _n, row in told if value is None)])  # blanks stand last in either order

    @property
    def _page(self) -> tuple[list[Any], bool]:  # type: ignore[override]
        start = int(self.after) if self.after.isascii() and self.after.isdigit() and len(self.after) < 7 else 0
        rows = self._ordered()
        return rows[start : start + self.per_page], len(rows) > start + self.per_page

    def _fetch(self, statement: Any) -> list[Any]:
        return list(statement)

    @property
    def next_args(self) -> dict[str, str] | None:
        rows, more = self._page
        start = int(self.after) if self.after.isascii() and self.after.isdigit() and len(self.after) < 7 else 0
        return self.address(after=str(start + len(rows))) if more else None


def only(test: Callable[[Any, str], bool]) -> Callable[[Any, str], Any]:
    """A filter over rows in memory."""
    return lambda rows, value: Items([row for row in rows if test(row, value)])


