"""The verb of evaluation: what a result brought, on the verified reports, with the conclusion of a council where there is one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.kernel import journal, outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.people.models import User
from app.stages.acceptance.models import Result
from app.stages.funding import queries as awards
from app.stages.transfer import queries
from app.stages.transfer.actions.shared import check_evaluable
from app.stages.transfer.effect import votes_said
from app.stages.transfer.models import Effectiveness
from app.stages.transfer.quantities import hectares
from app.stages.transfer.queries.panels import Panel, panel_of
from app.stages.transfer.rules import ON_PAPER, Rating, check_rating


def evaluate(result: Result, *, rating: Rating | None, assessment: str, advice: str | None, by: User, at: datetime) -> Paper:
    """The officer judges what the result brought, on the verified reports so far; a council that has judged gives the rating. Each evaluation stays; the newest counts."""
    check_evaluable(result, by)
    panel = panel_of(result)
    said = _rating(rating, panel, result)
    project, figures = awards.project_by_id(result.project_id), queries.figures_of(result.id)
    row = Effectiveness(result_id=result.id, project_id=project.id, rating=said, assessment=assessment, advice=advice, figures=figures, by_id=by.id, at=at,
                        council_id=panel.council.id if panel.rating and panel.council else None)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    journal.record(result, "evaluate", by=by, at=at, detail={"evaluation": row.public_id, "rating": str(said)})
    data = {"code": project.code, "project": project.title, "result": result.title, "result_code": result.code, "host": awards.host_name(project),
            "rating": ON_PAPER[said], "assessment": assessment, "advice": advice or "", "officer": by.name, **_printed(panel),
            **{k: v if k in ("revenue", "savings") else hectares(v) if k == "area" else str(v) for k, v in figures.items()}}  # fmt: skip
    outbox.post("transfer/mail/evaluated.txt", to=awards.holders(project), key=f"evaluated:{row.public_id}", at=at, result=result, project=project, evaluation=row)
    return papers.issue(template="transfer/effectiveness", subject=result, data=data, by=by, at=at, title=f"Phiếu đánh giá hiệu quả kết quả {result.code}")


def _rating(rating: Rating | None, panel: Panel, result: Result) -> Rating:
    if panel.rating is not None:
        if rating not in (None, panel.rating):
            raise Incomplete(N_("The council's rating is “%(rating)s”: the evaluation takes it over."), field="rating", rating=panel.rating.label)
        return panel.rating
    if rating is None:
        raise Incomplete(N_("Please rate the effect."), field="rating")
    check_rating(rating, queries.use_of(result))
    return rating


def _printed(panel: Panel) -> dict[str, Any]:
    """The council as the paper names it; nothing where none has judged."""
    if panel.rating is None or panel.council is None or panel.count is None:
        return dict.fromkeys(("council", "decision", "decision_date", "votes", "conclusion"), "")
    council = panel.council
    return {"council": council.title, "decision": council.decision_number or "", "decision_date": council.decision_dated.isoformat() if council.decision_dated else "",
            "votes": votes_said(panel.count), "conclusion": council.conclusion or ""}  # fmt: skip
