"""A recognised project with registered results, quickly: acceptance is not played, its frozen rows are written by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.text import fold
from app.stages.acceptance.models import Case, Result
from app.stages.acceptance.rules import CaseState, ResultKind, ResultState
from app.stages.funding import actions as funding
from app.stages.funding.models import Project
from app.stages.funding.rules import ClosingKind
from tests.funding import factories
from tests.support.kept import kept

DAY = timedelta(days=1)


@kept
def recognised(cast: Any, at: datetime, *, closed: bool = True, **more: Any) -> tuple[Project, Case]:
    """A project recognised at `at`; not `closed`: its recognition is still to come."""
    project = factories.project(cast, at - 800 * DAY, **more)
    state = CaseState.RECOGNISED if closed else CaseState.RESULTS_REGISTERED
    case = Case(project_id=project.id, state=state, due_on=local(at).date(), grade="pass", accepted=True, submitted_at=at - 60 * DAY,
                decision_number=f"{project.id}/QĐ-SKHCN", decision_date=local(at).date(), created_by_id=cast["pi1"].id, created_at=at - 90 * DAY)  # fmt: skip
    db.session.add(case)
    if closed:
        funding.record_closing(project, ClosingKind.RECOGNISED, dated=local(at).date(), number=f"{project.id}/QĐ-SKHCN", by=cast["leader"], at=at)
    db.session.flush()
    return project, case


def result_of(project: Project, case: Case, at: datetime, *, title: str = "Hệ thống tưới tiết kiệm cho thanh long", state: ResultState = ResultState.REGISTERED,
              kind: ResultKind = ResultKind.PROCESS, public: bool = False, summary: str = "Quy trình tưới theo độ ẩm đất.") -> Result:  # fmt: skip
    """One result, registered ten days before `at` unless `state` says otherwise."""
    n = db.session.query(Result).count() + 1
    registered = {"certificate_number": f"{n:03d}/KQNC", "certificate_dated": local(at - 10 * DAY).date(), "registered_at": at - 10 * DAY}
    row = Result(state=state, code=f"{project.code}-KQ{n}", project_id=project.id, case_id=case.id, item_id=project.item_id, title=title, folded=fold(title), kind=kind,
                 summary=summary, is_public=public, created_at=at - 20 * DAY, **(registered if state == ResultState.REGISTERED else {}))  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


@kept
def result(cast: Any, at: datetime, *, public: bool = False, title: str = "Hệ thống tưới tiết kiệm cho thanh long", **more: Any) -> Result:
    """A registered result of a project recognised at `at`."""
    project, case = recognised(cast, at, **more)
    return result_of(project, case, at, public=public, title=title)
