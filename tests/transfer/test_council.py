"""The council on the effect of a result: when it is foreseen, what it says, and that the evaluation takes it over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.across.demo.plays import councils as council_plays
from app.across.demo.plays import transfer as plays
from app.kernel.errors import Incomplete, WrongState
from app.services.councils import actions as councils
from app.services.councils import queries as council_queries
from app.services.councils.models import Council
from app.services.councils.procedures import Cast
from app.services.councils.rules import CouncilState, Kind, SeatRole
from app.services.papers import queries as papers
from app.services.rulebook.models import Rule
from app.stages.funding import queries as funding
from app.stages.transfer import actions, council, effect, queries
from app.stages.transfer.rules import Rating, Usage
from tests.funding.factories import all_of
from tests.transfer import factories

DAY = timedelta(days=1)
RULE = {"kinds": ["DA_SXTN"], "state_money": 5_000_000_000, "by_choice": True}
REASON = "Diện tích áp dụng tăng đều, chi phí tưới giảm."


# --- pure -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("money", "kind", "rule", "must", "may"), [
    (5_000_000_000, "DT", {}, True, True), (4_999_999_999, "DT", {}, False, True), (1, "DA_SXTN", {}, True, True), (1, None, {}, False, True),
    (9_000_000_000, "DT", {"state_money": None}, False, True), (1, "DT", {"by_choice": False}, False, False), (1, "DA_SXTN", {"by_choice": False}, True, True),
])  # fmt: skip
def test_when_a_council_is_foreseen_or_may_be_chosen(money, kind, rule, must, may):
    of = {"state_money": money, "kind": kind}
    assert (effect.foreseen(RULE | rule, **of), effect.possible(RULE | rule, **of)) == (must, may)


@pytest.mark.parametrize(("votes", "base", "strict", "said"), [
    ("HHHSS", 5, True, Rating.HIGH), ("HHSSL", 5, True, Rating.SOME), ("HSLNN", 5, True, Rating.LOW), ("NNNNN", 5, True, Rating.NONE), ("HHNN", 4, True, Rating.NONE),
    ("HHNN", 4, False, Rating.HIGH), ("HH", 5, True, None), ("", 5, True, None),
])  # fmt: skip
def test_the_rating_is_the_best_that_enough_members_reach(votes, base, strict, said):
    given = [{"H": Rating.HIGH, "S": Rating.SOME, "L": Rating.LOW, "N": Rating.NONE}[v] for v in votes]
    assert effect.verdict(given, base=base, fraction=[1, 2], strict=strict) == said


def test_the_count_tells_of_no_member():
    rules = {council.ADOPTION: {"fraction": [1, 2], "base": "present", "strict": True}, "ballots": 3}
    casts = [Cast(f"s{n}", SeatRole.MEMBER, False, {"rating": r, "reason": f"Lý do {n}"}) for n, r in ((2, "high"), (1, "some"), (3, "low"))]
    found = council.count(casts, rules)
    assert found == council.count(casts[::-1], rules) and found["rating"] == "some" and found["reasons"] == ["Lý do 1", "Lý do 2", "Lý do 3"]
    assert council.told(found, None, rules).facts[0][1]["vi"] == "Hiệu quả cao: 1; Có hiệu quả: 1; Hiệu quả thấp: 1"
    assert council.told(found | {"rating": None}, None, rules).facts[1][1] == council.NO_VERDICT


# --- acts -----------------------------------------------------------------------------------------------------


@pytest.fixture
def result(db, cast, at):
    """A result that its receiver has used for two years."""
    row = factories.result(cast, at)
    plays.followed_up(cast, handover=plays.handed_over(cast, result=row, at=at, receiver=cast.org("agency1")), usages=(Usage.YES, Usage.YES))
    db.session.commit()
    return row


def set_rule(db, result, at, **value):
    """A version of the rule, in force from the day of the project's award."""
    day = funding.project_by_id(result.project_id).decision_date
    rule = db.session.scalars(select(Rule).where(Rule.key == effect.RULE)).one()
    rule.valid_to = day - DAY
    db.session.flush()
    db.session.add(Rule(key=rule.key, value=RULE | value, unit=None, source="Tỉnh", mark=rule.mark, valid_from=day, note_vi="x", note_en="x", created_at=at))
    db.session.commit()


def seat(result, cast, at):
    return council.put_to_council(result, title="Hội đồng đánh giá hiệu quả", by=cast["officer"], at=at)


def evaluate(result, cast, at, rating=None):
    return actions.evaluate(result, rating=rating, assessment="Theo kết luận của hội đồng.", advice=None, by=cast["officer"], at=at)


