"""A session in its room: seven members at once, each in a browser of the own; what happens is seen by all without loading the page again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from app.across.demo.plays import calls, councils, ideas, proposals
from app.stages.calls import queries as call_queries
from app.stages.selection import actions as selection
from tests.support.live import Site
from tests.support.pages import follow, go, send, sound

MEMBERS = [f"member{n}" for n in range(1, 8)]
CRITERIA = ("overview", "content", "products", "application", "plan", "capacity")
DAY = timedelta(days=1)


def established(site: Site, at: datetime) -> str:
    with site.act() as cast:
        topic = ideas.approved_topic(cast, item="1.8", title="Hệ thống tưới tự động dùng Internet vạn vật", at=at - 100 * DAY)
        call = calls.published_call(cast, topics=[topic], at=at - 75 * DAY)
        place = call_queries.topics_of(call)[0]
        row = proposals.submitted(cast, call_topic=place, at=at - 60 * DAY, pi="pi1", host="host1", total=800_000_000)
        calls.opened_call(cast, call=call)
        proposals.eligible(cast, proposal=row, at=at - 30 * DAY)
        council = councils.established(cast, council=selection.prepare(place, by=cast["officer"], at=at - 16 * DAY), at=at - 16 * DAY)
        return f"/councils/{council.public_id}"


def press(page: Page, name: str) -> None:
    """A button of the room; the page comes back with the room."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def all_see(pages: dict[str, Page], words: str, but: tuple[str, ...] = (), place: str = "[data-live]") -> None:
    """Every member is shown this without doing anything."""
    for account, page in pages.items():
        if account not in but:
            expect(page.locator(place)).to_contain_text(words, timeout=15_000)


def test_seven_members_in_the_room(site: Site, visit: Callable[..., Page], at: datetime) -> None:
    url = established(site, at)
    pages = {account: visit(account, width=360 if n % 2 else 1280) for n, account in enumerate(MEMBERS)}
    for page in pages.values():
        go(page, f"{url}/declare")
        send(page, {"agree": True})
        go(page, f"{url}/room")
    loads = {account: page.evaluate("performance.timeOrigin") for account, page in pages.items()}
    secretary = visit("officer")
    go(secretary, f"{url}/room")
    for _n in range(7):
        press(secretary, "Tại phòng họp")
    all_see(pages, "Cần 5/7, có mặt 7")
    go(secretary, f"{url}/convene")
    send(secretary)
    go(secretary, f"{url}/room")
    sound(secretary)
    for _step in ("decision", "secretary", "tellers"):
        press(secretary, "Sang bước")
    go(secretary, f"{url}/tellers")
    for tick in secretary.locator("main [name=team]").all()[:3]:
        tick.check()
    send(secretary)
    go(secretary, f"{url}/room")
    for _step in ("present", "questions", "leave", "reviewers", "discuss"):
        press(secretary, "Sang bước")
    all_see(pages, "Hội đồng thảo luận", place=".room-step")
    sound(pages["member2"])
    lost = pages["member4"]
    lost.context.set_offline(True)
    expect(lost.locator("[data-live-state]")).to_contain_text("Mất kết nối, đang nối lại", timeout=15_000)
    press(secretary, "Sang bước")
    all_see(pages, "Bỏ phiếu", but=("member4",), place=".room-step")
    expect(lost.locator(".room-step")).to_contain_text("Hội đồng thảo luận")
    lost.context.set_offline(False)
    expect(lost.locator("[data-live-state]")).to_contain_text("Đã nối lại", timeout=25_000)
    all_see(pages, "Bỏ phiếu nội dung 1", place=".room-now")
    assert {account: page.evaluate("performance.timeOrigin") for account, page in pages.items()} == loads  # nobody loaded the page again

    for n, page in enumerate(pages.values()):
        follow(page, "/cast")
        send(page, {c: "4" for c in CRITERIA} | {"plan": str(3 - n % 2)})
        send(page, {"agree": True})
        go(page, f"{url}/room")
    all_see(pages, "7 trên 7")
    go(secretary, f"{url}/room")
    press(secretary, "Sang bước")
    chair = pages["member1"]
    expect(chair.locator("a[href*='/open-box']")).to_be_visible(timeout=15_000)
    follow(chair, "/open-box")
    send(chair)
    go(chair, f"{url}/room")
    all_see(pages, "Đã kiểm phiếu")
    go(secretary, f"{url}/room")
    press(secretary, "Sang bước")
    go(secretary, f"{url}/conclude")
    send(secretary, {"conclusion": "Kiến nghị hồ sơ chủ trì nhiệm vụ.", "agree": True})
    all_see(pages, "Kiến nghị hồ sơ chủ trì nhiệm vụ.")
    sound(pages["member3"])
    go(visit("pi1"), f"{url}/room", 404)
