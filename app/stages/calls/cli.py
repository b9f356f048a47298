"""flask calls import F.json, and what time makes due: closing."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import Refused
from app.stages.calls import actions, imports

SAMPLE = Path(__file__).parent / "data" / "sample-calls.json"
calls = AppGroup("calls", help="Calls for dossiers.")


@calls.command("import", help=f"Enter calls announced elsewhere (default: the sample that comes with the system). {imports.SCHEMA}")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=SAMPLE)
def import_file(file: Path) -> None:
    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError) as failure:
        raise click.ClickException(f"{file.name} is not JSON in UTF-8: {failure}") from failure
    if wrong := imports.check_file(data):
        raise click.ClickException("nothing was imported:\n" + "\n".join(wrong))
    try:
        report = imports.load(data, at=clock.now())
    except (Refused, ValueError) as failure:
        db.session.rollback()
        raise click.ClickException(f"nothing was imported: {failure}") from failure
    db.session.commit()
    for call in report.calls:
        click.echo(f"{call.number or '(draft)'}: {call.title}: {call.state}")
    for reason in report.left_out:
        click.echo(f"left out {reason}")
    click.echo(f"{len(report.calls)} calls imported, {len(report.known)} already here, {len(report.left_out)} left out")


commands = [calls]
JOBS = [actions.close_due, actions.remind_due, actions.announce_due]
