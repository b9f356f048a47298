"""flask search rebuild, flask search check"""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.across.search import pushing
from app.kernel.db import db

search = AppGroup("search", help="The search over everything.")


@search.command("rebuild")
def rebuild() -> None:
    """Make the whole index again from the stages' tables."""
    for name, count in pushing.rebuild().items():
        click.echo(f"{name}: {count}")
    db.session.commit()


@search.command("check")
def check() -> None:
    """Compare the index with the stages' tables; what differs is named, and the command fails."""
    found = list(pushing.faults())
    for line in found:
        click.echo(line)
    if found:
        raise click.ClickException(f"{len(found)} entries are not as they should be: flask search rebuild")
    click.echo("the index is what the tables say")


commands = [search]
