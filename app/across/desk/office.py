"""What waits for the registry: papers of the last months without a number, and numbered ones without their signed scan."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select

from app.across.desk.waiting import lines
from app.kernel.permissions import Do
from app.services.papers import queries as papers
from app.services.papers.models import Paper
from app.services.people.models import User
from app.services.people.rules import Role

RECENT = timedelta(days=90)  # older ones are found in the register
# written by others, or numbered by a series of their own: the registry gives these none
NOT_NUMBERED = ("ideas/receipt", "proposals/receipt", "acceptance/rating_sheet", "acceptance/self_evaluation", "acceptance/registration", "funding/payment_request",
                "transfer/followup_report")  # fmt: skip


def _papers(user: User, at: datetime, endpoint: str, *where: Any) -> list[Select[Any]]:
    if not user.can(Do.PAPERS_NUMBER) or Role.REGISTRY not in user.roles:
        return []
    return [lines(endpoint, Paper.public_id, Paper.title, since=Paper.issued_at, hint=Paper.body)
            .where(Paper.issued_at > at - RECENT, Paper.template.not_in(NOT_NUMBERED), papers.unsealed(), *where)]  # fmt: skip


def papers_to_number(user: User, at: datetime) -> list[Select[Any]]:
    """Issued papers that have no number yet."""
    return _papers(user, at, "papers.number", Paper.number.is_(None))


def papers_to_scan(user: User, at: datetime) -> list[Select[Any]]:
    """Numbered papers whose signed scan is awaited."""
    return _papers(user, at, "papers.attach_scan", Paper.number.is_not(None), papers.unscanned())
