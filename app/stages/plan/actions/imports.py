"""Import: a file is read, checked and reported on before anything is written; then all of it, or nothing, becomes a draft."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.files.rules import check_upload, clean_name
from app.services.people.models import Organisation, User
from app.stages.plan import queries, shape, sheets
from app.stages.plan.checking import LARGEST, Problem, check_file, is_broken
from app.stages.plan.lines import lines_of
from app.stages.plan.models import (
    Agency,
    Goal,
    Group,
    Mapping,
    Measure,
    Plan,
    Priority,
    Sector,
    Target,
    Upload,
)
from app.stages.plan.rules import PLAN, PlanState

HISTORIC = "historic"


def read_file(name: str, content: bytes) -> tuple[Any, list[Problem]]:
    """(the data of a JSON file or workbook, all that is wrong with it). Raises Incomplete for what cannot be read at all."""
    if len(content) > LARGEST:
        raise Incomplete(N_("This file is too large: at most %(n)s MB."), field="file", n=LARGEST // 2**20)
    if not content:
        raise Incomplete(N_("This file is empty."), field="file")
    if name.lower().endswith(".xlsx"):
        check_upload(name, content, largest=LARGEST)
        data, places, problems = sheets.read(content)
        if problems and not data:
            return data, problems
        found = problems + check(data)
        return data, [_placed(p, places) for p in found]
    data = _whole_letters(_json(content))
    problems = check(data)
    lines = lines_of(content.decode("utf-8-sig"), {p.path for p in problems})
    return data, [replace(p, line=lines.get(p.path, 0)) for p in problems]


def _whole_letters(value: Any) -> Any:
    """The same with every text in one form (NFC), so that a name matches however it was typed."""
    if isinstance(value, dict):
        return {nfc(name): _whole_letters(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_whole_letters(one) for one in value]
    return nfc(value) if isinstance(value, str) and not is_broken(value) else value


def _placed(problem: Problem, places: dict[str, str]) -> Problem:
    """The same with sheet and row instead of paths."""
    params = problem.params | {"first": sheets.place_of(str(problem.params["first"]), places)} if "first" in problem.params else problem.params
    return problem if problem.place else replace(problem, place=sheets.place_of(problem.path, places), params=params)


def _json(content: bytes) -> Any:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise Incomplete(N_("The letters of this file are not UTF-8 (line %(line)s). Please save it as UTF-8 and try again."), field="file",
                         line=content.count(b"\n", 0, failure.start) + 1) from None  # fmt: skip
    if not text.strip():
        raise Incomplete(N_("This file is empty."), field="file")
    try:
        return json.loads(text, object_pairs_hook=_no_twins, parse_constant=lambda found: _no_constant(text, found))
    except json.JSONDecodeError as failure:
        raise Incomplete(N_("This file is not sound JSON: line %(line)s, character %(column)s. A comma, bracket or quotation mark is wrong or missing there."),
                         field="file", line=failure.lineno, column=failure.colno) from None  # fmt: skip
    except RecursionError:
        raise Incomplete(N_("This file is no plan: its objects lie too deep in one another."), field="file") from None
    except ValueError:  # a whole number of thousands of digits
        raise Incomplete(N_("This file holds a number that is far too long."), field="file") from None


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twin = next(n for n in names if names.count(n) > 1)
        raise Incomplete(N_("“%(name)s” stands twice in one object (in “%(object)s”)."), field="file", name=twin[:40],
                         object=str(found.get("code") or found.get("number") or names[0])[:40])  # fmt: skip
    return found


def _no_constant(text: str, found: str) -> Any:
    place = re.search(rf"[:\[,\s]({re.escape(found)})\b", text)
    raise Incomplete(N_("“%(text)s” is no number (line %(line)s)."), field="file", text=found, line=text.count("\n", 0, place.start(1) if place else 0) + 1)


def check(data: Any) -> list[Problem]:
    """All that is wrong with the data, also against what is known here; warnings last."""
    problems = check_file(data)
    if not isinstance(data, dict):
        return problems
    problems += list(_unknown_bodies(data)) + _unknown_items(data)
    return problems if problems else _missed(data)


def _parts(data: dict[str, Any], key: str) -> list[tuple[str, dict[str, Any]]]:
    rows = data.get(key)
    return [(f"{key}[{n}]", row) for n, row in enumerate(rows) if isinstance(row, dict)] if isinstance(rows, list) else []


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _under(path: str, row: dict[str, Any], key: str) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{path}.{place}", part) for place, part in _parts(row, key)]


def _unknown_bodies(data: dict[str, Any]) -> Iterator[Problem]:
    known = queries.bodies_by_name()
    items = [found for path, sector in _parts(data, "sectors") for found in _under(path, sector, "items")]
    named = [(f"{path}.lead_agency", item.get("lead_agency")) for path, item in items]
    named += [(f"{path}.coordinating", name) for path, item in items for name in _texts(item.get("coordinating"))]
    named += [(f"{path}.agency", measure.get("agency")) for owner, row in [*items, *_parts(data, "solution_groups")] for path, measure in _under(owner, row, "measures")]
    for path, name in named:
        if isinstance(name, str) and name.strip() and fold(name) not in known:
            yield Problem(path, N_("There is no organisation “%(name)s” here. Please use its name as it stands in the list of organisations."), {"name": name[:80]})


def _unknown_items(data: dict[str, Any]) -> list[Problem]:
    lines = _parts(data, "mapping")
    named = data.get("supersedes")
    if not lines and not named:
        return []
    before = queries.plan_by_number(named) if isinstance(named, str) else queries.current_plan()
    if before is None:
        return [Problem("supersedes", N_("There is no plan “%(number)s” here that could be superseded."), {"number": str(named or "–")[:60]})]
    old = {i.code for i in queries.items_of(before.id)}
    late = [Problem("supersedes", N_("Plan %(number)s is superseded already. This draft cannot be put in force before it says what the items of the plan in force become."),
                    {"number": before.number}, warning=True)] if before.state == PlanState.SUPERSEDED else []  # fmt: skip
    return late + [Problem(f"{path}.old", N_("Plan %(number)s has no item “%(code)s”."), {"number": before.number, "code": str(line.get("old"))[:40]})
            for path, line in lines if isinstance(line.get("old"), str) and line["old"] not in old]  # fmt: skip


def _missed(data: dict[str, Any]) -> list[Problem]:
    """What a later plan has less of than the one in force: worth a look, no mistake."""
    plan = queries.current_plan()
    if plan is None or plan.number == data["plan"]["number"]:
        return []
    found = []
    for key, rows, message in (
        ("sectors", plan.sectors, N_("The plan in force has the sector “%(name)s”; this file has none of that name.")),
        ("solution_groups", plan.groups, N_("The plan in force has the group “%(name)s”; this file has none of that name.")),
    ):
        here = {fold(row["name_vi"]) for row in data[key]}
        found += [Problem(key, message, {"name": row.name_vi}, warning=True) for row in rows if fold(row.name_vi) not in here]
    return found


def errors(problems: list[Problem]) -> list[Problem]:
    """What stands in the way; warnings do not."""
    return [p for p in problems if not p.warning]


def keep_upload(name: str, data: dict[str, Any], *, by: User, at: datetime) -> Upload:
    """Keep a good file until its reader imports it."""
    row = Upload(file_name=clean_name(name), content=data, uploaded_by_id=by.id, uploaded_at=at)
    db.session.add(row)
    db.session.flush()
    return row


# --- from data to rows ----------------------------------------------------------------------------------------


def digest(data: dict[str, Any]) -> str:
    """What tells one file from another."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def import_plan(data: dict[str, Any], *, by: User | None, at: datetime) -> tuple[Plan, bool]:
    """Make a draft plan of an import file. The same content again changes nothing: returns (plan, was it new).

    Raises Incomplete for a bad file, or when a plan of this number stands with other content.
    """
    if wrong := errors(check(data)):
        raise Incomplete(wrong[0].message, **({"field": "file"} | wrong[0].params))  # type: ignore[arg-type]
    content = shape.of_file(data)
    known = queries.plan_by_number(content["plan"]["number"])
    if known is not None:
        if known.content_hash == digest(data) or queries.plain(known) == content:
            return known, False
        raise Incomplete(N_("Plan %(number)s is already here with other content."), field="file", number=known.number)
    head = content["plan"]
    plan = Plan(number=head["number"], dated=date.fromisoformat(head["date"]), title_vi=head["title_vi"], title_en=head["title_en"],
                body_vi=head["issuing_body_vi"], body_en=head["issuing_body_en"], content_hash=digest(data),
                horizon_year=content["horizon_year"], vision_year=content["vision_year"])  # fmt: skip
    PLAN.begin(plan, "import", by=by, at=at, detail={"sha256": plan.content_hash})
    _Builder(plan, content).build()
    db.session.flush()
    return plan, True


