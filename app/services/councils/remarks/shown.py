"""What the desks of councils say: how much is done and until when; who is late; what blocks the session, each linked to its act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.permissions import Do
from app.services.councils import queries, shown
from app.services.councils.actions.session import broken_items, quorum, runs
from app.services.councils.models import Council
from app.services.councils.remarks import queries as remarks
from app.services.councils.remarks.queries import Line
from app.services.councils.room import queries as room
from app.services.councils.room import shown as room_shown
from app.services.councils.rules import PREPARED, CouncilState


def by_council(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The member's lines, council by council, each with how much is done."""
    found: dict[int, list[Line]] = {}
    for line in lines:
        found.setdefault(line.council.id, []).append(line)
    return [{"council": group[0].council, "lines": group, "seat": group[0].seat, **progress(group)} for group in found.values()]


def progress(group: Sequence[Line]) -> dict[str, Any]:
    """How many of the tasks are done: remarks before the session, ballots in it."""
    council = group[0].council
    voting = council.state == CouncilState.CONVENED
    tasks = [line for line in group if not line.out and (voting or line.must or line.remark is not None)]
    done = sum(line.cast if voting else line.dealt_with for line in tasks)
    due = None if voting else group[0].due
    return {"done": done, "all": len(tasks), "voting": voting, "due": due, "when": in_days(due) if due and done < len(tasks) else "",
            "late": bool(due and done < len(tasks) and clock.today() > due)}  # fmt: skip


def in_days(day: date) -> str:
    """When that is, seen from today."""
    days = (day - clock.today()).days
    if days < 0:
        return _("%(n)s days late", n=-days)
    if days == 0:
        return _("due today")
    return _("due tomorrow") if days == 1 else _("due in %(n)s days", n=days)


def members(council: Council) -> list[dict[str, Any]]:
    """Each member with the state of the remarks: how many are in of those that are awaited. Not what they say."""
    lines = remarks.lines_of(council, council.seats, clock.today())
    found = []
    for seat in council.seats:
        own = [line for line in lines if line.seat.id == seat.id and not line.out]
        done = sum(line.remark is not None and line.remark.submitted_at is not None for line in own)
        waits = any(line.must and not line.dealt_with for line in own)
        found.append({"seat": seat, "done": done, "all": len(own), "must": any(line.must for line in own), "waits": waits, "late": any(line.must and line.late for line in own)})
    return found


def blockers(council: Council) -> list[tuple[str, str | None, str]]:
    """What keeps the session from its end, each as (sentence, address of the act that mends it, what it is called)."""
    if council.state in PREPARED:
        return _in_preparation(council)
    if council.state == CouncilState.ESTABLISHED:
        return _before_session(council)
    if council.state == CouncilState.CONVENED:
        return _in_session(council)
    return []


def _to(council: Council, endpoint: str) -> str:
    return url_for(f"councils.{endpoint}", pid=council.public_id)


def _in_preparation(council: Council) -> list[tuple[str, str | None, str]]:
    may = current_user.can(Do.COUNCILS_RUN) and council.state == CouncilState.DRAFT
    *seats, time = shown.told(shown.ready(council))
    found: list[tuple[str, str | None, str]] = [(said, _to(council, "appoint") if may else None, _("Appoint a member")) for kept, said, _source in seats if not kept]
    if not time[0]:
        found.append((time[1], _to(council, "schedule") if current_user.can(Do.COUNCILS_RUN) else None, _("Set time and place")))
    if council.state == CouncilState.PROPOSED:
        found.append((_("The council waits for the leader's decision."), _to(council, "establish") if current_user.can(Do.COUNCILS_ESTABLISH) else None, _("Establish the council")))
    return found


def _before_session(council: Council) -> list[tuple[str, str | None, str]]:
    found: list[tuple[str, str | None, str]] = []
    missing = dict.fromkeys(line.seat.user.name for line in remarks.missing(council, clock.today()))
    if missing:
        found.append((_("Remarks that are awaited: %(names)s.", names=", ".join(missing)), f"{_to(council, 'progress')}#remind", _("Remind")))
    undeclared = [s.user.name for s in council.seats if s.declared_at is None]
    if undeclared:
        found.append((_("Not declared yet: %(names)s.", names=", ".join(undeclared)), None, ""))
    own = queries.seat_of(council, current_user)
    if own is not None and own.declared_at is None:
        found[-1] = (found[-1][0], _to(council, "declare"), _("Declare conflicts of interest"))
    keeps = runs(council, current_user)
    for item, checks in broken_items(council, clock.now(), all_there=True).items():
        found.append((_("Item %(n)s has no quorum even when everybody comes: %(why)s", n=item.position, why=shown.told(checks)[0][1]), _to(council, "show"), _("To the council")))
    if council.meets_at is not None and clock.local(council.meets_at).date() <= clock.today():
        short = room_shown.short(council, quorum(council, clock.now()))
        if not short["kept"]:
            said = _("Quorum: needed %(need)s of %(all)s, present %(have)s.", need=short["need"], all=short["all"], have=short["have"])
            found.append((said, _to(council, "attend") if keeps else None, _("Note attendance")))
        elif keeps:
            found.append((_("Everybody who is needed is there; the session is not open yet."), _to(council, "convene"), _("Open the session")))
    return found


def _in_session(council: Council) -> list[tuple[str, str | None, str]]:
    if not runs(council, current_user):
        return []
    course = room.course_of(council, clock.now())
    found: list[tuple[str, str | None, str]] = [(said, _to(council, "room"), _("Session room")) for said in room_shown.obstacles(council, course)]
    if room_shown.vice_needs(council):
        found.append((_("The vice chair has to preside and no written authorisation is noted."), _to(council, "authorise"), _("Note the authorisation")))
    return found
