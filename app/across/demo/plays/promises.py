"""What dossiers of the demonstration promise and plan: products by the official forms, who uses them, milestones, and the lines of the budget."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.across.demo.cast import Cast
from app.stages.proposals import actions, estimate, promises
from app.stages.proposals.budgeting import Line
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProductGroup, Source, Spending

STATE, OWN = Source.STATE, Source.COUNTERPART
# head, content, source, share of the state money in percent, unit, quantity in hundredths, year counted from the call's
LINES = (
    ("labour", "Công của chủ nhiệm nhiệm vụ", STATE, 12, "tháng", 1200, 0),
    ("labour", "Công của thư ký khoa học", STATE, 6, "tháng", 1000, 0),
    ("labour", "Công của thành viên chính", STATE, 14, "tháng", 2400, 1),
    ("labour", "Công của kỹ thuật viên hiện trường", STATE, 8, "tháng", 800, 1),
    ("materials", "Vật tư, cảm biến, hóa chất", STATE, 15, "đợt", 300, 0),
    ("materials", "Vật tư nhân rộng mô hình", STATE, 10, "đợt", 200, 1),
    ("equipment", "Thiết bị đo tại hiện trường", STATE, 12, "bộ", 400, 0),
    ("survey", "Điều tra, khảo sát hộ sản xuất", STATE, 8, "phiếu", 20000, 0),
    ("workshops", "Báo cáo viên trình bày tại hội thảo", STATE, 1, "báo cáo", 600, 1),
    ("workshops", "Tổ chức hội thảo, tập huấn", STATE, 7, "cuộc", 400, 1),
    ("services", "Phân tích mẫu đất, nước", STATE, 3, "mẫu", 4000, 0),
    ("management", "Quản lý chung", STATE, 4, "năm", 200, 1),
)  # fmt: skip
COUNTERPART = ("materials", "Giống, phân bón của hộ tham gia", OWN, 20, "ha", 1000, 0)
COUNTERPART_OF = {"DA_SXTN": 100}  # percent of the state money that the enterprise of a pilot production adds

PRODUCTS = (
    (ProductGroup.ONE, "Mô hình trình diễn", "mô hình", 2, "Năng suất tăng ít nhất 10%",
     {"kind": "pilot", "level_home": "Mô hình tại Đồng Tháp: tăng 7%", "level_abroad": "Thái Lan: tăng 12–15%"}, 11 / 12),
    (ProductGroup.TWO, "Quy trình kỹ thuật", "quy trình", 1, "Được hội đồng cơ sở thông qua", {"kind": "process"}, 1),
    (ProductGroup.THREE, "Bài báo khoa học", "bài", 1, "Tạp chí trong nước", {"kind": "paper", "place": "Tạp chí Khoa học và Công nghệ Việt Nam"}, 1),
)  # fmt: skip
# content, result, first and last month as shares of the duration, numbers of products, roles, others, share of the budget in percent
MILESTONES = (
    ("Khảo sát hiện trạng, chọn điểm", "Báo cáo khảo sát", 0, 1 / 4, (), ("pi", "secretary"), "Trạm khuyến nông huyện", 15),
    ("Thử nghiệm giải pháp tại hiện trường", "Bộ số liệu thử nghiệm", 1 / 6, 2 / 3, ("II.1",), ("pi", "member"), None, 35),
    ("Xây dựng mô hình, tập huấn", "02 mô hình, 100 lượt người được tập huấn", 1 / 2, 11 / 12, ("I.1",), ("member",), "Hai hợp tác xã tham gia", 35),
    ("Tổng kết, công bố, bàn giao", "Báo cáo tổng kết, quy trình, bài báo", 5 / 6, 1, ("II.1", "III.1"), ("pi", "secretary"), None, 15),
)  # fmt: skip


def budgeted(row: Proposal, *, total: int, year: int, at: datetime, plan: Sequence[tuple[Any, ...]] | None = None) -> None:
    """The lines of the estimate, those of `plan` or the usual ones; `total` is the state budget part in đồng."""
    percent = COUNTERPART_OF.get(str(row.call_topic.topic.kind), COUNTERPART[3])
    lines = [Line(head, content, source, year + later, unit, quantity, total * share // quantity)
             for head, content, source, share, unit, quantity, later in plan or (*LINES, (*COUNTERPART[:3], percent, *COUNTERPART[4:]))]  # fmt: skip
    estimate.put_lines(row, lines, replace=True, by=row.pi, at=at)


def promised(row: Proposal, *, at: datetime) -> None:
    """The products."""
    months = row.duration_months or 12
    for group, name, unit, quantity, quality, more, ready in PRODUCTS:
        actions.add_product(row, group=group, name=name, unit=unit, quantity=quantity, quality=quality, ready_month=round(months * ready), by=row.pi, at=at, **more)


def planned(cast: Cast, row: Proposal, *, total: int, at: datetime) -> None:
    """Who will use the products, the milestones, and the method of spending."""
    topic, months, by = row.call_topic.topic, row.duration_months or 12, row.pi
    receiver = next((o for o in cast.bodies.values() if o.id == topic.receiver_organisation_id), None)
    promises.save_use(row, None, receiver="" if receiver else "Trung tâm Khuyến nông tỉnh", organisation=receiver, place="Mười xã trồng lúa và cây ăn trái của tỉnh", month_from=months + 1,
                      how="Tiếp nhận quy trình và mô hình để nhân rộng; bố trí hai cán bộ vận hành, báo cáo kết quả sử dụng hằng năm.", by=by, at=at)  # fmt: skip
    promises.save_use(row, None, receiver="Hợp tác xã Tầm Vu", place="Xã Tầm Vu", how="Áp dụng trên diện tích của thành viên ngay khi mô hình kết thúc.", month_from=months,
                      product=row.products[0], by=by, at=at)  # fmt: skip
    labels = dict(zip(("I.1", "II.1", "III.1"), row.products, strict=True))
    for content, result, begins, ends, products, roles, others, share in MILESTONES:
        promises.save_milestone(row, None, content=content, result=result, month_from=int(months * begins) + 1, month_to=max(int(months * begins) + 1, round(months * ends)),
                                products=[labels[n].public_id for n in products], members=[m.public_id for m in row.team if str(m.role) in roles], others=others,
                                cost=total * share // 100, by=by, at=at)  # fmt: skip
    promises.set_spending(row, Spending.PARTIAL, by=by, at=at)
