"""The papers of a council: the decision that sets it up, and the minutes with the count of its ballots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from app.kernel.clock import local
from app.services.councils import queries, recusals
from app.services.councils.models import Council, Seat
from app.services.councils.procedures import Told, invalid_lines
from app.services.councils.room import printed
from app.services.councils.rules import Kind, SeatRole
from app.services.experts import queries as experts
from app.services.papers import actions as papers
from app.services.papers.blocks import once_each
from app.services.papers.models import Paper
from app.services.people import queries as people
from app.services.people.models import User

# papers are in Vietnamese, whatever the language of the one who issues them
ROLES = {SeatRole.CHAIR: "Chủ tịch", SeatRole.VICE_CHAIR: "Phó Chủ tịch", SeatRole.REVIEWER: "Ủy viên phản biện",
         SeatRole.SECRETARY: "Ủy viên thư ký khoa học", SeatRole.MEMBER: "Ủy viên"}  # fmt: skip
TASKS = {Kind.IDENTIFICATION: "tư vấn xác định nhiệm vụ khoa học và công nghệ", Kind.SELECTION: "tư vấn tuyển chọn, giao trực tiếp tổ chức, cá nhân chủ trì nhiệm vụ khoa học và công nghệ",
         Kind.APPRAISAL: "thẩm định kinh phí nhiệm vụ khoa học và công nghệ", Kind.ACCEPTANCE: "tư vấn đánh giá, nghiệm thu nhiệm vụ khoa học và công nghệ",
         Kind.EFFECTIVENESS: "tư vấn đánh giá hiệu quả ứng dụng kết quả nhiệm vụ khoa học và công nghệ"}  # fmt: skip
ORDER = list(ROLES)


def _sorted(seats: Iterable[Seat]) -> list[Seat]:
    return sorted(seats, key=lambda s: (ORDER.index(s.role), s.id))


def _names(seats: Iterable[Seat]) -> dict[int, str]:
    """These members with rank or degree, by seat."""
    rows = list(seats)
    titles = experts.titles_of(s.user for s in rows)
    return {s.id: " ".join(filter(None, (titles[s.user_id], s.user.name))) for s in rows}


def _named(seat: Seat) -> str:
    return _names([seat])[seat.id]


def _members(council: Council) -> list[dict[str, Any]]:
    """The members as papers list them, with who came to a session and who left it before its end."""
    came = {pid for session in council.sessions or [] for pid in session["present"]}
    bodies, names = experts.bodies_of(s.user for s in council.seats), _names(council.seats)
    return [{"name": names[s.id], "role": ROLES[s.role], "body": bodies[s.user_id],
             "present": "Có mặt" if s.present else "Có mặt, về trước" if s.public_id in came else "Vắng mặt"} for s in _sorted(council.seats)]  # fmt: skip


def listed(council: Council) -> list[dict[str, str]]:
    """Who sat, as papers name them: rank or degree and name, role, body. In the order of the roles."""
    bodies, names = experts.bodies_of(s.user for s in council.seats), _names(council.seats)
    return [{"name": names[s.id], "role": ROLES[s.role], "body": bodies[s.user_id], "label": s.role.label} for s in _sorted(council.seats)]


def issue_decision(council: Council, *, by: User, at: datetime) -> Paper:
    """The decision that sets the council up, with its members and agenda."""
    data = {"number": council.decision_number, "title": council.title, "task": TASKS[council.kind], "members": _members(council), "count": len(council.seats),
            "items": [{"title": item.title} for item in council.agenda], "meets_at": f"{local(council.meets_at):%H:%M ngày %d/%m/%Y}" if council.meets_at else "",
            "place": council.place or ""}  # fmt: skip
    return papers.issue(template="councils/decision", subject=council, title=f"Quyết định thành lập {council.title}"[:500], data=data,
                        number=council.decision_number, dated=council.decision_dated, by=by, at=at)  # fmt: skip


def issue_invitation(council: Council, seat: Seat, *, by: User | None, at: datetime) -> Paper:
    """The invitation of one member, with nobody else's name on it: it is on the seat, which only its member and the Department read."""
    data = {"title": council.title, "name": _named(seat), "role": ROLES[seat.role], "body": experts.bodies_of([seat.user])[seat.user_id], "decision": _decision(council),
            "items": [{"title": item.title} for item in council.agenda if item.given_back_at is None and item.opened_at is None],
            "meets_at": f"{local(council.meets_at):%H:%M ngày %d/%m/%Y}" if council.meets_at else "", "place": council.place or ""}  # fmt: skip
    return papers.issue(template="councils/invitation", subject=seat, title=f"Giấy mời {seat.user.name}: {council.title}"[:500], data=data, by=by, at=at)


