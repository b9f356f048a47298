"""The periodic report as a paper of the host: issued each time it is handed in, so that every version keeps its words."""

from __future__ import annotations

from datetime import datetime

from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.execution import figures
from app.stages.execution.models import Report
from app.stages.execution.rules import Delivery
from app.stages.execution.spending import by_head
from app.stages.funding import queries as funding
from app.stages.funding.models import Project

PRODUCT_IS = {Delivery.NOT_BEGUN: "Chưa bắt đầu", Delivery.UNDER_WAY: "Đang thực hiện", Delivery.AT_RISK: "Có nguy cơ không đạt", Delivery.DELIVERED: "Đã hoàn thành, đã giao"}


def issue(report: Report, project: Project, *, by: User, at: datetime) -> Paper:
    """Issue the report as it was just handed in."""
    names, said = figures.head_names(project), figures.products_said(report.id)
    data = {
        "code": project.code, "title": project.title, "host": funding.host_name(project), "pi": project.pi_name, "number": report.number,
        "receiver": rulebook.value("papers.bodies", on=at.date())["department"]["name"], "from": report.period_from.isoformat(), "until": report.period_to.isoformat(),
        "due_on": report.due_on.isoformat(), "percent": report.progress, "progress": report.done or "", "summary": report.products or "", "state": project.approved_state,
        "paid": project.paid_total, "spent": report.spent or 0, "reason": report.difficulties or "", "requests": report.requests or "", "advice": report.next_steps or "",
        "products": [{"name": p.name, "state": PRODUCT_IS[said[p.id].state], "quantity": said[p.id].so_far or "", "remark": said[p.id].note or ""}
                     for p in funding.products_of(project) if p.id in said],
        "budget": [{"head": names.get(head, head), "spent": amount} for head, amount in by_head(figures.spent_cells(report.id)).items()],
    }  # fmt: skip
    return papers.issue(template="execution/periodic_report", subject=report, data=data, by=by, at=at, title=f"Báo cáo định kỳ {report.number}, nhiệm vụ {project.code}")
