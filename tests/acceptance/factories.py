"""Cases and councils, quickly: a council is written by hand and its sheets are counted as the engine would."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.across.demo.plays import acceptance as plays
from app.across.demo.plays import funding as money_plays
from app.kernel.db import db
from app.services.councils import queries as council_queries
from app.services.councils.models import AgendaItem, Council
from app.services.councils.procedures import Cast as Ballot
from app.services.councils.rules import Kind, SeatRole
from app.services.rulebook import queries as rulebook
from app.stages.acceptance import actions, queries
from app.stages.acceptance import council as procedure
from app.stages.acceptance.models import Case, Result
from app.stages.acceptance.rules import ResultKind
from app.stages.funding.models import Project
from tests.funding import factories
from tests.support.kept import kept

DAY = timedelta(days=1)
SEATS = (SeatRole.CHAIR, SeatRole.VICE_CHAIR, SeatRole.REVIEWER, SeatRole.REVIEWER, SeatRole.SECRETARY, SeatRole.MEMBER, SeatRole.MEMBER)


@kept
def project(cast: Any, at: datetime, **more: Any) -> Project:
    """A running project, what does not wait for acceptance is paid; signed 19 days after `at`, it ends about two years later."""
    row = factories.project(cast, at, **more)
    money_plays.contracted(cast, project=row, at=at + 12 * DAY)
    money_plays.paid_up(cast, project=row, at=at + 25 * DAY)
    return row


def rules(scheme: str = "three_level", on: Any = None) -> dict[str, Any]:
    """The rules as a council freezes them, with this scheme."""
    return rulebook.values(procedure.RULES, on=on) | {"acceptance.scheme": scheme}


def sheet(case: Case, level: str = "pass", **more: Any) -> dict[str, Any]:
    """A member's answers: the same level everywhere."""
    answers = {f"{what}_{line.position}": level for line in queries.lines_of(case) for what in ("quality", "quantity", "volume")}
    return answers | {"report": level, "remark": ""} | more


def ballots(sheets: list[dict[str, Any]]) -> list[Ballot]:
    return [Ballot(seat_pid=f"seat{n}", role=SEATS[n], presiding=n == 0, content=content) for n, content in enumerate(sheets)]


def panel(case: Case, at: datetime) -> Council:
    """A council with the case on its agenda, established for the stage."""
    council = Council(kind=Kind.ACCEPTANCE, title="Hội đồng nghiệm thu", conclusion="Hội đồng thống nhất kết quả kiểm phiếu.", created_at=at)
    db.session.add(council)
    db.session.flush()
    db.session.add(AgendaItem(council_id=council.id, position=1, subject_type="acceptance_case", subject_pid=case.public_id, title="x"))
    db.session.flush()
    return council


def graded(cast: Any, case: Case, at: datetime, *levels: str, scheme: str = "three_level", sheets: list[dict[str, Any]] | None = None) -> Case:
    """The case after its council: each member gave one level everywhere (all `pass` by default)."""
    council = panel(case, at)
    procedure.established(council, cast["officer"], at)
    given = sheets or [sheet(case, level) for level in (levels or ("pass",) * 7)]
    item = council_item(council)
    result = {"present": 7, **procedure.count_ballots(ballots(given), rules(scheme, on=at.date())), "seals": []}
    procedure.concluded(council, {item.public_id: result}, None, by=cast["officer"], at=at + DAY)
    return case


def council_item(council: Council) -> AgendaItem:
    return db.session.query(AgendaItem).filter_by(council_id=council.id).one()


def rated(cast: Any, project: Project, at: datetime, *levels: str, **more: Any) -> Case:
    """A case rated ten days after `at`, its dossier handed in at `at`."""
    return graded(cast, plays.valid(cast, project=project, at=at), at + 10 * DAY, *levels, **more)


def council_by_pid(pid: str) -> Council:
    found = council_queries.council_by_pid(pid)
    assert found is not None
    return found


def extra_result(case: Case, n: int, cast: Any, at: datetime) -> Result:
    return actions.add_result(case, title=f"Kết quả thêm {n}", kind=ResultKind.DATA, by=cast["officer"], at=at)
