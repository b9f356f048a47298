"""flask files verify|check|signatures"""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.services.files import actions, queries, store, uploads

files = AppGroup("files", help="The file store.")


@files.command("verify")
def verify() -> None:
    """Compare every stored file with its hash; count those left over from uploads that were not completed."""
    rows = queries.blobs()
    bad = 0
    for row in rows:
        try:
            store.get(row.sha256)
        except OSError as failure:
            bad += 1
            click.echo(f"BROKEN {row.sha256}: {failure}")
    spare = len(store.names() - {row.sha256 for row in rows})
    click.echo(f"{len(rows) - bad} of {len(rows)} files intact, {spare} without a row")
    sys.exit(bool(bad))


@files.command("check")
def check() -> None:
    """Ask the malware check about every file that waits for it."""
    click.echo(f"{actions.check_waiting(clock.now())} decided, {len(queries.waiting())} still waiting")


@files.command("signatures")
def signatures() -> None:
    """Ask the digital signatures of all signed PDF files anew, after the trusted certificates changed."""
    click.echo(f"{actions.check_signatures(clock.now())} say something else than before")


commands = [files]
JOBS = [actions.check_waiting, uploads.sweep]
