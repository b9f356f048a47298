"""The verdict: before the council, graded, recognised, evaluated again, failed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.councils import actions as councils
from app.services.councils import queries as sessions
from app.services.councils.models import Council
from app.services.councils.rules import Kind
from app.services.papers import actions as papers
from app.services.papers.blocks import once_each
from app.services.papers.models import Paper
from app.services.people.actions import debar
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.acceptance import queries
from app.stages.acceptance.actions.dossiers import face
from app.stages.acceptance.actions.edits import tell
from app.stages.acceptance.actions.going import check_going, go
from app.stages.acceptance.actions.results import draft_results
from app.stages.acceptance.actions.shared import (
    check_another_round,
    check_apart,
    check_recognisable,
)
from app.stages.acceptance.models import Case, Evaluation
from app.stages.acceptance.rating import months_after
from app.stages.acceptance.rules import (
    CASE,
    CaseState,
    check_failed,
)
from app.stages.funding import actions as money
from app.stages.funding import queries as funding
from app.stages.funding.actions.closings import refund_percent
from app.stages.funding.rules import ON_PAPER as CAUSES
from app.stages.funding.rules import Cause, ClosingKind

# --- the council ----------------------------------------------------------------------------------------------


def put_to_council(case: Case, *, title: str, by: User, at: datetime, seen: Any = None) -> Council:
    """Prepare a council for this case. It is before the council once that is established."""
    check_apart(case, by)
    if case.state != CaseState.VALID:
        raise WrongState(N_("Only a valid dossier goes to a council."))
    check_going(case)
    check_seen(case, seen)
    council = councils.draft(Kind.ACCEPTANCE, title=title, subjects=[case], by=by, at=at)
    case.council_pid = council.public_id
    db.session.flush()
    journal.record(case, "put_to_council", by=by, at=at, detail={"council": council.public_id})
    return council


def seat_council(case: Case, council: Council, *, by: User | None, at: datetime) -> None:
    """The council is established: the case is before it."""
    case.council_pid, case.seated_at = council.public_id, at
    go(case, "seat_council", by=by, at=at, detail={"council": council.public_id})


def release(case: Case, *, by: User | None, at: datetime) -> None:
    """The council is dissolved: the case may go to another. A council that was never established held nothing."""
    case.council_pid = case.seated_at = None
    if CASE.may(case, "release"):
        CASE.advance(case, "release", by=by, at=at)


def grade(case: Case, *, council: Council, level: str, accepted: bool, count: dict[str, Any], by: User | None, at: datetime) -> Evaluation:
    """Take the council's conclusion: the grade is frozen with its count; when it is good, the results are drafted."""
    case.grade, case.accepted, case.graded_at = level, accepted, at
    go(case, "grade", by=by, at=at, detail={"grade": level, "accepted": accepted, "round": case.round})
    row = Evaluation(case_id=case.id, number=case.round, council_pid=council.public_id, grade=level, accepted=accepted, days_late=queries.lateness(case),
                     count=count, conclusion=council.conclusion, at=at)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    project = funding.project_by_id(case.project_id)
    if accepted:
        draft_results(case, project, by=by, at=at)
    _issue_sheets(case, row, by=by, at=at)
    outbox.post("acceptance/mail/graded.txt", to=funding.holders(project), key=f"acceptance-graded:{case.public_id}:{case.round}", at=at, project=project,
                case=case, evaluation=row, level={lang: queries.levels_of(project, lang)[level] for lang in ("vi", "en")})  # fmt: skip
    return row


def _issue_sheets(case: Case, row: Evaluation, *, by: User | None, at: datetime) -> Paper:
    """The rating sheets of a round in one paper: each product's levels, each sheet's level, the council's."""
    project = funding.project_by_id(case.project_id)
    names, count = queries.levels_of(project), row.count
    said = {**names, "short": "Thiếu, trong mức cho phép", "none": "Không áp dụng"}

    def levels(question: str) -> str:
        given = [member["sheet"].get(question) for member in count["members"]]
        return "; ".join(f"{said[code]}: {given.count(code)}" for code in said if code in given)

    products = [{"name": line.name, "quality": levels(f"quality_{line.position}"), "quantity": levels(f"quantity_{line.position}"), "volume": levels(f"volume_{line.position}")}
                for line in queries.lines_of(case)]  # fmt: skip
    sheets = [{"points": "" if member["points"] is None else str(member["points"]), "level": names[member["level"]]}
              for member in count["members"]]  # fmt: skip
    return papers.issue(template="acceptance/rating_sheet", subject=case, by=by, at=at, title=f"Tổng hợp phiếu đánh giá nghiệm thu nhiệm vụ {project.code}", data={
        **face(project), "products": products, "report": levels("report"), "sheets": sheets, "remarks": "\n".join(f"– {text}" for text in once_each(count["remarks"])),
        "points": f"{count['mean_hundredths'] / 100:.2f}".replace(".", ",") if "mean_hundredths" in count else "", "late": row.days_late,
        "level": names[row.grade], "conclusion": row.conclusion or "", "round": row.number, **_led(row)})  # fmt: skip


