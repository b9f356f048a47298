"""What a result is by its kind, its protection and its files; who may open which."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest

from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.papers import queries as papers
from app.stages.acceptance import actions, queries, resultfacts, resultkinds
from app.stages.acceptance.resultkinds import Right, RightState
from app.stages.acceptance.rules import ResultKind, ResultState
from tests.acceptance import factories
from tests.transfer import factories as registered

DAY = timedelta(days=1)
PAPER = {"authors": "Nguyễn Văn An", "venue": "Agricultural Water Management", "year": 2025, "doi": "https://doi.org/10.1016/J.agwat.2025.109123", "serial": "issn 0378-3774"}


@pytest.mark.nodb
@pytest.mark.parametrize(("typed", "kept"), [
    ("10.1016/j.agwat.2025.109123", "10.1016/j.agwat.2025.109123"), ("doi: 10.1000/182", "10.1000/182"), ("http://dx.doi.org/10.1002/(SICI)1096-8644", "10.1002/(sici)1096-8644"),
])  # fmt: skip
def test_a_doi_is_read_however_it_is_pasted(typed, kept):
    assert resultkinds.clean_doi(typed) == kept


@pytest.mark.nodb
@pytest.mark.parametrize("typed", ["11.1016/x", "10.1/x", "10.1016", "10.1016/", "10.1016/a b", "10.1016/x.", "10.1016/<script>", "https://example.org/10.1016/x", "10.١٠١٦/x"])
def test_what_is_no_doi_is_refused(typed):
    with pytest.raises(Incomplete):
        resultkinds.clean_doi(typed)


@pytest.mark.nodb
def test_check_digits():
    assert resultkinds.clean_serial("0378-3774") == "0378-3774" and resultkinds.clean_serial("ISBN 978-0-306-40615-7") == "9780306406157"
    assert resultkinds.clean_serial("0-306-40615-2") == "0306406152" and resultkinds.clean_serial("2434-561X") == "2434-561X"
    for wrong in ("0378-3775", "9780306406158", "12345", "abc"):
        with pytest.raises(Incomplete):
            resultkinds.clean_serial(wrong)


@pytest.mark.nodb
def test_each_kind_says_what_it_is():
    with pytest.raises(Incomplete) as missing:
        resultkinds.said(ResultKind.PUBLICATION, {**PAPER, "venue": ""}, today=date(2026, 1, 1))
    assert missing.value.field == "venue"
    with pytest.raises(Incomplete):
        resultkinds.said(ResultKind.PUBLICATION, {**PAPER, "year": 2027}, today=date(2026, 1, 1))
    found = resultkinds.said(ResultKind.PUBLICATION, {**PAPER, "strange": "x"}, today=date(2026, 1, 1))
    assert found["doi"] == "10.1016/j.agwat.2025.109123" and "strange" not in found
    assert set(resultkinds.ASKED) == set(ResultKind)


def test_details_are_frozen_with_the_result_and_a_process_gets_its_sheet(db, cast, at):
    project = factories.project(cast, at)
    case = factories.rated(cast, project, at + 700 * DAY)
    when = at + 712 * DAY
    first, second = queries.results_of(case.id)[:2]
    actions.describe(first, title="Bài báo", kind=ResultKind.PUBLICATION, summary="x", item=project.item, by=cast["pi1"], at=when)
    resultfacts.write_details(first, PAPER, by=cast["pi1"], at=when)
    actions.describe(second, title="Bài báo hai", kind=ResultKind.PUBLICATION, summary="x", item=project.item, by=cast["pi1"], at=when)
    with pytest.raises(Incomplete, match="DOI"):
        resultfacts.write_details(second, PAPER, by=cast["pi1"], at=when)
    actions.describe(second, title="Quy trình tưới", kind=ResultKind.PROCESS, summary="x", item=project.item, by=cast["pi1"], at=when)
    with pytest.raises(NotAllowed):
        resultfacts.write_details(second, {"principle": "a", "steps": "b", "figures": "c"}, by=cast["pi2"], at=when)
    resultfacts.write_details(second, {"principle": "Tưới theo độ ẩm", "steps": "b", "figures": "c"}, by=cast["pi1"], at=when)
    for row in (first, second):
        actions.set_shares(row, [("Nguyễn Văn An", cast["pi1"].id, 100)], by=cast["pi1"], at=when)
        actions.register(row, number=f"{row.id}/KQNC", dated=when.date(), by=cast["officer"], at=when)
    assert [p.template for p in papers.of(first)] == ["acceptance/registration"]
    assert {p.template for p in papers.of(second)} == {"acceptance/registration", "acceptance/technology_sheet"}
    with pytest.raises(WrongState):
        resultfacts.write_details(second, {"principle": "a", "steps": "b", "figures": "c"}, by=cast["pi1"], at=when)


def test_protection_goes_on_after_the_registration(db, cast, at):
    result = registered.result(cast, at)
    asked = {"kind": Right.PATENT, "title": "Bộ điều khiển", "applicant": "Viện", "number": "1-2025-00123", "applied_on": (at - 90 * DAY).date()}
    row = resultfacts.file_right(result, **asked, by=cast["pi1"], at=at)
    with pytest.raises(Incomplete) as twice:
        resultfacts.file_right(result, **asked, by=cast["pi1"], at=at)
    assert twice.value.field == "number"
    with pytest.raises(NotAllowed):
        resultfacts.file_right(result, **asked | {"number": "2"}, by=cast["pi2"], at=at)
    for wrong in ({"granted_on": (at - 91 * DAY).date()}, {"granted_on": (at + DAY).date()}, {"expires_on": (at - 2 * DAY).date()}):
        with pytest.raises(Incomplete):
            resultfacts.grant_right(row, result, **{"number": "9", "granted_on": (at - DAY).date(), "expires_on": None, **wrong}, by=cast["officer"], at=at)
    resultfacts.grant_right(row, result, number="45678", granted_on=(at - DAY).date(), expires_on=(at + 6000 * DAY).date(), by=cast["officer"], at=at)
    assert row.state == RightState.GRANTED
    resultfacts.end_right(row, result, ended_on=at.date(), reason="Không nộp phí", by=cast["officer"], at=at)
    assert row.state == RightState.LAPSED
    result = registered.result(cast, at, title="Khác")
    assert not resultfacts.rights_of(result)


def test_who_opens_which_file(db, app, cast, at, as_):
    result = registered.result(cast, at, public=True)
    db.session.commit()
    url = f"/acceptance/results/{result.public_id}"
    pi = as_("pi1")
    for access in ("result_public", "result_inner", "result_closed"):
        page = pi.page(f"{url}/attach")
        data = {"access": access, "file": (io.BytesIO(_pdf(access)), f"{access}.pdf"), "csrf_token": page.select_one("[name=csrf_token]")["value"], "once": page.select_one("[name=once]")["value"]}
        assert pi.post(f"{url}/attach", data=data, content_type="multipart/form-data").status_code == 303
    links = {a.get_text(): a["href"] for a in pi.page(url).select("a[href*='/files/']") if a.get_text().endswith(".pdf")}
    assert set(links) == {"result_public.pdf", "result_inner.pdf", "result_closed.pdf"}
    visitor = app.test_client()
    shown = [a["href"] for a in visitor.page(f"/public/results/{result.public_id}").select("a[href*='/files/']")]
    assert len(shown) == 1 and visitor.get(shown[0]).status_code == 200
    inner = links["result_closed.pdf"].rsplit("/", 1)[-1]
    assert visitor.get(f"/public/results/{result.public_id}/files/{inner}").status_code == 404
    assert [as_("officer").get(link).status_code for link in links.values()] == [200] * 3
    result.is_public = False
    db.session.commit()
    assert app.test_client().get(shown[0]).status_code == 404
    assert [as_("pi2").get(link).status_code for link in links.values()] == [200, 200, 404]  # of the team, not who answers for the project
    assert [as_("host3").get(link).status_code for link in links.values()] == [404] * 3


def _pdf(text):
    return f"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj % {text}\nstartxref\n9\n%%EOF\n".encode()


def test_the_register_is_filtered_by_protection_and_year(db, cast, at, as_):
    result = registered.result(cast, at)
    other = registered.result(cast, at, title="Không bảo hộ")
    resultfacts.file_right(result, kind=Right.UTILITY, title="x", applicant="y", number="2-2025-1", applied_on=at.date(), by=cast["officer"], at=at)
    db.session.commit()
    officer = as_("officer")
    text = officer.page("/acceptance/results/?right=filed").text
    assert result.code in text and other.code not in text
    assert result.code not in officer.page("/acceptance/results/?right=granted").text
    year = result.certificate_dated.year
    assert result.code in officer.page(f"/acceptance/results/?year={year}").text and result.code not in officer.page(f"/acceptance/results/?year={year - 3}").text
    assert result.state == ResultState.REGISTERED and "2-2025-1" in officer.page(f"/acceptance/results/{result.public_id}").text
