"""What browser tests do with a page: sign in, fill and send forms, and look for barriers.

Every page made by the fixture `visit` notes what went wrong on it: errors in the console (a broken Content-Security-Policy
shows there), exceptions in scripts, missing files, answers of 500 and more. The fixture fails for any of them at the end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from app.across.demo.cast import DOMAIN
from tests.support.databases import PASSWORD

AXE = Axe()
AXE_OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}


def watch(page: Page) -> list[str]:
    """A list that grows with everything that goes wrong on this page."""
    wrong: list[str] = []

    def console(message: Any) -> None:
        # a refused form answers 4xx and Chromium writes that down too; `answered` judges answers
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            wrong.append(f"console on {page.url}: {message.text}")

    def answered(response: Response) -> None:
        document = response.request.resource_type == "document"
        if response.status >= 500 or (response.status >= 400 and not document):
            wrong.append(f"{response.url} answered {response.status}")

    page.on("console", console)
    page.on("pageerror", lambda error: wrong.append(f"script on {page.url}: {error}"))
    page.on("response", answered)
    return wrong


def sign_in(page: Page, account: str) -> None:
    """Sign in as a demonstration account by the form, as people do."""
    go(page, "/auth/login")
    fill(page, {"email": f"{account}@{DOMAIN}", "password": PASSWORD})
    send(page)
    assert "/auth/login" not in page.url, f"{account} could not sign in: {page.inner_text('main')}"


def go(page: Page, path: str, status: int = 200) -> None:
    """Open an address of the site, which must answer `status`."""
    response = page.goto(path)
    assert response is not None and response.status == status, f"{path} answered {response and response.status}:\n{page.inner_text('body')[:800]}"


def fill(page: Page, values: dict[str, Any]) -> None:
    """Fill controls of the page's main part by their names: text, choice, tick, file (a Path), as their kind asks."""
    for name, value in values.items():
        control = page.locator(f"main [name='{name}']:not([type=hidden])")
        kind = control.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "select":
            control.select_option(str(value))
        elif kind == "radio":
            page.locator(f"main [name='{name}'][value='{value}']").check()
        elif kind == "checkbox":
            control.set_checked(bool(value))
        elif kind == "file":
            control.set_input_files(value if isinstance(value, Path) else str(value))
        else:
            control.fill(str(value))


def send(page: Page, values: dict[str, Any] | None = None, *, button: str = "main form[method=post] .form-actions button[type=submit]:not([formtarget])") -> None:
    """Fill `values` and press the button of the (last) form; waits for the answer."""
    fill(page, values or {})
    with page.expect_navigation():
        page.locator(button).last.click()


def follow(page: Page, part: str) -> None:
    """Click the first link in the page's main part or side column whose address holds `part`."""
    link = page.locator(f"main a[href*='{part}'], aside a[href*='{part}']").first
    with page.expect_navigation():
        link.click()


def axe(page: Page) -> None:
    """Fail for every barrier that axe finds, naming rule and place."""
    found = AXE.run(page, options=AXE_OPTIONS).response["violations"]
    lines = [f"  {v['id']} ({v['impact']}): {v['help']}\n" + "\n".join(f"    {n['target']} {n['html'][:200]}" for n in v["nodes"][:5]) for v in found]
    assert not found, f"{page.url} has barriers:\n" + "\n".join(lines)


def no_overflow(page: Page) -> None:
    """Fail when the page is wider than the window; names the elements that stick out."""
    wide, inner = page.evaluate("[document.scrollingElement.scrollWidth, window.innerWidth]")
    if wide <= inner:
        return
    out = page.evaluate(
        "() => [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.table-wrap, .steps'))"
        ".slice(0, 6).map(e => e.outerHTML.slice(0, 160))"
    )
    raise AssertionError(f"{page.url} is {wide} px wide in a window of {inner}:\n" + "\n".join(f"  {o}" for o in out))


def sound(page: Page) -> None:
    """No barrier, nothing sticks out."""
    axe(page)
    no_overflow(page)
