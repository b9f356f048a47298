"""flask councils verify|keys|new-key"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.kernel import clock
from app.services.councils import actions, queries, recount, sealing
from app.services.councils.remarks.actions import remind_due

JOBS = [remind_due]
councils = AppGroup("councils", help="Sealed ballots and their counts.")


@councils.command("verify")
@click.argument("pid", required=False)
def verify(pid: str | None) -> None:
    """Recount councils (all, or the one with this id) from their ballots; closed boxes stay closed."""
    rows = [queries.council_by_pid(pid)] if pid else recount.councils_with_ballots()
    bad = 0
    for council in rows:
        if council is None:
            raise click.ClickException("There is no such council.")
        for line in recount.wrong_with(council, clock.now()):
            bad += 1
            click.echo(f"BROKEN {council.public_id}: {line}")
    missing = {key: n for key, n in recount.sealed_by_key().items() if key not in sealing.known_keys()}
    for key, n in missing.items():
        click.echo(f"MISSING KEY {key}: {n} ballots in closed boxes cannot be opened without it")
    click.echo(f"{len(rows)} councils recounted, {bad} differences")
    sys.exit(bool(bad or missing))


@councils.command("keys")
def keys() -> None:
    """The ids of the keys that are here and of those that closed boxes need, with the number of their ballots. The first seals."""
    needed = recount.sealed_by_key()
    for key in dict.fromkeys([*sealing.known_keys(), *needed]):
        click.echo(f"{key}  {needed.get(key, 0)} in closed boxes  {'here' if key in sealing.known_keys() else 'MISSING'}")
    sys.exit(any(key not in sealing.known_keys() for key in needed))


@councils.command("new-key")
def new_key() -> None:
    """Write a new key before the others into the file ballot-key: ballots are sealed with it from the next start on. Old keys stay, to open what they sealed."""
    path = Path(current_app.config["INSTANCE_FOLDER"]) / "ballot-key"
    if os.environ.get("VAMCO_BALLOT_KEY"):
        raise click.ClickException("The keys are in VAMCO_BALLOT_KEY: write the new one there, before the old ones, with a comma.")
    made = path.with_suffix(".new")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("\n".join([key := secrets.token_urlsafe(48), *(path.read_text().split() if path.exists() else [])]) + "\n")
    made.replace(path)
    click.echo(f"{sealing.key_id(key)} is written to {path}: copy it to where keys are kept, then start the server anew")


commands = [councils]
JOBS = [actions.watch]
