"""Forms of the plan: the file, the draft's parts, the mapping, the decision, measures and notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Self

from flask_babel import get_locale
from flask_babel import gettext as _
from wtforms import ValidationError

from app.kernel.forms import (
    ChoiceField,
    DateField,
    FileField,
    IntField,
    LineField,
    NoteField,
    PickField,
    StageForm,
    TicksField,
    YesField,
)
from app.kernel.words import N_
from app.services.people.models import Organisation
from app.services.people.queries import organisation_by_pid
from app.stages.plan import checking, queries
from app.stages.plan.models import Decision, Measure, Plan, Priority
from app.stages.plan.rules import Progress, note_years
from app.stages.plan.shape import shown


def english() -> bool:
    """Is this page in English?"""
    return str(get_locale() or "vi").startswith("en")


class Import(StageForm):
    file = FileField(N_("File of the plan (JSON or Excel)"), required=True, accept=".json,.xlsx",
                     hint=N_("Number, date, groups, sectors and items. First you see a report; nothing is written before you say so."))  # fmt: skip


class Plain(StageForm):
    """A button."""


class Known(StageForm):
    """Import a checked file; warnings must be known."""

    agree = YesField(N_("I have read the remarks above and import the plan as it is."))


class NumberField(IntField):
    """A figure with at most three decimals, kept in thousandths: reads 12,5 and 12.5."""

    unreadable = N_("Please write a number, for example 12,5.")

    def parse(self, text: str) -> int:
        found = checking.number(text)
        if found is None:
            raise ValueError(text)
        return found

    def show(self, value: Any) -> str:
        return str(shown(value)).replace(".", ",")

    def check(self, value: int) -> None:
        if value < 0:
            raise ValidationError(_("Please write a number of at least %(n)s.", n=0))


class Head(StageForm):
    number = LineField(N_("Number of the plan"), required=True, max=60, hint=N_("For example 1821/KH-UBND."))
    dated = DateField(N_("Date of the plan"), required=True)
    title_vi = NoteField(N_("Title in Vietnamese"), required=True, max=500, rows=2)
    title_en = NoteField(N_("Title in English"), required=True, max=500, rows=2)
    body_vi = LineField(N_("Issuing body in Vietnamese"), required=True, max=200)
    body_en = LineField(N_("Issuing body in English"), max=200)
    horizon_year = IntField(N_("Horizon (year)"), min=1990, max=2200)
    vision_year = IntField(N_("Vision (year)"), min=1990, max=2200)

    def values(self) -> dict[str, Any]:
        """What `revise_head` takes."""
        names = ("number", "dated", "title_vi", "title_en", "body_vi", "body_en", "horizon_year", "vision_year")
        return {name: self[name].data for name in names} | {"body_en": self.body_en.data or None}


_CODE = N_("At most 10 letters, digits, dots and hyphens.")


class Goal(StageForm):
    code = LineField(N_("Code"), required=True, max=10, hint=_CODE)
    year = IntField(N_("Year"), required=True, min=1990, max=2200)
    short_vi = NoteField(N_("In short, in Vietnamese"), required=True, max=500, rows=2)
    short_en = NoteField(N_("In short, in English"), required=True, max=500, rows=2)
    text_vi = NoteField(N_("Full text"), required=True, max=5000)


class Group(StageForm):
    code = LineField(N_("Code"), required=True, max=10, hint=_CODE)
    name_vi = NoteField(N_("Name in Vietnamese"), required=True, max=500, rows=2)
    name_en = NoteField(N_("Name in English"), required=True, max=500, rows=2)
    holds_sectors = YesField(N_("The sectors and priority items belong to this group"))


class Sector(StageForm):
    code = LineField(N_("Code"), required=True, max=10, hint=_CODE)
    name_vi = LineField(N_("Name in Vietnamese"), required=True, max=300)
    name_en = LineField(N_("Name in English"), required=True, max=300)


class Item(StageForm):
    code = LineField(N_("Code"), required=True, max=10, hint=_CODE)
    text_vi = NoteField(N_("Full text"), required=True, max=4000)
    short_vi = NoteField(N_("In short, in Vietnamese"), max=500, rows=2, hint=N_("Left open, it is taken from the full text."))
    title_en = NoteField(N_("In short, in English"), max=500, rows=2)
    lead = PickField(N_("Lead agency"))
    others = TicksField(N_("Coordinating agencies"))

    def bodies(self) -> dict[str, Any]:
        """Lead and coordinating agencies, as `add_part` and `revise_part` take them."""
        return {"lead": organisation_by_pid(self.lead.data), "others": [o for pid in self.others.data or [] if (o := organisation_by_pid(pid)) is not None]}


PARTS: dict[str, type[StageForm]] = {"goal": Goal, "group": Group, "sector": Sector, "item": Item}


def part(kind: str, row: Any = None, seen: int | None = None) -> StageForm:
    """The form of a part, filled with what stands."""
    data: dict[str, Any] = {"version": seen} if row is not None else {}
    if row is not None:
        data |= {f.short_name: getattr(row, f.short_name) for f in PARTS[kind](formdata=None).shown() if hasattr(row, f.short_name)}
    if row is not None and kind == "item":
        data |= {"lead": next((a.organisation.public_id for a in row.agencies if a.is_lead), None),
                 "others": [a.organisation.public_id for a in row.agencies if not a.is_lead]}  # fmt: skip
    form = PARTS[kind](data=data)
    if isinstance(form, Item):
        form.lead.choices = form.others.choices = queries.body_choices()
    return form


class Target(StageForm):
    name_vi = LineField(N_("What is counted, in Vietnamese"), required=True, max=300)
    name_en = LineField(N_("What is counted, in English"), max=300)
    amount = NumberField(N_("Number"), required=True, max=10**15)
    unit = LineField(N_("Unit"), required=True, max=60, hint=N_("For example percent, ha, projects."))
    year = IntField(N_("Year"), required=True, min=1990, max=2200)

    def values(self) -> dict[str, Any]:
        """What `add_target` and `revise_target` take."""
        return {n: self[n].data for n in ("name_vi", "amount", "unit", "year")} | {"name_en": self.name_en.data or None}


class NewMeasure(StageForm):
    text_vi = NoteField(N_("What is to be done, in Vietnamese"), required=True, max=1000, rows=3)
    text_en = NoteField(N_("What is to be done, in English"), max=1000, rows=3)
    agency = PickField(N_("Body in charge"), required=True)
    due_on = DateField(N_("To be done by"), required=True)

    @classmethod
    def of(cls, row: Measure | None, seen: int | None = None) -> Self:
        """The form with the list of bodies."""
        data = {} if row is None else {"text_vi": row.text_vi, "text_en": row.text_en, "agency": row.agency.public_id, "due_on": row.due_on, "version": seen}
        form = cls(data=data)
        form.agency.choices = queries.body_choices()
        return form

    def values(self) -> dict[str, Any]:
        """What `assign` and `revise_measure` take."""
        return {"text_vi": self.text_vi.data, "text_en": self.text_en.data or None, "due_on": self.due_on.data}

    def body(self) -> Organisation:
        """The chosen body (validated against the list)."""
        found = organisation_by_pid(self.agency.data)
        assert found is not None
        return found


class MapItem(StageForm):
    new = TicksField(N_("What it becomes in this plan"), hint=N_("Several when it is split; none when it ends."))
    reason = NoteField(N_("Reason"), max=1000, rows=3, hint=N_("Needed when nothing is ticked."))

    @classmethod
    def of(cls, items: Sequence[Priority], chosen: Sequence[str], reason: str | None, seen: int) -> Self:
        """The form with the items of the new plan."""
        form = cls(data={"new": list(chosen), "reason": reason, "version": seen})
        form.new.choices = [(i.public_id, f"{i.code} {i.title_en if english() else i.short_vi}") for i in items]
        return form


class Prepare(StageForm):
    number = LineField(N_("Number of the decision"), required=True, max=60, hint=N_("For example 1821/QĐ-UBND."))
    dated = DateField(N_("Date of the decision"), required=True)
    in_force_from = DateField(N_("In force from"), required=True, hint=N_("The plan before ends with the day before. A day to come is allowed: the plan takes effect by itself on it."))
    bare = YesField(N_("The plan goes on with items that have no measure yet."))

    @classmethod
    def of(cls, plan: Plan, decision: Decision | None, today: date) -> Self:
        """The form with what was prepared before."""
        data: dict[str, Any] = {"version": plan.version, "dated": today, "in_force_from": today}
        if decision is not None:
            data |= {"number": decision.number, "dated": decision.dated, "in_force_from": decision.in_force_from}
        return cls(data=data)


class PutInForce(StageForm):
    agree = YesField(N_("I have looked at the plan and at what becomes of the items of the plan before."), required=True)


class Note(StageForm):
    year = PickField(N_("Year"), required=True, blank=False)
    progress = ChoiceField(N_("How far is it?"), enum=Progress, required=True)
    percent = IntField(N_("Done (percent)"), required=True, min=0, max=100)
    text = NoteField(N_("What was done, what hinders, what comes next"), required=True, max=4000)

    @classmethod
    def of(cls, measure: Measure, today: date, seen: int, last: Any = None) -> Self:
        """The form with the years for which a note may be written."""
        data: dict[str, Any] = {"version": seen}
        if last is not None:
            data |= {"progress": last.progress, "percent": last.percent, "text": last.text if last.year == today.year else None}
        form = cls(data=data)
        form.year.choices = [(str(y), str(y)) for y in note_years(assigned_on=measure.assigned_on, today=today, until=measure.plan.period.last.year)]
        return form


class CallOff(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3)
