"""`flask archive verify FILE.zip`, and what time makes due: dossiers are packed, old files expire."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.kernel import journal
from app.kernel.db import db
from app.stages.archive import actions, packing

archive = AppGroup("archive", help="Packed dossiers.")


@archive.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Say whether a packed dossier is whole, and whether its acts stand so in the journal."""
    wrong = packing.check(file)
    acts, broken = 0, []
    with zipfile.ZipFile(file) as packed:
        name = next(n for n in packed.namelist() if n.endswith("/journal.jsonl"))
        for text in packed.read(name).decode().splitlines():
            line, acts = json.loads(text), acts + 1
            entry = db.session.scalar(select(journal.JournalEntry).where(journal.JournalEntry.seq == line["seq"]))
            same = entry is not None and journal.digest(entry) == entry.hash == line["hash"] and packing.act_line(entry, whole="detail" in line) == line
            broken += [] if same else [line["seq"]]
    click.echo(json.dumps({"files_wrong": wrong, "acts": acts, "acts_wrong": broken}, ensure_ascii=False))
    if wrong or broken:
        sys.exit(1)


commands = [archive]
JOBS = [actions.make_next, actions.expire]
