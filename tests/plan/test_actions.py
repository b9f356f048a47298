"""Importing a plan, editing it, putting it in force, freezing it; what points to the one before keeps its meaning."""

from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import ideas
from app.kernel import journal
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.stages.ideas import actions as idea_acts
from app.stages.plan import actions, queries, sheets
from app.stages.plan.models import Mapping, Measure, Note, Plan, Priority, Upload
from app.stages.plan.queries import measures
from app.stages.plan.rules import (
    Fate,
    NoteDay,
    PlanState,
    Progress,
    Standing,
    fates,
    owes_note,
)
from tests.plan import DATA, codes, later

DAY = timedelta(days=1)


def test_the_real_plan_is_in_force(db):
    plan = queries.current_plan()
    assert plan.number == "1821/KH-UBND"
    assert len(plan.sectors) == 8
    assert sum(len(s.items) for s in plan.sectors) == 38
    assert len(plan.groups) == 6
    assert plan.decision.in_force_from == date(2024, 6, 18)


# --- import ---------------------------------------------------------------------------------------------------


def test_importing_the_same_plan_twice_changes_nothing(db, at):
    before = journal.verify()
    plan, new = actions.import_plan(DATA, by=None, at=at)
    assert not new and plan.number == "1821/KH-UBND"
    assert journal.verify() == before


def test_the_same_content_from_another_file_changes_nothing(db, at):
    content = sheets.write(queries.plain(queries.current_plan()))
    data, problems = actions.read_file("kế hoạch.xlsx", content)
    assert problems == []
    assert actions.import_plan(data, by=None, at=at) == (queries.current_plan(), False)


def test_the_same_number_with_other_content_is_refused(db, at):
    other = copy.deepcopy(DATA)
    other["sectors"][0]["items"][0]["text_vi"] = "Khác"
    with pytest.raises(Incomplete):
        actions.import_plan(other, by=None, at=at)


def test_all_that_a_file_says_becomes_rows_and_comes_back(db, cast, at):
    plan, new = actions.import_plan(later(), by=cast["officer"], at=at)
    assert new
    plain = queries.plain(plan)
    item = plain["sectors"][0]["items"][0]
    assert (item["lead_agency"], item["coordinating"]) == ("Sở Nông nghiệp và Môi trường", ["Sở Y tế"])
    assert item["targets"][0]["amount"] == 12_500 and item["measures"][0]["due"] == "2026-11-30"
    assert plain["supersedes"] == "1821/KH-UBND" and len(plain["mapping"]) == 38
    data, problems = actions.read_file("a.xlsx", sheets.write(plain))
    assert problems == []
    assert actions.import_plan(data, by=None, at=at) == (plan, False)


def counted(db):
    return [db.session.scalar(select(func.count()).select_from(m)) for m in (Plan, Priority, Mapping, Upload)] + [journal.verify()[0]]


@pytest.mark.parametrize("spoil", [
    lambda d: d["sectors"][7]["items"].append({"code": "8.1", "text_vi": "Hai lần"}),
    lambda d: d["sectors"][7]["items"][-1].update(lead_agency="Sở Không Có"),
    lambda d: d["mapping"][-1].update(old="9.9"),
    lambda d: d.update(supersedes="7/KH-UBND"),
    lambda d: d["solution_groups"].pop(),
    lambda d: d["sectors"].pop(3),
])  # fmt: skip
def test_nothing_is_half_imported(db, at, spoil):
    data = later()
    spoil(data)
    before = counted(db)
    if len(data["solution_groups"]) == 5:  # the last group cannot be missed by its number: it is a remark against the plan in force
        assert [p.warning for p in actions.check(data)] == [True]
        return
    with pytest.raises(Incomplete):
        actions.import_plan(data, by=None, at=at)
    db.session.rollback()
    assert counted(db) == before


@pytest.mark.parametrize("odd", [None, 3, "x", [], {}, [3], [[]], [{}], [{"items": 3}], [{"items": [{"coordinating": 5, "measures": [7, {"agency": []}]}]}], [{"old": [], "new": {}}]])
def test_no_content_breaks_the_check_against_what_is_known_here(db, odd):
    assert actions.check(odd)
    for key in ("plan", "sectors", "solution_groups", "mapping", "goals", "supersedes"):
        problems = actions.check(DATA | {key: odd})
        assert key in ("mapping", "goals", "supersedes") and odd in (None, [], "x", {}) or actions.errors(problems), (key, odd)


