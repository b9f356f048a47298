"""States of a plan and what an import file must look like. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face


class PlanState(Face):
    DRAFT = "draft", N_("Draft"), "grey"
    IN_FORCE = "in_force", N_("In force"), "green"
    SUPERSEDED = "superseded", N_("Superseded"), "amber"


PLAN = Lifecycle("plan", PlanState, start=PlanState.DRAFT, moves={
    (PlanState.DRAFT, "put_in_force"): Move(PlanState.IN_FORCE, Do.PLAN_PUT_IN_FORCE, N_("Put in force")),
    (PlanState.IN_FORCE, "supersede"): Move(PlanState.SUPERSEDED, Do.SYSTEM, N_("Supersede")),
})  # fmt: skip


def check_file(data: Any) -> list[str]:
    """What is wrong with an import file, as sentences (empty = nothing)."""
    if not isinstance(data, dict) or not isinstance(data.get("plan"), dict):
        return [N_("The file has no object “plan”.")]
    wrong = []
    for key in ("number", "date", "title_vi", "title_en", "issuing_body_vi"):
        if not data["plan"].get(key):
            wrong.append(f"plan.{key}: missing")
    try:
        date.fromisoformat(str(data["plan"].get("date")))
    except ValueError:
        wrong.append("plan.date: not a date (YYYY-MM-DD)")
    codes: set[str] = set()
    for kind in ("solution_groups", "sectors"):
        if not isinstance(data.get(kind), list) or not data[kind]:
            wrong.append(f"{kind}: missing")
    for sector in data.get("sectors") or []:
        for row in [sector, *(sector.get("items") or [])]:
            if not row.get("code") or row["code"] in codes:
                wrong.append(f"code {row.get('code')!r}: missing or twice")
            codes.add(row.get("code"))
        for item in sector.get("items") or []:
            if not item.get("text_vi"):
                wrong.append(f"item {item.get('code')}: text_vi is missing")
    return wrong


def refuse_bad_file(data: Any) -> None:
    """Raise Incomplete with the first thing wrong."""
    if wrong := check_file(data):
        raise Incomplete(N_("This file cannot be imported: %(why)s"), field="file", why=wrong[0])
