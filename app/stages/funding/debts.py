"""What earlier projects owe in money: told to the check of new dossiers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from app.kernel.db import db
from app.stages.funding.models import Project, ProjectClosing, Settlement
from app.stages.funding.queries import owed, owed_sql
from app.stages.proposals.eligibility import DEBTS, Cause, Debt


def unpaid(users: frozenset[int], organisations: frozenset[int], on: date) -> list[Debt]:
    """Money that is to come back and has not: from the end of the project until it is paid."""
    held = or_(Project.pi_id.in_(users), Project.host_id.in_(organisations))
    ended = select(Project, ProjectClosing.dated).join(ProjectClosing, ProjectClosing.project_id == Project.id).where(held, ProjectClosing.dated <= on)
    settled = ended.join(Settlement, Settlement.project_id == Project.id).where(owed_sql() > 0)
    decided = ended.outerjoin(Settlement, Settlement.project_id == Project.id).where(Settlement.id.is_(None), ProjectClosing.kind != "recognised")
    rows = [*db.session.execute(settled.order_by(Project.id)), *((p, day) for p, day in db.session.execute(decided.order_by(Project.id)).all() if owed(p))]
    return [Debt(Cause.UNPAID_REFUND, of_host, f"{p.code} – {p.title}", day, None, ("hub.show", {"pid": p.public_id}))
            for p, day in rows for of_host, mine in ((True, p.host_id in organisations), (False, p.pi_id in users)) if mine]  # fmt: skip


DEBTS.append(unpaid)
