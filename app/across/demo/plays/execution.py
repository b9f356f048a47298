"""Plays of execution: reports, visits, changes, stops and early ends of a running project."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from app.across.demo.cast import Cast
from app.kernel.clock import local
from app.services.people.models import User
from app.stages.execution import actions, figures, queries
from app.stages.execution.models import (
    Adjustment,
    Inspection,
    Report,
    Suspension,
    Termination,
)
from app.stages.execution.rules import (
    OPEN_REPORTS,
    AdjustmentKind,
    Delivery,
    Ground,
    InspectionKind,
    Rating,
)
from app.stages.execution.spending import by_head, quarter_of
from app.stages.execution.telling import Told
from app.stages.funding import queries as funding
from app.stages.funding.models import Project
from app.stages.funding.rules import Cause

DAY = timedelta(days=1)


def submitted_report(cast: Cast, *, project: Project, at: datetime, progress: int | None = None) -> Report:
    """The next awaited report, submitted by the investigator."""
    awaited = [r for r in queries.reports_of(project.id) if r.state in OPEN_REPORTS]
    report, count = awaited[0], len(queries.reports_of(project.id))
    spent = max(project.paid_total * report.number // (count + 1), funding.accounted(project.id))
    actions.submit_report(report, progress=progress if progress is not None else min(100, 100 * report.number // count),
                          done="Đã khảo sát hiện trạng, thử nghiệm tại hai điểm và tập huấn cho các hộ tham gia theo kế hoạch.",
                          products="Báo cáo khảo sát; 01 mô hình đang vận hành.", spent=spent, told=_told(project, report, spent, last=report.number == count),
                          difficulties=None, next_steps="Mở rộng mô hình và theo dõi số liệu trong kỳ tới.", by=_investigator(project), at=at)  # fmt: skip
    return report


def _told(project: Project, report: Report, spent: int, *, last: bool) -> Told:
    """What was spent since the report before, by the shares of the estimate, in the last quarter of the period; products in hand, at the end delivered."""
    allowed = by_head(figures.estimate(project))  # type: ignore[arg-type]
    _before, cells = figures.told(project.id, but=report.id)
    new, total = spent - sum(cells.values()), sum(allowed.values())
    if new >= 0 and total:
        quarter, parts = quarter_of(report.period_to), {head: new * amount // total for head, amount in allowed.items()}
        parts[next(iter(parts))] += new - sum(parts.values())
        for head, amount in parts.items():
            cells[head, quarter] = cells.get((head, quarter), 0) + amount
    state = Delivery.DELIVERED if last else Delivery.UNDER_WAY
    return Told(cells, {p.id: (state, None, None) for p in funding.products_of(project)})


def reported(cast: Cast, *, project: Project, at: datetime, progress: int | None = None) -> Report:
    """The next report, submitted and accepted five days later; it may make a tranche due."""
    report = submitted_report(cast, project=project, at=at, progress=progress)
    actions.accept_report(report, remark="Nội dung và tiến độ phù hợp với hợp đồng.", rating=Rating.GOOD, by=cast["officer"], at=at + 5 * DAY)
    return report


def returned_report(cast: Cast, *, project: Project, at: datetime) -> Report:
    """The next report, submitted and sent back."""
    report = submitted_report(cast, project=project, at=at)
    actions.return_report(report, remark="Bổ sung số liệu theo dõi của mô hình thứ hai và bảng kê chi phí.", rating=Rating.WATCH, by=cast["officer"], at=at + 3 * DAY)
    return report


def planned_inspection(cast: Cast, *, project: Project, at: datetime, inspectors: Sequence[User] = ()) -> Inspection:
    """A visit planned for ten days later."""
    return actions.plan_inspection(project, kind=InspectionKind.PERIODIC, planned_on=local(at + 10 * DAY).date(), purpose="Tiến độ, sản phẩm, sử dụng kinh phí.",
                                   team="" if inspectors else "Nguyễn Thị Chuyên Viên; Đặng Kế Toán", inspectors=inspectors, place=None, by=cast["officer"], at=at)  # fmt: skip


def concluded_inspection(cast: Cast, row: Inspection, *, at: datetime, findings: Sequence[tuple[str, date]] = ()) -> Inspection:
    """The visit is held, its minutes issued."""
    actions.conclude_inspection(row, held_on=local(at).date(), present=funding.project_by_id(row.project_id).pi_name, progress_finding="Mô hình vận hành ổn định.",
                                money_finding="Chứng từ đầy đủ, đúng nội dung.", conclusion="Tiếp tục thực hiện theo hợp đồng.", requests=None, findings=findings,
                                by=cast["officer"], at=at)  # fmt: skip
    return row


def inspected(cast: Cast, *, project: Project, at: datetime) -> Inspection:
    """A visit, planned at `at` and held ten days later."""
    return concluded_inspection(cast, planned_inspection(cast, project=project, at=at), at=at + 10 * DAY)


def requested_extension(cast: Cast, *, project: Project, at: datetime, months: int = 6) -> Adjustment:
    """An extension that waits for its decision."""
    return actions.request_adjustment(project, AdjustmentKind.EXTENSION, months=months, by=_investigator(project), at=at,
                                      reason="Mưa lũ kéo dài làm chậm vụ thử nghiệm, cần thêm một vụ để đủ số liệu.")  # fmt: skip


def extended(cast: Cast, *, project: Project, at: datetime, months: int = 6, number: str | None = None) -> Adjustment:
    """An extension asked for by the investigator and agreed by the leader ten days later."""
    row = requested_extension(cast, project=project, at=at, months=months)
    later = at + 10 * DAY
    actions.agree_adjustment(row, number=number or f"{700 + row.id}/QĐ-SKHCN", dated=local(later).date(), remark=None, by=cast["leader"], at=later)
    return row


def suspended(cast: Cast, *, project: Project, at: datetime) -> Suspension:
    """Work stopped by decision."""
    return actions.suspend(project, reason="Điểm thử nghiệm bị ngập, không thể tiếp cận.", from_date=local(at).date(), number=f"{800 + project.id}/QĐ-SKHCN",
                           by=cast["leader"], at=at)  # fmt: skip


def opened_termination(cast: Cast, *, project: Project, at: datetime) -> Termination:
    """An early end under consideration: payments are stopped."""
    return actions.open_termination(project, ground=Ground.NOT_FEASIBLE, by=cast["officer"], at=at,
                                    statement="Kết quả thử nghiệm cho thấy giải pháp không khả thi ở quy mô sản xuất.")  # fmt: skip


def terminated(cast: Cast, *, project: Project, at: datetime, cause: Cause = Cause.OBJECTIVE, used: int | None = None) -> Termination:
    """An early end, decided by the province fifteen days after it was opened."""
    row = opened_termination(cast, project=project, at=at)
    later = at + 15 * DAY
    actions.decide_termination(row, cause=cause, used=project.paid_total if used is None else used, number=f"{900 + row.id}/QĐ-UBND",
                               dated=local(later).date(), remark=None, by=cast["province"], at=later)  # fmt: skip
    return row


def _investigator(project: Project):  # type: ignore[no-untyped-def]
    return funding.person(project.pi_id)
