"""A test client that refuses bad pages: invalid HTML, no single h1, unlabelled controls, forms without a token."""

from __future__ import annotations

import re
from typing import Any

import html5lib
import lxml.html
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.kernel.db import db

IGNORED = {"hidden", "submit", "button"}
# what cannot make markup invalid: values without a reference, words without one or a control character
_VALUE = re.compile(r'="[^"&\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]*"')
_WORDS = re.compile(r">([^<&\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]*)(?=<)")
_sound: set[int] = set()  # the shapes of pages that were found valid in this process


class StrictClient(FlaskClient):
    """Fetches pages, checks each, and sends the forms it finds there."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.commit()  # the test's own objects are read anew when next asked
        with self.application.app_context():  # a request of its own: the test's context would share its g and its session
            response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data and response.status_code not in (301, 302, 303, 308):
            check_page(response.get_data(as_text=True))
        return response

    def page(self, url: str, status: int = 200) -> BeautifulSoup:
        """The page at `url`, which must answer `status`."""
        response = self.get(url)
        assert response.status_code == status, f"{url} answered {response.status_code}, not {status}:\n{_said(response)}"
        return BeautifulSoup(response.get_data(as_text=True), "html.parser")

    def submit(self, url: str, data: dict[str, Any] | None = None, *, status: int = 303, form: str | int = -1) -> TestResponse:
        """Open `url`, fill its form (the last one, or the one with this action) and send it.

        Where a refusal is awaited (403, 409) the page may give it already: no form is shown that can only fail.
        """
        if status in (403, 409) and (early := self.get(url)).status_code == status:
            return early
        soup = self.page(url)
        found = [f for f in soup.select("form[method=post]") if "/auth/log" not in f.get("action", "") and "/auth/lang" not in f.get("action", "")]
        if not found:
            found = soup.select("main form[method=post]")
        chosen = next((f for f in found if f.get("action", "").endswith(form)), None) if isinstance(form, str) else found[form]
        assert chosen is not None, f"no form {form!r} on {url}"
        action = chosen.get("action") or url
        response = self.post(action, data=values_of(chosen) | (data or {}))
        assert response.status_code == status, f"{action} answered {response.status_code}, not {status}:\n{_said(response)}"
        return response

    def cast(self, url: str, answers: dict[str, Any]) -> TestResponse:
        """Fill a ballot, read what the sheet says, and cast it."""
        shown = BeautifulSoup(self.submit(url, answers, status=202).get_data(as_text=True), "html.parser")
        response = self.post(url, data=values_of(shown.select("main form[method=post]")[-1]) | {"agree": "y"})
        assert response.status_code == 303, f"{url} answered {response.status_code}, not 303:\n{_said(response)}"
        return response


def values_of(form: Any) -> dict[str, Any]:
    """What a browser would send of this form as it stands."""
    values: dict[str, Any] = {}
    for control in form.select("input[name], textarea[name], select[name]"):
        kind, name = control.get("type", "text"), control["name"]
        if control.name == "textarea":
            values[name] = control.text.removeprefix("\n")
        elif control.name == "select":
            chosen = control.select_one("option[selected]") or control.select_one("option")
            values[name] = chosen.get("value", chosen.text) if chosen else ""
        elif kind in ("checkbox", "radio"):
            if control.has_attr("checked"):
                values[name] = control.get("value", "on")
        elif kind not in ("submit", "button", "file"):
            values[name] = control.get("value", "")
    return values


def _said(response: TestResponse) -> str:
    soup = BeautifulSoup(response.get_data(as_text=True), "html.parser")
    main = soup.select_one("main") or soup
    return " ".join(main.get_text(" ").split())[:1500]


def shape_of(text: str) -> str:
    """A page without its words and values: pages of one shape are valid or invalid together."""
    return _WORDS.sub(lambda m: ">w" if m[1].strip() else ">" + m[1][:1], _VALUE.sub('=""', text))


def check_page(text: str) -> None:
    """Fail for what a careful reader of the markup would send back."""
    shape = hash(shape_of(text))
    if shape not in _sound:
        _check_markup(text)
        _sound.add(shape)
    page = lxml.html.document_fromstring(text)
    assert len(page.xpath("//h1")) == 1, f"a page has one h1, this has {len(page.xpath('//h1'))}"
    assert page.findtext(".//title", "").strip(), "the page has no title"
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)), f"ids stand twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    assert not page.xpath("//*[@style or @onclick or @onchange or @onsubmit]"), "inline style or script"
    assert not page.xpath("//script[not(@src)]"), "inline script"
    labelled = set(page.xpath("//label/@for"))
    for control in page.xpath("//input | //select | //textarea"):
        if control.get("type") in IGNORED:
            continue
        named = control.get("id") in labelled or control.get("aria-label") or control.get("aria-labelledby") or next(control.iterancestors("label"), None) is not None
        assert named, f"no label: {lxml.html.tostring(control, encoding='unicode')}"
    for form in page.xpath("//form"):
        if form.get("method", "get").lower() == "post":
            assert form.xpath(".//*[@name='csrf_token']"), f"a POST form without csrf_token: {form.get('action')}"
            plain = (form.get("action") or "").endswith(("/auth/logout", "/auth/language"))
            assert plain or form.xpath(".//*[@name='once']"), f"a POST form without once: {form.get('action')}"


def _check_markup(text: str) -> None:
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(text)
    errors = [e for e in parser.errors if e[1] not in ("eof-in-head",)]
    if errors:
        (line, column), code, data = errors[0]
        around = text.splitlines()[max(0, line - 3) : line + 1]
        raise AssertionError(f"invalid HTML at {line}:{column}: {code} {data}\n" + "\n".join(around))
