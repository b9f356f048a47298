"""Plays of ideas: from an order form to a topic on an approved list."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.kernel.clock import local
from app.services.people import queries as people
from app.stages.ideas import actions, receiving
from app.stages.ideas.actions import Identified
from app.stages.ideas.models import Idea, Topic
from app.stages.ideas.rules import Mode, Outcome
from app.stages.plan import queries as plans
from app.stages.plan.models import Priority

DAY = timedelta(days=1)


def form(cast: Cast, *, title: str, kind: str = "DT_CN", budget: int = 1_200_000_000, months: int = 24, receiver: str = "agency1") -> dict[str, object]:
    """A whole order form: what `draft` and `revise` take."""
    return {
        "title": title, "field": "agricultural", "kind": kind,
        "basis": "Chương trình 54-CTr/TU ngày 08/4/2024; Kế hoạch 1821/KH-UBND ngày 18/6/2024.",
        "need": "Sản xuất tại địa phương đang thiếu quy trình phù hợp, sản lượng và chất lượng không ổn định, chi phí còn cao.",
        "aim": "Xây dựng và chuyển giao được quy trình phù hợp với điều kiện của tỉnh.",
        "contents": "Khảo sát hiện trạng; nghiên cứu, hoàn thiện quy trình; xây dựng mô hình; tập huấn và chuyển giao.",
        "products": "01 quy trình kỹ thuật được công nhận; 02 mô hình trình diễn; 02 bài báo khoa học; tập huấn 100 lượt người.",
        "effects": "Nâng hiệu quả sản xuất từ 15%, giảm phát thải, tạo việc làm ổn định cho người dân.",
        "state_budget": budget, "other_budget": 0, "duration_months": months,
        "receiver": cast.org(receiver), "committed_by": "Huỳnh Nông Nghiệp, Phó Giám đốc",
        "commitment": "Cơ quan tiếp nhận kết quả, bố trí cán bộ và kinh phí để áp dụng, nhân rộng trong 03 năm sau nghiệm thu.",
    }  # fmt: skip


def _item(item: Priority | str) -> Priority:
    found = plans.item(item) if isinstance(item, str) else item
    if found is None:
        raise LookupError(f"the plan in force has no item {item}")
    return found


def drafted_idea(cast: Cast, *, title: str, at: datetime, by: str = "pi1", **more: object) -> Idea:
    """An order form that is being written."""
    person = cast[by]
    return actions.draft(form(cast, title=title, **more), organisation=person.organisations[0], by=person, at=at)  # type: ignore[arg-type]


def submitted_idea(cast: Cast, *, item: Priority | str, title: str, at: datetime, by: str = "pi1", **more: object) -> Idea:
    """An order form that was submitted and tied to a priority item by an officer."""
    idea = drafted_idea(cast, title=title, at=at, by=by, **more)
    actions.submit(idea, by=cast[by], at=at)
    actions.link_item(idea, _item(item), by=cast["officer"], at=at + timedelta(hours=1))
    return idea


def identified_idea(cast: Cast, *, item: Priority | str, title: str, at: datetime, outcome: Outcome = Outcome.DO, by: str = "pi1",
                    final_title: str | None = None, mode: Mode | str = Mode.SELECTION, assigned: object = None,
                    ceiling: int | None = None, minutes: str = "12/BB-HĐXĐ", **more: object) -> Idea:  # fmt: skip
    """An idea with a recommended outcome, recorded from minutes on paper."""
    idea = submitted_idea(cast, item=item, title=title, at=at, by=by, **more)
    receiver = next(iter(people.managers_of(idea.receiver_organisation_id or 0)), None)
    if receiver is not None:
        receiving.answer(idea, confirmed=True, person=idea.committed_by or "", document=f"{100 + idea.id}/CV", by=receiver, at=at + timedelta(hours=3))
    later = at + 10 * DAY
    found = Identified(outcome, title=final_title, mode=Mode(mode), host=assigned, ceiling=ceiling)  # type: ignore[arg-type]
    actions.record_identification(idea, found, minutes_number=minutes, minutes_dated=local(later).date(), by=cast["officer"], at=later)
    return idea


def approved_topic(cast: Cast, *, item: Priority | str, title: str, at: datetime, mode: Mode | str = Mode.SELECTION, kind: str = "DT_CN",
                   assigned: object = None, ceiling: int | None = None, by: str = "pi1", final_title: str | None = None,
                   number: str | None = None, **more: object) -> Topic:  # fmt: skip
    """A topic of an approved list. `at` is when the idea is written; the decision follows 20 days later.

    `assigned` is the Organisation of a direct assignment (host1's when none is named); `number` the decision's.
    """
    if Mode(mode) == Mode.DIRECT and assigned is None:
        assigned = cast.org("host1")
    outcome = Outcome.DO_WITH_CHANGES if final_title else Outcome.DO
    idea = identified_idea(cast, item=item, title=title, at=at, outcome=outcome, by=by, final_title=final_title, mode=mode, assigned=assigned,
                           ceiling=ceiling, kind=kind, **more)  # fmt: skip
    later = at + 20 * DAY
    # the body's own register: any number that is not taken; the idea's serial is unique in its year
    decision = number or f"{1000 + int((idea.code or '0').rsplit('-', 1)[-1])}/QĐ-UBND"
    return actions.approve_list([idea], number=decision, dated=local(later).date(), by=cast["province"], at=later)[0]


def approved_topics(cast: Cast, *, at: datetime, entries: list[dict[str, object]], number: str | None = None) -> list[Topic]:
    """Several topics of one approved list; each entry is what `identified_idea` takes, without `at`."""
    ideas = [identified_idea(cast, at=at, **entry) for entry in entries]  # type: ignore[arg-type]
    later = at + 20 * DAY
    decision = number or f"{1000 + ideas[0].id}/QĐ-UBND"
    return actions.approve_list(ideas, number=decision, dated=local(later).date(), by=cast["province"], at=later)
