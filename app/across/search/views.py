"""/search: the box on every page, for visitors and for who is signed in; what is suggested while one types."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.across.search import pushing, queries
from app.across.search.queries import PAGE, Asker, Chosen
from app.across.search.remedies import remedy
from app.across.search.rules import Kind, question_of
from app.kernel import clock
from app.kernel.web import PUBLIC, allow
from app.pace import Pace
from app.shown import language

bp = Blueprint("search", __name__, url_prefix="/search", template_folder="templates")
SEARCHES, TYPING = Pace("search.page", most=60), Pace("search.typing", most=120)  # of one person, or one address of visitors
FACETS = ("kind", "year", "sector", "state")
TOO_FAST = 429


def init_app(_app: Flask) -> None:
    """From here on the index follows what is written."""
    pushing.listen()


def _who() -> Any:
    return ("person", current_user.id) if current_user.is_authenticated else ("address", request.remote_addr)


def _asker() -> Asker:
    return Asker(current_user._get_current_object(), clock.today())


def _chosen() -> Chosen:
    """The facets of the address; what is no value of one is as if it were not there."""
    said = {name: request.args.get(name, "")[:60] for name in FACETS}
    if said["kind"] not in list(Kind):
        said["kind"] = said["state"] = ""
    if not (said["year"].isascii() and said["year"].isdigit() and len(said["year"]) == 4):
        said["year"] = ""
    return Chosen(**said)


def _choices(answer: queries.Answer, chosen: Chosen) -> list[tuple[str, str, list[tuple[str, str, int]]]]:
    """The facets with what can be chosen: (name, label, [(value, label, how many)])."""
    out = []
    for name, label in (("kind", _("Kind")), ("state", _("State")), ("sector", _("Sector")), ("year", _("Year"))):
        counted = dict(answer.counted.get(name, {}))
        if value := getattr(chosen, name):
            counted.setdefault(value, 0)
        if counted and (name != "state" or chosen.kind):
            out.append((name, label, _values(name, counted, answer)))
    return out


def _values(name: str, counted: dict[str, int], answer: queries.Answer) -> list[tuple[str, str, int]]:
    """One facet's values: kinds in the order of work, years newest first, others by how many they hold."""
    if name == "kind":
        return [(str(kind), _(kind.label), counted[kind]) for kind in Kind if kind in counted]
    if name == "year":
        return [(year, year, counted[year]) for year in sorted(counted, reverse=True)]
    said = queries.sector_names(list(counted), english=language() == "en") if name == "sector" else {str(h.state): _(h.state.label) for h in answer.hits if h.state}
    return [(value, said.get(value, value), n) for value, n in sorted(counted.items(), key=lambda pair: -pair[1])]


@bp.get("")
@allow(PUBLIC)
def index() -> Any:
    if request.args.get("q", "").strip() and SEARCHES.exceeded(_who(), clock.now()):
        abort(TOO_FAST)
    question, asker, chosen = question_of(request.args.get("q", "")), _asker(), _chosen()
    answer, instead = queries.search(question, asker, chosen), None
    if question.terms and not answer.hits and chosen == Chosen() and (instead := remedy(question, asker)):
        answer = queries.search(instead.question, asker, chosen)
    pages = max(1, -(-len(answer.hits) // PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    kept = {"q": question.said} | {name: value for name in FACETS if (value := getattr(chosen, name))}
    facets = _choices(answer, chosen)
    links = {(name, v): {k: w for k, w in (kept | {name: "" if getattr(chosen, name) == v else v}).items() if w and not (name == "kind" and k == "state")}
             for name, _label, values in facets for v, _said, _n in values}  # fmt: skip
    return render_template("search/index.html", links=links, question=question, answer=answer, rows=queries.shown(answer, page, asker), instead=instead, page=page, pages=pages,
                           facets=facets, chosen=chosen, kept=kept, first=(page - 1) * PAGE + 1)  # fmt: skip


@bp.get("/suggest")
@allow(PUBLIC)
def suggest() -> Any:
    """What is found while one types, as JSON; nothing for who asks too fast."""
    question = question_of(request.args.get("q", ""))
    if not question.terms or TYPING.exceeded(_who(), clock.now()):
        return {"found": []}
    return {"found": [{"title": h.row.title, "kind": _(Kind(h.row.kind).label), "url": url_for(h.source.endpoint, pid=h.row.subject_pid)} for h in queries.suggestions(question, _asker())]}
