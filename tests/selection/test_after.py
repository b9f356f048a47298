"""After the ranking: released on a day, told without names, complained about in time, decided on a document, reconsidered in another session."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import selection as plays
from app.across.desk import councils as desk
from app.kernel import journal
from app.kernel.clock import local
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.journal import JournalEntry
from app.kernel.outbox import OutboxMail
from app.services.papers.blocks import as_text
from app.services.papers.models import Paper
from app.services.rulebook import queries as rulebook
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState
from app.stages.selection import actions, complaints, letters, queries, releases
from app.stages.selection.models import Complaint, RankingLine
from app.stages.selection.rules import ComplaintState, RoundState
from tests.selection import factories
from tests.support.browser import values_of

DAY = timedelta(days=1)


@pytest.fixture
def start(at):
    return at - 100 * DAY


@pytest.fixture
def ranked(cast, start):
    """A ranked round of two dossiers, pi1 before pi3; its council concluded 86 days after `start`."""
    return queries.round_by_pid(factories.ranked(cast, start).public_id)


def rows(db):
    return list(db.session.scalars(select(Proposal).order_by(Proposal.id)))


def test_released_on_a_day_by_the_worker(cast, ranked, start, db, mails):
    told = start + 86 * DAY
    before = len(mails())
    last = releases.last_day(ranked)
    with pytest.raises(Incomplete, match="at the latest"):
        releases.release([ranked], on=last + DAY, by=cast["officer"], at=told)
    assert releases.release([ranked], on=local(told + DAY).date(), by=cast["officer"], at=told) == []
    assert ranked.state == RoundState.RANKED and len(mails()) == before, "nobody is told anything before the day"
    assert {p.state for p in rows(db)} == {ProposalState.IN_SELECTION}
    assert releases.release_due(told) == [] and releases.release_due(told + DAY) == [ranked]
    assert ranked.state == RoundState.CONCLUDED and [p.state for p in rows(db)] == [ProposalState.SELECTED, ProposalState.RESERVE]
    letter = db.session.scalars(select(Paper).where(Paper.template == letters.LETTER, Paper.subject_pid == rows(db)[0].public_id)).one()
    text = as_text(letter.blocks)
    assert "89,57" in text and plays.REMARKS[2] in text and "Điểm trung bình từng tiêu chí" in text
    assert not [cast[f"member{n}"].name for n in range(1, 10) if cast[f"member{n}"].name in text]
    assert releases.release_due(told + 2 * DAY) == [], "once"


def test_typed_confirmation_over_the_rules_number(cast, ranked, start, db, monkeypatch):
    asked = rulebook.value
    monkeypatch.setattr(rulebook, "value", lambda key, *, on: 2 if key == releases.TYPED_FROM else asked(key, on=on))
    with pytest.raises(Incomplete) as refused:
        releases.release([ranked], on=local(start + 86 * DAY).date(), typed=3, by=cast["officer"], at=start + 86 * DAY)
    assert refused.value.field == "typed"
    assert releases.release([ranked], on=local(start + 86 * DAY).date(), typed=2, by=cast["officer"], at=start + 86 * DAY) == [ranked]


def test_complaint_upheld_goes_to_another_session(cast, ranked, start, db, mails):
    told = start + 88 * DAY
    actions.conclude(ranked, by=cast["officer"], at=told)
    _first, second = rows(db)
    until = letters.complain_until(ranked)
    with pytest.raises(NotAllowed):
        complaints.file(second, "Tôi không đồng ý.", by=cast["pi1"], at=told + DAY)
    with pytest.raises(Incomplete):
        complaints.file(second, "  ", by=cast["pi3"], at=told + DAY)
    row = complaints.file(second, "Tiêu chí năng lực bị chấm khi thiếu phụ lục.", by=cast["pi3"], at=told + DAY)
    assert row.answer_due > local(told).date() and row.state == ComplaintState.FILED and local(told).date() < until
    with pytest.raises(WrongState):
        complaints.file(second, "Lần nữa", by=cast["pi3"], at=told + DAY)
    with pytest.raises(NotAllowed):
        complaints.decide(row, uphold=True, answer="x", number="1/SKHCN", dated=local(told).date(), by=cast["pi3"], at=told + 2 * DAY)
    paper = complaints.decide(row, uphold=True, answer="Thiếu phụ lục trong tài liệu gửi Hội đồng.", number="81/SKHCN-QLKH", dated=local(told + 2 * DAY).date(),
                              by=cast["officer2"], at=told + 3 * DAY)  # fmt: skip
    assert "CHẤP NHẬN kiến nghị" in as_text(paper.blocks)
    assert (row.state, ranked.state, ranked.session) == (ComplaintState.UPHELD, RoundState.OPEN, 2)
    assert {p.state for p in rows(db)} == {ProposalState.ELIGIBLE} and ranked.call_topic in queries.waiting()
    again = plays.ranked(cast, call_topic=ranked.call_topic, at=told + 5 * DAY, marks=(plays.FAIR, plays.GOOD))
    assert again.id == ranked.id and [line.proposal.pi.name for line in again.lines] == [cast["pi3"].name, cast["pi1"].name]
    actions.conclude(again, by=cast["officer"], at=told + 22 * DAY)
    assert [p.state for p in rows(db)] == [ProposalState.RESERVE, ProposalState.SELECTED]
    assert len(list(db.session.scalars(select(RankingLine)))) == 4, "the lines of the first session are kept"
    assert complaints.of_line(queries.line_of(second)) is None, "the new outcome can be complained about anew"
    keys = list(db.session.scalars(select(OutboxMail.dedupe_key).where(OutboxMail.dedupe_key.contains("proposal-concluded"))))
    assert len(keys) == 8, "two dossiers, two holders each, two sessions"
    verbs = set(db.session.scalars(select(JournalEntry.verb)))
    assert {"file_complaint", "uphold", "reconsider"} <= verbs


def test_complaint_late_dismissed_or_taken_back(cast, ranked, start, db):
    told = start + 88 * DAY
    actions.conclude(ranked, by=cast["officer"], at=told)
    first, second = rows(db)
    last = letters.complain_until(ranked)
    with pytest.raises(WrongState, match="until"):
        complaints.check_filing(second, cast["pi3"], on=last + DAY)
    row = complaints.file(second, "Không đồng ý với điểm.", by=cast["host2"], at=told + DAY)
    said = {"uphold": False, "answer": "Biên bản cho thấy Hội đồng đã xem xét.", "number": "82/SKHCN-QLKH", "dated": local(told + DAY).date(), "at": told + 2 * DAY}
    journal.record(SimpleNamespace(__tablename__="selection_round", public_id="another"), "rank", by=None, at=told + DAY)  # a later ranking elsewhere changes nothing
    waits = {name: [t for q in desk.complaints_to_answer(cast[name], told) for t in db.session.execute(q)] for name in ("officer", "officer2")}
    assert not waits["officer"] and [t.pid for t in waits["officer2"]] == [row.public_id]
    with pytest.raises(NotAllowed, match="another officer"):
        complaints.decide(row, by=cast["officer"], **said)  # who released it
    complaints.decide(row, by=cast["officer2"], **said)
    assert (row.state, ranked.state, second.state) == (ComplaintState.DISMISSED, RoundState.CONCLUDED, ProposalState.RESERVE)
    with pytest.raises(WrongState):
        complaints.decide(row, uphold=True, answer="x", number="83/SKHCN", dated=local(told + DAY).date(), by=cast["officer2"], at=told + 2 * DAY)
    other = complaints.file(first, "Xin xem lại nhận xét.", by=cast["pi1"], at=told + DAY)
    complaints.take_back(other, by=cast["pi1"], at=told + 2 * DAY)
    assert other.state == ComplaintState.TAKEN_BACK


def test_over_http(as_, cast, ranked, start, at, db, travel):
    travel.move_to(start + 86 * DAY)
    db.session.commit()
    call = ranked.call_topic.call.public_id
    officer = as_("officer")
    page = officer.page(f"/selection/calls/{call}")
    assert "89,57" in page.text and officer.get(f"/selection/calls/{call}/ranking.xlsx?band=failed").status_code == 200
    assert officer.page(f"/selection/calls/{call}?band=failed").select("td.num") == []
    url = f"/selection/calls/{call}/release"
    day = local(start + 86 * DAY).strftime("%d/%m/%Y")
    late = (releases.last_day(ranked) + DAY).strftime("%d/%m/%Y")
    told = BeautifulSoup(officer.submit(url, {"rounds": [ranked.public_id], "on": late}, status=422).get_data(as_text=True), "html.parser")
    assert "chậm nhất" in told.select_one("#on-error").text, "a day that is too late is refused at once, not at the confirmation"
    seen = BeautifulSoup(officer.submit(url, {"rounds": [ranked.public_id], "on": day}, status=202).get_data(as_text=True), "html.parser")
    asked = releases.asked_by([p.id for p in rows(db)])
    assert f"{asked[ranked.lines[0].proposal_id]:,}".replace(",", ".") in seen.text and cast["pi1"].name in seen.text
    sure = values_of(seen.select("main form[method=post]")[-1])
    assert officer.post(url, data=sure).status_code == 422, "not without the tick"
    assert officer.post(url, data=sure | {"agree": "y"}).status_code == 303
    second = rows(db)[1]
    pi = as_("pi3")
    pi.submit(f"/selection/outcomes/{second.public_id}/complain", {"text": "Chưa xét phụ lục 2."})
    row = db.session.scalars(select(Complaint)).one()
    assert "Chưa xét phụ lục 2." in pi.page(f"/selection/complaints/{row.public_id}").text
    for stranger in ("pi1", "member1", "host1"):
        assert as_(stranger).get(f"/selection/complaints/{row.public_id}").status_code == 404
    assert as_("officer").get("/selection/complaints.xlsx?late=yes").status_code == 200 and row.proposal.code in as_("officer").page("/selection/complaints").text
    assert officer.get(f"/selection/complaints/{row.public_id}/decide").status_code == 403 and "/decide" not in str(officer.page(f"/selection/complaints/{row.public_id}"))
    assert f"/selection/complaints/{row.public_id}" not in str(officer.page("/desk/")) and f"/selection/complaints/{row.public_id}" in str(as_("officer2").page("/desk/"))
    as_("officer2").submit(f"/selection/complaints/{row.public_id}/decide", {"verdict": "dismiss", "answer": "Đã xét.", "number": "90/SKHCN", "dated": day, "agree": "y"})
    assert "Đã xét." in as_("host2").page(f"/selection/complaints/{row.public_id}").text


def test_a_call_says_whether_applicants_are_told_who_sat(as_, cast, ranked, start, db, travel):
    """Only where it says so, and only with the outcome; it is fixed when the call is published."""
    call, first = ranked.call_topic.call, rows(db)[0]
    with pytest.raises(IntegrityError), db.session.begin_nested():
        call.names_council = True
        db.session.flush()
    db.session.expire_all()
    council = queries.council_of(ranked)
    member = council.seats[2].user.name
    assert letters.members_named(ranked, council) == []
    db.session.execute(text("DROP TRIGGER call_naming_frozen" + ("" if db.engine.dialect.name == "sqlite" else " ON call")))
    db.session.execute(text("UPDATE call SET names_council = true"))
    db.session.expire_all()
    ranked = queries.round_by_pid(ranked.public_id)
    assert letters.members_named(ranked, council) == [], "not before the outcome is out"
    actions.conclude(ranked, by=cast["officer"], at=start + 88 * DAY)
    db.session.commit()
    travel.move_to(start + 88 * DAY)
    assert member in as_("pi1").page(f"/selection/outcomes/{first.public_id}").text
    letter = db.session.scalars(select(Paper).where(Paper.template == letters.LETTER, Paper.subject_pid == first.public_id)).one()
    assert member in as_text(letter.blocks) and f"{member}: " not in as_text(letter.blocks)
