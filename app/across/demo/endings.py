"""How projects of the demonstration's world end: rated by a council, revised, registered, recognised, liquidated, handed over.

Days counted from the handing in of the dossier: valid 4, council 21, revision 44, registration 50, recognition 55, assets 65, liquidation 80.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.across.demo.cast import Cast
from app.across.demo.plays import acceptance, councils, deals, funding, transfer
from app.services.councils import queries as council_queries
from app.services.councils.models import AgendaItem
from app.stages.acceptance import actions as acceptance_acts
from app.stages.acceptance import queries as acceptance_queries
from app.stages.acceptance.models import Case, Result
from app.stages.funding import queries as funding_queries
from app.stages.funding.models import Project

DAY = timedelta(days=1)


def before_council(cast: Cast, project: Project, at: datetime, case: Case | None = None) -> Case:
    """The dossier is valid (that of another evaluation where `case` is one), and a council is established that meets twenty-one days after `at`."""
    case = acceptance.valid(cast, project=project, at=at) if case is None else acceptance.valid_again(cast, case=case, at=at)
    title = f"Hội đồng tư vấn đánh giá, nghiệm thu nhiệm vụ {project.code}"
    council = acceptance_acts.put_to_council(case, title=title, by=cast["officer"], at=at + 5 * DAY)
    councils.established(cast, council=council, at=at + 5 * DAY)
    return case


def rated(cast: Cast, project: Project, at: datetime, *, level: str = "pass", again: Case | None = None) -> Case:
    """The same, and the council has met; every member gives this level."""
    case = before_council(cast, project, at, again)
    lines = acceptance_queries.lines_of(case)

    def answers(_item: AgendaItem, member: int) -> Mapping[str, Any]:
        main = "excellent" if level == "pass" and member % 2 else level
        amount = "excellent" if level == "excellent" else "pass"
        content: dict[str, Any] = {"report": level, "remark": "Cần làm rõ thêm hiệu quả kinh tế."}
        for line in lines:
            content |= {f"quality_{line.position}": main if line.position == 1 else level, f"quantity_{line.position}": amount, f"volume_{line.position}": "none"}
        return content

    council = council_queries.council_of_subject(case)
    assert council is not None
    council = councils.voted(cast, council=councils.convened(cast, council=council), answers=answers)
    end = (council.meets_at or at) + timedelta(hours=2)
    councils.actions.conclude(council, conclusion="Hội đồng thống nhất kết quả xếp loại; đề nghị hoàn thiện báo cáo theo góp ý.", by=cast["officer"], at=end)
    return case


def recognised(cast: Cast, project: Project, at: datetime, *, level: str = "pass") -> list[Result]:
    """Everything up to the recognition of the registered results; what is excellent needs no revision."""
    case = rated(cast, project, at, level=level)
    if level != "excellent":
        case = acceptance.revised(cast, case=case, at=at + 22 * DAY)
    acceptance.listed(cast, project=project, at=at + 24 * DAY)
    results = acceptance.registered(cast, case=case, at=at + 45 * DAY)
    acceptance.recognised(cast, case=case, at=at + 55 * DAY)
    return results


def failed(cast: Cast, project: Project, at: datetime) -> None:
    """Rated unsatisfactory, evaluated once more after two months of repair, and closed as not accepted."""
    case = rated(cast, project, at, level="fail")
    acceptance_acts.reevaluate(case, reason="Hội đồng đề nghị làm lại mô hình thứ hai và đo kiểm lại năng suất.", by=cast["officer"], at=at + 25 * DAY)
    case = rated(cast, project, at + 80 * DAY, level="fail", again=case)
    acceptance.failed(cast, case=case, at=at + 120 * DAY)


def liquidated(cast: Cast, project: Project, at: datetime) -> None:
    """The last tranche, the accounts and the liquidation of a recognised project."""
    funding.paid(cast, project=project, at=at, n=len(funding_queries.tranches_of(project.id)))
    acceptance.dealt_with(cast, project=project, at=at + 5 * DAY)
    funding.liquidated(cast, project=project, at=at + 7 * DAY)


def in_use(cast: Cast, results: list[Result], at: datetime) -> None:
    """The first result is public, handed over and reported in use a year later; the second is licensed, and the licensee
    reports by link; an enterprise that wrote has a registered contract; somebody else asks."""
    first, second, *_others = results
    transfer.published(cast, result=first, at=at)
    handover = transfer.handed_over(cast, result=first, at=at + DAY)
    transfer.published(cast, result=second, at=at)
    licence = transfer.signed_agreement(cast, result=second, at=at + 30 * DAY)
    deals.protected(cast, result=second, at=at + 40 * DAY)
    deals.from_a_message(cast, result=first, at=at + 90 * DAY)
    transfer.verified(cast, handover=handover)
    transfer.evaluated(cast, result=first, at=at + 390 * DAY)
    transfer.interested(cast, result=first, at=at + 395 * DAY)
    deals.reported_by_link(cast, agreement=licence)
    transfer.judged(cast, result=first, at=at + 420 * DAY)
