"""The acts and reads on what a result is by its kind, its protection and its files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm.attributes import flag_modified

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.files import actions as files
from app.services.files import queries as files_of
from app.services.files.models import Attachment
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day, years_after
from app.services.rulebook.rules import RuleMissing
from app.stages.acceptance import resultkinds
from app.stages.acceptance.actions.shared import check_drafted
from app.stages.acceptance.models import Result
from app.stages.acceptance.resultkinds import RIGHT, RIGHTS_ON_PAPER, Access, Right
from app.stages.acceptance.resultmodels import ResultDetail, ResultRight
from app.stages.acceptance.rules import ON_PAPER, ResultState, check_holder
from app.stages.funding import queries as funding
from app.stages.funding.models import Project

LONGEST_YEARS = 120  # no title of protection is longer: copyright ends 50 to 75 years after somebody's death

# --- what it is -----------------------------------------------------------------------------------------------


def details_of(result: Result) -> dict[str, Any]:
    """What is said of the result by its kind; of another kind's answers nothing."""
    row = db.session.scalar(select(ResultDetail).where(ResultDetail.result_id == result.id))
    asked = {a.name for a in resultkinds.ASKED[result.kind]}
    return {name: value for name, value in (row.said if row else {}).items() if name in asked}


def write_details(result: Result, given: Mapping[str, Any], *, by: User, at: datetime, seen: Any = None) -> None:
    """Say what the kind of the result asks: a publication its journal and DOI, a process its steps and figures …"""
    check_drafted(result, by)
    found = resultkinds.said(result.kind, given, today=local(at).date())
    doi = found.get("doi")
    other = db.session.scalar(select(Result.code).join(ResultDetail, ResultDetail.result_id == Result.id).where(ResultDetail.doi == doi, Result.id != result.id)) if doi else None
    if other:
        raise Incomplete(N_("This DOI stands at result %(code)s already."), field="doi", code=other)
    check_seen(result, seen)
    row = db.session.scalar(select(ResultDetail).where(ResultDetail.result_id == result.id)) or ResultDetail(result_id=result.id)
    row.doi, row.said = doi, found
    db.session.add(row)
    flag_modified(result, "title")  # part of the result: a change of one grows its version
    db.session.flush()
    journal.record(result, "write_details", by=by, at=at)


def printed_facts(result: Result) -> list[dict[str, str]]:
    """What is said of the result, as lines of a paper."""
    return resultkinds.printed(result.kind, details_of(result))


def sheet_asked(result: Result, project: Project) -> bool:
    """Does the rule of the project's approval ask a description of technology for this kind of result?"""
    try:
        return str(result.kind) in rulebook.value("acceptance.technology_sheet", on=project.decision_date)
    except RuleMissing:
        return False


def issue_sheet(result: Result, project: Project, face: Mapping[str, Any], *, by: User, at: datetime) -> Paper | None:
    """The description of technology as a paper, where the rule asks for one and the technology is described."""
    known = details_of(result)
    if not known or not sheet_asked(result, project):
        return None
    return papers.issue(template="acceptance/technology_sheet", subject=result, by=by, at=at, title=f"Phiếu mô tả công nghệ {result.code}", data={
        **face, "result": result.title, "result_code": result.code, "kind": ON_PAPER[result.kind], "summary": result.summary or "",
        "facts": resultkinds.printed(result.kind, known), "rights": rights_printed(result), "registrar": by.name})  # fmt: skip


# --- protection -----------------------------------------------------------------------------------------------


def rights_of(result: Result) -> list[ResultRight]:
    """The protection asked for a result, oldest first."""
    return list(db.session.scalars(select(ResultRight).where(ResultRight.result_id == result.id).order_by(ResultRight.applied_on, ResultRight.id)))


def right_by_pid(result: Result, pid: str) -> ResultRight | None:
    """One of them."""
    return db.session.scalar(select(ResultRight).where(ResultRight.public_id == pid, ResultRight.result_id == result.id))


def protected(state: str | None = None) -> ColumnElement[bool]:
    """The condition on Result: protection is asked for it, or stands in this state."""
    wanted = exists().where(ResultRight.result_id == Result.id)
    return wanted.where(ResultRight.state == state) if state else wanted


def rights_printed(result: Result) -> list[dict[str, str]]:
    """Protection as lines of a paper."""
    return [{"kind": RIGHTS_ON_PAPER[r.kind], "title": r.title, "applied": f"{r.applied_number}, {r.applied_on:%d/%m/%Y}", "state": RIGHTS_ON_PAPER[r.state],
             "granted": f"{r.granted_number}, {r.granted_on:%d/%m/%Y}" if r.granted_number and r.granted_on else ""} for r in rights_of(result)]  # fmt: skip


