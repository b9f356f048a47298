"""Ballots on paper: two of the counting team enter each; what they read must agree; what is wrong with it is counted as such."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.across.demo.plays import councils as plays
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.councils import actions, queries, recount
from app.services.councils.models import Ballot, SheetDraft
from app.services.papers.blocks import as_text
from app.services.papers.models import Paper
from tests.councils.test_actions import NO, YES, refused
from tests.councils.test_sealing import convened  # noqa: F401 - the fixture


def _elected(cast, council, *accounts):
    actions.elect_tellers(council, [cast[a].public_id for a in accounts], by=cast["officer"], at=council.meets_at)
    return queries.fresh(council)


@pytest.fixture
def counting(cast, convened):  # noqa: F811
    """The session with its counting team: the secretary member5 as head, and the administrative secretary."""
    return _elected(cast, convened, "officer", "member5")


def test_the_team_is_as_the_rule_says(cast, convened):  # noqa: F811
    said = refused(Incomplete, actions.elect_tellers, convened, [cast["member5"].public_id], by=cast["officer"], at=convened.meets_at)
    assert said.field == "team" and said.params == {"n": 2, "have": 1}
    refused(Incomplete, actions.elect_tellers, convened, [cast["member6"].public_id, cast["officer"].public_id], by=cast["officer"], at=convened.meets_at)
    refused(NotAllowed, actions.elect_tellers, convened, [], by=cast["member6"], at=convened.meets_at)
    refused(Incomplete, actions.elect_tellers, convened, [cast["member5"].public_id, cast["pi1"].public_id], by=cast["officer"], at=convened.meets_at)
    council = _elected(cast, convened, "officer", "member5")
    assert [u.id for u in actions.team(council)] == [cast["member5"].id, cast["officer"].id]


def test_two_must_have_read_the_same(cast, counting, db):
    item, seat, at = counting.agenda[0], counting.seats[0], counting.meets_at
    enter = lambda answers, who: actions.enter_paper(counting, item, seat, answers, by=cast[who], at=at)
    assert enter(YES, "officer") == [] and enter(YES, "officer") == []  # one alone, however often, puts nothing into the box
    (differs,) = enter({**YES, "mode": "direct"}, "member5")
    assert (differs.code, differs.mine, differs.other) == ("mode", "direct", cast["officer"].name) and "selection" not in str(differs)
    assert queries.ballot_of(item, seat) is None
    ballot = enter(YES, "member5")
    assert isinstance(ballot, Ballot) and {ballot.entered_by_id, ballot.checked_by_id} == {cast["officer"].id, cast["member5"].id}
    assert db.session.scalars(select(SheetDraft)).all() == []
    refused(WrongState, actions.cast, counting, item, YES, by=seat.user, at=at)
    refused(WrongState, actions.enter_paper, counting, item, seat, YES, by=cast["officer"], at=at)


def test_who_has_not_read_it_learns_nothing(cast, counting):
    item, seat, at = counting.agenda[0], counting.seats[0], counting.meets_at
    actions.keep_draft(counting, item, NO, by=seat.user, at=at)  # what the member fills in here is nobody's reading
    actions.enter_paper(counting, item, seat, YES, by=cast["officer"], at=at)
    assert actions.differences(counting, item, seat, by=cast["member5"]) == [] and actions.read_own(counting, item, seat, by=cast["member5"]) == {}


@pytest.mark.parametrize("who", ["officer2", "member6", "member1", "leader"])
def test_others_enter_nothing(cast, counting, who):
    refused(NotAllowed, actions.enter_paper, counting, counting.agenda[0], counting.seats[2], YES, by=cast[who], at=counting.meets_at)


def test_nobody_enters_the_own_ballot_or_that_of_who_is_away(cast, counting):
    item, at = counting.agenda[0], counting.meets_at
    own = next(s for s in counting.seats if s.user_id == cast["member5"].id)
    refused(NotAllowed, actions.enter_paper, counting, item, own, YES, by=cast["member5"], at=at)
    away = counting.seats[6]
    actions.attend(counting, {s.public_id for s in counting.seats if s != away}, by=cast["officer"], at=at)
    council = queries.fresh(counting)
    said = refused(NotAllowed, actions.enter_paper, council, item, away, YES, by=cast["officer"], at=at)
    assert said.params == {"name": away.user.name}


@pytest.mark.parametrize(("answers", "why"), [
    ({}, "blank"), ({**YES, "urgency": None}, "missing"), ({**YES, "priority": 100}, "out_of_range"), ({**YES, "priority": "9,5"}, "out_of_range"),
    ({**YES, "conclusion": "maybe"}, "out_of_range"), ({**YES, "level": "fail"}, "contradictory"), ({**YES, "defect": "unreadable"}, "unreadable"),
])  # fmt: skip
def test_an_invalid_ballot_is_counted_as_such(cast, counting, db, answers, why):
    """It weighs nothing, its reason is told by the rule, and its hash stands in the list."""
    item, at = counting.agenda[0], counting.meets_at
    for who in ("officer", "member5"):
        ballot = actions.enter_paper(counting, item, counting.seats[0], answers, by=cast[who], at=at)
    for seat in counting.seats[1:]:
        actions.cast(counting, item, YES, by=seat.user, at=at)
    plays.to_step(cast, council=counting, opens="box", at=at)
    result = actions.open_box(counting, item, by=cast["member1"], at=at).result
    assert (result["ballots"], result["invalid"], result["defects"], result["votes"]) == (7, 1, {why: 1}, {"do": 6})
    assert ballot.seal in result["seals"] and recount.wrong_with(queries.fresh(counting), at) == []
    plays.to_step(cast, council=counting, opens="conclusion", at=at)
    actions.conclude(counting, conclusion="Đề nghị thực hiện.", by=cast["officer"], at=at)
    minutes = as_text(db.session.scalars(select(Paper).where(Paper.template == "councils/minutes")).one().blocks)
    assert "Phiếu không hợp lệ" in minutes and "Ban kiểm phiếu" in minutes and cast["officer"].name in minutes


def test_another_session_elects_its_own_team(cast, counting, at):
    actions.adjourn(counting, reason="Hết giờ", meets_at=counting.meets_at.replace(year=2027), place="Phòng họp", by=cast["officer"], at=counting.meets_at)
    assert queries.fresh(counting).tellers is None
