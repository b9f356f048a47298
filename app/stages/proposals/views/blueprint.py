"""The blueprint that the views of this room hang on, and when a request arrived."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, g, request
from flask_babel import gettext as _

from app.kernel import clock
from app.kernel.db import db, read_only
from app.kernel.errors import NotAllowed, WrongState
from app.kernel.words import N_
from app.services.questionnaires.rules import said
from app.shown import language
from app.stages.calls.rules import is_open
from app.stages.proposals.drafts import check_draft, check_place
from app.stages.proposals.rules import ProposalState

bp = Blueprint("proposals", "app.stages.proposals", url_prefix="/proposals", template_folder="templates")


@bp.url_value_preprocessor
def _note_arrival(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything waits for the database: a busy server must not make a timely dossier late.

    Behind a trusted proxy that is the moment at which the proxy took the request in, else the one at which we did.
    """
    stamp = request.headers.get("X-Request-Start", "") if current_app.config["PROXY_HOPS"] else ""
    g.arrived_at = clock.stamped(stamp, clock.now())


def arrived() -> datetime:
    """When this request came in."""
    at: datetime = g.arrived_at
    return at


def let_go() -> None:
    """Nothing of the database is held from here on; who asks is loaded anew when asked for."""
    db.session.rollback()
    g.pop("_login_user", None)


def turn_to_writing() -> None:
    """From here on a view that `prepares` writes: what it read before may have changed, and is asked for anew under a lock."""
    let_go()
    read_only.set(False)


def named(label: Any) -> str:
    """What a section is called in the language of the page."""
    return _(label) if isinstance(label, str) else said(label, language())


def takes_dossiers(call: Any) -> None:
    """Raise WrongState unless a dossier of this call can still be begun."""
    if not is_open(call, clock.now()):
        raise WrongState(N_("This call does not receive dossiers now."))


def assigned_here(call_topic: Any, by: Any) -> None:
    """The guard: the topic is free, or assigned directly to an organisation of this person."""
    assigned = call_topic.topic.assigned_organisation_id
    if assigned is not None and not by.belongs_to(assigned):
        raise NotAllowed(N_("This topic is assigned directly to another organisation."))


def before_deadline(row: Any, _by: Any) -> None:
    """The guard: the call still receives dossiers, or an officer enters what is on paper."""
    if row.is_transcript:
        check_draft(row, clock.now())
    elif not is_open(row.call_topic.call, clock.now()):
        raise WrongState(N_("The deadline of this call has passed: nothing may be added."))


def writable(row: Any, by: Any) -> None:
    """The guard: a draft of a call that still receives dossiers."""
    if row.state != ProposalState.DRAFT:
        raise WrongState(N_("A submitted proposal cannot be changed."))
    before_deadline(row, by)
    if place := PLACES.get((request.endpoint or "").rpartition(".")[2]):
        check_place(row, place.format(**(request.view_args or {})))


# which section of the dossier a page changes: when the host sent sections back, only these are shown
PLACES = {"general": "general", "general_autosave": "general", "team": "team", "member": "team", "products": "products", "product": "products", "uses": "uses", "use": "uses", "plan": "plan",
          "milestone": "plan", "budget": "budget", "budget_lines": "budget", "budget_grid": "budget", "spending": "budget", "attachments": "files",
          "work_section": "work-{section}", "work_merge": "work-{section}"}  # fmt: skip