@pytest.mark.parametrize(("name", "content", "said"), [
    ("a.json", b"{\n\xff\xfe\x00", "not UTF-8 .line 2"), ("a.json", b'{"plan":\n {"number": }}', "line 2, character 13"),
    ("a.json", b'{"plan": {"number": "1", "number": "2"}}', "“number” stands twice in one object .in “2”"),
    ("a.json", b'{"plan":\n {"x": NaN}}', "“NaN” is no number .line 2"), ("a.json", b"[" * 100_000, "too deep"), ("a.json", b" " * (5 * 2**20 + 1), "too large"),
    ("a.json", b'{"plan": ' + b"9" * 5000 + b"}", "far too long"), ("a.json", b"", "empty"), ("a.json", b"\xef\xbb\xbf \n", "empty"), ("a.xlsx", b"", "empty"),
    ("a.xlsx", b"PK\x03\x04nothing", "damaged|does not match|cannot be"), ("a.xlsx", b"no workbook", "does not match"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(db, name, content, said):
    with pytest.raises(Incomplete, match=said):
        actions.read_file(name, content)


def test_a_workbook_names_sheet_and_row_of_each_mistake(db):
    plain = queries.plain(queries.current_plan())
    plain["sectors"][0]["items"][1]["code"] = "1.1"
    plain["sectors"][1]["items"][0]["text_vi"] = "Nghiên cá»©u"
    plain["sectors"][2]["items"][0]["lead_agency"] = "Sở Không Có"
    _data, problems = actions.read_file("a.xlsx", sheets.write(plain))
    places = {p.place: str(p) for p in problems}
    assert "the first is at Items, 2" in places["Items, 3"]
    first = 2 + len(plain["sectors"][0]["items"])
    assert "damaged" in places[f"Items, {first}"]
    del plain["sectors"][0]["items"][1]
    plain["sectors"][1]["items"][0]["text_vi"] = "x"
    _data, problems = actions.read_file("a.xlsx", sheets.write(plain))
    assert [p.place.partition(",")[0] for p in problems] == ["Items"] and "Sở Không Có" in str(problems[0])


def test_a_sheet_that_is_missing_and_a_row_without_its_sector_are_told(db):
    assert [p.place for p in actions.read_file("a.xlsx", sheets.table("x", ["a"], [["b"]]))[1]] == ["Plan", "Groups", "Sectors", "Items"]
    plain = queries.plain(queries.current_plan())
    book = sheets.write(plain | {"sectors": [s | {"code": "77"} if s["code"] == "3" else s for s in plain["sectors"]]})
    _data, problems = actions.read_file("a.xlsx", book)
    assert any("sector “77”" in str(p) for p in problems) and any("Sector 3 is missing" in str(p) or "its own sector is missing" in str(p) for p in problems)


def test_the_command_reports_and_imports(app, tmp_path, db):
    run = app.test_cli_runner()
    bad = later()
    bad["sectors"].pop(2)
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(bad))
    answer = run.invoke(args=["plan", "import", str(path), "--json", "--lang", "vi"])
    assert answer.exit_code != 0 and "Thiếu lĩnh vực 3" in answer.output
    assert queries.plan_by_number("2/KH-UBND") is None
    path.write_text(json.dumps(later(mapped=False)))
    assert "not put in force" in run.invoke(args=["plan", "import", str(path)]).output
    assert queries.plan_by_number("2/KH-UBND").state == PlanState.DRAFT
    path.write_text(json.dumps(later("3/KH-UBND")))
    assert "imported and in force" in run.invoke(args=["plan", "import", str(path)]).output
    assert "nothing changed" in run.invoke(args=["plan", "import", str(path)]).output
    assert run.invoke(args=["plan", "template", str(tmp_path / "t.xlsx")]).exit_code == 0


# --- frozen ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "change"), [
    ("priority", "short_vi = 'x'"), ("sector", "name_vi = 'x'"), ("plan_group", "name_vi = 'x'"), ("plan_target", "amount = 1"), ("plan_agency", "is_lead = false"),
    ("plan_mapping", "reason = 'x'"), ("plan_measure", "due_on = '2030-01-01'"), ("plan", "number = 'x'"), ("plan", "state = 'draft'"), ("plan_decision", "number = 'x'"),
])  # fmt: skip
def test_a_plan_in_force_is_frozen_by_the_database(db, cast, at, table, change):
    in_force(cast, at)
    db.session.commit()
    with pytest.raises(IntegrityError, match="frozen|stands"):
        db.session.execute(text(f"UPDATE {table} SET {change}"))
    db.session.rollback()
    if table != "plan":
        with pytest.raises(IntegrityError, match="frozen|stands|violates|FOREIGN"):
            db.session.execute(text(f"DELETE FROM {table}"))
        db.session.rollback()


def in_force(cast, at, data=None):
    """The later plan, prepared by an officer and put in force by a leader."""
    plan, _new = actions.import_plan(data or later(), by=cast["officer"], at=at)
    actions.prepare(plan, number="50/QĐ-UBND", dated=date(2026, 2, 1), in_force_from=date(2026, 2, 1), by=cast["officer"], at=at)
    actions.put_in_force(plan, by=cast["leader"], at=at)
    return plan


