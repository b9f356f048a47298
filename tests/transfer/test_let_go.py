"""Reports that nobody awaits any more, and users who are silent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.across.demo.plays import transfer as plays
from app.kernel.errors import Refused
from app.stages.transfer import actions, queries, rules
from app.stages.transfer.models import FollowUp
from app.stages.transfer.rules import FollowUpState
from tests.funding.factories import all_of
from tests.transfer import factories

DAY = timedelta(days=1)


@pytest.fixture
def result(db, cast, at):
    row = factories.result(cast, at)
    db.session.commit()
    return row


@pytest.mark.nodb
@pytest.mark.parametrize(("due", "ended", "let_go"), [
    (date(2027, 3, 1), date(2026, 3, 1), True), (date(2027, 3, 1), date(2026, 3, 2), False), (date(2028, 2, 29), date(2027, 2, 28), True),
])  # fmt: skip
def test_a_year_wholly_after_the_end_is_not_reported_on(due, ended, let_go):
    assert rules.after_the_end(due, ended) is let_go


def test_the_end_of_a_contract_lets_its_later_reports_go(cast, at, result):
    deal = plays.signed_agreement(cast, result=result, at=at)
    before = [f for f in all_of(FollowUp) if f.agreement_id == deal.id]
    assert len(before) == 4  # five years of 365 days
    ended = at + 7 * DAY + 400 * DAY  # in the second year
    actions.end_agreement(deal, ended_on=ended.date(), reason="Hai bên thanh lý", by=cast["officer"], at=ended)
    assert [f.state for f in before] == [FollowUpState.DUE] * 2 + [FollowUpState.WAIVED] * 2
    assert "đã kết thúc" in before[2].remark
    assert actions.close_series(ended) == 0  # nothing twice
    with pytest.raises(Refused):
        actions.report(before[3], rules.Said(usage=rules.Usage.NO, note="x"), by=cast["host1"], at=ended + 900 * DAY)


def test_an_officer_lets_a_series_go_and_asks_again(cast, at, result, mails):
    handover = plays.handed_over(cast, result=result, at=at)
    first, second, *_later = queries.follow_ups_of(cast["officer"], result.id)
    plays.verified(cast, handover=handover)
    actions.waive(second, reason="Đơn vị tiếp nhận đã giải thể.", by=cast["officer"], at=at + 400 * DAY)
    states = [f.state for f in queries.follow_ups_of(cast["officer"], result.id)]
    assert states == [FollowUpState.VERIFIED] + [FollowUpState.WAIVED] * 4
    assert {m.template for m in mails()} >= {"transfer/mail/waived.txt"}
    with pytest.raises(Refused):
        actions.waive(first, reason="x", by=cast["officer"], at=at + 400 * DAY)
    actions.await_again(second, by=cast["officer"], at=at + 401 * DAY)
    assert second.state == FollowUpState.DUE and second.remark is None


def test_the_silent_stand_in_lists(db, at, cast, result, as_, travel):
    plays.handed_over(cast, result=result, at=at)
    db.session.commit()
    first = queries.follow_ups_of(cast["officer"], result.id)[0]
    travel.move_to(at + (first.due_on - at.date()).days * DAY + 30 * DAY)
    officer = as_("officer")
    assert first.public_id in str(officer.page("/transfer/follow-ups?late=yes"))
    assert first.public_id not in str(officer.page("/transfer/follow-ups?late=silent"))
    travel.move_to(at + (first.due_on - at.date()).days * DAY + 95 * DAY)
    officer = as_("officer")
    assert "Im lặng" in officer.page("/transfer/follow-ups?late=silent").text
    assert result.code in officer.page("/transfer/?silent=yes").text
    officer.submit(f"/transfer/follow-ups/{first.public_id}/waive", {"reason": "Giải thể"})
    assert result.code not in officer.page("/transfer/?silent=yes").text
    as_("host1").page(f"/transfer/follow-ups/{first.public_id}/waive", status=403)
