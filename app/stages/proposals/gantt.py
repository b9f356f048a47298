"""The milestones as a picture: one bar for each along the months. SVG without script or style attributes, with title and description. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from app.stages.proposals.schedule import Step

WIDTH, HEAD, ROW, LEFT, RIGHT = 760, 30, 40, 8, 8
LONGEST = 90  # characters of a label
BLUE, RED, GRID, INK, SOFT = "#1d5fa8", "#b3261e", "#d5dbe1", "#1b2733", "#4a5866"


@dataclass(frozen=True)
class Words:
    """What stands in the picture besides the contents: title, description, and a letter before the months."""

    title: str
    description: str
    month: str = "T"


def months_shown(steps: Sequence[Step], duration: int | None) -> int:
    """How many months the picture spans."""
    return max([duration or 1, *(s.month_to for s in steps)])


def width_of_column(months: int) -> int:
    """How many months a column holds: 1, 3, 6 or 12, so that at most 24 columns stand side by side."""
    return next((size for size in (1, 3, 6) if months <= 24 * size), 12)


def svg(steps: Sequence[Step], duration: int | None, words: Words, *, name: str = "gantt") -> str:
    """The picture. A bar that ends after the work is red."""
    months = months_shown(steps, duration)
    height = HEAD + ROW * len(steps) + 6
    each = (WIDTH - LEFT - RIGHT) / months
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gantt" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{name}-title {name}-desc" font-family="sans-serif">',
        f'<title id="{name}-title">{escape(words.title)}</title><desc id="{name}-desc">{escape(words.description)}</desc>',
        f'<rect x="0" y="0" width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *_grid(months, each, height, words.month),
    ]  # fmt: skip
    if duration and duration < months:
        x = LEFT + each * duration
        parts.append(f'<line x1="{x:.1f}" y1="{HEAD - 12}" x2="{x:.1f}" y2="{height}" stroke="{RED}" stroke-width="2" stroke-dasharray="5 3"/>')
    for row, step in enumerate(steps):
        parts += _bar(step, HEAD + ROW * row, each, bool(duration and step.month_to > duration))
    return "".join([*parts, "</svg>"])


def _grid(months: int, each: float, height: int, month: str) -> list[str]:
    size, parts = width_of_column(months), []
    for at in range(0, months + 1, size):
        x = LEFT + each * at
        parts.append(f'<line x1="{x:.1f}" y1="{HEAD - 8}" x2="{x:.1f}" y2="{height}" stroke="{GRID}" stroke-width="1"/>')
        if at < months:
            parts.append(f'<text x="{x + 3:.1f}" y="{HEAD - 12}" font-size="11" fill="{SOFT}">{escape(month)}{at + 1}</text>')
    return parts


def _bar(step: Step, top: int, each: float, late: bool) -> list[str]:
    x, width = LEFT + each * (step.month_from - 1), each * (step.month_to - step.month_from + 1)
    label = f"{step.number}. {step.content}"
    shown = label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"
    anchor, place = ("start", x + 2) if x < WIDTH / 2 else ("end", x + width - 2)
    return [f'<rect x="{x:.1f}" y="{top + 20}" width="{width:.1f}" height="14" rx="3" fill="{RED if late else BLUE}"/>',
            f'<text x="{place:.1f}" y="{top + 14}" font-size="13" fill="{INK}" text-anchor="{anchor}">{escape(shown)}</text>']  # fmt: skip
