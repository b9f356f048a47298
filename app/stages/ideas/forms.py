"""Forms of ideas and topics: the order form, return, item, identification, the approved list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Self

from flask_babel import get_locale
from flask_babel import gettext as _

from app.kernel.forms import (
    ChoiceField,
    DateField,
    IntField,
    LineField,
    MoneyField,
    NoteField,
    PickField,
    StageForm,
    TicksField,
    YesField,
)
from app.kernel.words import N_
from app.services.people.models import Organisation, User
from app.services.people.queries import organisation_by_pid
from app.stages.ideas import queries
from app.stages.ideas.actions import Identified
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import (
    LONGEST_MONTHS,
    TITLE_LONGEST,
    Mode,
    Outcome,
    RedirectTo,
)
from app.stages.plan import queries as plans
from app.stages.plan.models import Priority


def english() -> bool:
    """Is this page in English?"""
    return str(get_locale() or "vi").startswith("en")


def named(words: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """Codes with their names in the language of this page."""
    return [(code, word["en" if english() else "vi"]) for code, word in words.items()]


def names(on: date) -> dict[str, dict[str, str]]:
    """Names of types of task and fields of research in the language of this page, by code."""
    return {"kinds": dict(named(queries.kinds(on))), "fields": dict(named(queries.fields(on)))}


def item_choices() -> list[tuple[str, str]]:
    """The items of the plan in force, for list boxes."""
    return [(i.public_id, f"{i.code} {i.title_en if english() else i.short_vi}") for i in plans.items()]


class Edit(StageForm):
    """The thirteen sections of the order form. Only the title is needed to keep a draft."""

    organisation = PickField(N_("Proposing organisation"), required=True)
    year = IntField(N_("Year of the plan"), required=True, hint=N_("The year from which the task should be carried out."))
    title = LineField(N_("1. Title"), required=True, max=TITLE_LONGEST)
    field = PickField(N_("2. Field of research"))
    item = PickField(N_("Priority item of the plan"), hint=N_("If you are not sure, leave it open: an officer will choose it."))
    kind = PickField(N_("3. Type of task"))
    basis = NoteField(N_("4. Legal and planning basis"), rows=3, hint=N_("Programmes, plans and decisions that ask for this."))
    need = NoteField(N_("5. Urgency"), hint=N_("What problem there is, for whom, and why it must be solved at the level of the province."))
    aim = NoteField(N_("6. Aims"), hint=N_("General and specific aims."))
    contents = NoteField(N_("7. Main contents"))
    products = NoteField(N_("8. Expected products and targets"), hint=N_("What is handed over, how much, and of which quality."))
    effects = NoteField(N_("9. Effects and impact"))
    state_budget = MoneyField(N_("10. Expected budget: from the State"))
    other_budget = MoneyField(N_("10. Expected budget: other sources"))
    duration_months = IntField(N_("11. Duration in months"), min=1, max=LONGEST_MONTHS)
    starts_on = DateField(N_("11. Start"), hint=N_("Day/month/year."))
    host = PickField(N_("12. Proposed host for direct assignment"), hint=N_("Only when one organisation should be named."))
    receiver = PickField(N_("13. Receiving body"), hint=N_("The ordering body, which commits to take the result. Needed to submit."))
    commitment = NoteField(N_("13. How the result will be received, managed and used"), hint=N_("The receiving body's commitment. Needed to submit."))
    committed_by = LineField(N_("13. Who commits for the receiving body"), max=200, hint=N_("Name and position. Needed to submit."))
    state_keeps_ownership = YesField(N_("13. The State keeps the ownership of the result"))

    TEXTS = ("title", "year", "field", "kind", "basis", "need", "aim", "contents", "products", "effects", "state_budget", "other_budget",
             "duration_months", "starts_on", "commitment", "committed_by", "state_keeps_ownership")  # fmt: skip

    @classmethod
    def of(cls, idea: Idea | None, user: User, on: date) -> Self:
        """The form filled with an idea (None = a new one), with its lists."""
        data: dict[str, Any] = {"year": on.year + 1}
        if idea is not None:
            data = {name: getattr(idea, name) for name in cls.TEXTS} | {"version": idea.version, "organisation": idea.organisation.public_id}
            for name, row in (("item", idea.item), ("receiver", idea.receiver), ("host", idea.proposed_host)):
                data[name] = row.public_id if row is not None else None
        form = cls(data=data)
        bodies = {o.public_id: o.name for o in ([idea.organisation] if idea is not None else user.organisations)}
        form.organisation.choices = list(bodies.items())
        if len(bodies) == 1 and not form.organisation.data:
            form.organisation.data = next(iter(bodies))
        form.kind.choices, form.field.choices = named(queries.kinds(on)), named(queries.fields(on))
        form.item.choices = item_choices()
        form.receiver.choices = form.host.choices = queries.organisation_names()
        return form

    def values(self) -> dict[str, Any]:
        """What `draft` and `revise` take."""
        return {name: self[name].data for name in self.TEXTS} | {
            "receiver": organisation_by_pid(self.receiver.data), "proposed_host": organisation_by_pid(self.host.data),
            "item": plans.item_by_pid(self.item.data),
        }  # fmt: skip

    def chosen_organisation(self, user: User) -> Organisation:
        """The organisation of the user that was picked (validated against the list)."""
        return next(o for o in user.organisations if o.public_id == self.organisation.data)


class Plain(StageForm):
    """A button."""


class Reason(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=4)


class Withdraw(StageForm):
    reason = NoteField(N_("Reason"), max=2000, rows=3)


class LinkItem(StageForm):
    item = PickField(N_("Main priority item"), required=True)
    others = TicksField(N_("Other items it serves"))

    @classmethod
    def of(cls, idea: Idea) -> Self:
        """The form with the idea's present items."""
        data = {"item": idea.item.public_id if idea.item else None, "others": [i.public_id for i in idea.other_items], "version": idea.version}
        form = cls(data=data)
        form.item.choices = form.others.choices = item_choices()
        return form

    def chosen_others(self) -> list[Priority]:
        """The other items."""
        return [found for pid in self.others.data or [] if (found := plans.item_by_pid(pid)) is not None]


