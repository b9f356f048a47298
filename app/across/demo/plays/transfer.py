"""Plays of transfer: a registered result is published, offered, handed over, reported on, contracted, evaluated."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.across.demo.plays import councils
from app.kernel.clock import local
from app.services.councils.models import Council
from app.services.people.models import Organisation
from app.stages.acceptance.models import Result
from app.stages.funding import queries as funding
from app.stages.transfer import actions, communes, council, queries
from app.stages.transfer.models import Agreement, FollowUp, Handover, Interest
from app.stages.transfer.rules import (
    OPEN_REPORTS,
    AgreementKind,
    LineKind,
    Rating,
    Route,
    Said,
    Usage,
)

DAY = timedelta(days=1)
LINES = (
    {"kind": LineKind.DOCUMENTS, "name": "Quy trình kỹ thuật và báo cáo tổng hợp", "quantity": 2, "unit": "bộ"},
    {"kind": LineKind.EQUIPMENT, "name": "Bộ cảm biến độ ẩm đất và tủ điều khiển", "quantity": 4, "unit": "bộ"},
    {"kind": LineKind.TRAINING, "name": "Tập huấn vận hành, bảo trì cho cán bộ kỹ thuật", "quantity": 1, "unit": "lớp"},
)
USE = "Áp dụng tại các vùng chuyên canh của địa phương, làm mô hình để nhân rộng."


def published(cast: Cast, *, result: Result, at: datetime) -> Result:
    """The result on the public list, with English texts."""
    actions.publish(result, summary=result.summary or f"{result.title}.", title_en=f"Result {result.code}", by=cast["officer"], at=at,
                    readiness=8, rights="Quy trình kỹ thuật; chưa đăng ký sáng chế. Chuyển giao không độc quyền.",
                    price_terms="Theo thỏa thuận; miễn phí cho hợp tác xã trong tỉnh năm đầu.", summary_en="The result ran at three sites and saved water and labour; technical guidance is available on request.")  # fmt: skip
    return result


def offered(cast: Cast, *, result: Result, at: datetime, receiver: Organisation | None = None, by: str = "officer") -> Handover:
    """The result offered to the body that the order names (or `receiver`), for ten days later."""
    project = funding.project_by_id(result.project_id)
    body = receiver or queries.receiver_by_order(project) or cast.org("agency1")
    return actions.offer(result, body, lines=LINES, intended_use=USE, place="Trụ sở đơn vị tiếp nhận", planned_on=local(at + 10 * DAY).date(),
                         giver_name=project.pi_name, by=cast[by], at=at)  # fmt: skip


def handed_over(cast: Cast, *, result: Result, at: datetime, receiver: Organisation | None = None) -> Handover:
    """Offered at `at`, signed by the receiver ten days later: the yearly reports are scheduled."""
    row = offered(cast, result=result, at=at, receiver=receiver)
    later = at + 10 * DAY
    signer = queries.receiver_people(row.receiver_id)[0]
    actions.confirm(row, handed_on=local(later).date(), intended_use=USE, receiver_name=signer.name, remark=None, by=signer, at=later)
    return row


def refused(cast: Cast, *, result: Result, at: datetime, receiver: Organisation | None = None) -> Handover:
    """Offered at `at`, refused a week later."""
    row = offered(cast, result=result, at=at, receiver=receiver)
    signer = queries.receiver_people(row.receiver_id)[0]
    actions.refuse(row, reason="Đơn vị chưa bố trí được cán bộ kỹ thuật vận hành; đề nghị bổ sung nội dung tập huấn.", by=signer, at=at + 7 * DAY)
    return row


def reported(cast: Cast, *, handover: Handover, at: datetime | None = None, usage: Usage = Usage.YES) -> FollowUp:
    """The next yearly report of a handover, written by the receiver (five days before it is due unless `at` says otherwise)."""
    signer = queries.receiver_people(handover.receiver_id)[0]
    row = next(f for f in queries.follow_ups_of(signer, handover.result_id) if f.handover_id == handover.id and f.state in OPEN_REPORTS)
    when = at or _before(row, handover)
    used = usage != Usage.NO
    figures = {"place": "Xã Tầm Vu, xã Bến Lức", "users": 120 * row.number, "households": 96 * row.number, "area": 350_000, "output": 840, "output_unit": "tấn",
               "revenue": 480_000_000 * row.number, "savings": 90_000_000, "jobs": 8, "evidence": "Sổ theo dõi của tổ hợp tác, hóa đơn bán hàng."}  # fmt: skip
    said = Said(usage=usage, note="Các hộ áp dụng đúng quy trình, thiết bị hoạt động ổn định." if used else "Thiết bị hỏng, chưa có kinh phí sửa chữa.", **(figures if used else {}))
    where = [{"commune": communes.code_of(name), "area": area, "households": homes * row.number} for name, area, homes in (("Xã Tầm Vu", 220_000, 60), ("Xã Bến Lức", 130_000, 36))]
    actions.report(row, said, sites=where if used else (), by=signer, at=when)
    return row


def verified(cast: Cast, *, handover: Handover, at: datetime | None = None, usage: Usage = Usage.YES) -> FollowUp:
    """The next yearly report, written and verified five days later."""
    row = reported(cast, handover=handover, at=at, usage=usage)
    when = (at or _before(row, handover)) + 5 * DAY
    actions.verify(row, remark="Đã kiểm tra thực tế tại hai điểm.", by=cast["officer"], at=when)
    return row


def followed_up(cast: Cast, *, handover: Handover, usages: tuple[Usage, ...] = (Usage.YES,) * 5) -> list[FollowUp]:
    """One verified report for each of these years."""
    return [verified(cast, handover=handover, usage=usage) for usage in usages]


def evaluated(cast: Cast, *, result: Result, at: datetime, rating: Rating = Rating.HIGH) -> None:
    """The officer's evaluation, on the reports verified so far."""
    actions.evaluate(result, rating=rating, assessment="Kết quả được áp dụng rộng, giảm chi phí tưới và tăng thu nhập cho hộ sản xuất.",
                     advice="Đề nghị nhân rộng tại các xã trồng thanh long.", by=cast["officer"], at=at)  # fmt: skip


