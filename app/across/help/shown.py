"""Guides as a page shows them: links for who may follow them, tasks and terms as lists, pictures that are there."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.across import navigation
from app.across.clock.listing import Reckoned, only
from app.across.help import rules
from app.across.help.rules import Guide, Said, Task, Term
from app.kernel.forms import StageForm
from app.kernel.listing import Column, Filter
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import PUBLIC, SIGNED_IN
from app.kernel.words import N_
from app.shown import language

PICTURES = "help-pictures"  # below the instance folder, a folder for each language
# the stops of the tour: (a selector of what it speaks of, what it says)
STOPS = (
    ("main h1", N_("Your desk shows what waits for you. What is late is marked; a line leads to the page where it is done.")),
    (".site-nav", N_("The menu holds the lists you need most. “All lists” shows every list that you may open.")),
    (".head-search", N_("The search finds calls, dossiers, projects and papers that you may see, with and without diacritics. The key / leads there.")),
    (".help-link", N_("Help leads to the guide for the page you are on: short steps for your role, and the glossary.")),
    (".menu > summary", N_("Under your name are your profile, your account with the second step of sign-in, and the way out.")),
)


@dataclass(frozen=True)
class Shown:
    """A piece of a step for this reader: words, a name in bold, or a link (`url`) that they may follow."""

    text: str
    bold: bool = False
    url: str = ""


@dataclass(frozen=True)
class Line:
    """A task among those of all guides."""

    guide: Guide
    task: Task


def roles() -> frozenset[str] | None:
    """The roles of who reads; None for a visitor."""
    return current_user.roles if current_user.is_authenticated else None


def said(text: Said) -> str:
    """The text in the language of the page."""
    return text.of(language())


@functools.cache
def labels() -> dict[str, str]:
    """How the menus call a page: msgids by endpoint."""
    told = [(endpoint, label) for endpoint, label, _word in (*navigation.MENU, *navigation.ACCOUNT_MENU)]
    return dict([*navigation.PUBLIC_MENU, *told])


def may_open(endpoint: str) -> bool:
    """May who reads this follow a link to the page?"""
    word = getattr(current_app.view_functions[endpoint], "allowed", {}).get("GET", "")
    return word == PUBLIC or (current_user.is_authenticated and (word == SIGNED_IN or current_user.can(Do(word))))


def pieces(step: Said) -> list[Shown]:
    """A step for this reader, in the language of the page."""
    found = []
    for part in rules.parts(said(step)):
        name = part.label or labels().get(part.endpoint, "")
        if part.endpoint and may_open(part.endpoint):
            found.append(Shown(_(name), url=url_for(part.endpoint)))
        else:
            found.append(Shown(_(name) if name else part.text, bold=bool(name)))
    return found


def folder(of: str) -> Path:
    """Where the pictures in this language lie."""
    return Path(current_app.config["INSTANCE_FOLDER"]) / PICTURES / of


def pictured(guide: Guide) -> set[str]:
    """Which tasks of the guide have a picture in the language of the page."""
    place = folder(language())
    return {task.name for task in guide.tasks if task.picture and (place / f"{guide.name}-{task.name}.webp").is_file()}


def _words(line: Line) -> str:
    """A task with all its words in the language of the page, as a search compares them."""
    return fold(" ".join([said(line.task.title), *("".join(piece.text for piece in pieces(step)) for step in line.task.steps)]))


def tasks(args: Mapping[str, str]) -> Reckoned:
    """The tasks of all guides, those of the reader first. Every word that is looked for must be there."""
    mine = rules.guides_of(roles())
    order = [*mine, *(guide for guide in rules.guides().values() if guide not in mine)]
    found = [Line(guide, task) for guide in order for task in guide.tasks]
    columns = [Column("guide", _("Guide"), lambda r: said(r.guide.title)), Column("title", _("What to do"), lambda r: said(r.task.title), sort=lambda r: fold(said(r.task.title)))]
    filters = [
        Filter("q", _("Search"), only(lambda r, v: all(word in _words(r) for word in fold(v).split()))),
        Filter("guide", _("Guide"), only(lambda r, v: r.guide.name == v), choices=[(g.name, said(g.title)) for g in order]),
    ]
    return Reckoned(found, args, columns=columns, filters=filters)


def terms(args: Mapping[str, str]) -> Reckoned:
    """The glossary as an address describes it."""
    def words(term: Term) -> str:
        return fold(f"{term.vi} {term.en} {term.meaning.vi} {term.meaning.en}")

    columns = [
        Column("vi", _("Vietnamese"), lambda t: t.vi, sort=lambda t: fold(t.vi)),
        Column("en", _("English"), lambda t: t.en, sort=lambda t: t.en.casefold()),
        Column("meaning", _("Meaning"), lambda t: said(t.meaning)),
    ]
    filters = [Filter("q", _("Search"), only(lambda t, v: all(word in words(t) for word in fold(v).split())))]
    return Reckoned(rules.terms(), args, columns=columns, filters=filters, default="vi" if language() == "vi" else "en")


def help_link() -> str:
    """Where “Help” of the present page leads: to the task of this person's guide that speaks of the page's room."""
    return _link(roles(), (request.endpoint or "").partition(".")[0], request.script_root)


@functools.lru_cache(maxsize=4096)
def _link(held: frozenset[str] | None, room: str, _root: str) -> str:
    if room == "help":
        return url_for("help.index")
    guide, task = rules.best(rules.guides_of(held), room)
    return url_for("help.guide", name=guide.name, _anchor=task.name if task else None)


def tour(ended: bool) -> dict[str, Any]:
    """What the tour's panel needs. `ended`: it was asked for again, nothing is to be ended."""
    return {"stops": STOPS, "once": None if ended else StageForm().once.data}
