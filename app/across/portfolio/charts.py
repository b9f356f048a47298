"""Charts as SVG, drawn here: bars with their numbers, no script and no style of their own. The table beside each says the same. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

WIDTH, LINE, BAR, NAME = 480, 26, 16, 150  # in units of the drawing, which the page scales
MOST = 15  # rows of a chart: more cannot be read; the table has them all
COLOURS = 11  # classes s0 … s10 of the style sheet

Series = Sequence[tuple[str, Sequence[int]]]  # (name of the row, a number for each of the columns)


def stacked(title: str, heads: Sequence[str], rows: Series, said: Callable[[int], str] = str) -> Markup:
    """A bar a row, its parts one after the other; at its end the sum."""
    drawn = [(name, numbers) for name, numbers in rows if sum(n for n in numbers if n > 0)][:MOST]
    most = max((sum(n for n in numbers if n > 0) for _name, numbers in drawn), default=0)
    parts = []
    for at, (name, numbers) in enumerate(drawn):
        x, y = float(NAME), at * LINE + 4
        parts.append(_name(name, y))
        for colour, n in enumerate(numbers):
            if n > 0:
                width = max(1.0, n * (WIDTH - NAME - 70) / most)
                parts.append(f'<rect class="s{colour % COLOURS}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}"></rect>')
                x += width
        parts.append(_number(x, y, said(sum(n for n in numbers if n > 0))))
    return _whole(title, len(drawn) * LINE + 4, parts) + legend(heads) if drawn else Markup("")


def grouped(title: str, heads: Sequence[str], rows: Series, said: Callable[[int], str] = str) -> Markup:
    """For each row a bar for each column, one below the other: sums that are no parts of a whole."""
    drawn = [(name, numbers) for name, numbers in rows if any(n > 0 for n in numbers)][:MOST]
    most = max((n for _name, numbers in drawn for n in numbers), default=0)
    parts, y = [], 4
    for name, numbers in drawn:
        parts.append(_name(name, y))
        for colour, n in enumerate(numbers):
            width = max(0.0, n * (WIDTH - NAME - 70) / most)
            parts.append(f'<rect class="s{colour % COLOURS}" x="{NAME}" y="{y}" width="{width:.1f}" height="12"></rect>')
            parts.append(_number(NAME + width, y - 2, said(n)) if n else "")
            y += 15
        y += 9
    return _whole(title, y, parts) + legend(heads) if drawn else Markup("")


def legend(heads: Sequence[str]) -> Markup:
    """Which colour is what."""
    if len(heads) < 2:
        return Markup("")
    items = "".join(f'<li><svg class="swatch" viewBox="0 0 10 10" aria-hidden="true" focusable="false"><rect class="s{n % COLOURS}" width="10" height="10"></rect></svg> {escape(head)}</li>' for n, head in enumerate(heads))
    return Markup(f'<ul class="legend chart-legend" aria-hidden="true">{items}</ul>')


def _name(name: str, y: float) -> str:
    short = name if len(name) <= 21 else name[:20] + "…"
    return f'<text x="{NAME - 8}" y="{y + 13}" text-anchor="end">{escape(short)}</text>'


def _number(x: float, y: float, text: str) -> str:
    return f'<text class="chart-number" x="{x + 5:.1f}" y="{y + 13}">{escape(text)}</text>'


def _whole(title: str, height: int, parts: Sequence[str]) -> Markup:
    return Markup(f'<svg class="chart" role="img" aria-label="{escape(title)}" viewBox="0 0 {WIDTH} {height}" focusable="false">{"".join(parts)}</svg>')
