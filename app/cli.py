"""The command line: small commands of the whole, and those that rooms bring in a `cli.py` of their own."""

from __future__ import annotations

import importlib
import importlib.util
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import Migrate

from app.kernel import clock, outbox
from app.kernel.db import db
from app.kernel.lifecycle import LIFECYCLES

POLL_SECONDS = 2.0
FAILURES_IN_A_ROW = 3


def register(app: Flask) -> None:
    """Hang all commands on the application."""
    Migrate(app, db, directory=app.config["MIGRATIONS_FOLDER"], render_as_batch=True)
    for command in (i18n, worker, lifecycle, routes_table):
        app.cli.add_command(command)
    for room in ("app.services.people", *app.extensions.get("vamco_rooms", ()), *_rooms()):
        name = f"{room}.cli"
        if importlib.util.find_spec(room) and importlib.util.find_spec(name):
            for command in importlib.import_module(name).commands:
                app.cli.add_command(command)


def _rooms() -> tuple[str, ...]:
    return (*importlib.import_module("app").ROOMS, "app.across.demo", "app.across.bench")


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due and stop.")
def worker(once: bool) -> None:
    """Send waiting mails and do what time makes due, until told to stop."""
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda n, _f: stopping.append(n))
    while not stopping:
        count = work(clock.now())
        if once:
            click.echo(json.dumps({"mails": count}))
            return
        time.sleep(POLL_SECONDS)


def work(at: object) -> int:
    """One round: rooms' due acts (`due_jobs` of their cli modules), then the mails. Returns the mails sent."""
    for job in due_jobs():
        try:
            job(at)
            outbox.db.session.commit()
        except Exception:
            outbox.db.session.rollback()
            current_app.logger.exception("a due job failed")
    sent = failed = 0
    try:  # a server that is away or hangs ends the round after three mails: the others do not wait for it, nor do the due jobs
        while not held() and failed < FAILURES_IN_A_ROW and (item := outbox.claim(clock.now())) is not None:
            arrived = outbox.deliver(item, clock.now())
            sent, failed = sent + arrived, 0 if arrived else failed + 1
    except Exception:  # a database that is locked or away for a while: the next round goes on
        outbox.db.session.rollback()
        current_app.logger.exception("the mails wait for the next round")
    outbox.db.session.remove()
    return sent


def due_jobs() -> list:
    """What rooms want done as time passes: `JOBS` in their cli modules, called with the present instant."""
    return _said_by_rooms("JOBS")


def held() -> bool:
    """Does a room keep all mails back: one of the `HOLDS` in their cli modules?"""
    return any(hold() for hold in _said_by_rooms("HOLDS"))


def _said_by_rooms(name: str) -> list:
    said = []
    for room in _rooms():
        if importlib.util.find_spec(room) and importlib.util.find_spec(f"{room}.cli"):
            said += getattr(importlib.import_module(f"{room}.cli"), name, [])
    return said


@click.command("lifecycle")
@click.argument("name", required=False)
def lifecycle(name: str | None) -> None:
    """Print the table of states of one noun as a diagram, or the names of all."""
    if name is None:
        click.echo("\n".join(sorted(LIFECYCLES)))
        return
    if name not in LIFECYCLES:
        raise click.ClickException(f"no such noun: {name}. Known: {', '.join(sorted(LIFECYCLES))}")
    click.echo(LIFECYCLES[name].diagram())


@click.command("routes-table")
def routes_table() -> None:
    """Every address with its methods, permission, and whether it writes."""
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda r: r.rule):
        view = current_app.view_functions[rule.endpoint]
        allowed = getattr(view, "allowed", {"GET": "-", "POST": "-"})
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{rule.rule:60} {methods:10} {allowed['GET']:28} {allowed['POST']:28} {rule.endpoint}")


i18n = AppGroup("i18n", help="Catalogues: one per room, Vietnamese; English is the text in the code.")




def catalogues() -> list[Path]:
    """The Vietnamese catalogues of the root and of every room."""
    return sorted(Path(current_app.root_path).rglob("translations/vi/LC_MESSAGES/messages.po"))


@i18n.command("compile")
def i18n_compile() -> None:
    """Make the .mo file of every catalogue that changed."""
    for po in catalogues():
        compile_catalogue(po)


def compile_catalogue(po: Path) -> None:
    """Make one .mo file unless it is newer than its source."""
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
        return
    with po.open("rb") as source:
        catalogue = read_po(source, locale="vi")
    part = mo.with_suffix(f".part{time.monotonic_ns()}")
    with part.open("wb") as target:
        write_mo(target, catalogue)
    part.replace(mo)


@i18n.command("update")
@click.argument("rooms", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
def i18n_update(rooms: tuple[Path, ...]) -> None:
    """Bring the catalogues of these rooms (all when none is named) up to the sentences in their code."""
    root = Path(current_app.root_path)
    for room in rooms or [po.parents[3] for po in catalogues()]:
        update_catalogue(room.resolve(), root)


def shared_sources(root: Path) -> list[Path]:
    """What belongs to no room: templates, kernel, and every module that stands beside the rooms."""
    return [root / "templates", root / "kernel", *sorted(root.glob("*.py")), *sorted((root / "across").glob("*.py"))]


def update_catalogue(room: Path, root: Path) -> None:
    """Extract one room's sentences into its catalogue, keeping what is translated."""
    po = room / "translations/vi/LC_MESSAGES/messages.po"
    po.parent.mkdir(parents=True, exist_ok=True)
    mapping = root / "babel.cfg"
    parts = [room] if room != root else shared_sources(root)
    pot = po.with_suffix(".pot")
    babel = [sys.executable, "-m", "babel.messages.frontend"]
    subprocess.run([*babel, "-q", "extract", "-F", str(mapping), "-k", "N_", "-k", "_", "--no-location", "--no-wrap", "--sort-output",
                    "--omit-header", "-o", str(pot), *map(str, parts)], check=True)  # fmt: skip
    if not po.exists():
        po.write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: vi\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n')
    subprocess.run([*babel, "-q", "update", "-i", str(pot), "-o", str(po), "-l", "vi", "--no-fuzzy-matching", "--ignore-obsolete",
                    "--no-wrap", "--omit-header"], check=True)  # fmt: skip
    pot.unlink()
