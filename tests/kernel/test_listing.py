"""Tables page by page: every row once in either order, blanks among them; a made-up cursor shows the first page."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.kernel.listing import Column, Listing
from app.stages.plan.models import Plan

COLUMNS = {"at": Plan.in_force_at, "day": Plan.dated, "year": Plan.horizon_year, "name": Plan.title_vi}


@pytest.fixture
def plans(db, at) -> list[str]:
    for n in range(11):
        db.session.add(Plan(number=f"T{n}", dated=date(2026, 1, 1) + timedelta(days=n // 2), title_vi=f"Kế hoạch {n % 4}", title_en="Plan", body_vi="UBND", content_hash="0" * 64,
                            in_force_at=at + timedelta(hours=n // 3) if n % 3 else None, horizon_year=2030 + n % 3 if n % 4 else None))  # fmt: skip
    db.session.commit()
    return [f"T{n}" for n in range(11)]


def table(**args: str) -> Listing:
    columns = [Column(name, name, lambda p, key=field.key: getattr(p, key), sort=field) for name, field in COLUMNS.items()]
    return Listing(select(Plan).where(Plan.number.startswith("T")), args, key=Plan.id, columns=columns, filters=[], default="name", per_page=3)


@pytest.mark.parametrize("sort", [sign + name for name in COLUMNS for sign in ("", "-")])
def test_every_row_is_on_one_page(db, plans, sort):
    found, args = [], {"sort": sort}
    while args is not None:
        page = table(**args)
        found += [p.number for p in page.rows]
        assert len(found) <= len(plans), "a row came twice"
        args = page.next_args
    assert sorted(found) == sorted(plans)


def cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


@pytest.mark.parametrize("sort", COLUMNS)
@pytest.mark.parametrize("after", [
    "x", "%%%", "é", cursor(), cursor(1), cursor("2026-13-45", 1), cursor([1], 1), cursor({"a": 1}, 1), cursor("x", 10**30), cursor(10**30, 1), cursor("a\0b", 1),
    cursor(True, "x"), cursor(1e308, 1), cursor("9999-12-31T23:59:59-23:59", 1), cursor(None, None), base64.urlsafe_b64encode(b"null").decode(), "A" * 5000])  # fmt: skip
def test_a_made_up_cursor_does_no_harm(db, plans, sort, after):
    assert len(table(sort=sort, after=after).rows) in range(4)


@pytest.mark.parametrize("page", ["/admin/outbox", "/admin/journal", "/admin/users", "/calls/", "/projects/", "/councils/"])
def test_pages_take_any_cursor(as_, db, cast, page):
    for after in (cursor("2026-03-01T00:00:00+00:00", 5), cursor("x", 10**30), "%%%"):
        assert as_("auditor").get(f"{page}?after={after}").status_code == 200
