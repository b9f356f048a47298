"""The room: the order of work binds, presence has times, the vice chair needs a paper, the applicant leaves, what is wrong is refused in words."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import calls, ideas, proposals
from app.across.demo.plays import councils as plays
from app.kernel import journal
from app.kernel.clock import local
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.web import sentence_of
from app.services.conflicts import actions as ties
from app.services.conflicts.rules import TieKind
from app.services.councils import actions, queries
from app.services.councils.actions.session import quorum
from app.services.councils.models import Ballot
from app.services.councils.remarks import actions as remarks
from app.services.councils.room import actions as room
from app.services.councils.room import queries as rooms
from app.services.councils.room import talk
from app.services.councils.room.models import Presence
from app.services.councils.room.rules import How, course, following
from app.services.papers.blocks import as_text
from app.services.papers.models import Paper
from app.stages.calls import queries as call_queries
from app.stages.ideas import council as identification
from app.stages.selection import actions as selections
from tests.councils.test_actions import DAY, YES, refused
from tests.support.kept import kept

MINUTE = timedelta(minutes=1)
SHEET = {"overview": 4, "content": 4, "products": 3, "application": 3, "plan": 3, "capacity": 4}
WORDS = {"strengths": "Có tính mới", "weaknesses": "Cần rõ tiến độ", "opinion": "Đề nghị thực hiện"}


@pytest.fixture
@kept
def identifying(cast, at):
    idea = ideas.submitted_idea(cast, item="1.8", title="Hệ thống tưới tự động cho thanh long", at=at)
    council = identification.prepare([idea], title="Hội đồng xác định nhiệm vụ 2026", by=cast["officer"], at=at + DAY)
    return plays.established(cast, council=council, at=at + DAY)


@pytest.fixture
@kept
def selecting(cast, at):
    """A selection council with two dossiers, established."""
    topic = ideas.approved_topic(cast, item="1.8", title="Hệ thống tưới tự động dùng Internet vạn vật", at=at - 100 * DAY)
    call = calls.published_call(cast, topics=[topic], at=at - 75 * DAY)
    place = call_queries.topics_of(call)[0]
    rows = [proposals.submitted(cast, call_topic=place, at=at - (60 - n) * DAY, pi=pi, host=host, total=800_000_000) for n, (pi, host) in enumerate((("pi1", "host1"), ("pi3", "host2")))]
    calls.opened_call(cast, call=call)
    for row in rows:
        proposals.eligible(cast, proposal=row, at=at - 30 * DAY)
    return plays.established(cast, council=selections.prepare(place, by=cast["officer"], at=at), at=at)


def to_step(cast, council, code, item=1):
    """Move on until this step (of this item) is taken; applicants go, counting teams are elected on the way."""
    when = council.meets_at
    while True:
        council = queries.fresh(council)
        here = rooms.course_of(council, when)
        if here.station is not None and here.station.code == code and (here.station.item is None or here.items[here.station.item].position == item):
            return council
        if here.station is not None and here.station.code == "tellers" and not council.tellers:
            plays_tellers(cast, council)
        room.move_on(council, by=cast["officer"], at=when)


def plays_tellers(cast, council):
    rule = queries.rules_of(council, on=council.meets_at.date())[f"councils.{council.kind}.counting_team"]
    keeper = queries.keeping(council)
    pids = dict.fromkeys([keeper.user.public_id, *(s.user.public_id for s in council.seats if s.present)])
    actions.elect_tellers(council, list(pids)[: rule["members"]], by=cast["officer"], at=council.meets_at)


# --- the course, without a database ---------------------------------------------------------------------------


@pytest.mark.nodb
def test_steps_of_items_run_item_by_item_and_those_dealt_with_are_passed_over():
    order = {"steps": [{"code": "a", "scope": "session"}, {"code": "b", "scope": "item"}, {"code": "c", "scope": "item", "if": "absent_remarks"}, {"code": "d", "scope": "session"}]}
    stations = course(order, ["x", "y"])
    assert [(s.code, s.item) for s in stations] == [("a", None), ("b", "x"), ("c", "x"), ("b", "y"), ("c", "y"), ("d", None)]
    assert following(stations, 1, set(), {"always"}).item == "y" and following(stations, 1, {"y"}, {"always"}).code == "d"
    assert following(stations, 1, set(), {"always", "absent_remarks"}).code == "c" and following(stations, 5, set(), {"always"}) is None


# --- moving on ------------------------------------------------------------------------------------------------


def test_each_step_is_journaled_and_two_clicks_are_one(cast, identifying):
    council = plays.convened(cast, council=identifying)
    first = room.move_on(council, by=cast["officer"], at=council.meets_at)
    assert first.code == "decision"
    assert journal.timeline([journal.subject_key(council)])[0].detail == {"step": "decision"}
    seen = room.key_of(rooms.course_of(council, council.meets_at).next)
    room.move_on(council, seen=seen, by=cast["officer"], at=council.meets_at)
    said = refused(WrongState, room.move_on, council, seen=seen, by=cast["officer2"], at=council.meets_at)
    assert "moved the session on" in said.message
    refused(NotAllowed, room.move_on, council, by=cast["member6"], at=council.meets_at)
    room.move_on(council, by=cast["member5"], at=council.meets_at)  # the secretary keeps the session too


def test_a_step_waits_for_what_it_needs(cast, identifying):
    council = to_step(cast, plays.convened(cast, council=identifying), "secretary")
    room.move_on(council, by=cast["officer"], at=council.meets_at)
    said = refused(Incomplete, room.move_on, council, by=cast["officer"], at=council.meets_at)
    assert "counting team" in said.message and said.params["n"] == 2


def test_ballots_before_their_step_and_after_it_are_refused_in_words(cast, identifying):
    council = to_step(cast, plays.convened(cast, council=identifying), "discuss")
    item, when = council.agenda[0], council.meets_at
    assert "has not begun" in refused(WrongState, actions.cast, council, item, YES, by=cast["member1"], at=when).message
    council = to_step(cast, council, "ballot")
    for n in range(1, 7):
        actions.cast(council, item, YES, by=cast[f"member{n}"], at=when)
    said = refused(Incomplete, room.move_on, council, by=cast["officer"], at=when)
    assert cast["member7"].name in said.params["names"]  # an open vote tells who is missing
    assert "ballot is closed" in refused(WrongState, actions.open_box, council, item, by=cast["member1"], at=when).message
    seat = next(s for s in council.seats if s.user_id == cast["member7"].id)
    room.depart(council, seat, by=cast["officer"], at=when + MINUTE)
    council = to_step(cast, council, "count")
    room.arrive(council, next(s for s in council.seats if s.id == seat.id), How.IN_PERSON, by=cast["officer"], at=when + 2 * MINUTE)
    assert "is closed" in refused(WrongState, actions.cast, queries.fresh(council), item, YES, by=cast["member7"], at=when + 3 * MINUTE).message
    assert "no way back" in refused(WrongState, room.move_back, council, "Nhầm", by=cast["officer"], at=when).message


def test_the_conclusion_comes_after_the_steps_before_it_and_the_minutes_tell_them(cast, identifying, db):
    council = to_step(cast, plays.convened(cast, council=identifying), "discuss")
    room.move_back(council, "Đọc thêm", by=cast["officer"], at=council.meets_at)
    council = to_step(cast, council, "ballot")
    for n in range(1, 8):
        actions.cast(council, council.agenda[0], YES, by=cast[f"member{n}"], at=council.meets_at)
    room.move_on(council, by=cast["officer"], at=council.meets_at)
    assert "not opened" in refused(Incomplete, room.move_on, council, by=cast["officer"], at=council.meets_at).message.lower()
    actions.open_box(council, council.agenda[0], by=cast["member1"], at=council.meets_at)
    council = queries.fresh(council)
    said = refused(WrongState, actions.conclude, council, conclusion="Thống nhất", by=cast["officer"], at=council.meets_at)
    assert "order of work" in said.message and not rooms.course_of(council, council.meets_at).at_end, "the link is not offered before"
    room.move_on(council, by=cast["officer"], at=council.meets_at)
    assert rooms.course_of(council, council.meets_at).at_end
    actions.conclude(council, conclusion="Thống nhất", by=cast["officer"], at=council.meets_at + MINUTE)
    assert all(line.left_at for line in rooms.presences(council))
    words = as_text(db.session.scalars(select(Paper).where(Paper.template == "councils/minutes")).one().blocks)
    began = f"{local(council.meets_at):%H:%M %d/%m/%Y}"
    assert "Trình tự làm việc" in words and "Ủy viên phản biện đọc nhận xét (quay lại: Đọc thêm)" in words
    assert "Thời gian tham dự" in words and f"{cast['member1'].name} | Tại phòng họp | {began} | {local(council.meets_at + MINUTE):%H:%M %d/%m/%Y}" in " | ".join(words.split("\n")).replace("\t", " | ")


def test_one_step_back_with_a_reason(cast, identifying, db):
    council = to_step(cast, plays.convened(cast, council=identifying), "discuss")
    refused(Incomplete, room.move_back, council, " ", by=cast["officer"], at=council.meets_at)
    step = room.move_back(council, "Cần bầu lại ban kiểm phiếu", by=cast["officer"], at=council.meets_at)
    assert step.code == "reviewers" and rooms.course_of(council, council.meets_at).station.code == "reviewers"
    with pytest.raises(IntegrityError):
        db.session.execute(text("DELETE FROM session_step"))


# --- who is there ---------------------------------------------------------------------------------------------


def test_coming_and_going_have_times_and_the_quorum_follows(cast, identifying):
    council, when = plays.convened(cast, council=identifying, absent=("member6", "member7")), identifying.meets_at
    lines = rooms.presences(council)
    assert len(lines) == 5 and {line.how for line in lines} == {How.IN_PERSON}
    seats = {s.user.email.partition("@")[0]: s for s in council.seats}
    refused(Incomplete, room.arrive, council, seats["member6"], How.ONLINE, by=cast["officer"], at=when)
    room.set_mode(council, "hybrid", by=cast["officer"], at=when)
    assert "Not declared" in refused(Incomplete, room.arrive, council, seats["member6"], How.ONLINE, by=cast["officer"], at=when).message
    actions.declare(council, {}, by=cast["member6"], at=when)
    room.arrive(council, seats["member6"], How.ONLINE, by=cast["officer"], at=when + MINUTE)
    assert refused(Incomplete, room.set_mode, council, "in_person", by=cast["officer"], at=when).field == "mode"
    assert refused(Incomplete, room.set_mode, council, "by post", by=cast["officer"], at=when).params["source"].startswith("TT 06/2023")
    for name in ("member6", "member5"):  # one more than the quorum bears
        room.depart(queries.fresh(council), seats[name], by=cast["officer"], at=when + 2 * MINUTE)
    council = queries.fresh(council)
    line = next(row for row in rooms.presences(council) if row.seat_id == seats["member6"].id)
    assert (line.how, line.came_at, line.left_at) == (How.ONLINE, when + MINUTE, when + 2 * MINUTE)
    assert not all(c.kept for c in quorum(council, when))
    assert "Only" in refused(NotAllowed, actions.open_box, council, council.agenda[0], by=cast["member2"], at=when).message


def test_the_vice_chair_needs_a_paper_with_number_and_date_or_its_scan(cast, identifying):
    council, when = identifying, identifying.meets_at
    for name in ("member2", "member3", "member4", "member5", "member6"):
        actions.declare(council, {}, by=cast[name], at=when)
    there = {s.public_id for s in council.seats if s.declared_at}
    actions.attend(council, there, by=cast["officer"], at=when)
    council = queries.fresh(council)
    refused(Incomplete, actions.convene, council, by=cast["officer"], at=when)
    note = lambda **kw: room.authorise(queries.fresh(council), **{"number": None, "dated": None} | kw, by=cast["officer"], at=when)
    said = refused(Incomplete, note)
    assert said.field == "number" and said.params["source"].startswith("TT 45/2015/TT-BCT")
    assert refused(Incomplete, note, number="không số", dated=when.date()).field == "number"
    assert refused(Incomplete, note, number="12/GUQ").field == "dated"
    assert refused(Incomplete, note, number="12/GUQ", dated=(when + 5 * DAY).date()).field == "dated"
    assert refused(Incomplete, note, upload=SimpleNamespace(filename="uq.exe", stream=BytesIO(b"MZ"))).field == "file"
    note(upload=SimpleNamespace(filename="uy-quyen.pdf", stream=BytesIO(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n")))
    assert queries.fresh(council).authorisation == "bản quét “uy-quyen.pdf”"
    note(number="12/GUQ", dated=when.date())
    council = queries.fresh(council)
    actions.convene(council, by=cast["officer"], at=when)
    assert queries.presiding(queries.fresh(council)).user_id == cast["member2"].id and council.authorisation.startswith("12/GUQ ngày")
    refused(NotAllowed, room.authorise, council, number="13/GUQ", dated=when.date(), by=cast["member6"], at=when)


def test_the_applicant_comes_in_at_the_step_and_leaves_before_the_remarks(cast, selecting):
    council = to_step(cast, plays.convened(cast, council=selecting), "tellers")
    item, when = council.agenda[0], council.meets_at
    refused(WrongState, room.let_in, council, item, "Nguyễn Văn A", How.IN_PERSON, by=cast["officer"], at=when)
    council = to_step(cast, council, "present")
    refused(WrongState, room.let_in, council, council.agenda[1], "Nguyễn Văn B", How.IN_PERSON, by=cast["officer"], at=when)
    assert refused(Incomplete, room.let_in, council, item, "  ", How.IN_PERSON, by=cast["officer"], at=when).field == "person"
    room.let_in(council, item, "Nguyễn Văn A, chủ nhiệm", How.ONLINE, by=cast["officer"], at=when)
    council = to_step(cast, council, "leave")
    said = refused(Incomplete, room.move_on, council, by=cast["officer"], at=when)
    assert said.params["names"] == "Nguyễn Văn A, chủ nhiệm"
    assert len(room.obstacles(council, rooms.course_of(council, when), when)) == 1  # asked of this step and of the next: told once
    room.see_out(council, by=cast["officer"], at=when + 20 * MINUTE)
    assert room.move_on(council, by=cast["officer"], at=when).code == "reviewers"
    (line,) = [row for row in rooms.presences(council) if row.seat_id is None]
    assert line.left_at - line.came_at == 20 * MINUTE


def test_remarks_of_absent_members_are_a_step_only_when_there_are_some(cast, selecting):
    when = selecting.meets_at
    remarks.keep(selecting, selecting.agenda[1], WORDS, by=cast["member7"], at=when - DAY)
    remarks.submit(selecting, selecting.agenda[1], by=cast["member7"], at=when - DAY)
    council = to_step(cast, plays.convened(cast, council=selecting, absent=("member7",)), "absent")
    assert [r.content["opinion"] for r in rooms.absent_remarks(council)] == ["Đề nghị thực hiện"]
    assert queries.cast_by(council)[council.agenda[0].id] == set()  # for reference: no vote


# --- the bad input ------------------------------------------------------------------------------------


def test_by_who_may_not_vote_nothing_is_cast(cast, selecting, db):
    """Recused, absent, stranger, for another, twice: each refused in words; nothing lies in the box but one's own ballot."""
    when, first = selecting.meets_at, selecting.agenda[0]
    actions.declare(selecting, {first.public_id: "Đồng tác giả với chủ nhiệm"}, by=cast["member6"], at=when)
    council = to_step(cast, plays.convened(cast, council=selecting, absent=("member7",)), "ballot")
    item = council.agenda[0]
    say = lambda who: refused(NotAllowed, actions.cast, council, item, SHEET, by=cast[who], at=when).message
    assert "out of this item" in say("member6") and "not noted as present" in say("member7") and "no seat" in say("member9")
    actions.cast(council, item, SHEET, by=cast["member1"], at=when)
    assert "final" in refused(WrongState, actions.cast, council, item, SHEET, by=cast["member1"], at=when).message
    assert [b.seat_id for b in db.session.scalars(select(Ballot))] == [next(s.id for s in council.seats if s.user_id == cast["member1"].id)]
    said = refused(Incomplete, room.move_on, council, by=cast["officer"], at=when)
    assert said.params["left"] == 4 and "names" not in said.params  # a secret ballot tells how many, not who


