"""Forms of imports; those about columns and cells have a field for each field of what is imported."""

from __future__ import annotations

from typing import Any

from app.across.imports import checking, fields
from app.across.imports.models import Batch, Row
from app.across.imports.rules import Choice, Target
from app.kernel.forms import (
    ChoiceField,
    FileField,
    LineField,
    NoteField,
    PickField,
    StageForm,
    YesField,
)
from app.kernel.words import N_

UNITS = ((str(1), N_("đồng")), (str(10**3), N_("thousand đồng")), (str(10**6), N_("million đồng")), (str(10**9), N_("billion đồng")))
DEFAULTED = {Target.PROJECTS: ("year", "stand", "host", "cause", "decision"), Target.ORGANISATIONS: ()}


class Upload(StageForm):
    target = ChoiceField(N_("What the list holds"), enum=Target, required=True)
    file = FileField(N_("List"), required=True, accept=".xlsx,.csv,.tsv,.txt", hint=N_("An Excel workbook (.xlsx) or a CSV file, in any of the usual encodings. Nothing is imported before you have read the report."))


class Sheet(StageForm):
    sheet = PickField(N_("Worksheet"), blank=False)
    hidden = YesField(N_("Read hidden rows too"))


class Plain(StageForm):
    """Only the button."""


class Undo(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3)


def columns_form(batch: Batch) -> Any:
    """Which column is what; what numbers count; what empty cells say."""
    made: dict[str, Any] = {}
    heads = [(str(c), head or f"({c + 1})") for c, head in enumerate(batch.heads)]
    for f in fields.OF[batch.target]:
        made[f"col_{f.name}"] = PickField(f.label, choices=heads)
        if f.money:
            made[f"unit_{f.name}"] = PickField(f.label, choices=UNITS)
        if f.name in DEFAULTED[batch.target]:
            made[f"default_{f.name}"] = LineField(f.label, max=200)
    if batch.target == Target.PROJECTS:
        made["link_items"] = YesField(N_("Tie each project to the priority item that the suggestion is sure of; the others stay “not linked”"))
    given = {f"col_{n}": str(c) for n, c in batch.mapping.items()} | {f"unit_{n}": str(u) for n, u in batch.units.items()} | {f"default_{n}": t for n, t in batch.defaults.items()}
    return type("Columns", (StageForm,), made)(obj=batch, data=given | {"link_items": batch.link_items, "version": batch.version})


def of_columns(form: Any, kind: str) -> dict[str, str]:
    """{field: what was chosen} of one kind of fields of the form about columns."""
    return {name.removeprefix(f"{kind}_"): f.data for name, f in form._fields.items() if name.startswith(f"{kind}_") and f.data}


def repair_form(batch: Batch, row: Row) -> Any:
    """The cells of a row as they count now, and what is to be done with it."""
    plan = checking.Plan(batch.mapping, batch.units, batch.defaults, batch.heads)
    offered = [c for c in Choice if c != Choice.FILL or row.match_pid]
    made: dict[str, Any] = {f.name: LineField(f.label, max=2000) for f in fields.OF[batch.target]}
    made["choice"] = PickField(N_("What to do with this row"), blank=False, choices=[(str(c), c.label) for c in offered])
    given = {f.name: str(checking.found_in(plan, row.cells, row.fixes, f.name)) for f in fields.OF[batch.target]}
    return type("Repair", (StageForm,), made)(data=given | {"choice": str(row.choice), "version": batch.version})
