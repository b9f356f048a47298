"""Plays of notices: a call in every state, one extended and corrected before everybody's eyes, questions, a direct assignment, a second round."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from app.across.demo.cast import Cast
from app.across.demo.plays import calls
from app.across.demo.seasons import topic
from app.kernel.clock import at_local, local
from app.stages.calls import actions
from app.stages.calls.models import Call
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import Mode

DAY = timedelta(days=1)
HALL = "Hội trường A, Sở Khoa học và Công nghệ"
COUNSEL = "Nghiên cứu giải pháp bồi dưỡng kỹ năng tư vấn tâm lý cho giáo viên chủ nhiệm tại các trường THCS"
HARVEST = "Đánh giá thực trạng và đề xuất giải pháp nâng cao hiệu quả công nghệ từ sản xuất đến sau thu hoạch đối với lúa và thủy sản"
POMELO = "Nghiên cứu áp dụng công nghệ đa dạng hóa các sản phẩm (bưởi tách múi, thạch bưởi, tinh dầu bưởi) từ bưởi da xanh"
ORIGIN = "Xây dựng và quản lý chỉ dẫn địa lý dùng cho sản phẩm bưởi da xanh của tỉnh"


def all_states(cast: Cast, names: Iterator[str], as_of: datetime) -> None:
    """A notice in each state beside those of the seasons. Titles are those of real calls, without the names of their provinces."""
    extended(cast, names, as_of)
    closed(cast, names, as_of)
    cancelled(cast, names, as_of)
    second_round(cast, names, as_of)
    direct(cast, as_of)
    actions.save_search("q=n%C3%B4ng+nghi%E1%BB%87p", by=cast["pi2"], at=as_of - 50 * DAY)
    actions.save_search("sector=6", by=cast["pi6"], at=as_of - 50 * DAY)


def _noon(as_of: datetime, days: int, hour: int = 9) -> datetime:
    return at_local((local(as_of) + timedelta(days=days)).date(), hour)


def _published(cast: Cast, topics: list[Topic], title: str, *, at: datetime, deadline: datetime, **more: Any) -> Call:
    calendar = actions.default_calendar(deadline, at)
    call = actions.draft(topics, title=title, deadline=deadline, place=calls.PLACE, briefing_place=HALL, by=cast["officer"], at=at, **(calendar | more))
    return calls.publish(cast, call=call, at=at)


def extended(cast: Cast, names: Iterator[str], as_of: datetime) -> Call:
    """A call whose hall changed, whose deadline two people moved, and about which people asked."""
    at = _noon(as_of, -34)
    topics = [topic(cast, names, at - 25 * DAY, title=COUNSEL, item="6.1", by="pi5", kind="DT_XH", number="2401/QĐ-UBND"),
              topic(cast, names, at - 24 * DAY, title=HARVEST, item="1.5", by="pi3", number="2402/QĐ-UBND")]  # fmt: skip
    title = f"Tuyển chọn tổ chức, cá nhân chủ trì các đề tài đặt hàng năm {local(as_of).year}"
    call = _published(cast, topics, title, at=at, deadline=_noon(as_of, 2, 17))
    for account in ("pi3", "pi5", "host3"):
        actions.follow(call, by=cast[account], at=at + DAY)
    _ask(cast, call, "pi5", "Tổ chức ngoài tỉnh có được đăng ký chủ trì không?",
         "Được. Tổ chức ngoài tỉnh đăng ký như tổ chức trong tỉnh; kết quả bàn giao cho cơ quan tiếp nhận nêu trong danh mục.", at + 3 * DAY)  # fmt: skip
    _ask(cast, call, "pi3", "Báo giá thiết bị có bắt buộc đối với đề tài không mua thiết bị không?",
         "Không bắt buộc khi dự toán không có mục thiết bị.", at + 6 * DAY)  # fmt: skip
    actions.correct(call, {"briefing_place": "Hội trường B, Sở Khoa học và Công nghệ"}, reason="Hội trường A sửa chữa.", document="31/TB-SKHCN",
                    by=cast["officer"], at=at + 5 * DAY)  # fmt: skip
    row = actions.propose_extension(call, deadline=_noon(as_of, 17, 17), document="45/TTr-SKHCN", by=cast["officer"], at=_noon(as_of, -3),
                                    reason="Cổng nộp hồ sơ gián đoạn hai ngày; gia hạn cho tất cả tổ chức, cá nhân.")  # fmt: skip
    actions.confirm_extension(row, by=cast["leader"], at=_noon(as_of, -2))
    actions.ask(call, text="Một chủ nhiệm có được đăng ký hai nhiệm vụ trong cùng thông báo không?", by=cast["pi4"], at=_noon(as_of, -8, 10))
    return call


def _ask(cast: Cast, call: Call, who: str, text: str, answer: str, at: datetime) -> None:
    question = actions.ask(call, text=text, by=cast[who], at=at)
    actions.answer(question, wording=text, text=answer, by=cast["officer"], at=at + DAY)


def closed(cast: Cast, names: Iterator[str], as_of: datetime) -> Call:
    """A call that closed by itself and waits to be opened."""
    at = _noon(as_of, -40)
    call = _published(cast, [topic(cast, names, at - 25 * DAY, title=POMELO, item="1.7", by="pi2", kind="DA_SXTN", number="2403/QĐ-UBND")],
                      f"Tuyển chọn dự án sản xuất thử nghiệm năm {local(as_of).year}", at=at, deadline=_noon(as_of, -1, 17))  # fmt: skip
    actions.close(call, at=call.deadline + timedelta(minutes=1))
    return call


def cancelled(cast: Cast, names: Iterator[str], as_of: datetime) -> Call:
    """A call that was called off, for a reason that everybody reads."""
    at = _noon(as_of, -25)
    call = _published(cast, [topic(cast, names, at - 25 * DAY, title=ORIGIN, item="1.7", by="pi4", number="2404/QĐ-UBND")],
                      "Tuyển chọn nhiệm vụ xây dựng chỉ dẫn địa lý", at=at, deadline=_noon(as_of, 14, 17))  # fmt: skip
    actions.call_off(call, "Nhiệm vụ chuyển sang chương trình phát triển tài sản trí tuệ do trung ương cấp kinh phí.", document="1207/UBND-KGVX",
                   by=cast["leader"], at=_noon(as_of, -6))  # fmt: skip
    return call


def second_round(cast: Cast, names: Iterator[str], as_of: datetime) -> Call:
    """A call that drew nobody, concluded, and its second round, which is open."""
    at = _noon(as_of, -75)
    first = _published(cast, [topic(cast, names, at - 25 * DAY, by="pi6", number="2405/QĐ-UBND")], "Tuyển chọn nhiệm vụ đặt hàng đợt 1", at=at, deadline=_noon(as_of, -40, 17))
    calls.opened_call(cast, call=first)
    actions.conclude(first, by=cast["officer"], at=_noon(as_of, -30))
    return calls.second_round(cast, call=first, at=_noon(as_of, -10), days=40)


def direct(cast: Cast, as_of: datetime) -> Call:
    """A direct assignment: one organisation is invited, by the same path."""
    at = _noon(as_of, -15)
    given = topic(cast, iter(()), at - 25 * DAY, title="Điều tra, đánh giá chất lượng nước mặt vùng Đồng Tháp Mười phục vụ cấp nước nông thôn", item="7.4",
                  mode=Mode.DIRECT, assigned=cast.org("host2"), by="pi3", number="2406/QĐ-UBND")  # fmt: skip
    return _published(cast, [given], "Giao trực tiếp nhiệm vụ điều tra chất lượng nước mặt", at=at, deadline=_noon(as_of, 20, 17))


__all__ = ["all_states", "cancelled", "closed", "direct", "extended", "second_round"]