# --- superseding ----------------------------------------------------------------------------------------------


def test_a_later_plan_supersedes_and_items_keep_their_meaning(db, at):
    old_item = queries.item("1.8").public_id
    plan, _new = actions.import_plan(later(), by=None, at=at)
    actions.put_in_force(plan, by=None, at=datetime(2026, 1, 6, tzinfo=UTC))
    assert queries.current_plan().number == "2/KH-UBND"
    assert queries.plan_by_number("1821/KH-UBND").state == PlanState.SUPERSEDED
    assert queries.item("1.8").public_id != old_item
    assert queries.item_by_pid(old_item).code == "1.8"


def test_what_points_to_a_superseded_plan_keeps_its_items_and_says_of_which_plan(db, cast, at):
    topic = ideas.approved_topic(cast, item="1.1", title="Đề tài cũ", at=at - 60 * DAY)
    old = topic.item
    before = old.face
    plan = in_force(cast, at)
    db.session.expire_all()
    assert topic.item.id == old.id and topic.item.plan.number == "1821/KH-UBND"
    assert (before, topic.item.face) == ("1.1", "1.1 (1821/KH-UBND)")
    assert {i.plan_id for i in queries.items()} == {plan.id}, "only items of the plan in force are offered"
    assert [m.new_item.code for m in queries.successors(old)] == ["1.1"]
    assert {p.code for p in queries.predecessors(queries.item("1.1"))} == {"1.1", "1.2"}
    named = {v: label for v, label in queries.item_choices(english=False)}
    assert named["1.1"].startswith("1.1 ") and named[old.public_id].startswith("1.1 (1821/KH-UBND)")
    assert db.session.scalars(queries.items_named("1.1")).all() == [queries.item("1.1").id]
    assert db.session.scalars(queries.items_named(old.public_id)).all() == [old.id]
    assert old.id in db.session.scalars(queries.sectors_named(queries.whole_plan(old.plan_id).sectors[0].public_id)).all()
    assert old.id not in db.session.scalars(queries.sectors_named("1")).all()


def test_an_idea_is_not_tied_to_an_item_of_a_plan_that_is_not_in_force(db, cast, at):
    idea = ideas.submitted_idea(cast, item="1.8", title="Tưới", at=at)
    old = queries.item("1.8")
    in_force(cast, at)
    with pytest.raises(Incomplete, match="plan in force"):
        idea_acts.link_item(idea, old, by=cast["officer"], at=at)


def test_one_plan_in_force_on_a_day(db, cast, at):
    first = queries.current_plan()
    plan = in_force(cast, at)
    assert queries.in_force_on(date(2024, 6, 17)) is None
    assert queries.in_force_on(date(2026, 1, 31)).id == first.id
    assert queries.in_force_on(date(2026, 2, 1)).id == queries.in_force_on(date(2030, 1, 1)).id == plan.id
    third, _new = actions.import_plan(later("3/KH-UBND", "2026-02-01"), by=None, at=at)
    with pytest.raises(Incomplete, match="one day has one plan"):
        actions.prepare(third, number="51/QĐ-UBND", dated=date(2026, 2, 1), in_force_from=date(2026, 2, 1), by=cast["officer"], at=at)
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE plan SET state = 'in_force' WHERE number = '3/KH-UBND'"))
    db.session.rollback()


def test_the_decision_takes_two_people_and_is_registered(db, cast, at, mails):
    plan, _new = actions.import_plan(later(), by=cast["officer"], at=at)
    with pytest.raises(WrongState, match="prepared first"):
        actions.put_in_force(plan, by=cast["leader"], at=at)
    actions.prepare(plan, number="50/QĐ-UBND", dated=date(2026, 2, 1), in_force_from=date(2026, 2, 1), by=cast["officer"], at=at)
    assert {m.to_address.partition("@")[0] for m in mails() if "prepared" in m.template} == {"leader", "province"}
    with pytest.raises(NotAllowed):
        actions.put_in_force(plan, by=cast["officer"], at=at)
    item = queries.part(plan, "item", "1.5")
    actions.revise_part(plan, "item", item, values_of(item) | {"text_vi": "Sửa sau khi trình"}, by=cast["officer2"], at=at)
    with pytest.raises(WrongState, match="prepared first"):
        actions.put_in_force(plan, by=cast["leader"], at=at)
    actions.prepare(plan, number="50/QĐ-UBND", dated=date(2026, 2, 1), in_force_from=date(2026, 2, 1), by=cast["officer"], at=at)
    actions.put_in_force(plan, by=cast["leader"], at=at)
    found = db.session.execute(text("SELECT number, is_public FROM paper WHERE template = 'plan/decision'")).one()
    assert found.number == "50/QĐ-UBND" and found.is_public


