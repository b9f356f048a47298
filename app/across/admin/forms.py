"""People and roles; moving the demonstration's clock; sending a mail again."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

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
from app.services.people.models import Organisation
from app.services.people.rules import Role

GIVEN = tuple(r for r in Role if r not in (Role.RESEARCHER, Role.HOST))  # these two follow from account and membership


class MoveClock(StageForm):
    days = IntField(N_("Days forward"), min=0, max=3650)
    hours = IntField(N_("Hours forward"), min=0, max=23)


class Resend(StageForm):
    pass


class AddUser(StageForm):
    email = LineField(N_("E-mail address"), required=True, max=320)
    name = LineField(N_("Full name"), required=True, max=200)
    title = LineField(N_("Degree"), max=100, hint=N_("For example TS. or ThS."))
    locale = ChoiceField(N_("Language"), required=True, choices=[("vi", "Tiếng Việt"), ("en", "English")])
    password = LineField(N_("First password"), required=True, max=200, hint=N_("At least 10 characters. Tell it to the person by another way than e-mail."))


class OfBody(StageForm):
    organisation = PickField(N_("Organisation"))

    def __init__(self, bodies: list[Organisation], *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.organisation.choices = [(o.public_id, o.name) for o in bodies]


class Grant(StageForm):
    role = PickField(N_("Role"), required=True)
    ends_on = DateField(N_("Last day"), hint=N_("Leave it empty when there is no end."))

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.role.choices = [(str(r), _(r.label)) for r in GIVEN]


class Join(OfBody):
    organisation = PickField(N_("Organisation"), required=True)
    manager = YesField(N_("This person signs off for the organisation"))


class Reason(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=500, rows=3, hint=N_("It stands in the journal."))


class Plain(StageForm):
    pass
