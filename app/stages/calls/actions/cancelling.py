"""A call that leads to nothing: a draft is cancelled by who keeps it, one that is out is called off by the leader."""

from __future__ import annotations

from datetime import datetime

from app.kernel.errors import Incomplete
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers.rules import check_number
from app.services.people.models import User
from app.stages.calls import queries
from app.stages.calls.actions.following import tell_of_change
from app.stages.calls.actions.running import drop_extension
from app.stages.calls.models import Call
from app.stages.calls.rules import CALL
from app.stages.ideas import actions as ideas


def cancel(call: Call, reason: str, *, by: User | None, at: datetime, seen: int | str | None = None) -> None:
    """Take a draft away: nobody has seen it, nobody is told."""
    call.cancelled_at, call.cancel_reason = at, _said(reason)
    CALL.advance(call, "cancel", by=by, at=at, seen=seen, reason=call.cancel_reason)


def call_off(call: Call, reason: str, *, document: str, by: User | None, at: datetime, seen: int | str | None = None) -> None:
    """Call a published call off before its dossiers are opened: by a document, for everybody.

    Its topics are free again, all who follow or apply are told, and a proposed extension ends with it.
    """
    call.cancelled_at, call.cancel_reason = at, _said(reason)
    call.cancel_document = check_number(document, field="document", like="1207/UBND-KGVX")[:200]
    CALL.advance(call, "call_off", by=by, at=at, seen=seen, reason=call.cancel_reason, detail={"number": call.cancel_document})
    drop_extension(call, "Thông báo đã bị hủy", at=at)
    for ct in queries.topics_of(call):
        ideas.reopen(ct.topic, call.cancel_reason, by=by, at=at)
    tell_of_change(call, "cancelled", key=f"cancelled-{call.public_id}", at=at)


def _said(reason: str) -> str:
    said = nfc(reason or "").strip()
    if not said:
        raise Incomplete(N_("Please give the reason."), field="reason")
    return said
