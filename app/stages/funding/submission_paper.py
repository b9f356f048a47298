"""The submission (tờ trình) that asks for the approval of an award: a draft while it waits, a paper from the moment it is decided on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.services.papers import actions as papers
from app.services.papers import queries as issued
from app.services.papers.blocks import build
from app.services.papers.models import Paper
from app.services.papers.rules import paper_date
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.funding import ledger, queries, signing
from app.stages.funding.models import Submission
from app.stages.funding.rules import ON_PAPER

TEMPLATE = "funding/submission"


def data_of(submission: Submission) -> dict[str, Any]:
    """What the submission says, from what waits to be decided."""
    appraisal = queries.appraisal_by_id(submission.appraisal_id)
    proposal = queries.proposal_of(appraisal)
    bodies = rulebook.value("papers.bodies", on=submission.dated)
    holds = signing.office(on=submission.dated)
    up = holds.signer == "province" or (holds.most is not None and submission.approved_state > holds.most)
    years = ledger.from_year(ledger.totals(queries.lines_of(appraisal))["years"], submission.dated.year)
    return {
        "receiver": bodies["committee"]["name"] if up else f"Giám đốc {bodies['department']['name']}", "body": bodies["department"]["name"] if up else "bộ phận chuyên môn",
        "held_on": appraisal.held_on.isoformat(), "title": submission.title, "code": proposal.code, "host": proposal.host.name, "pi": proposal.pi.name,
        "months": submission.duration_months, "starts_on": submission.starts_on.isoformat(), "total": submission.approved_state + submission.approved_counterpart,
        "state": submission.approved_state, "counterpart": submission.approved_counterpart, "lump_sum": ON_PAPER[submission.lump_sum], "remark": submission.remark or "",
        "years": [{"year": year, "state": parts["state"], "counterpart": parts["counterpart"]} for year, parts in years.items()],
    }  # fmt: skip


def issue(submission: Submission, *, by: User, at: datetime) -> Paper:
    """Freeze the submission on which somebody just decided, with its number where no other paper took it."""
    bodies = rulebook.value("papers.bodies", on=submission.dated)
    number = submission.number
    if number and issued.is_taken(number, bodies["department"]["name"], submission.dated.year):
        number = None
    return papers.issue(template=TEMPLATE, subject=submission, data=data_of(submission), by=by, at=at, number=number, dated=submission.dated, body=bodies["department"]["name"],
                        title=f"Tờ trình phê duyệt nhiệm vụ: {submission.title}"[:500])  # fmt: skip


def draft(submission: Submission) -> dict[str, Any]:
    """The same before it is decided: to be looked at, printed and signed."""
    day = submission.dated
    bodies = rulebook.value("papers.bodies", on=day)
    given = data_of(submission) | {"bases": issued.bases_of(TEMPLATE, on=day), "office": rulebook.value("papers.offices", on=day)["department"]["head"], "signer": ""}
    return {"title": "Tờ trình", "number": submission.number, "body": bodies["department"]["name"], "parent": bodies["committee"]["name"], "place": bodies["place"],
            "longdate": paper_date(day), "blocks": build(papers.current_text(TEMPLATE, on=day), given)}  # fmt: skip