@pytest.mark.parametrize(("dated", "begins", "said"), [
    (date(2026, 3, 3), date(2026, 3, 3), "future"), (date(2026, 2, 1), date(2026, 1, 31), "before its decision"), (date(2026, 2, 1), date(2027, 4, 1), "at most 366 days"),
    (date(2024, 6, 18), date(2024, 6, 18), "one day has one plan"), (date(2020, 1, 1), date(2020, 1, 1), "one day has one plan"),
    (date(2020, 1, 1), date(2026, 2, 1), "cannot lie before"),
])  # fmt: skip
def test_days_that_cannot_be_are_refused(db, cast, at, dated, begins, said):
    plan, _new = actions.import_plan(later(), by=cast["officer"], at=at)
    with pytest.raises(Incomplete, match=said):
        actions.prepare(plan, number="50/QĐ-UBND", dated=dated, in_force_from=begins, by=cast["officer"], at=at)


def test_no_plan_comes_into_force_while_an_item_before_it_is_forgotten(db, cast, at):
    data = later()
    data["mapping"] = [m for m in data["mapping"] if m["old"] != "5.1"]
    plan, _new = actions.import_plan(data, by=cast["officer"], at=at)
    with pytest.raises(Incomplete, match=r"1821/KH-UBND: 5\.1"):
        actions.prepare(plan, number="50/QĐ-UBND", dated=date(2026, 2, 1), in_force_from=date(2026, 2, 1), by=cast["officer"], at=at)


# --- the draft ------------------------------------------------------------------------------------------------


def values_of(row):
    return {k: getattr(row, k) for k in ("code", "text_vi", "short_vi", "title_en")}


def drafted(cast, at):
    return actions.import_plan(later(mapped=False), by=cast["officer"], at=at)[0]


def test_parts_are_added_moved_and_taken_out(db, cast, at):
    plan, by = drafted(cast, at), cast["officer"]
    new = {"code": "1.99", "text_vi": "Nội dung mới", "short_vi": "", "title_en": ""}
    item = actions.add_part(plan, "item", new, sector=queries.part(plan, "sector", "1"), lead=cast.org("agency1"), others=[cast.org("agency2")], by=by, at=at)
    assert (item.short_vi, item.title_en) == ("Nội dung mới", "Nội dung mới")
    order = [i.code for i in queries.items_of(plan.id)]
    assert order.index("1.99") == order.index("2.1") - 1, "it stands at the end of its sector"
    for code in ("1.99", "1.1", "", "x y", "a" * 11):
        with pytest.raises(Incomplete):
            actions.add_part(plan, "item", new | {"code": code}, sector=queries.part(plan, "sector", "1"), by=by, at=at)
    actions.move_part(plan, "item", item, up=True, by=by, at=at)
    actions.move_part(plan, "sector", queries.part(plan, "sector", "2"), up=True, by=by, at=at)
    order = [i.code for i in queries.items_of(plan.id)]
    assert order[0] == "2.1" and order.index("1.99") == order.index("3.1") - 2
    with pytest.raises(Incomplete, match="still has items"):
        actions.drop_part(plan, "sector", queries.part(plan, "sector", "1"), by=by, at=at)
    for code in ("1.1", "1.99"):
        actions.drop_part(plan, "item", queries.part(plan, "item", code), by=by, at=at)
    actions.drop_part(plan, "group", queries.part(plan, "group", "I"), by=by, at=at)
    whole = queries.whole_plan(plan.id)
    assert len(queries.items_of(plan.id)) == 37 and len(whole.groups) == 5 and whole.measures == [] and len(whole.targets) == 1
    assert [i.position for i in queries.items_of(plan.id)] == list(range(1, 38))


def test_the_second_to_write_is_told(db, cast, at):
    plan = drafted(cast, at)
    item = queries.part(plan, "item", "1.1")
    seen = actions.seen_of("item", item)
    actions.revise_part(plan, "item", item, values_of(item) | {"text_vi": "A"}, lead=None, by=cast["officer"], at=at, seen=seen)
    item = queries.part(plan, "item", "1.1")
    with pytest.raises(Stale):
        actions.revise_part(plan, "item", item, values_of(item) | {"text_vi": "B"}, by=cast["officer2"], at=at, seen=seen)
    old, version = queries.item("1.2"), plan.version
    seen = actions.mapping_seen(plan, old)
    actions.map_item(plan, old, [item], reason=None, by=cast["officer"], at=at, seen=seen)
    assert plan.version == version + 1
    with pytest.raises(Stale):
        actions.map_item(plan, old, [], reason="Hết", by=cast["officer2"], at=at, seen=seen)
    with pytest.raises(Stale):
        actions.revise_head(plan, {}, by=cast["officer2"], at=at, seen=version)


