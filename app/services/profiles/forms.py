"""Forms of the profile and of the scientific CV."""

from __future__ import annotations

from app.kernel.forms import StageForm, YesField
from app.kernel.words import N_
from app.services.questionnaires.forms import SheetForm


class Plain(StageForm):
    """A button."""


class WriteCv(SheetForm):
    """The CV as its owner writes it."""


class PutCv(StageForm):
    attest = YesField(N_("What this CV says is true and I answer for it."), required=True)
