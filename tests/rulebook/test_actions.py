"""Rules: loaded once, asked by day, revised by a new version, frozen for what runs."""

from __future__ import annotations

from datetime import date

import pytest

from app.kernel.errors import Incomplete
from app.services.rulebook import actions, queries
from app.services.rulebook.rules import Mark, RuleMissing, parse_value

KEY = "funding.final_product_ceiling"


def test_defaults_are_loaded_once(db, at):
    actions.load(by=None, at=at)
    assert actions.load(by=None, at=at) == 0
    assert queries.value(KEY, on=date(2026, 3, 2)) == 1_000_000_000
    assert all(r.source for r in queries.latest())


def test_a_revision_holds_from_its_day_and_what_is_frozen_stays(db, user, at):
    actions.load(by=None, at=at)
    frozen = queries.freeze([KEY], on=date(2026, 3, 2))
    actions.revise(KEY, 2_000_000_000, source="NQ 02/2026/NQ-HĐND", mark=Mark.V, valid_from=date(2026, 7, 1), reason="nghị quyết mới", by=user("officer"), at=at)
    assert queries.value(KEY, on=date(2026, 6, 30)) == 1_000_000_000
    assert queries.value(KEY, on=date(2026, 7, 1)) == 2_000_000_000
    assert queries.frozen(frozen, KEY) == 1_000_000_000
    with pytest.raises(Incomplete):
        actions.revise(KEY, 1, source="x", mark=Mark.G, valid_from=date(2026, 7, 1), reason="", by=user("officer"), at=at)


def test_a_missing_rule_is_a_refusal(db):
    with pytest.raises(RuleMissing):
        queries.value("no.such_rule", on=date(2026, 3, 2))


def test_values_keep_their_kind():
    assert parse_value("12", 10) == 12
    for text, like in (("x", 1), ('"x"', 1), ('{"a": 1}', {"b": 1})):
        with pytest.raises(Incomplete):
            parse_value(text, like)
