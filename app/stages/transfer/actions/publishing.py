"""The verbs of the public list: publish a result, take it off."""

from __future__ import annotations

from datetime import datetime

from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.acceptance.models import Result
from app.stages.transfer import queries
from app.stages.transfer.actions.shared import (
    check_public,
    check_registered,
)
from app.stages.transfer.models import Offer


def publish(result: Result, *, summary: str, title_en: str | None, summary_en: str | None, readiness: int | None = None, owner: str | None = None,
            rights: str | None = None, price_terms: str | None = None, by: User, at: datetime, seen: int | None = None) -> None:  # fmt: skip
    """Put a registered result of a recognised project on the public list, or change its texts there.

    Only what the registration left open is written: the summary, and the English texts.
    """
    check_registered(result)
    if not summary.strip():
        raise Incomplete(N_("Please write what the public is to read."), field="summary")
    check_seen(result, seen)
    result.summary, result.title_en, result.summary_en, result.is_public = nfc(summary), title_en or None, summary_en or None, True
    offer = queries.offer_of(result.id) or Offer(result_id=result.id)
    offer.readiness, offer.owner, offer.rights, offer.price_terms = readiness, owner or None, rights or None, price_terms or None
    db.session.add(offer)
    db.session.flush()
    journal.record(result, "publish", by=by, at=at)


def unpublish(result: Result, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Take a result off the public list, with the reason."""
    check_public(result)
    check_seen(result, seen)
    result.is_public = False
    db.session.flush()
    journal.record(result, "unpublish", by=by, at=at, reason=reason)
