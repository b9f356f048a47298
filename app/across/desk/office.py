"""What waits in the office: papers of the last months without a number or signed scan; people who say where they belong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select

from app.across.desk.waiting import TODAY, lines
from app.kernel.permissions import Do
from app.services.charges.models import Deputy
from app.services.charges.rules import offices
from app.services.papers import queries as papers
from app.services.papers.models import Paper
from app.services.people.models import User
from app.services.people.rules import Role
from app.services.profiles.models import OrganisationRequest
from app.services.profiles.rules import RequestState
from app.stages.ideas.models import LinkRequest
from app.stages.ideas.rules import LinkRequestState

RECENT = timedelta(days=90)  # older ones are found in the register
# written by others, or numbered by a series of their own: the registry gives these none
NOT_NUMBERED = ("ideas/receipt", "proposals/receipt", "acceptance/rating_sheet", "acceptance/self_evaluation", "acceptance/early_notice", "acceptance/team_report", "acceptance/registration", "funding/payment_request",
                "transfer/followup_report")  # fmt: skip


def _papers(user: User, at: datetime, endpoint: str, *where: Any) -> list[Select[Any]]:
    if not user.can(Do.PAPERS_NUMBER) or Role.REGISTRY not in user.roles:
        return []
    return [lines(endpoint, Paper.public_id, Paper.title, since=Paper.issued_at, hint=Paper.body)
            .where(Paper.issued_at > at - RECENT, Paper.template.not_in(NOT_NUMBERED), papers.unsealed(), *where)]  # fmt: skip


def papers_to_number(user: User, at: datetime) -> list[Select[Any]]:
    """Issued papers that have no number yet."""
    return _papers(user, at, "papers.number", Paper.number.is_(None))


def papers_to_scan(user: User, at: datetime) -> list[Select[Any]]:
    """Numbered papers whose signed scan is awaited."""
    return _papers(user, at, "papers.attach_scan", Paper.number.is_not(None), papers.unscanned())


def belonging_to_confirm(user: User, _at: datetime) -> list[Select[Any]]:
    """Requests about organisations: an officer decides all of them, a manager those for the own organisation; nobody the own one."""
    asked = lines("profiles.show", OrganisationRequest.public_id, OrganisationRequest.name, since=OrganisationRequest.asked_at, hint=User.name)
    asked = asked.join(User, User.id == OrganisationRequest.user_id).where(OrganisationRequest.state == RequestState.ASKED, OrganisationRequest.user_id != user.id)
    if user.can(Do.PEOPLE_CONFIRM):
        return [asked]
    managed = [m.organisation_id for m in user.live_memberships if m.is_manager]
    return [asked.where(OrganisationRequest.is_new.is_(False), OrganisationRequest.organisation_id.in_(managed))] if managed else []


def link_requests(user: User, _at: datetime) -> list[Select[Any]]:
    """Organisations that ask for a link to the order form."""
    if not user.can(Do.IDEAS_RETURN):
        return []
    return [lines("ideas.link_request", LinkRequest.public_id, LinkRequest.body, since=LinkRequest.asked_at, hint=LinkRequest.name).where(LinkRequest.state == LinkRequestState.ASKED)]


def deputised(user: User, _at: datetime) -> list[Select[Any]]:
    """People this person deputises for today."""
    if not offices(user.roles):
        return []
    return [lines("clock.of", User.public_id, User.name, due=Deputy.last_day, hint=Deputy.reason).select_from(Deputy).join(User, User.id == Deputy.absent_id)
            .where(Deputy.deputy_id == user.id, Deputy.first_day <= TODAY, Deputy.last_day >= TODAY, Deputy.ended_at.is_(None))]  # fmt: skip
