"""A selection council in seven browsers at once: declared, convened, scored on phones, opened by the chair, concluded, and the award begins."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page

from app.across.demo.plays import calls, councils, ideas, proposals
from app.stages.calls import queries as call_queries
from app.stages.selection import actions as selection
from tests.support.live import Site
from tests.support.pages import axe, follow, go, no_overflow, send, sound

DAY = timedelta(days=1)
MEMBERS = [f"member{n}" for n in range(1, 8)]
CRITERIA = ("overview", "content", "products", "application", "plan", "capacity")


def established(site: Site, at: datetime) -> str:
    """The address of an established council with two dossiers that meets today."""
    with site.act() as cast:
        topic = ideas.approved_topic(cast, item="1.8", title="Hệ thống tưới tự động dùng Internet vạn vật", at=at - 100 * DAY)
        call = calls.published_call(cast, topics=[topic], at=at - 75 * DAY)
        place = call_queries.topics_of(call)[0]
        rows = [proposals.submitted(cast, call_topic=place, at=at - (60 - n) * DAY, pi=pi, host=host, total=800_000_000)
                for n, (pi, host) in enumerate((("pi1", "host1"), ("pi3", "host2")))]  # fmt: skip
        calls.opened_call(cast, call=call)
        for row in rows:
            proposals.eligible(cast, proposal=row, at=at - 30 * DAY)
        council = councils.established(cast, council=selection.prepare(place, by=cast["officer"], at=at - 16 * DAY), at=at - 16 * DAY)
        return f"/councils/{council.public_id}"


def test_seven_members_hold_a_session(site: Site, visit: Callable[..., Page], at: datetime) -> None:
    url = established(site, at)
    pages = {account: visit(account, width=360 if n % 2 else 1280) for n, account in enumerate(MEMBERS)}
    for page in pages.values():
        go(page, "/desk/")
        follow(page, url)
        follow(page, "/declare")
        if page is pages["member2"]:
            sound(page)
        send(page, {"agree": True})

    officer = visit("officer")
    go(officer, f"{url}/attend")
    sound(officer)
    for tick in officer.locator("main [name=present]").all():
        tick.check()
    send(officer)
    follow(officer, "/convene")
    sound(officer)
    send(officer)
    sound(officer)

    steps(officer, url, 3)  # decision, secretary, counting team
    go(officer, f"{url}/tellers")
    for tick in officer.locator("main [name=team]").all()[:3]:
        tick.check()
    send(officer)
    steps(officer, url, 11)  # both dossiers presented and discussed; the ballot
    seals = []
    for item in (1, 2):
        for n, page in enumerate(pages.values()):
            go(page, url)
            page.get_by_role("link", name=f"Bỏ phiếu nội dung {item}").click()
            marks = {c: "4" if item == 1 else "3" for c in CRITERIA} | {"plan": str(3 - n % 2)}
            send(page, marks)
            assert "điểm trên 100" in page.inner_text("main")
            if n < 2:
                sound(page)
            send(page, {"agree": True})
            seals.append((item, page.locator("main code:not([data-word])").inner_text()))
            if n < 2:
                sound(page)
        assert "7 trên 7" in _text(officer, url)
    steps(officer, url, 1)
    # the chair alone is offered the boxes
    assert pages["member2"].get_by_role("link", name=re.compile("Mở hòm phiếu")).count() == 0
    chair = pages["member1"]
    for item in (1, 2):
        go(chair, url)
        chair.get_by_role("link", name=f"Mở hòm phiếu nội dung {item}").click()
        sound(chair)
        send(chair)
    page = pages["member4"]
    go(page, url)
    sound(page)
    for _item, seal in seals:
        assert seal in page.content()

    steps(officer, url, 1)
    go(officer, f"{url}/conclude")
    sound(officer)
    send(officer, {"conclusion": "Kiến nghị hồ sơ xếp thứ nhất chủ trì.", "agree": True})
    sound(officer)
    go(officer, "/selection/")
    sound(officer)
    go(officer, "/desk/")
    axe(officer)
    officer.get_by_role("link", name="Hệ thống tưới tự động dùng Internet vạn vật").first.click()
    sound(officer)
    send(officer, {"agree": True})
    assert "Đã kết thúc" in officer.inner_text("main")
    sound(officer)
    for account, said in (("pi1", "Trúng tuyển"), ("pi3", "Dự phòng")):
        applicant = visit(account)
        go(applicant, "/proposals/")
        no_overflow(applicant)
        assert said.lower() in applicant.inner_text("main").lower(), applicant.inner_text("main")
        go(applicant, url, 404)


def steps(page: Page, url: str, count: int) -> None:
    """So many steps of the order of work, in the room."""
    go(page, f"{url}/room")
    for _n in range(count):
        with page.expect_navigation():
            page.get_by_role("button", name="Sang bước").first.click()


def _text(page: Page, url: str) -> str:
    go(page, url)
    return page.inner_text("main")