def test_nothing_of_a_plan_in_force_is_edited(db, cast, at):
    plan, by = queries.current_plan(), cast["officer"]
    item, other = queries.part(plan, "item", "1.1"), queries.part(plan, "sector", "1")
    for act in (
        lambda: actions.revise_head(plan, {}, by=by, at=at), lambda: actions.revise_part(plan, "item", item, values_of(item), by=by, at=at),
        lambda: actions.drop_part(plan, "item", item, by=by, at=at), lambda: actions.move_part(plan, "item", item, up=True, by=by, at=at),
        lambda: actions.add_target(plan, {}, sector=other, by=by, at=at), lambda: actions.map_item(plan, item, [item], reason=None, by=by, at=at),
        lambda: actions.propose_mapping(plan, by=by, at=at),
    ):  # fmt: skip
        with pytest.raises(WrongState):
            act()


def test_a_mapping_is_proposed_and_then_put_right_by_hand(db, cast, at):
    plan = drafted(cast, at)
    assert actions.propose_mapping(plan, by=cast["officer"], at=at) == 37, "the rewritten item 1.1 says something else"
    one, two = queries.part(plan, "item", "2.1"), queries.part(plan, "item", "2.2")
    actions.map_item(plan, queries.item("1.1"), [one, two, one], reason=None, by=cast["officer"], at=at)
    with pytest.raises(Incomplete):
        actions.map_item(plan, queries.item("1.2"), [], reason="  ", by=cast["officer"], at=at)
    with pytest.raises(Incomplete):
        actions.map_item(plan, queries.item("1.2"), [queries.item("1.2")], reason=None, by=cast["officer"], at=at)
    with pytest.raises(Incomplete):
        actions.map_item(plan, one, [one], reason=None, by=cast["officer"], at=at)
    found, _added = fates(codes(), codes(), queries.links_of(queries.mapping_rows(plan)))
    assert (found["1.1"], found["2.1"]) == (Fate.SPLIT, Fate.MERGED)
    assert actions.propose_mapping(plan, by=cast["officer"], at=at) == 0


# --- measures and notes ---------------------------------------------------------------------------------------


def given_out(cast, at, due=date(2026, 6, 30), agency="agency1", **where):
    plan = queries.current_plan()
    where = where or {"item": queries.item("1.1")}
    values = {"text_vi": "Trình danh mục mô hình", "text_en": None, "due_on": due}
    return actions.assign(plan, values, agency=cast.org(agency), by=cast["officer"], at=at, **where)


def note(row, cast, at, **more):
    values = {"year": at.year, "progress": Progress.ON_TRACK, "percent": 40, "text": "Đã làm", "by": cast["agency1"]} | more
    return actions.note_progress(row, at=at, **values)


def test_a_measure_is_given_out_for_the_plan_in_force_and_its_body_is_told(db, cast, at, mails):
    row = given_out(cast, at)
    assert [m.to_address.partition("@")[0] for m in mails() if "assigned" in m.template] == ["agency1"]
    with pytest.raises(Incomplete):
        given_out(cast, at, due=date(2026, 3, 1))
    with pytest.raises(Incomplete):
        given_out(cast, at, item=queries.item("1.1"), group=queries.current_plan().groups[0])
    with pytest.raises(WrongState):
        actions.drop_measure(row, queries.current_plan(), by=cast["officer"], at=at)
    old = queries.current_plan()
    in_force(cast, at)
    with pytest.raises(WrongState):
        actions.assign(old, {"text_vi": "x", "text_en": None, "due_on": date(2027, 1, 1)}, agency=cast.org("agency1"), item=row.item, by=cast["officer"], at=at)
    assert note(row, cast, at).year == 2026, "what the plan before gave out stays open until its day"
    for gone in (date(2026, 7, 1), date(2027, 1, 1)):
        assert measures.standing_of(row, gone) == Standing.CLOSED
        with pytest.raises(WrongState):
            note(row, cast, datetime(gone.year, gone.month, gone.day, 3, tzinfo=UTC))
    actions.call_off(row, "Kế hoạch mới đã thay", by=cast["officer"], at=at)


def test_each_body_is_told_once_when_a_plan_is_put_in_force(db, cast, at, mails):
    given_out(cast, at)
    done = given_out(cast, at, agency="agency3")
    note(done, cast, at, by=cast["agency3"], progress=Progress.DONE, percent=100)
    in_force(cast, at)
    told = {m.to_address.partition("@")[0]: m.body for m in mails() if m.template == "plan/mail/in_force.txt"}
    assert set(told) == {"agency1", "agency2"}, "who has nothing open is not written to"
    assert "30/11/2026" in told["agency1"] and "30/06/2026" in told["agency1"] and "1821/KH-UBND" in told["agency1"]
    assert "Chuyên mục trên báo tỉnh" in told["agency2"] and "1821/KH-UBND" not in told["agency2"]


