"""What surrounds every page: the menu by role, the language switch, the footer, history told in words."""

from __future__ import annotations

import functools
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import (
    Flask,
    current_app,
    redirect,
    request,
    session,
    url_for,
)
from flask_babel import get_locale
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import bindparam, select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from app.across.admin.words import noun
from app.across.said import (
    _,
    counted,
    date,
    moment,
    money,
    options,
    plain,
    said,
    tag,
)
from app.across.verbs import VERBS
from app.kernel import clock
from app.kernel.db import db
from app.kernel.lifecycle import LIFECYCLES
from app.kernel.permissions import Do, words_of
from app.kernel.web import PUBLIC, SIGNED_IN
from app.kernel.words import N_, Face
from app.services.people.models import User
from app.services.people.rules import Role

# every list: endpoint, label, word (or words, one of which is enough; None: everybody who is signed in). The page "All lists" shows
# those a person may open, by room (SHELVES); the bar shows a few of them (BARS) and that page
MENU: tuple[tuple[str, str, Do | tuple[Do, ...] | None], ...] = (
    ("desk.home", N_("My desk"), Do.DESK_READ),
    ("clock.index", N_("Deadlines by law"), Do.PROPOSALS_READ), ("clock.statistics", N_("How long steps take"), Do.PROPOSALS_READ),
    ("clock.lights", N_("Traffic lights"), Do.PROPOSALS_READ), ("clock.limits", N_("Limits of all steps"), Do.PROPOSALS_READ),
    ("clock.in_charge", N_("Who is in charge"), Do.PROPOSALS_READ), ("clock.deputies", N_("Deputies"), Do.PAPERS_READ),
    ("plan.index", N_("Plan"), Do.PLAN_READ),
    ("plan.measures", N_("Measures and their yearly notes"), Do.PLAN_READ),
    ("ideas.index", N_("Ideas"), (Do.IDEAS_DRAFT, Do.IDEAS_READ)),
    ("ideas.link_requests", N_("Requests for a link"), Do.IDEAS_RETURN),
    ("ideas.groups", N_("Groups of ideas"), Do.IDEAS_READ),
    ("topics.index", N_("Approved list of topics"), Do.TOPICS_READ),
    ("calls.index", N_("Calls"), Do.CALLS_READ),
    ("calls.searches", N_("Saved searches"), None),
    ("proposals.mine", N_("My dossiers"), Do.PROPOSALS_DRAFT),
    ("proposals.index", N_("Proposals"), (Do.PROPOSALS_DRAFT, Do.PROPOSALS_READ)),
    ("proposals.eligibility", N_("Check of eligibility"), Do.PROPOSALS_READ),
    ("councils.mine", N_("My councils"), Do.COUNCILS_SIT),
    ("councils.index", N_("Councils"), (Do.COUNCILS_SIT, Do.COUNCILS_RUN, Do.COUNCILS_READ)),
    ("councils.late", N_("Who is late in the councils"), Do.COUNCILS_ATTEND),
    ("experts.index", N_("Experts"), Do.COUNCILS_READ),
    ("experts.me", N_("My entry in the pool"), Do.COUNCILS_SIT),
    ("selection.index", N_("Selection"), Do.SELECTION_READ), ("selection.all_complaints", N_("Complaints about outcomes"), Do.SELECTION_READ),
    ("hub.index", N_("Projects"), Do.HUB_READ),
    ("funding.index", N_("Funding"), Do.FUNDING_READ),
    ("funding.year_budgets", N_("Budgets of the years"), Do.FUNDING_READ),
    ("funding.management", N_("Management costs"), Do.FUNDING_READ),
    ("funding.appraisals", N_("Budget appraisals"), Do.FUNDING_READ), ("funding.questions", N_("Questions on budgets"), Do.FUNDING_READ),
    ("funding.submissions", N_("Submissions for decision"), Do.FUNDING_READ),
    ("funding.contracts", N_("Contracts"), Do.FUNDING_READ),
    ("funding.starting_projects", N_("Start of projects"), Do.FUNDING_READ),
    ("funding.ledger", N_("Ledger"), Do.FUNDING_READ), ("funding.recoveries", N_("Money to come back"), Do.FUNDING_READ),
    ("execution.index", N_("Execution"), Do.EXECUTION_READ),
    ("execution.watch", N_("Projects to watch"), Do.EXECUTION_READ),
    ("acceptance.index", N_("Acceptance"), Do.HUB_READ),
    ("acceptance.results", N_("Register of results"), Do.HUB_READ),
    ("acceptance.assets", N_("Assets of projects"), Do.HUB_READ),
    ("transfer.index", N_("Transfer and use of results"), Do.HUB_READ),
    ("board.index", N_("Priority board"), Do.PORTFOLIO_READ), ("portfolio.impact", N_("What came of accepted projects"), Do.PORTFOLIO_READ), ("portfolio.projects", N_("Accepted projects and their use"), Do.PORTFOLIO_READ),
    ("imports.index", N_("Imports of lists"), Do.IMPORTS_RUN),
    ("board.index", N_("Priority board"), Do.PORTFOLIO_READ), ("portfolio.index", N_("Portfolio"), Do.HUB_READ), ("portfolio.reports", N_("Reports put together"), Do.HUB_READ), ("portfolio.impact", N_("What came of accepted projects"), Do.PORTFOLIO_READ), ("portfolio.projects", N_("Accepted projects and their use"), Do.PORTFOLIO_READ),
    ("transfer.handovers", N_("Handovers"), Do.HUB_READ),
    ("transfer.agreements", N_("Transfer agreements"), Do.HUB_READ),
    ("transfer.list_incomes", N_("Income of contracts"), Do.HUB_READ), ("transfer.planned_uses", N_("Planned and real use"), Do.HUB_READ), ("transfer.use_map", N_("Where results are used"), Do.HUB_READ),
    ("transfer.follow_ups", N_("Reports on use"), Do.HUB_READ),
    ("transfer.interests", N_("Messages about public results"), Do.TRANSFER_OFFER),
    ("papers.index", N_("Register of papers"), Do.PAPERS_READ), ("archive.index", N_("Dossiers and their terms"), Do.ARCHIVE_READ),
    ("papers.templates", N_("Templates of papers"), Do.RULEBOOK_READ), ("papers.bases", N_("Legal bases"), Do.RULEBOOK_READ), ("mails.index", N_("Texts of mails"), Do.RULEBOOK_READ),
    ("rulebook.index", N_("Rulebook"), Do.RULEBOOK_READ),
    ("rulebook.calendar", N_("Calendar of days off"), Do.RULEBOOK_READ),
    ("questionnaires.index", N_("Forms"), Do.QUESTIONNAIRES_READ),
    ("admin.index", N_("Administration"), Do.ADMIN_OUTBOX),
    ("admin.mails", N_("Outgoing mail"), Do.ADMIN_OUTBOX),
    ("admin.users", N_("People"), Do.PEOPLE_READ), ("apikeys.index", N_("Keys of partner systems"), Do.PEOPLE_MANAGE),
    ("organisations.index", N_("Organisations"), Do.PEOPLE_READ),
    ("profiles.requests", N_("Requests about organisations"), None),
    ("admin.acts", N_("Journal"), Do.ADMIN_JOURNAL), ("keeping.read_by", N_("Who read what"), Do.ADMIN_JOURNAL), ("keeping.backups", N_("Backups"), Do.ADMIN_JOURNAL),
)
SHELVES = (
    (N_("From the plan to the dossiers"), ("plan", "board", "ideas", "topics", "calls", "proposals")),
    (N_("Councils and selection"), ("councils", "experts", "selection")),
    (N_("Projects and money"), ("hub", "funding", "execution", "imports")),
    (N_("Results and their use"), ("acceptance", "transfer", "portfolio")),
    (N_("Papers, rules and administration"), ("papers", "archive", "rulebook", "questionnaires", "admin", "apikeys", "keeping", "organisations", "profiles")),
)
OTHER_SHELF = N_("Overviews")
# who sees which of them in the bar: the first line whose word the person may say, or whose role they have
BARS: tuple[tuple[Do | Role, tuple[str, ...]], ...] = (
    (Do.COUNCILS_RUN, ("ideas.index", "calls.index", "councils.index", "hub.index")),
    (Do.FUNDING_PAY, ("funding.index", "hub.index", "funding.year_budgets", "papers.index")),
    (Do.FUNDING_APPROVE, ("plan.index", "calls.index", "councils.index", "hub.index")),
    (Do.PAPERS_NUMBER, ("papers.index", "calls.index", "hub.index", "admin.mails")),
    (Do.PEOPLE_MANAGE, ("admin.index", "admin.users", "admin.mails", "admin.acts")),
    (Do.ADMIN_JOURNAL, ("hub.index", "papers.index", "funding.index", "admin.acts")),
    (Do.COUNCILS_SIT, ("councils.mine", "councils.index", "calls.index", "hub.index")),
    (Role.AGENCY, ("plan.index", "ideas.index", "hub.index", "transfer.index")),
    (Do.PROPOSALS_SIGN_OFF, ("calls.index", "proposals.index", "hub.index", "transfer.index")),
    (Do.DESK_READ, ("ideas.index", "calls.index", "proposals.index", "hub.index")),
)
PUBLIC_MENU = (
    ("portal.home", N_("Home")),
    ("portal.plan", N_("Plan")),
    ("portal.calls", N_("Calls")),
    ("portal.projects", N_("Projects")),
    ("public_results.index", N_("Results")),
    ("public_order.index", N_("Propose a task")),
)
ACCOUNT_MENU = (("profiles.index", N_("My profile"), None), ("people.account", N_("My account"), None))
LONGEST_MENU = 6
LOCALES = ("vi", "en")
SWITCH = Markup('<form method="post" action="{}" class="language"><input type="hidden" name="csrf_token" value="{}"><input type="hidden" name="next" value="{}">'
                '<button class="link-button" name="locale" value="{}" lang="{}" type="submit">{}</button></form>')  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One link of a menu; `current` is the value of aria-current, or None."""

    label: str
    url: str
    current: str | None = None


@dataclass(frozen=True)
class Told:
    """One act of the journal in words."""

    what: str
    who: str
    at: datetime
    state: Face | None
    reason: str | None
    on_behalf_of: str | None
    number: str | None
    before: Face | None = None
    about: str | None = None  # the kind of thing, where a history tells of several


def _entry(endpoint: str, label: str) -> Entry:
    here = request.endpoint or ""
    room = endpoint.partition(".")[0]
    same_room = room not in ("portal", "desk") and here.partition(".")[0] == room
    current = "page" if here == endpoint else "true" if same_room else None
    return Entry(_(label), url_for(endpoint), current)


def _may_open(words: frozenset[Do], word: Do | tuple[Do, ...] | None) -> bool:
    """May who can say these words open a list that asks for this word, or for one of these words?"""
    return word is None or any(one in words for one in (word if isinstance(word, tuple) else (word,)))


def open_lists(words: frozenset[Do], only: Collection[str] | None = None) -> dict[str, Entry]:
    """Every list that may be opened with these words (of these, when given), by endpoint."""
    asked = [line for line in MENU if line[0] in current_app.view_functions and (only is None or line[0] in only)]
    return {endpoint: _entry(endpoint, label) for endpoint, label, word in asked if _may_open(words, word)}


def shelves() -> list[tuple[str, list[Entry]]]:
    """The lists of the present person, shelf by shelf, for the page that shows all."""
    rooms = {room: label for label, named in SHELVES for room in named}
    found: dict[str, list[Entry]] = {label: [] for label, _rooms in SHELVES}
    for endpoint, entry in open_lists(words_of(current_user.roles)).items():
        if endpoint != "desk.home":
            found.setdefault(rooms.get(endpoint.partition(".")[0], OTHER_SHELF), []).append(entry)
    return [(_(label), entries) for label, entries in found.items() if entries]


def navigation() -> Markup:
    """The main menu of the present person, as items of a list."""
    if not current_user.is_authenticated:
        return _menu(None, frozenset(), *_place())
    return _menu(words_of(current_user.roles), frozenset(current_user.roles), *_place())


def footer_links() -> Markup:
    """Links at the foot, as items of a list."""
    return _foot(*_place()[1:])


def _place() -> tuple[str, str, str]:
    """What a menu depends on besides the words of the person: the page, its language, where the application hangs."""
    return request.endpoint or "", str(get_locale()), request.script_root


@functools.lru_cache(maxsize=4096)
def _menu(words: frozenset[Do] | None, roles: frozenset[str], _here: str, _locale: str, _root: str) -> Markup:
    """The menu for these words and roles, made once for each page and language."""
    if words is None:
        return _items(_public())
    bar = next((endpoints for word, endpoints in BARS if word in words or word in roles), ())
    lists = open_lists(words, {"desk.home", *bar})
    shown = [lists[endpoint] for endpoint in ("desk.home", *bar) if endpoint in lists]
    everything = Entry(_("All lists"), url_for("desk.lists"), "page" if request.endpoint == "desk.lists" else None)
    return _items([*_one_current(shown), everything] if Do.DESK_READ in words else shown)


@functools.lru_cache(maxsize=16)
def _foot(_locale: str, _root: str) -> Markup:
    return Markup("").join(Markup('<li><a href="{}">{}</a></li>').format(e.url, e.label) for e in _public())


def _public() -> list[Entry]:
    return [_entry(endpoint, label) for endpoint, label in PUBLIC_MENU if endpoint in current_app.view_functions]


def _items(entries: list[Entry]) -> Markup:
    marked = [(e, Markup(' aria-current="{}"').format(e.current) if e.current else "") for e in entries]
    return Markup("").join(Markup('<li><a href="{}"{}>{}</a></li>').format(e.url, current, e.label) for e, current in marked)


def _one_current(entries: list[Entry]) -> list[Entry]:
    """One entry is marked: the page itself, else the first of its room."""
    here = next((e for e in entries if e.current == "page"), next((e for e in entries if e.current), None))
    return [e if e is here else replace(e, current=None) for e in entries]


def account_menu() -> list[Entry]:
    """The menu under the person's name."""
    return [_entry(endpoint, label) for endpoint, label, word in ACCOUNT_MENU if word is None or current_user.can(word)]


