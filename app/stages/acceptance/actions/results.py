"""Results: drafted from the promised products, described, shared among the members, registered or left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.papers.rules import check_number
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook.calendar import check_day
from app.stages.acceptance import queries, resultfacts
from app.stages.acceptance.actions.dossiers import face
from app.stages.acceptance.actions.going import go
from app.stages.acceptance.actions.shared import (
    check_certificate,
    check_drafted,
    check_results_open,
)
from app.stages.acceptance.models import Case, Contribution, Result
from app.stages.acceptance.rules import (
    ON_PAPER,
    RESULT,
    CaseState,
    Gate,
    ResultKind,
    ResultState,
    check_shares,
)
from app.stages.funding import queries as funding
from app.stages.funding.models import Project
from app.stages.plan.models import Priority


def draft_results(case: Case, project: Project, *, by: User | None, at: datetime) -> list[Result]:
    """One drafted result for each promised product."""
    return [_draft(case, project, line.name, line.project_product_id, line.delivered_quantity, line.delivered_quality, by=by, at=at)
            for line in queries.lines_of(case)]  # fmt: skip


def _draft(case: Case, project: Project, title: str, product_id: int | None, quantity: str | None, quality: str | None, *, by: User | None,
           at: datetime) -> Result:  # fmt: skip
    title = nfc(title)
    result = Result(code=f"{project.code}/KQ{queries.number_of_results(project.id) + 1}", project_id=project.id, case_id=case.id, project_product_id=product_id,
                    item_id=project.item_id, title=title, folded=fold(title)[:600], level=case.grade, quantity=quantity, quality=quality, created_at=at)  # fmt: skip
    RESULT.begin(result, "draft", by=by, at=at)
    return result


def add_result(case: Case, *, title: str, kind: ResultKind, by: User, at: datetime) -> Result:
    """Add a result that no promised product stands for."""
    project = _open(case, by)
    result = _draft(case, project, title, None, None, None, by=by, at=at)
    result.kind = kind
    db.session.flush()
    return result


def _open(case: Case, by: User) -> Project:
    """The project of an accepted case whose results this person may write. Raises WrongState, NotAllowed."""
    check_results_open(case, by)
    return funding.project_by_id(case.project_id)


def _drafted(result: Result, by: User) -> Case:
    check_drafted(result, by)
    return queries.case_by_id(result.case_id)


def describe(result: Result, *, title: str, kind: ResultKind, summary: str, item: Priority, title_en: str | None = None, summary_en: str | None = None,
             quantity: str | None = None, quality: str | None = None, by: User, at: datetime, seen: Any = None) -> None:  # fmt: skip
    """Say what the result is: for the register, and later for the public. `item` is a priority of the project's plan."""
    project = _open(_drafted(result, by), by)
    if item.id != project.item_id and item.plan_id != funding.project_by_id(project.id).item.plan_id:
        raise Incomplete(N_("The item belongs to another plan than the project."), field="item")
    check_seen(result, seen)
    result.title, result.title_en, result.kind, result.item_id = nfc(title), title_en, kind, item.id
    result.folded, result.summary, result.summary_en = fold(result.title)[:600], summary, summary_en
    result.quantity, result.quality = quantity, quality
    db.session.flush()
    journal.record(result, "describe", by=by, at=at, detail={"kind": str(kind)})


def set_shares(result: Result, shares: Sequence[tuple[str, int | None, int]], *, by: User, at: datetime, seen: Any = None) -> None:
    """Fix who contributed how much: (name, user id, percent), together 100. An empty list takes all out."""
    _open(_drafted(result, by), by)
    check_shares([percent for _name, _user, percent in shares], needed=False)
    check_seen(result, seen)
    db.session.execute(delete(Contribution).where(Contribution.result_id == result.id))
    db.session.add_all(Contribution(result_id=result.id, position=n, name=nfc(name), user_id=user_id, percent=percent)
                       for n, (name, user_id, percent) in enumerate(shares, start=1))  # fmt: skip
    flag_modified(result, "title")  # shares are part of the result: a change of one grows its version
    db.session.flush()
    journal.record(result, "set_shares", by=by, at=at, detail={"members": len(shares)})


def register(result: Result, *, number: str, dated: date, by: User, at: datetime, seen: Any = None) -> Paper:
    """Register the result with its certificate: from now on it is frozen. With the last one the case is registered."""
    case = _drafted(result, by)
    project = _open(case, by)
    check_certificate(result, by)
    if case.graded_at is None:
        raise WrongState(N_("The council has not rated this project."))
    check_day(dated, field="dated", since=local(case.graded_at).date(), until=local(at).date())
    if not (result.summary or "").strip():
        raise Incomplete(N_("Please describe the result first: it has no summary."))
    shares = list(db.session.scalars(select(Contribution).where(Contribution.result_id == result.id).order_by(Contribution.position)))
    check_shares([share.percent for share in shares], needed=queries.shares_needed(project))
    number = check_number(number, like="07/2026/GCN-SKHCN")
    if db.session.scalar(select(Result.id).where(Result.certificate_number == number, Result.id != result.id)):
        raise Incomplete(N_("This certificate number is taken already."), field="number")
    check_seen(result, seen)
    result.certificate_number, result.certificate_dated, result.registered_at, result.registered_by_id = number, dated, at, by.id
    result.level = case.grade
    RESULT.advance(result, "register", by=by, at=at, detail={"number": number})
    paper = papers.issue(template="acceptance/registration", subject=result, by=by, at=at, title=f"Phiếu đăng ký kết quả {result.code}", data={
        **face(project), "result": result.title, "result_code": result.code, "kind": ON_PAPER[result.kind], "summary": result.summary,
        "quantity": result.quantity or "", "quality": result.quality or "", "level": queries.levels_of(project).get(result.level or "", ""),
        "facts": resultfacts.printed_facts(result), "rights": resultfacts.rights_printed(result),
        "number": number, "dated": dated.isoformat(), "shares": [{"name": s.name, "percent": f"{s.percent} %"} for s in shares],
        "registrar": by.name})  # fmt: skip
    resultfacts.issue_sheet(result, project, face(project), by=by, at=at)
    _complete(case, project, by=by, at=at)
    return paper


def drop(result: Result, *, reason: str, by: User, at: datetime, seen: Any = None) -> None:
    """Leave a result out of the register, with the reason."""
    case = _drafted(result, by)
    project = _open(case, by)
    check_seen(result, seen)
    others = [r for r in queries.results_of(case.id) if r.id != result.id and r.state != ResultState.DROPPED]
    if not others:
        raise WrongState(N_("An accepted project registers at least one result."))
    result.reason = reason
    RESULT.advance(result, "drop", by=by, at=at, reason=reason)
    _complete(case, project, by=by, at=at)


def _complete(case: Case, project: Project, *, by: User, at: datetime) -> None:
    """When no result waits any more, the case's results are registered; who recognises is told."""
    if Gate.CERTIFICATE not in queries.passed_gates(case) or case.state != CaseState.GRADED:
        return
    go(case, "register_results", by=by, at=at)
    outbox.post("acceptance/mail/registered.txt", to=funding.holders(project), key=f"acceptance-registered:{case.public_id}", at=at, project=project, case=case)
    outbox.post("acceptance/mail/to_recognise.txt", to=people.users_with(Do.ACCEPTANCE_RECOGNISE), key=f"acceptance-to-recognise:{case.public_id}", at=at,
                project=project, case=case)  # fmt: skip