def answers_for(user: User, result: Result) -> bool:
    """Does this person keep the protection and the files of the result: investigator, manager of the host, officer?"""
    return user.can(Do.ACCEPTANCE_REGISTER) or funding.may_request(user, funding.project_by_id(result.project_id))


def check_keeper(result: Result, by: User) -> None:
    """May this person write down protection and files of the result: also after its registration, not when it was left out?"""
    check_holder(answers_for(by, result))
    if result.state == ResultState.DROPPED:
        raise WrongState(N_("This result was left out of the register."))


def file_right(result: Result, *, kind: Right, title: str, applicant: str, number: str, applied_on: date, by: User, at: datetime) -> ResultRight:
    """Write down that protection was applied for."""
    check_keeper(result, by)
    check_day(applied_on, field="applied_on", until=local(at).date())
    number = nfc(number)
    if db.session.scalar(select(ResultRight.id).where(ResultRight.kind == kind, ResultRight.applied_number == number)):
        raise Incomplete(N_("This number of an application is written down already."), field="number")
    row = ResultRight(result_id=result.id, kind=kind, title=nfc(title), applicant=nfc(applicant), applied_number=number, applied_on=applied_on, created_by_id=by.id, created_at=at)
    RIGHT.begin(row, "file_right", by=by, at=at)
    journal.record(result, "file_right", by=by, at=at, detail={"number": number})
    return row


def grant_right(right: ResultRight, result: Result, *, number: str, granted_on: date, expires_on: date | None, by: User, at: datetime, seen: Any = None) -> None:
    """Write down the title: its number and days."""
    check_keeper(result, by)
    check_day(granted_on, field="granted_on", since=right.applied_on, until=local(at).date())
    if expires_on is not None:
        check_day(expires_on, field="expires_on", since=granted_on + timedelta(days=1), until=years_after(granted_on, LONGEST_YEARS))
    number = nfc(number)
    if db.session.scalar(select(ResultRight.id).where(ResultRight.kind == right.kind, ResultRight.granted_number == number, ResultRight.id != right.id)):
        raise Incomplete(N_("This number of a title is written down already."), field="number")
    check_seen(right, seen)
    right.granted_number, right.granted_on, right.expires_on = number, granted_on, expires_on
    RIGHT.advance(right, "grant_right", by=by, at=at)
    journal.record(result, "grant_right", by=by, at=at, detail={"number": number})


def end_right(right: ResultRight, result: Result, *, ended_on: date, reason: str, by: User, at: datetime, seen: Any = None) -> None:
    """Write down that the application was refused, or the title lapsed."""
    check_keeper(result, by)
    check_day(ended_on, field="ended_on", since=right.granted_on or right.applied_on, until=local(at).date())
    check_seen(right, seen)
    right.ended_on, right.reason = ended_on, reason
    verb = "refuse_right" if RIGHT.may(right, "refuse_right") else "lapse_right"
    RIGHT.advance(right, verb, by=by, at=at, reason=reason)
    journal.record(result, verb, by=by, at=at, reason=reason)


# --- files ----------------------------------------------------------------------------------------------------


def files_for(user: User, result: Result) -> list[Attachment]:
    """The files of a result that this person may open."""
    kinds = {str(a) for a in Access} - (set() if may_open_closed(user, result) else {str(Access.CLOSED)})
    return [row for row in files_of.of(result) if row.kind in kinds]


def may_open_closed(user: User, result: Result) -> bool:
    """Closed files are for who reads acceptance by office and who answers for the project."""
    return user.can(Do.ACCEPTANCE_READ) or funding.may_request(user, funding.project_by_id(result.project_id))


files_of.register_closed(Access.CLOSED, may_open_closed)


def attach(result: Result, upload: Any, access: Access, *, by: User, at: datetime) -> Attachment:
    """Give a file to the result, for those whom `access` names."""
    check_keeper(result, by)
    return files.attach(subject=result, upload=upload, kind=str(access), by=by, at=at)


def detach(result: Result, row: Attachment, *, by: User, at: datetime) -> None:
    """Take a file out; after the registration only officers do."""
    check_keeper(result, by)
    if result.state == ResultState.REGISTERED and not by.can(Do.ACCEPTANCE_REGISTER):
        raise WrongState(N_("Files of a registered result are taken out by the Department only."))
    files.remove(row, subject=result, by=by, at=at)


def public_files(result: Result) -> list[Attachment]:
    """The files that anybody may open, once the result is public."""
    return [row for row in files_of.of(result, kind=str(Access.PUBLIC)) if row.offered] if result.is_public else []
