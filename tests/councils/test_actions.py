"""The engine refuses what its rules forbid, in words; a cast ballot is sealed and final."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import councils as plays
from app.across.demo.plays import ideas as idea_plays
from app.kernel import journal
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.services.councils import actions, queries
from app.services.councils.actions.session import runs
from app.services.councils.models import Ballot, Seat
from app.services.councils.rules import CouncilState, SeatRole
from app.services.papers.blocks import as_text
from app.services.papers.models import Paper
from app.services.rulebook import actions as rulebook
from app.services.rulebook import queries as rules
from app.services.rulebook.rules import Mark
from app.stages.ideas import council as identification
from app.stages.ideas.rules import IdeaState, Outcome

DAY = timedelta(days=1)
YES = {"urgency": "pass", "level": "pass", "feasibility": "pass", "conclusion": "do", "mode": "selection", "priority": 1}
NO = {"urgency": "fail", "level": "pass", "feasibility": "pass", "conclusion": "refuse", "reason": "Trùng với nhiệm vụ đã thực hiện"}


@pytest.fixture
def idea(cast, at):
    return idea_plays.submitted_idea(cast, item="1.8", title="Hệ thống tưới tự động cho thanh long", at=at)


@pytest.fixture
def drafted(cast, at, idea):
    return identification.prepare([idea], title="Hội đồng xác định nhiệm vụ 2026", by=cast["officer"], at=at + DAY)


@pytest.fixture
def established(cast, at, drafted):
    return plays.established(cast, council=drafted, at=at + DAY)


@pytest.fixture
def convened(cast, established):
    return plays.voting(cast, council=established)


def refused(what, act, *args, **kw):
    with pytest.raises(what) as found:
        act(*args, **kw)
    return found.value


# --- setting up -----------------------------------------------------------------------------------------------


def test_a_council_below_size_is_not_established(cast, at, drafted):
    council = plays.appointed(cast, council=drafted, at=at + DAY, size=4)
    said = refused(Incomplete, actions.propose, council, by=cast["officer"], at=at + DAY)
    assert said.params["n"] == 4 and said.params["min"] == 5


def test_every_role_of_the_rule_is_filled(cast, at, drafted):
    council = plays.appointed(cast, council=drafted, at=at + DAY, size=7)
    secretary = next(s for s in council.seats if s.role == SeatRole.SECRETARY)
    actions.remove(council, secretary, by=cast["officer"], at=at + DAY)
    council = queries.fresh(council)
    said = refused(Incomplete, actions.propose, council, by=cast["officer"], at=at + DAY)
    assert said.params["role"] == "Secretary of the council"


def test_papers_go_out_in_time(cast, at, drafted):
    council = plays.appointed(cast, council=drafted, at=at + DAY)
    said = refused(Incomplete, actions.schedule, council, meets_at=at + 3 * DAY, place="Phòng họp 1", by=cast["officer"], at=at + DAY)
    assert said.field == "meets_at" and "earliest" in said.message
    actions.propose(council, by=cast["officer"], at=at + DAY)  # it meets on day 17; the leader decides too late for that
    said = refused(Incomplete, actions.establish, council, number="1/QĐ-SKHCN", dated=(at + 12 * DAY).date(), by=cast["leader"], at=at + 12 * DAY)
    assert "earliest" in said.message
    actions.schedule(council, meets_at=at + 40 * DAY, place="Phòng họp 1", by=cast["officer"], at=at + 12 * DAY)
    actions.establish(council, number="1/QĐ-SKHCN", dated=(at + 12 * DAY).date(), by=cast["leader"], at=at + 12 * DAY)


def test_one_proposes_another_decides(cast, at, drafted, mails):
    council = plays.appointed(cast, council=drafted, at=at + DAY)
    refused(WrongState, actions.establish, council, number="1/QĐ-SKHCN", dated=at.date(), by=cast["leader"], at=at + DAY)
    actions.propose(council, by=cast["officer"], at=at + DAY)
    assert [m.to_address for m in mails() if m.template == "councils/mail/proposed.txt"] == [cast["leader"].email]
    refused(WrongState, actions.appoint, council, cast["member9"], SeatRole.MEMBER, by=cast["officer"], at=at + DAY)
    refused(NotAllowed, actions.establish, council, number="1/QĐ-SKHCN", dated=at.date(), by=cast["officer"], at=at + DAY)
    assert refused(Incomplete, actions.send_back, council, " ", by=cast["leader"], at=at + DAY).field == "reason"
    actions.send_back(council, "Thêm một chuyên gia về thủy lợi", by=cast["leader"], at=at + DAY)
    told = [m for m in mails() if m.template == "councils/mail/sent_back.txt"]
    assert council.state == CouncilState.DRAFT and [m.to_address for m in told] == [cast["officer"].email]


@pytest.mark.parametrize("number", ["QĐ", "", "  ", "abc", "12\n<b>", "—"])
def test_a_decision_has_a_number_with_a_digit(cast, at, drafted, number):
    council = plays.appointed(cast, council=drafted, at=at + DAY)
    actions.propose(council, by=cast["officer"], at=at + DAY)
    said = refused(Incomplete, actions.establish, council, number=number, dated=at.date(), by=cast["leader"], at=at + DAY)
    assert said.field == "number" and council.state == CouncilState.PROPOSED


def test_the_same_members_at_the_same_hour_are_told(cast, at, drafted, established):
    other = idea_plays.submitted_idea(cast, item="1.8", title="Một đề xuất khác", at=at)
    council = identification.prepare([other], title="Hội đồng thứ hai", by=cast["officer"], at=at + DAY)
    council = plays.appointed(cast, council=council, at=at + DAY)
    (first, names), = queries.beside(council)
    assert first.id == established.id and len(names) == 7
    actions.schedule(council, meets_at=at + 30 * DAY, place="Phòng họp 2", by=cast["officer"], at=at + DAY)
    assert queries.beside(council) == []


def test_the_rules_are_frozen_at_establishment(cast, at, db, established):
    key = "councils.identification.quorum"
    before = queries.rules_of(established, on=at.date())[key]
    rulebook.revise(key, {**before, "fraction": [1, 1]}, valid_from=(at + 2 * DAY).date(), source="Thử nghiệm", mark=Mark.G, reason="Thử", by=cast["officer"], at=at + 2 * DAY)
    db.session.commit()
    assert rules.value(key, on=(at + 5 * DAY).date())["fraction"] == [1, 1]
    assert queries.rules_of(queries.fresh(established), on=(at + 5 * DAY).date())[key] == before


def test_members_are_invited_one_by_one_and_the_decision_is_a_paper(established, db, mails):
    invited = [m for m in mails() if m.template == "councils/mail/invited.txt"]
    assert len(invited) == 7 and len({m.to_address for m in invited}) == 7
    paper = db.session.scalars(select(Paper).where(Paper.template == "councils/decision")).one()
    assert "Ủy viên phản biện" in as_text(paper.blocks)


def test_two_officers_at_once(cast, at, drafted):
    seen = drafted.version
    actions.appoint(drafted, cast["member1"], SeatRole.CHAIR, by=cast["officer"], at=at + DAY)
    refused(Stale, actions.appoint, queries.fresh(drafted), cast["member2"], SeatRole.MEMBER, by=cast["officer2"], at=at + DAY, seen=seen)


def test_one_chair_one_seat_each(cast, at, drafted):
    actions.appoint(drafted, cast["member1"], SeatRole.CHAIR, by=cast["officer"], at=at + DAY)
    council = queries.fresh(drafted)
    said = refused(Incomplete, actions.appoint, council, cast["member2"], SeatRole.CHAIR, by=cast["officer"], at=at + DAY)
    assert (said.field, said.params["name"]) == ("role", cast["member1"].name)
    assert refused(Incomplete, actions.appoint, council, cast["member1"], SeatRole.MEMBER, by=cast["officer"], at=at + DAY).field == "user"


def test_the_proposer_never_sits_and_a_colleague_only_explained(cast, at, drafted):
    said = refused(Incomplete, actions.appoint, drafted, cast["pi1"], SeatRole.MEMBER, by=cast["officer"], at=at + DAY)
    assert said.field == "user" and said.params["n"] == 1 and "tưới tự động" in said.params["title"]
    # member9 belongs to the proposing body: by the rule of identification this must be explained
    assert refused(Incomplete, actions.appoint, drafted, cast["member9"], SeatRole.MEMBER, by=cast["officer"], at=at + DAY).field == "explanation"
    actions.appoint(drafted, cast["member9"], SeatRole.MEMBER, explanation="Chuyên gia duy nhất về tưới", by=cast["officer"], at=at + DAY)
    lines = journal.timeline([journal.subject_key(drafted)])
    assert any(e.verb == "appoint" and e.reason == "Chuyên gia duy nhất về tưới" for e in lines)


def test_an_idea_is_before_one_council_only(cast, at, idea, drafted):
    refused(WrongState, identification.prepare, [idea], title="Hội đồng khác", by=cast["officer"], at=at + DAY)


# --- the session ----------------------------------------------------------------------------------------------


def test_nobody_is_present_who_has_not_declared(cast, established):
    present = {s.public_id for s in established.seats}
    said = refused(Incomplete, actions.attend, established, present, by=cast["officer"], at=established.meets_at)
    assert said.field == "present" and cast["member1"].name in said.params["names"]


def _attend(cast, council, accounts, authorisation=None):
    there = [s for s in council.seats if s.user.email.partition("@")[0] in accounts]
    for seat in there:
        actions.declare(council, {}, by=seat.user, at=council.meets_at)
    actions.attend(council, {s.public_id for s in there}, authorisation=authorisation, by=cast["officer"], at=council.meets_at)
    return queries.fresh(council)


def test_without_quorum_there_is_no_session(cast, established):
    council = _attend(cast, established, {"member1", "member3", "member4", "member5"})
    said = refused(Incomplete, actions.convene, council, by=cast["officer"], at=council.meets_at)
    assert said.params["said"].params == {"present": 4, "all": 7, "share": "2/3"} and said.params["rule"] == "councils.identification.quorum"
    assert said.params["source"].startswith("TT 33/2014") and cast["member2"].name in said.params["names"] and cast["member1"].name not in said.params["names"]
    council = _attend(cast, council, {"member1", "member3", "member4", "member5", "member6"})  # 5 of 7 ≥ 2/3
    actions.convene(council, by=cast["officer"], at=council.meets_at)
    assert council.state == CouncilState.CONVENED


def test_the_vice_chair_presides_only_with_a_paper(cast, established):
    accounts = {"member2", "member3", "member4", "member5", "member6"}
    council = _attend(cast, established, accounts)
    refused(Incomplete, actions.convene, council, by=cast["officer"], at=council.meets_at)
    council = _attend(cast, council, accounts, authorisation="12/GUQ ngày 10/03/2026")
    actions.convene(council, by=cast["officer"], at=council.meets_at)
    assert queries.presiding(queries.fresh(council)).user_id == cast["member2"].id


def test_not_before_its_day(cast, established):
    refused(WrongState, actions.convene, established, by=cast["officer"], at=established.meets_at - 2 * DAY)


def test_members_do_not_keep_the_session_but_the_secretary_does(cast, established):
    refused(NotAllowed, actions.attend, established, set(), by=cast["member6"], at=established.meets_at)
    actions.attend(established, set(), by=cast["member5"], at=established.meets_at)


def test_a_ballot_is_sealed_and_final(cast, convened, db):
    item = convened.agenda[0]
    ballot = actions.cast(convened, item, YES, by=cast["member1"], at=convened.meets_at)
    assert actions.matches(ballot, YES) and not actions.matches(ballot, NO)
    with pytest.raises(PermissionError):
        queries.ballots_of(item)
    refused(WrongState, actions.cast, convened, item, NO, by=cast["member1"], at=convened.meets_at)
    db.session.commit()
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE ballot SET seal = 'x'"))
    db.session.rollback()


@pytest.mark.parametrize(("content", "field"), [
    ({**YES, "urgency": None}, "urgency"), ({**YES, "conclusion": "maybe"}, "conclusion"), ({**YES, "priority": 100}, "priority"),
    ({**YES, "priority": -1}, "priority"), ({**YES, "priority": True}, "priority"), ({**YES, "level": "fail"}, "conclusion"),
    ({**YES, "mode": None}, "mode"), ({**NO, "reason": ""}, "reason"), ({**YES, "more": "x"}, None),
])  # fmt: skip
def test_bad_ballots(cast, convened, db, content, field):
    said = refused(Incomplete, actions.cast, convened, convened.agenda[0], content, by=cast["member1"], at=convened.meets_at)
    assert said.field == field
    assert db.session.scalars(select(Ballot)).all() == []


def test_who_may_not_cast(cast, established, db):
    council = plays.voting(cast, council=established, absent=("member7",))
    item = council.agenda[0]
    refused(NotAllowed, actions.cast, council, item, YES, by=cast["officer"], at=council.meets_at)
    refused(NotAllowed, actions.cast, council, item, YES, by=cast["member9"], at=council.meets_at)
    refused(NotAllowed, actions.cast, council, item, YES, by=cast["member7"], at=council.meets_at)
    assert db.session.scalars(select(Ballot)).all() == []


def test_only_the_one_who_presides_opens_and_only_when_all_have_cast(cast, convened):
    item = convened.agenda[0]
    for n in range(1, 7):
        actions.cast(convened, item, YES, by=cast[f"member{n}"], at=convened.meets_at)
    refused(NotAllowed, actions.open_box, convened, item, by=cast["officer"], at=convened.meets_at)
    refused(NotAllowed, actions.open_box, convened, item, by=cast["member2"], at=convened.meets_at)
    said = refused(WrongState, actions.open_box, convened, item, by=cast["member1"], at=convened.meets_at)
    assert said.params["step"].words["en"] == "The boxes are opened and counted" and "TT 33/2014" in said.params["source"]
    said = refused(Incomplete, plays.to_step, cast, council=convened, opens="box", at=convened.meets_at)
    assert said.params["names"] == cast["member7"].name
    present = {s.public_id for s in convened.seats if s.user_id != cast["member7"].id}
    actions.attend(convened, present, by=cast["officer"], at=convened.meets_at)  # member7 has left
    council = plays.to_step(cast, council=queries.fresh(convened), opens="box", at=convened.meets_at)
    count = actions.open_box(council, council.agenda[0], by=cast["member1"], at=council.meets_at)
    assert count.result["votes"] == {"do": 6} and len(count.result["seals"]) == 6
    refused(WrongState, actions.cast, council, council.agenda[0], YES, by=cast["member1"], at=council.meets_at)
    refused(WrongState, actions.open_box, council, council.agenda[0], by=cast["member1"], at=council.meets_at)


def test_no_ballot_enters_an_opened_box_even_by_hand(cast, convened, db):
    council = plays.voted(cast, council=convened, answers=lambda _i, _n: YES)
    db.session.commit()
    seat = db.session.scalars(select(Seat).where(Seat.council_id == council.id)).first()
    with pytest.raises(IntegrityError):
        db.session.execute(Ballot.__table__.insert().values(public_id="x" * 22, agenda_item_id=council.agenda[0].id, seat_id=seat.id, text=b"x", key_id="x",
                                                            seal="x", cast_at=council.meets_at))  # fmt: skip
    db.session.rollback()


def test_not_concluded_while_a_box_is_closed_or_without_words(cast, convened):
    refused(Incomplete, actions.conclude, convened, conclusion="Xong", by=cast["officer"], at=convened.meets_at)
    council = plays.voted(cast, council=convened, answers=lambda _i, _n: YES)
    assert refused(Incomplete, actions.conclude, council, conclusion=" ", by=cast["officer"], at=council.meets_at).field == "conclusion"
    refused(NotAllowed, actions.conclude, council, conclusion="Xong", by=cast["member6"], at=council.meets_at)


# --- what identification makes of it --------------------------------------------------------------------------


def votes(*contents):
    return lambda _item, n: contents[n % len(contents)]


def test_adopted_as_proposed_is_recorded_at_once(cast, convened, idea, db):
    council = plays.voted(cast, council=convened, answers=votes(YES))
    actions.conclude(council, conclusion="Đề nghị thực hiện.", by=cast["officer"], at=council.meets_at)
    db.session.refresh(idea)
    assert (idea.state, idea.outcome, idea.rank, idea.council_pid) == (IdeaState.IN_IDENTIFICATION, Outcome.DO, 1, council.public_id)


def test_exactly_the_fraction_is_not_more_than_it(cast, at, idea):
    result = identification.count([_ballot(YES)] * 6 + [_ballot(NO)] * 2, _rules(at))  # 6 of 8 is exactly 3/4: “more than” is not reached
    assert result["adopted"] is None
    assert identification.count([_ballot(YES)] * 7 + [_ballot(NO)] * 2, _rules(at))["adopted"] == "do"


def _rules(at):
    keys = [identification.BALLOT, identification.ADOPTION, identification.ONE_FAIL]
    return rules.values(keys, on=at.date())


def _ballot(content):
    return identification.Cast("s", SeatRole.MEMBER, False, content)


def test_changes_wait_for_their_wording_and_nothing_else_can_be_recorded(cast, convened, idea, db):
    change = {**YES, "conclusion": "adjust", "reason": "Thu hẹp phạm vi", "mode": "direct"}
    council = plays.voted(cast, council=convened, answers=votes(change, change, YES))
    actions.conclude(council, conclusion="Điều chỉnh.", by=cast["officer"], at=council.meets_at)
    db.session.refresh(idea)
    assert idea.outcome is None and identification.pending(idea)["adopted"] == "adjust"
    said = refused(Incomplete, identification.record, idea, identification.Identified(Outcome.DO_NOT, reason="x"), by=cast["officer"], at=council.meets_at)
    assert said.field == "outcome"
    found = identification.Identified(Outcome.DO_WITH_CHANGES, title="Hệ thống tưới tự động cho thanh long Tầm Vu", mode=identification.Mode.DIRECT, host=cast.org("host1"))
    identification.record(idea, found, by=cast["officer"], at=council.meets_at)
    assert idea.outcome == Outcome.DO_WITH_CHANGES and idea.final_title.endswith("Tầm Vu")


def test_refused_with_the_voted_reason_and_dissent_in_the_minutes(cast, convened, idea, db):
    council = plays.voted(cast, council=convened, answers=lambda _i, n: {**YES, "reason": "Tôi bảo lưu: vẫn cần thiết"} if n == 6 else NO)
    actions.conclude(council, conclusion="Không đề nghị thực hiện.", by=cast["officer"], at=council.meets_at)
    db.session.refresh(idea)
    assert idea.outcome == Outcome.DO_NOT and NO["reason"] in idea.outcome_reason
    minutes = db.session.scalars(select(Paper).where(Paper.template == "councils/minutes")).one()
    assert "Tôi bảo lưu: vẫn cần thiết" in as_text(minutes.blocks)


def test_an_idea_before_a_council_is_not_recorded_from_paper(cast, established, idea, db):
    db.session.refresh(idea)
    found = identification.Identified(Outcome.DO, mode=identification.Mode.SELECTION)
    refused(WrongState, identification.record, idea, found, minutes_number="1/BB", minutes_dated=established.created_at.date(), by=cast["officer"], at=established.meets_at)


def test_dissolved_by_decision_gives_the_idea_back(cast, at, established, idea, db):
    day = (at + 2 * DAY).date()
    said = refused(Incomplete, actions.dissolve, established, "Chủ tịch ốm", number="QĐ", dated=day, by=cast["leader"], at=at + 2 * DAY)
    assert said.field == "number"
    assert refused(Incomplete, actions.dissolve, established, "Chủ tịch ốm", by=cast["leader"], at=at + 2 * DAY).field == "number"
    actions.dissolve(established, "Chủ tịch ốm", number="77/QĐ-SKHCN", dated=day, by=cast["leader"], at=at + 2 * DAY)
    db.session.refresh(idea)
    assert (idea.state, idea.council_pid) == (IdeaState.SUBMITTED, None)
    paper = db.session.scalars(select(Paper).where(Paper.template == "councils/dissolution")).one()
    assert paper.number == "77/QĐ-SKHCN" and "Chủ tịch ốm" in as_text(paper.blocks) and established.decision_number in as_text(paper.blocks)


# --- who keeps the session ------------------------------------------------------------------------------------


def test_without_its_secretary_the_council_elects_who_keeps_the_session(cast, established, db):
    accounts = {"member1", "member2", "member3", "member4", "member6"}  # member5 is the secretary
    council = _attend(cast, established, accounts)
    said = refused(Incomplete, actions.convene, council, by=cast["officer"], at=council.meets_at)
    assert "secretary keeps the session" in str(said)
    seats = {s.user.email.partition("@")[0]: s.public_id for s in council.seats}
    present = {seats[name] for name in accounts}
    for wrong in ("member1", "member5", "member7", "nobody"):  # who presides, the absent, nobody's seat
        said = refused(Incomplete, actions.attend, council, present, secretary=seats.get(wrong, "x"), by=cast["officer"], at=council.meets_at)
        assert said.field == "secretary", wrong
        council = queries.fresh(council)
    actions.attend(council, present, secretary=seats["member6"], by=cast["officer"], at=council.meets_at)
    council = queries.fresh(council)
    assert runs(council, cast["member6"]) and not runs(council, cast["member3"])
    actions.convene(council, by=cast["member6"], at=council.meets_at)
    council = plays.voted(cast, council=queries.fresh(council), answers=lambda _item, _n: YES)
    actions.conclude(council, conclusion="Thống nhất", by=cast["officer"], at=council.meets_at + 2 * DAY / 24)
    blocks = db.session.scalars(select(Paper).where(Paper.template == "councils/minutes")).one().blocks
    left = next(b for b in blocks if b["kind"] == "sign" and b["side"] == "left")
    assert left["title"] == "THƯ KÝ PHIÊN HỌP" and cast["member6"].name in left["name"]
    assert "do Hội đồng bầu" in as_text(blocks)


def test_a_secretary_who_comes_later_keeps_the_session(cast, established):
    council = _attend(cast, established, {"member1", "member2", "member3", "member4", "member6"})
    seats = {s.user.email.partition("@")[0]: s for s in council.seats}
    there = {s.public_id for s in council.seats if s.present}
    actions.attend(council, there, secretary=seats["member6"].public_id, by=cast["officer"], at=council.meets_at)
    actions.convene(queries.fresh(council), by=cast["officer"], at=council.meets_at)
    actions.declare(queries.fresh(council), {}, by=cast["member5"], at=council.meets_at)
    actions.attend(queries.fresh(council), there | {seats["member5"].public_id}, secretary=seats["member6"].public_id, by=cast["officer"], at=council.meets_at)
    council = queries.fresh(council)
    assert council.secretary_pid is None and queries.keeping(council).user_id == cast["member5"].id == queries.kept_by(council).user_id
