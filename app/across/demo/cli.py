"""flask prepare · flask demo load · flask users create"""

from __future__ import annotations

import json
import os
import secrets
import time
from datetime import date, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from app import compiled
from app.across.demo import bulk, cast, world
from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import Refused
from app.services.papers import bases
from app.services.people import actions as people
from app.services.people import queries as people_queries
from app.services.people.rules import Role
from app.services.questionnaires import actions as questionnaires
from app.services.rulebook import actions as rulebook
from app.services.similarity.kinds import rebuild_all, rebuild_if_empty
from app.stages.plan import actions as plan_actions
from app.stages.plan.cli import PLAN_1821


@click.command("prepare")
@click.option("--without-demo", is_flag=True, help="Rules and plan only.")
def prepare(without_demo: bool) -> None:
    """Migrate, load rulebook and plan, and (outside production) the demonstration world. Safe to run again."""
    upgrade()
    at = clock.now()
    load_basics(at)
    rebuild_if_empty()
    db.session.commit()
    if current_app.config["KEEP_TEMPLATES"]:
        compiled.translate_all(current_app)
    if current_app.config["DEMONSTRATION"] and not without_demo:
        show_accounts(load_world(at, seed=1))


def load_basics(at: datetime) -> None:
    """Rulebook, forms and plan 1821; what is already there stays as it is."""
    rulebook.load(by=None, at=at)
    bases.load(at=at)
    questionnaires.load(by=None, at=at)
    plan, new = plan_actions.import_plan(json.loads(PLAN_1821.read_text(encoding="utf-8")), by=None, at=at)
    if new:
        plan_actions.put_in_force(plan, by=None, at=at)
    db.session.commit()


def load_world(at: datetime, *, seed: int) -> str:
    """The demonstration world as of `at`, once; returns the accounts' password."""
    password = kept_password()
    if not cast.load().users:
        click.echo("Making the demonstration world …", err=True)
        world.build(password, as_of=at, seed=seed)
        db.session.commit()
    return password


def kept_password() -> str:
    """From VAMCO_DEMO_PASSWORD, else made once at random and kept beside the database."""
    if current_app.config["DEMO_PASSWORD"]:
        return str(current_app.config["DEMO_PASSWORD"])
    path = Path(current_app.config["INSTANCE_FOLDER"]) / "demo-password"
    if not path.exists():
        path.write_text(secrets.token_hex(6))
        path.chmod(0o600)
    return path.read_text().strip()


def show_accounts(password: str) -> None:
    """Print who can sign in, and the one password."""
    base = os.environ.get("VAMCO_PUBLIC_BASE_URL") or f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    click.echo(f"\nVàm Cỏ        {base}/\nSign in       {base}/auth/login")
    names = "admin officer officer2 leader province finance registry auditor agency1…3 pi1…6 host1…3 member1…9"
    click.echo(f"Accounts      {names}, each @{cast.DOMAIN}\nPassword      {password}\n")


demo = AppGroup("demo", help="The demonstration world.")


@demo.command("load")
@click.option("--scale", type=click.IntRange(1, 200_000), help="Also write this many projects in bulk, with all that belongs to them.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="Dates are relative to this day (default today).")
def load(scale: int | None, seed: int, as_of: datetime | None) -> None:
    """Load the demonstration world, small or large. The same seed gives the same world; what is there stays as it is."""
    if not current_app.config["DEMONSTRATION"]:
        raise click.ClickException("there is no demonstration in production")
    at = clock.at_local(as_of.date(), 8) if as_of else clock.now()
    click.echo(f"seed {seed}, as of {clock.local(at):%Y-%m-%d}")
    load_basics(at)
    password = load_world(at, seed=seed)
    if scale:
        load_large(at, count=scale, seed=seed)
    show_accounts(password)


def load_large(at: datetime, *, count: int, seed: int) -> None:
    """The large world beside the small one, once; says what was written, or what is there."""
    there, began = bulk.present(), time.monotonic()
    if there is not None:
        click.echo("The large world is there already: " + ", ".join(f"{n} {name}" for name, n in there.items()))
        return
    click.echo(f"Writing {count} projects …", err=True)
    written = bulk.load(cast.load(), count=count, seed=seed, as_of=at)
    rebuild_all()  # what is written in bulk is indexed in bulk
    db.session.commit()
    if db.engine.dialect.name == "postgresql":  # which else looks at what was written when it finds time
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    click.echo(", ".join(f"{n} {name}" for name, n in sorted(written.items())))
    click.echo(f"{time.monotonic() - began:.1f} s")


users = AppGroup("users", help="Accounts.")


@users.command("create")
@click.argument("email")
@click.argument("name")
@click.option("--role", type=click.Choice([str(r) for r in Role]), multiple=True)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the roles.")
@click.password_option()
def create(email: str, name: str, role: tuple[str, ...], until: datetime | None, password: str) -> None:
    """Make an account (the first administrator, for instance)."""
    at = clock.now()
    ends = clock.at_local(date.fromordinal(until.toordinal() + 1)) if until else None
    try:
        user = people.add_user(email, name, by=None, at=at, password=password)
        for one in role:
            people.grant(user, Role(one), by=None, at=at, ends_at=ends)
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    db.session.commit()
    click.echo(f"{user.email}: {', '.join(sorted(people_queries.user_by_email(email).roles))}")  # type: ignore[union-attr]


commands = [prepare, demo, users]
