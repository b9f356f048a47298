"""Forms of the room: how the council meets, the authorisation, the applicant, a note, a question and its answer."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.kernel.forms import (
    ChoiceField,
    DateField,
    FileField,
    LineField,
    NoteField,
    StageForm,
)
from app.kernel.words import N_
from app.services.councils.room.rules import MODES, How


class Button(StageForm):
    """A button; `step` is the step that was seen next."""

    step = LineField("", max=80)


class Mode(StageForm):
    """How the council meets, by the rule."""

    mode = ChoiceField(N_("How the council meets"), required=True)

    @classmethod
    def of(cls, allowed: list[str], now: str | None) -> Mode:
        """The form with the ways of the rule."""
        form = cls(data={"mode": now})
        form.mode.choices = [(mode, _(MODES[mode])) for mode in allowed if mode in MODES]
        return form


class Authorise(StageForm):
    number = LineField(N_("Number of the authorisation"), max=60, sometimes=True, hint=N_("For example 12/GUQ. Number and date, or the scan, or both."))
    dated = DateField(N_("Date of the authorisation"), sometimes=True)
    file = FileField(N_("Scan of the signed authorisation"), sometimes=True, accept=".pdf,.png,.jpg")


class Back(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=500, rows=2, hint=N_("Kept in the record of the session."))


class Came(StageForm):
    how = ChoiceField(N_("How the member takes part"), enum=How, required=True)


class LetIn(StageForm):
    person = LineField(N_("Who comes in"), required=True, max=200, hint=N_("Name, and as what: for example Nguyễn Văn A, principal investigator."))
    how = ChoiceField(N_("How"), enum=How, required=True)


class Note(StageForm):
    text = NoteField(N_("What you want to say to the other members"), required=True, max=4000, rows=3)


class Ask(StageForm):
    text = NoteField(N_("Question"), required=True, max=4000, rows=4, hint=N_("The applicant reads it as a question of the council; nobody is named."))
    due_on = DateField(N_("Answer due by"), required=True)


class Answer(StageForm):
    answer = NoteField(N_("Your answer"), required=True, max=4000, rows=8, hint=N_("It is given once and stays as it is. Write no names of people you believe to sit in the council."))


def filled(form: Any, **values: Any) -> Any:
    """The form with these values where nothing was sent."""
    for name, value in values.items():
        if form[name].data in (None, ""):
            form[name].data = value
    return form
