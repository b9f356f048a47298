"""The start-up checklist of a project: what the rulebook wants before it begins; most of it the system sees itself, the rest a person ticks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.kernel import journal
from app.kernel.clock import at_local, local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers import queries as papers
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.funding import gate, queries, revising
from app.stages.funding.models import Project, StartItem
from app.stages.funding.rules import ContractState, RevisionState

GROUPS = {"documents": N_("Documents"), "signatures": N_("Signatures"), "account": N_("Account"), "team": N_("Team")}


@dataclass(frozen=True)
class Item:
    """A line of the checklist, and whether it is there: seen by the system, or ticked by somebody."""

    code: str
    group: str
    label: dict[str, str]
    seen: bool
    done: bool
    row: StartItem | None = None


def _work(project: Project) -> bool:
    appraisal = queries.appraisal_of_project(project)
    revision = revising.of(appraisal) if appraisal is not None else None
    return revision is None or revision.state == RevisionState.ACCEPTED


def _signed(project: Project) -> bool:
    contract = queries.contract_of(project.id)
    return contract is not None and contract.state != ContractState.DRAFT


def _copy(project: Project) -> bool:
    """Is the contract's paper there with a signed scan or signed PDF?"""
    contract = queries.contract_of(project.id)
    issued = papers.of(contract) if contract is not None else []
    return bool(issued) and papers.have_scans(issued)


def _account(project: Project) -> bool:
    contract = queries.contract_of(project.id)
    return contract is not None and bool(contract.account)


SEEN: dict[str, Callable[[Project], bool]] = {
    "decision": lambda project: bool(project.decision_number), "work": _work, "contract": _signed, "copy": _copy, "account": _account,
}  # fmt: skip


def rule_items(at: datetime) -> list[dict[str, Any]]:
    """The lines of the checklist by the rulebook."""
    return list(rulebook.value("funding.start_up", on=local(at).date()))


def items(project: Project, *, at: datetime) -> list[Item]:
    """The checklist of a project, in the order of the rulebook."""
    rows = {row.code: row for row in db.session.scalars(select(StartItem).options(joinedload(StartItem.by)).where(StartItem.project_id == project.id))}
    found = []
    for line in rule_items(at):
        seen = bool(line["seen"]) and line["code"] in SEEN
        done = SEEN[line["code"]](project) if seen else line["code"] in rows
        found.append(Item(line["code"], line["group"], {"vi": line["vi"], "en": line["en"]}, seen, done, rows.get(line["code"])))
    return found


def binding(project_id: int, on: date) -> list[str]:
    """The lines that must be there before the first payment by the rulebook, and are not."""
    wanted = rulebook.value("funding.start_up_binds", on=on)
    if not wanted:
        return []
    return [item.code for item in items(queries.project_by_id(project_id), at=at_local(on)) if item.code in wanted and not item.done]


gate.START_UP.append(binding)


def check_ticking(project: Project, _by: User | None = None) -> None:
    """Raise WrongState for a project that is over, or older than this system."""
    if project.historic or queries.closing_of(project.id) is not None:
        raise WrongState(N_("This project has already ended."))


def _by_hand(code: str, at: datetime) -> None:
    if code not in {line["code"] for line in rule_items(at) if not line["seen"] or line["code"] not in SEEN}:
        raise Incomplete(N_("The checklist has no such line."))


def tick(project: Project, code: str, *, note: str | None, by: User, at: datetime) -> StartItem:
    """Confirm a line that the system cannot see. Twice is once."""
    check_ticking(project)
    _by_hand(code, at)
    said = nfc(note or "").strip()
    if len(said) > 300:
        raise Incomplete(N_("Please use at most %(n)d characters; this has %(have)d."), field="note", n=300, have=len(said))
    there = db.session.scalar(select(StartItem).where(StartItem.project_id == project.id, StartItem.code == code))
    if there is not None:
        return there
    row = StartItem(project_id=project.id, code=code, note=said or None, by_id=by.id, at=at)
    db.session.add(row)
    db.session.flush()
    journal.record(project, "tick_start", by=by, at=at, detail={"line": code, "note": said})
    return row


def untick(project: Project, code: str, *, by: User, at: datetime) -> None:
    """Take a confirmation back; the journal keeps both."""
    check_ticking(project)
    row = db.session.scalar(select(StartItem).where(StartItem.project_id == project.id, StartItem.code == code))
    if row is None:
        return
    db.session.delete(row)
    db.session.flush()
    journal.record(project, "untick_start", by=by, at=at, detail={"line": code})
