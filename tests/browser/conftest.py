"""Fixtures of browser tests: a running site, and as many browsers on it as a test wants.

    def test_a_session(site, visit):
        with site.act() as cast:
            ...                                  # play the way to the session
        chair, member = visit("member1"), visit("member2", width=360)   # two browsers at once, both signed in
        go(chair, "/councils/...")

`visit()` without an account is a visitor who is not signed in. All pages are watched: see tests/support/pages.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, Page

from tests.support.live import Site
from tests.support.pages import sign_in, watch

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--lang=vi"]
PATIENCE = 20_000  # ms; the machine may be busy


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium: nothing is downloaded for the tests."""
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture(autouse=True)
def ticking(at: datetime) -> Iterator[None]:
    """In the server, time starts at `at` in every test and goes on."""
    with time_machine.travel(at, tick=True):
        yield


@pytest.fixture
def site(database_templates: Any, tmp_path: Path) -> Iterator[Site]:
    """A site of this test's own: rulebook, plan and the demonstration people."""
    running = Site(database_templates, tmp_path)
    yield running
    running.stop()


@pytest.fixture
def open_browsers(browser: Browser) -> Iterator[Callable[..., Page]]:
    """open_browsers(site, account, width=, height=) is a page in a browser context of its own."""
    pages: list[tuple[Page, list[str]]] = []

    def open_one(site: Site, account: str | None = None, *, width: int = 1280, height: int = 900) -> Page:
        context = browser.new_context(base_url=site.url, viewport={"width": width, "height": height}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        pages.append((page, watch(page)))
        if account:
            sign_in(page, account)
        return page

    yield open_one
    wrong = [line for _page, lines in pages for line in lines]
    for page, _lines in pages:
        page.context.close()
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def visit(site: Site, open_browsers: Callable[..., Page]) -> Callable[..., Page]:
    """visit("pi1", width=360) is a browser on this test's site, signed in."""

    def one(account: str | None = None, **more: Any) -> Page:
        return open_browsers(site, account, **more)

    return one
