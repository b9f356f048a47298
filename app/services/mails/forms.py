"""Forms of the texts of mails."""

from app.kernel.forms import (
    ChoiceField,
    DateField,
    LineField,
    NoteField,
    StageForm,
)
from app.kernel.words import N_
from app.services.papers.wording import LONGEST


class Draft(StageForm):
    of = ChoiceField(N_("Copy of version"), required=True, hint=N_("Take version 0 to return to the text that came with the system."))
    reason = LineField(N_("Why the wording is changed"), required=True, max=500)


class Write(StageForm):
    text = NoteField(N_("Text of the mail"), required=True, max=LONGEST, rows=20, hint=N_("First line: Subject: … Values are written $name; lines between #if $name and #end stand only when there is such a value."))


class PutInForce(StageForm):
    valid_from = DateField(N_("In force from"), required=True, hint=N_("Mails of this day and later are written with the new wording."))


class Discard(StageForm):
    reason = LineField(N_("Reason"), required=True, max=500)
