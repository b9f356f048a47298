"""`flask projects import`, and the worker's part: imports that were started go on, some rows at a time."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from app.across.imports import actions, queries, running
from app.across.imports.checking import ERROR
from app.across.imports.models import Batch, Row
from app.across.imports.rules import Target
from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import Refused
from app.kernel.permissions import Do
from app.services.people import queries as people
from app.services.people.models import User
from app.services.similarity.cli import projects

STEPS = 10  # of one import in one round


def go_on(_at: datetime) -> None:
    """The worker's round: some steps of each started import, each in a transaction of its own; mails and other jobs do not wait for its end."""
    for batch_id in queries.running():
        for _n in range(STEPS):
            left = running.step(db.session.get_one(Batch, batch_id), at=clock.now())
            db.session.commit()
            if not left:
                break


def _person(email: str | None) -> User:
    found = people.user_by_email(email) if email else next(iter(people.users_with(Do.IMPORTS_RUN)), None)
    if found is None or not found.can(Do.IMPORTS_RUN):
        raise click.ClickException("name somebody who may import: --by EMAIL")
    return found


def _said(rows: list[Row], batch: Batch) -> list[dict[str, Any]]:
    report = []
    for row in rows:
        for name, level, message, params in row.problems:
            column = batch.mapping.get(name)
            report.append({"row": row.number, "column": batch.heads[column] if column is not None else name, "found": row.cells[column] if column is not None else "",
                           "understood": row.understood.get(name), "level": level, "sentence": message % params})  # fmt: skip
    return report


def _summary(batch: Batch, rows: list[Row]) -> dict[str, Any]:
    kinds = Counter((p[1], p[0]) for row in rows for p in row.problems)
    return {"file": batch.filename, "sheet": batch.sheet, "encoding": batch.encoding, "columns": {n: batch.heads[c] for n, c in batch.mapping.items()}, "rows": batch.total, "with_errors": batch.with_errors,
            "with_warnings": batch.with_warnings, "known": sum(r.match_pid is not None for r in rows), "imported": batch.imported, "outcomes": {str(o): n for o, n in queries.outcomes(batch).items()},
            "errors": {n: c for (level, n), c in sorted(kinds.items()) if level == ERROR}, "warnings": {n: c for (level, n), c in sorted(kinds.items()) if level != ERROR}}  # fmt: skip


def _import(file: Path, sheet: str | None, defaults: tuple[str, ...], units: tuple[str, ...], by: User, check_only: bool) -> tuple[Batch, list[Row]]:
    at = clock.now()
    batch = actions.take(file.name, file.read_bytes(), target=Target.PROJECTS, by=by, at=at, sheet=sheet)
    given = {n: v for n, _e, v in (d.partition("=") for d in defaults)}
    scales = {n: int(v) for n, _e, v in (u.partition("=") for u in units)}
    actions.name_columns(batch, batch.mapping, units=batch.units | scales, defaults=batch.defaults | given, link_items=batch.link_items, by=by, at=at)
    if not check_only:
        actions.start(batch, by=by, at=at)
        db.session.commit()
        while running.step(batch, at=clock.now()):
            db.session.commit()
    return batch, list(db.session.scalars(queries.rows_statement(batch).order_by(Row.number)))


@projects.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", "check_only", is_flag=True, help="Say what would be imported and what is wrong; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: every doubt, then the figures.")
@click.option("--sheet", help="The sheet of a workbook; the first that is not hidden otherwise.")
@click.option("--default", "defaults", multiple=True, metavar="FIELD=TEXT", help="What empty cells of a field say, e.g. year=2015 or stand=accepted.")
@click.option("--unit", "units", multiple=True, metavar="FIELD=N", help="What numbers of a field count in đồng, e.g. total=1000000.")
@click.option("--by", "email", help="Who imports; the first officer otherwise.")
def import_projects(file: Path, check_only: bool, as_json: bool, sheet: str | None, defaults: tuple[str, ...], units: tuple[str, ...], email: str | None) -> None:
    """Import past projects from a workbook (.xlsx) or CSV file. The same file again imports nothing."""
    try:
        batch, rows = _import(file, sheet, defaults, units, _person(email), check_only)
    except Refused as refusal:
        db.session.rollback()
        raise click.ClickException(refusal.message % refusal.params) from None
    report, summary = _said(rows, batch), _summary(batch, rows)
    (db.session.rollback if check_only else db.session.commit)()
    if as_json:
        for line in [*report, summary]:
            click.echo(json.dumps(line, ensure_ascii=False, default=str))
        return
    for line in report:
        click.echo(f"row {line['row']}, {line['column']}: {line['level']}: {line['sentence']} [{str(line['found'])[:60]}]")
    click.echo(json.dumps(summary, ensure_ascii=False, indent=1, default=str))


commands: list[Any] = []  # hangs on the group of `flask projects`
JOBS = [go_on]
