"""Selection: from eligible dossiers through the one council engine to frozen lines and told applicants."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import councils as council_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as proposal_plays
from app.across.demo.plays import selection as plays
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.councils import actions as councils
from app.services.councils import queries as council_queries
from app.services.councils.actions.conclusion import ranked
from app.services.councils.rules import CouncilState, SeatRole
from app.services.papers.blocks import as_text
from app.services.papers.models import Paper
from app.services.rulebook import actions as rulebook_acts
from app.services.rulebook import queries as rulebook
from app.services.rulebook.rules import Mark
from app.stages.calls import queries as calls
from app.stages.ideas.rules import TopicState
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState
from app.stages.selection import actions, queries, scoring
from app.stages.selection.rules import RoundState
from tests.support.kept import kept

DAY = timedelta(days=1)


def remarks_on(council, proposal):
    """What members wrote on a dossier, as its applicant and the papers are told."""
    counts = council_queries.counts_of(council)
    return next(scoring.remarks(counts[item.public_id]) for item in council.agenda if item.subject_pid == proposal.public_id)


@pytest.fixture
@kept
def call_topic(cast, at):
    """A topic with two eligible dossiers of two hosts; the fixture's time is when its idea was written."""
    topic = idea_plays.approved_topic(cast, item="1.8", title="Hệ thống tưới tự động dùng Internet vạn vật", at=at)
    call = call_plays.published_call(cast, topics=[topic], at=at + 25 * DAY)
    found = calls.topics_of(call)[0]
    first = proposal_plays.submitted(cast, call_topic=found, at=at + 30 * DAY, pi="pi1", host="host1", total=800_000_000)
    second = proposal_plays.submitted(cast, call_topic=found, at=at + 31 * DAY, pi="pi3", host="host2", total=900_000_000)
    call_plays.opened_call(cast, call=call)
    for row in (first, second):
        proposal_plays.eligible(cast, proposal=row, at=at + 65 * DAY)
    return found


def proposals(db):
    return list(db.session.scalars(select(Proposal).order_by(Proposal.id)))


def test_the_whole_way(cast, call_topic, at, db, mails):
    found = plays.concluded(cast, call_topic=call_topic, at=at + 70 * DAY, marks=(plays.FAIR, plays.GOOD))
    assert found.state == RoundState.CONCLUDED
    first, second = found.lines
    assert (first.position, first.recommended, first.proposal.pi.name) == (1, True, cast["pi3"].name)
    # 2·4 + 6·4 + 4·4 + 4·3 + 5·3 + 4·4 = 91; every third of the seven is five points stricter: 91 - 10/7
    assert (first.mean_numerator, first.mean_denominator) == (627, 7)
    assert first.mean_hundredths == 8957
    assert (second.passed, second.recommended, second.ballots) == (True, False, 7)
    assert [p.state for p in proposals(db)] == [ProposalState.RESERVE, ProposalState.SELECTED]
    assert [m.to_address for m in mails() if m.template == "proposals/mail/concluded.txt"] == [
        cast["pi3"].email, cast["host2"].email, cast["pi1"].email, cast["host1"].email]  # fmt: skip
    minutes = db.session.scalars(select(Paper).where(Paper.template == "councils/minutes")).one()
    words = as_text(minutes.blocks)
    assert "89,57" in words and "Ủy viên thư ký khoa học" in words and "7 trên 7" in words


def test_lines_are_frozen(cast, call_topic, at, db):
    plays.ranked(cast, call_topic=call_topic, at=at + 70 * DAY)
    db.session.commit()
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE ranking_line SET recommended = (1 = 1) WHERE position = 2"))
    db.session.rollback()


def test_nobody_passes_and_the_topic_is_free_again(cast, call_topic, at, db):
    plays.concluded(cast, call_topic=call_topic, at=at + 70 * DAY, marks=(plays.POOR, plays.POOR))
    assert {p.state for p in proposals(db)} == {ProposalState.NOT_SELECTED}
    db.session.refresh(call_topic)
    assert call_topic.outcome == "not_selected"
    assert calls.call_topic_by_pid(call_topic.public_id).topic.state == TopicState.OPEN_AGAIN