def home_url() -> str:
    """Where the name of the product leads."""
    if current_user.is_authenticated and "desk.home" in current_app.view_functions:
        return url_for("desk.home")
    return "/"


def back_url() -> str | None:
    """From an act that is refused to the thing it acts on: the address without its last part, where that is a page this person may ask for."""
    parent = request.path.rstrip("/").rpartition("/")[0]
    try:
        endpoint, _values = current_app.create_url_adapter(request).match(parent, method="GET")  # type: ignore[union-attr]
    except (HTTPException, RoutingException):
        return None
    word = getattr(current_app.view_functions[endpoint], "allowed", {}).get("GET")
    open_to = word in (PUBLIC, SIGNED_IN) or (word is not None and current_user.is_authenticated and current_user.can(Do(word)))
    return parent if open_to and request.view_args else None


def language_switch() -> Markup:
    """Change to the other language and come back to this page: a form, or a link for visitors (their pages hold no token)."""
    other, label = ("en", "English") if str(get_locale()) == "vi" else ("vi", "Tiếng Việt")
    here = request.full_path.rstrip("?") if request.method == "GET" else request.path
    if not current_user.is_authenticated:
        address = f"{here}{'&' if '?' in here else '?'}lang={other}"
        return Markup('<a class="link-button" href="{}" lang="{}" hreflang="{}" rel="nofollow">{}</a>').format(address, other, other, label)
    return SWITCH.format(url_for("people.language"), generate_csrf(), here, other, other, label)


