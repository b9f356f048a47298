"""Where somebody belongs: found or asked for, confirmed by its manager or an officer, never by the person who asks."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from sqlalchemy import select

from app.across.desk import providers
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.services.people import actions as people
from app.services.people import queries as known
from app.services.people.rules import OrganisationKind
from app.services.profiles import belonging
from app.services.profiles.models import OrganisationRequest
from app.services.profiles.rules import bare_name
from app.stages.calls.models import Call, CallTopic
from tests.support.databases import PASSWORD

MINUTE = timedelta(minutes=1)
VALUES = {"name": "Công ty TNHH Hạt Giống Vàm Cỏ", "kind": OrganisationKind.ENTERPRISE, "tax_code": "0100109106", "address": "Phường Tân An", "representative": "Lê Văn Hạt", "note": ""}


@pytest.fixture
def stranger(db, cast, at):
    user = people.add_user("la@demo.vamco.test", "Người Lạ", by=None, at=at, password=PASSWORD, is_demo=True)
    db.session.commit()
    return user


# --- rules ----------------------------------------------------------------------------------------------------


@pytest.mark.nodb
def test_names_are_compared_by_what_tells_them_apart():
    assert bare_name("Công ty Cổ phần Nông sản Đồng Tháp Mười") == bare_name("CTY CP nông sản, Đồng Tháp Mười") == "nong san dong thap muoi"
    assert bare_name("HTX Thanh long Tầm Vu") == bare_name("Hợp tác xã thanh long Tầm Vu") == "thanh long tam vu"
    assert bare_name("Trường Đại học") == "truong dai hoc", "a name of common words alone stays whole"


def test_found_with_and_without_diacritics_and_by_tax_code(db, cast):
    cast.org("host2").tax_code = "0100109106"
    db.session.commit()
    for words in ("Viện nông nghiệp", "vien NONG nghiep", "nghiep vien", "0100109106", "Agricultural"):
        assert cast.org("host2") in belonging.find(words)[0], words
    assert belonging.find("%")[0] == [] and belonging.find("không hề có")[0] == []


@pytest.mark.parametrize(("typed", "key"), [("HTX thanh long Tầm Vu", "body4"), ("Cty CP Nông sản Đồng Tháp Mười", "body3"), ("Dai hoc Nong Lam", "body1"), ("Sở Y  tế", "agency2")])
def test_near_names_are_shown(cast, typed, key):
    assert next(n.organisation for n in belonging.near(typed)) == cast.org(key)


def test_other_names_are_not_near(cast):
    assert belonging.near("Công ty TNHH Hạt Giống Vàm Cỏ") == [] and belonging.near("") == []


# --- asking and deciding --------------------------------------------------------------------------------------


def test_the_manager_confirms_and_the_person_belongs(db, cast, stranger, at, mails):
    row = belonging.ask(cast.org("host1"), note="Phòng Kỹ thuật", by=stranger, at=at)
    assert [m.to_address for m in mails()] == ["host1@demo.vamco.test"]
    assert not stranger.belongs_to(cast.org("host1").id)
    for wrong in ("host2", "pi1", "province", "finance"):
        with pytest.raises(NotAllowed):
            belonging.confirm(row, by=cast[wrong], at=at)
    with pytest.raises(NotAllowed):
        belonging.confirm(row, manager=True, by=cast["host1"], at=at)
    belonging.confirm(row, by=cast["host1"], at=at, seen=row.version)
    assert stranger.belongs_to(cast.org("host1").id) and not stranger.manages(cast.org("host1").id)
    assert mails()[-1].to_address == stranger.email and "Đã xác nhận" in mails()[-1].subject
    for again in (belonging.confirm, lambda r, **kw: belonging.refuse(r, reason="x", **kw)):
        with pytest.raises(WrongState):
            again(row, by=cast["officer"], at=at)
    with pytest.raises(WrongState):
        belonging.ask(cast.org("host1"), note="", by=stranger, at=at)


def test_nobody_confirms_the_own_request(db, cast, at):
    row = belonging.ask(cast.org("host2"), note="", by=cast["officer"], at=at)
    with pytest.raises(NotAllowed):
        belonging.confirm(row, by=cast["officer"], at=at)
    belonging.confirm(row, by=cast["officer2"], at=at)


def test_a_new_organisation_comes_on_the_list_by_an_officer(db, cast, stranger, at, mails):
    row = belonging.ask_new(VALUES, distinct=False, by=stranger, at=at)
    assert {m.to_address for m in mails()} == {"officer@demo.vamco.test", "officer2@demo.vamco.test"}
    with pytest.raises(NotAllowed):
        belonging.confirm(row, by=cast["host1"], at=at)
    body = belonging.confirm(row, manager=True, by=cast["officer"], at=at)
    assert (body.tax_code, body.representative, body.address) == ("0100109106", "Lê Văn Hạt", "Phường Tân An")
    assert stranger.manages(body.id) and belonging.find("hat giong")[0] == [body]


def test_an_officer_says_which_one_is_meant(db, cast, stranger, at):
    values = VALUES | {"name": "Trường ĐH Nông Lâm", "kind": OrganisationKind.UNIVERSITY, "tax_code": ""}
    with pytest.raises(Incomplete) as refused:
        belonging.ask_new(values, distinct=False, by=stranger, at=at)
    assert refused.value.field == "distinct"
    row = belonging.ask_new(values, distinct=True, by=stranger, at=at)
    before = len(known.organisations())
    assert belonging.confirm(row, into=cast.org("body1"), by=cast["officer"], at=at) == cast.org("body1")
    assert len(known.organisations()) == before and stranger.belongs_to(cast.org("body1").id)


@pytest.mark.parametrize(("change", "field"), [({"tax_code": ""}, "tax_code"), ({"tax_code": "0100109107"}, "tax_code"), ({"address": " "}, "address"), ({"representative": ""}, "representative"),
                                               ({"name": "Sở Y tế"}, "name"), ({"name": "SO Y TE"}, "name")])  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(cast, stranger, at, change, field):
    with pytest.raises(Incomplete) as refused:
        belonging.ask_new(VALUES | change, distinct=True, by=stranger, at=at)
    assert refused.value.field == field


def test_two_ask_for_the_same_new_one(db, cast, stranger, at):
    one = belonging.ask_new(VALUES, distinct=False, by=stranger, at=at)
    two = belonging.ask_new(VALUES | {"name": "Cty Hạt giống Vàm Cỏ"}, distinct=False, by=cast["pi1"], at=at)
    assert belonging.same_wish(one) == [two]
    body = belonging.confirm(one, by=cast["officer"], at=at)
    with pytest.raises(Incomplete):
        belonging.confirm(two, by=cast["officer"], at=at)
    db.session.expire(two)
    assert belonging.confirm(two, into=body, by=cast["officer"], at=at) == body


def test_asking_is_bounded_and_may_be_withdrawn(db, cast, stranger, at):
    rows = [belonging.ask(cast.org(key), note="", by=stranger, at=at) for key in ("host1", "host2", "host3", "body1", "body2")]
    with pytest.raises(WrongState):
        belonging.ask(cast.org("body3"), note="", by=stranger, at=at)
    with pytest.raises(NotAllowed):
        belonging.withdraw(rows[0], by=cast["pi1"], at=at)
    belonging.withdraw(rows[0], by=stranger, at=at)
    belonging.ask(cast.org("body3"), note="", by=stranger, at=at)
    with pytest.raises(Stale):
        belonging.confirm(rows[1], by=cast["officer"], at=at, seen=99)


# --- pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def la(app, stranger, as_):
    return as_("la")


def test_from_the_search_to_the_confirmation(db, la, as_, user, cast, mails):
    assert "chưa thuộc tổ chức nào" in la.page("/profile/").text
    page = la.page("/profile/organisations?q=ung dung tien bo")
    link = page.select_one("a[href$='/join']")["href"]
    la.submit(link, {"note": "Phòng Kỹ thuật"})
    assert la.get(link).status_code == 409
    row = db.session.scalar(select(OrganisationRequest))
    assert as_("host2").get(f"/profile/requests/{row.public_id}").status_code == 404
    assert as_("pi1").get(f"/profile/requests/{row.public_id}/confirm").status_code == 404
    manager = as_("host1")
    assert row.name in manager.page("/profile/requests?state=asked").text and "la@demo.vamco.test" in manager.page(f"/profile/requests/{row.public_id}").text
    assert not manager.page(f"/profile/requests/{row.public_id}/confirm").select("[name=manager]")
    manager.submit(f"/profile/requests/{row.public_id}/confirm", {"manager": "y"})
    db.session.expire_all()
    assert user("la").belongs_to(cast.org("host1").id) and not user("la").manages(cast.org("host1").id)
    assert "Trung tâm Ứng dụng" in la.page("/profile/").select_one("#organisations").find_next("ul").text


def test_a_new_one_with_near_names_and_a_refusal(db, la, as_, mails):
    data = {"name": "HTX Thanh Long Tầm Vu", "kind": "cooperative", "tax_code": "0300588569", "address": "Xã Tầm Vu", "representative": "Lê Văn Long"}
    asked = la.submit("/profile/organisations/new", data, status=422)
    assert "Hợp tác xã Thanh long Tầm Vu" in asked.text and "Có phải" in asked.text and 'value="Lê Văn Long"' in asked.text
    la.submit("/profile/organisations/new", data | {"distinct": "y"})
    row = db.session.scalar(select(OrganisationRequest))
    officer = as_("officer")
    assert "Hợp tác xã Thanh long Tầm Vu" in officer.page(f"/profile/requests/{row.public_id}").text
    officer.submit(f"/profile/requests/{row.public_id}/refuse", {"reason": ""}, status=422)
    officer.submit(f"/profile/requests/{row.public_id}/refuse", {"reason": "Đã có trong danh sách."})
    assert "Đã có trong danh sách." in la.page("/profile/").text and "Đã có trong danh sách." in mails()[-1].body
    for act in ("confirm", "refuse", "withdraw"):
        assert officer.get(f"/profile/requests/{row.public_id}/{act}").status_code in (403, 409)


def test_the_list_shows_each_what_is_theirs_and_goes_to_excel(played, as_):
    officer, manager, pi = as_("officer"), as_("host2"), as_("pi1")
    assert len(officer.page("/profile/requests").select("tbody tr")) == 3
    assert "Nguyễn Thị Mới" in manager.page("/profile/requests").text and "Trương Văn Nông" not in manager.page("/profile/requests").text
    assert "Không có yêu cầu" in pi.page("/profile/requests").text
    for q, count in (("tam vu", 1), ("0300588569", 1), ("nguyen thi moi", 1), ("%", 0), ("Nông", 3)):
        rows = officer.page(f"/profile/requests?q={q}").select("tbody tr")
        assert len(rows) == count, q
        book = load_workbook(io.BytesIO(officer.get(f"/profile/requests.xlsx?q={q}").data))
        assert book.active.max_row == count + 1
    for order in ("name", "-name", "person", "-asked", "nonsense"):
        assert officer.get(f"/profile/requests?sort={order}&state=asked&what=new&kind=cooperative").status_code == 200


def test_it_waits_on_the_desks(played, app, at):
    label = "Who belongs to which organisation: to confirm"
    with app.test_request_context():
        found = {a: {g.label: [t.title for t in g.tasks] for g in providers.groups(played[a], at)}.get(label) for a in ("officer", "host2", "host3", "pi1")}
    assert sorted(found["officer"]) == ["Hợp tác xã Thanh long Tầm Vu Xanh", "Viện Khoa học kỹ thuật Nông nghiệp miền Nam"]
    assert found["host2"] == ["Viện Khoa học kỹ thuật Nông nghiệp miền Nam"] and found["host3"] is None and found["pi1"] is None


@pytest.mark.parametrize("nasty", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "x" * 3000, "\x00\x07", "{{7*7}}", "%", "'; DROP TABLE organisation;--", "\u202egnort"])
def test_hostile_words_do_no_harm(la, as_, nasty):
    assert "<script>alert" not in la.get("/profile/organisations", query_string={"q": nasty}).text
    page = la.submit("/profile/organisations/new", {"name": nasty, "kind": nasty, "tax_code": nasty, "address": nasty, "representative": nasty, "distinct": "y"}, status=422)
    assert "<script>alert" not in page.text
    assert la.get("/profile/organisations/new", query_string={"name": nasty}).status_code == 200
    assert as_("officer").get("/profile/requests", query_string={"q": nasty, "state": nasty, "after": nasty}).status_code == 200
    if nasty.strip("\x00\x07"):
        assert la.submit("/profile/edit", {"name": "Người Lạ", "phone": nasty, "orcid": nasty}, status=422)


def test_the_profile_is_kept_as_checked(la, user, db):
    la.submit("/profile/edit", {"name": " Trần  Văn  Lạ ", "title": "TS.", "phone": "0912 345 678", "orcid": "https://orcid.org/0000-0002-1825-0097"})
    db.session.expire_all()
    me = user("la")
    assert (me.name, me.title, me.phone, me.orcid) == ("Trần Văn Lạ", "TS.", "0912 345 678", "0000-0002-1825-0097")
    kept = la.submit("/profile/edit", {"orcid": "0000-0002-1825-0098"}, status=422)
    assert "chữ số kiểm tra" in kept.text and "0000-0002-1825-0098" in kept.text


def test_without_an_organisation_no_dossier_begins(played, la, db, at):
    """A person who belongs nowhere may look, is told what to do, and is offered nobody's name to write in."""
    for url in ("/desk/", "/calls/", "/proposals/", "/profile/"):
        assert la.get(url).status_code == 200
    assert "chưa thuộc tổ chức nào" in la.page("/ideas/new").text
    open_now = select(CallTopic.public_id).join(Call).where(Call.state == "published", Call.deadline > at)
    pages = [la.get(f"/proposals/new/{pid}") for pid in db.session.scalars(open_now)]
    shown = [p for p in pages if p.status_code == 200]
    assert shown and all("chưa thuộc tổ chức nào" in p.text and not BeautifulSoup(p.text, "html.parser").select("main form [name=host]") for p in shown)
