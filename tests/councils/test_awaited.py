"""Who is late, over all councils: what is listed, to whom, what is late; reminders go to each once a day."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.across.demo.plays import councils as plays
from app.kernel.clock import local
from app.kernel.db import db as database
from app.kernel.errors import Incomplete
from app.services.councils import actions, awaited, queries
from app.services.councils.actions import asking
from app.services.councils.remarks import actions as remarks
from tests.councils.test_actions import DAY, YES
from tests.councils.test_room import WORDS, identifying, selecting  # noqa: F401 - fixtures
from tests.support.sessions import move_to


def listed(user, day):
    table = awaited.statement(user, today=day)
    return [(r.what, r.name, r.place) for r in database.session.execute(select(table).order_by(table.c.n))]


def names(cast, *numbers):
    return {cast[f"member{n}"].name for n in numbers}


def test_what_is_awaited_follows_what_happens(cast, identifying, at):  # noqa: F811
    council, day, officer = identifying, local(identifying.meets_at).date(), cast["officer"]
    rows = listed(officer, day)
    assert {n for w, n, _p in rows if w == "remark"} == names(cast, 3, 4) and {n for w, n, _p in rows if w == "declaration"} == names(cast, *range(1, 8))
    assert listed(cast["member5"], day) == rows and listed(cast["member6"], day) == [], "who keeps or leads the council has the list, other members have not"
    remarks.keep(council, council.agenda[0], WORDS, by=cast["member3"], at=council.meets_at - 3 * DAY)
    remarks.submit(council, council.agenda[0], by=cast["member3"], at=council.meets_at - 3 * DAY)
    actions.declare(council, {council.agenda[0].public_id: "Cùng nhóm nghiên cứu"}, by=cast["member4"], at=council.meets_at - DAY)
    rows = listed(officer, day)
    assert not [r for r in rows if r[0] == "remark"] and {n for w, n, _p in rows if w == "declaration"} == names(cast, 1, 2, 3, 5, 6, 7)


def test_ballots_are_awaited_at_their_step_only(cast, identifying):  # noqa: F811
    council, day = plays.convened(cast, council=identifying, absent=("member7",)), local(identifying.meets_at).date()
    assert not [r for r in listed(cast["officer"], day) if r[0] == "ballot"]
    plays.to_step(cast, council=council, opens="ballot", at=council.meets_at)
    actions.cast(council, council.agenda[0], YES, by=cast["member1"], at=council.meets_at)
    assert {n for w, n, _p in listed(cast["officer"], day) if w == "ballot"} == names(cast, *range(2, 7))
    actions.adjourn(council, reason="Hết giờ", meets_at=council.meets_at + 9 * DAY, place="Phòng 3", by=cast["officer"], at=council.meets_at)
    assert not [r for r in listed(cast["officer"], day) if r[0] == "ballot"], "the step was another session's"


@pytest.fixture
def asked(cast, at):
    from app.across.demo.plays import ideas
    from app.stages.ideas import council as identification

    idea = ideas.submitted_idea(cast, item="1.8", title="Bảo quản chanh không hạt", at=at)
    council = plays.appointed(cast, council=identification.prepare([idea], title="Hội đồng chưa lập", by=cast["officer"], at=at + DAY), at=at + DAY)
    asking.ask_seats(council, by=cast["officer"], at=at + DAY)
    return council


def test_over_http_filtered_exported_and_reminded_once(as_, cast, asked, selecting, travel, mails, db):  # noqa: F811
    travel.move_to(selecting.meets_at)
    db.session.commit()
    officer = as_("officer")
    page = officer.page("/councils/late?what=remark&late=yes&q=" + cast["member3"].name.split()[-1])
    boxes = [b["value"] for b in page.select("main input[name=rows]")]
    assert len(boxes) == 2 and "trễ hạn" in page.text
    book = load_workbook(BytesIO(officer.get("/councils/late.xlsx?what=seat").data))
    assert book.active.max_row == 8 and book.active.cell(2, 4).value == "Hội đồng chưa lập"
    before = len(mails())
    for _twice in range(2):
        officer.submit("/councils/late?what=remark&late=yes", {"rows": boxes})
    sent = mails()[before:]
    assert [m.template for m in sent] == ["councils/mail/awaited.txt"] and sent[0].to_address == cast["member3"].email and "Nhận xét" in sent[0].body
    seats = [b["value"] for b in officer.page("/councils/late?what=seat").select("main input[name=rows]")]
    officer.submit("/councils/late?what=seat", {"rows": seats[:1]})
    assert mails()[-1].template == "councils/mail/seat_asked.txt"
    officer.submit("/councils/late", {"rows": []}, status=422)
    officer.submit("/councils/late", {"rows": ["999999999"]}, status=422)
    assert as_("member6").page("/councils/late").select("main input[name=rows]") == [] and as_("pi1").get("/councils/late").status_code == 403
    assert as_("member1").page("/councils/late").select("main input[name=rows]")


def test_who_is_reminded_of_a_council_of_others_is_nobody(cast, selecting, mails, db):  # noqa: F811
    """A member who leads nothing sends numbers he has seen elsewhere."""
    table = awaited.statement(cast["officer"], today=local(selecting.meets_at).date())
    numbers = list(db.session.scalars(select(table.c.n)))
    before = len(mails())
    with pytest.raises(Incomplete):
        awaited.remind(numbers, by=cast["member6"], at=selecting.meets_at)
    assert numbers and len(mails()) == before


def test_moved_on_over_http(as_, cast, identifying, travel, db):  # noqa: F811
    travel.move_to(identifying.meets_at + timedelta(minutes=1))
    council = plays.convened(cast, council=identifying)
    db.session.commit()
    move_to(as_("member5"), council, "ballot")
    assert queries.council_by_pid(council.public_id) is not None
