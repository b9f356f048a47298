"""/plan/suggest: what the suggestion says of a title, as JSON. /plan/vocabulary: the words behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, jsonify, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.pace import Pace
from app.stages.plan import queries as plans
from app.stages.plan import scope
from app.stages.plan.models import Priority
from app.stages.plan.suggestion import actions, forms, labels, queries

bp = Blueprint("plan_suggestion", __name__, url_prefix="/plan", template_folder="templates")
TYPING = Pace("plan.suggest", most=60)  # typing asks a few times a minute


def init_app(app: Flask) -> None:
    """For templates: what the suggestion says, an item's name, what items became."""
    app.jinja_env.globals.update(suggested_items=queries.suggest, item_label=item_label, kin_of=kin_of, heirs_of=plans.heirs)


def kin_of(values: Mapping[str, str]) -> list[scope.Kin]:
    """What a list's filters “item” and “sector” are called in the plans before and after."""
    return scope.kin(values, english=str(get_locale() or "vi").startswith("en")) if values.get("item") or values.get("sector") else []


def item_label(item: Priority) -> str:
    """Code and name of an item in the language of the page."""
    return f"{item.code} {item.title_en if str(get_locale() or 'vi').startswith('en') else item.short_vi}"


def only_asked() -> bool:
    """Was the form sent only to see suggestions (the button for browsers without scripts)? Then nothing is saved."""
    return request.method == "POST" and bool(request.form.get("suggest"))


@bp.get("/suggest")
@allow(SIGNED_IN)
def suggest() -> Any:
    if TYPING.exceeded(current_user.id, clock.now()):
        return jsonify(error=_("Too many questions in a minute. Please wait a moment.")), 429
    found = queries.suggest(request.args.get("title", ""), request.args.get("aim", ""), request.args.get("plan"))
    return jsonify(none=found.none, suggestions=[
        {"item": p.item.code, "pid": p.item.public_id, "label": item_label(p.item), "score": p.score, "why": p.why} for p in found.proposed])  # fmt: skip


@bp.route("/vocabulary", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def vocabulary() -> Any:
    form = forms.AddTerm().fill()
    if form.validate_on_submit():
        item = or_404(plans.item_by_pid(form.item.data))
        actions.add_term(item, form.words.data or "", form.weight.data or 0, by=current_user, at=clock.now())
        return done(_("The words now speak for item %(code)s.", code=item.code), url_for(".vocabulary"))
    return render_template("plan_suggestion/vocabulary.html", form=form, terms=queries.current_terms(), items=plans.items(), built_in=queries.built_in(),
                           groups={k: v for k, v in labels.classes().items() if k != "compound"})  # fmt: skip


@bp.route("/vocabulary/<pid>/remove", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def remove_term(pid: str) -> Any:
    term = or_404(queries.term_by_pid(pid))
    form = forms.RemoveTerm(obj=term)
    if form.validate_on_submit():
        actions.remove_term(term, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The words are taken out."), url_for(".vocabulary"))
    return render_template("plan_suggestion/remove.html", form=form, term=term)
