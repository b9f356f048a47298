"""Which pages are sensitive: whoever opens one is noted. Downloads of files, papers and CVs note themselves."""

from __future__ import annotations

from flask import Flask, Response, current_app, request
from flask_login import current_user
from sqlalchemy.exc import OperationalError

from app.kernel import clock, journal
from app.kernel.db import db
from app.kernel.words import N_

REVIEWS, PERSONS, MONEY, DOSSIERS = N_("Reviews and scores"), N_("Data of persons"), N_("Payments and accounts"), N_("Dossiers")
SENSITIVE: dict[str, str] = {
    **dict.fromkeys(("councils.show", "councils.results", "councils.paper", "selection.show", "selection.outcome", "selection.call_export", "selection.complaint"), REVIEWS),
    **dict.fromkeys(("admin.user", "admin.users", "profiles.show", "profiles.requests_export", "experts.export"), PERSONS),
    **dict.fromkeys(("funding.contract", "funding.tranche", "funding.account_change", "funding.ledger", "funding.export_ledger"), MONEY),
    **dict.fromkeys(("proposals.show", "proposals.dossier_versions", "proposals.budget_xlsx"), DOSSIERS),
}
KINDS = {"read": N_("Page read"), "download": N_("Downloaded"), "denied": N_("Right missing"), "refused": N_("Was refused")}


def init_app(app: Flask) -> None:
    """Note who reads what is sensitive, after the page is made."""
    app.after_request(_note)


def _note(response: Response) -> Response:
    if request.endpoint not in SENSITIVE or request.method != "GET" or response.status_code != 200 or not current_user.is_authenticated:
        return response
    actor = current_user.id
    db.session.rollback()  # a reading transaction that is open would shut the note out
    try:
        journal.note_access("read", request.endpoint, at=clock.now(), actor_id=actor, address=request.remote_addr,
                            subject_pid=next(iter((request.view_args or {}).values()), None))  # fmt: skip
    except OperationalError:  # pragma: no cover - the page is made: it is given, and the log says that the note is missing
        current_app.logger.error("a note of access could not be written")
    return response
