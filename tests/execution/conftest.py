"""What the tests of execution begin with."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import funding as money_plays
from tests.funding import factories
from tests.support.kept import kept

DAY = timedelta(days=1)


@pytest.fixture
@kept
def project(cast, at):
    """A running project with its first tranche paid; signed 19 days after `at`."""
    row = factories.project(cast, at)
    money_plays.contracted(cast, project=row, at=at + 12 * DAY)
    money_plays.paid(cast, project=row, at=at + 25 * DAY)
    return row
