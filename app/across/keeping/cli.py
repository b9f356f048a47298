"""flask backup create|verify|restore|new-key, flask audit verify

Exit codes: 0 all is well; 1 it failed, and nothing was changed; 2 the command was not understood; 3 it was done, but not all of
it was there or could be checked – the lines say what.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime
from pathlib import Path

import click
import pyrage
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from app.across.keeping import actions, anchors, archive, backup, restoring
from app.across.keeping.archive import Unusable
from app.across.keeping.rules import Kind
from app.kernel import clock, journal
from app.kernel.db import db
from app.later import alembic_script

NOT_ALL = 3
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

backups = AppGroup("backup", help="Archives of database and files, encrypted to a public key.")
audit = AppGroup("audit", help="The journal's hash chain and its anchors.")


def place() -> backup.Place:
    """This installation, by its settings."""
    settings = current_app.config
    return backup.Place(settings["SQLALCHEMY_DATABASE_URI"], Path(settings["FILES_FOLDER"]), Path(settings["INSTANCE_FOLDER"]), settings["SECRET_KEY"],
                        settings["AUDIT_KEY"], tuple(settings["BALLOT_KEYS"]))  # fmt: skip


def known() -> set[str]:
    """The migrations that this program knows."""
    return {script.revision for script in alembic_script.ScriptDirectory(current_app.config["MIGRATIONS_FOLDER"]).walk_revisions()}


def fail(failure: Unusable) -> None:
    click.echo(f"FAILED: {failure}", err=True)
    sys.exit(1)


@backups.command("new-key")
@click.argument("file", type=click.Path(path_type=Path))
def new_key(file: Path) -> None:
    """Write a secret key to FILE, readable by you alone, and print the public one. Keep FILE away from this machine."""
    made = pyrage.x25519.Identity.generate()
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(f"# public key: {made.to_public()}\n{made}\n")
    except OSError as failure:
        fail(Unusable(f"{file} cannot be written: {failure.strerror}"))
    click.echo(str(made.to_public()))


@backups.command("create")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="The folder; VAMCO_BACKUP_FOLDER when not said.")
@click.option("--key", "keys", multiple=True, help="A public key (age1…), also several; VAMCO_BACKUP_KEYS when not said.")
@click.option("--keep", type=click.IntRange(0), help="How many archives stay in the folder (0: all); VAMCO_BACKUP_KEEP when not said.")
def create(folder: Path | None, keys: tuple[str, ...], keep: int | None) -> None:
    """Make one archive while people go on working."""
    settings = current_app.config
    folder = folder or (Path(settings["BACKUP_FOLDER"]) if settings["BACKUP_FOLDER"] else None)
    if folder is None:
        raise click.UsageError("no folder: set VAMCO_BACKUP_FOLDER or give --to")
    try:
        run = backup.create(place(), db.engine, folder, keys or settings["BACKUP_KEYS"], keep=settings["BACKUP_KEEP"] if keep is None else keep, at=clock.now())
    except Unusable as failure:
        return fail(failure)
    click.echo(f"{folder / run.archive}: {run.size} bytes, {run.journal_lines} lines of the journal, {run.seconds} s, sha256 {run.sha256}")
    if run.kind == Kind.INCOMPLETE:
        click.echo(f"INCOMPLETE: {run.said} (flask files verify names them all)", err=True)
        sys.exit(NOT_ALL)


@backups.command("verify")
@click.argument("file", type=FILE)
@click.option("--identity", type=FILE, help="The file with the secret key; without it only the hash of the archive is compared.")
@click.option("--scratch/--no-scratch", default=True, help="Put a PostgreSQL dump into a database made for it on this server, and drop it.")
def verify(file: Path, identity: Path | None, scratch: bool) -> None:
    """Prove that an archive is whole; with the secret key, that it would come back."""
    try:
        if identity is None:
            said = archive.look(file)
            click.echo(f"{file.name}: {said['size']} bytes as they were written, made {said['made']} of {said['database']} at migration {said['head']}; not opened without a key")
            return
        found = restoring.verify(file, archive.identities(identity), place(), known(), scratch=scratch)
    except Unusable as failure:
        return fail(failure)
    told(file, found)


@backups.command("restore")
@click.argument("file", type=FILE)
@click.option("--identity", type=FILE, required=True, help="The file with the secret key.")
def restore(file: Path, identity: Path) -> None:
    """Bring an archive back into this installation, which must be empty. Mails are held until the administrator lets them go."""
    begun = time.monotonic()
    try:
        db.engine.dispose()
        found = restoring.restore(file, archive.identities(identity), place(), known())
    except Unusable as failure:
        return fail(failure)
    if found.manifest["head"] != alembic_script.ScriptDirectory(current_app.config["MIGRATIONS_FOLDER"]).get_current_head():
        upgrade(current_app.config["MIGRATIONS_FOLDER"])
    restoring.settle(found, file.name, at=clock.now())
    click.echo(f"restored in {time.monotonic() - begun:.0f} s; everybody signs in anew, mails are held: /admin/backups")
    told(file, found)


def told(file: Path, found: restoring.Found) -> None:
    """Say what an archive held; ends with 3 when something was missing or could not be checked."""
    said = found.manifest
    click.echo(f"{file.name}: made {said['made']}, {sum(said['rows'].values())} rows in {len(said['rows'])} tables at migration {said['head']}, "
               f"{found.files} files ({found.bytes} bytes), {said['journal']['lines']} lines of the journal")  # fmt: skip
    for digest in found.broken:
        click.echo(f"MISSING since before the backup: file {digest}", err=True)
    for sentence in found.unchecked:
        click.echo(f"NOTE: {sentence}", err=True)
    if found.broken or found.unchecked:
        sys.exit(NOT_ALL)


@audit.command("verify")
@click.option("--anchors", "file", type=FILE, help="The anchors that were written outside the database: they show an end that was cut off, or a chain made anew.")
def audit_verify(file: Path | None) -> None:
    """Say whether the journal is intact, or name the first broken line."""
    count, broken, why = journal.verify()
    if broken is not None:
        click.echo(f"BROKEN at line {broken.seq}: {why} ({broken.verb} on {broken.subject_type} {broken.subject_pid}, {broken.at.isoformat()})")
        sys.exit(1)
    if file is not None and (fault := anchors.compare(file)) is not None:
        click.echo(f"BROKEN at line {fault.line}: {fault.why}" if fault.line else f"BROKEN: {fault.why}")
        sys.exit(1)
    click.echo(f"intact: {count} lines, head {count and anchors.end().head[:16]}" + (f", {anchors.count(file)} anchors agree" if file else ""))


def anchor(at: datetime) -> None:
    """Write the journal's end outside the database when an hour has passed."""
    actions.anchor(at, Path(current_app.config["ANCHOR_FILE"]) if current_app.config["ANCHOR_FILE"] else None, current_app.config["ANCHOR_MAILBOX"])


def watch(at: datetime) -> None:
    """Tell the administrators once a day when the last backup is older than the rule; not in a demonstration where none was ever made."""
    actions.watch(at, expected=not current_app.config["DEMONSTRATION"])


commands = [backups, audit]
JOBS = [anchor, watch]
HOLDS = [actions.mails_are_held]
