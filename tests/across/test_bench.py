"""flask bench: which pages it visits, how it judges, what it refuses. The visits themselves are for a quiet machine."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import pytest

from app.across.bench import budgets, cli
from app.across.bench.measure import Cost, Inside, filled
from app.across.demo import bulk
from tests.support.databases import PASSWORD


def test_it_asks_for_a_demonstration_and_refuses_production(app, db):
    with pytest.raises(click.ClickException, match="demo load"):
        cli.pages()
    app.config["DEMONSTRATION"] = False
    told = app.test_cli_runner().invoke(args=["bench"])
    assert told.exit_code != 0 and "production" in told.output


def test_the_pages_stay_inside_their_queries_and_bytes(app, db, cast):
    bulk.load(cast, count=12, seed=2, as_of=datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    db.session.commit()
    pages = cli.pages()
    assert {p.name for p in pages} == {"portal home", "portal home, made anew", "public projects", "sign-in page", "project list", "project page (hub)",
                                       "dossier form", "desk", "board"}  # fmt: skip
    db.session.rollback()
    inside = Inside(app, PASSWORD)
    over = {p.name: n for p in pages if (n := inside.queries(p)) > p.budget.queries}
    assert not over, f"more queries than the budget: {over}"


def test_what_is_over_is_named():
    cost = Cost("page", budgets.PUBLIC, cpu_ms=9.0, times_hello=30.0, queries=4, html_kb=61.0, first_visit_kb=100.0)
    cost.judge("sqlite")
    assert cost.over == ["times_hello", "html_kb"]
    assert "OVER: times_hello, html_kb" in cli.table([cost], "sqlite")
    assert cli._far_over(cost, "sqlite") and not cli._far_over(Cost("page", budgets.PUBLIC, queries=1), "sqlite")


def test_the_sign_in_form_is_filled():
    page = '<input type="hidden" name="csrf_token" value="a"><input id="once" name="once" type="hidden" value="b">'
    assert filled(page, "x@y.test", "secret") == {"csrf_token": "a", "once": "b", "email": "x@y.test", "password": "secret"}
