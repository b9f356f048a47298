"""Plays of appraisal councils: one that is voting now, one that has adopted the figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.across.demo.plays import councils, funding, selection
from app.across.demo.seasons import Bid, Season, checked_call, topic
from app.kernel.clock import local
from app.services.councils import actions as council_acts
from app.services.councils import queries as council_queries
from app.services.councils.models import Council
from app.stages.funding import actions, council, queries
from app.stages.funding.models import Appraisal, Project
from app.stages.selection.models import Round

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AGREE = {"verdict": council.AGREE}
DISAGREE = {"verdict": council.DISAGREE, "remark": "Đề nghị giảm khoản thuê thiết bị theo định mức của tỉnh."}


def voting_now(cast: Cast, names: Iterator[str], as_of: datetime) -> None:
    """The budget of one more call is voted on now."""
    at = as_of - 130 * DAY
    season = checked_call(cast, [topic(cast, names, at, by="pi4")], at, [Bid(0, "pi4", 580_000_000)])
    found = selection.concluded(cast, call_topic=season.topics[0], at=at + 70 * DAY)
    began = as_of - timedelta(minutes=50)
    if local(began).date() != local(as_of).date():  # a session is opened on its day
        began = as_of
    in_vote(cast, seated(cast, _begun(cast, found, at + 90 * DAY), began - 16 * DAY))


def awarded(cast: Cast, season: Season, place: int) -> Project:
    """A project whose budget a council has appraised and adopted: in session 106 days into the season, approved five days later."""
    found = selection.concluded(cast, call_topic=season.topics[place], at=season.at + 70 * DAY)
    row, at = _begun(cast, found, season.at + 89 * DAY), season.at + 108 * DAY
    adopted(cast, seated(cast, row, season.at + 90 * DAY))
    funding.revised(cast, appraisal=row, at=at)
    terms = queries.terms_of(row, on=local(at).date())
    submission = actions.submit_award(row, number=f"{100 + row.id}/TTr-SKHCN", remark=None, by=cast["officer"], at=at, **terms)
    day = local(at + 3 * DAY).date()
    funding.year_budgets(cast, first=day.year, last=day.year + 3, at=at)
    return actions.approve(submission, number=f"{4000 + submission.id}/QĐ-UBND", dated=day, by=cast["province"], at=at + 3 * DAY)


def _begun(cast: Cast, found: Round, at: datetime) -> Appraisal:
    return actions.begin_appraisal(funding.recommended(found), by=cast["officer"], at=at)


def seated(cast: Cast, appraisal: Appraisal, at: datetime) -> Council:
    """The appraisal before its established council, which meets sixteen days after `at`."""
    return councils.established(cast, council=council.put_to_council(appraisal, by=cast["officer"], at=at), at=at)


def voting(cast: Cast, held: Council) -> Council:
    """Its open session at the ballot; before it an officer enters line by line what the team allows."""
    held = councils.voting(cast, council=held)
    row, at = council_queries.subject_of(held.agenda[0]), held.meets_at or held.created_at
    actions.open_appraisal(row, held_on=local(at).date(), place=held.place or "", by=cast["officer"], at=at)
    line = queries.lines_of(row)[0]
    actions.appraise(row, {line.public_id: (None, line.asked - 8_000_000, "Điều chỉnh theo định mức của tỉnh")}, by=cast["officer"], at=at)
    return held


def adopted(cast: Cast, held: Council) -> Council:
    """One member does not agree, the others do: the appraisal ends with the session."""
    held = councils.voted(cast, council=voting(cast, held), answers=lambda _item, n: DISAGREE if n == 5 else AGREE)
    council_acts.conclude(held, conclusion="Tổ thẩm định thống nhất mức kinh phí từng khoản như bảng thẩm định.", by=cast["officer"], at=(held.meets_at or held.created_at) + 2 * HOUR)
    return held


def in_vote(cast: Cast, held: Council) -> Council:
    """Three have voted, the others are awaited."""
    held = voting(cast, held)
    at = held.meets_at or held.created_at
    for account in ("member1", "member3", "member6"):
        council_acts.cast(held, held.agenda[0], AGREE, by=cast[account], at=at + timedelta(minutes=20))
    return held
