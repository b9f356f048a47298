"""The identification council: what its ballot asks, how four outcomes come of the votes, what is decided on the record."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from app.across.demo.plays import councils as plays
from app.across.demo.plays import ideas as idea_plays
from app.kernel.errors import Incomplete, WrongState
from app.services.councils import actions, queries
from app.services.councils.models import Ballot
from app.services.councils.procedures import Cast
from app.services.councils.rules import SeatRole
from app.services.papers import queries as papers
from app.services.papers.blocks import as_text
from app.stages.ideas import actions as idea_acts
from app.stages.ideas import council as identification
from app.stages.ideas import queries as ideas
from app.stages.ideas.rules import Fate, IdeaState, Mode, Outcome, RedirectTo, fate
from tests.support.kept import kept

DAY = timedelta(days=1)
YES = {"urgency": "pass", "level": "pass", "feasibility": "pass", "conclusion": "do", "mode": "selection", "priority": 1}
CHANGE = YES | {"conclusion": "adjust", "reason": "Thu hẹp phạm vi"}
NO = {"urgency": "fail", "level": "pass", "feasibility": "pass", "conclusion": "refuse", "reason": "Trùng với nhiệm vụ đã thực hiện"}
RULES = {
    identification.BALLOT: {"criteria": [{"code": c, "vi": c, "en": c} for c in ("urgency", "level", "feasibility")],
                            "conclusions": [{"code": c, "vi": c, "en": c} for c in ("do", "adjust", "refuse")]},
    identification.ADOPTION: {"fraction": [3, 4], "strict": True}, identification.ONE_FAIL: True,
}  # fmt: skip


def count(*ballots):
    return identification.count([Cast(str(n), SeatRole.MEMBER, False, b) for n, b in enumerate(ballots)], RULES)


@pytest.fixture
@kept
def two(cast, at):
    """Two ideas before one council in session."""
    rows = [idea_plays.submitted_idea(cast, item="1.8", title=title, at=at, by=by) for title, by in (("Tưới cho chanh", "pi1"), ("Giống lúa chịu mặn", "pi3"))]
    row = identification.prepare(rows, title="Hội đồng xác định nhiệm vụ 2026", by=cast["officer"], at=at + DAY)
    return plays.convened(cast, council=plays.established(cast, council=row, at=at + DAY))


def by_position(first, second):
    return lambda item, n: (first if item.position == 1 else second)(n)


def ideas_of(council):
    return [ideas.idea_by_pid(item.subject_pid) for item in council.agenda]


# --- the ballot -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, -1, 3, 99, True, "1,5", "1.5", "một"])
def test_a_place_is_a_whole_number_among_the_items_of_the_session(cast, two, place):
    with pytest.raises(Incomplete) as refused:
        actions.cast(two, two.agenda[0], YES | {"priority": place}, by=two.seats[0].user, at=two.meets_at)
    assert refused.value.field == "priority" and refused.value.params == {"low": 1, "top": 2}


def test_the_ballot_names_its_places(two):
    asked = {q.code: q for q in identification.questions(ideas_of(two)[0], queries.rules_of(two, on=two.meets_at.date()))}
    assert (asked["priority"].low, asked["priority"].top) == (1, 2) and asked["priority"].label["en"].endswith("to 2")


@pytest.mark.nodb
@pytest.mark.parametrize(("ballot", "field"), [
    (YES | {"mode": None}, "mode"), (YES | {"urgency": "fail"}, "conclusion"), (NO | {"reason": ""}, "reason"), (CHANGE | {"reason": None}, "reason"),
    (YES | {"pass_on": "fund"}, "pass_on"),
])  # fmt: skip
def test_what_does_not_go_together_on_a_ballot(ballot, field):
    with pytest.raises(Incomplete) as refused:
        identification.check(ballot, RULES)
    assert refused.value.field == field


@pytest.mark.nodb
def test_an_idea_that_is_refused_may_be_passed_on():
    identification.check(NO | {"pass_on": "enterprise"}, RULES)


# --- counting -------------------------------------------------------------------------------------------------


@pytest.mark.nodb
@pytest.mark.parametrize(("ballots", "adopted"), [
    ([YES] * 6 + [NO] * 2, None), ([YES] * 7 + [NO] * 2, "do"), ([YES] * 4 + [CHANGE] * 3, "adjust"), ([NO] * 7, "refuse"), ([YES, NO, CHANGE], None),
])  # fmt: skip
def test_more_than_three_quarters_adopt(ballots, adopted):
    assert count(*ballots)["adopted"] == adopted


@pytest.mark.nodb
def test_it_is_passed_on_when_the_same_fraction_says_where():
    assert count(*[NO | {"pass_on": "fund"}] * 7)["pass_on"] == "fund"
    assert count(*[NO | {"pass_on": "fund"}] * 4, *[NO | {"pass_on": "enterprise"}] * 3)["pass_on"] is None
    assert count(*[NO] * 7)["pass_on"] is None


@pytest.mark.nodb
def test_dissent_is_what_did_not_win():
    result = count(*[YES] * 6, NO)
    assert (result["dissenting"], result["dissent"], result["reasons"]) == (1, [NO["reason"]], [])
    both = count(*[YES | {"reason": "Cấp thiết"}] * 3, *[CHANGE] * 4)
    assert (both["adopted"], both["dissenting"], both["dissent"]) == ("adjust", 0, [])


@pytest.mark.nodb
def test_equal_votes_leave_the_mode_open_and_say_so():
    result = count(*[YES] * 3, *[YES | {"mode": "direct"}] * 3)
    assert result["mode"] is None and result["modes"] == {"selection": 3, "direct": 3}
    assert [q.code for q in identification.left_open(result, RULES)] == ["mode"]
    assert identification.left_open(count(*[YES] * 4, *[YES | {"mode": "direct"}] * 3), RULES) == []
    assert identification.left_open(count(*[NO] * 7), RULES) == []
    words = str(identification.told(result | {"position": 1, "tied": False}, None, RULES).facts)
    assert "Giao trực tiếp 3" in words and "số phiếu bằng nhau" in words


@pytest.mark.nodb
def test_equal_means_share_a_place():
    results = {"a": count(*[YES | {"priority": 2}] * 7), "b": count(*[YES] * 7), "c": count(*[YES | {"priority": 2}] * 7), "d": count(*[NO] * 7)}
    ranks = identification.rank(results, RULES)
    assert {k: (v["position"], v["tied"]) for k, v in ranks.items()} == {"b": (1, False), "a": (2, True), "c": (2, True), "d": (4, False)}


# --- the session ----------------------------------------------------------------------------------------------


def test_no_vote_without_a_quorum(cast, two, db):
    there = [s.public_id for s in two.seats if s.role in (SeatRole.CHAIR, SeatRole.REVIEWER)]
    actions.attend(two, set(there), by=cast["officer"], at=two.meets_at)
    council = queries.fresh(two)
    with pytest.raises(Incomplete, match="quorum") as refused:
        actions.cast(council, council.agenda[0], YES, by=council.seats[0].user, at=council.meets_at)
    assert refused.value.params["said"].params == {"present": 3, "all": 7, "share": "2/3"}
    assert db.session.scalar(select(func.count(Ballot.id))) == 0


def test_a_tied_mode_is_decided_on_the_record_with_its_reason(cast, two):
    half = lambda n: YES | {"mode": "direct" if n < 3 else "selection"} if n < 6 else YES | {"conclusion": "refuse", "urgency": "fail", "mode": None, "reason": "Chưa cấp thiết"}
    council = plays.voted(cast, council=two, answers=by_position(half, lambda _n: YES | {"priority": 2}))
    end = council.meets_at + timedelta(hours=2)
    said = {"conclusion": "Thống nhất", "by": cast["officer"], "at": end}
    with pytest.raises(Incomplete) as refused:
        actions.conclude(council, **said)
    assert refused.value.field == "open_1_mode"
    pid = council.agenda[0].public_id
    for wrong, field in (({"mode": "nonsense", "reason": "x"}, "open_1_mode"), ({"mode": "selection", "reason": " "}, "open_1_reason")):
        with pytest.raises(Incomplete) as refused:
            actions.conclude(queries.fresh(council), settled={pid: wrong}, **said)
        assert refused.value.field == field
    actions.conclude(queries.fresh(council), settled={pid: {"mode": "selection", "reason": "Có nhiều tổ chức đủ năng lực"}}, **said)
    council = queries.fresh(council)
    first = ideas_of(council)[0]
    assert (first.outcome, first.mode) == (Outcome.DO, Mode.SELECTION)
    words = as_text(papers.of(council)[0].blocks)
    assert "Có nhiều tổ chức đủ năng lực" in words and "do Hội đồng quyết định" in words and "Chưa cấp thiết" in words, "dissent is in the minutes"


def test_the_council_passes_an_idea_on_and_the_province_decides(cast, two, at):
    council = plays.voted(cast, council=two, answers=by_position(lambda _n: NO | {"pass_on": "enterprise"}, lambda _n: YES))
    actions.conclude(council, conclusion="Thống nhất", by=cast["officer"], at=council.meets_at + timedelta(hours=2))
    first, second = ideas_of(queries.fresh(council))
    assert (first.outcome, first.redirect_to, first.outcome_reason.startswith("Trùng")) == (Outcome.REDIRECT, RedirectTo.ENTERPRISE, True)
    later = council.meets_at + 5 * DAY
    made = idea_acts.approve_list([first, second], number="88", dated=later.date(), by=cast["province"], at=later)
    assert [fate(i) for i in (first, second)] == [Fate.ENTERPRISE, Fate.SELECTION] and len(made) == 1
    assert "Chuyển doanh nghiệp" in as_text(papers.of(made[0])[0].blocks)


def test_a_refused_idea_ends_as_not_carried_out(cast, two):
    council = plays.voted(cast, council=two, answers=by_position(lambda _n: NO, lambda n: YES if n else NO))
    actions.conclude(council, conclusion="Thống nhất", by=cast["officer"], at=council.meets_at + timedelta(hours=2))
    first, second = ideas_of(queries.fresh(council))
    assert (first.outcome, second.outcome, second.state) == (Outcome.DO_NOT, Outcome.DO, IdeaState.IN_IDENTIFICATION)


def test_a_merged_idea_keeps_its_author_out_of_the_ballot(cast, at):
    """Who proposed a merged idea is a party of the kept one."""
    kept, other = (idea_plays.submitted_idea(cast, item="1.8", title=t, at=at, by=by) for t, by in (("A", "pi1"), ("B", "pi3")))
    idea_acts.merge(kept, [other], by=cast["officer"], at=at + DAY)
    parties = ideas.idea_parties(ideas.idea_by_pid(kept.public_id))
    assert parties.users == {cast["pi1"].id, cast["pi3"].id} and other.organisation_id in parties.organisations


@pytest.mark.nodb
def test_what_was_voted_becomes_an_outcome():
    idea = SimpleNamespace(proposed_host_id=None, proposed_host=None)
    assert identification.as_voted(idea, count(*[YES] * 7)).mode == Mode.SELECTION
    assert identification.as_voted(idea, count(*[CHANGE] * 7)) is None, "the final wording is still to be written"
    assert identification.as_voted(idea, count(*[NO | {"pass_on": "fund"}] * 7)).redirect_to == RedirectTo.FUND


# --- no opinion reaches the fraction --------------------------------------------------------------------------


@pytest.mark.nodb
def test_where_no_opinion_is_adopted_nobodys_words_are_the_councils():
    result = count(*[YES | {"reason": "Cấp thiết"}] * 3, NO)
    assert (result["adopted"], result["reasons"], result["dissenting"]) == (None, [], 0) and set(result["dissent"]) == {"Cấp thiết", NO["reason"]}
    assert identification.as_voted(SimpleNamespace(proposed_host_id=None, proposed_host=None), result) is None
    told = {words["vi"]: said for words, said in identification.told(result, None, RULES).facts}
    assert told["Kết quả thông qua"] == identification.NOT_ADOPTED and told["Ý kiến của các thành viên"] == f"Cấp thiết; {NO['reason']}"
    assert not {"Lý do không thực hiện", "Ý kiến bảo lưu"} & set(told)
    frozen_before = result | {"reasons": [NO["reason"]], "dissent": ["Cấp thiết"]}  # as boxes were counted before
    assert identification.told(frozen_before, None, RULES) == identification.told(result, None, RULES)


@pytest.fixture
def split(cast, two):
    """A council that adopted no opinion on its first idea, and carries the second out."""
    council = plays.voted(cast, council=two, answers=by_position(lambda n: YES if n < 4 else NO, lambda _n: YES))
    actions.conclude(council, conclusion="Không thống nhất nội dung 1", by=cast["officer"], at=council.meets_at + timedelta(hours=2))
    return queries.fresh(council)


def test_no_opinion_adopted_is_an_outcome_of_its_own_which_the_officer_words(cast, split):
    first, second = ideas_of(split)
    later = split.meets_at + 5 * DAY
    assert (first.outcome, first.outcome_reason, second.outcome) == (None, None, Outcome.DO)
    assert identification.pending(first)["reasons"] == ["Không ý kiến nào đạt tỷ lệ thông qua"]
    for wrong in (Outcome.DO, Outcome.DO_NOT, Outcome.REDIRECT):
        with pytest.raises(Incomplete) as refused:
            identification.record(first, idea_acts.Identified(wrong, mode=Mode.SELECTION, redirect_to=RedirectTo.FUND, reason="x"), by=cast["officer"], at=later)
        assert refused.value.field == "outcome"
    with pytest.raises(Incomplete):
        identification.record(first, idea_acts.Identified(Outcome.NOT_ADOPTED), by=cast["officer"], at=later)
    identification.record(first, idea_acts.Identified(Outcome.NOT_ADOPTED, reason=identification.NOT_ADOPTED["vi"]), by=cast["officer"], at=later)
    paper = idea_acts.put_forward([first, second], number="90", dated=later.date(), by=cast["officer"], at=later)
    words = as_text(paper.blocks)
    assert "Hội đồng không thông qua ý kiến nào" in words and NO["reason"] not in words
    made = idea_acts.approve_list([first, second], number="88", dated=later.date(), by=cast["province"], at=later)
    assert [fate(i) for i in (first, second)] == [Fate.REFUSED, Fate.SELECTION] and len(made) == 1


def test_an_idea_without_an_adopted_opinion_goes_to_another_council(cast, split):
    first, second = ideas_of(split)
    later = split.meets_at + 5 * DAY
    with pytest.raises(WrongState):
        identification.to_another(second, by=cast["officer"], at=later)
    identification.to_another(first, by=cast["officer"], at=later)
    assert (first.state, first.council_pid) == (IdeaState.SUBMITTED, None) and first in ideas.for_council()
    with pytest.raises(WrongState):
        identification.to_another(first, by=cast["officer"], at=later)
    again = identification.prepare([first], title="Hội đồng lần hai", by=cast["officer"], at=later)
    assert again.agenda[0].subject_pid == first.public_id
