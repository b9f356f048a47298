"""Hand files over; name a deputy; end a deputyship."""

from __future__ import annotations

from app.kernel.forms import DateField, NoteField, PickField, StageForm, TicksField
from app.kernel.words import N_
from app.services.charges.rules import FileKind


class HandOver(StageForm):
    file = TicksField(N_("Files to hand over"), required=True)
    officer = PickField(N_("New officer in charge"), required=True)
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3, hint=N_("Both officers are told, and the history of each file keeps it."))


class NameDeputy(StageForm):
    absent = PickField(N_("Who is away"), required=True)
    deputy = PickField(N_("Deputy"), required=True, hint=N_("Of the same office: no right is lent. The deputy acts in the own name and counts as one person."))
    first_day = DateField(N_("First day"), required=True)
    last_day = DateField(N_("Last day"), required=True)
    kinds = TicksField(N_("Files the deputy looks after"), required=True, choices=[(str(k), k.label) for k in FileKind])
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3)


class EndDeputy(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3)