def test_what_was_due_before_the_plan_began_is_not_chased_at_once(db, cast, at, mails):
    data = later()
    data["sectors"][0]["items"][0]["measures"][0]["due"] = "2026-01-31"
    plan = in_force(cast, at, data)
    early = db.session.scalars(select(Measure).where(Measure.plan_id == plan.id, Measure.due_on == date(2026, 1, 31))).one()
    db.session.refresh(early)
    assert early.assigned_on == date(2026, 2, 1) and measures.standing_of(early, at.date()) == Standing.RUNNING
    actions.remind(at)
    assert not [m for m in mails() if "measure_" in m.template]
    assert measures.standing_of(early, date(2026, 12, 16)) == Standing.NOTE_MISSING, "its note is owed like any other"


def test_a_plan_decided_before_its_first_day_takes_effect_by_itself(db, cast, at, mails):
    plan = actions.import_plan(later(), by=cast["officer"], at=at)[0]
    actions.prepare(plan, number="50/QĐ-UBND", dated=date(2026, 3, 2), in_force_from=date(2026, 4, 1), by=cast["officer"], at=at)
    actions.put_in_force(plan, by=cast["leader"], at=at)
    old = queries.current_plan()
    assert (plan.state, old.number, actions.take_effect(at + 29 * DAY)) == (PlanState.DRAFT, "1821/KH-UBND", [])
    assert not [m for m in mails() if m.template == "plan/mail/in_force.txt"]
    for act in (lambda: actions.put_in_force(plan, by=cast["leader"], at=at), lambda: actions.propose_mapping(plan, by=cast["officer"], at=at),
                lambda: actions.prepare(plan, number="51/QĐ-UBND", dated=date(2026, 3, 2), in_force_from=date(2026, 3, 2), by=cast["officer"], at=at)):  # fmt: skip
        with pytest.raises(WrongState, match="takes effect by itself"):
            act()
    third = actions.import_plan(later("3/KH-UBND"), by=cast["officer"], at=at)[0]
    with pytest.raises(Incomplete, match="one plan follows"):
        actions.prepare(third, number="52/QĐ-UBND", dated=date(2026, 3, 2), in_force_from=date(2026, 4, 2), by=cast["officer"], at=at)
    assert [p.id for p in actions.take_effect(datetime(2026, 3, 31, 17, 0, 1, tzinfo=UTC))] == [plan.id], "at midnight in Viet Nam"
    assert (queries.current_plan().id, old.state) == (plan.id, PlanState.SUPERSEDED)
    assert [m for m in mails() if m.template == "plan/mail/in_force.txt"] and actions.take_effect(at + 60 * DAY) == []
    assert db.session.execute(text("SELECT count(*) FROM paper WHERE template = 'plan/decision'")).scalar() == 1


def test_items_without_a_measure_are_confirmed_by_the_officer(db, cast, at):
    plan = actions.import_plan(later(), by=cast["officer"], at=at)[0]
    said = {"number": "50/QĐ-UBND", "dated": date(2026, 2, 1), "in_force_from": date(2026, 2, 1), "by": cast["officer"], "at": at}
    with pytest.raises(Incomplete, match=r"37 items have no measure yet: 1\.2") as refused:
        actions.prepare(plan, bare=False, **said)
    assert refused.value.field == "bare"
    actions.prepare(plan, bare=True, **said)


def test_a_number_without_digits_and_a_negative_target_are_refused(db, cast, at):
    data = later("abc")
    data["sectors"][0]["targets"][0]["amount"] = -5
    with pytest.raises(Incomplete):
        actions.import_plan(data, by=cast["officer"], at=at)
    assert {p.path for p in actions.errors(actions.check(data))} == {"plan.number", "sectors[0].targets[0].amount"}
    in_force(cast, at)
    again = later("3/KH-UBND") | {"supersedes": "1821/KH-UBND"}
    assert [p.path for p in actions.check(again) if "superseded already" in p.message] == ["supersedes"]