def test_a_member_is_not_replaced_mid_session_and_one_who_leaves_keeps_the_ballot(cast, selecting, db):
    council = to_step(cast, plays.convened(cast, council=selecting), "ballot")
    seat, when = next(s for s in council.seats if s.user_id == cast["member7"].id), council.meets_at
    for item in council.agenda:
        actions.cast(council, item, SHEET, by=cast["member7"], at=when)
    said = refused(WrongState, actions.replace, council, seat, cast["member9"], number="300/QĐ-SKHCN", dated=when.date(), reason="Thay", by=cast["leader"], at=when)
    assert "adjourn" in said.message
    room.depart(council, seat, by=cast["officer"], at=when + MINUTE)
    council = queries.fresh(council)
    for n in range(1, 7):
        for item in council.agenda:
            actions.cast(council, item, SHEET, by=cast[f"member{n}"], at=when + 2 * MINUTE)
    room.move_on(council, by=cast["officer"], at=when + 3 * MINUTE)
    count = actions.open_box(queries.fresh(council), council.agenda[0], by=cast["member1"], at=when + 4 * MINUTE)
    assert count.result["ballots"] == 7 and count.result["present"] == 6


def test_a_council_below_its_quorum_does_not_vote(cast, selecting):
    council = to_step(cast, plays.convened(cast, council=selecting, absent=("member7",)), "discuss", item=2)
    when = council.meets_at
    for name in ("member6", "member5"):  # 4 of 7 are less than 2/3
        room.depart(queries.fresh(council), next(s for s in council.seats if s.user_id == cast[name].id), by=cast["officer"], at=when)
    said = refused(Incomplete, room.move_on, queries.fresh(council), by=cast["officer"], at=when)
    why = said.params["why"]
    assert why.params["rule"] == "councils.selection.quorum" and why.params["said"].params == {"present": 4, "all": 7, "share": "2/3"}
    assert cast["member7"].name in why.params["names"]


