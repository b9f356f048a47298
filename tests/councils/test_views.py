"""A council through HTTP: prepared, set up, declared, in session, voted on a phone-sized form, opened, concluded; and who sees nothing of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask_babel import force_locale

from app.across.demo.plays import ideas as idea_plays
from app.services.councils import queries, rules_shown
from app.services.councils.models import Council
from app.services.councils.rules import Kind
from app.services.rulebook import queries as rulebook
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import Outcome
from tests.support.browser import values_of
from tests.support.sessions import move_to

DAY = timedelta(days=1)
VOTE = {"urgency": "pass", "level": "pass", "feasibility": "pass", "conclusion": "do", "mode": "selection", "priority": "1"}
SEATS = {"member1": "chair", "member2": "vice_chair", "member3": "reviewer", "member4": "reviewer", "member5": "secretary"}


@pytest.fixture
def idea(cast, at):
    return idea_plays.submitted_idea(cast, item="1.8", title="Hệ thống tưới tự động cho thanh long", at=at - 5 * DAY)


@pytest.fixture
def prepared(as_, idea):
    """The address of a council that is prepared."""
    answer = as_("officer").submit("/ideas/council", {"title": "Hội đồng xác định nhiệm vụ năm 2027"})
    return answer.location


@pytest.fixture
def established(as_, user, prepared):
    officer = as_("officer")
    for account, role in SEATS.items():
        officer.submit(f"{prepared}/appoint", {"user": user(account).public_id, "role": role})
    officer.submit(f"{prepared}/schedule", {"meets_at": "20/03/2026 08:00", "place": "Phòng họp 2"})
    officer.submit(f"{prepared}/propose")
    as_("leader").submit(f"{prepared}/establish", {"number": "45/QĐ-SKHCN", "dated": "02/03/2026", "agree": "y"})
    return prepared


def _ballot_url(db, prepared):
    council = queries.council_by_pid(prepared.rsplit("/", 1)[-1])
    return f"{prepared}/items/{council.agenda[0].public_id}/cast", f"{prepared}/items/{council.agenda[0].public_id}/open-box"


def test_the_whole_way(as_, db, established, idea, travel, at):
    url = established
    clients = {account: as_(account) for account in SEATS}
    travel.move_to(at + 18 * DAY)
    clients = {account: as_(account) for account in SEATS}
    for client in clients.values():
        assert "Khai báo xung đột lợi ích" in client.page(url).select_one(".next-step").text
        client.submit(f"{url}/declare", {"agree": "y"})
    council = queries.council_by_pid(url.rsplit("/", 1)[-1])
    secretary = clients["member5"]
    secretary.submit(f"{url}/attend", {"present": [s.public_id for s in council.seats]})
    secretary.submit(f"{url}/convene")
    cast_url, open_url = _ballot_url(db, url)
    chair = clients["member1"]
    # nobody votes before the order of work is at the ballot, and the refusal says which step comes first
    early = chair.get(cast_url)
    assert early.status_code == 409 and "Đọc quyết định thành lập" in early.get_data(as_text=True) and cast_url not in chair.page(url).text
    move_to(secretary, council, "ballot")
    # nothing answered, then a contradiction: what was chosen stays, nothing is cast
    refused = chair.submit(cast_url, {}, status=422)
    assert "Vui lòng chọn một mục." in refused.get_data(as_text=True)
    refused = chair.submit(cast_url, VOTE | {"level": "fail"}, status=422).get_data(as_text=True)
    assert "Có tiêu chí không đạt" in refused and 'value="fail" checked' in refused
    # the first sending shows the sheet's result, the second casts it
    shown = chair.submit(cast_url, VOTE, status=202).get_data(as_text=True)
    assert "Phiếu của ông/bà cho kết quả" in shown
    # a tick under a sheet whose result was never shown casts nothing
    chair.submit(cast_url, VOTE | {"agree": "y"}, status=202)
    assert "0 trên 5" in secretary.page(url).select_one(".agenda-item").text
    for client in clients.values():
        client.cast(cast_url, VOTE)
    seal = chair.page(cast_url).select_one("main code").text
    assert "5 trên 5" in secretary.page(url).select_one(".agenda-item").text
    assert clients["member2"].get(open_url).status_code == 403
    assert chair.get(open_url).status_code == 409 and open_url not in str(chair.page(url))
    move_to(secretary, council, "box")
    assert secretary.get(f"{url}/conclude").status_code in (409, 422)
    chair.submit(open_url)
    move_to(secretary, council, "conclusion")
    assert seal in clients["member3"].page(url).text
    secretary.submit(f"{url}/conclude", {"conclusion": "Đề nghị thực hiện.", "agree": "y"})
    database_idea = db.session.get(Idea, idea.id, populate_existing=True)
    assert database_idea.outcome == Outcome.DO


def test_a_form_sent_twice_casts_once(as_, db, established, travel, at):
    council = queries.council_by_pid(established.rsplit("/", 1)[-1])
    travel.move_to(at + 18 * DAY)
    officer, chair = as_("officer"), as_("member1")
    for account in SEATS:
        as_(account).submit(f"{established}/declare", {"agree": "y"})
    officer.submit(f"{established}/attend", {"present": [s.public_id for s in council.seats]})
    officer.submit(f"{established}/convene")
    move_to(officer, council, "ballot")
    cast_url, _ = _ballot_url(db, established)
    sheet = BeautifulSoup(chair.submit(cast_url, VOTE, status=202).get_data(as_text=True), "html.parser")
    sent = values_of(sheet.select("main form[method=post]")[-1])
    unticked = chair.post(cast_url, data=sent)
    assert unticked.status_code == 422 and "chưa được bỏ" in unticked.get_data(as_text=True)
    sent |= {"agree": "y"}
    first = chair.post(cast_url, data=sent)
    again = chair.post(cast_url, data=sent)
    assert (again.status_code, again.location) == (303, first.location)


def test_strangers_see_nothing(as_, established):
    assert as_("pi1").get(established).status_code == 404
    assert as_("member9").get(established).status_code == 404  # an expert without a seat
    assert as_("leader").get(established).status_code == 200
    assert "Hội đồng xác định nhiệm vụ năm 2027" not in as_("pi1").page("/councils/").text


def test_members_read_the_object_from_the_establishment_on(as_, user, prepared, idea):
    member = as_("member1")
    page = f"/ideas/{idea.public_id}"
    assert member.get(page).status_code == 404
    officer = as_("officer")
    for account, role in SEATS.items():
        officer.submit(f"{prepared}/appoint", {"user": user(account).public_id, "role": role})
    assert member.get(page).status_code == 404
    officer.submit(f"{prepared}/schedule", {"meets_at": "20/03/2026 08:00", "place": "Phòng họp 2"})
    officer.submit(f"{prepared}/propose")
    assert member.get(page).status_code == 404
    as_("leader").submit(f"{prepared}/establish", {"number": "45/QĐ-SKHCN", "dated": "02/03/2026", "agree": "y"})
    assert member.get(page).status_code == 200


def test_the_officer_proposes_and_the_leader_decides(as_, user, prepared):
    officer, leader = as_("officer"), as_("leader")
    for account, role in SEATS.items():
        officer.submit(f"{prepared}/appoint", {"user": user(account).public_id, "role": role})
    assert "sớm nhất" in officer.submit(f"{prepared}/schedule", {"meets_at": "05/03/2026 08:00", "place": "Phòng 2"}, status=422).get_data(as_text=True)
    officer.submit(f"{prepared}/schedule", {"meets_at": "20/03/2026 08:00", "place": "Phòng họp 2"})
    assert officer.get(f"{prepared}/establish").status_code == 403 and leader.get(f"{prepared}/propose").status_code == 403
    officer.submit(f"{prepared}/propose")
    leader.submit(f"{prepared}/send-back", {"reason": "Thêm chuyên gia"})
    assert "Đang chuẩn bị" in officer.page(prepared).select_one(".object-head").text
    officer.submit(f"{prepared}/propose")
    assert prepared in {a["href"] for a in leader.page("/desk/").select("main a[href]")}
    refused = leader.submit(f"{prepared}/establish", {"number": "QĐ", "dated": "02/03/2026", "agree": "y"}, status=422).get_data(as_text=True)
    assert "không phải số của văn bản" in refused and 'value="QĐ"' in refused
    leader.submit(f"{prepared}/establish", {"number": "45/QĐ-SKHCN", "dated": "02/03/2026", "agree": "y"})
    assert officer.get(f"{prepared}/dissolve").status_code == 403
    leader.submit(f"{prepared}/dissolve", {"number": "46/QĐ-SKHCN", "dated": "02/03/2026", "reason": "Chủ tịch ốm"})
    assert "46/QĐ-SKHCN" in officer.page(prepared).text


def test_an_item_without_quorum_is_told_replaced_for_and_adjourned(as_, user, established, travel, at):
    council = queries.council_by_pid(established.rsplit("/", 1)[-1])
    item = council.agenda[0].public_id
    travel.move_to(at + 18 * DAY)
    officer, leader = as_("officer"), as_("leader")
    as_("member3").submit(f"{established}/declare", {"agree": "y", "items": [item], "reason": "Cùng nhóm nghiên cứu"})
    attend = officer.page(f"{established}/attend").text
    assert "không tham gia do xung đột lợi ích" in attend and "chưa khai báo" in attend
    assert "Kể cả khi mọi thành viên có mặt" in leader.page(established).text
    seat = next(s.public_id for s in council.seats if s.user_id == user("member3").id)
    assert officer.get(f"{established}/seats/{seat}/replace").status_code == 403
    leader.submit(f"{established}/seats/{seat}/replace", {"user": user("member8").public_id, "number": "47/QĐ-SKHCN", "dated": "20/03/2026", "reason": "Xung đột"})
    assert as_("member3").get(established).status_code == 404
    there = [a for a in SEATS if a != "member3"] + ["member8"]
    for account in there:
        as_(account).submit(f"{established}/declare", {"agree": "y"})
    present = [s.public_id for s in queries.council_by_pid(council.public_id).seats]
    officer.submit(f"{established}/attend", {"present": present})
    officer.submit(f"{established}/convene")
    officer.submit(f"{established}/adjourn", {"meets_at": "27/03/2026 08:00", "place": "Phòng 3", "reason": "Hết giờ"})
    assert "27/03/2026" in as_("member8").page(established).text
    officer.submit(f"{established}/items/{item}/give-back", {"reason": "Chờ bổ sung"}, status=409)  # nothing would be left: such a council is dissolved


def test_the_rules_are_told_in_words_in_both_languages(app, cast, at, established, as_):
    text = as_("member1").page(established).select_one("main details:last-of-type").text
    assert "councils." not in text and "True" not in text and "trên 3/4" in text and "Một tiêu chí “Không đạt”" in text and "phải giải trình" in text
    assert "7 ngày làm việc" in text and "Chủ tịch" in text
    found = rulebook.in_force(at.date())
    keys = [key for kind in Kind if kind != Kind.APPRAISAL for key in queries.rule_keys(kind, [])]
    rows = {row.key: row for row in found if row.key in keys}
    for lang in ("vi", "en"):
        with app.test_request_context(), force_locale(lang):
            lines = rules_shown.in_words(rows)
        assert len(lines) == len(rows) > 20
        for line in lines:
            assert not re.search(r"[a-z]_[a-z]|[a-z]\.[a-z]|True|False|[{}\[\]]", f"{line['what']} {line['value']}"), (lang, line)


def test_search_without_diacritics_and_export(as_, established):
    officer = as_("officer")
    assert "năm 2027" in officer.page("/councils/?q=hoi+dong+xac+dinh").select_one("tbody").text
    assert "năm 2027" in officer.page("/councils/?q=tuoi+tu+dong").select_one("tbody").text
    assert officer.page("/councils/?q=khong+co").select_one("tbody") is None
    assert officer.get("/councils/councils.xlsx?q=hoi").data[:2] == b"PK"


def test_the_list_asks_the_same_for_one_and_three(as_, db, cast, at, count_queries):
    officer = as_("officer")

    def asked():
        return count_queries(lambda: officer.get("/councils/"))

    db.session.add(Council(kind="selection", title="Một", folded="mot", created_at=at))
    db.session.commit()
    one = asked()
    db.session.add_all([Council(kind="selection", title=t, folded="x", created_at=at) for t in ("Hai", "Ba")])
    db.session.commit()
    assert asked() == one <= 12
