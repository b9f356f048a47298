"""/councils/what-if: a rule tried on a past council before it is put in force."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from app.kernel import clock
from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.kernel.web import allow, or_404, writes
from app.kernel.words import N_
from app.services.councils import forms, queries, shown, what_if
from app.services.councils.blueprint import bp
from app.services.rulebook import queries as rulebook
from app.services.rulebook import shape
from app.services.rulebook.forms import as_shaped, shown_value, typed_value
from app.services.rulebook.rules import wrong_with

__all__ = ["bp"]


@bp.route("/what-if", methods=["GET", "POST"])
@allow(Do.RULEBOOK_REVISE)
@writes
def preview() -> Any:
    """What would have come out, had this value been frozen. Nothing is written."""
    key = request.args.get("rule", "")[:100]
    rule = or_404(next(iter(rulebook.history(key)), None))
    past = what_if.councils_with(key)
    form = forms.WhatIf.of(past, shown_value(rule.value))
    compared: list[dict[str, Any]] = []
    broken: list[shown.Line] = []
    council = None
    if form.validate_on_submit():
        value = typed_value(request.form, rule.value)
        if message := wrong_with(value, rule.unit):
            raise Incomplete(message, field="value")
        council = queries.council_by_pid(form.council.data or "")
        if council is None or council.public_id not in {c.public_id for c in past}:
            raise Incomplete(N_("Please choose one from the list."), field="council")
        lines, wrong = what_if.recount(council, {key: value}, clock.now())
        compared, broken = [_told(line) for line in lines], shown.told(wrong)
    page = render_template("councils/what_if.html", rule=rule, form=form, past=past, council=council, compared=compared, broken=broken, back=url_for("rulebook.show", key=key),
                           title=_("What would have come out"), part=as_shaped(key, rule.value), labels=shape.LABELS, words=shape.WORDS)  # fmt: skip
    return page, 202 if council is not None else 200


def _told(line: what_if.Compared) -> dict[str, Any]:
    """One item in the reader's language."""
    before, after = ([(forms.in_words(words), forms.said(value)) for words, value in told.facts] for told in (line.before, line.after))
    return {"item": line.item, "before": before, "after": after, "differs": line.differs, "broken": shown.told(line.broken)}
