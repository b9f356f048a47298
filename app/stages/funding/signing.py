"""Who may sign the decision on an award: the office and its limit by the rulebook, and nobody who has a part in the dossier or its appraisal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import NotAllowed
from app.kernel.words import N_
from app.services.councils import queries as councils
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.funding import queries
from app.stages.funding.models import Appraisal, Submission
from app.stages.funding.rules import check_other_person, check_signer
from app.stages.proposals.models import Proposal, TeamMember


@dataclass(frozen=True)
class Office:
    """Who signs on a day: the rule, and the most that delegated power covers, with its source."""

    signer: str
    source: str
    most: int | None
    limit_source: str


def office(*, on: date) -> Office:
    """The office that signs approval decisions on a day."""
    rules = rulebook.rules(("funding.signer", "funding.signer_limits"), on=on)
    limits = {limit["role"]: int(limit["most"]) for limit in rules["funding.signer_limits"].value}
    signer = rules["funding.signer"]
    return Office(str(signer.value), signer.source, limits.get("leader") if signer.value == "leader" else None, rules["funding.signer_limits"].source)


def check_office(by: User, amount: int, *, on: date) -> None:
    """Raise NotAllowed unless this person holds the office that signs, for so much state money."""
    holds = office(on=on)
    check_signer(by.roles, holds.signer)
    if holds.most is not None and amount > holds.most and "province" not in by.roles:
        raise NotAllowed(N_("Delegated power covers %(most)s đồng of state money; above it the people's committee signs."), most=f"{holds.most:,}".replace(",", "."))


def check_may_sign(submission: Submission, by: User) -> None:
    """Raise NotAllowed unless this person's office signs today for the money of the submission."""
    check_office(by, submission.approved_state, on=clock.today())


def applies(proposal_id: int, by: User) -> bool:
    """Is this person of the dossier's team or host?"""
    proposal = db.session.get_one(Proposal, proposal_id)
    of_team = db.session.scalar(select(exists().where(TeamMember.proposal_id == proposal.id, TeamMember.user_id == by.id)))
    return bool(of_team) or proposal.pi_id == by.id or by.belongs_to(proposal.host_id)


def check_apart(appraisal: Appraisal, by: User | None) -> None:
    """Raise NotAllowed for who applied for the money: nobody appraises the own budget."""
    if by is not None and applies(appraisal.proposal_id, by):
        raise NotAllowed(N_("You belong to this project or its host. Somebody else must do this."))


def has_part(appraisal: Appraisal, by: User) -> bool:
    """Is this person of the dossier's team or host, or did they appraise its budget?"""
    if applies(appraisal.proposal_id, by) or by.id in (appraisal.opened_by_id, appraisal.concluded_by_id):
        return True
    council = councils.council_of_subject(appraisal)
    return council is not None and any(seat.user_id == by.id for seat in council.seats)


def check_decider(submission: Submission, by: User) -> None:
    """Raise NotAllowed for who submitted it, applied for it, or appraised it: another person signs."""
    check_other_person(by.id, submission.submitted_by_id)
    if has_part(queries.appraisal_by_id(submission.appraisal_id), by):
        raise NotAllowed(N_("You belong to the team or the host, or you appraised this budget: another person must sign."))
