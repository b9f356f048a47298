"""flask files verify"""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.services.files import queries, store

files = AppGroup("files", help="The file store.")


@files.command("verify")
def verify() -> None:
    """Compare every stored file with its hash."""
    rows = queries.blobs()
    bad = 0
    for row in rows:
        try:
            store.get(row.sha256)
        except OSError as failure:
            bad += 1
            click.echo(f"BROKEN {row.sha256}: {failure}")
    click.echo(f"{len(rows) - bad} of {len(rows)} files intact")
    sys.exit(bool(bad))


commands = [files]
