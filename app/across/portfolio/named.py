"""What values of choices are called, in the reader's language: as the filters of all lists call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from flask_babel import gettext as _

from app.across.hub import queries as hub
from app.across.portfolio.fields import NONE
from app.across.portfolio.sources import FACES
from app.kernel import clock
from app.stages.acceptance import queries as acceptance
from app.stages.plan import queries as plans
from app.stages.transfer import communes

FIRST_YEAR = 1990


@dataclass
class Names:
    """What values of choices are called, in the reader's language; each is read once."""

    english: bool
    _kept: dict[str, dict[str, str]] = field(default_factory=dict)

    def __call__(self, choice: str) -> Mapping[str, str]:
        if choice not in self._kept:
            self._kept[choice] = {NONE: _("Not said"), **dict(self._of(choice))}
        return self._kept[choice]

    @cached_property
    def _places(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        return plans.sector_and_item_choices(self.english)

    def _of(self, choice: str) -> Sequence[tuple[str, str]]:
        if choice in ("sector", "item"):
            return self._places[choice == "item"]
        if choice == "host":
            return hub.hosts()
        if choice == "commune":
            return communes.choices()
        if choice == "grade":
            return list(acceptance.all_levels(clock.today(), "en" if self.english else "vi").items())
        if choice == "year":
            return [(str(y), str(y)) for y in range(clock.today().year + 5, FIRST_YEAR - 1, -1)]
        if choice == "month":
            return [(str(m), f"{m:02}") for m in range(1, 13)]
        faces = FACES.get(choice)
        return [(str(f), _(f.label)) for f in faces] if faces else []
