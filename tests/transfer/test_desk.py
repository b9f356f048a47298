"""From a visitor's message to a registered agreement; spam, shares and the clock of messages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import transfer as plays
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.stages.transfer import actions, rules
from app.stages.transfer.models import Agreement, Interest
from app.stages.transfer.rules import AgreementState, InterestState
from tests.funding.factories import all_of
from tests.transfer import factories

DAY = timedelta(days=1)
MESSAGE = {"name": "Nguyễn Thị Lụa", "organisation": "HTX Phước Hiệp", "email": "lua@example.vn", "message": "Hợp tác xã muốn lắp thử trên 2 ha.", "agree": "y"}
TERMS = {"kind": "licence", "scope": "Quyền dùng quy trình", "price": "120.000.000", "author_share": "30"}
SIGN = {"number": "12/2026/HĐCGCN", "host_signer": "Ngô Thủ Trưởng", "recipient_signer": "Nguyễn Thị Lụa", "attest": "y"}


@pytest.fixture
def result(db, cast, at):
    row = factories.result(cast, at, public=True)
    db.session.commit()
    return row


@pytest.mark.nodb
@pytest.mark.parametrize(("author", "who", "share", "field"), [
    (90, "Sàn", 20, "author_share"), (30, "Sàn", 9, "intermediary_share"), (30, "", 10, "intermediary"), (30, "Sàn", None, "intermediary_share"),
])  # fmt: skip
def test_shares_fit_into_one_whole(author, who, share, field):
    with pytest.raises(Incomplete) as refusal:
        rules.check_shares(author, who, share, 10)
    assert refusal.value.field == field
    rules.check_shares(30, "Sàn", 10, 10)
    rules.check_shares(100, None, None, 10)


@pytest.mark.nodb
@pytest.mark.parametrize(("text", "trap"), [("Mua ngay http://a.vn http://b.vn www.c.vn", ""), ("Tôi muốn mua", "http://x"), ("[url=x] [URL=y] http://z", None)])
def test_what_a_machine_writes_is_refused(text, trap):
    with pytest.raises(Incomplete):
        rules.check_spam(text, trap)
    rules.check_spam("Xem https://htx.vn và gọi lại", "")


def test_a_message_has_a_day_and_talks_are_noted_by_those_who_talk(cast, at, result, mails):
    row = plays.interested(cast, result=result, at=at)
    assert row.due_on == (at + 7 * DAY).date()  # five working days
    with pytest.raises(WrongState):
        actions.note_talks(row, note="x", by=cast["officer"], at=at)
    actions.negotiate(row, note="Muốn 2 ha", by=cast["officer"], at=at)
    with pytest.raises(NotAllowed):
        actions.note_talks(row, note="x", by=cast["pi2"], at=at)
    actions.note_talks(row, note="Đã gặp", by=cast["host1"], at=at)
    assert {m.to_address.partition("@")[0] for m in mails() if m.template == "transfer/mail/talks.txt"} == {"pi1", "host1"}
    actions.close_interest(row, reason="Không hợp giá", by=cast["officer"], at=at)
    assert row.state == InterestState.CLOSED


def test_from_an_anonymous_message_to_a_registered_agreement(db, app, at, result, as_, travel):
    visitor, form = app.test_client(), f"/public/results/{result.public_id}/interest"
    visitor.submit(form, MESSAGE | {"website": "http://x"}, status=422)
    visitor.submit(form, MESSAGE)
    url = f"/transfer/interests/{all_of(Interest)[0].public_id}"
    as_("host1").page(url, status=404)
    officer = as_("officer")
    officer.submit(f"{url}/negotiate", {"note": "HTX muốn 2 ha, đề nghị chủ trì báo giá."})
    as_("host2").page(url, status=404)
    host = as_("host1")
    draft = next(a["href"] for a in host.page(url).select("a[href*='draft-agreement']"))
    page = host.page(draft)
    assert page.select_one("#recipient_name")["value"] == "HTX Phước Hiệp"
    assert "Nguyễn Thị Lụa" not in app.test_client().page(f"/public/results/{result.public_id}").text
    host.submit(draft, TERMS | {"author_share": "200"}, status=422)
    host.submit(draft, TERMS | {"route": "to_abroad", "intermediary": "Sàn giao dịch", "intermediary_share": "80"}, status=422)
    host.submit(draft, TERMS | {"route": "to_abroad", "intermediary": "Sàn giao dịch", "intermediary_share": "10"})
    row = all_of(Agreement)[0]
    contract = f"/transfer/agreements/{row.public_id}"
    host.submit(f"{contract}/sign", SIGN)
    officer.submit(f"{contract}/register", {"number": "15/GCN-SKHCN"})
    db.session.expire_all()
    assert row.state == AgreementState.REGISTERED and all_of(Interest)[0].state == InterestState.AGREED
    assert "15/GCN-SKHCN" in officer.page(contract).text and "12/2026/HĐCGCN" in officer.page(url).text
    assert officer.get("/transfer/interests.xlsx").status_code == 200
