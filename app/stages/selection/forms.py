"""Forms of selection: buttons with what the user saw."""

from __future__ import annotations

from app.kernel.forms import StageForm, YesField
from app.kernel.words import N_


class Plain(StageForm):
    """A button."""


class Conclude(StageForm):
    agree = YesField(N_("I have compared the ranking with the minutes."), required=True)
