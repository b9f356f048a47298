"""Forms of the officer's desk: groups, mergers, passing on, required products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from app.kernel.forms import (
    ChoiceField,
    IntField,
    LineField,
    MoneyField,
    NoteField,
    PickField,
    StageForm,
    TicksField,
)
from app.kernel.words import N_
from app.stages.ideas.forms import idea_choices
from app.stages.ideas.models import Idea, IdeaGroup
from app.stages.ideas.rules import (
    LONGEST_MONTHS,
    TITLE_LONGEST,
    ProductKind,
    RedirectTo,
)
from app.stages.ideas.wording import NAMES, Wording


class Plain(StageForm):
    """A button."""


class Group(StageForm):
    """Ideas into a new group, or into one that exists."""

    ideas = TicksField(N_("Ideas"), required=True)
    group = PickField(N_("A group that exists"), hint=N_("Leave it open to make a new one."))
    title = LineField(N_("Name of a new group"), max=300)
    note = NoteField(N_("What they have in common"), max=2000, rows=3)

    @classmethod
    def of(cls, picked: Sequence[Idea], groups: Sequence[IdeaGroup]) -> Self:
        """The form with the ideas that were ticked in the list."""
        form = cls(data={"ideas": [i.public_id for i in picked]})
        form.ideas.choices = idea_choices(picked)
        form.group.choices = [(g.public_id, g.title) for g in groups]
        return form


class Merge(StageForm):
    """Several ideas into the one that is kept."""

    ideas = TicksField(N_("Ideas that are merged"), required=True)
    kept = PickField(N_("The one that is kept"), required=True, hint=N_("It goes on under its own number and text; the others point to it."))
    reason = NoteField(N_("Why they are merged"), max=2000, rows=3, hint=N_("Mailed to everybody who wrote one of them."))

    @classmethod
    def of(cls, picked: Sequence[Idea], others: Sequence[Idea]) -> Self:
        """The form with the ideas that were ticked, and those beside them that may go with them."""
        form = cls(data={"ideas": [i.public_id for i in picked]})
        form.ideas.choices = form.kept.choices = idea_choices([*picked, *others])
        return form


class PassOn(StageForm):
    """To whom a submitted idea is passed on, and why."""

    redirect_to = ChoiceField(N_("Passed on to"), enum=RedirectTo, required=True)
    passed_to = LineField(N_("Whom exactly"), max=300, hint=N_("Name of the enterprise or fund, when it is known."))
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=4)


class Reword(StageForm):
    """The wording of a recommendation; what was recommended stays."""

    final_title = LineField(N_("Final title"), max=TITLE_LONGEST)
    final_aim = NoteField(N_("Final aim"))
    final_products = NoteField(N_("Required products"))
    ceiling = MoneyField(N_("Ceiling of the State budget"))
    final_months = IntField(N_("Duration in months"), min=1, max=LONGEST_MONTHS)
    reason = NoteField(N_("Why it is corrected"), required=True, max=2000, rows=3)

    @classmethod
    def of(cls, idea: Idea) -> Self:
        """The form with what is recorded."""
        return cls(data={name: getattr(idea, name) for name in NAMES} | {"version": idea.version})

    def wording(self) -> Wording:
        """What the action takes."""
        return Wording(self.final_title.data, self.final_aim.data, self.final_products.data, self.ceiling.data, self.final_months.data)


class Product(StageForm):
    """One product that the topic must bring."""

    kind = ChoiceField(N_("Type of product"), enum=ProductKind, required=True)
    name = LineField(N_("Name of the product"), required=True, max=500)
    unit = LineField(N_("Unit"), required=True, max=60, hint=N_("For example model, process, tonne, article."))
    quantity = IntField(N_("Quantity"), required=True, min=1, max=1_000_000)
    quality = NoteField(N_("Level of quality"), max=2000, rows=3, hint=N_("Standards and figures that it must reach."))


def chosen(form: Any, ideas: Sequence[Idea]) -> list[Idea]:
    """The ideas that stayed ticked."""
    wanted = set(form.ideas.data or [])
    return [i for i in ideas if i.public_id in wanted]
