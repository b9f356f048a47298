"""Forms of the vocabulary."""

from __future__ import annotations

from flask_babel import get_locale

from app.kernel.forms import IntField, LineField, PickField, StageForm
from app.kernel.words import N_
from app.stages.plan import queries as plans


class AddTerm(StageForm):
    item = PickField(N_("Priority item of the plan"), required=True)
    words = LineField(N_("Words"), required=True, max=200,
                      hint=N_("As they stand in titles. Words that must stand together are joined by “+”: giống + @crop."))  # fmt: skip
    weight = IntField(N_("Weight"), required=True, min=1, max=5, hint=N_("1 = a hint, 3 = strong, 5 = decides."))

    def fill(self) -> AddTerm:
        """The list of items, in the language of the page."""
        english = str(get_locale() or "vi").startswith("en")
        self.item.choices = [(i.public_id, f"{i.code} {i.title_en if english else i.short_vi}") for i in plans.items()]
        if self.weight.data is None:
            self.weight.data = 3
        return self


class RemoveTerm(StageForm):
    """A button."""


