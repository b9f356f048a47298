"""In the browser: a sheet kept while typing, the receipt and what it proves, paper ballots, results, a rule tried on a past council."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import councils as plays
from app.services.councils import actions, queries, sealing
from app.services.rulebook import queries as rulebook
from tests.councils.test_actions import NO, YES
from tests.councils.test_sealing import convened  # noqa: F401 - the fixture
from tests.support.browser import values_of

VOTE = {"urgency": "pass", "level": "pass", "feasibility": "pass", "conclusion": "do", "mode": "selection", "priority": "1"}


@pytest.fixture
def room(convened, db, travel):  # noqa: F811
    """The address of an open session and of its one item."""
    travel.move_to(convened.meets_at + timedelta(minutes=5))
    db.session.commit()
    return f"/councils/{convened.public_id}", f"/councils/{convened.public_id}/items/{convened.agenda[0].public_id}"


def test_what_is_typed_is_kept_and_shown_again_to_its_writer_only(as_, room):
    _url, item = room
    member = as_("member1")
    form = member.page(f"{item}/cast").select_one("form[data-autosave]")
    assert form["data-autosave"] == f"{item}/draft"
    sent = values_of(form) | {"urgency": "fail", "reason": "Nội dung trùng lặp", "priority": "không phải số"}
    told = member.post(f"{item}/draft", data=sent)
    assert told.status_code == 200 and told.json["time"]
    page = member.page(f"{item}/cast")
    assert page.select_one("input[name=urgency][checked]")["value"] == "fail" and "trùng lặp" in page.select_one("[name=reason]").text
    assert "chưa được bỏ" in page.select_one("[data-save-state]").text
    other = as_("member2").page(f"{item}/cast")
    assert not other.select("input[name=urgency][checked]") and "trùng lặp" not in other.text
    assert as_("officer").get(f"{item}/cast").status_code in (403, 404)


def test_a_receipt_is_shown_checked_and_found_in_the_count(as_, room, convened, cast, db):  # noqa: F811
    url, item = room
    member = as_("member2")
    member.cast(f"{item}/cast", VOTE)
    page = member.page(f"{item}/cast")
    seal, word = page.select_one("main code").text, page.select_one("[data-word]").text
    assert seal == sealing.receipt(YES, word) and "hòm niêm phong" in page.text and "Đề nghị thực hiện" not in page.text
    assert "đúng mã băm" in member.submit(f"{item}/check-receipt", VOTE, status=202).get_data(as_text=True)
    assert "không cho ra mã băm" in member.submit(f"{item}/check-receipt", VOTE | {"mode": "direct"}, status=202).get_data(as_text=True)
    assert as_("member3").get(f"{item}/check-receipt").status_code == 404  # no ballot, no receipt
    late = member.post(f"{item}/draft", data={})
    assert late.status_code in (400, 409)
    council = queries.council_by_pid(convened.public_id)
    for seat in council.seats:
        if queries.ballot_of(council.agenda[0], seat) is None:
            actions.cast(council, council.agenda[0], YES, by=seat.user, at=council.meets_at)
    plays.to_step(cast, council=council, opens="box", at=council.meets_at)
    actions.open_box(council, council.agenda[0], by=cast["member1"], at=council.meets_at)
    db.session.commit()
    page = member.page(f"{item}/cast")
    assert "một trong 7 mã" in page.text and "Đề nghị thực hiện" in page.text
    results = member.page(f"{url}/results")
    assert cast["member3"].name in results.select_one("thead").text  # by rule the ballots of this kind are open
    assert as_("pi1").get(f"{url}/results").status_code == 404


def test_paper_ballots_are_entered_by_two(as_, room, convened, cast):  # noqa: F811
    url, item = room
    officer, secretary, seat = as_("officer"), as_("member5"), convened.seats[0].public_id
    refused = officer.submit(f"{url}/tellers", {"team": [cast["member5"].public_id]}, status=422)
    assert "2 thành viên" in refused.get_data(as_text=True)
    officer.submit(f"{url}/tellers", {"team": [cast["member5"].public_id, cast["officer"].public_id]})
    assert "Nhập phiếu giấy" in secretary.page(url).select_one(".next-step").text
    assert cast["member1"].name in officer.page(f"{url}/paper").text
    entry = f"{item}/paper/{seat}"
    officer.submit(entry, VOTE)
    secretary.submit(entry, VOTE | {"mode": "direct"})
    assert "Hai lần đọc khác nhau" in secretary.page(entry).text and cast["officer"].name in secretary.page(entry).text
    secretary.submit(entry, VOTE)
    assert officer.get(entry).status_code == 409
    assert "ban kiểm phiếu đã nhập" in as_("member1").page(f"{item}/cast").text
    assert as_("member6").get(entry.replace(seat, convened.seats[2].public_id)).status_code == 403


def _parts(value):
    """The parts of a value as the form names them; what is true already stays ticked."""
    return {f"part.{name}.{n}": str(part) for name, share in value.items() if name == "fraction" for n, part in enumerate(share)}


@pytest.mark.parametrize(("value", "said"), [
    ({"fraction": [7, 8], "strict": True}, "Không ý kiến nào đạt"), ({"fraction": [1, 2]}, "Kết quả không thay đổi"),
])  # fmt: skip
def test_a_rule_is_tried_on_a_past_council(as_, cast, convened, db, value, said):  # noqa: F811
    key = "councils.identification.adoption"
    council = plays.voted(cast, council=convened, answers=lambda _i, n: YES if n else NO)  # 6 of 7
    actions.conclude(council, conclusion="Đề nghị thực hiện.", by=cast["officer"], at=council.meets_at + timedelta(hours=2))
    db.session.commit()
    officer = as_("officer")
    present = rulebook.history(key)[0].value
    button = officer.page(f"/admin/rulebook/rules/{key}").select_one("button[formaction]")
    page = officer.submit(button["formaction"], _parts(value), status=202).get_data(as_text=True)
    assert council.title in page and said in page
    assert rulebook.history(key)[0].value == present and len(rulebook.history(key)) == 1  # nothing was put in force
    refused = officer.submit(button["formaction"], _parts({"fraction": [9, 8]}), status=422)
    assert "phân số" in refused.get_data(as_text=True) or "hai số" in refused.get_data(as_text=True)
    assert as_("leader").get(button["formaction"]).status_code == 403
