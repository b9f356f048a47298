"""What the dossier planned to become of its products, beside what became of them: the plan of use from the proposal on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)

from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.text import fold
from app.kernel.words import N_, Face
from app.services.people.models import Organisation, User
from app.stages.acceptance.models import Result
from app.stages.funding import queries as funding
from app.stages.funding.models import Project, ProjectProduct
from app.stages.proposals.models import PlannedUse, ProposalProduct
from app.stages.transfer.models import Agreement, FollowUp, Handover
from app.stages.transfer.queries.results import office
from app.stages.transfer.rules import IN_FORCE, FollowUpState, HandoverState, Usage


class Became(Face):
    """What became of a planned use."""

    USED = "used", N_("In use"), "green"
    UNUSED = "unused", N_("Handed over, not used"), "red"
    HANDED_OVER = "handed_over", N_("Handed over"), "blue"
    CONTRACT = "contract", N_("Contract in force"), "purple"
    OFFERED = "offered", N_("Offered"), "amber"
    REFUSED = "refused", N_("Refused by the receiver"), "red"
    NOTHING = "nothing", N_("Nothing yet"), "grey"


# a handover fulfils the planned use it names; one that names none, that of the same receiver
_FULFILS = and_(Handover.project_id == Project.id, or_(Handover.planned_use_pid == PlannedUse.public_id, and_(Handover.planned_use_pid.is_(None), Handover.receiver_id == PlannedUse.organisation_id)))


def _handed(state: HandoverState) -> ColumnElement[bool]:
    return exists().where(_FULFILS, Handover.state == state)


def _verified(*usage: Usage) -> ColumnElement[bool]:
    return exists().where(_FULFILS, FollowUp.handover_id == Handover.id, FollowUp.state == FollowUpState.VERIFIED, FollowUp.usage.in_(usage))


def became() -> ColumnElement[str]:
    """What became of a PlannedUse of a Project (a value of Became)."""
    deal = exists().where(Agreement.project_id == Project.id, Agreement.recipient_id == PlannedUse.organisation_id, Agreement.state.in_(IN_FORCE))
    answers = ((_verified(Usage.YES, Usage.PARTLY), Became.USED), (_verified(Usage.NO), Became.UNUSED), (_handed(HandoverState.HANDED_OVER), Became.HANDED_OVER), (deal, Became.CONTRACT),
               (_handed(HandoverState.OFFERED), Became.OFFERED), (_handed(HandoverState.REFUSED), Became.REFUSED))  # fmt: skip
    return case(*((condition, literal(str(answer))) for condition, answer in answers), else_=literal(str(Became.NOTHING)))


def statement(user: User) -> Select[Any]:
    """A row for each planned use of an approved project this person may see: PlannedUse, project, product, receiver, and what became of it."""
    found = (select(PlannedUse, PlannedUse.id, Project.code, Project.title, Project.public_id.label("project_pid"), Project.starts_on, ProposalProduct.name.label("product"),
                    func.coalesce(Organisation.name, PlannedUse.receiver).label("receiver"), became().label("became"))
             .join(Project, Project.proposal_id == PlannedUse.proposal_id).outerjoin(ProposalProduct, ProposalProduct.id == PlannedUse.product_id)
             .outerjoin(Organisation, Organisation.id == PlannedUse.organisation_id))  # fmt: skip
    return found if office(user) else found.where(funding.visible(user))


def of_result(result: Result) -> list[Any]:
    """The planned uses of the product that this result came of, and those of the project's products altogether, whoever asks."""
    product = select(ProjectProduct.name).where(ProjectProduct.id == result.project_product_id).scalar_subquery()
    rows = (select(PlannedUse, ProposalProduct.name.label("product"), func.coalesce(Organisation.name, PlannedUse.receiver).label("receiver"), became().label("became"))
            .join(Project, Project.proposal_id == PlannedUse.proposal_id).outerjoin(ProposalProduct, ProposalProduct.id == PlannedUse.product_id)
            .outerjoin(Organisation, Organisation.id == PlannedUse.organisation_id)
            .where(Project.id == result.project_id, or_(PlannedUse.product_id.is_(None), ProposalProduct.name == product)).order_by(PlannedUse.id))  # fmt: skip
    return list(db.session.execute(rows))


def by_pid(pid: str, project: Project) -> PlannedUse | None:
    """One planned use of this project."""
    return db.session.scalar(select(PlannedUse).where(PlannedUse.public_id == pid, PlannedUse.proposal_id == project.proposal_id))


def of_handover(handover: Handover) -> PlannedUse | None:
    """The planned use that a handover fulfils, when it names one."""
    return db.session.scalar(select(PlannedUse).where(PlannedUse.public_id == handover.planned_use_pid)) if handover.planned_use_pid else None


def check_of(planned: PlannedUse | None, project: Project) -> None:
    """Raises Incomplete for a planned use of another project."""
    if planned is not None and planned.proposal_id != project.proposal_id:
        raise Incomplete(N_("This planned use belongs to another project."), field="receiver")


def with_words(found: Select[Any], words: str) -> Select[Any]:
    """Planned uses whose project's title or code, or receiver, holds the words."""
    wanted = fold(words)
    return found.where(or_(Project.folded.contains(wanted, autoescape=True), Project.code.icontains(words, autoescape=True), PlannedUse.receiver.icontains(words, autoescape=True), Organisation.name.icontains(words, autoescape=True)))
