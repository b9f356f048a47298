"""What the council says of the dossier it recommends: approved as it is, or after a revision by a day that the rule allows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import councils as council_plays
from app.across.demo.plays import selection as plays
from app.kernel.errors import Incomplete
from app.services.councils import actions as councils
from app.services.councils import queries as council_queries
from app.services.papers.blocks import as_text
from app.services.papers.models import Paper
from app.stages.selection import actions, queries
from app.stages.selection.rules import Outcome
from tests.selection import factories
from tests.support.kept import kept

DAY = timedelta(days=1)


@pytest.fixture
@kept
def counted(cast, at):
    """A council whose boxes are open: the first dossier is better, both have passed; one member is far apart from the others."""
    council = actions.prepare(factories.two_checked(cast, at), by=cast["officer"], at=at + 70 * DAY)
    council = council_plays.convened(cast, council=council_plays.established(cast, council=council, at=at + 70 * DAY))
    return council_plays.voted(cast, council=council, answers=lambda item, n: plays.sheet(plays.FAIR if item.position == 2 else plays.POOR if n == 6 else plays.GOOD, 0))


def _conclude(cast, council, verdict=None):
    councils.conclude(council, conclusion="Đề nghị.", verdict=verdict, seen=council.version, by=cast["officer"], at=council.meets_at + timedelta(hours=2))


def test_an_approval_after_revision_is_frozen_printed_and_told_to_the_applicant(cast, counted, db, as_):
    day = counted.meets_at.date() + 10 * DAY
    _conclude(cast, counted, councils.Verdict("revise", day, "Làm rõ quy mô nhân rộng"))
    found = queries.round_of_council(counted)
    first, second = found.lines
    assert (first.outcome, first.revise_by, first.changes) == (Outcome.REVISE, day, "Làm rõ quy mô nhân rộng")
    assert (second.outcome, second.revise_by) == (Outcome.RESERVE, None) and first.rule_ids == counted.rule_ids
    minutes = as_text(db.session.query(Paper).filter(Paper.template == "councils/minutes").one().blocks)
    assert f"{day:%d/%m/%Y}" in minutes and "Làm rõ quy mô nhân rộng" in minutes and "chênh lệch" in minutes
    actions.conclude(found, by=cast["officer"], at=counted.meets_at + DAY)
    pid, page = first.proposal.public_id, as_("pi1")
    db.session.commit()
    assert "Làm rõ quy mô nhân rộng" in page.page(f"/selection/outcomes/{pid}").text


def test_nothing_said_is_an_approval(cast, counted):
    _conclude(cast, counted)
    assert [line.outcome for line in queries.round_of_council(counted).lines] == [Outcome.APPROVE, Outcome.RESERVE]


@pytest.mark.parametrize(("days", "changes", "field"), [(None, "Sửa", "revise_by"), (0, "Sửa", "revise_by"), (-3, "Sửa", "revise_by"), (200, "Sửa", "revise_by"), (5, " ", "changes")])
def test_a_revision_has_changes_and_a_day_that_the_rule_allows(cast, counted, days, changes, field):
    day = None if days is None else counted.meets_at.date() + days * DAY
    with pytest.raises(Incomplete) as refused:
        _conclude(cast, counted, councils.Verdict("revise", day, changes))
    assert refused.value.field == field


def test_disagreement_is_pointed_out_by_the_rule(counted):
    first, second = council_queries.counts_of(counted).values()
    assert (first["spread"]["low"], first["spread"]["high"], first["spread"]["limit"], first["spread"]["disagree"]) == (54, 91, 20, True)
    assert second["spread"] == {"low": 75, "high": 75, "deviation": 0, "limit": 20, "disagree": False}
