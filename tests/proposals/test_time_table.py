"""The table of instants: what is in time, by the server's own arrival of the request, whatever anybody's clock says."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as plays
from app.kernel import clock
from app.kernel.clock import at_local, local
from app.services.files import queries as files
from app.stages.calls import actions as call_acts
from app.stages.calls import queries as calls
from app.stages.proposals import actions, queries
from tests.support.browser import values_of
from tests.support.kept import kept

HOUR, SECOND, MS = timedelta(hours=1), timedelta(seconds=1), timedelta(milliseconds=1)


class Evening:
    """The last evening of a call: a dossier that is ready, its investigator with the page of submitting open."""

    def __init__(self, db, cast, as_, travel, row, opened=None):
        self.db, self.cast, self.travel, self.pid = db, cast, travel, row.public_id
        self.deadline = row.call_topic.call.deadline
        db.session.commit()
        travel.move_to(opened or self.deadline - timedelta(minutes=30))
        self.pi, self.as_ = as_("pi1"), as_
        self.url = f"/proposals/{self.pid}"
        self.form = values_of(self.pi.page(f"{self.url}/submit").select("main form")[-1]) | {"confirm": "y"}

    def send(self, instant, form=None, **more):
        self.travel.move_to(instant)
        return self.pi.post(f"{self.url}/submit", data=form or self.form, **more)

    @property
    def row(self):
        self.db.session.rollback()
        return queries.proposal_by_pid(self.pid)


@kept
def ready(cast, at, deadline_day=None, days=35):
    topic = idea_plays.approved_topic(cast, item="1.8", title="Hệ thống tưới", at=at)
    if deadline_day is not None:
        days = (deadline_day - local(at + timedelta(days=25)).date()).days
    call = call_plays.published_call(cast, topics=[topic], at=at + timedelta(days=25), days=days)
    row = plays.draft(cast, call_topic=calls.topics_of(call)[0], at=at + timedelta(days=26))
    actions.sign_off(row, by=cast["host1"], at=at + timedelta(days=26, hours=1))
    return row


@pytest.fixture
def evening(db, cast, as_, at, travel):
    return Evening(db, cast, as_, travel, ready(cast, at))


@pytest.mark.parametrize(("late", "status"), [(-SECOND, 303), (-MS, 303), (timedelta(0), 303), (MS, 409), (SECOND, 409)])
def test_to_the_millisecond(evening, late, status):
    answer = evening.send(evening.deadline + late)
    assert answer.status_code == status
    assert (evening.row.submitted_at == evening.deadline + late) is (status == 303)


@pytest.mark.parametrize("header", [
    {"Date": "Sat, 02 Mar 2024 10:00:00 GMT"}, {"Date": "Sat, 02 Mar 2030 10:00:00 GMT"}, {"X-Request-Start": "t=1"}, {"Sec-CH-Timezone": "UTC-10"}, {"Cookie2": "tz=UTC+14"},
])  # fmt: skip
@pytest.mark.parametrize(("late", "status"), [(timedelta(0), 303), (MS, 409)])
def test_no_clock_or_zone_of_the_sender_counts(evening, header, late, status):
    assert evening.send(evening.deadline + late, headers=header).status_code == status


def test_no_time_in_the_form_counts(evening):
    forged = evening.form | {"submitted_at": "2020-01-01", "received_at": "2020-01-01T00:00", "at": "1"}
    assert evening.send(evening.deadline + SECOND, forged).status_code == 409 and evening.row.state == "draft"


def test_a_form_opened_before_and_sent_after_is_late(evening):
    answer = evening.send(evening.deadline + timedelta(minutes=5))
    assert answer.status_code == 409 and "17:00:00" in answer.text and "17:05:00" in answer.text


def test_a_file_begun_before_and_finished_after_stays_out(evening):
    page = evening.pi.page(f"{evening.url}/files")
    form = values_of(next(f for f in page.select("main form[method=post]") if f.select_one("input[type=file]")))
    before = [a.filename for a in files.of(evening.row)]
    evening.travel.move_to(evening.deadline + SECOND)
    answer = evening.pi.post(f"{evening.url}/files", data=form | {"kind": "other", "file": (io.BytesIO(plays.small_pdf("late")), "muộn.pdf")})
    assert answer.status_code == 409 and [a.filename for a in files.of(evening.row)] == before and evening.row.state == "draft"


def test_an_acknowledged_request_sent_again_after_gives_the_same_receipt(evening):
    first = evening.send(evening.deadline)
    again = evening.send(evening.deadline + HOUR)
    assert (first.status_code, again.status_code, again.location) == (303, 303, first.location)
    other_tab = evening.form | {"once": "another-tab-of-the-same-browser"}
    assert evening.send(evening.deadline + 2 * HOUR, other_tab).location == first.location
    assert evening.db.session.scalar(text("SELECT count(*) FROM proposal_version")) == 1


def test_one_that_was_not_completed_is_told_when_it_was_seen_first(evening, monkeypatch):
    def fails(*_a, **_k):
        raise RuntimeError("the machine goes down")

    with monkeypatch.context() as broken, pytest.raises(RuntimeError):
        broken.setattr("app.stages.proposals.submitting.take_in", fails)
        evening.send(evening.deadline - SECOND)
    assert evening.row.state == "draft"
    answer = evening.send(evening.deadline + 3 * SECOND)
    assert answer.status_code == 409 and "16:59:59" in answer.text and "17:00:03" in answer.text
    assert [a.arrived_at for a in queries.attempts_of(evening.row)] == [evening.deadline - SECOND]


def test_the_proxy_s_instant_counts_while_we_were_busy(app, evening):
    app.config["PROXY_HOPS"] = 1
    arrived = evening.deadline - MS
    answer = evening.send(evening.deadline + 40 * SECOND, headers={"X-Request-Start": f"t={arrived.timestamp():.3f}"})
    assert answer.status_code == 303 and evening.row.submitted_at == arrived


@pytest.mark.parametrize(("extended", "sent", "status"), [
    (-HOUR, timedelta(minutes=30), 303), (-MS, timedelta(minutes=30), 303), (timedelta(0), timedelta(minutes=30), 303), (-HOUR, 2 * HOUR, 303), (-HOUR, 2 * HOUR + MS, 409),
])  # fmt: skip
def test_an_extension_of_the_whole_call(evening, extended, sent, status):
    call = evening.row.call_topic.call
    proposed = call_acts.propose_extension(call, deadline=evening.deadline + 2 * HOUR, reason="Sự cố", document="1/TB-SKHCN", by=evening.cast["officer"],
                                           at=evening.deadline - 2 * HOUR)  # fmt: skip
    call_acts.confirm_extension(proposed, by=evening.cast["officer2"], at=evening.deadline + extended)
    evening.db.session.commit()
    assert evening.send(evening.deadline + sent).status_code == status


def test_an_extension_does_not_come_after_the_deadline(evening):
    call = evening.row.call_topic.call
    with pytest.raises(Exception, match="still receives"):
        call_acts.propose_extension(call, deadline=evening.deadline + HOUR, reason="x", document="1/TB", by=evening.cast["officer"], at=evening.deadline + MS)


def test_a_call_that_is_closed_while_somebody_types(evening):
    call_acts.close(evening.row.call_topic.call, at=evening.deadline + MS)
    evening.db.session.commit()
    assert evening.send(evening.deadline + SECOND).status_code == 409
    assert evening.pi.page(f"{evening.url}/submit").select("form [name=confirm]") == []


@pytest.mark.parametrize(("day", "received"), [
    (date(2028, 2, 29), at_local(date(2028, 2, 29), 17)), (date(2026, 12, 31), at_local(date(2026, 12, 31), 17)),
])  # fmt: skip
def test_the_last_day_of_february_and_of_the_year(db, cast, as_, travel, day, received):
    evening = Evening(db, cast, as_, travel, ready(cast, received - timedelta(days=75), deadline_day=day))
    assert evening.deadline == received
    assert evening.send(received + MS).status_code == 409
    assert evening.send(received, evening.form | {"once": "second"}).status_code == 303
    assert evening.row.code == f"HS-{day.year}-0001"


@pytest.mark.parametrize(("instant", "year"), [
    (datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC), 2026), (datetime(2026, 12, 31, 17, 30, tzinfo=UTC), 2027), (datetime(2027, 1, 1, 0, 30, tzinfo=UTC), 2027),
])  # fmt: skip
def test_the_year_of_a_number_is_viet_nam_s(db, cast, as_, travel, instant, year):
    evening = Evening(db, cast, as_, travel, ready(cast, instant - timedelta(days=45)), opened=instant - HOUR)
    answer = evening.send(instant)
    assert answer.status_code == 303 and evening.row.code == f"HS-{year}-0001" and evening.row.receipt_no == f"BN-{year}-0001"


def test_a_database_in_another_zone_changes_nothing(evening):
    if evening.db.engine.dialect.name == "postgresql":
        evening.db.session.execute(text("SET TIME ZONE 'Pacific/Kiritimati'"))
        evening.db.session.commit()
    assert evening.row.call_topic.call.deadline == evening.deadline
    assert evening.send(evening.deadline).status_code == 303 and evening.row.submitted_at == evening.deadline


def test_an_instant_without_a_zone_is_refused(db, evening):
    with pytest.raises(Exception, match="time zone|offset-naive"):
        actions.save_general(evening.row, title="x", aim="y", duration_months=1, by=evening.cast["pi1"], at=clock.now().replace(tzinfo=None))
