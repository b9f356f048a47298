"""Large forms and hostile answers: every value in every type of question, never a failure, and what was typed stays."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from app.kernel.text import nfc
from app.services.questionnaires import actions as forms
from app.services.questionnaires import queries
from app.services.questionnaires.models import FormVersion
from app.services.questionnaires.rules import MOST_ROWS
from app.services.rulebook.rules import Mark
from app.stages.ideas import order
from tests.ideas.test_order import DAY, sheet, soup, typing
from tests.ideas.test_views import filled, pid_of, reload
from tests.questionnaires.definitions import both, question
from tests.questionnaires.test_views import HOME, drafted, version_at
from tests.support.browser import content_of, values_of

NASTY = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{7*7}}", "${7*7}", "#{1+1}", "%(n)s %s %d", "'; DROP TABLE idea; --", "Robert'); --", "../../etc/passwd", "=cmd|' /C calc'!A0",
    "Tiê\u0301ng Viê\u0323t", "\u202eđảo chiều\u202c", "\u2066a\u2069", "\u200b", "\ufeffa", "a\u0300" * 300, "\x00a\x00", "\x07\x1b[31m", "\ud7ff", "\U0001f600" * 50,
    "９９９", "１.２５０.０００", "٣٤", "1e9", "1E+400", "NaN", "Infinity", "-0", "-1", "+5", "0x10", "1_000", "1,5", "1.5.5", "1.250,5 triệu", "một tỷ", "9" * 400, "0" * 50, "1 000 000", "12.345.678.901.234",
    "31/02/2027", "00/00/0000", "29/02/2027", "1/1/1", "9999-99-99", "10000-01-01", "2027-W10-1", "18/06/8021", "01/01/1900 ", "hôm nay", "yes", "no", "true", "None", "null", "undefined",
    "\n\n\n", "\t", "  ", "a\r\nb\rc", "x" * 100_000, "từ " * 30_000, "organisations", "__n__", "-", "a" * 20_001,
]  # fmt: skip
KINDS = {"short_text": {}, "long_text": {"max_words": 500}, "number": {"min": 1}, "money": {}, "date": {}, "yes_no": {}, "one_of": {"options": [{"code": c, **both(c)} for c in "ab"]},
         "many_of": {"options": [{"code": c, **both(c)} for c in "ab"]}, "organisation": {}, "priority_item": {}, "file": {}}  # fmt: skip
CELLS = [question("name"), question("n", "number"), question("m", "money"), question("d", "date")]


@pytest.fixture
def large(cast, at, db, travel):
    """The order form with every type of question, forty more short ones, and a table of as many rows as there may be."""
    version = forms.draft(queries.form_by_code(order.CODE), source="x", by=cast["officer"], at=at)
    forms.save_section(version, {"code": "s_large", "label": both("Large")}, by=cast["officer"], at=at)
    asked = [question(f"k_{kind}", kind, **more) for kind, more in KINDS.items()] + [question(f"x{n}") for n in range(40)]
    for one in [*asked, question("rows_", "table", columns=CELLS, max_rows=MOST_ROWS)]:
        forms.save_question(version, one, section="s_large", by=cast["officer"], at=at)
    forms.put_in_force(version, number="7/QĐ-SKHCN", dated=at.date(), valid_from=(at + DAY).date(), source="x", mark=Mark.G, by=cast["officer"], at=at)
    db.session.commit()
    travel.move_to(at + DAY)


def test_sixty_hostile_values_in_every_type_of_question(large, as_):
    assert len(NASTY) >= 60
    pi = as_("pi1")
    pid = pid_of(pi.submit("/ideas/new", filled()))
    fresh = values_of(pi.page(f"/ideas/{pid}/edit").select("main form[method=post]")[-1])
    for bad in NASTY:
        sent = fresh | {f"k_{kind}": bad for kind in KINDS} | {f"rows_-0-{c['code']}": bad for c in CELLS} | {"once": f"o{NASTY.index(bad)}", "version": reload(pid).version}
        answer = pi.post(f"/ideas/{pid}/edit", data=sent)
        assert answer.status_code in (303, 422), bad[:40]
        if answer.status_code == 422:
            page = soup(answer)
            assert page.select_one(".error-summary") and page.select_one("#need").text.strip(), bad[:40]
            assert page.select_one("#k_long_text").text.removeprefix("\n") == nfc(bad), bad[:40]
            assert page.select_one("#k_money")["value"] and not page.select("script:not([src])") and not page.select("img[onerror]")
        assert pi.get(f"/ideas/{pid}").status_code == 200, bad[:40]
    assert not isinstance(order.of(reload(pid)).answers.get("k_file"), str)


def test_hostile_values_are_kept_while_typing_and_told_at_the_end(large, as_):
    pi = as_("pi1")
    pid = pid_of(pi.submit("/ideas/new", filled()))
    for bad in NASTY:
        values, save = sheet(pi, f"/ideas/{pid}/edit")
        told = pi.post(save, data=typing(values, **{f"k_{kind}": bad for kind in KINDS}))
        assert told.status_code in (200, 422), bad[:40]
    assert pi.get(f"/ideas/{pid}/edit").status_code == 200
    assert pi.submit(f"/ideas/{pid}/submit", status=422)


def test_two_hundred_rows_are_kept_and_one_more_is_told(large, as_):
    pi = as_("pi1")
    rows = {f"rows_-{n}-{c}": v for n in range(MOST_ROWS) for c, v in (("name", f"Hàng {n}"), ("n", str(n)), ("m", "1.000"), ("d", "01/03/2027"))} | {"rows_-rows": "1"}
    pid = pid_of(pi.submit("/ideas/new", filled() | rows))
    kept = order.of(reload(pid)).answers["rows_"]
    assert len(kept) == MOST_ROWS == 200 and kept[-1] == {"name": "Hàng 199", "n": 199, "m": 1000, "d": "2027-03-01"}
    assert "Hàng 199" in pi.page(f"/ideas/{pid}").text
    page = soup(pi.submit(f"/ideas/{pid}/edit", {f"rows_-{MOST_ROWS}-name": "Thêm"}, status=422))
    assert page.select_one("#rows_-error") and content_of(page, f"#rows_-{MOST_ROWS}-name") == "Thêm"
    pi.submit(f"/ideas/{pid}/edit", {"do": "remove:rows_:0"})
    assert order.of(reload(pid)).answers["rows_"][0]["name"] == "Hàng 1"
    values, save = sheet(pi, f"/ideas/{pid}/edit")
    assert pi.post(save, data=typing(values, need="Gõ"), content_type="multipart/form-data").status_code == 200, "saving while typing sends as many parts as there are cells"


def test_two_officers_and_two_windows_of_one_draft(as_, db):
    officer = as_("officer")
    url = drafted(officer)
    page = officer.page(f"{url}/question?code=aim")
    sent = values_of(page.select("main form[method=post]")[-1])
    officer.submit(f"{url}/question?code=need", {"max_words": "500"})
    answer = officer.post(f"{url}/question?code=aim", data=sent | {"label_vi": "Chữ của cửa sổ thứ hai", "max_words": "300"})
    told = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert answer.status_code == 409 and told.select_one(".error-summary") and told.select_one("#label_vi")["value"] == "Chữ của cửa sổ thứ hai"
    again = values_of(told.select("main form[method=post]")[-1])
    assert officer.post(f"{url}/question?code=aim", data=again).status_code == 303 and version_at(url).version == 3


def test_a_double_click_begins_one_version(as_, db):
    officer = as_("officer")
    address = f"{HOME}forms/{order.CODE}/draft"
    sent = values_of(officer.page(address).select("main form[method=post]")[-1]) | {"source": "Hai lần"}
    assert officer.post(address, data=sent).location == officer.post(address, data=sent).location
    assert db.session.scalar(select(func.count()).select_from(FormVersion).where(FormVersion.source == "Hai lần")) == 1
