"""Plays of the appraisal desk and the province's money: what was asked and answered, a work description being revised, managing costs, a cut line."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.across.demo.cast import Cast
from app.kernel.clock import local
from app.kernel.db import db
from app.stages.funding import actions, desk, queries
from app.stages.funding.models import Appraisal
from app.stages.funding.rules import AppraisalState

DAY = timedelta(days=1)
COSTS = (  # head, content, amount, days ago
    ("identification", "Thù lao hội đồng tư vấn xác định nhiệm vụ", 18_500_000, 70), ("announcement", "Đăng thông báo tuyển chọn trên Báo Tây Ninh", 6_000_000, 62),
    ("selection", "Thù lao hội đồng tuyển chọn, hai phiên", 31_200_000, 30), ("experts", "Chuyên gia nhận xét độc lập", 9_000_000, 24),
    ("appraisal", "Tổ thẩm định kinh phí", 7_400_000, 12),
)  # fmt: skip


def play(cast: Cast, as_of: datetime) -> None:
    """Questions on the open appraisal, money of this year."""
    _questions(cast, as_of)
    _costs(cast, as_of)
    _cut_line(cast, as_of)


def _questions(cast: Cast, as_of: datetime) -> None:
    row = db.session.scalars(select(Appraisal).where(Appraisal.state == AppraisalState.IN_SESSION).order_by(Appraisal.id.desc())).first()
    if row is None:
        return
    first, second = queries.lines_of(row)[:2]
    asked = desk.ask_cost(first, "Đề nghị giải trình số tháng công của chủ nhiệm và thành viên chính theo từng nội dung.", by=cast["officer"], at=as_of - 3 * DAY)
    desk.answer_cost(asked, "Số tháng công tính theo bốn nội dung của thuyết minh, mỗi nội dung từ ba đến sáu tháng.", by=queries.proposal_of(row).pi, at=as_of - 2 * DAY)
    desk.ask_cost(second, "Đơn giá vật tư lấy theo báo giá nào? Đề nghị bổ sung căn cứ.", by=cast["officer"], at=as_of - DAY)


def _costs(cast: Cast, as_of: datetime) -> None:
    days = [local(as_of - days * DAY).date() for _head, _content, _amount, days in COSTS]
    for year in sorted({day.year for day in days}):
        actions.set_management_budget(year, 450_000_000, decision_number="87/QĐ-SKHCN", by=cast["officer"], at=as_of - 80 * DAY)
    for n, ((head, content, amount, ago), day) in enumerate(zip(COSTS, days, strict=True), start=1):
        actions.book_cost(head=head, content=content, amount=amount, booked_on=day, voucher=f"UNC-QL{n:02d}", by=cast["finance"], at=as_of - ago * DAY)


def _cut_line(cast: Cast, as_of: datetime) -> None:
    year = local(as_of).year
    for call in queries.calls_with_ranking():
        rows = queries.ranked(call, year)
        if any(row.project is None for row in rows):
            actions.draw_cut_line(call, year=year, funded=len(rows), reason="Kinh phí của năm đủ cho các hồ sơ được đề nghị.", by=cast["officer"], at=as_of - 2 * DAY)
            return
