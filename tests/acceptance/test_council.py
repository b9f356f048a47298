"""The acceptance council on the engine: what it asks, what it counts, what its conclusion does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.across.demo.plays import acceptance as plays
from app.across.demo.plays import councils as council_plays
from app.kernel.clock import local
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.councils import actions as councils
from app.services.councils import queries as council_queries
from app.services.councils.procedures import procedure_of
from app.services.councils.room import talk
from app.services.councils.rules import Kind, SeatRole
from app.services.papers import queries as papers
from app.services.rulebook import queries as rulebook
from app.services.rulebook.models import Rule
from app.stages.acceptance import actions, asked, queries
from app.stages.acceptance import council as procedure
from app.stages.acceptance.rules import CaseState
from app.stages.funding import actions as money
from app.stages.funding import queries as funding
from tests.acceptance import factories

DAY = timedelta(days=1)
END = 700 * DAY


@pytest.fixture
def case(cast, at):
    return plays.valid(cast, project=factories.project(cast, at), at=at + END)


def test_the_ballot_asks_for_each_product_the_report_and_a_remark(at, case):
    asked = procedure.questions(case, factories.rules(on=at.date()))
    count = len(queries.lines_of(case))
    assert [q.code for q in asked] == [f"{what}_{n}" for n in range(1, count + 1) for what in ("quality", "quantity", "volume")] + ["report", "remark"]
    assert [code for code, _w in asked[0].choices] == ["excellent", "pass", "fail"]
    assert [code for code, _w in asked[1].choices] == ["excellent", "pass", "short", "fail"] and asked[2].choices[-1][0] == "none"
    assert all(q.label["vi"] and q.label["en"] for q in asked) and asked[0].heading["vi"].startswith("Sản phẩm 1.")
    four = procedure.questions(case, factories.rules("four_level", on=at.date()))
    assert [q.code for q in four][-2:] == ["points", "remark"] and four[-2].top == 100 and len(four[1].choices) == 4


def test_a_member_sees_what_the_sheet_means(at, case):
    rules = factories.rules(on=at.date())
    assert procedure.summary(factories.sheet(case), rules) == {"vi": "Xếp loại chung: Đạt", "en": "Overall rating: Satisfactory"}
    assert procedure.summary({"report": "pass"} | {k: v for k, v in factories.sheet(case).items() if k != "quantity_1"}, rules) is None
    assert procedure.summary(factories.sheet(case, points=90), factories.rules("four_level", on=at.date()))["vi"].endswith("Xuất sắc")


def test_who_finds_something_unsatisfactory_says_what(at, case):
    rules = factories.rules(on=at.date())
    procedure.check(factories.sheet(case), rules)
    for bad in (factories.sheet(case, "fail"), factories.sheet(case, quality_1="fail", remark=" "), factories.sheet(case, report="fail")):
        with pytest.raises(Incomplete) as failure:
            procedure.check(bad, rules)
        assert failure.value.field == "remark"
        procedure.check(bad | {"remark": "Năng suất chỉ đạt một nửa"}, rules)


def test_the_scheme_is_that_of_the_day_of_the_award(db, cast, at, case):
    project = funding.project_by_id(case.project_id)
    later = project.decision_date + timedelta(days=1)
    rule = db.session.scalars(select(Rule).where(Rule.key == "acceptance.scheme")).one()
    rule.valid_to = project.decision_date
    db.session.flush()
    db.session.add(Rule(key=rule.key, value="four_level", unit=None, source="Tỉnh", mark=rule.mark, valid_from=later, note_vi="x", note_en="x", created_at=at))
    db.session.flush()
    keys = council_queries.rule_ids(Kind.ACCEPTANCE, [case], on=later + timedelta(days=400))
    assert rulebook.frozen(keys, "acceptance.scheme") == "three_level"
    assert rulebook.value("acceptance.scheme", on=later) == "four_level"


def test_the_count_tells_of_no_member(at, case):
    rules = factories.rules(on=at.date())
    sheets = [factories.sheet(case, level, remark=f"Nhận xét {n}") for n, level in enumerate(["excellent"] * 6 + ["pass"])]
    result = procedure.count_ballots(factories.ballots(sheets), rules)
    said = procedure.told(result, case, rules)
    assert result["level"] == "excellent" and len(result["remarks"]) == 7 and "user" not in str(result)
    assert said.facts[-1][1]["vi"] == "Xuất sắc" and len(said.table) == 8
    assert [len(row) for row in said.table] == [2] * 8 and "Chủ tịch" not in str(said.table) and "chair" not in str(result["members"])
    turned = procedure.count_ballots(list(reversed(factories.ballots(sheets))), rules)
    assert turned["members"] == result["members"]  # the order of the sheets does not follow the seats
    four = factories.rules("four_level", on=at.date())
    points = procedure.count_ballots(factories.ballots([factories.sheet(case, points=p) for p in (80, 85, 90)]), four)
    assert procedure.told(points, case, four).facts[1][1] == "85,00" and points["level"] == "excellent"


def test_the_whole_way_through_the_engine(cast, at, case):
    when = at + END + 5 * DAY
    council = actions.put_to_council(case, title="Hội đồng nghiệm thu", by=cast["officer"], at=when)
    assert case.council_pid == council.public_id and case.state == CaseState.VALID and procedure_of(Kind.ACCEPTANCE).kind == Kind.ACCEPTANCE
    with pytest.raises(WrongState):
        actions.put_to_council(case, title="Hội đồng khác", by=cast["officer"], at=when)
    with pytest.raises(Incomplete):  # the investigator may not judge the own project
        councils.appoint(council, cast["pi1"], SeatRole.MEMBER, by=cast["officer"], at=when)
    size = council_queries.rules_of(council, on=when.date())["councils.acceptance.size"]["min"]
    plays.judged(cast, case=case, council=council, at=when, level="pass", size=size)
    assert (case.state, case.grade) == (CaseState.GRADED, "pass")
    evaluation = queries.evaluations_of(case)[0]
    assert evaluation.count["tally"]["pass"] == size and evaluation.council_pid == council.public_id and evaluation.conclusion
    minutes = next(p for p in papers.of(council) if p.template == "councils/minutes")
    assert "Xếp loại của hội đồng" in str(minutes.blocks) and "Đạt" in str(minutes.blocks)


def test_the_chair_ticks_each_edit(cast, at, case, as_, db, travel, mails):
    plays.judged(cast, case=case, at=at + END + 5 * DAY)
    when, chair = case.graded_at + DAY, asked.chair_of(case)
    assert chair is not None and chair.id == cast["member1"].id
    actions.require_revision(case, what="Bổ sung chương 4\nThêm bảng 4.2\nSửa kết luận", by=cast["officer"], at=when)
    with pytest.raises(WrongState, match="not submitted"):
        actions.tick(case, (1,), {}, by=chair, at=when)
    actions.revise(case, answers=dict.fromkeys((1, 2, 3), "Đã sửa"), by=cast["pi1"], at=when)
    assert [m for m in mails() if m.template.endswith("to_tick.txt")]
    with pytest.raises(NotAllowed):
        actions.tick(case, (1, 2, 3), {}, by=cast["officer"], at=when)
    db.session.commit()
    travel.move_to(when + DAY)
    url, page = f"/acceptance/{case.public_id}", as_("member1")
    assert [as_(name).get(f"{url}/tick").status_code for name in ("member2", "officer", "pi1")] == [404, 403, 403]
    assert page.page(url).select(f"a[href='{url}/tick']")
    assert "Đã sửa" in page.page(f"{url}/tick").text
    page.submit(f"{url}/tick", {"done_1": "y"}, status=422)
    page.submit(f"{url}/tick", {"done_1": "y", "done_2": "y", "open_3": "Chưa nêu hạn chế"})
    db.session.expire_all()
    assert [e.done_at is not None for e in asked.edits_of(case)] == [True, True, False]
    assert "Chưa nêu hạn chế" in as_("pi1").page(f"{url}/revise").text
    with pytest.raises(Incomplete, match="not ticked every edit"):
        actions.confirm_revision(case, by=cast["officer"], at=when + DAY)
    as_("pi1").submit(f"{url}/revise", {"answer_3": "Đã nêu hạn chế, trang 80"})
    page.submit(f"{url}/tick", {"done_3": "y"})
    assert page.get(f"{url}/tick").status_code == 200
    as_("officer").submit(f"{url}/review-revision", {"answer": "confirm"})
    db.session.expire_all()
    assert case.state == CaseState.GRADED and case.chair_name == chair.name and not any(e.on_paper for e in asked.edits_of(case))


def test_members_read_the_case_and_strangers_do_not(db, cast, at, case, as_, travel):
    when = at + END + 5 * DAY
    travel.move_to(when)
    council = actions.put_to_council(case, title="Hội đồng nghiệm thu", by=cast["officer"], at=when)
    council_plays.established(cast, council=council, at=when, size=9 if len(council_plays.ROLES) > 7 else 7)
    url = f"/acceptance/{case.public_id}"
    db.session.commit()
    member = as_("member1")
    assert member.page(url).select_one("h1") and member.get(f"{url}/self-evaluate").status_code == 404
    for name in ("pi3", "member9", "host2"):
        as_(name).page(url, status=404)


def test_a_dissolved_council_lets_another_one_come(cast, at, case):
    when = at + END + 5 * DAY
    council = actions.put_to_council(case, title="Hội đồng nghiệm thu", by=cast["officer"], at=when)
    councils.dissolve(council, "Đổi thành phần", by=cast["officer"], at=when)
    assert case.council_pid is None and case.state == CaseState.VALID
    again = actions.put_to_council(case, title="Hội đồng nghiệm thu", by=cast["officer"], at=when)
    assert case.council_pid == again.public_id


def test_a_change_of_the_investigator_asks_the_council_anew_at_once(cast, at, case, mails):
    """An annex names a new investigator: a member of the acceptance council is told of in the same act, not only by the worker's hourly round."""
    when = at + END + 5 * DAY
    council_plays.established(cast, council=actions.put_to_council(case, title="Hội đồng nghiệm thu", by=cast["officer"], at=when), at=when)
    project = funding.project_by_id(case.project_id)
    before = len(mails())
    money.annex(funding.contract_of(project.id), "pi", "Thay chủ nhiệm", dated=local(when).date(), new_pi=cast["member6"], by=cast["leader"], at=when + DAY)
    told = [m.to_address for m in mails()[before:] if m.template == "councils/mail/conflict_found.txt"]
    assert sorted(told) == sorted([cast["officer"].email, cast["member1"].email])


def test_a_question_of_the_council_stands_on_the_desk_of_who_leads_the_project(as_, cast, at, case, db, travel):
    when = at + END + 5 * DAY
    council = council_plays.established(cast, council=actions.put_to_council(case, title="Hội đồng nghiệm thu", by=cast["officer"], at=when), at=when)
    row = talk.ask(council, council.agenda[0], "Số liệu của vụ thứ hai ở đâu?", local(when + 6 * DAY).date(), by=cast["member1"], at=when)
    db.session.commit()
    travel.move_to(when)
    assert f"/councils/questions/{row.public_id}" in str(as_("pi1").page("/desk/")) and f"/councils/questions/{row.public_id}" not in str(as_("pi2").page("/desk/"))
    as_("pi1").submit(f"/councils/questions/{row.public_id}", {"answer": "Phụ lục 3."})
    assert f"/councils/questions/{row.public_id}" not in str(as_("pi1").page("/desk/"))
