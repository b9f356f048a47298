"""The lines of a desk as they stand on its page: a desk has up to three hundred, for which a template takes three times as long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from html import escape

from flask import url_for
from markupsafe import Markup

from app.across.desk.waiting import Task
from app.across.said import _
from app.across.said import counted as ngettext
from app.addresses import ANY
from app.shown import day, moment

LONGEST_HINT = 160
SOON = 8  # days


def task_lines(tasks: Iterable[Task], now: datetime, today: date) -> Markup:
    """The tasks as items of a list: where each leads, what is told beside it, until when it is due or since when it waits."""
    known: dict[str, list[str]] = {}
    return Markup("\n".join(_line(task, _address(task, known), now, today) for task in tasks))


def _address(task: Task, known: dict[str, list[str]]) -> str:
    if isinstance(task.place, str):
        return task.place
    endpoint, pid = task.place
    if endpoint not in known:
        known[endpoint] = url_for(endpoint, pid=ANY).split(ANY)
    return pid.join(known[endpoint])


def _line(task: Task, address: str, now: datetime, today: date) -> str:
    hint = f'<span class="hint">{escape(_shortened(task.hint))}</span>' if task.hint else ""
    when = _due(task.due, today) if task.due else _waits(task.since, now) if task.since else ""
    return f'<li><div class="task-main"><a href="{escape(address)}">{escape(task.title)}</a>{hint}</div>\n{when}</li>'


def _shortened(text: str) -> str:
    """At most so many characters, cut between words; a few more are let pass."""
    return text if len(text) <= LONGEST_HINT + 5 else text[: LONGEST_HINT - 3].rsplit(" ", 1)[0] + "..."


def _due(on: date, today: date) -> str:
    left = (on - today).days
    tone = "red" if left < 0 else "amber" if left < SOON else "grey"
    said = ngettext("%(num)s day late", "%(num)s days late", -left) if left < 0 else _("by %(day)s") % {"day": day(on)}
    return f'<span class="tag tag-{tone}">{escape(said)}</span>'


def _waits(since: datetime, now: datetime) -> str:
    age = (now - since).days
    said = ngettext("waits for %(num)s day", "waits for %(num)s days", age) if age > 0 else _("since today")
    return f'<span class="hint" title="{moment(since)}">{escape(said)}</span>'
