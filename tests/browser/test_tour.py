"""The tour of who is new: one stop after the other by keyboard, never a trap, gone for good once it is ended; help on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.support.live import Site
from tests.support.pages import axe, go, no_overflow


def test_the_tour_by_keyboard(site: Site, visit: Callable[..., Page]) -> None:
    page = visit("pi1")
    go(page, "/desk/")
    framed = page.locator(".tour-frame")
    back, onward = page.locator("[data-tour] button[type=button]").all()
    status = page.locator("[data-tour] [role=status]")
    assert framed.count() == 1 and framed.evaluate("e => e.tagName") == "H1" and back.is_disabled()
    axe(page)
    onward.focus()
    seen = [status.inner_text()]
    for _stop in range(4):
        page.keyboard.press("Enter")
        seen.append(status.inner_text())
        assert framed.count() == 1, seen[-1]
    assert len(set(seen)) == 5 and onward.is_disabled()
    assert page.evaluate("document.activeElement === document.querySelector('[data-tour] button[type=button]')"), "the focus is not lost at the last stop"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[data-tour]') !== null")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[data-tour]') === null"), "the tour lets the focus go on"
    end = page.locator("[data-tour] form button")
    end.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("[data-tour]").count() == 0
    go(page, "/desk/")
    assert page.locator("[data-tour]").count() == 0


@pytest.mark.parametrize("path", ["/help/", "/help/guides/researcher", "/help/glossary", "/help/glossary?q=hoi+dong", "/desk/"])
def test_help_has_no_barriers_and_fits_a_phone(site: Site, visit: Callable[..., Page], path: str) -> None:
    page = visit("pi1", width=360)
    go(page, path)
    no_overflow(page)
    axe(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    axe(page)
