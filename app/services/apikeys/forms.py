"""The forms of keys."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.kernel.forms import (
    DateField,
    LineField,
    NoteField,
    PickField,
    StageForm,
    TicksField,
)
from app.kernel.words import N_
from app.services.apikeys.rules import Scope
from app.services.people.models import Organisation


class MakeKey(StageForm):
    name = LineField(N_("Name"), required=True, max=120, hint=N_("What the key is for, for example “Treasury, payments”."))
    organisation = PickField(N_("Organisation"), required=True, hint=N_("The programs of this body act in its name."))
    scopes = TicksField(N_("What the key may do"), required=True)
    expires_on = DateField(N_("Last day"), required=True, hint=N_("Two years from now at most."))

    def __init__(self, bodies: list[Organisation], *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.organisation.choices = [(o.public_id, o.name) for o in bodies]
        self.scopes.choices = [(str(s), f"{_(s.label)} ({s})") for s in Scope]


class RevokeKey(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3)
