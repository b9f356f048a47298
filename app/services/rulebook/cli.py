"""flask rulebook show · flask calendar due: one JSON object a line."""

from __future__ import annotations

import json
from datetime import datetime

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import db
from app.services.rulebook import actions, queries
from app.services.rulebook.models import Rule
from app.services.rulebook.rules import RuleMissing

DAY = click.DateTime(["%Y-%m-%d"])
rulebook = AppGroup("rulebook", help="Rules of law and practice, with source and mark.")


@rulebook.command("show")
@click.argument("key", required=False)
@click.option("--on", type=DAY, help="The day (default today).")
def show(key: str | None, on: datetime | None) -> None:
    """Show a rule, or all, as in force on a day."""
    day = on.date() if on else clock.today()
    try:
        for row in [queries.rule(key, on=day)] if key else queries.in_force(day):
            click.echo(_line(row))
    except RuleMissing as missing:
        raise click.ClickException(str(missing)) from missing


def _line(row: Rule) -> str:
    return json.dumps({"key": row.key, "value": row.value, "unit": row.unit, "source": row.source, "mark": str(row.mark),
                       "from": row.valid_from.isoformat(), "to": row.valid_to.isoformat() if row.valid_to else None}, ensure_ascii=False)  # fmt: skip


@rulebook.command("load")
def load() -> None:
    """Load the defaults; versions already here stay, and those that read otherwise are named."""
    click.echo(f"{actions.load(by=None, at=clock.now())} new")
    db.session.commit()
    for row, shipped in actions.differing():
        click.echo(json.dumps({"key": row.key, "from": row.valid_from.isoformat(), "here": row.value, "shipped": shipped}, ensure_ascii=False))


calendar = AppGroup("calendar", help="Terms in working and calendar days.")


@calendar.command("due")
@click.option("--from", "start", type=DAY, required=True)
@click.option("--days", type=click.IntRange(0, 3660), required=True)
@click.option("--unit", type=click.Choice(["working", "calendar"]), required=True)
def due(start: datetime, days: int, unit: str) -> None:
    """The last day of a term."""
    day = start.date()
    last = queries.due(day, days, unit)
    click.echo(json.dumps({"from": day.isoformat(), "days": days, "unit": unit, "due": last.isoformat(), "provisional": queries.provisional(day, last)}))


commands = [rulebook, calendar]
