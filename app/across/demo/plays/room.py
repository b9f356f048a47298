"""Plays of the room: a session that is going on now, and a council whose members are late with their remarks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.across.demo.plays import calls, councils, proposals
from app.across.demo.seasons import topic
from app.kernel.clock import local
from app.services.councils import actions, queries
from app.services.councils.models import Council
from app.services.councils.remarks import actions as remarks
from app.services.councils.room import actions as room
from app.services.councils.room import queries as rooms
from app.services.councils.room import talk
from app.services.councils.room.rules import How
from app.stages.calls import queries as call_queries
from app.stages.selection import actions as selection

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
REMARKS = (
    {"strengths": "Vấn đề đặt ra sát thực tế của tỉnh, nhóm thực hiện có kinh nghiệm và đã có đơn vị cam kết tiếp nhận.", "weaknesses": "Phương án nhân rộng còn chung chung; cần nêu rõ quy mô mô hình và chi phí trên mỗi héc ta.",
     "questions": "Mô hình dự kiến bao nhiêu héc ta, ở những xã nào?", "opinion": "Đề nghị thực hiện sau khi làm rõ phương án nhân rộng."},
    {"strengths": "Phương pháp nghiên cứu phù hợp, sản phẩm rõ ràng.", "weaknesses": "Dự toán phần thiết bị cao so với khối lượng công việc.", "opinion": "Đề nghị thực hiện, rà soát lại dự toán."},
    {"strengths": "Có tính mới ở cách kết hợp cảm biến với lịch tưới.", "weaknesses": "Chưa so sánh với các nhiệm vụ tương tự đã có.", "opinion": "Đề nghị thực hiện."},
)  # fmt: skip


def both(cast: Cast, names: Iterator[str], as_of: datetime) -> None:
    """The session of today stands at the discussion of its first item; the other council meets later today and waits for remarks."""
    began = as_of - 50 * MINUTE
    if local(began).date() != local(as_of).date():  # a session is opened on its day
        began = as_of
    held = in_session(cast, council=_council(cast, names, as_of - 16 * DAY), at=began)
    to_the_discussion(cast, council=held, at=began, until=as_of)
    waiting = _council(cast, names, as_of - 16 * DAY + timedelta(hours=6), bids=(("pi2", "host1"),))
    late_remarks(cast, council=waiting, as_of=as_of)


def _council(cast: Cast, names: Iterator[str], at: datetime, *, bids: tuple[tuple[str, str], ...] = (("pi5", "host3"), ("pi6", "host3"))) -> Council:
    """An established selection council for the dossiers of one topic."""
    season = calls.published_call(cast, topics=[topic(cast, names, at - 90 * DAY)], at=at - 60 * DAY)
    place = call_queries.topics_of(season)[0]
    rows = [proposals.submitted(cast, call_topic=place, at=at - (45 - n) * DAY, pi=pi, host=host, total=(560 + 40 * n) * 1_000_000) for n, (pi, host) in enumerate(bids)]
    calls.opened_call(cast, call=season)
    for row in rows:
        proposals.eligible(cast, proposal=row, at=at - 8 * DAY)
    return councils.established(cast, council=selection.prepare(place, by=cast["officer"], at=at), at=at)


def in_session(cast: Cast, *, council: Council, at: datetime) -> Council:
    """Reviewers have written, an absent member too; the session is open, one member online."""
    officer = cast["officer"]
    seats = {s.user_id: s for s in council.seats}
    for n, account in enumerate(("member3", "member4", "member7")):
        for item in council.agenda:
            remarks.keep(council, item, REMARKS[n], by=cast[account], at=at - 3 * DAY)
            remarks.submit(council, item, by=cast[account], at=at - 3 * DAY)
    talk.discuss(council, council.agenda[0], "Đề nghị hỏi kỹ chủ nhiệm về quy mô mô hình và đơn vị tiếp nhận.", by=cast["member3"], at=at - 2 * DAY)
    room.set_mode(council, "hybrid", by=officer, at=at)
    for n in range(1, 7):
        actions.declare(council, {}, by=cast[f"member{n}"], at=at)
    for n in range(1, 7):
        room.arrive(queries.fresh(council), seats[cast[f"member{n}"].id], How.ONLINE if n == 6 else How.IN_PERSON, by=officer, at=at)
    actions.convene(queries.fresh(council), by=officer, at=at)
    return queries.fresh(council)


def to_the_discussion(cast: Cast, *, council: Council, at: datetime, until: datetime | None = None) -> Council:
    """By the order of work to the discussion of the first item: the applicant has presented and left."""
    officer, secretary = cast["officer"], cast["member5"]
    while True:
        council = queries.fresh(council)
        course = rooms.course_of(council, at)
        code = course.station.code if course.station else ""
        if code == "discuss":
            return council
        if code == "tellers" and not council.tellers:
            actions.elect_tellers(council, [cast[f"member{n}"].public_id for n in (3, 5, 6)], by=officer, at=at)
        if code == "present":
            room.let_in(council, council.agenda[0], "Chủ nhiệm và thư ký đề tài", How.IN_PERSON, by=secretary, at=at)
        if code == "leave" and rooms.inside(council):
            room.see_out(council, by=secretary, at=at)
        at = min(at + 3 * MINUTE, until or at + DAY)
        room.move_on(council, by=secretary, at=at)


def late_remarks(cast: Cast, *, council: Council, as_of: datetime) -> None:
    """It meets soon: one reviewer has handed in, the other one has only begun."""
    item = council.agenda[0]
    remarks.keep(council, item, REMARKS[0], by=cast["member3"], at=as_of - 2 * DAY)
    remarks.submit(council, item, by=cast["member3"], at=as_of - 2 * DAY)
    remarks.keep(council, item, {"strengths": REMARKS[1]["strengths"]}, by=cast["member4"], at=as_of - DAY)
    talk.ask(council, item, "Đề nghị làm rõ nguồn giống và phương án bảo hành thiết bị sau khi nghiệm thu.", local(council.meets_at or as_of).date(), by=cast["member1"], at=as_of - 5 * DAY)
