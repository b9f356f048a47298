"""Vàm Cỏ: a province's science and technology projects, from the plan's priorities to technology transfer.

The map. Imports point down only: across > stages > services > kernel.

kernel/     no noun of ours: time, database, lifecycle, journal, permissions, outbox, forms, web
services/   what several stages need: people, entry, rulebook, charges, apikeys, files, questionnaires, papers, mails, profiles, similarity, conflicts, experts, councils
stages/     the lifecycle, in the order of STAGES; a later one may read an earlier one, never the reverse
across/     windows over all stages: portal, api, rehearsal, desk, clock, hub, board,
            portfolio, imports, search, admin, keeping, operation, help, demo, bench; they own no state

Each room has the same files: rules (pure), models, queries (reads), actions (one function per verb), forms, views,
templates. From an address to its line: /funding/... is app/stages/funding/views.py; its verbs are in actions.py.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import assets, compiled, pool
from app import config as configuration
from app.addresses import Application
from app.extensions import babel, csrf, login, mail
from app.kernel import clock, journal, web
from app.kernel.db import Base, db, engine_options, finish_tables, prepare_engine

SERVICES = ("people", "entry", "rulebook", "charges", "apikeys", "files", "questionnaires", "papers", "mails", "profiles", "similarity", "conflicts", "experts", "councils")
STAGES = ("plan", "ideas", "calls", "proposals", "selection", "funding", "execution", "acceptance", "transfer", "archive")
WINDOWS = ("portal", "api", "rehearsal", "desk", "clock", "hub", "board", "portfolio", "imports", "search", "admin", "keeping", "operation", "help")
ROOMS = (
    *(f"app.services.{name}" for name in SERVICES),
    *(f"app.stages.{name}" for name in STAGES),
    "app.stages.plan.suggestion",
    *(f"app.across.{name}" for name in WINDOWS),
)


def create_app(environment: str | None = None, *, commands: bool = True, **overrides: Any) -> Flask:
    """The application, with its command line unless a server runs it. `overrides` replace settings (tests). Raises RuntimeError for an unsafe or undeclared set-up."""
    settings = configuration.load(environment) | overrides
    app = Application(__name__, instance_path=settings["INSTANCE_FOLDER"], static_url_path=assets.address(development=settings["EDITING"]))
    app.config.from_mapping(settings)
    set_up_time_and_record(app)
    _set_up_database(app)
    _set_up_extensions(app)
    web.init_app(app)
    for room in ROOMS:
        _open(app, room)
    _dress(app, commands=commands)
    finish_tables(Base.metadata)
    wrong = web.undeclared(app)
    if wrong:
        raise RuntimeError("; ".join(wrong))
    return app


def set_up_time_and_record(app: Flask) -> None:
    """Clock and journal of this process follow the settings of `app`."""
    moved = Path(app.config["INSTANCE_FOLDER"]) / "clock-offset" if app.config["DEMONSTRATION"] else None
    clock.configure(app.config["CLOCK_OFFSET"], moved)
    journal.configure(app.config["AUDIT_KEY"])


def _set_up_database(app: Flask) -> None:
    options = engine_options(app.config["SQLALCHEMY_DATABASE_URI"])
    options["hide_parameters"] = not app.config["DEMONSTRATION"]  # what people typed stays out of the log
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options | app.config.get("SQLALCHEMY_ENGINE_OPTIONS", {})
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        if db.engine.dialect.name == "postgresql":
            pool.ask_idle_ones(db.engine)
            pool.keep_what_is_prepared(db.engine)


def _set_up_extensions(app: Flask) -> None:
    folders = [Path(app.root_path, *room.split(".")[1:], "translations") for room in ROOMS]
    folders = [Path(app.root_path, "translations"), *(f for f in folders if f.is_dir())]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(f) for f in folders)
    people = importlib.import_module("app.services.people.views")
    babel.init_app(app, locale_selector=people.chosen_locale, default_domain="messages")
    mail.init_app(app)
    csrf.init_app(app)
    login.init_app(app)
    if app.config["SERVE_STATIC"] and not app.config["EDITING"]:
        assets.serve(app)
    if app.config["PROXY_HOPS"]:
        hops = app.config["PROXY_HOPS"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _open(app: Flask, room: str) -> None:
    """Import a room's models and hang its blueprints (`bp`, and `public_bp` where there is one)."""
    if importlib.util.find_spec(room) is None:
        return
    modules = [importlib.import_module(f"{room}.{name}") for name in ("models", "views") if importlib.util.find_spec(f"{room}.{name}")]
    for module in modules:
        for name in ("bp", "public_bp"):
            blueprint = getattr(module, name, None)
            if blueprint is not None:
                app.register_blueprint(blueprint)
        hook = getattr(module, "init_app", None)
        if hook is not None:
            hook(app)


def _dress(app: Flask, *, commands: bool) -> None:
    """Template filters and globals, the command line."""
    shown = importlib.import_module("app.shown")
    shown.init_app(app)
    if app.config["KEEP_TEMPLATES"]:
        compiled.keep(app)
    if importlib.util.find_spec("app.across.navigation"):
        importlib.import_module("app.across.navigation").register(app)
    if commands:  # they bring the demonstration world and the migrations along: a tenth of a server's memory
        importlib.import_module("app.cli").register(app)


__all__ = ["ROOMS", "STAGES", "create_app", "set_up_time_and_record"]
