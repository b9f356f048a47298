"""Yearly reports of contract partners without an account: asked by a mailed link, written, verified; figures with unit and evidence."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest

from app.across.demo.plays import transfer as plays
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.files import queries as files
from app.services.papers import queries as papers
from app.stages.transfer import actions, quantities, queries, rules
from app.stages.transfer.rules import FollowUpState, Route, Said, Usage, Use
from tests.transfer import factories

DAY = timedelta(days=1)
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082")
SAID = {"usage": "yes", "place": "Xã Bến Lức", "area": "12,5", "output": "40", "output_unit": "tấn", "households": "31", "evidence": "Sổ ghi chép", "name": "Trần Văn Lộc"}


@pytest.fixture
def result(db, cast, at):
    row = factories.result(cast, at)
    db.session.commit()
    return row


def links(mails):
    return [re.search(r"/public/results/report/(\S+)", m.body)[1] for m in mails() if m.template == "transfer/mail/use_link.txt"]


@pytest.mark.nodb
@pytest.mark.parametrize(("text", "area"), [("12,5", 125_000), ("0.35", 3_500), ("1.250", 12_500_000), ("1.250,25 ha", 12_502_500), ("7", 70_000), ("0,0001", 1)])
def test_hectares_are_read_and_printed(text, area):
    assert quantities.square_metres(text) == area and quantities.square_metres(quantities.hectares(area)) == area


@pytest.mark.nodb
@pytest.mark.parametrize("text", ["", "-1", "1,23456", "12 m2", "1e3", "٣", "1.2.3"])
def test_what_is_no_area(text):
    with pytest.raises(ValueError):
        quantities.square_metres(text)


@pytest.mark.nodb
@pytest.mark.parametrize(("said", "field"), [
    ({"area": 5}, "evidence"), ({"output": 5, "evidence": "x"}, "output_unit"), ({"usage": Usage.NO, "note": "Hỏng", "households": 2}, "households"),
])  # fmt: skip
def test_figures_have_a_unit_and_stand_on_something(said, field):
    with pytest.raises(Incomplete) as refusal:
        rules.check_said(Said(**({"usage": Usage.YES, "place": "Bến Lức"} | said)), files=False)
    assert refusal.value.field == field
    rules.check_said(Said(usage=Usage.YES, place="Bến Lức", area=5), files=True)


@pytest.mark.nodb
def test_a_partner_is_asked_while_the_contract_lasts(at):
    start = at.date()
    assert len(rules.due_days(start, 5)) == 5 and len(rules.due_days(start, 5, start + 800 * DAY)) == 2 and len(rules.due_days(start, 5, start + DAY)) == 1


def test_a_contract_that_holds_is_followed(cast, at, result):
    plays.signed_agreement(cast, result=result, at=at)
    asked = queries.follow_ups_of(cast["officer"], result.id)
    assert [f.number for f in asked] == [1, 2, 3, 4] and {f.user_said for f in asked} == {"Công ty TNHH Thiết bị tưới Vàm Cỏ Đông"}
    assert queries.use_of(result) == Use.TRANSFERRED
    actions.follow_host(result, by=cast["officer"], at=at)  # the host's own reports are another series


def test_one_to_be_registered_is_followed_from_then(cast, at, result):
    row = plays.signed_agreement(cast, result=result, at=at, route=Route.TO_ABROAD)
    assert queries.follow_ups_of(cast["officer"], result.id) == []
    actions.register_agreement(row, number="15/GCN-SKHCN", registered_on=(at + 20 * DAY).date(), by=cast["officer"], at=at + 20 * DAY)
    assert queries.follow_ups_of(cast["officer"], result.id)[0].due_on == rules.years_after((at + 20 * DAY).date(), 1)


def test_the_system_mails_the_link_and_a_new_one_ends_the_old(cast, at, result, mails):
    plays.signed_agreement(cast, result=result, at=at)
    row = queries.follow_ups_of(cast["officer"], result.id)[0]
    actions.remind(at + 100 * DAY)
    assert links(mails) == []
    actions.remind(at + 350 * DAY)
    actions.remind(at + 350 * DAY)
    assert len(links(mails)) == 1
    with pytest.raises(NotAllowed):
        actions.mail_link(row, email="la@example.vn", by=cast["pi2"], at=at + 360 * DAY)
    with pytest.raises(Incomplete):
        actions.mail_link(row, email="la", by=cast["officer"], at=at + 360 * DAY)
    actions.mail_link(row, email="la@example.vn", by=cast["officer"], at=at + 360 * DAY)
    old, new = links(mails)
    assert queries.follow_up_of_link(old) is None and queries.follow_up_of_link(new).id == row.id
    assert {f.contact_email for f in queries.follow_ups_of(cast["officer"], result.id)} == {"la@example.vn"}


def test_from_the_mail_to_the_verified_report(db, cast, at, result, app, as_, mails, travel):
    plays.signed_agreement(cast, result=result, at=at)
    row = queries.follow_ups_of(cast["officer"], result.id)[0]
    own = f"/transfer/follow-ups/{row.public_id}"
    db.session.commit()
    as_("officer").page(f"{own}/mail-link", status=409)  # the year is not over
    travel.move_to(at + 370 * DAY)
    officer, visitor = as_("officer"), app.test_client()
    officer.submit(f"{own}/mail-link", {"email": "loc@example.vn"})
    link = f"/public/results/report/{links(mails)[-1]}"
    page = visitor.page(link)
    assert result.title in page.text and "loc@example.vn" not in page.text
    kept = visitor.submit(link, SAID | {"evidence": ""}, status=422).get_data(as_text=True)
    assert "Trần Văn Lộc" in kept and "12,5" in kept
    visitor.submit(link, SAID | {"area": "âm"}, status=422)
    visitor.submit(link, SAID | {"evidence": "", "file": (io.BytesIO(PNG), "anh.png")})
    visitor.page(link, status=404)
    visitor.page("/public/results/report/x", status=404)
    assert "Trần Văn Lộc" in officer.page(own).text and "anh.png" in officer.page(f"{own}/verify").text and result.title in officer.page("/desk/").text
    officer.submit(f"{own}/verify", {"answer": "return", "remark": "Ghi rõ xã"})
    link = f"/public/results/report/{links(mails)[-1]}"
    assert "Ghi rõ xã" in visitor.page(link).text
    visitor.submit(link, {"place": "Xã Bến Lức và xã Thủ Thừa"})
    officer.submit(f"{own}/verify", {"answer": "verify"})
    db.session.expire_all()
    assert row.state == FollowUpState.VERIFIED and row.area == 125_000 and len(files.of(row)) == 1
    said = str(papers.of(row)[0].blocks)
    assert "12,5 ha" in said and "40 tấn" in said and "Trần Văn Lộc" in said and "anh.png" in said
    assert queries.use_of(result) == Use.IN_USE and result.title in officer.page("/transfer/follow-ups?of=contract").text


def test_the_host_cannot_have_a_written_report_asked_again(cast, at, result):
    row = plays.reported(cast, handover=plays.handed_over(cast, result=result, at=at))
    with pytest.raises(WrongState):
        actions.mail_link(row, email="la@example.vn", by=cast["host1"], at=at + 380 * DAY)
