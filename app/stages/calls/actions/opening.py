"""The opening session: after the deadline, before people who are named, with minutes that list every dossier and the state of its seal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.calls import queries
from app.stages.calls.actions.running import close, settle_topic
from app.stages.calls.models import Call, CallTopic, Opening, OpeningPresent
from app.stages.calls.rules import (
    CALL,
    Attendee,
    CallState,
    Capacity,
    TopicOutcome,
    check_attendance,
    check_openable,
)

SEALS = {True: "Nguyên vẹn", False: "KHÔNG KHỚP", None: ""}


def open_dossiers(call: Call, dossier_list: Sequence[Mapping[str, Any]], *, by: User | None, at: datetime, people: Sequence[Attendee] = (), place: str = "",
                  present: str = "", remarks: str = "", seen: int | str | None = None) -> None:  # fmt: skip
    """Open the dossiers after the deadline and issue the minutes with their list.

    Each line of `dossier_list` has "call_topic" (public id), "code", "title", "host", "pi", "received_at" (shown text or an aware
    instant), and may have "files" (how many), "seal" (is what is there what was received?) and "remark" (on paper, late). A topic
    that nobody answered is free again from here on. `people` are those who are there; `present` says it in one text instead. `remarks`: what
    was noted at the opening, of an envelope for instance.
    """
    if call.opened_at is not None:  # two officers: the second is told what happened, not that the page is old
        raise WrongState(N_("The dossiers of this call are open already; the minutes are on its page."))
    check_openable(call, at)
    check_seen(call, seen)
    if people or not present:
        check_attendance(people, int(rulebook.value("calls.opening_witnesses", on=local(at).date())))
        if not nfc(place or ""):
            raise Incomplete(N_("Please give the place."), field="place")
    if call.state == CallState.PUBLISHED:
        close(call, at=at)
    call_topics = queries.topics_of(call)
    counts = {ct.public_id: sum(line["call_topic"] == ct.public_id for line in dossier_list) for ct in call_topics}
    stray = [line["code"] for line in dossier_list if line["call_topic"] not in counts]
    if stray:
        raise Incomplete(N_("Dossier %(code)s answers no topic of this call."), code=stray[0])
    call.opened_at = at
    for ct in call_topics:
        ct.dossiers = counts[ct.public_id]
    CALL.advance(call, "open_dossiers", by=by, at=at, detail={"dossiers": len(dossier_list), "topics": counts})
    for ct in call_topics:
        if ct.dossiers == 0:
            settle_topic(ct, TopicOutcome.NO_DOSSIER, reason="Không có hồ sơ đăng ký", by=by, at=at)
    if people and by is not None:
        _session(call, people, nfc(place), by, at)
    paper = papers.issue(template="calls/opening", subject=call, title=f"Biên bản mở hồ sơ: {call.title}", by=by, at=at,
                         data=_minutes(call, call_topics, dossier_list, people, nfc(place or ""), nfc(present), by, at) | {"remarks": nfc(remarks or "")})  # fmt: skip
    call.minutes_pid = paper.public_id
    db.session.flush()


def _session(call: Call, people: Sequence[Attendee], place: str, by: User, at: datetime) -> None:
    row = Opening(call_id=call.id, held_at=at, place=place, by_id=by.id)
    db.session.add(row)
    db.session.flush()
    db.session.add_all(OpeningPresent(opening_id=row.id, position=n, capacity=p.capacity, name=nfc(p.name), body=nfc(p.body), office=nfc(p.office) or None)
                       for n, p in enumerate(people, start=1))  # fmt: skip


def _minutes(call: Call, call_topics: Sequence[CallTopic], lines: Sequence[Mapping[str, Any]], people: Sequence[Attendee], place: str, present: str, by: User | None,
             at: datetime) -> dict[str, Any]:  # fmt: skip
    topics = {ct.public_id: ct.topic for ct in call_topics}
    broken = [li["code"] for li in lines if li.get("seal") is False]
    return {
        "title": call.title, "number": call.number or "", "opened": _shown(at), "deadline": _shown(call.deadline), "present": present, "place": place,
        "people": [{"name": p.name, "body": p.body, "office": p.office} for p in people if p.capacity == Capacity.PRESENT],
        "witnesses": [{"name": p.name, "body": p.body, "office": p.office} for p in people if p.capacity == Capacity.WITNESS],
        "count": len(lines), "officer": by.name if by else "", "broken": ", ".join(broken),
        "dossiers": [{"code": li["code"], "topic": topics[li["call_topic"]].code, "title": li["title"], "host": li["host"], "pi": li["pi"],
                      "received": _shown(li["received_at"]), "remark": li.get("remark", ""), "files": str(li.get("files", "")),
                      "seal": SEALS[li.get("seal")]} for li in lines],
        "empty": [{"code": ct.topic.code, "title": ct.topic.title} for ct in call_topics if not ct.dossiers],
    }  # fmt: skip


def _shown(moment: datetime | str) -> str:
    return moment if isinstance(moment, str) else f"{local(moment):%H:%M:%S ngày %d/%m/%Y}"
