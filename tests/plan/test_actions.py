"""Importing a plan, putting it in force, freezing it."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kernel import journal
from app.kernel.errors import Incomplete
from app.stages.plan import actions, queries
from app.stages.plan.checking import check_file
from app.stages.plan.cli import PLAN_1821
from app.stages.plan.rules import PlanState

DATA = json.loads(PLAN_1821.read_text())


def test_the_real_plan_is_in_force(db):
    plan = queries.current_plan()
    assert plan.number == "1821/KH-UBND"
    assert len(plan.sectors) == 8
    assert sum(len(s.items) for s in plan.sectors) == 38
    assert len(plan.groups) == 6


def test_importing_the_same_plan_twice_changes_nothing(db, at):
    before = journal.verify()
    plan, new = actions.import_plan(DATA, by=None, at=at)
    assert not new and plan.number == "1821/KH-UBND"
    assert journal.verify() == before


def test_the_same_number_with_other_content_is_refused(db, at):
    other = copy.deepcopy(DATA)
    other["sectors"][0]["items"][0]["text_vi"] = "Khác"
    with pytest.raises(Incomplete):
        actions.import_plan(other, by=None, at=at)


def test_a_plan_in_force_is_frozen_by_the_database(db):
    for table, change in (("priority", "short_vi = 'x'"), ("sector", "name_vi = 'x'"), ("plan_group", "name_vi = 'x'")):
        with pytest.raises(IntegrityError, match="frozen"):
            db.session.execute(text(f"UPDATE {table} SET {change}"))
        db.session.rollback()
        with pytest.raises(IntegrityError, match="frozen|violates|FOREIGN"):
            db.session.execute(text(f"DELETE FROM {table}"))
        db.session.rollback()


def test_a_later_plan_supersedes_and_items_keep_their_meaning(db, at):
    old_item = queries.item("1.8").public_id
    later = copy.deepcopy(DATA)
    later["plan"] |= {"number": "2/KH-UBND", "date": "2026-01-05"}
    later["mapping"] = [{"old": i["code"], "new": [i["code"]]} for s in DATA["sectors"] for i in s["items"]]
    plan, _new = actions.import_plan(later, by=None, at=at)
    actions.put_in_force(plan, by=None, at=datetime(2026, 1, 6, tzinfo=UTC))
    assert queries.current_plan().number == "2/KH-UBND"
    assert queries.plan_by_number("1821/KH-UBND").state == PlanState.SUPERSEDED
    assert queries.item("1.8").public_id != old_item
    assert queries.item_by_pid(old_item).code == "1.8"


def test_a_bad_file_is_told_what_is_wrong():
    assert check_file([]) and check_file({"plan": {}})
    broken = copy.deepcopy(DATA)
    broken["sectors"][0]["items"][0]["code"] = "1.2"
    assert any("1.2" in str(w) for w in check_file(broken))
