"""flask projects similar F.csv, flask similarity rebuild, flask similarity measure"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from app.kernel.db import db
from app.services.similarity import measuring, queries, texts
from app.services.similarity.kinds import rebuild_all
from app.services.similarity.models import TextEntry
from app.services.similarity.rules import LEAST
from app.services.similarity.words import read_titles

projects = AppGroup("projects", help="Projects.")
similarity = AppGroup("similarity", help="The index of earlier work.")


@projects.command("similar")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--limit", type=click.IntRange(1, 50), default=5, show_default=True)
def similar(file: Path, limit: int) -> None:
    """The projects nearest to the titles of a CSV file (column `title`): one JSON object a line, in the order of the file."""
    try:
        titles = read_titles(file.read_bytes())
    except ValueError as failure:
        raise click.ClickException(f"{file.name}: {failure}") from failure
    for title in titles:
        found = queries.shown(queries.nearest(title, visible=TextEntry.kind == "project", limit=limit))
        rows = [{"code": face.code, "title": face.title, "score": match.score, "why": match.why} for match, face in found]
        click.echo(json.dumps({"title": title, "matches": rows}, ensure_ascii=False))


@similarity.command("rebuild")
def rebuild() -> None:
    """Make the whole index again from ideas, topics, dossiers and projects."""
    for name, count in rebuild_all().items():
        click.echo(f"{name}: {count}")
    db.session.commit()


@similarity.command("measure")
@click.option("--threshold", type=click.FloatRange(0, 1), help="Judge this threshold too.")
def measure(threshold: float | None) -> None:
    """Precision and recall on the labelled pairs: at the threshold that lists begin with, and at the one chosen on the other half. One JSON object a line."""
    found = measuring.scores(measuring.labelled())
    for name, value in (("listed", LEAST), ("chosen", measuring.best(found)), *((("asked", threshold),) if threshold is not None else ())):
        for part in ("train", "test"):
            m = measuring.measure(found, value, part)
            click.echo(json.dumps({"threshold": value, "what": name, "part": part, "pairs": m.pairs, "precision": m.precision, "recall": m.recall}))


def compare_texts(at: datetime) -> None:
    """The worker's part: a few texts a round, each in a transaction of its own, so that nobody waits long for the database."""
    for _n in range(texts.ROUND):
        if not texts.work_through(at, limit=1):
            return
        db.session.commit()


commands = [projects, similarity]
JOBS = [compare_texts]