class _Builder:
    """Makes the rows of a draft from its content."""

    def __init__(self, plan: Plan, content: shape.Shape) -> None:
        self.plan, self.content = plan, content
        self.bodies: dict[str, Organisation] = queries.bodies_by_name()
        self.items: dict[str, Priority] = {}

    def build(self) -> None:
        for goal in self.content["goals"]:
            db.session.add(Goal(plan_id=self.plan.id, **goal))
        for at, group in enumerate(self.content["solution_groups"], 1):
            row = Group(plan_id=self.plan.id, position=at, **{k: group[k] for k in ("code", "name_vi", "name_en", "holds_sectors")})
            db.session.add(row)
            db.session.flush()
            self._hang(group, group_id=row.id)
        for at, sector in enumerate(self.content["sectors"], 1):
            self._sector(sector, at)
        self._map()

    def _sector(self, part: shape.Shape, at: int) -> None:
        sector = Sector(plan_id=self.plan.id, position=at, **{k: part[k] for k in ("code", "slug", "name_vi", "name_en")})
        db.session.add(sector)
        db.session.flush()
        self._hang(part, sector_id=sector.id)
        for row in part["items"]:
            item = Priority(plan_id=self.plan.id, sector_id=sector.id, position=len(self.items) + 1, folded=fold(f"{row['short_vi']} {row['text_vi']}"),
                            **{k: row[k] for k in ("code", "text_vi", "short_vi", "title_en")})  # fmt: skip
            db.session.add(item)
            db.session.flush()
            self.items[item.code] = item
            for name in [row["lead_agency"], *row["coordinating"]]:
                if name:
                    body = self.bodies[fold(name)]
                    db.session.add(Agency(plan_id=self.plan.id, item_id=item.id, organisation_id=body.id, is_lead=name == row["lead_agency"]))
            self._hang(row, item_id=item.id)

    def _hang(self, part: shape.Shape, **owner: int) -> None:
        for target in part.get("targets", ()):
            db.session.add(Target(plan_id=self.plan.id, **target, **owner))
        for m in part.get("measures", ()):
            db.session.add(Measure(plan_id=self.plan.id, agency_id=self.bodies[fold(m["agency"])].id, text_vi=m["text_vi"], text_en=m["text_en"],
                                   folded=fold(m["text_vi"]), assigned_on=self.plan.dated, due_on=date.fromisoformat(m["due"]), **owner))  # fmt: skip

    def _map(self) -> None:
        if not self.content["mapping"]:
            return
        named = self.content["supersedes"]
        before = queries.plan_by_number(named) if named else queries.current_plan()
        old = {i.code: i for i in queries.items_of(before.id)} if before is not None else {}
        for line in self.content["mapping"]:
            for code in line["new"] or [None]:
                db.session.add(Mapping(plan_id=self.plan.id, old_item_id=old[line["old"]].id, reason=line["reason_vi"],
                                       new_item_id=self.items[code].id if code else None))  # fmt: skip


def ensure_historic(*, by: User | None, at: datetime) -> Priority:
    """The item “not linked” for projects older than any plan, made on first use."""
    found = queries.historic_item()
    if found is not None:
        return found
    plan = Plan(number=HISTORIC, dated=date(1900, 1, 1), title_vi="Trước khi có kế hoạch", title_en="Before any plan", body_vi="–",
                content_hash=HISTORIC, is_historic=True)  # fmt: skip
    PLAN.begin(plan, "import", by=by, at=at)
    sector = Sector(plan_id=plan.id, code="0", slug="historic", position=1, name_vi="Chưa gắn với kế hoạch", name_en="Not linked to a plan")
    db.session.add(sector)
    db.session.flush()
    item = Priority(plan_id=plan.id, sector_id=sector.id, code="0.0", position=1, text_vi="Chưa gắn với nội dung ưu tiên",
                    short_vi="Chưa gắn với nội dung ưu tiên", title_en="Not linked to a priority item", folded="")  # fmt: skip
    db.session.add(item)
    db.session.flush()
    return queries.historic_item() or item