def choose_language() -> Any:
    """A visitor's ?lang= is kept in the cookie, and the address is shown without it."""
    chosen = request.args.get("lang")
    if request.method != "GET" or chosen not in LOCALES or current_user.is_authenticated:
        return None
    session["locale"] = chosen
    rest = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    return redirect(request.path + (f"?{urlencode(rest)}" if rest else ""), 303)


def clock_ahead() -> datetime | None:
    """The demonstration's day when its clock is moved, else None."""
    return clock.now() if clock.movable() and clock.offset() else None


_NAMES = select(User.id, User.name).where(User.id.in_(bindparam("ids", expanding=True)))  # written once: every history asks


def names_of(ids: set[int]) -> dict[int, str]:
    """The names of these people."""
    return {row.id: row.name for row in db.session.execute(_NAMES, {"ids": list(ids)})} if ids else {}


def told_history(entries: list[Any], named: dict[str, str] | None = None) -> list[Told]:
    """The acts of a timeline in words, people by name, in one query; `named` says of some subjects (by public id) which of their kind they are."""
    people = names_of({i for e in entries for i in (e.actor_id, e.on_behalf_of_id) if i})
    several = len({e.subject_type for e in entries}) > 1
    return [replace(_told(entry, people), about=(named or {}).get(entry.subject_pid) or _(noun(entry.subject_type)) if several else None) for entry in entries]


