"""A made-up dossier, as the address describes it, and what the checks would say of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from app.kernel.text import nfc
from app.kernel.words import N_
from app.stages.proposals.rules import (
    Finding,
    Problem,
    Source,
    TeamRole,
    findings,
    problems,
)

LONGEST = 500
WORDS = ("title", "aim", "months", "budget")
TICKS = ("pi", "product", "signed", "late")


@dataclass(frozen=True)
class TrialDossier:
    """What an officer typed and ticked to see what happens."""

    title: str = ""
    aim: str = ""
    months: int = 0
    budget: int = 0
    pi: bool = False
    product: bool = False
    signed: bool = False
    late: bool = False
    sections: frozenset[str] = field(default_factory=frozenset)
    documents: frozenset[str] = field(default_factory=frozenset)


def read(args: Mapping[str, str], sections: list[str], documents: list[str]) -> TrialDossier:
    """The dossier of the address. What cannot be read counts as empty."""
    numbers = {name: _number(args.get(name, "")) for name in ("months", "budget")}
    ticks = {name: bool(args.get(name)) for name in TICKS}
    return TrialDossier(title=nfc(args.get("title", ""))[:LONGEST], aim=nfc(args.get("aim", ""))[:LONGEST], **numbers, **ticks,
                        sections=frozenset(s for s in sections if args.get(f"section-{s}")),
                        documents=frozenset(d for d in documents if args.get(f"document-{d}")))  # fmt: skip


def _number(text: str) -> int:
    bare = text.replace(".", "").replace(" ", "")[:13]
    return int(bare) if bare.isascii() and bare.isdigit() else 0


def missing(dossier: TrialDossier, kind: Mapping[str, Any], ceiling: int | None) -> list[Problem]:
    """What the system would refuse at the host's sign-off: the very check of real dossiers."""
    lines = [SimpleNamespace(source=Source.STATE, amount=dossier.budget)] if dossier.budget else []
    draft = SimpleNamespace(
        title=dossier.title, aim=dossier.aim, duration_months=dossier.months, lines=lines,
        team=[SimpleNamespace(role=TeamRole.PI)] if dossier.pi else [], products=["x"] if dossier.product else [], file_kinds=dossier.documents)  # fmt: skip
    empty = any(s["needed"] and s["code"] not in dossier.sections for s in kind["sections"])
    work = [Problem("work", N_("Every section of the work description needs a text."))] if empty else []
    needed = [{"code": d["code"], "vi": d["name"], "en": d["name"]} for d in kind["documents"] if d["needed"]]  # named in the page's language already
    return problems(draft, ceiling=ceiling, work=work, kinds_needed=needed)


def checked(dossier: TrialDossier, kind: Mapping[str, Any]) -> list[Finding]:
    """What an officer would be shown at the check of eligibility."""
    needed = [(d["name"], d["code"] in dossier.documents) for d in kind["documents"] if d["needed"]]
    source = kind["documents_rule"]["source"] if kind["documents_rule"] else ""
    return findings(documents=needed, documents_source=source, in_time=not dossier.late, signed=dossier.signed, host_barred=False, pi_barred=False, leads=[],
                    one_at_a_time=None)  # fmt: skip
