"""flask bench: measure the main pages on the present database and print them beside their budgets."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import current_app
from sqlalchemy import func, select, text

from app.across.bench import budgets
from app.across.bench.measure import Cost, Inside, Page, repeat, sign_ins, visit
from app.across.bench.measure import Visitor as Browser
from app.across.bench.server import NotStarted, Server, serving
from app.across.demo.cast import DOMAIN
from app.across.demo.cli import kept_password
from app.kernel import clock
from app.kernel.db import db
from app.services.people.models import User
from app.stages.calls.models import Call, CallTopic
from app.stages.execution.models import Report
from app.stages.funding.models import Project
from app.stages.proposals import queries as proposals
from app.stages.proposals import work
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState

HELLO = "app.across.bench.hello:app"


def pages() -> list[Page]:
    """The pages to visit on this database. Raises ClickException where the demonstration is missing."""
    busiest = select(Report.project_id).group_by(Report.project_id).order_by(func.count().desc(), Report.project_id).limit(1)
    project = db.session.scalar(select(Project.public_id).where(Project.id.in_(busiest))) or db.session.scalar(select(Project.public_id).limit(1))
    draft = db.session.execute(
        select(Proposal.public_id, User.email).join(User, User.id == Proposal.pi_id).join(CallTopic, CallTopic.id == Proposal.call_topic_id)
        .join(Call, Call.id == CallTopic.call_id).where(Proposal.state == ProposalState.DRAFT, User.is_demo).order_by(Proposal.id).limit(1)).first()  # fmt: skip
    if draft is None:
        raise click.ClickException("there is no demonstration here: flask demo load [--scale N]")
    officer, row = f"officer@{DOMAIN}", proposals.proposal_by_pid(draft.public_id)
    section = max(work.form_of(row).definition["sections"], key=lambda s: len(s["questions"]))["code"]  # the longest one
    found = [
        Page("portal home", "/", None, budgets.PUBLIC), Page("portal home, made anew", "/?anew=1", None, budgets.PUBLIC), Page("public projects", "/public/projects", None, budgets.PUBLIC_LIST),
        Page("sign-in page", "/auth/login", None, budgets.LOGIN), Page("project list", "/projects/", officer, budgets.LIST),
        Page("project page (hub)", f"/projects/{project}", officer, budgets.DETAIL),
        Page("dossier form", f"/proposals/{draft.public_id}/work/{section}", draft.email, budgets.FORM), Page("desk", "/desk/", officer, budgets.DASHBOARD),
        Page("board", "/board/", officer, budgets.DASHBOARD),
    ]  # fmt: skip
    return [p for p in found if project or p.path != "/projects/None"]


@click.command("bench")
@click.option("--rounds", type=click.IntRange(1, 500), default=40, show_default=True, help="Visits of each page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a page.")
def bench(rounds: int, as_json: bool) -> None:
    """Measure the main pages under gunicorn on the present database, beside a bare application of the same server.

    Fails when something is above one and a half times its budget.
    """
    if not current_app.config["DEMONSTRATION"]:
        raise click.ClickException("measured with demonstration accounts, which production does not have")
    dialect, found, password = db.engine.dialect.name, pages(), kept_password()
    count = db.session.scalar(select(func.count()).select_from(Project))
    db.session.rollback()
    costs, rss = measured(found, password, rounds, dialect)
    if as_json:
        for cost in costs:
            click.echo(json.dumps(asdict(cost) | {"budget": asdict(cost.budget)}))
    else:
        click.echo(f"{clock.today():%Y-%m-%d}  {dialect}  {count} projects  budgets: {budgets.SOURCE}\n")
        click.echo(table(costs, dialect))
        click.echo(f"\nmemory of a worker: {rss} MB of {budgets.RSS_MB} MB {'ok' if rss <= budgets.RSS_MB else 'OVER'}")
    if rss > budgets.RSS_MB * budgets.FAR or any(_far_over(cost, dialect) for cost in costs):
        sys.exit(1)


def measured(found: list[Page], password: str, rounds: int, dialect: str) -> tuple[list[Cost], int]:
    """What the pages cost, and the memory of a worker in MB."""
    folder, inside = Path(current_app.root_path).parent, Inside(current_app._get_current_object(), password)  # type: ignore[attr-defined]
    try:
        with serving(HELLO, folder) as bare, serving("wsgi:app", folder) as server:
            costs, hellos = [], []
            for page in found:
                hellos.append(_hello(bare, rounds))  # beside each page: other work on the machine slows both
                cost = visit(page, server, password, lambda: [*server.workers(), *_backends(dialect)], rounds)
                cost.times_hello, cost.queries = cost.cpu_ms / hellos[-1].cpu_ms, inside.queries(page)
                cost.judge(dialect)
                costs.append(cost)
            last = sign_ins(server, f"officer@{DOMAIN}", password, server.workers(), budgets.LOGIN)
            last.times_hello = last.cpu_ms / hellos[-1].cpu_ms
            rss = server.rss_mb()
    except (NotStarted, ValueError) as failure:
        raise click.ClickException(str(failure)) from failure
    return [sorted(hellos, key=lambda h: h.cpu_ms)[len(hellos) // 2], *costs, last], rss


def _hello(server: Server, rounds: int) -> Cost:
    browser, cost = Browser(server.port), Cost("hello (bare)", budgets.LOGIN, times_hello=1.0)
    cost.visits, cost.p50_ms, cost.p95_ms, cost.cpu_ms = repeat(lambda: browser.ask("GET", "/"), server.workers(), max(rounds * 3, 100))
    return cost


def _backends(dialect: str) -> list[int]:
    """The processes that work for this database on a PostgreSQL of this machine; none are seen elsewhere."""
    if dialect != "postgresql":
        return []
    found = list(db.session.scalars(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")))
    db.session.rollback()
    return [pid for pid in found if os.path.exists(f"/proc/{pid}")]


def _far_over(cost: Cost, dialect: str) -> bool:
    limits: dict[str, Any] = {"times_hello": cost.budget.times(dialect), "queries": cost.budget.queries, "html_kb": cost.budget.html_kb}
    return any(getattr(cost, name) > limits[name] * budgets.FAR for name in cost.over if name in limits)


def table(costs: list[Cost], dialect: str) -> str:
    """The costs as aligned columns; each figure with its budget."""
    lines = [("page", "visits", "p50 ms", "p95 ms", "CPU ms", "x hello", "queries", "HTML KB", "first visit KB", "")]
    for c in costs:
        judged = c.queries is not None
        lines.append((
            c.name, str(c.visits), f"{c.p50_ms:.1f}", f"{c.p95_ms:.1f}", f"{c.cpu_ms:.2f}",
            f"{c.times_hello:.1f}" + (f" / {c.budget.times(dialect)}" if judged else ""), f"{c.queries} / {c.budget.queries}" if judged else "-",
            f"{c.html_kb:.0f} / {c.budget.html_kb}" if judged else "-",
            f"{c.first_visit_kb:.0f} / {c.budget.first_visit_kb}" if c.first_visit_kb is not None else "-",
            ("OVER: " + ", ".join(c.over) if c.over else "ok") if judged else ""))  # fmt: skip
    widths = [max(len(line[n]) for line in lines) for n in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(w) if n in (0, len(widths) - 1) else cell.rjust(w) for n, (cell, w) in enumerate(zip(line, widths, strict=True))).rstrip()
                     for line in lines)  # fmt: skip


commands = [bench]
