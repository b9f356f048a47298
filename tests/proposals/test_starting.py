"""Before a dossier is begun: who may not is told why, beside the question, with the source; nobody is turned away in silence."""

from __future__ import annotations

import pytest

from app.kernel.journal import timeline
from app.stages.proposals import queries
from tests.support.browser import values_of


@pytest.fixture
def url(db, called):
    found = called("Hệ thống tưới tự động")[0]
    db.session.commit()
    return f"/proposals/new/{found.public_id}"


GOOD = {"q_legal_person": "yes", "q_refund": "no", "q_degree": "yes", "q_other_task": "no"}


@pytest.mark.parametrize(("answer", "why"), [({"q_legal_person": "no"}, "tư cách pháp nhân"), ({"q_refund": "yes"}, "hoàn trả"), ({"q_degree": "no"}, "đại học")])
def test_an_answer_that_bars_says_why(as_, user, url, answer, why):
    page = as_("pi1").submit(url, GOOD | answer, status=422).text
    assert "field-error" in page and why in page and "NĐ 267/2025" in page and "/public/calls/" in page
    assert not queries.drafts_of(user("pi1"))


def test_an_answer_that_only_warns_is_told_and_goes_on(as_, url):
    pi = as_("pi1")
    draft = pi.submit(url, GOOD | {"q_other_task": "yes"}).location
    assert "phải nghiệm thu" in pi.page(draft).text


def test_the_answers_are_kept(db, as_, user, url):
    as_("pi1").submit(url, GOOD)
    row = queries.drafts_of(user("pi1"))[0]
    assert timeline([("proposal", row.public_id)])[-1].detail["answers"]["degree"] == "yes"


def test_in_both_languages_and_with_the_blank_form(as_, url):
    page = as_("pi1").page(url)
    assert "Tổ chức chủ trì có tư cách pháp nhân" in page.text and page.select("main a[href^='/public/calls/']")


@pytest.mark.parametrize("value", ["perhaps", "", "yes; DROP"])
def test_without_an_answer_nothing_begins(as_, user, url, value):
    pi = as_("pi1")
    answer = pi.post(url, data=_form(pi.page(url)) | GOOD | {"q_degree": value})
    assert answer.status_code == 422 and "field-error" in answer.text and not queries.drafts_of(user("pi1"))


def _form(page):
    return values_of(page.select("main form")[-1])
