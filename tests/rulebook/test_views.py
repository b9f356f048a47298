"""The rulebook through HTTP: who reads, who revises, bad input stays on the page."""

from __future__ import annotations

import json
from datetime import date

import pytest

from app.services.rulebook import queries, shape
from tests.support.browser import values_of

KEY = "calls.min_open_days"
URL = f"/admin/rulebook/rules/{KEY}"
GOOD = {"part": "45", "unit": "calendar", "source": "QĐ 7/2026/QĐ-UBND điều 3", "mark": "V", "valid_from": "01/05/2026", "reason": "Quy định mới"}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages(db, as_, user, language):
    user("officer").locale = language
    client = as_("officer")
    for url in ("/admin/rulebook/", "/admin/rulebook/?q=hoi+dong&mark=G&part=councils", "/admin/rulebook/?q=zzzz", URL, "/admin/rulebook/rules/rulebook.regimes",
                "/admin/rulebook/calendar", "/admin/rulebook/calendar?year=2027", "/admin/rulebook/calendar?year=99999", "/admin/rulebook/calendar/confirm"):
        assert client.page(url).select_one("h1")


def test_the_list_shows_marks_and_is_searched_without_diacritics(db, as_):
    page = as_("officer").page("/admin/rulebook/?q=phien+hop&part=councils")
    text = page.select_one("main").get_text(" ")
    assert "councils.selection.comments_days" in text and "Chưa đối chiếu văn bản" in text
    assert "transfer.followup_years" not in text


def test_an_officer_revises(db, as_):
    client = as_("officer")
    client.submit(URL, GOOD)
    assert queries.value(KEY, on=date(2026, 5, 1)) == 45 and queries.value(KEY, on=date(2026, 4, 30)) == 30
    assert "QĐ 7/2026" in client.page(URL).text


@pytest.mark.parametrize("wrong", [{"part": "nhiều"}, {"part": "-3"}, {"part": "[30]"}, {"source": ""}, {"valid_from": "31/02/2026"},
                                   {"valid_from": "01/01/1990"}, {"reason": " "}, {"unit": "weeks"}])  # fmt: skip
def test_bad_input_keeps_what_was_typed(db, as_, wrong):
    client = as_("officer")
    answer = client.submit(URL, GOOD | {"reason": "Lý do giữ lại"} | wrong, status=422)
    page = answer.get_data(as_text=True)
    assert "QĐ 7/2026" in page or "source" in wrong
    assert "Lý do giữ lại" in page or "reason" in wrong
    assert len(queries.history(KEY)) == 1


def test_who_may_not(db, as_):
    assert as_("pi1").get("/admin/rulebook/").status_code == 403
    auditor = as_("auditor")
    assert auditor.get(URL).status_code == 200
    assert not auditor.page(URL).select("main form")
    assert auditor.get("/admin/rulebook/calendar/confirm").status_code == 403
    assert as_("officer").get("/admin/rulebook/rules/no.such").status_code == 404


def test_the_calendar(db, as_):
    client = as_("officer")
    calendar = "/admin/rulebook/calendar"
    assert "12729/VPCP-KGVX" in client.page(calendar).text
    day = {"day": "02/01/2027", "kind": "working", "name": "Làm bù", "source": "TB 1/2026"}
    client.submit(calendar, day)
    client.submit(calendar, day, status=422)
    row = queries.days_off(2027)[0]
    client.submit(f"{calendar}/days/{row.public_id}/remove", {"reason": ""}, status=422)
    client.submit(f"{calendar}/days/{row.public_id}/remove", {"reason": "nhầm"})
    assert queries.days_off(2027) == []
    confirm = {"year": "2027", "source": "TB 2/2026", "checked": "y"}
    client.submit(f"{calendar}/confirm", {k: v for k, v in confirm.items() if k != "checked"}, status=422)
    client.submit(f"{calendar}/confirm", confirm)
    assert not queries.provisional(date(2027, 3, 1))


