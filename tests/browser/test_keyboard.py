"""Without a mouse: the skip link, the way to the form, the summary of problems that takes the focus."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.support.live import Site
from tests.support.pages import axe, go


def focused(page: Page, what: str = "e.id || e.className || e.tagName") -> str:
    """What has the focus."""
    return str(page.evaluate(f"(e => {what})(document.activeElement)"))


def test_the_first_stop_leads_past_the_menu(site: Site, visit: Callable[..., Page]) -> None:
    page = visit("pi1")
    go(page, "/ideas/")
    page.keyboard.press("Tab")
    assert "skip-link" in focused(page)
    assert page.locator(".skip-link").evaluate("e => e.getBoundingClientRect().top >= 0"), "the skip link is seen when it has the focus"
    page.keyboard.press("Enter")
    assert focused(page) == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null"), "the next stop is in the content"


def test_a_refused_form_says_what_is_wrong_where_the_focus_is(site: Site, visit: Callable[..., Page]) -> None:
    page = visit("pi1")
    go(page, "/ideas/new")
    button = page.locator("main .form-actions button[type=submit]").first
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "error-summary" in focused(page), "the list of problems has the focus"
    axe(page)
    page.keyboard.press("Tab")
    assert focused(page, "e.tagName") == "A"
    target = focused(page, "e.getAttribute('href')").removeprefix("#")
    page.keyboard.press("Enter")
    assert focused(page, "e.id") == target, "a problem's link leads to its control"
    assert page.locator(f"#{target}").get_attribute("aria-invalid") == "true"


def test_the_menu_of_the_person_opens_and_closes_with_keys(site: Site, visit: Callable[..., Page]) -> None:
    page = visit("officer")
    summary = page.locator("details.menu summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.menu").evaluate("e => e.open")
    axe(page)
    page.keyboard.press("Escape")
    assert not page.locator("details.menu").evaluate("e => e.open")
    assert focused(page, "e.tagName") == "SUMMARY", "the focus goes back to where the menu was opened"


def test_the_second_of_two_clicks_finds_the_same_button(site: Site, visit: Callable[..., Page]) -> None:
    """The word of a button changes once it is sent; a shorter one would put the link beside it under the pointer, which undoes the sending."""
    page = visit("pi1")
    go(page, "/ideas/new")
    page.evaluate("document.addEventListener('submit', e => e.preventDefault())")
    button = page.locator("main .form-actions button[type=submit]").first
    button.evaluate("e => { e.textContent = 'Mở tất cả hồ sơ của thông báo và ban hành biên bản mở hồ sơ' }")
    size = 'e => [e.offsetWidth, e.offsetHeight]'
    before = button.evaluate(size)
    button.click()
    assert button.get_attribute("aria-disabled") == "true"
    assert button.evaluate(size) == before


def test_an_amount_is_grouped_and_what_is_none_stays_as_typed(site: Site, visit: Callable[..., Page]) -> None:
    """1.5 is not 15: only digits are grouped, the rest is left to the server's sentence."""
    page = visit("finance")
    go(page, "/funding/year-budgets")
    field = page.locator("main input[data-money]").first
    for typed, shown in (("1250000", "1.250.000"), ("1.250.000", "1.250.000"), ("1.5", "1.5"), ("1.00.000", "1.00.000"), ("-5", "-5")):
        field.fill("")
        field.press_sequentially(typed)
        assert field.input_value() == shown
    field.fill("1250000")
    field.press("Backspace")
    assert field.input_value() == "125.000"
