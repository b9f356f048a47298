"""An adapter: calls that were announced elsewhere, read from a JSON file."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.kernel.clock import at_local, local
from app.kernel.db import db
from app.kernel.text import fold, nfc
from app.services.people.models import Organisation
from app.services.rulebook import queries as rulebook
from app.stages.calls import actions
from app.stages.calls.models import Call
from app.stages.ideas import actions as ideas
from app.stages.ideas.rules import Mode
from app.stages.plan import actions as plan_actions
from app.stages.plan import queries as plans

SCHEMA = """A list of objects:

\b
  id          str, required: the key; the same id with the same content changes nothing
  title_vi    str, required
  deadline    "YYYY-MM-DD" (then 17:00) or "YYYY-MM-DDTHH:MM", Vietnamese time; or, when it is not known,
  opened      "YYYY-MM-DD": the day of the opening is then taken as the end of the deadline
  year        int        issuer   str       place   str       dossier  [str]: what to hand in
  notice      "118/TB-SKHCN ngày 7/9/2022"       decision  "2439/QĐ-UBND ngày 8/12/2014"
  tasks       required: [{"title": str, "kind": "đề tài" | "dự án" | "đề án" | code, "mode": "tuyển chọn" |
              "giao trực tiếp", "item": "1.8", "aim", "products": str, "ceiling_vnd": int, "organisation": str}]

