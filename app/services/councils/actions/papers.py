"""The papers of a council: the decision that sets it up, and the minutes with the count of its ballots."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.kernel.clock import local
from app.services.councils import queries
from app.services.councils.models import Council
from app.services.councils.procedures import Told
from app.services.councils.rules import Kind, SeatRole
from app.services.papers import actions as papers
from app.services.papers.blocks import once_each
from app.services.papers.models import Paper
from app.services.people.models import User

# papers are in Vietnamese, whatever the language of the one who issues them
ROLES = {SeatRole.CHAIR: "Chủ tịch", SeatRole.VICE_CHAIR: "Phó Chủ tịch", SeatRole.REVIEWER: "Ủy viên phản biện",
         SeatRole.SECRETARY: "Ủy viên thư ký khoa học", SeatRole.MEMBER: "Ủy viên"}  # fmt: skip
TASKS = {Kind.IDENTIFICATION: "tư vấn xác định nhiệm vụ khoa học và công nghệ", Kind.SELECTION: "tư vấn tuyển chọn, giao trực tiếp tổ chức, cá nhân chủ trì nhiệm vụ khoa học và công nghệ",
         Kind.APPRAISAL: "thẩm định kinh phí nhiệm vụ khoa học và công nghệ", Kind.ACCEPTANCE: "tư vấn đánh giá, nghiệm thu nhiệm vụ khoa học và công nghệ"}  # fmt: skip
ORDER = list(ROLES)


def _members(council: Council) -> list[dict[str, Any]]:
    seats = sorted(council.seats, key=lambda s: (ORDER.index(s.role), s.id))
    return [{"name": " ".join(filter(None, (s.user.title, s.user.name))), "role": ROLES[s.role], "present": "Có mặt" if s.present else "Vắng mặt",
             "body": ", ".join(o.name for o in s.user.organisations)} for s in seats]  # fmt: skip


def issue_decision(council: Council, *, by: User, at: datetime) -> Paper:
    """The decision that sets the council up, with its members and agenda."""
    data = {"number": council.decision_number, "title": council.title, "task": TASKS[council.kind], "members": _members(council), "count": len(council.seats),
            "items": [{"title": item.title} for item in council.agenda], "meets_at": f"{local(council.meets_at):%H:%M ngày %d/%m/%Y}" if council.meets_at else "",
            "place": council.place or ""}  # fmt: skip
    return papers.issue(template="councils/decision", subject=council, title=f"Quyết định thành lập {council.title}"[:500], data=data,
                        number=council.decision_number, dated=council.decision_dated, by=by, at=at)  # fmt: skip


def issue_minutes(council: Council, results: Mapping[str, Mapping[str, Any]], *, chosen: str | None, reason: str | None, by: User, at: datetime) -> Paper:
    """The minutes: attendance, recusals, the count of every item with the seals of its ballots, the conclusion."""
    rules = queries.rules_of(council, on=local(at).date())
    facts: list[dict[str, str]] = []
    seals: list[dict[str, str]] = []
    for item in council.agenda:
        told = queries.procedure(council).told(results[item.public_id], queries.subject_of(item), rules)
        facts += [{"item": str(item.position), "what": what, "said": said} for what, said in lines_of(told)]
        seals += [{"item": str(item.position), "seal": seal} for seal in results[item.public_id]["seals"]]
    leader = queries.presiding(council)
    secretary = next((s for s in council.seats if s.role == SeatRole.SECRETARY), None)
    places = {item.id: item.position for item in council.agenda}
    names = {seat.id: seat.user.name for seat in council.seats}
    data = {
        "title": council.title, "number": council.decision_number, "decided": council.decision_dated.isoformat() if council.decision_dated else None,
        "held": f"{local(council.meets_at):%d/%m/%Y}" if council.meets_at else "", "place": council.place or "", "members": _members(council),
        "present": sum(s.present for s in council.seats), "count": len(council.seats), "authorisation": council.authorisation or "",
        "items": [{"title": item.title} for item in council.agenda], "facts": facts, "seals": seals, "conclusion": council.conclusion,
        "recused": [{"name": names[r.seat_id], "item": str(places[r.agenda_item_id]), "reason": r.reason} for r in queries.recusal_rows(council)],
        "chosen": next((item.title for item in council.agenda if item.public_id == chosen), ""), "reason": reason or "",
        "leader": leader.user.name if leader else "", "secretary": secretary.user.name if secretary else "",
    }  # fmt: skip
    return papers.issue(template="councils/minutes", subject=council, title=f"Biên bản họp {council.title}"[:500], data=data, by=by, at=at)


def lines_of(told: Told) -> list[tuple[str, str]]:
    """A count as lines of what and how much, in Vietnamese."""
    lines = [(words["vi"], "; ".join(once_each((value if isinstance(value, str) else value["vi"]).split("; ")))) for words, value in told.facts]
    if told.table:
        head, *rows = [[cell if isinstance(cell, str) else cell["vi"] for cell in row] for row in told.table]
        lines += [(row[0], "; ".join(f"{label}: {cell}" for label, cell in zip(head[1:], row[1:], strict=True))) for row in rows]
    return lines
