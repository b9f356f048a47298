"""Texts of mails: version 0 is the shipped one, officers write others, a bad text is refused with its line, a value holds no commands."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace as Row

import pytest
from flask import render_template
from flask_babel import force_locale

from app.kernel import outbox
from app.kernel.clock import local
from app.kernel.errors import Incomplete
from app.services.mails import texts, writing
from app.services.papers import wordings

CONCLUDED = "proposals/mail/concluded.vi"


def context(name="Lan", **more):
    proposal = Row(code="HS-1", title=more.pop("title", "Trữ nước"), public_id="p1", state=Row(label="Selected"))
    return {"to": Row(id=1, name=name, locale="vi"), "base_url": "http://vamco.test", "proposal": proposal, "letter": None, "until": None, **more}


def test_every_shipped_mail_is_said_in_the_simple_language(app):
    assert len(texts.names()) > 300
    for name in texts.names():
        text = texts.shipped(name)
        assert not texts.problems(name, text), (name, texts.problems(name, text)[:1])
        assert "{%" not in text and "{{" not in text, name
        assert texts.fill(text, {key: texts.example(key) for key in texts.read(name).names}).startswith("Subject: "), name


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("state", ["reserve", "selected", "not_selected"])
@pytest.mark.parametrize("more", [{}, {"letter": Row(public_id="l1"), "until": date(2026, 3, 9)}])
def test_version_0_says_what_the_shipped_file_says(app, lang, state, more):
    given = context(**more)
    given["proposal"].state = type("State", (str,), {"label": "Selected"})(state)
    template = "proposals/mail/concluded.txt"
    with app.test_request_context(), force_locale(lang):
        shipped = render_template(template, **given)
        name = f"proposals/mail/concluded.{lang}"
        said = texts.fill(texts.shipped(name), texts.values_of(name, given))
    assert [line for line in said.splitlines() if line.strip()] == [line for line in shipped.splitlines() if line.strip()]


@pytest.mark.parametrize(("text", "line", "part"), [
    ("Subject: A\n$nobody\n$link", 2, "variable"), ("Subject: A\n#if $letter\n$link", 2, "#end"), ("Subject: A\n#end\n$link", 2, "outside"),
    ("Subject: A\n#else\n$link", 2, "outside"), ("Subject: A\n#include x\n$link", 2, "command"), ("Subject: A\n#if letter\n#end\n$link", 2, "#if $name"),
    ("A\n$link", 1, "subject"), ("Subject: A\nno address", 0, "address"), ("Subject: A\n10 $ x\n$link", 2, "$$"), ("Subject: A\n\u202egpj\n$link", 2, "direction"),
    ("Subject: A\n" + "x" * 2_000_000, 0, "most"), ("Subject: A\n" + "x" * 6000, 2, "most"),
    ("Subject: A\n#if $letter\n#else\n#else\n#end\n$link", 4, "outside"),
])  # fmt: skip
def test_a_bad_text_is_refused_with_its_line(app, text, line, part):
    found = texts.problems(CONCLUDED, text)
    assert found and found[0].line == line and part in found[0].message


def test_no_text_and_no_value_runs_anything(app):
    with app.test_request_context(), force_locale("vi"):
        values = texts.values_of(CONCLUDED, context(name="{{ 7*7 }} $title #if", title="a\n#else\nBcc: x@y.z ${name}"))
    said = texts.fill("Subject: $title\n{{ 7*7 }} {% raise %} $name $$5\n$link", values)
    assert said.splitlines()[0] == "Subject: a #else Bcc: x@y.z ${name}"
    assert said.splitlines()[1] == "{{ 7*7 }} {% raise %} {{ 7*7 }} $title #if $5"
    for text in ("${name.__class__}", "${name|attr}", "$name[0]", "${}"):
        assert texts.problems(CONCLUDED, f"Subject: A\n{text}\n$link") or "__" not in texts.fill(text, values)


def test_an_officer_writes_a_mail_anew(db, user, as_, at, mails):
    officer = as_("officer")
    officer.submit("/mails/people/guessed/vi", {"of": "0", "reason": "Rõ hơn"})
    row = wordings.queries.wordings("people/mail/guessed.vi")[0]
    page = officer.submit(f"/mails/wordings/{row.public_id}", {"text": "Subject: Xin chào\n$nobody\n$link"}, status=422)
    assert "$nobody" in page.text
    new = row.text.replace("Subject: ", "Subject: Cảnh báo. ", 1)
    officer.submit(f"/mails/wordings/{row.public_id}", {"text": new})
    assert "Cảnh báo. " in officer.page(f"/mails/wordings/{row.public_id}").select_one("#example + pre").text
    user("pi1").locale = "vi"
    outbox.post("people/mail/guessed.txt", to=user("pi1"), key="before", at=at)
    officer.submit(f"/mails/wordings/{row.public_id}/put-in-force", {"valid_from": f"{local(at):%d/%m/%Y}"})
    outbox.post("people/mail/guessed.txt", to=user("pi1"), key="after", at=at)
    before, after = mails()[-2:]
    assert after.subject == f"Cảnh báo. {before.subject}"
    assert [x for x in after.body.splitlines() if x.strip()] == [x for x in before.body.splitlines() if x.strip()]
    assert "Cảnh báo" not in officer.page("/mails/people/guessed/en").text
    assert officer.page("/mails/?q=canh+bao") and officer.page(f"/papers/wordings/{row.public_id}", status=404)
    as_("pi1").page("/mails/", status=403)


def test_a_wording_that_fails_never_keeps_a_mail_back(db, user, at, mails):
    row = wordings.draft("people/mail/guessed.vi", reason="x", by=user("officer"), at=at)
    with pytest.raises(Incomplete):
        wordings.write(row, "Subject: x\n#if $a", by=user("officer"), at=at)
    row.text = "Subject: x\n#end\n#end\n"  # as no form would take it
    row.valid_from = local(at - timedelta(days=1)).date()
    db.session.flush()
    wordings.WORDING.advance(row, "put_in_force", by=user("officer"), at=at)
    with force_locale("vi"):
        assert "Subject: x" not in writing.worded("people/mail/guessed.txt", to=user("pi1"), base_url="http://vamco.test")