def test_equal_results_need_a_word_of_the_council(cast, call_topic, at, db):
    council = actions.prepare(call_topic, by=cast["officer"], at=at + 70 * DAY)
    council = council_plays.convened(cast, council=council_plays.established(cast, council=council, at=at + 70 * DAY))
    council = council_plays.voted(cast, council=council, answers=plays.scored((plays.GOOD, plays.GOOD)))
    end = council.meets_at + timedelta(hours=2)
    before = ranked(council, end)
    assert {(r["position"], r["tied"], r["recommended"]) for r in before.values()} == {(1, True, False)}, "both are told as equal, none as the first"
    with pytest.raises(Incomplete) as refused:
        councils.conclude(council, conclusion="Thống nhất.", by=cast["officer"], at=end)
    assert refused.value.field == "chosen"
    chosen = council.agenda[1].public_id
    with pytest.raises(Incomplete) as refused:
        councils.conclude(council, conclusion="Thống nhất.", chosen=chosen, by=cast["officer"], at=end)
    assert refused.value.field == "reason"
    councils.conclude(council, conclusion="Thống nhất.", chosen=chosen, reason="Kinh nghiệm của nhóm", by=cast["officer"], at=end)
    lines = queries.round_of_council(council).lines
    assert [(line.tied, line.recommended) for line in lines if line.proposal.pi_id == cast["pi3"].id] == [(True, True)]
    assert [(line.position, line.recommended, line.proposal.pi_id) for line in lines] == [(1, True, cast["pi3"].id), (2, False, cast["pi1"].id)]
    after = ranked(council_queries.fresh(council), end)
    assert (after[chosen]["position"], after[chosen]["recommended"]) == (1, True)
    minutes = as_text(db.session.scalars(select(Paper).where(Paper.template == "councils/minutes")).one().blocks)
    assert "Kinh nghiệm của nhóm" in minutes


def test_a_member_of_a_host_has_no_seat(cast, call_topic, at):
    council = actions.prepare(call_topic, by=cast["officer"], at=at + 70 * DAY)
    with pytest.raises(Incomplete) as refused:
        councils.appoint(council, cast["member9"], SeatRole.MEMBER, explanation="Chuyên gia giỏi", by=cast["officer"], at=at + 70 * DAY)
    assert refused.value.field == "user" and "belongs to the host" in str(refused.value)
    with pytest.raises(Incomplete):
        councils.appoint(council, cast["pi3"], SeatRole.MEMBER, explanation="x", by=cast["officer"], at=at + 70 * DAY)


def sitting(cast, call_topic, at, out):
    """A council in session on both dossiers; `out` are accounts that declare a conflict with the first one."""
    council = actions.prepare(call_topic, by=cast["officer"], at=at + 70 * DAY)
    council = council_plays.established(cast, council=council, at=at + 70 * DAY)
    first = council.agenda[0].public_id
    for seat in council.seats:
        mine = {first: "Hướng dẫn luận văn của chủ nhiệm"} if seat.user_id in {cast[name].id for name in out} else {}
        councils.declare(council, mine, by=seat.user, at=council.meets_at)
    councils.attend(council, {s.public_id for s in council.seats}, authorisation="12/GUQ", by=cast["officer"], at=council.meets_at)
    return council_queries.fresh(council)


def test_a_declared_conflict_takes_the_member_out_of_all_that_compete(cast, call_topic, at):
    council = sitting(cast, call_topic, at, ("member7",))
    meets, (one, two) = council.meets_at, council.agenda
    councils.convene(council, by=cast["officer"], at=meets)
    council = council_queries.fresh(council)
    for item in (one, two):
        with pytest.raises(NotAllowed, match="out of this item"):
            councils.cast(council, item, plays.sheet(plays.GOOD, 0), by=cast["member7"], at=meets)
        subject = council_queries.subject_of(item)
        assert council_queries.member_reads(subject, cast["member1"]) and not council_queries.member_reads(subject, cast["member7"])
    assert "Cạnh tranh với nội dung 1" in council_queries.recusal_rows(council)[1].reason
    for item in (one, two):
        for n, seat in enumerate(s for s in council.seats if s.user_id != cast["member7"].id):
            councils.cast(council, item, plays.sheet(plays.GOOD, n), by=seat.user, at=meets)
        if item is one:  # the dossiers compete: no sheet is shown while one can still be written
            with pytest.raises(Incomplete, match="Not cast yet"):
                councils.open_box(council, one, by=cast["member1"], at=meets)
    for item in (one, two):
        councils.open_box(council, item, by=cast["member1"], at=meets)
    counts = council_queries.counts_of(council)
    assert [counts[item.public_id]["ballots"] for item in (one, two)] == [6, 6]