@functools.cache
def _faces(subject: str) -> dict[str, Face]:
    """The states of a kind of subject by their names."""
    return {str(state): state for state in LIFECYCLES[subject].states} if subject in LIFECYCLES else {}


def _told(entry: Any, people: dict[int, str]) -> Told:
    known = _faces(entry.subject_type)
    before = known.get(entry.before)
    state = known.get(entry.after) if entry.after != entry.before else None
    life = LIFECYCLES.get(entry.subject_type)
    move = life.table.get((before, entry.verb)) if life and before is not None else None
    label = VERBS.get(entry.verb) or (move.label if move else entry.verb.replace("_", " ").capitalize())
    who = people.get(entry.actor_id) or _("The system")
    behalf = people.get(entry.on_behalf_of_id)
    return Told(_(label), who, entry.at, state, entry.reason, behalf, (entry.detail or {}).get("number"), before if state is not None else None)


def register(app: Flask) -> None:
    """Hand these to the templates."""
    app.before_request(choose_language)
    app.jinja_env.globals.update(
        small_parts=(tag, money, date, moment), _=said, gettext=said, ngettext=counted, navigation=navigation, account_menu=account_menu, footer_links=footer_links, home_url=home_url, back_url=back_url,
        language_switch=language_switch, clock_ahead=clock_ahead, told_history=told_history, plain=plain, options=options, get_locale=get_locale)  # fmt: skip