# --- what is said ---------------------------------------------------------------------------------------------


def test_members_discuss_after_their_own_remark_and_not_once_the_vote_has_begun(cast, selecting, db):
    item, when = selecting.agenda[0], selecting.meets_at - DAY
    assert "own remark" in refused(NotAllowed, talk.discuss, selecting, item, "Tôi thấy", by=cast["member3"], at=when).message
    remarks.keep(selecting, item, WORDS, by=cast["member3"], at=when)
    remarks.submit(selecting, item, by=cast["member3"], at=when)
    talk.discuss(selecting, item, "Cần hỏi rõ quy mô mô hình", by=cast["member3"], at=when)
    assert refused(Incomplete, talk.discuss, selecting, item, " ", by=cast["member3"], at=when).field == "text"
    council = to_step(cast, plays.convened(cast, council=selecting), "discuss", item=1)
    talk.discuss(council, council.agenda[0], "Đồng ý", by=cast["member4"], at=council.meets_at)
    refused(WrongState, talk.discuss, council, council.agenda[1], "Sớm quá", by=cast["member4"], at=council.meets_at)
    council = to_step(cast, council, "ballot")
    refused(WrongState, talk.discuss, council, council.agenda[0], "Muộn", by=cast["member4"], at=council.meets_at)
    assert [n.text for n in rooms.notes_on(council.agenda)[council.agenda[0].id]] == ["Cần hỏi rõ quy mô mô hình", "Đồng ý"]


