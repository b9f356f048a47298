"""/calls/…/try: the applicant's path of a call, in test mode. Only GET: the database itself refuses to store anything."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_login import current_user

from app.across.rehearsal import rules
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, or_404
from app.shown import language
from app.stages.calls import queries
from app.stages.calls.rules import CallState

bp = Blueprint("rehearsal", __name__, url_prefix="/calls", template_folder="templates")


def _page(pid: str) -> tuple[Any, dict[str, Any]]:
    row = or_404(queries.call_for(current_user, pid))
    on = clock.today() if row.state == CallState.DRAFT else None
    return row, queries.public_page(row, clock.now(), english=language() == "en", on=on)


@bp.get("/<pid>/try")
@allow(Do.CALLS_DRAFT)
def call(pid: str) -> Any:
    """Step 1: the public page as it will be."""
    row, page = _page(pid)
    return render_template("rehearsal/call.html", row=row, call=page, rehearsal=True)


@bp.get("/<pid>/try/<topic>")
@allow(Do.CALLS_DRAFT)
def dossier(pid: str, topic: str) -> Any:
    """Steps 2 and 3: the dossier with its sections and documents, and what would be checked of it."""
    row, page = _page(pid)
    call_topic = or_404(next((ct for ct in row.topics if ct.public_id == topic), None))
    kind = next(k for k in page["asked"] if k["code"] == str(call_topic.topic.kind))
    trial = rules.read(request.args, [s["code"] for s in kind["sections"]], [d["code"] for d in kind["documents"]])
    sent = bool(request.args)
    return render_template("rehearsal/dossier.html", row=row, call_topic=call_topic, kind=kind, trial=trial, sent=sent,
                           missing=rules.missing(trial, kind, call_topic.ceiling) if sent else [], findings=rules.checked(trial, kind) if sent else [])  # fmt: skip
