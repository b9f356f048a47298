"""Hand files over; name a deputy; end a deputyship."""

from __future__ import annotations

from app.kernel.forms import (
    DateField,
    LineField,
    NoteField,
    PickField,
    StageForm,
    TicksField,
    YesField,
)
from app.kernel.words import N_


class HandOver(StageForm):
    file = TicksField(N_("Files to hand over"), required=True)
    officer = PickField(N_("New officer in charge"), required=True)
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3, hint=N_("Both officers are told, and the history of each file keeps it."))


class NameDeputy(StageForm):
    absent = PickField(N_("Who is away"), required=True)
    deputy = PickField(N_("Deputy"), required=True, hint=N_("Of the same office: no right is lent. The deputy acts in the own name and counts as one person."))
    first_day = DateField(N_("First day"), required=True)
    last_day = DateField(N_("Last day"), required=True)
    kinds = TicksField(N_("Files the deputy looks after"), required=True)
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3)


class EndDeputy(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3)


class Announced(StageForm):
    days = NoteField(N_("Days off, one a line"), required=True, max=20_000, rows=8, hint=N_("One a line: day; nghỉ or làm; name. Example: 31/08/2026; nghỉ; Hoán đổi dịp Quốc khánh. A Saturday worked in exchange: 22/08/2026; làm; Làm bù ngày 31/8."))
    source = LineField(N_("Announcement"), required=True, max=300, hint=N_("Number and date of the announcement."))
    seen = YesField(N_("I have seen which terms move; enter the days."))
