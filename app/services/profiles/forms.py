"""Forms of the profile and of the scientific CV."""

from __future__ import annotations

from app.kernel.forms import (
    ChoiceField,
    LineField,
    NoteField,
    PickField,
    StageForm,
    YesField,
)
from app.kernel.words import N_
from app.services.people.rules import NAME_LONGEST, OrganisationKind
from app.services.questionnaires.forms import SheetForm


class Plain(StageForm):
    """A button."""


class WriteCv(SheetForm):
    """The CV as its owner writes it."""


class PutCv(StageForm):
    attest = YesField(N_("What this CV says is true and I answer for it."), required=True)


class Profile(StageForm):
    name = LineField(N_("Full name"), required=True, max=NAME_LONGEST, hint=N_("As it is to stand in dossiers and papers."), render_kw={"autocomplete": "name"})
    title = LineField(N_("Academic title"), max=100, hint=N_("For example TS., PGS.TS., ThS."), render_kw={"autocomplete": "honorific-prefix"})
    phone = LineField(N_("Telephone"), max=40, hint=N_("At which the Department reaches you about a dossier."), render_kw={"autocomplete": "tel"})
    orcid = LineField("ORCID", max=60, hint=N_("For example 0000-0002-1825-0097, from orcid.org."))


class Ask(StageForm):
    note = NoteField(N_("What should they know?"), max=1000, rows=3, hint=N_("For example your department and since when you work there."))


class AskNew(StageForm):
    name = LineField(N_("Name of the organisation"), required=True, max=300, hint=N_("In full, as in the decision or registration by which it was founded."))
    kind = ChoiceField(N_("Kind"), enum=OrganisationKind, required=True)
    tax_code = LineField(N_("Tax code"), max=20, sometimes=True, hint=N_("Needed of an enterprise or cooperative."))
    address = LineField(N_("Address"), required=True, max=300)
    representative = LineField(N_("Legal representative"), required=True, max=200)
    note = NoteField(N_("What should they know?"), max=1000, rows=3)
    distinct = YesField(N_("None of the organisations shown is meant; mine is another one."))


class Confirm(StageForm):
    into = PickField(N_("Which organisation is it?"), blank=False, required=True)
    manager = YesField(N_("This person manages the organisation: signs off its dossiers and confirms its members."))


class Refuse(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=4)