def test_measures_and_targets_lie_in_the_time_of_their_plan(db, cast, at):
    plan, by = queries.current_plan(), cast["officer"]
    assert (plan.period.first, plan.period.last, plan.period.farthest) == (date(2024, 6, 18), date(2031, 12, 31), 2045)
    given_out(cast, at, due=date(2031, 12, 31))
    for far in (date(2032, 1, 1), date(2060, 1, 1)):
        with pytest.raises(Incomplete) as refused:
            given_out(cast, at, due=far)
        assert refused.value.field == "due_on" and "31/12/2031" in str(refused.value)
    draft = drafted(cast, at)
    sector = queries.part(draft, "sector", "1")
    figure = {"name_vi": "Diện tích", "name_en": None, "amount": 1000, "unit": "ha"}
    for year in (2025, 2046, 2199):
        with pytest.raises(Incomplete) as refused:
            actions.add_target(draft, figure | {"year": year}, sector=sector, by=by, at=at)
        assert refused.value.field == "year"
    target = actions.add_target(draft, figure | {"year": 2045}, sector=sector, by=by, at=at)
    with pytest.raises(Incomplete):
        actions.revise_target(draft, target, figure | {"year": 2046}, by=by, at=at)
    head = {name: getattr(draft, name) for name in ("number", "dated", "title_vi", "title_en", "body_vi", "body_en", "horizon_year", "vision_year")}
    for wrong, field in (({"dated": date(1900, 1, 1)}, "dated"), ({"horizon_year": 2025}, "horizon_year"), ({"vision_year": 2029}, "vision_year"), ({"vision_year": 2040}, "horizon_year"),
                         ({"dated": date(2027, 1, 1), "horizon_year": 2030}, "horizon_year")):  # fmt: skip
        with pytest.raises(Incomplete) as refused:
            actions.revise_head(draft, head | wrong, by=by, at=at)
        assert refused.value.field == field, wrong
    actions.revise_head(draft, head | {"horizon_year": 2035}, by=by, at=at)


def test_no_note_is_owed_or_written_for_years_after_the_plan(db, cast, at, mails):
    row = given_out(cast, at, due=date(2031, 12, 31))
    late = datetime(2033, 2, 1, tzinfo=UTC)
    with pytest.raises(Incomplete):
        note(row, cast, late, year=2032)
    note(row, cast, late, year=2031, progress=Progress.DONE, percent=100)
    actions.remind(late)
    assert not [m for m in mails() if "measure_" in m.template]


def test_an_item_stands_in_its_own_sector(db, cast, at):
    plan, by = drafted(cast, at), cast["officer"]
    one, item = queries.part(plan, "sector", "1"), queries.part(plan, "item", "1.1")
    for act in (lambda: actions.add_part(plan, "item", {"code": "2.9", "text_vi": "x", "short_vi": "", "title_en": ""}, sector=one, by=by, at=at),
                lambda: actions.revise_part(plan, "item", item, values_of(item) | {"code": "2.9"}, by=by, at=at)):  # fmt: skip
        with pytest.raises(Incomplete, match="stands in sector “1”") as refused:
            act()
        assert refused.value.field == "code"
    actions.revise_part(plan, "sector", one, {"code": "9", "name_vi": one.name_vi, "name_en": one.name_en}, by=by, at=at)
    assert [i.code for i in queries.items_of(plan.id)][:2] == ["9.1", "9.2"], "its items follow"
    actions.add_part(plan, "item", {"code": "9.40", "text_vi": "x", "short_vi": "", "title_en": ""}, sector=one, by=by, at=at)
    assert not [p for p in actions.mistakes(plan) if "stands in sector" in p.message]


def test_what_its_own_file_would_be_refused_for_is_not_put_in_force(db, cast, at):
    plan, by = actions.import_plan(later(), by=cast["officer"], at=at)[0], cast["officer"]
    group = queries.part(plan, "group", "I")
    actions.revise_part(plan, "group", group, {"code": "I", "name_vi": group.name_vi, "name_en": group.name_en, "holds_sectors": True}, by=by, at=at)
    with pytest.raises(Incomplete, match="solution_groups"):
        actions.prepare(plan, number="50/QĐ-UBND", dated=date(2026, 2, 1), in_force_from=date(2026, 2, 1), by=by, at=at)


def test_putting_in_force_twice_is_told_in_a_sentence(db, cast, at):
    first = queries.current_plan()
    plan = in_force(cast, at)
    db.session.commit()
    for one, said in ((plan, "already in force"), (first, "superseded; it is not put in force again")):
        for by in (cast["leader"], None):
            with pytest.raises(WrongState, match=said):
                actions.put_in_force(one, by=by, at=at)
    with pytest.raises(WrongState):
        actions.prepare(plan, number="51/QĐ-UBND", dated=date(2026, 2, 1), in_force_from=date(2026, 2, 1), by=cast["officer"], at=at)


