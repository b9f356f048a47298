"""What an applicant is told of the own dossier: outcome, mean, mean of each criterion, remarks under pseudonyms. Never who sat, nor who said what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from app.kernel.clock import local
from app.services.councils import counting
from app.services.councils import queries as councils
from app.services.councils.actions import papers as council_papers
from app.services.councils.models import Council
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.selection import scoring
from app.stages.selection.models import RankingLine, Round
from app.stages.selection.rules import Outcome

LETTER = "selection/letter"
COMPLAINT_DAYS, FEEDBACK = "selection.complaint_days", "selection.feedback"
# the letter is in Vietnamese, whatever the language of the one who releases it
ON_PAPER = {Outcome.APPROVE: "ĐẠT, được đề nghị thực hiện", Outcome.REVISE: "ĐẠT, được đề nghị thực hiện sau khi chỉnh sửa",
            Outcome.RESERVE: "ĐẠT, hồ sơ dự phòng", Outcome.REJECT: "KHÔNG ĐẠT"}  # fmt: skip


@dataclass(frozen=True)
class Feedback:
    """What the rule lets an applicant know: an own view, made of nothing that names a member, a seat, a sheet or a time of voting."""

    mean: str | None
    pass_mark: str | None
    criteria: tuple[tuple[Mapping[str, str], str, str], ...]  # (name by language, mean points, highest)
    remarks: tuple[str, ...]


def feedback(line: RankingLine, result: Mapping[str, Any] | None, rule: Mapping[str, Any], sheet: Mapping[str, Any] | None) -> Feedback:
    """The feedback on one dossier by the rule. Pure. Remarks stand in the order of the alphabet: it tells of nobody."""
    told = result or {}
    return Feedback(
        mean=scoring.comma(line.mean_hundredths) if rule.get("mean") else None,
        pass_mark=scoring.shown(told["pass_mark"]) if rule.get("mean") and "pass_mark" in told else None,
        criteria=tuple(_criteria(told, sheet)) if rule.get("criteria_means") and sheet and told else (),
        remarks=tuple(scoring.remarks(told)) if rule.get("remarks") and told else (),
    )


def _criteria(result: Mapping[str, Any], sheet: Mapping[str, Any]) -> list[tuple[Mapping[str, str], str, str]]:
    """The mean points of each criterion over the valid sheets, and the highest that could be had."""
    valid = [s["marks"] for s in result["sheets"] if s["total"] is not None]
    found = []
    for c in sheet["criteria"]:
        marks = [counting.exact(m[c["code"]]) or Fraction(0) for m in valid]
        mean = sum(marks, Fraction(0)) * c["weight"] / len(marks) if marks else Fraction(0)
        found.append(({"vi": c["vi"], "en": c["en"]}, scoring.comma(counting.hundredths(mean)), str(c["weight"] * c.get("top", sheet["top"]))))
    return found


def feedback_on(line: RankingLine, *, council: Council, on: date) -> Feedback:
    """The same from what the council's box said of the dossier; `on` is the day of the letter: its rule of that day holds."""
    result = next((councils.counts_of(council).get(i.public_id) for i in council.agenda if i.subject_pid == line.proposal.public_id), None)
    return feedback(line, result, rulebook.value(FEEDBACK, on=on), scoring.sheet(councils.rules_of(council, on=on)))


def members_named(found: Round, council: Council) -> list[dict[str, str]]:
    """Who sat, with role and body, where the call says that applicants are told; only when the outcome is out. Empty otherwise."""
    if found.concluded_at is None or not found.call_topic.call.names_council:
        return []
    return council_papers.listed(council)


def complain_until(found: Round) -> date | None:
    """The last day on which an applicant may complain about the outcome; None before the letters are out."""
    return rulebook.due(local(found.concluded_at).date(), COMPLAINT_DAYS) if found.concluded_at else None


def issue(found: Round, line: RankingLine, *, council: Council, by: User | None, at: datetime) -> Paper:
    """The letter of one dossier. It is on the dossier: who reads that reads the letter."""
    day = local(at).date()
    told, row = feedback_on(line, council=council, on=day), line.proposal
    until = rulebook.due(day, COMPLAINT_DAYS)
    answer = rulebook.rule("selection.complaint_answer_days", on=day)
    data = {
        "code": row.code, "title": row.title, "host": row.host.name, "pi": row.pi.name, "call": found.call_topic.call.number or found.call_topic.call.title,
        "topic": found.call_topic.topic.title, "topic_code": found.call_topic.topic.code, "outcome": ON_PAPER[outcome_of(line)], "mean": told.mean or "",
        "pass_mark": told.pass_mark or "", "criteria": [{"name": name["vi"], "mean": mean, "top": top} for name, mean, top in told.criteria],
        "remarks": [{"said": said} for said in told.remarks], "changes": line.changes or "", "revise_by": line.revise_by.isoformat() if line.revise_by else "",
        "members": members_named(found, council), "until": until.isoformat(), "answered": f"{answer.value} {'ngày làm việc' if answer.unit == 'working' else 'ngày'}", "again": str(found.session) if found.session > 1 else "",
    }  # fmt: skip
    return papers.issue(template=LETTER, subject=row, title=f"Thông báo kết quả tuyển chọn hồ sơ {row.code}"[:500], data=data, by=by, at=at)


def outcome_of(line: RankingLine) -> Outcome:
    """What the council said of the dossier; lines frozen before outcomes were kept tell it by their places."""
    return line.outcome or (Outcome.APPROVE if line.recommended else Outcome.RESERVE if line.passed else Outcome.REJECT)
