"""The acts on wordings of papers: draft, write, put in force from a day, discard. Issued papers never change with them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers import queries
from app.services.papers.blocks import build, writer_of
from app.services.papers.models import Wording
from app.services.papers.rules import paper_date
from app.services.papers.wording import (
    WORDING,
    Problem,
    WordingState,
    examples,
    other,
    problems,
    shipped_file,
)
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day

FURTHEST = timedelta(days=366 * 2)


def shipped_text(template: str) -> str:
    """The text of "<room>/<name>" as it came with the system. Raises FileNotFoundError."""
    kind = other(template)
    return str(kind.shipped(template)) if kind is not None else shipped_file(template).read_text(encoding="utf-8")


def text_of(template: str, number: int) -> str:
    """The text of a version; 0 is the shipped one. Raises Incomplete when there is none."""
    if not number:
        return shipped_text(template)
    row = queries.wording(template, number)
    if row is None:
        raise Incomplete(N_("There is no such version."), field="of")
    return row.text


def draft(template: str, *, reason: str, by: User, at: datetime, of: int | None = None) -> Wording:
    """Begin a new version as a copy of another; of the one in force when none is named.

    Raises Incomplete without a reason, WrongState while another draft of this paper is open.
    """
    if not nfc(reason):
        raise Incomplete(N_("Please say why the wording is changed."), field="reason")
    rows = queries.wordings(template)
    if any(row.state == WordingState.DRAFT for row in rows):
        raise WrongState(N_("There is a draft of this paper already. Put it in force or discard it first."))
    base = queries.in_force(template, on=local(at).date()) if of is None else None
    text = base.text if base is not None else text_of(template, of or 0)
    row = Wording(template=template, number=max((r.number for r in rows), default=0) + 1, text=text, reason=nfc(reason)[:500], created_at=at, created_by_id=by.id)
    WORDING.begin(row, "draft", by=by, at=at)
    return row


def write(row: Wording, text: str, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Keep the text of a draft. Raises Incomplete for a text of which no paper can be made: the first thing wrong, with its line."""
    _check_draft(row)
    check_seen(row, seen)
    text = nfc(text.replace("\r\n", "\n").replace("\r", "\n"))
    if found := problems(row.template, text):
        raise refusal(found)
    if text != row.text:
        row.text = text
        journal.record(row, "write_wording", by=by, at=at, detail={"characters": len(text)})
    db.session.flush()


def refusal(found: list[Problem]) -> Incomplete:
    """The first problem as a refusal beside the text."""
    first = found[0]
    if first.line:
        return Incomplete(N_("Line %(line)s: %(what)s"), field="text", line=first.line, what=Incomplete(first.message, **first.params))
    return Incomplete(first.message, field="text", **first.params)


def put_in_force(row: Wording, *, valid_from: date | None, by: User, at: datetime, seen: int | str | None = None) -> None:
    """From `valid_from` on papers are made with this wording. Raises Incomplete for a day that has passed or lies before the last version's."""
    _check_draft(row)
    check_seen(row, seen)
    today = local(at).date()
    if valid_from is None or valid_from < today:
        raise Incomplete(N_("A wording is put in force from today or a later day: issued papers do not change."), field="valid_from")
    check_day(valid_from, field="valid_from", until=today + FURTHEST)
    latest = max((r.valid_from for r in queries.wordings(row.template) if r.valid_from), default=None)
    if latest is not None and valid_from < latest:
        raise Incomplete(N_("A version begins on %(day)s already; this one may begin on that day or later."), field="valid_from", day=f"{latest:%d/%m/%Y}")
    if found := problems(row.template, row.text):
        raise refusal(found)
    row.valid_from = valid_from
    db.session.flush()
    WORDING.advance(row, "put_in_force", by=by, at=at, detail={"template": row.template, "number": row.number, "from": valid_from.isoformat()})


def discard(row: Wording, *, reason: str, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Give up a draft; it stays in the history."""
    _check_draft(row)
    if not nfc(reason):
        raise Incomplete(N_("Please give the reason."), field="reason")
    WORDING.advance(row, "discard", by=by, at=at, seen=seen, reason=nfc(reason))


def _check_draft(row: Wording) -> None:
    if row.state != WordingState.DRAFT:
        raise WrongState(N_("This version is frozen. Draft a new one to change the wording."))


def preview(template: str, text: str, *, title: str, on: date) -> dict[str, Any]:
    """What would be drawn of this text on a day, with the example of every value. Raises BadTemplate."""
    data = {**examples(template), "bases": queries.bases_of(template, on=on)}
    blocks = build(text, data)
    for block in blocks:
        if block["kind"] == "sign" and block["side"] == "right" and not block["name"]:
            block["name"] = data["signer"]
    bodies = rulebook.value("papers.bodies", on=on)
    writer = writer_of(blocks)
    return {"title": title, "number": None, "body": writer or bodies["department"]["name"], "parent": None if writer else bodies["committee"]["name"], "place": bodies["place"],
            "longdate": paper_date(on), "blocks": blocks}  # fmt: skip
