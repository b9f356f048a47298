"""What the room shows to one person now: the step, the agenda, who is there, the quorum, what may be read, what may be done."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import sentence_of
from app.services.councils import offers, queries, recusals, shown
from app.services.councils.actions.session import quorum, runs
from app.services.councils.forms import in_words
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.councils.remarks import queries as remarks
from app.services.councils.room import actions, talk
from app.services.councils.room import queries as room
from app.services.councils.room.queries import Course
from app.services.councils.room.rules import Station
from app.services.councils.rules import UNDER_WAY, Check, CouncilState


def tag_of(seq: int) -> str:
    """The version of what this person sees: council's newest act, person and language."""
    return hashlib.sha256(f"{seq}:{current_user.id}:{get_locale()}".encode()).hexdigest()[:24]


def scene(council: Council) -> dict[str, Any]:
    """Everything on the page of the room that can change while the session goes on."""
    seat, at = queries.seat_of(council, current_user), clock.now()
    course = room.course_of(council, at)
    keeps = runs(council, current_user)
    items = shown.items(council, seat)
    station, checks, rule = course.station, quorum(council, at), _quorum_rule(council)
    return {
        "council": council, "seat": seat, "keeps": keeps, "course": course, "now": station_of(course, station), "next": station_of(course, course.next),
        "running": council.state == CouncilState.CONVENED, "under_way": council.state in UNDER_WAY, "items": items,
        "line": _line(course), "place": _place(course), "quorum": shown.told(checks, f"{rule.key} · {rule.source} · {_(rule.mark.label)}") if council.state in UNDER_WAY else [],
        "short": short(council, checks), "members": _members(council), "inside": room.inside(council), "obstacles": obstacles(council, course) if keeps else [],
        "leader": queries.presiding(council), "keeper": queries.keeping(council), "reading": _reading(council, course, station, seat),
        "talk": _talk(council, course, seat, items), "mine": _own(council, seat, items), "boxes": offers.boxes(council, seat, at=at) if seat is not None else [],
        "back": fits(council, actions.check_back) if keeps else False, "once": lambda: secrets.token_urlsafe(24), "step_key": actions.key_of(course.next) if course.next else "",
        "hour": lambda at: f"{clock.local(at):%H:%M}", "vice_needs": keeps and vice_needs(council),
    }  # fmt: skip


def station_of(course: Course, station: Station | None) -> dict[str, Any] | None:
    if station is None:
        return None
    return {"words": in_words(station.step), "item": course.item_of(station), "code": station.code, "opens": station.step.get("opens"), "shows": station.step.get("shows")}


def _line(course: Course) -> list[dict[str, Any]]:
    """The whole order of work: each step with its state and when it was begun."""
    here, taken = course.here, {}
    for step in course.steps:
        item = course.by_id[step.agenda_item_id].public_id if step.agenda_item_id else None
        taken[(step.code, item)] = step
    lines = []
    for n, station in enumerate(course.stations):
        step = taken.get((station.code, station.item))
        skipped = step is None and (station.item in course.skipped or station.step.get("if", "always") not in course.have)
        state = "current" if n == here else "done" if step is not None and here is not None and n < here else "skipped" if skipped else ""
        lines.append({"words": in_words(station.step), "item": course.item_of(station), "state": state, "at": step.at if step else None, "back": step.back if step else None})
    return lines


def _place(course: Course) -> tuple[int, int]:
    """(this step, all steps) of the order of work."""
    return (course.here + 1 if course.here is not None else 0), len(course.stations)


def _quorum_rule(council: Council) -> Any:
    return room.rule(council, f"councils.{council.kind}.quorum", clock.today())


def short(council: Council, checks: Sequence[Check]) -> dict[str, Any]:
    """The quorum in one line, by its checks as they stand: needed, there, who is missing."""
    rule = _quorum_rule(council).value
    need, have = ceil(Fraction(*rule["fraction"]) * len(council.seats)), sum(s.present for s in council.seats)
    broken = [c for c in checks if not c.kept]
    roles = dict.fromkeys(str(_(role.label)) for check in broken for role in check.roles)
    return {"need": need, "all": len(council.seats), "have": have, "roles": list(roles), "kept": not broken,
            "away": [s.user.name for s in council.seats if not s.present]}  # fmt: skip


