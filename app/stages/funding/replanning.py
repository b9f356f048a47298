"""The planned days of tranches that are not paid, moved when a contract gets another end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from app.kernel import journal
from app.kernel.db import db
from app.services.people.models import User
from app.stages.funding import queries
from app.stages.funding.models import Contract
from app.stages.funding.rules import OPEN_TRANCHES


def move_tranches(contract: Contract, days: Mapping[int, date], *, by: User, at: datetime) -> None:
    """Give tranches (by position) another planned day; what is paid or cancelled stays."""
    moved = {}
    for tranche in queries.tranches_of(contract.project_id):
        day = days.get(tranche.position)
        if day is not None and tranche.state in OPEN_TRANCHES and day != tranche.planned_on:
            tranche.planned_on = day
            moved[str(tranche.position)] = day.isoformat()
    db.session.flush()
    if moved:
        journal.record(contract, "replan", by=by, at=at, detail={"tranches": moved})
