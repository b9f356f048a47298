"""What a report is shown by: files beside it, as long as it is not handed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.kernel.errors import Incomplete, WrongState
from app.kernel.words import N_
from app.services.files import actions as files
from app.services.files.models import Attachment
from app.services.people.models import User
from app.stages.execution import queries
from app.stages.execution.actions.shared import check_holder, running
from app.stages.execution.models import Report
from app.stages.execution.rules import OPEN_REPORTS
from app.stages.funding import queries as awards


def check_writing(report: Report, by: User) -> None:
    """May this person still change what belongs to the report?"""
    project = awards.project_by_id(report.project_id)
    running(project)
    check_holder(project, by)
    if report.state not in OPEN_REPORTS:
        raise WrongState(N_("The report has been handed in and cannot be changed now."))


def attach_evidence(report: Report, *, kind: str, upload: Any, by: User, at: datetime) -> Attachment:
    """Put a file beside the report; the kinds are those of the rule."""
    check_writing(report, by)
    if kind not in {document["code"] for document in queries.evidence_kinds(awards.project_by_id(report.project_id))}:
        raise Incomplete(N_("Please choose one from the list."), field="kind")
    return files.attach(subject=report, upload=upload, kind=kind, by=by, at=at)


def remove_evidence(report: Report, attachment: Attachment, *, by: User, at: datetime) -> None:
    """Take a file out again."""
    check_writing(report, by)
    files.remove(attachment, subject=report, by=by, at=at)