def _members(council: Council) -> list[dict[str, Any]]:
    """Each member: there or not, how, since when, when gone; out of which items, since when."""
    lines: dict[int, list[Any]] = {}
    for line in room.presences(council, room.number(council)):
        if line.seat_id is not None:
            lines.setdefault(line.seat_id, []).append(line)
    out: dict[int, list[recusals.Out]] = {}
    for row in recusals.of(council):
        if row.until is None:
            out.setdefault(row.seat.id, []).append(row)
    return [{"seat": s, "out": out.get(s.id, []), "lines": lines.get(s.id, []), "how": lines[s.id][-1].how if s.present and s.id in lines else None} for s in council.seats]


def obstacles(council: Council, course: Course) -> list[str]:
    """What keeps the session from its next step, in sentences."""
    if council.state != CouncilState.CONVENED:
        return []
    return [sentence_of(refusal) for refusal in actions.obstacles(council, course, clock.now())]


def _out(council: Council, seat: Seat | None, item: AgendaItem | None) -> bool:
    return seat is not None and item is not None and (seat.id, item.id) in queries.recusals_of(council)


def _reading(council: Council, course: Course, station: Station | None, seat: Seat | None) -> dict[str, Any] | None:
    """What is read out at this step: the reviewers' remarks, or those of absent members, for reference only."""
    what = station.step.get("shows") if station is not None else None
    item = course.item_of(station) if station is not None else None
    if what is None or item is None or _out(council, seat, item):
        return None
    wanted = [r for r in remarks.handed_in(item) if (str(r.seat.role) == "reviewer" if what == "reviewers" else not r.seat.present)]
    parts = room.rule(council, "councils.remark_form", clock.today()).value["parts"]
    told = [(r, [(in_words(p), r.content[p["code"]]) for p in parts if r.content.get(p["code"])]) for r in wanted]
    return {"what": what, "item": item, "remarks": told, "rule": room.rule(council, "councils.absent_opinion", clock.today())}


def _talk(council: Council, course: Course, seat: Seat | None, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Notes of the members and answers of the applicants, of the items that this person deals with."""
    at, found = clock.now(), []
    notes, askings = room.notes_on(council.agenda), room.askings_of(council)
    for row in items:
        item = row["item"]
        if row["out"]:
            continue
        may = seat is not None and fits(item, lambda row, by: talk.may_discuss(council, row, by=by, at=at))
        reads = current_user.can(Do.COUNCILS_READ) or may or (seat is not None and (council.state == CouncilState.CONVENED or remarks.may_read_others(item, seat)))
        asks = fits(item, lambda row, by: talk.may_ask(council, row, by=by, at=at))
        if may or asks or (reads and notes[item.id]) or askings[item.id]:
            found.append({"item": item, "notes": notes[item.id] if reads else [], "askings": askings[item.id], "may": may, "asks": asks,
                          "here": course.station is not None and course.station.item == item.public_id})  # fmt: skip
    return found


def _own(council: Council, seat: Seat | None, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The member's own ballots: to cast now, cast, or not yet."""
    if seat is None or council.state != CouncilState.CONVENED:
        return []
    found, able = [], {i.id for i in offers.ballots(council, seat, at=clock.now())}
    for row in items:
        item = row["item"]
        now = item.id in able
        if now or row["ballot"] is not None:
            found.append({"item": item, "now": now})
    return found


def vice_needs(council: Council) -> bool:
    """Does the vice chair have to preside, without an authorisation noted?"""
    if council.vice_authorised or council.state not in UNDER_WAY:
        return False
    by_role = {str(s.role): s for s in council.seats}
    chair, vice = by_role.get("chair"), by_role.get("vice_chair")
    if vice is None or chair is None:
        return False
    recused = {seat for seat, _item in queries.recusals_of(council)}
    return (vice.present and not chair.present) or chair.id in recused
