"""A dossier in the browser: from an open call to its receipt, by the investigator and the host's manager side by side."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page

from app.across.demo.plays import calls, ideas
from app.across.demo.plays.proposals import small_pdf
from app.across.demo.plays.work import TEXTS
from app.stages.proposals.rules import ProductGroup
from tests.support.live import Site
from tests.support.pages import fill, follow, go, send, sound

TITLE = "Xây dựng quy trình canh tác thanh long giảm phát thải tại xã Tầm Vu"


def test_a_dossier_is_written_signed_off_and_submitted(site: Site, visit: Callable[..., Page], at: datetime, tmp_path: Path) -> None:
    with site.act() as cast:
        topic = ideas.approved_topic(cast, item="1.7", title=TITLE, at=at - timedelta(days=60))
        calls.published_call(cast, topics=[topic], at=at - timedelta(days=5))
    document = tmp_path / "Quyết định thành lập.pdf"
    document.write_bytes(small_pdf("Legal status"))

    pi = visit("pi1")
    go(pi, "/public/calls")
    sound(pi)
    follow(pi, "/public/calls/")
    sound(pi)
    follow(pi, "/proposals/new/")
    sound(pi)
    pi.locator("main select[name=host]").select_option(index=0)
    send(pi, {"q_legal_person": "yes", "q_refund": "no", "q_degree": "yes", "q_other_task": "no"})
    dossier = pi.url
    sound(pi)

    section(pi, dossier, "general", {"title": TITLE, "aim": "Giảm 20% phát thải trên 01 ha thanh long.", "duration_months": "24"})
    written(pi, dossier)
    section(pi, dossier, "team", {"name": "Trần Thị Bình", "role": "secretary", "email": "pi2@demo.vamco.test", "months": "10"})
    follow(pi, "/team/")
    send(pi, {"months": "12", "task": "Chủ trì chung"})
    section(pi, dossier, "products", {"group": str(ProductGroup.ONE), "name": "Mô hình trình diễn", "unit": "mô hình", "quantity": "2", "quality": "Năng suất tăng 10%"})
    section(pi, dossier, "uses", {"organisation": "", "receiver": "Hợp tác xã Tầm Vu", "place": "Xã Tầm Vu", "how": "Áp dụng quy trình"})
    section(pi, dossier, "plan", {"content": "Xây dựng mô hình", "result": "02 mô hình", "month_from": "1", "month_to": "24"})
    section(pi, dossier, "budget", {"head": "labour", "content": "Công lao động của nhóm", "source": "state", "year": "2026", "unit": "tháng", "quantity": "24",
                                    "price": "25000000"})  # fmt: skip
    assert "600.000.000" in pi.inner_text("main"), "the sum of the budget is the sum of its lines"
    for kind in ("legal_status", "application", "host_activity", "pi_cv", "member_cv"):
        section(pi, dossier, "files", {"kind": kind, "file": document})
    assert document.name in pi.inner_text("main")
    go(pi, dossier)
    sound(pi)

    host = visit("host1")
    go(host, "/desk/")
    sound(host)
    follow(host, "/proposals/")
    sound(host)
    follow(host, "/sign-off")
    sound(host)
    send(host, {"confirm": True})
    sound(host)

    pi.reload()
    follow(pi, "/submit")
    sound(pi)
    send(pi, {"confirm": True})
    assert pi.url.endswith("/receipt")
    sound(pi)
    number = re.search(r"\b\d{2,}[/-]\d{4}\S*|\S*\d{4}[-/]\d+", pi.inner_text("main"))
    assert number, pi.inner_text("main")
    go(host, dossier)
    assert number[0] in host.inner_text("main"), "the host sees the same receipt"


def section(page: Page, dossier: str, name: str, values: dict[str, object]) -> None:
    """Fill one section of the dossier, found on its task list."""
    go(page, dossier)
    follow(page, f"/{name}")
    sound(page)
    there = page.inner_text("main").count("SHA-256")
    fill(page, values)
    send(page)
    for _n in range(100 if name == "files" else 0):  # a file goes up in pieces, then the page comes anew
        if page.inner_text("main").count("SHA-256") > there:
            return
        page.wait_for_timeout(100)
    assert page.locator("main .alert-success").count(), f"{name} was not saved:\n{page.inner_text('main')}"


def written(page: Page, dossier: str) -> None:
    """Go through the sections of the work description one after the other and fill in whatever is asked and needed."""
    go(page, dossier)
    follow(page, "/work/")
    while True:
        sound(page)
        names = page.locator("form[data-sheet] .field").evaluate_all("all => all.map(f => f.dataset.rowsOf || f.querySelector('textarea, select, input:not([type=hidden])').name)")
        for name in names:
            control = page.locator(f"form[data-sheet] [name={name}]").first
            if name in TEXTS and control.is_visible():
                kind = control.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
                if kind == "radio":
                    page.check(f"[name={name}][value={'yes' if TEXTS[name] else 'no'}]")
                elif kind == "select":
                    control.select_option(TEXTS[name])
                else:
                    control.fill(str(TEXTS[name]))
        further = page.locator("button[value=next]")
        last = not further.count()
        with page.expect_navigation():
            (page.locator(".form-actions .btn-primary") if last else further).click()
        assert page.locator("main .alert-success").count(), page.inner_text("main")
        if last:
            return
