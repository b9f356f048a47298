"""Forms of selection: buttons with what the user saw."""

from __future__ import annotations

from app.kernel.forms import (
    ChoiceField,
    DateField,
    LineField,
    NoteField,
    StageForm,
    YesField,
)
from app.kernel.words import N_, Face


class Plain(StageForm):
    """A button."""


class Conclude(StageForm):
    agree = YesField(N_("I have compared the ranking with the minutes."), required=True)


class Vacancy(Face):
    """What is decided when the selected dossier is gone and another is in reserve."""

    MOVE_UP = "move_up", N_("The first in reserve moves up"), "green"
    DECLINE = "decline", N_("None of those in reserve: the topic is called again"), "red"


class Fill(StageForm):
    answer = ChoiceField(N_("How do you decide?"), enum=Vacancy, required=True)
    number = LineField(N_("Number of the decision"), required=True, max=64, hint=N_("For example 77/QĐ-SKHCN."))
    dated = DateField(N_("Date of the decision"), required=True)
    reason = NoteField(N_("Reason"), max=1000, rows=3, sometimes=True, hint=N_("Needed when none of them moves up; the applicants read it."))
    agree = YesField(N_("I have compared the ranking with the minutes."), required=True)