def test_the_chair_who_is_out_does_not_preside(cast, call_topic, at, db):
    council = sitting(cast, call_topic, at, ("member1",))
    meets = council.meets_at
    councils.convene(council, by=cast["officer"], at=meets)
    council = council_queries.fresh(council)
    for item in council.agenda:
        for n, seat in enumerate(s for s in council.seats if s.user_id != cast["member1"].id):
            councils.cast(council, item, plays.sheet(plays.GOOD, n) | {"remark": f"Ý kiến của thành viên {n}"}, by=seat.user, at=meets)
    for item in council.agenda:
        with pytest.raises(NotAllowed, match="presides over this item"):
            councils.open_box(council, item, by=cast["member1"], at=meets)
        councils.open_box(council, item, by=cast["member2"], at=meets)
    assert {r["led_by"] for r in council_queries.counts_of(council).values()} == {"vice_chair"}
    councils.conclude(council, conclusion="Thống nhất.", chosen=council.agenda[0].public_id, reason="Nhóm có kinh nghiệm", by=cast["officer"], at=meets + 31 * DAY)
    words = as_text(db.session.scalars(select(Paper).where(Paper.template == "councils/minutes")).one().blocks)
    assert f"Chủ trì\n{cast['member2'].name}" in words and "12/GUQ" in words
    assert "Ý kiến của thành viên 3" in words, "what members wrote stands in the annex"
    first, second = proposals(db)
    assert remarks_on(council, first) == [f"Ý kiến của thành viên {n}" for n in range(6)]
    assert queries.line_of(first) is None, "the applicant is told when the round is concluded"
    actions.conclude(queries.round_of_council(council), by=cast["officer"], at=meets + 32 * DAY)
    assert queries.line_of(second).proposal_id == second.id


def test_the_minutes_have_the_day_of_the_session(cast, call_topic, at, db):
    council = actions.prepare(call_topic, by=cast["officer"], at=at + 70 * DAY)
    council = council_plays.established(cast, council=council, at=at + 70 * DAY)
    meets = council.meets_at + 31 * DAY
    for seat in council.seats:
        councils.declare(council, {}, by=seat.user, at=meets)
    councils.attend(council, {s.public_id for s in council.seats}, authorisation="12/GUQ", by=cast["officer"], at=meets)
    councils.convene(council, by=cast["officer"], at=meets)
    council = council_plays.voted(cast, council=council_queries.fresh(council), answers=plays.scored((plays.GOOD, plays.FAIR)))
    councils.conclude(council, conclusion="Thống nhất.", by=cast["officer"], at=meets)
    words = as_text(db.session.scalars(select(Paper).where(Paper.template == "councils/minutes")).one().blocks)
    assert f"Ngày họp\n{meets:%d/%m/%Y}" in words and "12/GUQ" not in words, "the chair presided: no authorisation was used"
    assert f"chủ nhiệm: {cast['pi1'].name}" in words and f"chủ nhiệm: {cast['pi3'].name}" in words