Tasks become topics. A task without item is tied to the item “not linked”. A direct assignment needs the name of a known
organisation. A call with a deadline to come is left as a draft for an officer to publish; one whose deadline is past is
entered with its own dates and is closed. Entries without tasks are not calls and are named and left out."""
KINDS = {"de tai": "DT_CN", "du an": "DA_KHCN", "de an": "DE_AN"}
MODES = {"tuyen chon": Mode.SELECTION, "giao truc tiep": Mode.DIRECT, "selection": Mode.SELECTION, "direct": Mode.DIRECT}
_NUMBERED = re.compile(r"(?P<number>\S+)(?:\s+ngày\s+(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4}))?")


@dataclass
class Report:
    """What an import did."""

    calls: list[Call] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def check_file(data: Any) -> list[str]:
    """What is wrong with the file, as sentences (empty = nothing)."""
    if not isinstance(data, list):
        return ["the file is not a list of calls"]
    wrong, seen = [], set()
    for place, entry in enumerate(data, 1):
        where = f"entry {place}"
        if not isinstance(entry, dict):
            wrong.append(f"{where}: not an object")
            continue
        for key in ("id", "title_vi"):
            if not isinstance(entry.get(key), str) or not nfc(entry[key]):
                wrong.append(f"{where}: {key} is missing")
        if entry.get("id") in seen:
            wrong.append(f"{where}: id {entry['id']} stands twice")
        seen.add(str(entry.get("id")))
        if entry.get("tasks"):
            wrong += [f"{where}: {problem}" for problem in _check_entry(entry)]
    return wrong


def _check_entry(entry: dict[str, Any]) -> list[str]:
    wrong = []
    try:
        if _deadline(entry) is None:
            wrong.append("neither deadline nor opened")
    except ValueError:
        wrong.append("deadline or opened is not a date (YYYY-MM-DD)")
    if not isinstance(entry["tasks"], list):
        return [*wrong, "tasks is not a list"]
    for place, task in enumerate(entry["tasks"], 1):
        if not isinstance(task, dict) or not isinstance(task.get("title"), str) or not nfc(task["title"]):
            wrong.append(f"task {place}: title is missing")
        elif _mode(entry, task) is None:
            wrong.append(f"task {place}: mode {task.get('mode')!r} is not known")
        elif _mode(entry, task) == Mode.DIRECT and not task.get("organisation"):
            wrong.append(f"task {place}: a direct assignment names an organisation")
    return wrong


def load(data: list[dict[str, Any]], *, at: datetime) -> Report:
    """Enter the calls of a checked file. The same content again changes nothing; raises ValueError for other content of a known id."""
    report = Report()
    for entry in data:
        if not entry.get("tasks"):
            report.left_out.append(f"{entry['id']}: no tasks, so it is not a call")
            continue
        digest = hashlib.sha256(json.dumps(entry, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
        for mode in Mode:
            tasks = [t for t in entry["tasks"] if _mode(entry, t) == mode]
            if tasks:
                _enter(entry, mode, tasks, f"{entry['id']}/{mode}", digest, at, report)
    return report


def _enter(entry: dict[str, Any], mode: Mode, tasks: list[dict[str, Any]], name: str, digest: str, at: datetime, report: Report) -> None:
    key = f"{name}#{digest}"
    known = db.session.scalar(select(Call.source_key).where(Call.source_key.startswith(f"{name}#", autoescape=True)))
    if known == key:
        report.known.append(entry["id"])
        return
    if known is not None:
        raise ValueError(f"{entry['id']} is already here with other content")
    deadline = _deadline(entry) or at
    past = deadline < at
    number, dated = _numbered(entry.get("notice"))
    when = _published(deadline, dated, at) if past else at
    topics = [_topic(entry, task, mode, when) for task in tasks]
    note = "\n".join([*entry.get("dossier", []), *([] if entry.get("deadline") else ["Hạn nhận hồ sơ không nêu; ghi theo ngày mở hồ sơ."])])
    call = actions.draft(topics, title=entry["title_vi"], deadline=deadline, mode=mode, place=entry.get("place"), note=note, source_key=key, by=None, at=when)
    if past:
        actions.publish(call, number=number or f"{entry['id']}/{local(deadline).year}", dated=min(dated or local(when).date(), local(when).date()),
                        body=entry.get("issuer"), by=None, at=when)  # fmt: skip
        actions.close(call, at=deadline + timedelta(seconds=1))
    report.calls.append(call)


def _topic(entry: dict[str, Any], task: dict[str, Any], mode: Mode, at: datetime) -> Any:
    number, dated = _numbered(entry.get("decision"))
    item = plans.item(str(task["item"])) if task.get("item") else None
    body = None
    if mode == Mode.DIRECT:
        body = db.session.scalar(select(Organisation).where(Organisation.folded == fold(task["organisation"])).limit(1))
        if body is None:
            raise ValueError(f"{entry['id']}: there is no organisation {task['organisation']}")
    kind = str(task.get("kind") or "đề tài")
    return ideas.enter_topic(
        title=task["title"], item=item or plan_actions.ensure_historic(by=None, at=at), mode=mode, kind=KINDS.get(fold(kind), kind)[:40],
        year=int(entry.get("year") or local(at).year), aim=task.get("aim") or "–", products=task.get("products") or "–",
        ceiling=task.get("ceiling_vnd"), assigned=body, number=number or entry["id"], dated=dated or local(at).date(),
        body=entry.get("issuer") or "–", by=None, at=at,
    )  # fmt: skip


def _published(deadline: datetime, dated: date | None, at: datetime) -> datetime:
    """When a call of the past was published: on the day of its notice, at the latest the rulebook's days before the deadline."""
    days = int(rulebook.value(actions.MIN_OPEN_DAYS, on=local(deadline).date()))
    latest = local(deadline).date() - timedelta(days=days)
    return min(at_local(min(dated or latest, latest), 8), at)


def _mode(entry: dict[str, Any], task: dict[str, Any]) -> Mode | None:
    named = task.get("mode") or ("giao trực tiếp" if "truc tiep" in fold(str(entry.get("type", ""))) else "tuyển chọn")
    return MODES.get(fold(str(named)))


def _deadline(entry: dict[str, Any]) -> datetime | None:
    if text := entry.get("deadline"):
        moment = datetime.fromisoformat(str(text))
        hour, minute = (17, 0) if len(str(text)) == 10 else (moment.hour, moment.minute)
        return at_local(moment.date(), hour, minute)
    if text := entry.get("opened"):
        return at_local(date.fromisoformat(str(text)))
    return None


def _numbered(text: Any) -> tuple[str | None, date | None]:
    match = _NUMBERED.match(nfc(str(text))) if text else None
    if match is None:
        return None, None
    return match["number"], date(int(match["y"]), int(match["m"]), int(match["d"])) if match["y"] else None
