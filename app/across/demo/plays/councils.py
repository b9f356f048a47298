"""Plays of councils: seats are filled, the session is held, every ballot is cast by its member."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.across.demo.cast import Cast
from app.kernel.clock import local
from app.services.councils import actions, queries
from app.services.councils.models import AgendaItem, Council
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


def voted(cast: Cast, *, council: Council, answers: Answers) -> Council:
    """Every present member has cast on every item; the chair has opened all boxes. `answers` says what member n writes."""
    at = (council.meets_at or council.created_at) + timedelta(hours=1)
    for item in council.agenda:
        for n, seat in enumerate(s for s in council.seats if s.present):
            actions.cast(council, item, answers(item, n), by=seat.user, at=at)
    leader = queries.presiding(council)
    for item in council.agenda if leader is not None else ():
        actions.open_box(council, item, by=leader.user, at=at + timedelta(minutes=20))
    return queries.fresh(council)


def concluded(cast: Cast, *, council: Council, answers: Answers, at: datetime, size: int = 7, conclusion: str | None = None) -> Council:
    """The whole way of a drafted council: set up at `at`, in session sixteen days later, concluded the same day."""
    council = convened(cast, council=established(cast, council=council, at=at, size=size))
    council = voted(cast, council=council, answers=answers)
    end = (council.meets_at or at) + timedelta(hours=2)
    text = conclusion or "Hội đồng thống nhất với kết quả kiểm phiếu và kiến nghị cơ quan quản lý thực hiện các bước tiếp theo."
    actions.conclude(council, conclusion=text, by=cast["officer"], at=end)
    return queries.fresh(council)
