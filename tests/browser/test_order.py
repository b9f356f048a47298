"""The order form while somebody types: kept without a button, one draft, rows and conditions at once, and two people at one form."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from app.kernel.db import db
from app.stages.ideas.models import Idea
from tests.support.live import Site
from tests.support.pages import fill, go, send, sound

SAVED = "Đã lưu lúc"


def state(page: Page, text: str = SAVED) -> None:
    """Wait until the page says so."""
    expect(page.locator("[data-save-state]")).to_contain_text(text, timeout=15_000)


def test_what_is_typed_is_kept_and_a_refresh_makes_no_second_draft(site: Site, visit: Callable[..., Page]) -> None:
    pi = visit("pi1")
    go(pi, "/ideas/new")
    fill(pi, {"need": "Thiếu nước mùa khô"})
    state(pi, "khi có tên nhiệm vụ")
    low = pi.locator("#title").bounding_box()["height"]
    fill(pi, {"title": "Tưới tiết kiệm \r\n " + "cho cây chanh " * 20})  # as it is pasted from a paper
    pi.locator("#title").press("Enter")
    assert "\n" not in pi.input_value("#title") and pi.locator("#title").bounding_box()["height"] > 2 * low, "one line, read whole"
    fill(pi, {"title": "Tưới tiết kiệm"})
    state(pi)
    assert pi.url.endswith("/edit"), "the page goes on under the draft's own address"
    expect(pi.locator("#other_sources")).to_be_hidden()
    fill(pi, {"other_budget": "5000000"})
    expect(pi.locator("#other_sources")).to_be_visible()
    pi.locator("[data-rows-of=product_list] [data-row-add]").click()
    fill(pi, {"product_list-1-name": "Mô hình"})
    state(pi, "Chưa lưu")
    state(pi)
    sound(pi)
    pi.reload()
    assert (pi.input_value("#title"), pi.input_value("#need"), pi.input_value("#product_list-1-name")) == ("Tưới tiết kiệm", "Thiếu nước mùa khô", "Mô hình")
    pi.locator("[data-rows-of=product_list] [data-row-remove]").first.click()
    state(pi)
    pi.reload()
    assert pi.input_value("#product_list-0-name") == "Mô hình" and pi.locator("#product_list-1-name").count() == 0
    send(pi)
    assert pi.locator("main .alert-success").count()
    with site.act():
        assert db.session.scalar(select(func.count()).select_from(Idea)) == 1


def test_enter_saves_and_two_windows_lose_nothing(site: Site, visit: Callable[..., Page]) -> None:
    first, second = visit("pi1"), visit("pi1", width=360)
    go(first, "/ideas/new")
    fill(first, {"title": "Tưới tiết kiệm"})
    state(first)
    go(second, first.url.removeprefix(site.url))
    sound(second)
    fill(first, {"need": "của cửa sổ thứ nhất"})
    state(first, "Chưa lưu")
    state(first)
    fill(second, {"need": "của cửa sổ thứ hai"})
    with second.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 409):
        send(second)
    assert second.input_value("#need") == "của cửa sổ thứ hai" and "của cửa sổ thứ nhất" in second.inner_text(".error-summary")
    with second.expect_navigation():
        second.locator("#committed_by").press("Enter")  # the first button of the form saves; it removes no row
    assert second.locator("main .alert-success").count() and "của cửa sổ thứ hai" in second.inner_text("main")
