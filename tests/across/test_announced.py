"""Several days off of a year, entered together: read line by line, shown with what they move, kept whole or not at all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.across.clock import announced
from app.across.demo.plays import ideas
from app.kernel.db import db as database
from app.kernel.errors import Incomplete
from app.services.rulebook import actions as rulebook
from app.services.rulebook import queries as rules
from app.services.rulebook.rules import DayKind, Mark

GOOD = "04/03/2026; nghỉ; Nghỉ hoán đổi\n\n07/03/2026 ; Làm bù; Làm bù ngày 4/3; cả ngày"


@pytest.mark.nodb
def test_lines_are_read():
    assert [(line.day, line.kind, line.name) for line in announced.lines(GOOD, 2026)] == [
        (date(2026, 3, 4), DayKind.OFF, "Nghỉ hoán đổi"), (date(2026, 3, 7), DayKind.WORKING, "Làm bù ngày 4/3; cả ngày")]  # fmt: skip


@pytest.mark.nodb
@pytest.mark.parametrize("text", [
    "", " \n ", "\n".join(f"{date(2026, 1, 1) + timedelta(days=n):%d/%m/%Y}; nghỉ; x" for n in range(400)), "04/03/2027; nghỉ; năm khác", "30/02/2026; nghỉ; x",
    "04/03/2026; vui; x", "04/03/2026; nghỉ", "04/03/2026; nghỉ; " + "x" * 201, "04/03/2026; nghỉ; a\n4/3/2026; nghỉ; b", "04/03/2026; làm; thứ tư", "nothing", ";;;",
])  # fmt: skip
def test_bad_lines_are_refused_with_a_sentence(text):
    with pytest.raises(Incomplete) as refusal:
        announced.lines(text, 2026)
    assert refusal.value.field == "days"


def test_what_moves_is_shown_before_it_is_kept(cast, at, as_):
    rulebook.revise("clock.identify", {"limit": 5, "unit": "working"}, source="QĐ 9/2026/QĐ-UBND", mark=Mark.V, valid_from=date(2026, 1, 1), reason="Quy chế", by=cast["officer"], at=at)
    idea = ideas.submitted_idea(cast, item="1.8", title="Ý tưởng về tưới", at=at, by="pi1")
    database.session.commit()
    found = announced.moved(announced.lines("04/03/2026; nghỉ; Nghỉ", 2026), at)
    assert [(m.item.ref, m.before, m.after) for m in found] == [(idea.code, date(2026, 3, 9), date(2026, 3, 10))]
    client, url = as_("officer"), "/clock/calendar?year=2026"
    page = client.submit(url, {"days": GOOD, "source": "TB 1/2026"}, status=422)
    assert "Hạn sẽ thay đổi" in page.text and rules.day_off_by_pid("x") is None and date(2026, 3, 4) not in {d.day for d in rules.days_off(2026)}
    client.submit(url, {"days": GOOD, "source": "TB 1/2026", "seen": "y"})
    assert {date(2026, 3, 4), date(2026, 3, 7)} <= {d.day for d in rules.days_off(2026)}
    twice = client.submit(url, {"days": "09/03/2026; nghỉ; Mới\n" + GOOD, "source": "TB 1/2026", "seen": "y"}, status=422)
    assert "04/03/2026" in twice.text and date(2026, 3, 9) not in {d.day for d in rules.days_off(2026)}, "all or none"
    assert as_("leader").get(url).status_code == 403
    assert client.page("/clock/calendar?year=99999").select_one("h1")
