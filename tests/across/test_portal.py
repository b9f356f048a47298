"""The portal: only what is public, kept by browsers, in both languages."""

from __future__ import annotations

import pytest

from app.kernel.db import db as database
from app.services.papers import actions as papers
from tests.funding import factories
from tests.papers.test_rules import DATA, TEMPLATE
from tests.transfer import factories as results

DAY = factories.DAY


@pytest.fixture
def project(cast, at):
    row = factories.project(cast, at - DAY * 60, number="51/QĐ-UBND")
    database.session.commit()
    return row


def test_home_shows_plan_sectors_and_projects(project, anonymous):
    page = anonymous.page("/")
    assert "1821/KH-UBND" in page.text and project.title in page.text
    assert len(page.select(".cards li")) == 8


def test_plan_sector_item(project, anonymous):
    assert len(anonymous.page("/public/plan").select(".cards section")) == 8
    assert "1.8" in anonymous.page("/public/plan/1").text
    assert project.title in anonymous.page("/public/plan/1.8").text
    assert project.title not in anonymous.page("/public/plan/1.7").text
    anonymous.page("/public/plan/9.9", status=404)


def test_projects_are_found_without_diacritics(project, anonymous):
    assert project.title in anonymous.page("/public/projects?q=tuoi+tiet+kiem").text
    assert project.title not in anonymous.page("/public/projects?q=la+lam").text
    assert project.title in anonymous.page("/public/projects?sector=1&phase=approved").text


def test_a_public_project_names_nobody_but_the_investigator(project, anonymous, user):
    text = anonymous.page(f"/public/projects/{project.public_id}").select_one("main").text
    assert project.pi_name in text
    for account in ("pi1", "officer", "finance", "province", "host1"):
        person = user(account)
        assert person.email not in text
        assert account == "pi1" or person.name not in text
    anonymous.page("/public/projects/nothing", status=404)


def test_visitors_pages_may_be_kept_and_set_no_cookie(project, anonymous):
    answer = anonymous.get("/")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers
    assert anonymous.get("/", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_pages_of_people_signed_in_are_not_kept(as_):
    assert "public" not in as_("officer").get("/").headers["Cache-Control"]


def test_a_visitor_changes_language_and_stays_on_the_page(anonymous):
    answer = anonymous.get("/public/projects?q=tuoi&lang=en")
    assert answer.status_code == 303 and answer.headers["Location"] == "/public/projects?q=tuoi"
    page = anonymous.page("/public/projects")
    assert page.html["lang"] == "en" and page.select_one("h1").text == "Projects"


@pytest.mark.parametrize(("url", "most"), [("/", 6), ("/public/plan", 6), ("/public/calls", 10), ("/public/projects", 6)])
def test_few_queries(project, anonymous, count_queries, url, most):
    anonymous.get(url)
    assert count_queries(lambda: anonymous.get(url)) <= most


def test_a_name_is_never_read_as_markup(cast, at, as_):
    cast.org("host1").name = "<b>Viện</b> 100%(x)s"
    factories.project(cast, at - DAY * 60, number="52/QĐ-UBND")
    database.session.commit()
    answer = as_("officer").get("/projects/").get_data(as_text=True)
    assert "<b>Viện</b>" not in answer and "&lt;b&gt;Viện" in answer


def test_public_papers_are_listed_and_found_from_the_start_page(anonymous, db, user, at, cast, monkeypatch):
    monkeypatch.setattr(papers, "template_text", lambda name: TEMPLATE)
    shown = {"subject": user("pi1"), "template": "tests/x", "by": user("officer"), "at": at}
    papers.issue(**shown, title="Phê duyệt danh mục nhiệm vụ", data=DATA | {"title": "Danh mục"}, number="9/QĐ-UBND", public=True)
    papers.issue(**shown, title="Biên bản nội bộ", data=DATA | {"title": "Nội bộ"})
    monkeypatch.setattr(papers, "template_text", lambda name: TEMPLATE + "#sealed\n")
    papers.issue(**shown, title="Phiếu kín", data=DATA | {"title": "Kín"}, public=True)
    db.session.commit()
    assert anonymous.page("/").select_one("main a[href='/public/papers']")
    listed = [a.text for a in anonymous.page("/public/papers").select("main tbody a")]
    assert listed == ["Phê duyệt danh mục nhiệm vụ"]
    assert anonymous.page("/public/papers?q=phe+duyet+danh+muc").select("main tbody a")
    assert not anonymous.page("/public/papers?q=%25").select("main tbody a")
    page = anonymous.page("/public/papers").select_one("main tbody a")["href"]
    assert "Danh mục" in anonymous.page(page).text


def test_a_project_shows_its_public_results_only(anonymous, db, cast, at):
    project, case = results.recognised(cast, at)
    public = results.result_of(project, case, at, public=True)
    closed = results.result_of(project, case, at, title="Giống lúa chưa công bố")
    db.session.commit()
    page = anonymous.page(f"/public/projects/{project.public_id}")
    assert page.select_one(f"main a[href='/public/results/{public.public_id}']")
    assert closed.public_id not in str(page) and closed.title not in page.text


def test_a_visitor_s_page_is_kept_for_a_minute_and_for_visitors_only(app, anonymous, as_, cast, at, travel):
    app.config["KEEP_PAGES"] = True
    officer = as_("officer")
    assert "Dự án mới" not in anonymous.get("/").get_data(as_text=True)
    factories.project(cast, at - factories.DAY * 60, title="Dự án mới", number="91/QĐ-UBND")
    database.session.commit()
    assert "Dự án mới" in officer.get("/").get_data(as_text=True)
    assert "Dự án mới" in anonymous.get("/?lang=").get_data(as_text=True)
    travel.shift(59)
    kept = anonymous.get("/")
    assert "Dự án mới" not in kept.get_data(as_text=True)
    assert (kept.headers["Age"], kept.headers["Cache-Control"]) == ("59", "public, max-age=60")
    assert "Cookie" in kept.headers["Vary"] and "Content-Security-Policy" in kept.headers and "Set-Cookie" not in kept.headers
    assert anonymous.get("/", headers={"If-None-Match": kept.headers["ETag"]}).status_code == 304
    travel.shift(1)
    new = anonymous.get("/")
    assert "Dự án mới" in new.get_data(as_text=True) and "Age" not in new.headers


def test_pages_are_kept_by_language_and_never_one_of_somebody(app, anonymous, as_):
    app.config["KEEP_PAGES"] = True
    assert "csrf" in as_("officer").get("/public/plan").get_data(as_text=True)
    vietnamese = anonymous.get("/public/plan").get_data(as_text=True)
    assert "csrf" not in vietnamese and 'lang="vi"' in vietnamese[:200]
    anonymous.get("/public/plan?lang=en")
    assert 'lang="en"' in anonymous.get("/public/plan").get_data(as_text=True)[:200]
    assert "csrf" in as_("officer").get("/public/plan").get_data(as_text=True)