class Identify(StageForm):
    """One idea's outcome, from minutes on paper."""

    outcome = ChoiceField(N_("Recommended outcome"), enum=Outcome, required=True)
    final_title = LineField(N_("Final title"), max=TITLE_LONGEST, hint=N_("Both titles are kept."))
    final_aim = NoteField(N_("Final aim"))
    final_products = NoteField(N_("Required products"))
    mode = ChoiceField(N_("Mode"), enum=Mode)
    host = PickField(N_("Organisation named for direct assignment"))
    ceiling = MoneyField(N_("Ceiling of the State budget"))
    final_months = IntField(N_("Duration in months"), min=1, max=LONGEST_MONTHS)
    rank = IntField(N_("Place in the order of priority"), min=1, max=999)
    redirect_to = ChoiceField(N_("Passed on to"), enum=RedirectTo)
    passed_to = LineField(N_("Whom exactly"), max=300, hint=N_("Name of the enterprise or fund, when it is known."))
    reason = NoteField(N_("Reason"), max=2000, rows=3, hint=N_("Needed when the idea is not carried out, or when the ceiling is well above what was asked."))
    minutes_number = LineField(N_("Number of the minutes"), required=True, max=60, hint=N_("For example 12/BB-HĐXĐ."))
    minutes_dated = DateField(N_("Date of the minutes"), required=True)

    @classmethod
    def of(cls, idea: Idea, voted: Mapping[str, Any] | None = None, outcomes: Sequence[Outcome] = ()) -> Self:
        """The form with what is known: the idea as proposed, as recorded before, or as a council held here `voted`."""
        data = {
            "outcome": idea.outcome, "final_title": idea.final_title or idea.title, "final_aim": idea.final_aim or idea.aim,
            "final_products": idea.final_products or idea.products, "mode": idea.mode or (Mode.DIRECT if idea.proposed_host else None),
            "host": (row.public_id if (row := idea.host or idea.proposed_host) else None), "ceiling": idea.ceiling or idea.state_budget,
            "final_months": idea.final_months or idea.duration_months, "rank": idea.rank, "redirect_to": idea.redirect_to, "passed_to": idea.passed_to, "reason": idea.outcome_reason, "minutes_number": idea.minutes_number,
            "minutes_dated": idea.minutes_dated, "version": idea.version,
        }  # fmt: skip
        if voted is not None:
            data |= {"outcome": outcomes[0], "rank": voted["position"], "reason": "; ".join(dict.fromkeys(voted["reasons"])), "mode": Mode(voted["mode"]) if voted["mode"] else None}
        form = cls(data=data)
        form.host.choices = queries.organisation_names()
        if voted is not None:
            del form.minutes_number, form.minutes_dated
            form.outcome.choices = [(str(o), _(o.label)) for o in outcomes]
        return form

    def found(self) -> Identified:
        """What the action takes."""
        return Identified(
            self.outcome.data, title=self.final_title.data, aim=self.final_aim.data, products=self.final_products.data, mode=self.mode.data,
            host=organisation_by_pid(self.host.data), ceiling=self.ceiling.data, months=self.final_months.data, rank=self.rank.data,
            redirect_to=self.redirect_to.data, passed_to=self.passed_to.data, reason=self.reason.data,
        )  # fmt: skip


def idea_choices(ideas: Sequence[Idea]) -> list[tuple[str, str]]:
    """Ideas for tick boxes."""
    return [(i.public_id, f"{i.code} · {i.final_title or i.title}" + (f" · {_(i.outcome.label)}" if i.outcome else "")) for i in ideas]


class Decide(StageForm):
    """The decision that approves the list."""

    ideas = TicksField(N_("Ideas decided on"), required=True, hint=N_("Each is decided as recommended. What is not ticked stays open."))
    number = LineField(N_("Number of the decision"), required=True, max=40, hint=N_("Number only, or number and symbol: 4923/QĐ-UBND."))
    symbol = LineField(N_("Symbol"), required=True, max=30)
    dated = DateField(N_("Date of the decision"), required=True)
    agree = YesField(N_("I have read the list and the recommendations."), required=True)


class Council(StageForm):
    """Ideas for the agenda of a new identification council."""

    title = LineField(N_("Name of the council"), required=True, max=500)
    ideas = TicksField(N_("Ideas on the agenda"), required=True)