def judged(cast: Cast, *, result: Result, at: datetime) -> Council:
    """A council on the effect, as the officer chose, and the evaluation that takes its rating over."""
    panel = council.put_to_council(result, title=f"Hội đồng đánh giá hiệu quả ứng dụng kết quả {result.code}", by=cast["officer"], at=at)
    panel = councils.concluded(cast, council=panel, at=at, size=5, conclusion="Hội đồng thống nhất mức hiệu quả và đề nghị nhân rộng.",
                               answers=lambda _item, n: {"rating": "high" if n < 3 else "some", "reason": "Số liệu báo cáo khớp với kiểm tra thực tế."})  # fmt: skip
    actions.evaluate(result, rating=None, assessment="Theo kết luận của hội đồng đánh giá hiệu quả.", advice="Đề nghị nhân rộng sang các xã lân cận.", by=cast["officer"], at=at + 60 * DAY)
    return panel


def drafted_agreement(cast: Cast, *, result: Result, at: datetime, route: Route = Route.DOMESTIC, recipient: Organisation | None = None) -> Agreement:
    """A licence for a named enterprise, or for an organisation of the system."""
    return actions.draft_agreement(
        result, kind=AgreementKind.LICENCE, route=route, recipient=recipient, recipient_name=None if recipient else "Công ty TNHH Thiết bị tưới Vàm Cỏ Đông",
        recipient_details=None if recipient else "MST 1101234567, xã Bến Lức", scope="Quyền sản xuất và bán bộ điều khiển tưới trong 05 năm, không độc quyền.",
        price=250_000_000, author_share=30, ends_on=local(at + 5 * 365 * DAY).date(),
        contact_email=None if recipient else "thietbituoi@demo.vamco.test", by=cast["officer"], at=at)  # fmt: skip


def signed_agreement(cast: Cast, *, result: Result, at: datetime, route: Route = Route.DOMESTIC, recipient: Organisation | None = None) -> Agreement:
    """The licence, signed seven days after `at`."""
    row = drafted_agreement(cast, result=result, at=at, route=route, recipient=recipient)
    later = at + 7 * DAY
    actions.sign_agreement(row, number=f"{10 + row.id}/{local(later).year}/HĐ-CGCN", signed_on=local(later).date(), host_signer="Ngô Thủ Trưởng",
                           recipient_signer="Trần Văn Lộc, Giám đốc", by=cast["officer"], at=later)  # fmt: skip
    return row


def interested(cast: Cast, *, result: Result, at: datetime, name: str = "Nguyễn Thị Lụa") -> Interest:
    """A visitor who asks to have a public result."""
    return actions.express_interest(result, name=name, organisation="Hợp tác xã Rau an toàn Phước Hiệp", email="htx@demo.vamco.test", phone=None,
                                    message="Hợp tác xã muốn lắp thử hệ thống tưới trên 2 ha rau, đề nghị Sở hướng dẫn thủ tục và chi phí.", locale="vi",
                                    address="203.0.113.9", limit=10, at=at)  # fmt: skip


def _before(row: FollowUp, handover: Handover) -> datetime:
    assert handover.answered_at is not None
    return handover.answered_at + timedelta(days=(row.due_on - local(handover.answered_at).date()).days - 5)
