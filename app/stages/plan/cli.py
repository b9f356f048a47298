"""flask plan import F.json|F.xlsx, and the reminders of the daily round."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from flask_babel import gettext as _

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import Refused
from app.stages.plan import actions, queries, sheets
from app.stages.plan.checking import Problem
from app.stages.plan.rules import PlanState

PLAN_1821 = Path(__file__).parent / "data" / "plan-1821.json"
JOBS = [actions.take_effect, actions.remind]
plan = AppGroup("plan", help="The plan of priorities.")


@plan.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=PLAN_1821)
@click.option("--check", "check_only", is_flag=True, help="Only say what is wrong with the file.")
@click.option("--draft", is_flag=True, help="Leave the plan as a draft.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object a line.")
@click.option("--lang", type=click.Choice(["vi", "en"]), default="en", show_default=True, help="Language of the report.")
def import_file(file: Path, check_only: bool, draft: bool, as_json: bool, lang: str) -> None:
    """Import a plan (JSON or Excel) and put it in force. The same file twice changes nothing; a bad file imports nothing.

    A plan that would supersede the one in force is put in force only when its mapping says what becomes of every item.
    """
    at = clock.now()
    with force_locale(lang):
        try:
            data, problems = actions.read_file(file.name, file.read_bytes())
            _report(problems, as_json)
            if check_only:
                return
            row, new = actions.import_plan(data, by=None, at=at)
        except Refused as refusal:
            raise click.ClickException(_(refusal.message) % refusal.params if refusal.params else _(refusal.message)) from refusal
        said = "already here, nothing changed" if not new else "imported as a draft"
        db.session.commit()
        if new and not draft and row.state == PlanState.DRAFT:
            said = _put_in_force(row.number, at)
    items = sum(len(s["items"]) for s in data["sectors"])
    click.echo(f"plan {row.number}: {len(data['sectors'])} sectors, {items} items, {len(data['solution_groups'])} groups: {said}")


def _report(problems: list[Problem], as_json: bool) -> None:
    for p in problems:
        sentence = _(p.message) % p.params if p.params else _(p.message)
        line = {"place": p.place or p.path, "path": p.path, "line": p.line or None, "problem": sentence, "warning": p.warning}
        click.echo(json.dumps(line, ensure_ascii=False) if as_json else f"{'warning' if p.warning else 'error'}: {line['place']}: {sentence}", err=not as_json)
    if wrong := actions.errors(problems):
        raise click.ClickException(f"{len(wrong)} errors, nothing was imported")


def _put_in_force(number: str, at: Any) -> str:
    row = queries.plan_by_number(number)
    if row is None:  # pragma: no cover - it was made a line before
        return "gone"
    try:
        actions.put_in_force(row, by=None, at=at)
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        return f"imported as a draft; not put in force: {_(refusal.message) % refusal.params if refusal.params else _(refusal.message)}"
    return "imported and in force"


@plan.command("template")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(file: Path) -> None:
    """Write an empty workbook to fill in."""
    file.write_bytes(sheets.write(None))
    click.echo(str(file))


commands = [plan]
