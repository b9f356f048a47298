"""Sessions that do not end as called: an item without quorum, another session, an item given back, a member replaced."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.across.demo.plays import councils as plays
from app.across.demo.plays import ideas as idea_plays
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.councils import actions, queries
from app.services.councils.actions.session import broken_items
from app.services.councils.models import Seat
from app.services.councils.rules import CouncilState, SeatRole
from app.services.papers.blocks import as_text
from app.services.papers.models import Paper
from app.stages.ideas import council as identification
from app.stages.ideas.rules import IdeaState, Outcome

DAY = timedelta(days=1)
YES = {"urgency": "pass", "level": "pass", "feasibility": "pass", "conclusion": "do", "mode": "selection", "priority": 1}
NAMES = ("Tưới tự động cho thanh long", "Bảo quản chanh không hạt")


@pytest.fixture
def ideas(cast, at):
    return [idea_plays.submitted_idea(cast, item="1.8", title=name, at=at) for name in NAMES]


@pytest.fixture
def council(cast, at, ideas):
    """A council of seven on two ideas; both reviewers are needed for each item, and one of them is out of the second."""
    row = identification.prepare(ideas, title="Hội đồng xác định", by=cast["officer"], at=at + DAY)
    row = plays.established(cast, council=row, at=at + DAY)
    for seat in row.seats:
        mine = {row.agenda[1].public_id: "Cùng nhóm nghiên cứu"} if seat.user_id == cast["member3"].id else {}
        actions.declare(row, mine, by=seat.user, at=row.meets_at)
    actions.attend(row, {s.public_id for s in row.seats}, by=cast["officer"], at=row.meets_at)
    return queries.fresh(row)


@pytest.fixture
def convened(cast, council):
    actions.convene(council, by=cast["officer"], at=council.meets_at)
    return queries.fresh(council)


def vote(cast, council, item, at=None):
    recused = queries.recusals_of(council)
    plays.to_step(cast, council=council, opens="ballot", item=item, at=at or council.meets_at)
    for seat in council.seats:
        if seat.present and (seat.id, item.id) not in recused:
            actions.cast(council, item, YES, by=seat.user, at=at or council.meets_at)
    plays.to_step(cast, council=council, opens="box", item=item, at=at or council.meets_at)
    actions.open_box(council, item, by=next(s.user for s in council.seats if s.role == SeatRole.CHAIR), at=at or council.meets_at)
    return queries.fresh(council)


def refused(what, act, *args, **kw):
    with pytest.raises(what) as found:
        act(*args, **kw)
    return found.value


def minutes_of(db):
    return as_text(db.session.scalars(select(Paper).where(Paper.template == "councils/minutes")).one().blocks)


def test_which_items_have_no_quorum_and_why_is_known_before_anybody_comes(council):
    """One reviewer is left of two: no attendance mends that."""
    (item, (check,)), = broken_items(council, council.meets_at, all_there=True).items()
    assert item.position == 2
    assert check.params == {"have": 1, "wanted": 2, "out": 1} and "conflict" in check.sentence


def test_the_others_are_dealt_with_and_the_item_goes_back_for_another_council(cast, convened, ideas, db):
    one, two = convened.agenda
    council = vote(cast, convened, one)
    said = refused(Incomplete, plays.to_step, cast, council=council, opens="ballot", item=two, at=council.meets_at)
    assert "conflict" in str(said) and str(said.params["why"].params["rule"]) == "councils.identification.quorum"
    refused(Incomplete, actions.conclude, council, conclusion="Xong", by=cast["officer"], at=council.meets_at)
    refused(NotAllowed, actions.give_back, council, two, "Thiếu phản biện", by=cast["member6"], at=council.meets_at)
    assert refused(Incomplete, actions.give_back, council, two, " ", by=cast["officer"], at=council.meets_at).field == "reason"
    refused(WrongState, actions.give_back, council, one, "Đã kiểm phiếu", by=cast["officer"], at=council.meets_at)
    actions.give_back(council, two, "Thiếu ủy viên phản biện", by=cast["officer"], at=council.meets_at)
    refused(WrongState, actions.give_back, council, two, "Lần nữa", by=cast["officer"], at=council.meets_at)
    refused(WrongState, actions.cast, council, two, YES, by=cast["member1"], at=council.meets_at)
    db.session.refresh(ideas[1])
    assert (ideas[1].state, ideas[1].council_pid) == (IdeaState.SUBMITTED, None)
    again = identification.prepare([ideas[1]], title="Hội đồng khác", by=cast["officer"], at=council.meets_at)  # before the first has concluded
    assert queries.council_of_subject(ideas[1]).id == again.id
    plays.to_step(cast, council=council, opens="conclusion", at=council.meets_at)
    actions.conclude(council, conclusion="Đề nghị thực hiện nội dung 1.", by=cast["officer"], at=council.meets_at)
    db.session.refresh(ideas[0])
    assert (council.state, ideas[0].outcome) == (CouncilState.CONCLUDED, Outcome.DO)
    assert "Thiếu ủy viên phản biện" in minutes_of(db)


def test_another_session_with_a_member_replaced(cast, convened, ideas, db, mails):
    council = vote(cast, convened, convened.agenda[0])
    meets = council.meets_at + 9 * DAY
    assert refused(Incomplete, actions.adjourn, council, reason="", meets_at=meets, place="Phòng 3", by=cast["officer"], at=council.meets_at).field == "reason"
    said = refused(Incomplete, actions.adjourn, council, reason="Thiếu", meets_at=council.meets_at - DAY, place="Phòng 3", by=cast["officer"], at=council.meets_at)
    assert said.field == "meets_at"
    first_day = council.meets_at
    actions.adjourn(council, reason="Thiếu phản biện cho nội dung 2", meets_at=meets, place="Phòng 3", by=cast["member5"], at=council.meets_at)
    council = queries.fresh(council)
    assert council.state == CouncilState.ESTABLISHED and not any(s.present or s.declared_at for s in council.seats)
    refused(WrongState, actions.dissolve, council, "Bỏ", number="5/QĐ", dated=first_day.date(), by=cast["leader"], at=first_day + DAY)
    refused(Incomplete, actions.conclude, council, conclusion="Xong", by=cast["officer"], at=first_day + DAY)
    leaving = next(s for s in council.seats if s.user_id == cast["member3"].id)
    what = {"number": "88/QĐ-SKHCN", "dated": (first_day + DAY).date(), "reason": "Xung đột lợi ích", "by": cast["leader"], "at": first_day + DAY}
    assert refused(Incomplete, actions.replace, council, leaving, cast["member8"], **what | {"number": "QĐ"}).field == "number"
    assert refused(Incomplete, actions.replace, council, leaving, cast["member4"], **what).field == "user"
    assert refused(Incomplete, actions.replace, council, leaving, cast["pi1"], **what).field == "user"
    actions.replace(council, leaving, cast["member8"], **what)
    council = queries.fresh(council)
    assert [s.role for s in council.seats if s.user_id == cast["member8"].id] == [SeatRole.REVIEWER] and len(council.seats) == 7
    assert queries.council_for(cast["member3"], council.public_id) is None and not queries.member_reads(ideas[1], cast["member3"])
    assert "councils/mail/replaced.txt" in {m.template for m in mails() if m.to_address == cast["member3"].email}
    refused(NotAllowed, actions.declare, council, {}, by=cast["member3"], at=meets)
    for seat in council.seats:
        actions.declare(council, {}, by=seat.user, at=meets)
    actions.attend(council, {s.public_id for s in council.seats}, by=cast["officer"], at=meets)
    actions.convene(council, by=cast["officer"], at=meets)
    council = vote(cast, queries.fresh(council), council.agenda[1], at=meets)
    plays.to_step(cast, council=council, opens="conclusion", at=meets)
    actions.conclude(council, conclusion="Đề nghị thực hiện.", by=cast["officer"], at=meets)
    for idea in ideas:
        db.session.refresh(idea)
    assert [i.outcome for i in ideas] == [Outcome.DO, Outcome.DO]
    words = minutes_of(db)
    assert f"{first_day:%d/%m/%Y}, {meets:%d/%m/%Y}" in words and "Thiếu phản biện cho nội dung 2" in words
    assert cast["member3"].name in words, "who was replaced stands in the minutes"
    decision = as_text(db.session.scalars(select(Paper).where(Paper.template == "councils/replacement")).one().blocks)
    assert cast["member3"].name in decision and cast["member8"].name in decision


def test_a_chair_is_replaced_and_two_chairs_never_sit(cast, council, db):
    chair = next(s for s in council.seats if s.role == SeatRole.CHAIR)
    actions.replace(council, chair, cast["member8"], number="88/QĐ", dated=council.meets_at.date(), reason="Ốm", by=cast["leader"], at=council.meets_at)
    db.session.commit()
    assert [s.user_id for s in queries.fresh(council).seats if s.role == SeatRole.CHAIR] == [cast["member8"].id]
    assert len(db.session.scalars(select(Seat).where(Seat.council_id == council.id, Seat.role == SeatRole.CHAIR)).all()) == 2
    refused(WrongState, actions.replace, council, chair, cast["member9"], number="89/QĐ", dated=council.meets_at.date(), reason="Ốm", by=cast["leader"], at=council.meets_at)


def test_no_member_is_replaced_while_the_session_is_open(cast, convened):
    seat = convened.seats[-1]
    refused(WrongState, actions.replace, convened, seat, cast["member8"], number="8/QĐ", dated=convened.meets_at.date(), reason="Ốm", by=cast["leader"], at=convened.meets_at)


def test_when_the_quorum_is_lost_half_way_the_ballots_wait_for_the_next_session(cast, convened, db):
    one = convened.agenda[0]
    plays.to_step(cast, council=convened, opens="ballot", item=one, at=convened.meets_at)
    for n in (1, 3):
        actions.cast(convened, one, YES, by=cast[f"member{n}"], at=convened.meets_at)
    there = {s.public_id for s in convened.seats if s.user_id in {cast[f"member{n}"].id for n in (1, 2, 5)}}
    actions.attend(convened, there, by=cast["officer"], at=convened.meets_at)
    council = queries.fresh(convened)
    refused(Incomplete, actions.cast, council, one, YES, by=cast["member2"], at=council.meets_at)  # four of seven, and one reviewer
    meets = council.meets_at + 7 * DAY
    actions.adjourn(council, reason="Không đủ thành viên", meets_at=meets, place="Phòng 3", by=cast["officer"], at=council.meets_at)
    council = queries.fresh(council)
    seat = next(s for s in council.seats if s.user_id == cast["member3"].id)
    refused(WrongState, actions.replace, council, seat, cast["member8"], number="8/QĐ", dated=council.created_at.date() + 20 * DAY, reason="x", by=cast["leader"], at=meets)
    for member in council.seats:
        actions.declare(council, {}, by=member.user, at=meets)
    actions.attend(council, {s.public_id for s in council.seats}, by=cast["officer"], at=meets)
    actions.convene(council, by=cast["officer"], at=meets)
    council = plays.to_step(cast, council=queries.fresh(council), opens="ballot", item=one, at=meets)
    for n in (2, 4, 5, 6, 7):
        actions.cast(council, one, YES, by=cast[f"member{n}"], at=meets)
    plays.to_step(cast, council=council, opens="box", item=one, at=meets)
    assert actions.open_box(council, one, by=cast["member1"], at=meets).result["ballots"] == 7
