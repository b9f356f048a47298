"""What every request does: a denial is noted and holds nobody up; a version that is no number is a stale one."""

from __future__ import annotations

from sqlalchemy import func, select

from app.across.demo.plays import ideas as plays
from app.kernel.journal import AccessNote


def notes(db) -> int:
    return int(db.session.scalar(select(func.count()).select_from(AccessNote)))


def test_a_denied_post_is_noted_and_locks_nobody_out(as_, db, cast):
    registry = as_("registry")
    token = registry.page("/auth/account").select_one("[name=csrf_token]")["value"]
    before = notes(db)
    assert registry.post("/calls/new", data={"csrf_token": token}).status_code == 403
    assert notes(db) == before + 1  # lost when the note meets its own request's lock, after the busy time-out


def test_a_version_that_is_no_number_is_stale(as_, cast, at):
    idea = plays.submitted_idea(cast, item="1.8", title="Hệ thống tưới tự động cho thanh long", at=at)
    for version in ("abc", "1.5", "-1", "9" * 40):
        as_("officer").submit(f"/ideas/{idea.public_id}/return", {"reason": "Bổ sung", "version": version}, status=409)
