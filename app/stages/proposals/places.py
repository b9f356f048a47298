"""The sections of a dossier by name: what can be given to a member, commented on, and sent back for changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.stages.proposals import work
from app.stages.proposals.drafts import mark_of
from app.stages.proposals.models import Proposal
from app.stages.proposals.texts import codes_of

OTHERS = {"general": N_("General information"), "team": N_("Team"), "products": N_("Products"), "uses": N_("Plan of use"), "plan": N_("Work plan"), "budget": N_("Budget"), "files": N_("Files")}
SNAPSHOT = {"general": ("title", "aim", "duration_months"), "team": ("team",), "products": ("products",), "uses": ("uses",), "plan": ("milestones",), "budget": ("lines", "spending"), "files": ("files",)}


def labels(proposal: Proposal) -> dict[str, str | Mapping[str, str]]:
    """Every section: a sentence of ours, or what the form calls it by language; those of the work description first."""
    found: dict[str, str | Mapping[str, str]] = {}
    for section in work.form_of(proposal).definition["sections"]:
        number = f"{section['number']}. " if section.get("number") else ""
        found[f"work-{section['code']}"] = {lang: f"{number}{text}" for lang, text in section["label"].items()}
    return found | OTHERS


def check(proposal: Proposal, place: str, *, field: str = "place") -> str:
    """The place, or Incomplete when this dossier has no such section."""
    if place not in labels(proposal):
        raise Incomplete(N_("Please choose one from the list."), field=field)
    return place


def marks_of(proposal: Proposal, said: Mapping[str, Any]) -> dict[str, str]:
    """A hash of each section as the snapshot `said` has it."""
    definition, answers = work.form_of(proposal).definition, said["work"] or {}
    found = {f"work-{s['code']}": mark_of({c: answers[c] for c in sorted(codes_of(definition, s["code"])) if c in answers}) for s in definition["sections"]}
    return found | {place: mark_of(*(said[key] for key in keys)) for place, keys in SNAPSHOT.items()}
