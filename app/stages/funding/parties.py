"""The head of a contract: who stands for both parties, with address and account, and what is still missing before it is signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.funding import queries
from app.stages.funding.models import Contract, Project
from app.stages.funding.rules import ContractState
from app.stages.proposals.costs import WARN, Check, Ruling

LABELS = {
    "a_signer": N_("Representative of party A"), "a_position": N_("Position of the representative of party A"), "a_address": N_("Address of party A"),
    "a_account": N_("Account of party A"), "b_signer": N_("Representative of party B"), "b_position": N_("Position of the representative of party B"),
    "b_address": N_("Address of party B"), "b_tax_code": N_("Tax code of party B"),
}  # fmt: skip


def said_of(project: Project) -> dict[str, str]:
    """What the register of organisations says of the host, to begin with."""
    host = project.host
    return {"b_signer": host.representative or queries.host_head(project), "b_address": host.address or "", "b_tax_code": host.tax_code or ""}


def set_parties(contract: Contract, told: Mapping[str, str | None], *, account: str | None, by: User, at: datetime, seen: Any = None) -> None:
    """Write the head of a draft. A signed contract changes only by an annex."""
    if contract.state != ContractState.DRAFT:
        raise WrongState(N_("A signed contract changes only by an annex."))
    check_seen(contract, seen)
    kept = {key: nfc(told.get(key) or "").strip() for key in LABELS}
    for key, text in kept.items():
        if len(text) > 300:
            raise Incomplete(N_("Please use at most %(n)d characters; this has %(have)d."), field=key, n=300, have=len(text))
    contract.parties, contract.account = kept, nfc(account or "").strip() or None
    db.session.flush()
    journal.record(contract, "set_parties", by=by, at=at, detail={"filled": [key for key, text in kept.items() if text]})


def checks(contract: Contract, *, on: date) -> list[Check]:
    """What the rulebook wants in the head of the contract, there or missing."""
    rule = rulebook.rule("funding.contract_needs", on=on)
    ruling, told = Ruling(rule.value, rule.source, rule.mark), contract.parties or {}
    found = []
    for need in rule.value:
        if need in LABELS:
            there = bool(told.get(need)) or (need in ("a_signer", "b_signer") and bool(getattr(contract, f"party_{need}")))
            found.append(Check(there, "parties", LABELS[need], {}, WARN, ruling))
        elif need == "b_account":
            found.append(Check(bool(contract.account), "parties", N_("Account of the host"), {}, WARN, ruling))
    return found
