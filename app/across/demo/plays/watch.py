"""Projects to watch: an inspection with findings, a risk, money moved between heads by the host itself, a report begun."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.across.demo.cast import Cast
from app.across.demo.plays import execution as plays
from app.kernel.clock import local
from app.kernel.db import db
from app.stages.execution import actions, figures, queries
from app.stages.execution.models import Suspension
from app.stages.execution.rules import OPEN_REPORTS, Level, SuspensionState
from app.stages.funding import queries as funding
from app.stages.funding.models import Contract, Project, ProjectClosing
from app.stages.funding.rules import ContractState

DAY = timedelta(days=1)


def play(cast: Cast, as_of: datetime) -> None:
    """On the running projects that are there, the oldest first."""
    running = _running(as_of)
    for project in running[:1]:
        visit = plays.planned_inspection(cast, project=project, at=as_of - 45 * DAY, inspectors=[cast["officer2"], cast["finance"]])
        findings = [("Lập sổ theo dõi vật tư, đối chiếu với chứng từ.", local(as_of - 10 * DAY).date()), ("Gắn biển giới thiệu tại điểm trình diễn.", local(as_of + 20 * DAY).date())]
        plays.concluded_inspection(cast, visit, at=as_of - 35 * DAY, findings=findings)
        actions.answer_finding(queries.findings_of(inspection_id=visit.id)[1], answer="Đã gắn biển ngày hôm qua, ảnh gửi kèm báo cáo kỳ tới.", by=_holder(project), at=as_of - 5 * DAY)
    for project in running[1:2]:
        actions.note_risk(project, text="Giá vật tư tăng hơn một phần ba so với dự toán.", level=Level.HIGH, measure="Chào giá lại, mua theo đợt.", by=cast["officer"], at=as_of - 15 * DAY)
        estimate = [(head, year) for (head, year), amount in figures.estimate(project).items() if head == "labour" and amount > 5_000_000]
        if estimate:
            actions.move_heads(project, [("labour", "workshops", estimate[0][1], 5_000_000)], reason="Thêm một cuộc tập huấn tại xã.", by=_holder(project), at=as_of - 12 * DAY)
        for report in [r for r in queries.reports_of(project.id) if r.state in OPEN_REPORTS][:1]:
            actions.save_draft(report, {"progress": "40", "done": "Đã hoàn thành vụ thử nghiệm thứ nhất, đang tổng hợp số liệu."}, by=_holder(project), at=as_of - 2 * DAY)


def _running(as_of: datetime) -> list[Project]:
    stopped = select(Suspension.project_id).where(Suspension.state == SuspensionState.SUSPENDED)
    day = local(as_of - 60 * DAY).date()
    return list(db.session.scalars(select(Project).join(Contract, Contract.project_id == Project.id).where(
        Contract.state == ContractState.SIGNED, Contract.signed_on < day, Project.id.not_in(stopped), Project.id.not_in(select(ProjectClosing.project_id))).order_by(Project.id)))  # fmt: skip


def _holder(project: Project):  # type: ignore[no-untyped-def]
    return funding.person(project.pi_id)
