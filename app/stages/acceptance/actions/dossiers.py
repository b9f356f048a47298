"""The dossier: begin, self-evaluate, attach, submit, return, check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.files import actions as files
from app.services.files.models import Attachment
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.people import queries as people
from app.services.people.models import User
from app.stages.acceptance import queries
from app.stages.acceptance.actions.going import go
from app.stages.acceptance.actions.shared import (
    check_begin,
    check_checker,
    check_own,
    running_contract,
)
from app.stages.acceptance.models import Case, CaseLine
from app.stages.acceptance.rules import (
    CASE,
    missing_documents,
    unfinished,
)
from app.stages.funding import queries as funding
from app.stages.funding.models import Project


def begin(project: Project, *, by: User, at: datetime) -> Case:
    """Begin the acceptance of a project: one line for each promised product. Once per project."""
    check_begin(project, by)
    contract = running_contract(project)
    case = Case(project_id=project.id, due_on=queries.dossier_due(project, contract.ends_on), created_by_id=by.id, created_at=at)
    try:
        CASE.begin(case, "begin", by=by, at=at)
    except IntegrityError as failure:
        raise WrongState(N_("The acceptance of this project has begun already.")) from failure
    products = [(product.id, product.name) for product in funding.products_of(project)] or [(None, project.title)]
    db.session.add_all(CaseLine(case_id=case.id, position=n, project_product_id=product_id, name=name) for n, (product_id, name) in enumerate(products, 1))
    db.session.flush()
    return case


def self_evaluate(case: Case, lines: Mapping[int, Mapping[str, str | None]], *, grade: str | None, note: str | None, by: User, at: datetime,
                  seen: Any = None) -> None:  # fmt: skip
    """Write what was delivered, product by product ({position: {quantity, quality, level}}), and the grade the host gives itself.

    It may be unfinished; submitting asks for all of it.
    """
    project = _own(case, by)
    check_seen(case, seen)
    levels = queries.levels_of(project)
    for code in (grade, *(answer.get("level") for answer in lines.values())):
        if code and code not in levels:
            raise Incomplete(N_("Please choose one from the list."), field="grade")
    for line in queries.lines_of(case):
        answer = lines.get(line.position, {})
        line.delivered_quantity, line.delivered_quality = answer.get("quantity") or None, answer.get("quality") or None
        line.level = answer.get("level") or None
    case.self_grade, case.self_note = grade or None, note or None
    flag_modified(case, "self_note")  # lines are part of the case: a change of one grows its version
    db.session.flush()
    journal.record(case, "self_evaluate", by=by, at=at, detail={"grade": grade})


def attach(case: Case, *, kind: str, upload: Any, by: User, at: datetime) -> Attachment:
    """Put a document into the dossier; the kinds are those of the rule."""
    project = _own(case, by)
    if kind not in {document["code"] for document in queries.documents_of(project)}:
        raise Incomplete(N_("Please choose one from the list."), field="kind")
    return files.attach(subject=case, upload=upload, kind=kind, by=by, at=at)


def remove_file(case: Case, attachment: Attachment, *, by: User, at: datetime) -> None:
    """Take a document out of the dossier."""
    _own(case, by)
    files.remove(attachment, subject=case, by=by, at=at)


def _own(case: Case, by: User) -> Project:
    """The project of a dossier that this person may write in. Raises WrongState, NotAllowed."""
    check_own(case, by)
    return funding.project_by_id(case.project_id)


def submit(case: Case, *, by: User, at: datetime, seen: Any = None) -> Paper:
    """Hand the dossier in: every product is evaluated, every needed document is there. The self-evaluation is issued."""
    project = _own(case, by)
    contract = running_contract(project)
    check_seen(case, seen)
    lines = queries.lines_of(case)
    if left := unfinished(lines):
        raise Incomplete(N_("The self-evaluation of product %(n)s is not finished."), n=left[0].position)
    if not case.self_grade:
        raise Incomplete(N_("The self-evaluation has no overall grade yet."))
    if missing := missing_documents(queries.documents_of(project), queries.given_documents(case)):
        raise Incomplete(N_("These documents are missing: %(kinds)s."), kinds=", ".join(kind["vi"] for kind in missing))
    if case.first_submitted_at is None:
        case.due_on, case.first_submitted_at = queries.dossier_due(project, contract.ends_on), at
    case.submitted_at, case.submitted_by_id, case.reason = at, by.id, None
    case.checked_at = case.checked_by_id = case.check_remark = None
    late = queries.lateness(case)
    go(case, "submit", by=by, at=at, detail={"round": case.round, "days_late": late})
    levels = queries.levels_of(project)
    paper = papers.issue(template="acceptance/self_evaluation", subject=case, by=by, at=at, title=f"Báo cáo tự đánh giá nhiệm vụ {project.code}", data={
        **face(project), "lines": [{"name": line.name, "promised": promised(line), "quantity": line.delivered_quantity, "quality": line.delivered_quality,
                                    "level": levels[line.level or ""]} for line in lines],
        "grade": levels[case.self_grade], "note": case.self_note or "", "due_on": case.due_on.isoformat(), "submitted_on": local(at).date().isoformat(),
        "late": late, "round": case.round})  # fmt: skip
    outbox.post("acceptance/mail/submitted.txt", to=people.users_with(Do.ACCEPTANCE_CHECK), key=f"acceptance-submitted:{case.public_id}:{case.version}", at=at,
                project=project, case=case, late=late)  # fmt: skip
    return paper


def face(project: Project) -> dict[str, Any]:
    """What every paper of acceptance says of the project."""
    return {"code": project.code, "title": project.title, "host": funding.host_name(project), "pi": project.pi_name}


def promised(line: CaseLine) -> str:
    """What the award asks for, in one cell: quantity with unit, and quality."""
    product = line.product
    if product is None:
        return ""
    amount = " ".join(part for part in (product.quantity, product.unit) if part)
    return "; ".join(part for part in (amount, product.quality) if part)


def return_dossier(case: Case, *, reason: str, by: User, at: datetime, seen: Any = None) -> Paper:
    """Send the dossier back with what is missing; the answer is issued."""
    check_checker(case, by)
    check_seen(case, seen)
    go(case, "return", by=by, at=at, reason=reason)
    case.reason = reason
    db.session.flush()
    return _answer(case, "returned", valid=False, remark=reason, by=by, at=at)


def check(case: Case, *, remark: str | None = None, by: User, at: datetime, seen: Any = None) -> Paper:
    """Confirm that the dossier is valid; the answer is issued and the host is told."""
    check_checker(case, by)
    check_seen(case, seen)
    case.checked_at, case.checked_by_id, case.check_remark = at, by.id, remark
    go(case, "check", by=by, at=at, reason=remark)
    return _answer(case, "valid", valid=True, remark=remark or "", by=by, at=at)


def _answer(case: Case, mail: str, *, valid: bool, remark: str, by: User, at: datetime) -> Paper:
    project = funding.project_by_id(case.project_id)
    assert case.submitted_at is not None
    paper = papers.issue(template="acceptance/validity", subject=case, by=by, at=at, title=f"Thông báo về hồ sơ nghiệm thu nhiệm vụ {project.code}", data={
        **face(project), "received_on": local(case.submitted_at).date().isoformat(), "valid": valid, "remark": remark,
        "late": queries.lateness(case)})  # fmt: skip
    outbox.post(f"acceptance/mail/{mail}.txt", to=funding.holders(project), key=f"acceptance-{mail}:{case.public_id}:{case.version}", at=at,
                project=project, case=case, remark=remark)  # fmt: skip
    return paper