def test_who_has_a_conflict_that_is_known_by_now_says_and_asks_nothing(app, cast, selecting, db):
    """The relation was declared after the council was set up: nobody has recused the member yet; what is private is not told."""
    item, when = selecting.agenda[0], selecting.meets_at - 10 * DAY
    remarks.keep(selecting, item, WORDS, by=cast["member1"], at=when)
    remarks.submit(selecting, item, by=cast["member1"], at=when)
    ties.declare_tie(cast["pi1"], TieKind.SPOUSE, cast["member1"].name, email=cast["member1"].email, at=when)
    for act in (lambda: talk.discuss(selecting, item, "Đồng ý", by=cast["member1"], at=when), lambda: talk.ask(selecting, item, "Vì sao?", (when + 5 * DAY).date(), by=cast["member1"], at=when)):
        with app.test_request_context("/"):
            told = sentence_of(refused(NotAllowed, act))
        assert cast["pi1"].name not in told and "không nhận xét" in told
    assert rooms.notes_on([item])[item.id] == []


def test_the_applicant_answers_in_writing_and_learns_nothing_of_who_asked(cast, selecting, mails):
    item, when = selecting.agenda[0], selecting.meets_at - 10 * DAY
    refused(NotAllowed, talk.ask, selecting, item, "Quy mô?", (when + 5 * DAY).date(), by=cast["member6"], at=when)
    assert refused(Incomplete, talk.ask, selecting, item, "Quy mô?", (when + DAY).date(), by=cast["member1"], at=when).field == "due_on"
    row = talk.ask(selecting, item, "Quy mô mô hình bao nhiêu héc ta?", (when + 5 * DAY).date(), by=cast["member1"], at=when)
    told = [m for m in mails() if m.template == "councils/mail/asked.txt"]
    assert {m.to_address for m in told} >= {cast["pi1"].email} and cast["pi3"].email not in {m.to_address for m in told}
    assert not any(s.user.name in m.body or s.user.email in m.body for m in told for s in selecting.seats)
    refused(NotAllowed, talk.answer, selecting, row, "Hai", by=cast["pi3"], at=when)
    talk.answer(selecting, row, "Năm héc ta", by=cast["pi1"], at=when + DAY)
    assert "stays as it is" in refused(WrongState, talk.answer, selecting, row, "Sáu", by=cast["pi1"], at=when + DAY).message
    late = talk.ask(selecting, item, "Kinh phí?", (when + 5 * DAY).date(), by=cast["officer"], at=when)
    assert "was to be answered" in refused(WrongState, talk.answer, selecting, late, "Muộn", by=cast["pi1"], at=when + 6 * DAY).message


