"""/help: guides by role, their tasks as a list, the glossary, pictures; the end of the tour."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.across.help import actions, queries, rules, shown
from app.downloads import download
from app.kernel import clock
from app.kernel.web import PUBLIC, SIGNED_IN, allow, done, or_404, writes

bp = Blueprint("help", __name__, url_prefix="/help", template_folder="templates")
KEPT = 3600  # seconds that a browser keeps a picture


def init_app(app: Flask) -> None:
    """Every page knows where its help is; the desk knows whether to show the tour."""
    app.jinja_env.globals.update(help_link=shown.help_link, help_tour=tour)


def tour() -> dict[str, Any] | None:
    """The tour for the desk of who is signed in, until they end it; None: it is over. `?tour=1` shows it again."""
    ended = queries.tour_ended(current_user)
    return None if ended and request.args.get("tour") != "1" else shown.tour(ended)


@bp.get("/")
@allow(PUBLIC)
def index() -> Any:
    mine = rules.guides_of(shown.roles())
    others = [guide for guide in rules.guides().values() if guide not in mine]
    return render_template("help/index.html", listing=shown.tasks(request.args), mine=mine, others=others, told=shown.said)


@bp.get("/guides/<name>")
@allow(PUBLIC)
def guide(name: str) -> Any:
    found = or_404(rules.guides().get(name))
    return render_template("help/guide.html", guide=found, told=shown.said, pieces=shown.pieces, pictured=shown.pictured(found), place=shown.language())


@bp.get("/pictures/<place>/<name>.webp")
@allow(PUBLIC)
def picture(place: str, name: str) -> Any:
    """A picture of the demonstration world; nothing but the names of tasks is looked for on the disk."""
    known = {f"{guide.name}-{task.name}" for guide in rules.guides().values() for task in guide.tasks if task.picture}
    file = shown.folder(place) / f"{name}.webp"
    or_404(place in ("vi", "en") and name in known and file.is_file() or None)
    return send_file(file, mimetype="image/webp", max_age=KEPT)


@bp.get("/glossary")
@allow(PUBLIC)
def glossary() -> Any:
    return render_template("help/glossary.html", listing=shown.terms(request.args))


@bp.get("/glossary.xlsx")
@allow(PUBLIC)
def glossary_export() -> Any:
    return download(shown.terms(request.args).xlsx(_("Glossary")), "thuat-ngu.xlsx")


@bp.post("/tour/end")
@allow(SIGNED_IN)
@writes
def end_tour() -> Any:
    actions.end_tour(current_user, by=current_user, at=clock.now())
    return done(_("The tour is over. You find it again under Help."), url_for("desk.home"))
