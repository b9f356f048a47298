"""Reminders: the acceptance is near, the dossier is late. Each goes once."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.kernel import outbox
from app.kernel.clock import local
from app.kernel.permissions import Do
from app.services.people import queries as people
from app.services.rulebook import queries as rulebook
from app.stages.acceptance import asked
from app.stages.funding import queries as funding


def remind(at: datetime) -> int:
    """Tell who answers for a project that its contract ends soon, on the days of the rulebook before, until a dossier is handed in."""
    today, count = local(at).date(), 0
    before = sorted(rulebook.value("acceptance.remind_days", on=today))
    rows = asked.ending_between(today, today + timedelta(days=before[-1])) if before else []
    for project, ends_on, due_on in rows:
        days = next(n for n in before if today + timedelta(days=n) >= ends_on)
        outbox.post("acceptance/mail/ends_soon.txt", to=funding.holders(project), key=f"acceptance-ends:{project.public_id}:{ends_on}:{days}", at=at,
                    project=project, ends_on=ends_on, due_on=due_on)  # fmt: skip
        count += 1
    return count


def chase(at: datetime) -> int:
    """Tell who answers for a project, and the officers, that its dossier is late, on the days of the rulebook after."""
    today, count = local(at).date(), 0
    after = sorted(rulebook.value("acceptance.chase_days", on=today))
    officers = people.users_with(Do.ACCEPTANCE_CHECK) if after else []
    for project, _ends_on, due_on in asked.late_dossiers(today) if after else []:
        late = (today - due_on).days
        days = max((n for n in after if n <= late), default=None)
        if days is None:
            continue
        outbox.post("acceptance/mail/dossier_late.txt", to=[*funding.holders(project), *officers], key=f"acceptance-late:{project.public_id}:{due_on}:{days}", at=at,
                    project=project, due_on=due_on, days=late)  # fmt: skip
        count += 1
    return count
