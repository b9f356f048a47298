"""Moving the demonstration's clock; sending a mail again."""

from __future__ import annotations

from app.kernel.forms import IntField, StageForm
from app.kernel.words import N_


class MoveClock(StageForm):
    days = IntField(N_("Days forward"), min=0, max=3650)
    hours = IntField(N_("Hours forward"), min=0, max=23)


class Resend(StageForm):
    pass
