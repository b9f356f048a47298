"""The acts on topics: made of an approved idea or of an imported list, put in a call, assigned, reopened, dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.kernel import outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.rules import check_number
from app.services.people import queries as people
from app.services.people.models import Organisation, User
from app.services.rulebook.calendar import check_day
from app.stages.ideas.models import Idea, Topic, TopicProduct, TopicProposer
from app.stages.ideas.rules import (
    CALLERS_AGAIN,
    RECOMMENDED,
    TOPIC,
    Mode,
    Outcome,
    RedirectTo,
    TopicState,
    as_lines,
    topic_code,
)
from app.stages.plan.models import Priority
from app.stages.plan.suggestion import actions as suggestion

# papers are in Vietnamese, whatever the language of the one who issues them
MODES = {Mode.SELECTION: "Tuyển chọn", Mode.DIRECT: "Giao trực tiếp"}
PASSED_ON = {RedirectTo.ENTERPRISE: "Chuyển doanh nghiệp", RedirectTo.FUND: "Chuyển Quỹ phát triển khoa học và công nghệ"}


def make(idea: Idea, *, number: str, dated: date, body: str, by: User | None, at: datetime) -> Topic:
    """The topic that a recommended idea becomes, with both titles."""
    topic = Topic(
        title=idea.final_title, proposed_title=idea.title, aim=idea.final_aim, products=as_lines(idea.required) or idea.final_products or "", mode=idea.mode,
        kind=idea.kind, field=idea.field, ceiling=idea.ceiling if idea.ceiling is not None else idea.state_budget,
        duration_months=idea.final_months if idea.final_months is not None else idea.duration_months,
        year=idea.year, item=idea.item, idea_id=idea.id, receiver_organisation_id=idea.receiver_organisation_id, commitment=idea.commitment,
        assigned=idea.host, other_items=list(idea.other_items),
    )  # fmt: skip
    _begin(topic, "approve", number=number, dated=dated, body=body, by=by, at=at, found_by=[i.title for i in idea.merged])
    for p in idea.required:
        db.session.add(TopicProduct(topic_id=topic.id, position=p.position, kind=p.kind, name=p.name, unit=p.unit, quantity=p.quantity, quality=p.quality))
    for position, one in enumerate([idea, *idea.merged], start=1):
        db.session.add(TopicProposer(topic_id=topic.id, position=position, idea_id=one.id, code=one.code or "", title=one.title, person=one.owner.name,
                                     body=one.organisation.name))  # fmt: skip
    db.session.flush()
    db.session.expire(topic, ["required", "proposers"])
    return topic


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


def _begin(topic: Topic, verb: str, *, number: str, dated: date, body: str, by: User | None, at: datetime,
           found_by: Sequence[str] = ()) -> Topic:  # fmt: skip
    year = local(at).year
    topic.code = topic_code(year, papers.next_number("topic", year))
    topic.folded = fold(" ".join([topic.code, topic.title, topic.proposed_title or "", *found_by]))
    topic.decision_number, topic.decision_date, topic.decision_body, topic.created_at = number, dated, body, at
    TOPIC.begin(topic, verb, by=by, at=at, detail={"number": number, "item": topic.item.code})
    suggestion.confirm(topic, topic.title, topic.item, at=at)
    return topic


def issue_decision(topics: Sequence[Topic], ideas: Sequence[Idea], *, number: str, dated: date, body: str, asked_in: str, by: User | None, at: datetime) -> None:
    """Issue the decision with its list as one paper; every topic points to it."""
    subject: Any = topics[0] if topics else ideas[0]
    data = {
        "number": number, "dated": dated.isoformat(), "body": body, "count": len(topics), "signer": by.name if by else "",
        "topics": [_listed(topic) for topic in topics], "asked_in": asked_in,
        "proposers": [{"code": topic.code, "who": "; ".join(f"{p.body} ({p.code})" for p in found)} for topic in topics if (found := _proposers(topic))],
        "others": [{"title": i.title, "outcome": ended(i), "reason": i.outcome_reason or ""} for i in ideas if i.outcome not in RECOMMENDED],
    }  # fmt: skip
    paper = papers.issue(template="ideas/decision", subject=subject, title=f"Quyết định {number} phê duyệt danh mục nhiệm vụ khoa học và công nghệ",
                         data=data, number=number, dated=dated, body=body, public=True, by=by, at=at)  # fmt: skip
    for topic in topics:
        topic.decision_paper_pid = paper.public_id
    db.session.flush()


def _listed(topic: Topic) -> dict[str, Any]:
    return {
        "code": topic.code, "title": topic.title, "aim": topic.aim, "products": topic.products, "item": topic.item.face,
        "mode": MODES[topic.mode], "assigned": topic.assigned.name if topic.assigned else "", "ceiling": topic.ceiling or 0,
        "months": topic.duration_months or 0, "receiver": receiver.name if (receiver := _receiver(topic)) else "",
    }  # fmt: skip


def _receiver(topic: Topic) -> Organisation | None:
    return db.session.get(Organisation, topic.receiver_organisation_id) if topic.receiver_organisation_id is not None else None


def _proposers(topic: Topic) -> list[TopicProposer]:
    return list(db.session.scalars(select(TopicProposer).where(TopicProposer.topic_id == topic.id).order_by(TopicProposer.position)))


def ended(idea: Idea) -> str:
    if idea.redirect_to is None:
        return "Không đưa vào danh mục" + (" (Hội đồng không thông qua ý kiến nào)" if idea.outcome == Outcome.NOT_ADOPTED else "")
    return PASSED_ON[idea.redirect_to] + (f": {idea.passed_to}" if idea.passed_to else "")


def put_in_call(topic: Topic, *, by: User | None, at: datetime, detail: dict[str, Any] | None = None) -> None:
    """The topic is in a call from now on."""
    TOPIC.advance(topic, "put_in_call", by=by, at=at, detail=detail)


def assign(topic: Topic, *, by: User | None, at: datetime, detail: dict[str, Any] | None = None) -> None:
    """A project carries the topic out."""
    TOPIC.advance(topic, "assign", by=by, at=at, detail=detail)


def vacate(topic: Topic, reason: str, *, by: User | None, at: datetime) -> None:
    """The project that was to carry it out will not: the topic stands in its call again, until another dossier takes the place or it is free."""
    TOPIC.advance(topic, "vacate", by=by, at=at, reason=_reason(reason))


def open_again(topic: Topic, *, by: User | None, at: datetime) -> tuple[str, dict[str, str]]:
    """Draft the next round for a topic that is open again, everything carried over; returns (endpoint, arguments) of the draft.

    Calls knows how: it registers itself in CALLERS_AGAIN, because this room comes before it.
    """
    if topic.state != TopicState.OPEN_AGAIN or not CALLERS_AGAIN:
        raise WrongState(N_("Only a topic that is open again can be called again."))
    return CALLERS_AGAIN[-1](topic, by=by, at=at)


def reopen(topic: Topic, reason: str, *, by: User | None, at: datetime) -> None:
    """No project came of it: the topic is free again for another call."""
    TOPIC.advance(topic, "reopen", by=by, at=at, reason=_reason(reason))


def drop(topic: Topic, reason: str, *, document: str, dated: date | None, by: User | None, at: datetime, seen: int | str | None = None) -> None:
    """Take a topic off the list for good, by a decision as the list was. Who proposed it and who was to receive its result are told."""
    number = check_number(document, field="document", like="1207/QĐ-UBND")[:60]
    if dated is None:
        raise Incomplete(N_("Please give the date of the decision."), field="dated")
    check_day(dated, field="dated", since=topic.decision_date, until=local(at).date())
    TOPIC.advance(topic, "drop", by=by, at=at, reason=_reason(reason), seen=seen, detail={"number": number, "dated": dated.isoformat()})  # type: ignore[arg-type]
    outbox.post("ideas/mail/topic_dropped.txt", to=told_of_drop(topic), key=f"topic-dropped:{topic.public_id}", at=at, topic=topic, number=number, dated=dated,
                reason=_reason(reason))  # fmt: skip


def told_of_drop(topic: Topic) -> list[User]:
    """Who hears that a topic left the list: who proposed it, and who signs for the body that was to receive its result or to carry it out."""
    owners = db.session.scalars(select(User).join(Idea, Idea.owner_id == User.id).join(TopicProposer, TopicProposer.idea_id == Idea.id)
                                .where(TopicProposer.topic_id == topic.id).order_by(User.sort_name))  # fmt: skip
    bodies = [b for b in (topic.receiver_organisation_id, topic.assigned_organisation_id) if b is not None]
    return list({u.id: u for u in [*owners, *(u for body in bodies for u in people.managers_of(body))]}.values())


def _reason(reason: str) -> str:
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    return nfc(reason)
