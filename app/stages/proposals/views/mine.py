"""/proposals/mine: the desk of the researcher."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_login import current_user

from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, or_404
from app.stages.proposals import actions, mine, queries, work
from app.stages.proposals.rules import Access
from app.stages.proposals.views.blueprint import bp
from app.stages.proposals.views.work import parts_of


@bp.get("/mine", endpoint="mine")
@allow(Do.PROPOSALS_DRAFT)
def my_dossiers() -> Any:
    """My drafts, the nearest deadline first; of one of them (`draft`, else the first) everything that is missing, linked to its field."""
    at, rows = clock.now(), mine.drafts(current_user)
    asked = request.args.get("draft")
    chosen = or_404(next((r for r in rows if r.public_id == asked), None)) if asked else next((r for r in rows if r.call_topic.call.deadline >= at), None)
    whole = queries.for_member(current_user, chosen.public_id) if chosen is not None else None
    found = work.parts(whole, at=at) if whole is not None else []
    return render_template(
        "proposals/mine.html", drafts=rows, facts=mine.facts_of(rows, current_user, at), others=mine.handed_in(current_user), now=at, whole=whole,
        writes=whole is not None and queries.access_of(whole, current_user) == Access.EDIT, parts=parts_of(whole, found) if whole is not None else [],
        problems=[p for p in actions.problems_of(whole, at=at, parts=found) if not p.place] if whole is not None else [])  # fmt: skip