def test_where_a_council_is_foreseen_the_evaluation_needs_it(db, cast, at, result):
    when = at + 800 * DAY
    set_rule(db, result, at, state_money=1)
    with pytest.raises(WrongState, match="foreseen"):
        evaluate(result, cast, when, Rating.HIGH)
    panel = seat(result, cast, when)
    with pytest.raises(WrongState, match="waits for its conclusion"):
        evaluate(result, cast, when, Rating.HIGH)
    with pytest.raises(WrongState, match="already"):
        seat(result, cast, when)
    for name in ("pi1", "member6"):  # the investigator; somebody of the body that uses the result
        with pytest.raises(Incomplete):
            councils.appoint(panel, cast[name], SeatRole.MEMBER, explanation="x", by=cast["officer"], at=when)
    panel = council_plays.concluded(cast, council=panel, at=when, size=5, conclusion="Hội đồng thống nhất mức có hiệu quả.",
                                    answers=lambda _item, n: {"rating": "high" if n < 2 else "some", "reason": f"{REASON} ({n})"})  # fmt: skip
    minutes = str(next(p for p in papers.of(panel) if p.template == "councils/minutes").blocks)
    assert panel.kind == Kind.EFFECTIVENESS and "Mức hiệu quả do hội đồng đánh giá" in minutes and "Hiệu quả cao: 2; Có hiệu quả: 3" in minutes and REASON in minutes
    later = when + 30 * DAY
    with pytest.raises(WrongState, match="take its conclusion"):
        seat(result, cast, later)
    with pytest.raises(Incomplete, match="rating"):
        evaluate(result, cast, later, Rating.HIGH)
    paper = evaluate(result, cast, later)
    row = queries.evaluations_of(result.id)[0]
    assert (row.rating, row.council_id) == (Rating.SOME, panel.id)
    assert all(words in str(paper.blocks) for words in (panel.title, panel.decision_number, "Hiệu quả cao: 2; Có hiệu quả: 3", panel.conclusion))
    with pytest.raises(WrongState, match="foreseen"):  # a later evaluation needs a council of its own
        evaluate(result, cast, later, Rating.SOME)


def test_elsewhere_the_officer_evaluates_alone_or_chooses_one(db, cast, at, result):
    when = at + 800 * DAY
    paper = evaluate(result, cast, when, Rating.HIGH)
    assert "Hội đồng" not in str(paper.blocks) and queries.evaluations_of(result.id)[0].council_id is None
    with pytest.raises(Incomplete, match="rate"):
        evaluate(result, cast, when)
    panel = seat(result, cast, when)
    with pytest.raises(WrongState, match="waits"):
        evaluate(result, cast, when, Rating.HIGH)
    councils.dissolve(panel, "Không cần hội đồng", by=cast["officer"], at=when)
    evaluate(result, cast, when, Rating.LOW)
    set_rule(db, result, at, by_choice=False)
    with pytest.raises(WrongState, match="no council"):
        seat(result, cast, when)


def test_no_council_before_a_report_is_verified(cast, at):
    row = factories.result(cast, at)
    with pytest.raises(WrongState, match="no verified report"):
        seat(row, cast, at)


# --- through HTTP ---------------------------------------------------------------------------------------------


def test_from_the_page_of_the_result_to_its_evaluation(db, cast, as_, at, result, travel):
    set_rule(db, result, at, kinds=[funding.project_by_id(result.project_id).kind])
    travel.move_to(at + 800 * DAY)
    base, officer = f"/transfer/results/{result.public_id}", as_("officer")
    page = officer.page(base)
    assert page.select(f"a[href='{base}/put-to-council']") and not page.select(f"a[href='{base}/evaluate']") and "Tỉnh" in page.text
    assert officer.get(f"{base}/evaluate").status_code == 409
    assert [as_(name).get(f"{base}/put-to-council").status_code for name in ("pi1", "host1", "leader")] == [403, 403, 403]
    assert [as_("member1").get(f"{where}/results/{result.public_id}").status_code for where in ("/transfer", "/acceptance")] == [404, 404]
    officer.submit(f"{base}/put-to-council", {"title": ""}, status=422)
    officer.submit(f"{base}/put-to-council", {"title": "Hội đồng đánh giá hiệu quả tưới"})
    officer.submit(f"{base}/put-to-council", {"title": "Hội đồng khác"}, status=409)
    panel = all_of(Council)[-1]
    panel = council_plays.established(cast, council=council_queries.fresh(panel), at=at + 800 * DAY, size=5)
    db.session.commit()
    member = as_("member1").page(base)
    assert "Hội đồng đánh giá hiệu quả tưới" in member.text and member.select("a[href*='/transfer/follow-ups/']")
    assert as_("member1").get(f"/acceptance/results/{result.public_id}").status_code == 200 and as_("member8").get(base).status_code == 404
    panel = council_plays.voted(cast, council=council_plays.convened(cast, council=panel), answers=lambda _item, _n: {"rating": "low", "reason": REASON})
    db.session.commit()
    travel.move_to(panel.meets_at + timedelta(hours=3))
    as_("officer").submit(f"/councils/{panel.public_id}/conclude", {"conclusion": "Hiệu quả thấp, đề nghị hoàn thiện.", "agree": "y"})
    db.session.expire_all()
    assert panel.state == CouncilState.CONCLUDED and as_("member1").get(base).status_code == 404
    form = as_("officer").page(f"{base}/evaluate")
    assert "Hiệu quả thấp: 5" in form.text and "đề nghị hoàn thiện" in form.select_one("textarea[name=assessment]").text and not form.select("[name=rating]")
    as_("officer").submit(f"{base}/evaluate", {"assessment": "Theo kết luận của hội đồng.", "rating": "high", "attest": "y"})
    assert [e.rating for e in queries.evaluations_of(result.id)] == [Rating.LOW]
    page = as_("officer").page(base)
    assert page.select(f"main a[href='/councils/{panel.public_id}']") and "Council" not in page.text
