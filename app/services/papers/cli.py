"""flask papers words N"""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from app.services.papers.rules import amount_in_words

papers = AppGroup("papers", help="Official papers.")


@papers.command("words", context_settings={"ignore_unknown_options": True})
@click.argument("amount", type=int)
def words(amount: int) -> None:
    """An amount in đồng in Vietnamese words."""
    click.echo(json.dumps({"amount": amount, "words": amount_in_words(amount)}, ensure_ascii=False))


commands = [papers]
