"""The acts on topics: made of an approved idea or of an imported list, put in a call, assigned, reopened, dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.people.models import Organisation, User
from app.stages.ideas.models import Idea, Topic
from app.stages.ideas.rules import RECOMMENDED, TOPIC, Mode, RedirectTo, topic_code
from app.stages.plan.models import Priority
from app.stages.plan.suggestion import actions as suggestion

# papers are in Vietnamese, whatever the language of the one who issues them
MODES = {Mode.SELECTION: "Tuyển chọn", Mode.DIRECT: "Giao trực tiếp"}
PASSED_ON = {RedirectTo.ENTERPRISE: "Chuyển doanh nghiệp", RedirectTo.FUND: "Chuyển Quỹ phát triển khoa học và công nghệ"}


def make(idea: Idea, *, number: str, dated: date, body: str, by: User | None, at: datetime) -> Topic:
    """The topic that a recommended idea becomes, with both titles."""
    topic = Topic(
        title=idea.final_title, proposed_title=idea.title, aim=idea.final_aim, products=idea.final_products or "", mode=idea.mode, kind=idea.kind,
        field=idea.field, ceiling=idea.ceiling if idea.ceiling is not None else idea.state_budget, duration_months=idea.duration_months,
        year=idea.year, item=idea.item, idea_id=idea.id, receiver_organisation_id=idea.receiver_organisation_id, commitment=idea.commitment,
        assigned=idea.host, other_items=list(idea.other_items),
    )  # fmt: skip
    return _begin(topic, "approve", number=number, dated=dated, body=body, by=by, at=at)


def enter_topic(*, title: str, item: Priority, mode: Mode, kind: str, year: int, aim: str, products: str, number: str, dated: date, body: str,
                by: User | None, at: datetime, ceiling: int | None = None, duration_months: int | None = None,
                assigned: Organisation | None = None, field: str | None = None) -> Topic:  # fmt: skip
    """Enter a topic of a list that was decided outside the system (an import). Raises Incomplete."""
    if not nfc(title):
        raise Incomplete(N_("The title is missing."), field="title")
    if (mode == Mode.DIRECT) != (assigned is not None):
        raise Incomplete(N_("Direct assignment names one organisation."), field="host")
    topic = Topic(title=nfc(title), aim=nfc(aim), products=nfc(products), mode=mode, kind=kind, field=field, ceiling=ceiling, year=year,
                  duration_months=duration_months, item=item, assigned=assigned)  # fmt: skip
    return _begin(topic, "import", number=number, dated=dated, body=body, by=by, at=at)


def _begin(topic: Topic, verb: str, *, number: str, dated: date, body: str, by: User | None, at: datetime) -> Topic:
    year = local(at).year
    topic.code = topic_code(year, papers.next_number("topic", year))
    topic.folded = fold(f"{topic.code} {topic.title} {topic.proposed_title or ''}")
    topic.decision_number, topic.decision_date, topic.decision_body, topic.created_at = number, dated, body, at
    TOPIC.begin(topic, verb, by=by, at=at, detail={"number": number, "item": topic.item.code})
    suggestion.confirm(topic, topic.title, topic.item, at=at)
    return topic


def issue_decision(topics: Sequence[Topic], ideas: Sequence[Idea], *, number: str, dated: date, body: str, by: User | None, at: datetime) -> None:
    """Issue the decision with its list as one paper; every topic points to it."""
    subject: Any = topics[0] if topics else ideas[0]
    data = {
        "number": number, "dated": dated.isoformat(), "body": body, "count": len(topics), "signer": by.name if by else "",
        "topics": [_listed(topic) for topic in topics],
        "others": [{"title": i.title, "outcome": _ended(i), "reason": i.outcome_reason or ""} for i in ideas if i.outcome not in RECOMMENDED],
    }  # fmt: skip
    paper = papers.issue(template="ideas/decision", subject=subject, title=f"Quyết định {number} phê duyệt danh mục nhiệm vụ khoa học và công nghệ",
                         data=data, number=number, dated=dated, body=body, public=True, by=by, at=at)  # fmt: skip
    for topic in topics:
        topic.decision_paper_pid = paper.public_id
    db.session.flush()


def _listed(topic: Topic) -> dict[str, Any]:
    return {
        "code": topic.code, "title": topic.title, "aim": topic.aim, "products": topic.products, "item": topic.item.code,
        "mode": MODES[topic.mode], "assigned": topic.assigned.name if topic.assigned else "", "ceiling": topic.ceiling or 0,
        "months": topic.duration_months or 0,
    }  # fmt: skip


def _ended(idea: Idea) -> str:
    return PASSED_ON[idea.redirect_to] if idea.redirect_to is not None else "Không đưa vào danh mục"


def put_in_call(topic: Topic, *, by: User | None, at: datetime, detail: dict[str, Any] | None = None) -> None:
    """The topic is in a call from now on."""
    TOPIC.advance(topic, "put_in_call", by=by, at=at, detail=detail)


def assign(topic: Topic, *, by: User | None, at: datetime, detail: dict[str, Any] | None = None) -> None:
    """A project carries the topic out."""
    TOPIC.advance(topic, "assign", by=by, at=at, detail=detail)


def reopen(topic: Topic, reason: str, *, by: User | None, at: datetime) -> None:
    """No project came of it: the topic is free again for another call."""
    TOPIC.advance(topic, "reopen", by=by, at=at, reason=_reason(reason))


def drop(topic: Topic, reason: str, *, by: User | None, at: datetime, seen: int | str | None = None) -> None:
    """Take a topic off the list for good."""
    TOPIC.advance(topic, "drop", by=by, at=at, reason=_reason(reason), seen=seen)  # type: ignore[arg-type]


def _reason(reason: str) -> str:
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    return nfc(reason)
