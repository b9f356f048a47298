"""Forms of selection: buttons with what the user saw."""

from __future__ import annotations

from wtforms import HiddenField

from app.kernel.forms import (
    ChoiceField,
    DateField,
    IntField,
    LineField,
    NoteField,
    StageForm,
    TicksField,
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


class Release(StageForm):
    """Outcomes of many rounds, released on a day: first what would happen is shown, then it is confirmed."""

    rounds = TicksField(N_("Rounds whose outcomes are released"), required=True)
    on = DateField(N_("Day of release"), required=True, hint=N_("Today: at once. A later day: until then applicants are told nothing."))
    typed = IntField(N_("How many letters are these?"), min=1, max=100_000)
    agree = YesField(N_("I have compared the names and outcomes with the minutes."))
    checked = HiddenField()


class FileComplaint(StageForm):
    text = NoteField(N_("What is wrong with the outcome?"), required=True, max=10_000, rows=10, hint=N_("Name facts and documents. The Department reads it, no member of the council is told who wrote it."))


class Verdict(Face):
    """What is decided on a complaint."""

    UPHOLD = "uphold", N_("Upheld: the dossiers go to another session"), "green"
    DISMISS = "dismiss", N_("Dismissed: the outcome stands"), "red"


class DecideComplaint(StageForm):
    verdict = ChoiceField(N_("How do you decide?"), enum=Verdict, required=True)
    answer = NoteField(N_("Reason"), required=True, max=5_000, rows=6, hint=N_("It is printed on the letter."))
    number = LineField(N_("Number of the letter"), required=True, max=60, hint=N_("For example 77/SKHCN-QLKH."))
    dated = DateField(N_("Date of the letter"), required=True)
    agree = YesField(N_("I have read the complaint, the minutes and the remarks."), required=True)
