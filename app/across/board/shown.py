"""The rows of a board as they stand on its page: three hundred cells, for which a template takes five times as long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from app.across.board.rules import MONEY, Column, Stand
from app.across.said import _, tag
from app.shown import money

NOTHING = '<td class="num none">0</td>'


def lines(board: Any, english: bool) -> Markup:
    """The rows with their cells, each number leading to the list of exactly the rows it counts."""
    frames = [_frame(board, head, column) for head, column in zip(board.heads, board.columns, strict=True)]
    stands = {stand: f'<td data-label="{escape(_("Stand"))}">{tag(stand)}</td>' for stand in Stand}
    made = []
    for row in board.rows:
        item, code, named = row.item, escape(row.item.code), escape(row.item.code if board.is_current else row.item.public_id)
        cells = [f"{a}{named}{b}{shown(n)}{c}{code}</i></a></td>" if n else NOTHING for n, (a, b, c, shown) in zip(row.numbers, frames, strict=True)]
        made.append(f'<tr class="stand-{row.stand.replace("_", "-")}"><th scope="row" class="wide"><span class="item-code">{code}</span> '
                    f'{escape(item.title_en if english else item.short_vi)}</th>\n{stands[row.stand]}\n{"".join(cells)}</tr>')  # fmt: skip
    return Markup("\n".join(made))


def _frame(board: Any, head: str, column: Column) -> tuple[str, str, str, Callable[[int], str]]:
    """What stands in the cells of a column before the item in the address, before the number, and before the item's code; how a number is shown."""
    (before, after), head = board.address_of(column), str(escape(head))
    return (f'<td data-label="{head}" class="num"><a href="{escape(before)}', f'{escape(after)}">', f"<i> {head}, ", money if column.measure in MONEY else str)