def test_pages_cost_the_same_however_many_rules(db, as_, count_queries):
    client = as_("officer")
    client.get("/admin/rulebook/")
    few = count_queries(lambda: client.get("/admin/rulebook/?q=min_open_days"))
    assert count_queries(lambda: client.get("/admin/rulebook/")) == few


def test_commands(db, app):
    run = app.test_cli_runner().invoke
    answer = run(args=["rulebook", "show", KEY, "--on", "2026-03-02"])
    assert json.loads(answer.output) == {"key": KEY, "value": 30, "unit": "calendar", "mark": "V", "from": "1990-01-01", "to": None,
                                         "source": "TT 33/2014/TT-BKHCN (cấp Bộ); NĐ 268/2025/NĐ-CP điều 10 (nhiệm vụ đổi mới sáng tạo)"}  # fmt: skip
    lines = [json.loads(line) for line in run(args=["rulebook", "show", "--on", "2026-03-02"]).output.splitlines()]
    assert len(lines) > 100 and [line["key"] for line in lines] == sorted(line["key"] for line in lines)
    assert run(args=["rulebook", "show", "no.such"]).exit_code == 1
    assert run(args=["rulebook", "load"]).output == "0 new\n"
    due = ["calendar", "due", "--from", "2026-02-12", "--days", "5", "--unit", "working"]
    assert json.loads(run(args=due).output) == {"from": "2026-02-12", "days": 5, "unit": "working", "due": "2026-02-26", "provisional": False}
    later = ["calendar", "due", "--from", "2026-12-30", "--days", "5", "--unit", "calendar"]
    assert json.loads(run(args=later).output)["provisional"] is True


def test_a_sheet_is_revised_by_its_parts(db, as_):
    """Nobody types JSON: numbers, rows to add and to take out, choices and shares are fields of their own."""
    key = "selection.sheet.default"
    client, url = as_("officer"), f"/admin/rulebook/rules/{key}"
    page = client.page(url)
    assert page.select_one("[name='part.criteria.1.weight']")["value"] == "6" and not page.select("textarea[name=value]")
    said = {"part.criteria.0.gone": "y", "part.criteria.6.code": "ethics", "part.criteria.6.weight": "2", "part.criteria.6.vi": "Đạo đức", "part.criteria.6.en": "Ethics", "part.pass": "75",
            "part.zero_share.0": "1", "part.zero_share.1": "4", "source": "QĐ 9/2026", "mark": "V", "valid_from": "01/05/2026", "reason": "Phiếu mới"}  # fmt: skip
    client.submit(url, said)
    value = queries.value(key, on=date(2026, 5, 1))
    assert [c["code"] for c in value["criteria"]] == ["content", "products", "application", "plan", "capacity", "ethics"] and value["criteria"][-1]["weight"] == 2
    assert (value["pass"], value["zero_share"], value["top"]) == (75, [1, 4], 4)
    refused = client.submit(url, said | {"part.criteria.1.weight": "7", "valid_from": "01/06/2026"}, status=422).get_data(as_text=True)
    assert "Ethics" in refused and 'value="7"' in refused, "what was typed is kept"


@pytest.mark.parametrize("key", ["councils.selection.size", "councils.selection.exclusions", "councils.selection.quorum", "selection.tie_order", "acceptance.scheme.three_level",
                                 "acceptance.scheme.four_level", "councils.invalid_ballots", "councils.identification.ballot", "selection.mean"])  # fmt: skip
def test_every_value_comes_back_as_it_was(db, as_, key):
    value = queries.history(key)[0].value
    page = as_("officer").page(f"/admin/rulebook/rules/{key}")
    sent = {n: v for n, v in values_of(page.select("main form[method=post]")[-1]).items() if n == "part" or n.startswith("part.")}
    assert shape.joined(value, sent) == value
