"""The submission (tờ trình): the Department puts what identification recommends to the people's committee, as one paper.

It stays in the house: who wrote an idea reads of the recommendation in the decision. An idea is put forward once; when
what is recommended for it is corrected afterwards, it must be put forward again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.councils import queries as councils
from app.services.papers import actions as papers
from app.services.papers import queries as issued
from app.services.papers.models import Paper
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.ideas import queries, topics, wholeness
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import (
    RECOMMENDED,
    CommitmentState,
    as_lines,
    check_decidable,
)

TEMPLATE = queries.SUBMISSION


def put_forward(ideas: Sequence[Idea], *, number: str | None, dated: date | None, by: User | None, at: datetime, whole_only: bool = False) -> Paper:
    """Issue the submission for these identified ideas. The number may be left for the registry to give; `whole_only` refuses what lacks a part.

    Raises Incomplete for a number or day that cannot be, WrongState for an idea that is not identified or put forward already.
    """
    ordered = sorted(ideas, key=lambda i: (i.rank if i.rank is not None else 10_000, i.id))
    check_decidable(ordered)
    if again := next((i for i in ordered if i.submission_pid is not None), None):
        raise WrongState(N_("%(code)s is put forward already."), field="ideas", code=again.code or "")
    today = local(at).date()
    if dated is None:
        raise Incomplete(N_("Please give the date of the submission."), field="dated")
    check_day(dated, field="dated", since=max(i.minutes_dated or local(i.identified_at).date() for i in ordered if i.identified_at), until=today)
    queries.load_whole(ordered)
    if whole_only:
        wholeness.check_whole(ordered)
    named = _number(number, dated)
    paper = papers.issue(template=TEMPLATE, subject=ordered[0], title="Tờ trình về việc phê duyệt danh mục nhiệm vụ khoa học và công nghệ đặt hàng",
                         data=_content(ordered, dated), number=named, dated=dated, body=None, by=by, at=at)  # fmt: skip
    for idea in ordered:
        idea.submission_pid = paper.public_id
    db.session.flush()
    for idea in ordered:
        journal.record(idea, "put_forward", by=by, at=at, detail={"paper": paper.public_id, "number": named})
    return paper


def _number(given: str | None, dated: date) -> str | None:
    """The number as the rulebook's pattern writes it: 89 or 89/TTr-SKHCN."""
    said = nfc(given or "")
    if not said:
        return None
    pattern = rulebook.value("papers.number_patterns", on=dated)["submission"]
    whole = pattern.replace("{N}", said) if re.fullmatch(r"[0-9]{1,6}[a-z]?", said) else said
    if not papers.NUMBER_FORM.fullmatch(whole):
        raise Incomplete(N_("This is not the number of a submission. Please write it like 89 or %(example)s."), field="number", example=pattern.replace("{N}", "89"))
    return str(whole)


def _content(ideas: Sequence[Idea], dated: date) -> dict[str, Any]:
    listed = [i for i in ideas if i.outcome in RECOMMENDED]
    return {
        "committee": rulebook.value("papers.bodies", on=dated)["committee"]["name"], "documents": _grounds(ideas), "count": len(listed), "topics": [_line(i) for i in listed],
        "others": [{"code": i.code, "title": i.title, "outcome": topics.ended(i), "reason": i.outcome_reason or ""} for i in ideas if i.outcome not in RECOMMENDED],
    }  # fmt: skip


def _line(idea: Idea) -> dict[str, Any]:
    return {
        "code": idea.code, "title": idea.final_title, "proposed": idea.title, "aim": idea.final_aim, "products": as_lines(idea.required) or idea.final_products or "",
        "mode": topics.MODES[idea.mode] + (f": {idea.host.name}" if idea.host else "") if idea.mode else "", "item": idea.item.code if idea.item else "",
        "ceiling": idea.ceiling if idea.ceiling is not None else idea.state_budget or 0, "months": idea.final_months or idea.duration_months or 0,
        "receiver": _receiver(idea), "by": "; ".join(dict.fromkeys(i.organisation.name for i in (idea, *idea.merged))),
    }  # fmt: skip


def _receiver(idea: Idea) -> str:
    """The receiving body, and what it said itself."""
    said = {CommitmentState.CONFIRMED: "đã xác nhận", CommitmentState.DECLINED: "không nhận", CommitmentState.ASKED: "chưa trả lời", None: "chưa được hỏi"}
    return f"{idea.receiver.name} ({said[idea.commitment_state]})" if idea.receiver else ""


def _grounds(ideas: Sequence[Idea]) -> list[str]:
    """The minutes on which the recommendations rest: those on paper, and those of councils held here."""
    found = [f"Biên bản số {i.minutes_number} ngày {i.minutes_dated:%d/%m/%Y}" for i in ideas if i.minutes_number and i.minutes_dated]
    for pid in dict.fromkeys(i.council_pid for i in ideas if i.council_pid and not i.minutes_number):
        council = councils.council_by_pid(str(pid))
        minutes = next((p for p in issued.of_keys([("council", str(pid))]) if p.template.endswith("/minutes")), None)
        if council is not None and minutes is not None:
            found.append(f"Biên bản họp{f' số {minutes.number}' if minutes.number else ''} ngày {minutes.dated:%d/%m/%Y} của {council.title}")
    return list(dict.fromkeys(found)) or ["Kết quả xác định nhiệm vụ khoa học và công nghệ"]


def on_paper(ideas: Sequence[Idea]) -> list[Paper]:
    """The submissions by which these ideas were put forward, oldest first."""
    found = [issued.paper_by_pid(pid) for pid in dict.fromkeys(i.submission_pid for i in ideas if i.submission_pid)]
    return sorted((p for p in found if p is not None), key=lambda p: (p.dated, p.id))


def named(papers_: Sequence[Paper]) -> str:
    """How the decision names the submissions it follows."""
    said = [f"Tờ trình{f' số {p.number}' if p.number else ''} ngày {p.dated:%d/%m/%Y}" for p in papers_]
    return f" tại {', '.join(said)}" if said else ""