def issue_counting(council: Council, results: Mapping[str, Mapping[str, Any]], *, by: User, at: datetime) -> Paper | None:
    """The counting minutes: for each box how many ballots came, how many are valid and why not, the result, the hashes of the receipts."""
    items = queries.counted_items(council)
    if not items:
        return None
    facts, _remarks, seals = _counted(council, results, at)
    rules, recused = queries.rules_of(council, on=local(at).date()), queries.recusals_of(council)
    boxes, defects = [], []
    for item in items:
        place, result = str(item.position), results[item.public_id]
        ballots, invalid = int(result.get("ballots", len(result["seals"]))), int(result.get("invalid") or 0)
        out = sum((seat.id, item.id) in recused for seat in council.seats)
        boxes.append({"item": place, "title": item.title, "present": str(result.get("present", ballots)), "ballots": str(ballots),
                      "valid": str(ballots - invalid), "invalid": str(invalid)})  # fmt: skip
        defects += [{"item": place, "said": said["vi"]} for _what, said in invalid_lines(result, rules)]
        if out:
            defects.append({"item": place, "said": f"{out} thành viên không bỏ phiếu do xung đột lợi ích"})
    tellers = [u.name for pid in council.tellers or [] if (u := people.user_by_pid(pid)) is not None]
    led = _led(council, results)
    keeper = queries.kept_by(council)
    data = {"title": council.title, "number": council.decision_number, "held": _held(council), "place": council.place or "", "led": led, "tellers": ", ".join(tellers), "boxes": boxes,
            "defects": defects, "facts": facts, "seals": seals, "head": tellers[0] if tellers else keeper.user.name if keeper else "", "leader": results[items[-1].public_id].get("led", "")}  # fmt: skip
    return papers.issue(template="councils/counting", subject=council, title=f"Biên bản kiểm phiếu {council.title}"[:500], data=data, by=by, at=at)


def issue_dissolution(council: Council, *, number: str, dated: date, reason: str, by: User, at: datetime) -> Paper:
    """The decision that dissolves an established council."""
    data = {"number": number, "title": council.title, "decision": _decision(council), "reason": reason}
    return papers.issue(template="councils/dissolution", subject=council, title=f"Quyết định giải thể {council.title}"[:500], data=data, number=number, dated=dated, by=by, at=at)


def issue_replacement(council: Council, old: Seat, new: Seat, *, number: str, dated: date, reason: str, by: User, at: datetime) -> Paper:
    """The decision that puts another person into a seat."""
    data = {"number": number, "title": council.title, "decision": _decision(council), "reason": reason, "role": ROLES[old.role], "old": _named(old),
            "new": _named(new), "body": experts.bodies_of([new.user])[new.user_id]}  # fmt: skip
    return papers.issue(template="councils/replacement", subject=council, title=f"Quyết định thay thành viên {council.title}"[:500], data=data, number=number, dated=dated,
                        by=by, at=at)  # fmt: skip


def _decision(council: Council) -> str:
    return f"{council.decision_number} ngày {council.decision_dated:%d/%m/%Y}" if council.decision_dated else str(council.decision_number)


def issue_minutes(council: Council, results: Mapping[str, Mapping[str, Any]], *, chosen: str | None, reason: str | None, by: User, at: datetime) -> Paper:
    """The minutes: sessions, attendance, recusals, the count of every item with the seals of its ballots, what was given back, the conclusion."""
    facts, remarks, seals = _counted(council, results, at)
    leader, secretary = queries.presiding(council), queries.kept_by(council)
    elected = secretary is not None and secretary.role != SeatRole.SECRETARY
    led = [name for r in results.values() if (name := r.get("led"))]  # who opened the boxes
    chair = next((s.user.name for s in council.seats if s.role == SeatRole.CHAIR), "")
    signs = chair if chair in led or not led else led[0]
    if not led and leader is not None:
        signs = leader.user.name
    members = _members(council)
    data = {
        "title": council.title, "number": council.decision_number, "decided": council.decision_dated.isoformat() if council.decision_dated else None,
        "held": _held(council), "place": council.place or "", "members": members, "led": _led(council, results),
        "present": sum(m["present"] != "Vắng mặt" for m in members), "count": len(council.seats),
        "authorisation": (council.authorisation or "") if any(name != chair for name in [*led, signs]) else "",
        "items": [{"title": item.title} for item in council.agenda], "facts": facts, "remarks": remarks, "seals": seals, "conclusion": council.conclusion,
        "recused": _recused(council), "signed": _signed(council), "course": printed.course(council, at), "times": printed.times(council), "sessions": _sessions(council), "left": [{"name": _named(s), "role": ROLES[s.role]} for s in queries.left_seats(council)],
        "back": [{"item": str(item.position), "title": item.title, "reason": item.given_back_reason or ""} for item in council.agenda if item.given_back_at],
        "chosen": next((item.title for item in council.agenda if item.public_id == chosen), ""), "reason": reason or "",
        "leader": signs, "secretary": secretary.user.name if secretary else "", "kept_as": "THƯ KÝ PHIÊN HỌP" if elected else "THƯ KÝ KHOA HỌC",
        "tellers": ", ".join(u.name for pid in council.tellers or [] if (u := people.user_by_pid(pid)) is not None),
        "elected": _named(secretary) if secretary and elected else "",
    }  # fmt: skip
    return papers.issue(template="councils/minutes", subject=council, title=f"Biên bản họp {council.title}"[:500], data=data, by=by, at=at)


