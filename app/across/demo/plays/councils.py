"""Plays of councils: seats are filled, the session is held, every ballot is cast by its member."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.across.demo.cast import Cast
from app.kernel.clock import local
from app.services.councils import actions, queries
from app.services.councils.models import AgendaItem, Council
from app.services.councils.room import actions as room
from app.services.councils.room import queries as rooms
from app.services.councils.rules import SeatRole

DAY = timedelta(days=1)
ROLES = (SeatRole.CHAIR, SeatRole.VICE_CHAIR, SeatRole.REVIEWER, SeatRole.REVIEWER, SeatRole.SECRETARY, SeatRole.MEMBER, SeatRole.MEMBER)
PEOPLE = ("member1", "member2", "member3", "member4", "member5", "member6", "member7", "member8")
Answers = Callable[[AgendaItem, int], Mapping[str, Any]]


def appointed(cast: Cast, *, council: Council, at: datetime, size: int = 7) -> Council:
    """The council with as many members as named, in the usual roles; who is in conflict is passed over."""
    explained = "Được mời với tư cách chuyên gia, đã xem xét khả năng xung đột lợi ích."
    free = iter(PEOPLE)
    for role in ROLES[:size]:
        actions.appoint(council, cast[next(free)], role, explanation=explained, by=cast["officer"], at=at)
        council = queries.fresh(council)
    actions.schedule(council, meets_at=at + 16 * DAY, place="Phòng họp 2, Sở Khoa học và Công nghệ", by=cast["officer"], at=at)
    return council


def proposed(cast: Cast, *, council: Council, at: datetime, size: int = 7) -> Council:
    """A council that waits for the leader's decision."""
    council = appointed(cast, council=council, at=at, size=size)
    actions.propose(council, by=cast["officer"], at=at)
    return queries.fresh(council)


def established(cast: Cast, *, council: Council, at: datetime, size: int = 7) -> Council:
    """An established council: it meets sixteen days after `at`."""
    council = proposed(cast, council=council, at=at, size=size)
    number = f"{200 + council.id}/QĐ-SKHCN"
    actions.establish(council, number=number, dated=local(at).date(), by=cast["leader"], at=at)
    return queries.fresh(council)


def convened(cast: Cast, *, council: Council, absent: tuple[str, ...] = ()) -> Council:
    """The open session, at the hour for which it was called; everybody but the absent has declared no conflict."""
    at = council.meets_at or council.created_at
    there = [seat for seat in council.seats if seat.user.email.partition("@")[0] not in absent]
    for seat in there:
        actions.declare(council, {}, by=seat.user, at=at)
    elected = next((seat.public_id for seat in there if seat.role == SeatRole.MEMBER), None)  # when the secretary is absent
    actions.attend(council, {seat.public_id for seat in there}, secretary=elected, by=cast["officer"], at=at)
    actions.convene(council, by=cast["officer"], at=at)
    return queries.fresh(council)


def to_step(cast: Cast, *, council: Council, opens: str, item: AgendaItem | None = None, at: datetime) -> Council:
    """By the order of work, step by step, to the one that opens this: the discussion, the ballot, the box, the conclusion."""
    course = rooms.course_of(council, at)
    while not course.is_at(opens, item):
        if course.station is not None and course.station.leaves("tellers") and not council.tellers:
            elected(cast, council=council, at=at)
        room.move_on(council, by=cast["officer"], at=at)
        course = rooms.course_of(council, at)
    return council


def elected(cast: Cast, *, council: Council, at: datetime) -> None:
    """The counting team by the rule, who keeps the session at its head, nobody who presides."""
    rule, keeper, leader = queries.rules_of(council, on=local(at).date())[f"councils.{council.kind}.counting_team"], queries.keeping(council), queries.presiding(council)
    others = [u for u in actions.may_count(council) if leader is None or u.id != leader.user_id]
    team = dict.fromkeys(u.public_id for u in [*([keeper.user] if keeper else []), *reversed(others)])
    actions.elect_tellers(council, list(team)[: rule["members"]], by=cast["officer"], at=at)


def voting(cast: Cast, *, council: Council, absent: tuple[str, ...] = ()) -> Council:
    """The open session at the ballot of its first item."""
    council = convened(cast, council=council, absent=absent)
    return to_step(cast, council=council, opens="ballot", at=council.meets_at or council.created_at)


def voted(cast: Cast, *, council: Council, answers: Answers) -> Council:
    """Every present member has cast on every item; the chair has opened all boxes, each at its step. `answers` says what member n writes."""
    at = (council.meets_at or council.created_at) + timedelta(hours=1)
    leader = queries.presiding(council)
    while left := queries.open_items(council):
        first = left[0]
        to_step(cast, council=council, opens="ballot", item=first, at=at)
        course = rooms.course_of(council, at)
        for item in (i for i in left if course.is_at("ballot", i)):
            for n, seat in enumerate(s for s in council.seats if s.present):
                actions.cast(council, item, answers(item, n), by=seat.user, at=at)
        if leader is None:
            break
        to_step(cast, council=council, opens="box", item=first, at=at)
        course = rooms.course_of(council, at)
        for item in (i for i in left if course.is_at("box", i)):
            actions.open_box(council, item, by=leader.user, at=at + timedelta(minutes=5))
        at += timedelta(minutes=6)
        queries.fresh(council)
    return to_step(cast, council=queries.fresh(council), opens="conclusion", at=at)


def concluded(cast: Cast, *, council: Council, answers: Answers, at: datetime, size: int = 7, conclusion: str | None = None) -> Council:
    """The whole way of a drafted council: set up at `at`, in session sixteen days later, concluded the same day."""
    council = convened(cast, council=established(cast, council=council, at=at, size=size))
    council = voted(cast, council=council, answers=answers)
    end = (council.meets_at or at) + timedelta(hours=2)
    text = conclusion or "Hội đồng thống nhất với kết quả kiểm phiếu và kiến nghị cơ quan quản lý thực hiện các bước tiếp theo."
    actions.conclude(council, conclusion=text, by=cast["officer"], at=end)
    return queries.fresh(council)
