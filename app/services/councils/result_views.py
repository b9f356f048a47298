"""/councils/<pid>/results: every ballot question by question, by name or without as the rule says; levelled means for information."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.web import SIGNED_IN, allow
from app.services.councils import counting, forms, queries
from app.services.councils.blueprint import bp, found
from app.services.councils.models import AgendaItem, Ballot, Council

__all__ = ["bp"]


@bp.get("/<pid>/results")
@allow(SIGNED_IN)
def results(pid: str) -> Any:
    council = found(pid)
    seat = queries.seat_of(council, current_user)
    recused, rules = queries.recusals_of(council), queries.rules_of(council, on=clock.today())
    seen = [item for item in queries.counted_items(council) if seat is None or (seat.id, item.id) not in recused]
    ballots = {item: sorted(queries.ballots_of(item), key=lambda b: b.opened.id) for item in seen}  # as they fell out of the box: shuffled
    secret = bool(rules[f"councils.{council.kind}.adoption"].get("secret", True))
    tables = [(item, _table(council, item, ballots[item], rules, named=not secret)) for item in seen]
    return render_template("councils/results.html", council=council, tables=tables, secret=secret, levelled=_levelled(council, ballots, rules))


def _table(council: Council, item: AgendaItem, ballots: list[Ballot], rules: dict[str, Any], *, named: bool) -> list[list[str]]:
    """Question by question, a column for each ballot; what members wrote in words stands elsewhere when nobody is named."""
    questions = [q for q in queries.procedure(council).questions(queries.subject_of(item), rules) if named or q.kind != "text"]
    reasons = dict(forms.defects(rules))
    sheets = [[said for _label, said in forms.answered(questions, b.opened.content)] for b in ballots]
    head = [_("Question"), *(b.seat.user.name if named else _("Ballot %(n)s", n=n) for n, b in enumerate(ballots, start=1))]
    rows = [[label, *(sheet[at] for sheet in sheets)] for at, (label, _said) in enumerate(forms.answered(questions, {}))]
    if any(b.opened.defect for b in ballots):
        rows.append([_("Not valid"), *(reasons.get(b.opened.defect, b.opened.defect) if b.opened.defect else "–" for b in ballots)])
    return [head, *rows]


def _levelled(council: Council, ballots: dict[AgendaItem, list[Ballot]], rules: dict[str, Any]) -> list[tuple[AgendaItem, str]]:
    """The mean of each item without each member's strictness, when there are points and several items."""
    total = queries.procedure(council).total
    if total is None or len(ballots) < 2:
        return []
    points: dict[str, dict[str, Fraction]] = {}
    for item, cast in ballots.items():
        for b in cast:
            if not b.opened.defect and (said := total(b.opened.content, rules)) is not None:
                points.setdefault(item.public_id, {})[b.seat.public_id] = said
    found = counting.levelled(points)
    means = {item: counting.hundredths(found[item.public_id]) for item in ballots if item.public_id in found}
    return [(item, f"{mean // 100},{mean % 100:02d}") for item, mean in means.items()]