def _led(row: Evaluation) -> dict[str, str]:
    council = sessions.council_by_pid(row.council_pid or "")
    leader = sessions.presiding(council) if council is not None else None
    secretary = sessions.kept_by(council) if council is not None else None
    return {"leader": leader.user.name if leader else "", "secretary": secretary.user.name if secretary else ""}


# --- the end --------------------------------------------------------------------------------------------------


def recognise(case: Case, *, number: str, dated: date, remark: str | None = None, by: User, at: datetime, seen: Any = None) -> Paper:
    """Recognise the results by decision: the project ends well, and the tranche that waits for acceptance falls due."""
    check_apart(case, by)
    check_recognisable(case)
    project = funding.project_by_id(case.project_id)
    _check_day(case, dated, at)
    check_seen(case, seen)
    case.decision_number, case.decision_date, case.decided_by_id, case.decided_at = nfc(number), dated, by.id, at
    go(case, "recognise", by=by, at=at, reason=remark, detail={"number": case.decision_number})
    money.record_closing(project, ClosingKind.RECOGNISED, dated=dated, number=case.decision_number, by=by, at=at)
    results = [{"code": result.code, "title": result.title, "certificate": result.certificate_number or ""} for result in queries.registered_results(project.id)]
    paper = papers.issue(template="acceptance/recognition", subject=case, by=by, at=at, number=case.decision_number, dated=dated,
                         title=f"Quyết định công nhận kết quả nhiệm vụ {project.code}", data={
        **face(project), "bases": papers.bases_of("acceptance/recognition", on=project.decision_date), "level": queries.levels_of(project)[case.grade or ""],
        "results": results, "remark": remark or ""})  # fmt: skip
    tell(case, "recognised", at=at)
    return paper


def _check_day(case: Case, dated: date, at: datetime) -> None:
    if case.graded_at is None:
        raise WrongState(N_("The council has not rated this project."))
    check_day(dated, field="dated", since=local(case.graded_at).date(), until=local(at).date())


def reevaluate(case: Case, *, reason: str, by: User, at: datetime, seen: Any = None) -> None:
    """Let a project that was not accepted be evaluated again: the dossier is open once more. As often as the rule allows."""
    check_apart(case, by)
    check_failed(case.accepted)
    check_another_round(case)
    check_seen(case, seen)
    go(case, "reevaluate", by=by, at=at, reason=reason, detail={"round": case.round + 1})
    case.round += 1
    case.reason = reason
    case.grade = case.accepted = case.graded_at = case.council_pid = case.seated_at = None
    case.checked_at = case.checked_by_id = case.check_remark = None
    db.session.flush()
    tell(case, "reevaluate", at=at, reason=reason)


def fail(case: Case, *, cause: Cause, reason: str, number: str, dated: date, bar: bool = False, by: User, at: datetime, seen: Any = None) -> Paper:
    """Close a project that was not accepted, with the cause: it decides what is paid back.

    `bar` keeps investigator and host from applying for the years of the rule people.debarment_years (rated_fail).
    """
    check_apart(case, by)
    check_failed(case.accepted)
    _check_day(case, dated, at)
    check_seen(case, seen)
    project = funding.project_by_id(case.project_id)
    case.cause, case.reason, case.decision_number, case.decision_date = cause, reason, nfc(number), dated
    case.decided_by_id, case.decided_at = by.id, at
    go(case, "fail", by=by, at=at, reason=reason, detail={"cause": str(cause), "number": case.decision_number})
    money.record_closing(project, ClosingKind.FAILED, dated=dated, number=case.decision_number, cause=cause, by=by, at=at)
    years = int(rulebook.value("people.debarment_years", on=dated)["rated_fail"]) if bar else 0
    if years:
        _bar(case, years, dated, by=by, at=at)
    paper = papers.issue(template="acceptance/failure", subject=case, by=by, at=at, number=case.decision_number, dated=dated,
                         title=f"Quyết định về kết quả nghiệm thu không đạt nhiệm vụ {project.code}", data={
        **face(project), "bases": papers.bases_of("acceptance/failure", on=project.decision_date), "level": queries.levels_of(project)[case.grade or ""],
        "cause": CAUSES[cause], "reason": reason, "percent": refund_percent(project), "years": years or ""})  # fmt: skip
    tell(case, "failed", at=at)
    return paper


def _bar(case: Case, years: int, dated: date, *, by: User, at: datetime) -> None:
    project, until = funding.project_by_id(case.project_id), months_after(dated, 12 * years)
    if project.pi_id is not None:
        debar("rated_fail", from_date=dated, until=until, user_id=project.pi_id)
    debar("rated_fail", from_date=dated, until=until, organisation_id=project.host_id)
    journal.record(case, "debar", by=by, at=at, detail={"years": years, "until": until.isoformat()})
