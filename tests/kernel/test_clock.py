"""When a request arrived: the trusted proxy's stamp, believed within bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.kernel import clock

pytestmark = pytest.mark.nodb
NOW = datetime(2026, 3, 2, 10, 0, 1, tzinfo=UTC)
S = NOW.timestamp()


@pytest.mark.parametrize(("header", "back"), [
    (f"t={S - 1.5:.3f}", 1.5), (f"{S - 119:.0f}", 119), (f"{(S - 2) * 1000:.0f}", 2), (f"t={(S - 3) * 1_000_000:.0f}", 3), (f"t={S - 120:.3f}", 120),
    (f"t={S - 60:.3f}, t={S - 1:.3f}", 1),
    (f"t={S - 121:.3f}", 0), (f"t={S + 1:.3f}", 0), ("", 0), ("t=", 0), ("soon", 0), ("t=-5", 0), ("t=99999999999999999999", 0), ("t=1e10", 0), ("t=١٧٠٠٠٠٠٠٠٠", 0),
])  # fmt: skip
def test_a_stamp_counts_within_two_minutes(header, back):
    assert abs(clock.stamped(header, NOW) - (NOW - timedelta(seconds=back))) < timedelta(milliseconds=2)
