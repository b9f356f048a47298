"""/councils/<pid>/items/<item>/…: blank ballots and sheets for remarks, as Word and PDF."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from app.kernel import clock
from app.kernel.web import SIGNED_IN, allow, or_404
from app.services.councils import blanks, queries
from app.services.councils.actions.session import runs
from app.services.councils.blueprint import bp, found, item_in
from app.services.papers.views import blank_file
from app.services.rulebook import queries as rulebook

__all__ = ["bp"]


@bp.get("/<pid>/items/<item_pid>/ballot.docx", defaults={"what": blanks.BALLOT, "ending": "docx"})
@bp.get("/<pid>/items/<item_pid>/ballot.pdf", defaults={"what": blanks.BALLOT, "ending": "pdf"})
@bp.get("/<pid>/items/<item_pid>/remarks.docx", defaults={"what": blanks.REMARKS, "ending": "docx"})
@bp.get("/<pid>/items/<item_pid>/remarks.pdf", defaults={"what": blanks.REMARKS, "ending": "pdf"})
@allow(SIGNED_IN)
def blank(pid: str, item_pid: str, what: str, ending: str) -> Any:
    """A blank form: a member's with the own name on it; who keeps the session gets one for everybody. Not for who is out of the item."""
    council = found(pid)
    item, seat = item_in(council, item_pid), queries.seat_of(council, current_user)
    out = seat is not None and (seat.id, item.id) in queries.recusals_of(council)
    or_404((runs(council, current_user) or seat is not None) and not out or None)
    rules, procedure = queries.rules_of(council, on=clock.today()), queries.procedure(council)
    content = blanks.form(what, council, item, seat, procedure.questions(queries.subject_of(item), rules), rules, rulebook.value("papers.bodies", on=clock.today()),
                          procedure.guide(rules) if procedure.guide else ())  # fmt: skip
    return blank_file(content, f"{blanks.NAMES[what][1]}-{item.position}.{ending}")
