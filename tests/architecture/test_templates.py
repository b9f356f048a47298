"""Templates compile, extend the base, name a title; catalogues are complete and say what the code says."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment

from app.cli import shared_sources

pytestmark = pytest.mark.nodb
APP = Path(__file__).parent.parent.parent / "app"
PAGES = sorted(p for p in APP.rglob("templates/**/*.html") if not p.name.startswith("_"))
CATALOGUES = sorted(APP.rglob("translations/vi/LC_MESSAGES/messages.po"))


def test_every_template_compiles():

    environment = Environment(extensions=["jinja2.ext.i18n"])
    for path in APP.rglob("templates/**/*"):
        if path.suffix in (".html", ".txt") and "papers" not in path.parts[-2:]:
            environment.parse(path.read_text())


def test_no_page_is_given_a_name_that_the_base_sets():
    """What the base sets hides what a page was given by the same name."""
    taken = set(re.findall(r"\{%-?\s*set (\w+)", (APP / "templates" / "base.html").read_text()))
    calls = [(path.name, node) for path in APP.rglob("*.py") if "render_template" in (code := path.read_text()) for node in ast.walk(ast.parse(code))
             if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render_template"]  # fmt: skip
    assert taken and calls
    assert [(name, call.lineno, k.arg) for name, call in calls for k in call.keywords if k.arg in taken] == []


def test_every_page_has_a_title_and_one_main_heading():
    for path in PAGES:
        text = path.read_text()
        if "{% extends" in text:
            assert "{% block title %}" in text, path
            assert "<h1" in text or "object_head" in text or "outcome(" in text, path


def test_a_mail_begins_with_its_subject():
    for path in APP.rglob("templates/**/mail/*.txt"):
        if path.name != "base.txt" and not path.name.startswith("_"):
            lines = [line for line in path.read_text().splitlines() if line.strip() and not line.lstrip().startswith(("{% extends", "{#", "{% from"))]
            assert lines[0].removeprefix("{% block subject %}").startswith("Subject:") or "block" in lines[0], path


def test_a_mail_about_a_project_says_which():
    """A code alone tells nobody which project is meant."""
    for path in APP.rglob("templates/**/mail/*.txt"):
        text = path.read_text()
        assert "project.code" not in text or ".title" in text, path


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda p: "/".join(p.relative_to(APP).parts[:-4]) or "app")
def test_every_catalogue_is_complete(path):
    with path.open("rb") as source:
        catalogue = read_po(source, locale="vi")
    for message in catalogue:
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), f"not translated: {message.id}"
        assert not message.fuzzy, message.id
        wanted = message.id[0] if isinstance(message.id, tuple) else message.id
        for text in texts:
            assert sorted(re.findall(r"%\(\w+\)[sd]", wanted)) == sorted(re.findall(r"%\(\w+\)[sd]", text)), f"placeholders differ: {wanted}"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda p: "/".join(p.relative_to(APP).parts[:-4]) or "app")
def test_no_sentence_of_the_code_is_missing_or_stale(path, tmp_path):
    room = path.parents[3]
    parts = [room] if room != APP else shared_sources(APP)
    pot = tmp_path / "messages.pot"
    subprocess.run([sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", APP / "babel.cfg", "-k", "N_", "-k", "_", "-o", pot, *parts], check=True)
    with pot.open("rb") as source, path.open("rb") as kept:
        code = {m.id for m in read_po(source) if m.id}
        catalogue = {m.id for m in read_po(kept, locale="vi") if m.id}
    assert code - catalogue == set(), "run: flask i18n update"
    assert catalogue - code == set(), "stale: run flask i18n update"


def test_every_sentence_belongs_to_a_catalogue():
    """A file with sentences that no catalogue reads would show English, and the next update would throw its translations away."""
    read = [path.parents[3] for path in CATALOGUES if path.parents[3] != APP] + shared_sources(APP)
    speaking = (path for path in APP.rglob("*.py") if re.search(r'\b(?:N?_|_l)\(["\']', path.read_text()))
    assert [str(path.relative_to(APP)) for path in speaking if not any(path.is_relative_to(part) for part in read)] == []


def test_every_room_with_sentences_has_a_catalogue():
    rooms = {p.parent for p in APP.rglob("views.py")}
    assert {r for r in rooms if not (r / "translations/vi/LC_MESSAGES/messages.po").exists()} == set()


def test_a_sentence_has_one_translation_in_all_rooms():
    """Catalogues are laid over one another: of two translations of one sentence, the room loaded last would win everywhere."""
    found: dict[str, set[str]] = {}
    for path in APP.rglob("translations/vi/LC_MESSAGES/messages.po"):
        with path.open("rb") as source:
            for message in read_po(source, locale="vi"):
                if message.id and isinstance(message.id, str):
                    found.setdefault(message.id, set()).add(str(message.string))
    assert {sentence: texts for sentence, texts in found.items() if len(texts) > 1} == {}
