"""flask files verify"""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.services.files import queries, store

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


commands = [files]
