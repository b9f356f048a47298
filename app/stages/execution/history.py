"""The contract of a project over time: first against amended value, dates, people and products; change by change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.kernel.words import N_
from app.services.people.models import Organisation, User
from app.stages.execution import figures
from app.stages.execution.models import Adjustment
from app.stages.execution.replanning import promised_days
from app.stages.execution.rules import AdjustmentKind
from app.stages.funding import queries as funding
from app.stages.funding.models import Appraisal, Contract, Project, Submission
from app.stages.funding.rules import SubmissionState, end_of
from app.stages.proposals.models import Proposal


@dataclass(frozen=True)
class Fact:
    """Something of the contract, as it was first and as it is now."""

    what: str
    first: Any
    now: Any

    @property
    def changed(self) -> bool:
        return bool(self.first != self.now)


@dataclass(frozen=True)
class History:
    """What changed of a contract: facts, changes made, and each product with its words of the award and where it is."""

    facts: list[Fact]
    changes: list[tuple[Adjustment, str]]  # with what changed from what, as its annex says it
    products: list[tuple[Any, Any, Any]]  # (product, what the last report says of it, its day)


def made(project_id: int) -> list[Adjustment]:
    """The changes that were made, oldest first."""
    return list(db.session.scalars(select(Adjustment).options(joinedload(Adjustment.requested_by)).where(
        Adjustment.project_id == project_id, Adjustment.state.in_(figures.MADE)).order_by(Adjustment.id)))  # fmt: skip


def history(project: Project, contract: Contract | None) -> History:
    """First against amended, in a constant number of queries."""
    changes = made(project.id)
    terms = db.session.execute(
        select(Submission.approved_state, Submission.approved_counterpart, User.name, Organisation.name).join(Appraisal, Appraisal.id == Submission.appraisal_id)
        .join(Proposal, Proposal.id == Appraisal.proposal_id).join(User, User.id == Proposal.pi_id).join(Organisation, Organisation.id == Proposal.host_id)
        .where(Appraisal.proposal_id == project.proposal_id, Submission.state == SubmissionState.APPROVED)).first()  # fmt: skip
    annexes = {a.number: a.summary for a in funding.annexes_of(contract.id)} if contract else {}
    first_end = project.ends_on if project.historic else end_of(project.starts_on, project.duration_months)
    facts = [
        Fact(N_("State budget"), terms[0] if terms else project.approved_state, project.approved_state),
        Fact(N_("Counterpart funds"), terms[1] if terms else project.approved_counterpart, project.approved_counterpart),
        Fact(N_("Start"), project.starts_on, contract.starts_on if contract else project.starts_on),
        Fact(N_("End of the contract"), first_end, contract.ends_on if contract else project.ends_on),
        Fact(N_("Months added by extensions"), 0, sum(c.months or 0 for c in changes if c.kind == AdjustmentKind.EXTENSION)),
        Fact(N_("Annexes of the contract"), 0, len(annexes)),
        Fact(N_("Principal investigator"), terms[2] if terms else project.pi_name, project.pi_name),
        Fact(N_("Host organisation"), terms[3] if terms else project.host.name, project.host.name),
        Fact(N_("Title of the project"), next((c.before for c in changes if c.kind == AdjustmentKind.TITLE), project.title), project.title),
    ]
    days = {name: day for what, name, day in (promised_days(project, contract) if contract else []) if what.startswith("Product")}
    last = figures.last_handed_in(project.id)
    said = figures.products_said(last.id) if last is not None else {}
    told = [(c, annexes.get(c.annex_number or 0) or f"{c.before or '–'} → {c.after or '–'}") for c in changes]
    return History(facts, told, [(p, said.get(p.id), days.get(p.name)) for p in funding.products_of(project)])