def test_notes_are_added_and_never_overwritten(db, cast, at):
    row = given_out(cast, at)
    note(row, cast, at)
    second = note(row, cast, at + DAY, progress=Progress.DONE, percent=100, seen=1)
    assert (second.revision, [n.text for n in measures.notes_of(row)]) == (2, ["Đã làm", "Đã làm"])
    with pytest.raises(Stale):
        note(row, cast, at, seen=1)
    for wrong in ({"year": 2025}, {"year": 2027}, {"percent": 100}, {"progress": Progress.DONE, "percent": 90}, {"text": " \n"}):
        with pytest.raises(Incomplete):
            note(row, cast, at, **wrong)
    for stranger in ("agency2", "officer", "pi1"):
        with pytest.raises(NotAllowed):
            note(row, cast, at, by=cast[stranger])
    db.session.commit()
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(text("UPDATE plan_note SET percent = 1"))
    db.session.rollback()


@pytest.mark.parametrize("given", [date(2026, 3, 2), date(2031, 12, 14), date(2031, 12, 16)])
@pytest.mark.parametrize("last", [None, 2026, 2027, 2031])
def test_the_database_and_the_rule_say_the_same_of_missing_notes(db, cast, at, given, last):
    plan = queries.current_plan()
    row = given_out(cast, datetime(given.year, given.month, given.day, tzinfo=UTC), due=date(2031, 12, 31))
    if last is not None:
        db.session.add(Note(measure_id=row.id, year=last, revision=1, progress=Progress.ON_TRACK, percent=1, text="x", at=at, by_id=cast["agency1"].id))
        db.session.flush()
    for days in (0, 100, 150, 250, 288, 289, 400, 700, 1100, 2114, 2115, 2116, 2200, 2500, 3000):
        today = (at + days * DAY).date()
        owes = owes_note(assigned_on=row.assigned_on, last_note=last, done=False, today=today, note_day=NoteDay(12, 15), until=plan.period.last.year)
        found = measures.standing_of(row, today)
        assert (found == Standing.OVERDUE if today > row.due_on else (found == Standing.NOTE_MISSING) is owes), today


def test_what_is_late_is_shown_and_chased_by_mail_once_a_fortnight(db, cast, at, mails):
    row = given_out(cast, at)
    done = given_out(cast, at, agency="agency2")
    note(done, cast, at, by=cast["agency2"], progress=Progress.DONE, percent=100)

    def chased():
        return [(m.template.rpartition("/")[2], m.to_address.partition("@")[0]) for m in mails() if "measure_" in m.template]

    actions.remind(at)
    assert chased() == []
    for day in (92, 93, 113, 115):  # 30 and 7 days before 30 June
        actions.remind(at + day * DAY)
    assert chased() == [("measure_due.txt", "agency1")] * 2
    late = at + 121 * DAY
    assert measures.standing_of(row, late.date()) == Standing.OVERDUE and measures.standing_of(done, late.date()) == Standing.DONE
    for n in range(16):
        actions.remind(late + n * DAY)
    assert chased()[2:] == [("measure_late.txt", "agency1")] * 2
    actions.call_off(row, "Không còn cần", by=cast["officer"], at=late)
    count = len(chased())
    actions.remind(late + 60 * DAY)
    assert len(chased()) == count and measures.standing_of(row, late.date()) == Standing.CALLED_OFF
    with pytest.raises(WrongState):
        note(row, cast, late)


def test_nothing_of_a_superseded_plan_is_chased_any_more(db, cast, at, mails):
    row = given_out(cast, at)
    in_force(cast, at)
    actions.remind(at + 300 * DAY)
    assert measures.standing_of(row, (at + 300 * DAY).date()) == Standing.CLOSED
    assert not [m for m in mails() if row.public_id in m.body and "measure_late" in m.template]
    assert {m.to_address.partition("@")[0] for m in mails() if "measure_late" in m.template} == {"agency1", "agency2"}, "the new plan's own are"


def test_lists_keep_projects_of_a_superseded_plan_apart_from_the_new_items_of_the_same_code(db, cast, at, as_):
    ideas.approved_topic(cast, item="1.1", title="Đề tài của kế hoạch cũ", at=at - 60 * DAY)
    old = queries.item("1.1")
    sector = queries.whole_plan(old.plan_id).sectors[0].public_id
    old_pid = old.public_id
    in_force(cast, at)
    db.session.commit()
    officer = as_("officer")
    assert "Đề tài của kế hoạch cũ" not in officer.page("/topics/?item=1.1").select_one("main").text
    for query in (f"item={old_pid}", f"sector={sector}"):
        page = officer.page(f"/topics/?{query}").select_one("main").text
        assert "Đề tài của kế hoạch cũ" in page and "1.1 (1821/KH-UBND)" in page
    assert "Đề tài của kế hoạch cũ" not in officer.page("/topics/?sector=1").select_one("main").text
    assert "1.1 (1821/KH-UBND)" not in str(as_("pi1").page("/ideas/new").select_one("#item")), "a new idea is offered the plan in force only"
    for url in ("/projects/", "/acceptance/results/", "/transfer/", "/public/projects", "/public/results", "/public/plan", "/"):
        officer.page(url)
