"""The rules of a council in words, in the reader's language: what each asks, its value, where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from app.kernel.words import N_
from app.services.conflicts.rules import CAUSES
from app.services.councils.rules import SeatRole

FOLLOWS = {"never": N_("may not sit"), "not_in_roles": N_("may not hold the main roles"), "warn": N_("must give an explanation")}
SPANS = {"organisation": N_("earlier employer: %(n)s years"), "projects": N_("joint projects: %(n)s years"), "papers": N_("joint papers: %(n)s years")}
CODED = r": [^.]*[a-z]_[a-z][^.]*"  # what a note lists by the names that the data use


def in_words(rows: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One line a rule, in the order of their keys: {"what", "value" (words or None), "source", "mark"}."""
    return [{"what": _what(key, rule), "value": _value(key, rule), "source": rule.source, "mark": rule.mark} for key, rule in sorted(rows.items())]


def _what(key: str, rule: Any) -> str:
    if key.endswith(".exclusions"):
        return _("Who may not sit in the council")
    if key == "councils.conflict_causes":
        return _("What follows from other ties")
    if key == "councils.conflict_years":
        return _("How far back ties count as a conflict")
    if key == "councils.excluded_roles":
        return _("Main roles, which whoever has a conflict may not hold")
    if key.endswith(".adoption"):
        return _("Share of the votes that adopts a conclusion")
    note = rule.note_en if str(get_locale()) == "en" else rule.note_vi
    said = re.sub(CODED, "", note or "").rstrip(".")
    return said or _("A rule of the rulebook")


def _value(key: str, rule: Any) -> str | None:
    value = rule.value
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float):
        return {"working": _("%(n)s working days", n=value), "calendar": _("%(n)s calendar days", n=value)}.get(rule.unit, str(value))
    if key == "councils.conflict_years":
        return ", ".join(_(SPANS[what], n=n) for what, n in value.items() if what in SPANS)
    if key.endswith((".exclusions", ".conflict_causes")):
        return "; ".join(f"{_(CAUSES[cause])}: {_(FOLLOWS[how])}" for cause, how in value.items() if cause in CAUSES and how in FOLLOWS)
    if key == "councils.excluded_roles":
        return ", ".join(_(SeatRole(role).label) for role in value)
    if isinstance(value, dict) and isinstance(value.get("fraction"), list):
        share = "/".join(str(n) for n in value["fraction"])
        return _("more than %(share)s", share=share) if value.get("strict") else _("at least %(share)s", share=share)
    return None
