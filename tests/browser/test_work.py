"""The work description while two people write: kept without a button, both texts side by side, nothing lost; and back from Word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from app.across.demo.plays import calls, ideas, proposals
from app.kernel.db import db
from app.stages.calls import queries as call_queries
from app.stages.proposals import queries
from tests.support.live import Site
from tests.support.pages import fill, go, send, sound


def dossier(site: Site, at: datetime) -> str:
    """A complete draft of pi1 and pi2; its address."""
    with site.act() as cast:
        topic = ideas.approved_topic(cast, item="1.7", title="Xây dựng quy trình canh tác thanh long giảm phát thải", at=at - timedelta(days=60))
        call = calls.published_call(cast, topics=[topic], at=at - timedelta(days=5))
        row = proposals.draft(cast, call_topic=call_queries.topics_of(call)[0], at=at - timedelta(days=1))
        return f"/proposals/{row.public_id}"


def state(page: Page, text: str) -> None:
    expect(page.locator("[data-save-state]")).to_contain_text(text, timeout=20_000)


def kept(site: Site, url: str) -> dict[str, object]:
    with site.act():
        row = queries.proposal_by_pid(url.rsplit("/", 1)[1])
        assert row is not None
        db.session.refresh(row)
        return dict(row.work)


def test_two_people_at_one_section_lose_nothing(site: Site, visit: Callable[..., Page], at: datetime) -> None:
    url = dossier(site, at)
    first, second = visit("pi1"), visit("pi2", width=360)
    go(first, f"{url}/work/s_method")
    go(second, f"{url}/work/s_method")
    sound(second)
    fill(first, {"methods": "Chủ nhiệm viết lại phương pháp."})
    state(first, "Đã lưu lúc")
    first.reload()
    assert first.input_value("#methods") == "Chủ nhiệm viết lại phương pháp.", "what was kept while typing is there after a refresh"
    fill(second, {"methods": "Thư ký viết phương pháp khác.", "novelty": "Thư ký viết tính mới."})
    with second.expect_response(lambda answer: answer.request.method == "POST" and "autosave" not in answer.url and answer.status == 409):
        send(second)
    sound(second)
    sides = second.locator(".sides .panel").all_inner_texts()
    assert "Chủ nhiệm viết lại" in sides[0] and "Thư ký viết phương pháp khác" in sides[1]
    second.check("[name=choose-methods][value=both]")
    send(second)
    work = kept(site, url)
    assert work["methods"] == "Chủ nhiệm viết lại phương pháp.\n\nThư ký viết phương pháp khác." and work["novelty"] == "Thư ký viết tính mới."
    go(second, f"{url}/work/s_method/history")
    sound(second)
    second.locator("main table a").first.click()
    second.wait_for_load_state()
    sound(second)
    assert second.locator("main .compared ins").count()


def test_the_word_form_goes_out_and_comes_back(site: Site, visit: Callable[..., Page], at: datetime, tmp_path: Path) -> None:
    url = dossier(site, at)
    pi = visit("pi1")
    go(pi, url)
    sound(pi)
    with pi.expect_download() as waiting:
        pi.locator("main a[href$='work.docx']").first.click()
    path = tmp_path / "thuyet-minh.docx"
    waiting.value.save_as(path)
    before = kept(site, url)
    go(pi, f"{url}/work/s_address")
    send(pi, {"address": "Địa chỉ viết trên trang"}, button=".form-actions .btn-primary")
    go(pi, f"{url}/work-word")
    sound(pi)
    send(pi, {"file": path})
    sound(pi)
    assert "Địa chỉ viết trên trang" in pi.inner_text("main .compared")
    send(pi)
    assert kept(site, url) == before, "the file brought back what it was made of"
    go(pi, f"{url}/budget/lines")
    sound(pi)
