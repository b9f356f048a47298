"""Forms of the pool."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from wtforms import PasswordField

from app.kernel.forms import (
    ChoiceField,
    DateField,
    FileField,
    IntField,
    LineField,
    NoteField,
    PickField,
    StageForm,
    TicksField,
)
from app.kernel.words import N_
from app.services.experts import vocabulary
from app.services.experts.models import Expert
from app.services.experts.rules import Degree, Language, Why
from app.shown import language


def field_choices(codes: list[str]) -> list[tuple[str, str]]:
    """The fields of the plan in force, and those an expert has from a plan before."""
    found = [(f.code, f.face(language())) for f in vocabulary.fields()]
    known = {code for code, _label in found}
    return [*found, *((code, _("%(code)s (of an earlier plan)", code=code)) for code in codes if code not in known)]


class Own(StageForm):
    """What an expert says of himself."""

    degree = PickField(N_("Degree"), required=True, blank=False)
    body = LineField(N_("Organisation"), max=300)
    speciality = LineField(N_("Speciality"), max=500, hint=N_("In a few words, for example: irrigation of fruit trees."))
    fields_ = TicksField(N_("Fields of expertise"), hint=N_("Sectors and items of the plan in which you can judge."), name="fields")
    languages = TicksField(N_("Languages in which dossiers can be read"))

    @classmethod
    def of(cls, row: Expert | None) -> Any:
        """The form as the expert stands."""
        codes = [f.code for f in row.fields] if row is not None else []
        given = {} if row is None else {name: getattr(row, name) for name in ("name", "phone", "birth_year", "degree", "body", "speciality", "languages", "note", "version")}
        form = cls(data={**given, "fields_": codes})
        form.fields_.choices = field_choices(codes)
        form.degree.choices = [(str(d), _(d.label)) for d in Degree]
        form.languages.choices = [(str(x), _(x.label)) for x in Language]
        return form

    def values(self) -> dict[str, Any]:
        """What was filled in, by the names of the data."""
        return {("fields" if f.short_name == "fields" else f.short_name): f.data for f in self.shown()}


class Edit(Own):
    """The same by an officer."""

    name = LineField(N_("Full name"), required=True, max=200)
    phone = LineField(N_("Telephone"), max=40)
    birth_year = IntField(N_("Year of birth"), min=1900, max=2100, hint=N_("Tells people of one name apart."))
    note = NoteField(N_("Note of the officers"), max=1000, rows=2, hint=N_("The expert does not see it."))


class New(Edit):
    email = LineField(N_("E-mail address"), required=True, max=320, hint=N_("The invitation goes there; nobody is written to before you send it."))


class Away(StageForm):
    since = DateField(N_("From"), required=True)
    until = DateField(N_("To"), required=True, hint=N_("Both days are included."))
    note = LineField(N_("Note"), max=200)


class Upload(StageForm):
    file = FileField(N_("Workbook"), required=True, accept=".xlsx", hint=N_("At most 10,000 lines. Nothing is written before you have read the report."))


class Reason(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3)


class Plain(StageForm):
    """A button."""


class Answer(StageForm):
    """Accept, with a password when there is no account yet; or decline, with a reason."""

    answer = ChoiceField(N_("Your answer"), required=True)
    password = PasswordField(N_("A password of your choice"), render_kw={"autocomplete": "new-password"})
    why = PickField(N_("Why you decline"), sometimes=True)
    note = NoteField(N_("In your words"), max=1000, rows=2, sometimes=True, hint=N_("Needed for another reason."))

    @classmethod
    def of(cls, *, has_account: bool) -> Answer:
        """The form; who has an account chooses no password."""
        form = cls()
        if has_account:
            del form.password
        form.answer.choices = [("yes", _("I join the pool of experts")), ("no", _("I decline"))]
        form.why.choices = [(str(w), _(w.label)) for w in Why]
        return form
