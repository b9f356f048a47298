"""From the list to a seat, through HTTP: invited, joined, own fields, suggested, chosen, asked, declined; and who may not look."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.across.demo.plays import ideas as idea_plays
from app.kernel.outbox import OutboxMail
from app.services.councils import queries as councils
from app.services.experts.models import Expert
from app.services.experts.rules import ExpertState
from app.services.people.queries import user_by_email
from tests.support.browser import values_of

DAY = timedelta(days=1)


@pytest.fixture
def listed(as_):
    """The address of an expert who is on the list."""
    answer = as_("officer").submit("/experts/new", {"name": "Đỗ Hữu Phước", "email": "phuoc@vien.vn", "degree": "doctor", "fields": ["1.8"], "languages": ["vi"], "speciality": "Tưới tiết kiệm nước"})
    return answer.location


def link(db, template):
    body = db.session.scalars(select(OutboxMail.body).where(OutboxMail.template == template).order_by(OutboxMail.id.desc())).first()
    return re.search(r"/public/\w+/\S+", body)[0]


def answered(client, url, **values):
    page = client.page(url)
    return client.post(url, data=values_of(page.select_one("main form")) | values)


def test_from_the_list_to_a_seat(as_, anonymous, listed, db, cast, at):
    officer = as_("officer")
    officer.submit(f"{listed}/invite")
    url = link(db, "experts/mail/pool_invited.txt")
    assert anonymous.get(url).status_code == 200 and user_by_email("phuoc@vien.vn") is None  # opening changes nothing
    assert answered(anonymous, url, answer="yes", password="ngan").status_code == 422
    assert answered(anonymous, url, answer="yes", password="mot-mat-khau-dai").status_code == 303
    assert anonymous.get(url).status_code == 404
    row = db.session.scalars(select(Expert)).one()
    assert row.state == ExpertState.ACTIVE and "expert" in user_by_email("phuoc@vien.vn").roles
    assert anonymous.submit("/auth/login", {"email": "phuoc@vien.vn", "password": "mot-mat-khau-dai"}).status_code == 303
    assert anonymous.submit("/experts/me/edit", {"degree": "associate", "body": "Viện Nước", "fields": ["1.8", "1.5"], "languages": ["vi", "en"]}).status_code == 303
    anonymous.submit("/experts/me/away", {"since": "05/03/2026", "until": "01/03/2026"}, status=422)
    idea_plays.submitted_idea(cast, item="1.8", title="Tưới tự động", at=at - 5 * DAY)
    db.session.commit()
    council = officer.submit("/ideas/council", {"title": "Hội đồng xác định nhiệm vụ năm 2027"}).location
    page = officer.page(f"{council}/appoint")
    chosen = page.find("a", string=re.compile("Đỗ Hữu Phước"))
    assert "1.8" in chosen.parent.text
    officer.submit(chosen["href"].partition("#")[0], {"role": "reviewer"})
    officer.submit(f"{council}/ask")
    url = link(db, "councils/mail/seat_asked.txt")
    assert answered(anonymous, url, answer="no").status_code == 422
    assert answered(anonymous, url, answer="no", why="conflict", note="Tôi hướng dẫn tác giả.").status_code == 303
    assert "Viện Nước" in officer.page(council).select_one("main table").text  # where he works is told though no organisation confirmed it
    assert "Tôi hướng dẫn tác giả." in officer.page(council).text and anonymous.get(url).status_code == 404
    assert councils.council_by_pid(council.rsplit("/", 1)[-1]).seats[0].user.email == "phuoc@vien.vn"


def test_the_list_its_filters_and_its_workbook(as_, listed):
    officer = as_("officer")
    assert "Đỗ Hữu Phước" in officer.page("/experts/?q=phuoc+tuoi&field=1&degree=doctor&language=vi&state=listed&on=05/03/2026").text
    for args in ("q=khong+co", "field=1.5", "degree=master", "language=fr", "state=active"):
        assert "Đỗ Hữu Phước" not in officer.page(f"/experts/?{args}").select_one("main").text
    assert officer.get("/experts/?on=99/99/2026&sort=-open&after=x&field=zz").status_code == 200
    sheet = load_workbook(io.BytesIO(officer.get("/experts/experts.xlsx?q=phuoc").data)).active
    assert [r[0].value for r in sheet.iter_rows()][1:] == ["Đỗ Hữu Phước"]


def test_who_may_not_look(as_, anonymous, listed):
    for account in ("pi1", "host1", "member1", "finance"):
        assert as_(account).get("/experts/").status_code == 403 and as_(account).get(listed).status_code == 403
    assert as_("leader").get(listed).status_code == 200 and as_("leader").get(f"{listed}/edit").status_code == 403
    member = as_("member1")  # an expert from before there was a pool writes the own entry
    assert member.get("/experts/me").status_code == 200 and member.get("/experts/me/away").status_code == 404
    member.submit("/experts/me/edit", {"degree": "professor", "fields": ["1"], "languages": ["vi"]})
    assert "Giáo sư" in member.page("/experts/me").text
    assert anonymous.get("/public/experts/nothing").status_code == 404 and anonymous.get("/public/seats/nothing").status_code == 404


def test_a_relation_is_seen_by_its_owner_alone(as_, db):
    """Planted: no page of anybody else has the name."""
    mine = as_("member1")
    assert mine.submit("/profile/relations/", {"kind": "spouse", "name": "Nguyễn Thị Bí Mật", "email": ""}).status_code == 303
    page = mine.page("/profile/relations/")
    assert "Nguyễn Thị Bí Mật" in page.text
    end = page.find("a", href=re.compile("/end$"))["href"]
    for account in ("officer", "leader", "admin", "auditor", "pi1", "member2"):
        client = as_(account)
        assert client.get(end).status_code == 404
        for url in ("/desk", "/profile/", "/profile/relations/", "/councils/", "/admin/journal", "/admin/outbox"):
            assert "Bí Mật" not in client.get(url, follow_redirects=True).text
    assert mine.submit(end).status_code == 303 and "Bí Mật" not in mine.page("/profile/relations/").text
