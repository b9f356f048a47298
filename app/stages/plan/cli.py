"""flask plan import F.json"""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import Refused
from app.stages.plan import actions
from app.stages.plan.rules import PlanState, check_file

PLAN_1821 = Path(__file__).parent / "data" / "plan-1821.json"
plan = AppGroup("plan", help="The plan of priorities.")


@plan.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=PLAN_1821)
def import_file(file: Path) -> None:
    """Import a plan (JSON) and put it in force. The same file twice changes nothing."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as failure:
        raise click.ClickException(f"{file.name} is not JSON: {failure}") from failure
    if wrong := check_file(data):
        raise click.ClickException("\n".join(wrong))
    at = clock.now()
    try:
        row, new = actions.import_plan(data, by=None, at=at)
        if new and row.state == PlanState.DRAFT:
            actions.put_in_force(row, by=None, at=at)
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    db.session.commit()
    items = sum(len(s["items"]) for s in data["sectors"])
    click.echo(f"plan {row.number}: {len(data['sectors'])} sectors, {items} items, {len(data['solution_groups'])} groups: "
               + ("imported and in force" if new else "already here, nothing changed"))  # fmt: skip


commands = [plan]
