"""What a council on the effect of a result is asked against: the host, partners and team of its project, and who uses the result."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, union

from app.kernel.db import db
from app.services.conflicts import facts
from app.services.conflicts.facts import Parts
from app.services.experts import vocabulary
from app.stages.acceptance import judging
from app.stages.acceptance.models import Result
from app.stages.transfer.models import Agreement, Handover


def _parts(row: Result) -> Parts:
    made = judging.parts(row)
    users = union(select(Handover.receiver_id).where(Handover.result_id == row.id),
                  select(Agreement.recipient_id).where(Agreement.result_id == row.id, Agreement.recipient_id.is_not(None)))  # fmt: skip
    return replace(made, partners=made.partners | (frozenset(db.session.scalars(users)) - made.hosts))


facts.register("result", _parts)
vocabulary.register_object("result", judging.fields)