def test_no_answer_is_asked_for_that_comes_after_the_vote(cast, selecting):
    """Due on the day of the session at the latest; not when the rule's days do not fit before it, not in the session; no answer once somebody voted."""
    item, meets = selecting.agenda[0], selecting.meets_at
    put = lambda when, days: (talk.ask, selecting, item, "Kinh phí?", (when + days * DAY).date())
    early, late = meets - 10 * DAY, meets - 2 * DAY
    assert refused(Incomplete, *put(early, 11), by=cast["member1"], at=early).field == "due_on"
    assert refused(WrongState, *put(late, 2), by=cast["member1"], at=late).params["days"] == 3
    row = talk.ask(selecting, item, "Kinh phí?", meets.date(), by=cast["member1"], at=early)
    council = to_step(cast, plays.convened(cast, council=selecting), "ballot")
    assert "in the room" in refused(WrongState, talk.ask, council, item, "Kinh phí?", (meets + 5 * DAY).date(), by=cast["member1"], at=meets).message
    actions.cast(council, item, dict.fromkeys(("overview", "content", "products", "application", "plan", "capacity"), 3), by=cast["member2"], at=meets)
    assert "votes" in refused(WrongState, talk.answer, council, row, "Muộn", by=cast["pi1"], at=meets).message


def test_identification_puts_no_written_questions(cast, identifying):
    when = identifying.meets_at - 5 * DAY
    assert "rule" in refused(WrongState, talk.ask, identifying, identifying.agenda[0], "Hỏi", (when + 4 * DAY).date(), by=cast["officer"], at=when).message


def test_presence_is_of_a_member_or_an_applicant(cast, identifying, db):
    with pytest.raises(IntegrityError):
        db.session.execute(Presence.__table__.insert().values(public_id="x" * 22, council_id=identifying.id, session=1, how="online", came_at=identifying.meets_at))
