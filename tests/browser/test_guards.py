"""The guards of browser tests see what they are there to see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.support.live import Site
from tests.support.pages import axe, go, no_overflow, watch


def test_a_barrier_and_a_wide_page_are_seen(site: Site, visit: Callable[..., Page]) -> None:
    page = visit(width=360)
    go(page, "/")
    page.evaluate("document.querySelector('main').append(Object.assign(new Image(), {src: document.querySelector('link[rel=icon]').href}))")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)
    page.evaluate("document.querySelector('main h1').style.width = '900px'")
    with pytest.raises(AssertionError, match="px wide in a window of 360"):
        no_overflow(page)


def test_a_broken_content_security_policy_is_seen(site: Site, browser: Browser) -> None:
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    wrong = watch(page)
    go(page, "/")
    assert not wrong
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.broken = 1'}))")
    page.wait_for_timeout(100)
    context.close()
    assert any("Content Security Policy" in line for line in wrong), wrong
