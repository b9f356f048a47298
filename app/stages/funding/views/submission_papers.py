"""/funding/submissions/<pid>.pdf: the submission as a draft, before somebody decides on it."""

from __future__ import annotations

from typing import Any

from app.kernel.permissions import Do
from app.kernel.web import allow, or_404
from app.services.papers.drawn import blank_file
from app.stages.funding import queries, submission_paper
from app.stages.funding.views.blueprint import bp

__all__ = ["bp"]


@bp.get("/submissions/<pid>.pdf", defaults={"ending": "pdf"})
@bp.get("/submissions/<pid>.docx", defaults={"ending": "docx"})
@allow(Do.FUNDING_READ)
def submission_draft(pid: str, ending: str) -> Any:
    row = or_404(queries.submission_by_pid(pid))
    return blank_file(submission_paper.draft(row), f"to-trinh-{row.appraisal.proposal.code.lower().encode('ascii', 'ignore').decode()}.{ending}")
