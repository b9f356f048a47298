"""Plays of dossiers that come in in other ways: replaced before the deadline, on paper, late by two officers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.across.demo.plays import calls, proposals
from app.across.demo.seasons import topic
from app.stages.calls import queries as call_queries
from app.stages.calls.models import CallTopic
from app.stages.proposals import actions, admitting, submitting
from app.stages.proposals.admitting import Envelope
from app.stages.proposals.models import Proposal

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CASHEW = "Nghiên cứu ứng dụng công nghệ sấy năng lượng mặt trời trong bảo quản hạt điều quy mô hợp tác xã"
SHRIMP = "Xây dựng mô hình nuôi tôm hai giai đoạn tuần hoàn nước, ít thay nước tại các xã ven sông"


def all_ways(cast: Cast, names: Iterator[str], as_of: datetime) -> None:
    """A call whose deadline was last week, dossiers not opened yet: each of the ways, and one request that waits for the second officer."""
    at = as_of - 66 * DAY
    topics = [topic(cast, names, at, title=CASHEW, item="1.8"), topic(cast, names, at, title=SHRIMP, item="1.8", by="pi4")]
    call = calls.published_call(cast, topics=topics, at=at + 26 * DAY, days=34, title="Tuyển chọn nhiệm vụ khoa học và công nghệ đợt bổ sung")
    first, second = call_queries.topics_of(call)
    replaced(cast, call_topic=first, at=at + 32 * DAY)
    on_paper(cast, call_topic=first, at=at + 40 * DAY)
    late_by_outage(cast, call_topic=second, at=at + 45 * DAY)
    deadline = call.deadline
    admitting.ask_post_stamp(
        second, _envelope(cast, "host3", SHRIMP, "Đỗ Thị Giang", "pi6@demo.vamco.test"), stamp_at=deadline - 3 * HOUR, by=cast["officer2"], at=deadline + 2 * DAY,
        reason="Bưu phẩm đến bưu cục Tân An trước hạn, giao đến Sở sau hạn hai ngày.", document="21/BB-SKHCN")  # fmt: skip


def replaced(cast: Cast, *, call_topic: CallTopic, at: datetime) -> Proposal:
    """Handed in, then replaced by a better version under the same number."""
    row = proposals.submitted(cast, call_topic=call_topic, at=at, pi="pi1", host="host1", total=640_000_000)
    new = submitting.begin_replacement(row, by=cast["pi1"], at=at + DAY)
    actions.save_general(new, title=new.title, aim=f"{new.aim or ''} Bổ sung thử nghiệm tại hai hợp tác xã.".strip(), duration_months=24, by=cast["pi1"], at=at + DAY)
    actions.sign_off(new, by=cast["host1"], at=at + DAY + HOUR)
    return submitting.submit(new, by=cast["pi1"], at=at + DAY + 2 * HOUR)


def on_paper(cast: Cast, *, call_topic: CallTopic, at: datetime) -> Proposal:
    """A sealed envelope handed over at the desk, registered by an officer."""
    return admitting.register(call_topic, _envelope(cast, "host2", CASHEW, "Phạm Thị Dung", "pi4@demo.vamco.test"), stamp_at=at, by=cast["officer"], at=at + HOUR)


def late_by_outage(cast: Cast, *, call_topic: CallTopic, at: datetime) -> Proposal:
    """A dossier that was ready while the system was out in the last hour, admitted by two officers."""
    row = proposals.draft(cast, call_topic=call_topic, at=at, pi="pi5", host="host3", total=710_000_000)
    actions.sign_off(row, by=cast["host3"], at=at + HOUR)
    deadline = call_topic.call.deadline
    asked = admitting.ask_outage(
        call_topic, email="pi5@demo.vamco.test", outage_from=deadline - 2 * HOUR, outage_until=deadline + HOUR, by=cast["officer"], at=deadline + 18 * HOUR,
        reason="Mất điện trung tâm dữ liệu từ 15:00 đến 18:00 ngày hết hạn; nhật ký máy chủ xác nhận.", document="18/BB-SKHCN")  # fmt: skip
    return admitting.confirm(asked, by=cast["officer2"], at=deadline + 20 * HOUR)


def _envelope(cast: Cast, host: str, title: str, name: str, email: str) -> Envelope:
    return Envelope(title=title, host=cast.org(host).public_id, pi_name=name, pi_email=email, stamp_office="Bộ phận Một cửa", reference="", envelopes=1,
                    listing="Đơn đăng ký chủ trì; thuyết minh; dự toán; lý lịch khoa học; hồ sơ pháp lý")  # fmt: skip
