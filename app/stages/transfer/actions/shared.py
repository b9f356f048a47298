"""What verbs ask first, and pages before they show a form: `(row, by) -> None`, raising WrongState or NotAllowed."""

from __future__ import annotations

from typing import Any

from app.kernel import clock
from app.kernel.errors import NotAllowed, WrongState
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.acceptance.models import Result
from app.stages.acceptance.rules import ResultState
from app.stages.funding import queries as awards
from app.stages.funding.actions.shared import check_stranger
from app.stages.transfer import queries
from app.stages.transfer.effect import check_judged
from app.stages.transfer.models import FollowUp, Interest
from app.stages.transfer.queries.panels import panel_of
from app.stages.transfer.rules import (
    OPEN_REPORTS,
    InterestState,
    check_giver,
    check_order,
    check_transferable,
    check_writable,
)


def check_registered(result: Result, _by: User | None = None) -> None:
    """Is the result registered, and its project recognised?"""
    check_transferable(result.state == ResultState.REGISTERED, queries.is_recognised(result.project_id))


def check_gates(result: Result, _by: User | None = None) -> None:
    """Are the steps passed that the order in force puts before a handover: final accounts, liquidation?"""
    project = awards.project_by_id(result.project_id)
    if not project.historic and awards.contract_of(project.id) is not None:
        check_order(rulebook.value("acceptance.gates", on=project.decision_date), queries.closed_steps(project.id))


def check_gives(row: Any, by: User) -> None:
    """May this person give away what the project of this result, handover or agreement made?"""
    check_giver(queries.may_give(by, awards.project_by_id(row.project_id)))


def check_apart(row: Any, by: User) -> None:
    """Nobody judges, registers or lets go what comes of the project of the own team or house. Raises NotAllowed."""
    check_stranger(awards.project_by_id(row.project_id), by)


def check_reporter(follow_up: FollowUp, by: User) -> None:
    """May this person write this report?"""
    if not queries.may_report(by, queries.follow_up_whole(follow_up.id)):
        raise NotAllowed(N_("Only the receiver, the investigator or the host's manager may report on the use."))


def check_year_over(follow_up: FollowUp, _by: User | None = None) -> None:
    """Is the report due, or soon?"""
    today = clock.today()
    check_writable(follow_up, today, int(rulebook.value("transfer.report_ahead_days", on=today)))


def check_link(follow_up: FollowUp, by: User) -> None:
    """May this person have the link to the short form mailed now?"""
    check_gives(follow_up, by)
    if follow_up.state not in OPEN_REPORTS:
        raise WrongState(N_("This report is written already."))


def check_talks(interest: Interest, by: User) -> None:
    """May this person write down how the talks go, and draft the contract?"""
    check_gives(interest, by)
    if interest.state != InterestState.IN_TALKS:
        raise WrongState(N_("There are no talks about this message now."))


def check_follows(result: Result, by: User) -> None:
    """May reports of the host itself be scheduled now?"""
    check_giver(by.can(Do.TRANSFER_VERIFY))
    check_registered(result)
    if queries.has_follow_ups(result.id, None):
        raise WrongState(N_("The host's reports are scheduled already."))


def check_evaluable(result: Result, by: User) -> None:
    """Does an evaluation have a verified report to stand on, and the conclusion of a council where one is foreseen or at work?"""
    check_reported(result, by)
    panel = panel_of(result)
    check_judged(panel.under_way, panel.rating is not None, panel.needed, panel.source)


def check_reported(result: Result, by: User) -> None:
    """Is there a verified report on the use, and is this person from outside the project and its host?"""
    check_apart(result, by)
    if not queries.figures_of(result.id)["reports"]:
        raise WrongState(N_("There is no verified report on the use yet: an evaluation stands on at least one."))


def check_public(result: Result, _by: User | None = None) -> None:
    """Is the result on the public list?"""
    if not result.is_public:
        raise WrongState(N_("This result is not on the public list."))
