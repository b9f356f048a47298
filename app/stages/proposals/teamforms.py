"""Forms of a team: its people, sections given to them, remarks, another investigator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import HiddenField

from app.kernel.forms import (
    ChoiceField,
    DateField,
    IntField,
    LineField,
    NoteField,
    PickField,
    StageForm,
    YesField,
)
from app.kernel.words import N_
from app.stages.proposals.rules import Access, TeamRole


class Months(StageForm):
    """What the team's editors change of a member; `access` by the investigator alone."""

    task = LineField(N_("Task"), max=500)
    months = IntField(N_("Months of work"), required=True, min=0, max=120)

    @classmethod
    def of_years(cls, years: Sequence[int], **kw: Any) -> Any:
        """The form; with `years` it asks for the months of each, and the sum is computed."""
        fields = {f"year_{year}": IntField(str(year), min=0, max=12) for year in years}
        form = type(cls.__name__, (cls,), {**fields, "years": tuple(years)})(**kw)
        for year in years:
            form[f"year_{year}"].label.text = _("Months of work in %(year)s", year=year)
        if years:
            del form.months
        return form

    years: tuple[int, ...] = ()

    def by_year(self) -> dict[str, int] | None:
        """Months by year, where they are asked so."""
        return {str(y): int(self[f"year_{y}"].data or 0) for y in self.years} if self.years else None

    def in_all(self) -> int:
        """Months in all."""
        found = self.by_year()
        return sum(found.values()) if found is not None else int(self.months.data)


class Member(Months):
    name = LineField(N_("Full name"), required=True, max=200, hint=N_("Of a partner organisation: its contact person."))
    role = ChoiceField(N_("Role"), required=True)
    email = LineField(N_("E-mail address"), max=320, hint=N_("With an address the person is invited by mail, with or without an account. Without one, only the name stands in the dossier."))
    organisation = PickField(N_("Organisation"), hint=N_("Needed for a partner organisation."))
    access = ChoiceField(N_("What this person may do here"), enum=Access, required=True)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.role.enum = TeamRole

    def offer(self, roles: list[tuple[str, str]], organisations: list[tuple[str, str]]) -> None:
        """The choices of this form."""
        self.role.choices, self.organisation.choices = roles, organisations


class Edited(Months):
    """The same with the right, for the investigator."""

    access = ChoiceField(N_("What this person may do here"), enum=Access, required=True)


class Button(StageForm):
    """A button: nothing to fill in."""


class Decline(StageForm):
    reason = NoteField(N_("Reason"), max=500, rows=3, hint=N_("The principal investigator reads it."))


class Answer(StageForm):
    answer = ChoiceField(N_("Your answer"), required=True, choices=[])
    reason = NoteField(N_("Reason"), max=500, rows=3, hint=N_("If you decline: the principal investigator reads it."))


class Leave(StageForm):
    reason = NoteField(N_("Reason"), max=500, rows=3, hint=N_("The principal investigator reads it."))
    confirm = YesField(N_("I leave the team and can no longer open the dossier."), required=True)


class Lead(StageForm):
    member = ChoiceField(N_("Who leads instead?"), required=True, choices=[])
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3, hint=N_("The person asked, the host organisation and the present investigator read it."))


class LeadAnswer(StageForm):
    answer = ChoiceField(N_("Your answer"), required=True, choices=[])


class Give(StageForm):
    member = PickField(N_("Who writes it?"))
    due_on = DateField(N_("To be done by"))


class Remark(StageForm):
    place = PickField(N_("Section"), required=True, blank=False)
    text = NoteField(N_("Comment"), required=True, max=5000, rows=4)


class Reply(StageForm):
    place = HiddenField()
    text = NoteField(N_("Answer"), required=True, max=5000, rows=2)
