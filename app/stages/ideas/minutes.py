"""Minutes of a council that met on paper: their scan, which stays in the house, and which recorded outcomes have none yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.services.files import actions as files
from app.services.files import queries as files_of
from app.services.files.models import Attachment
from app.services.people.models import User
from app.stages.ideas.models import Idea

SCAN = "minutes_scan"  # kind of the file
TYPES = frozenset({"pdf", "png", "jpg"})
files_of.register_closed(SCAN, lambda user, _idea: user.can(Do.IDEAS_READ))  # what other ideas got stands in the same minutes


def scans_of(idea: Idea) -> list[Attachment]:
    """The scan of the minutes that speak of the idea, if one is there."""
    return files_of.of(idea, kind=SCAN)


def keep(idea: Idea, upload: Any, *, by: User | None, at: datetime) -> None:
    """Attach a scan; it takes the place of the one before."""
    before = next(iter(scans_of(idea)), None)
    try:
        files.attach(subject=idea, upload=upload, kind=SCAN, by=by, at=at, types=TYPES, replaces=before)
    except Incomplete as refusal:
        raise Incomplete(refusal.message, field="scan", **refusal.params) from None


def unscanned(ideas: Sequence[Idea]) -> list[str]:
    """The numbers of those whose outcome rests on minutes on paper of which there is no scan."""
    on_paper = [i for i in ideas if i.minutes_number is not None]
    known = files_of.having(on_paper, kind=SCAN)
    return [i.code or "" for i in on_paper if i.public_id not in known]