def _counted(council: Council, results: Mapping[str, Mapping[str, Any]], at: datetime) -> tuple[list[dict[str, str]], list[dict[str, str]], list[dict[str, str]]]:
    """(what the counts say, members' remarks without names, seals), each line with its place on the agenda."""
    rules = queries.rules_of(council, on=local(at).date())
    facts: list[dict[str, str]] = []
    remarks: list[dict[str, str]] = []
    seals: list[dict[str, str]] = []
    for item in queries.counted_items(council):
        place, result = str(item.position), results[item.public_id]
        told = queries.procedure(council).told(result, queries.subject_of(item), rules)
        facts += [{"item": place, "what": what, "said": said} for what, said in lines_of(told)]
        facts += [{"item": place, "what": what["vi"], "said": said["vi"]} for what, said in invalid_lines(result, rules)]
        remarks += [{"item": place, "said": remark} for remark in told.remarks]
        seals += [{"item": place, "seal": seal} for seal in result["seals"]]
    return facts, remarks, seals


def _day(stored: str) -> str:
    return f"{local(datetime.fromisoformat(stored)):%d/%m/%Y}"


def _held(council: Council) -> str:
    """The days on which the council sat; of a council held before sessions were kept, the day it was called for."""
    if council.sessions:
        return ", ".join(dict.fromkeys(_day(session["opened"]) for session in council.sessions))
    return f"{local(council.meets_at):%d/%m/%Y}" if council.meets_at else ""


def _sessions(council: Council) -> list[dict[str, str]]:
    """The sessions one by one, when there was more than one."""
    held = council.sessions or []
    return [{"opened": f"{local(datetime.fromisoformat(s['opened'])):%H:%M %d/%m/%Y}", "place": s["place"] or "", "led": s["led"],
             "present": str(len(s["present"])), "reason": s.get("reason", "")} for s in held] if len(held) > 1 else []  # fmt: skip


def _led(council: Council, results: Mapping[str, Mapping[str, Any]]) -> str:
    """Who presided; when several did, over which items."""
    items: dict[str, list[str]] = {}
    for item in queries.counted_items(council):
        items.setdefault(results[item.public_id].get("led", ""), []).append(str(item.position))
    items.pop("", None)
    if not items and council.sessions:
        return str(council.sessions[-1]["led"])
    return next(iter(items), "") if len(items) < 2 else "; ".join(f"{name} (nội dung {', '.join(places)})" for name, places in items.items())


def _hour(instant: datetime | None) -> str:
    return f"{local(instant):%H:%M %d/%m/%Y}" if instant else ""


def _recused(council: Council) -> list[dict[str, str]]:
    """Who was out of which item, from when to when, and why."""
    return [{"name": out.seat.user.name, "item": str(out.item.position), "since": _hour(out.since), "until": _hour(out.until), "reason": out.row.reason} for out in recusals.of(council)]


def _signed(council: Council) -> list[dict[str, str]]:
    """Who signed the declaration of conflicts for which session, and when."""
    return [{"name": seat.user.name, "session": str(row.session), "at": _hour(row.signed_at), "out": str(len(row.items)) if row.items else "Không có"}
            for seat, row in recusals.declarations_of(council)]  # fmt: skip


def lines_of(told: Told) -> list[tuple[str, str]]:
    """A count as lines of what and how much, in Vietnamese."""
    lines = [(words["vi"], "; ".join(once_each((value if isinstance(value, str) else value["vi"]).split("; ")))) for words, value in told.facts]
    if told.table:
        head, *rows = [[cell if isinstance(cell, str) else cell["vi"] for cell in row] for row in told.table]
        lines += [(row[0], "; ".join(f"{label}: {cell}" for label, cell in zip(head[1:], row[1:], strict=True))) for row in rows]
    return lines