def test_without_quorum_for_the_topic_there_is_no_session_and_it_goes_to_another_council(cast, call_topic, at, db):
    council = sitting(cast, call_topic, at, ("member5", "member6", "member7"))
    with pytest.raises(Incomplete) as refused:
        councils.convene(council, by=cast["officer"], at=council.meets_at)
    assert refused.value.params["said"].params == {"present": 4, "all": 7, "out": 3, "share": "2/3"}
    with pytest.raises(WrongState, match="dissolved"):
        councils.give_back(council, council.agenda[0], "Không đủ thành viên", by=cast["officer"], at=council.meets_at)
    leaving = next(s for s in council.seats if s.user_id == cast["member7"].id)
    day = council.meets_at.date()
    councils.replace(council, leaving, cast["member8"], number="99/QĐ-SKHCN", dated=day, reason="Xung đột lợi ích", by=cast["leader"], at=council.meets_at)
    council = council_queries.fresh(council)
    councils.declare(council, {}, by=cast["member8"], at=council.meets_at)
    councils.attend(council, {s.public_id for s in council.seats}, by=cast["officer"], at=council.meets_at)
    councils.convene(council_queries.fresh(council), by=cast["officer"], at=council.meets_at)
    council = council_queries.fresh(council)
    councils.give_back(council, council.agenda[1], "Hồ sơ cần làm rõ", by=cast["officer"], at=council.meets_at)
    assert {p.state for p in proposals(db)} == {ProposalState.ELIGIBLE}, "competitors go back together"
    councils.conclude(council, conclusion="Chưa xem xét.", by=cast["officer"], at=council.meets_at)
    assert council.state == CouncilState.CONCLUDED and queries.waiting() == [call_topic]
    found = plays.concluded(cast, call_topic=call_topic, at=council.meets_at + DAY)
    assert found.state == RoundState.CONCLUDED


def test_dissolved_and_another_council(cast, call_topic, at, db):
    council = actions.prepare(call_topic, by=cast["officer"], at=at + 70 * DAY)
    with pytest.raises(WrongState):
        actions.prepare(call_topic, by=cast["officer"], at=at + 70 * DAY)
    council = council_plays.established(cast, council=council, at=at + 70 * DAY)
    assert queries.waiting() == []
    councils.dissolve(council, "Thành viên vắng quá nhiều", number="9/QĐ-SKHCN", dated=(at + 75 * DAY).date(), by=cast["leader"], at=at + 75 * DAY)
    assert council.state == CouncilState.DISSOLVED
    assert {p.state for p in proposals(db)} == {ProposalState.ELIGIBLE}
    assert queries.waiting() == [call_topic]
    found = plays.concluded(cast, call_topic=call_topic, at=at + 80 * DAY)
    assert found.state == RoundState.CONCLUDED


def test_a_topic_without_a_living_dossier_is_set_free(cast, at, db):
    topic = idea_plays.approved_topic(cast, item="1.8", title="Một đề tài chỉ có một hồ sơ", at=at)
    call = call_plays.published_call(cast, topics=[topic], at=at + 25 * DAY)
    call_topic = calls.topics_of(call)[0]
    row = proposal_plays.submitted(cast, call_topic=call_topic, at=at + 30 * DAY, pi="pi1", host="host1", total=800_000_000)
    call_plays.opened_call(cast, call=call)
    assert queries.nobody_eligible() == []
    with pytest.raises(WrongState):
        actions.settle_without_dossier(call_topic, by=cast["officer"], at=at + 65 * DAY)
    proposal_plays.ineligible(cast, proposal=row, at=at + 65 * DAY)
    with pytest.raises(Incomplete):
        actions.prepare(call_topic, by=cast["officer"], at=at + 66 * DAY)
    actions.settle_without_dossier(call_topic, by=cast["officer"], at=at + 66 * DAY)
    assert call_topic.outcome == "not_selected"


def test_the_council_scores_by_the_sheet_that_the_call_fixed(cast, call_topic, at, db):
    sheet = rulebook.value("selection.sheet.DT_CN", on=(at + 60 * DAY).date())
    rulebook_acts.revise("selection.sheet.DT_CN", {**sheet, "pass": 60}, source="QĐ 9/2026", mark=Mark.G, valid_from=(at + 40 * DAY).date(), reason="Sửa",
                         by=cast["officer"], at=at + 39 * DAY)  # fmt: skip
    council = actions.prepare(call_topic, by=cast["officer"], at=at + 70 * DAY)
    assert council_queries.rules_of(council, on=(at + 70 * DAY).date())["selection.sheet.DT_CN"]["pass"] == 70
    council_plays.established(cast, council=council, at=at + 70 * DAY)
    assert council.rule_ids["selection.sheet.DT_CN"] == call_topic.call.rules["selection.sheet.DT_CN"]
    assert set(council.rule_ids) == set(council_queries.rule_keys(council.kind, council_queries.subjects_of(council)))
