"""The acts on a plan: import, put in force (which supersedes the one before)."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.plan import queries
from app.stages.plan.models import Goal, Group, Plan, Priority, Sector
from app.stages.plan.rules import PLAN, refuse_bad_file

HISTORIC = "historic"


def import_plan(data: dict[str, Any], *, by: User | None, at: datetime) -> tuple[Plan, bool]:
    """Make a draft plan of an import file. The same file again changes nothing: returns (plan, was it new).

    Raises Incomplete for a bad file, or when a plan of this number stands with other content.
    """
    refuse_bad_file(data)
    digest = hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    known = queries.plan_by_number(data["plan"]["number"])
    if known is not None:
        if known.content_hash == digest:
            return known, False
        raise Incomplete(N_("Plan %(number)s is already here with other content."), field="file", number=known.number)
    head = data["plan"]
    plan = Plan(number=nfc(head["number"]), dated=date.fromisoformat(head["date"]), title_vi=nfc(head["title_vi"]), title_en=nfc(head["title_en"]),
                body_vi=nfc(head["issuing_body_vi"]), body_en=head.get("issuing_body_en"), content_hash=digest,
                horizon_year=data.get("horizon_year"), vision_year=data.get("vision_year"))  # fmt: skip
    PLAN.begin(plan, "import", by=by, at=at, detail={"sha256": digest})
    _add_parts(plan, data)
    db.session.flush()
    return plan, True


def _add_parts(plan: Plan, data: dict[str, Any]) -> None:
    for goal in data.get("goals", []):
        db.session.add(Goal(plan_id=plan.id, **{k: goal[k] for k in ("code", "year", "short_vi", "short_en", "text_vi")}))
    for at, group in enumerate(data["solution_groups"], 1):
        db.session.add(Group(plan_id=plan.id, code=group["code"], position=at, name_vi=nfc(group["name_vi"]), name_en=group["name_en"],
                             holds_sectors=bool(group.get("holds_sectors"))))  # fmt: skip
    position = 0
    for at, part in enumerate(data["sectors"], 1):
        sector = Sector(plan_id=plan.id, code=part["code"], slug=part.get("slug") or part["code"], position=at,
                        name_vi=nfc(part["name_vi"]), name_en=part["name_en"])  # fmt: skip
        db.session.add(sector)
        db.session.flush()
        for item in part["items"]:
            position += 1
            text = nfc(item["text_vi"])
            short = nfc(item.get("short_vi") or text)[:500]
            db.session.add(Priority(plan_id=plan.id, sector_id=sector.id, code=item["code"], position=position, text_vi=text, short_vi=short,
                                    title_en=item.get("title_en") or short, folded=fold(f"{short} {text}")))  # fmt: skip


def put_in_force(plan: Plan, *, by: User | None, at: datetime, seen: int | None = None) -> None:
    """Freeze the plan and make it the one in force; the one before is superseded and keeps its projects."""
    before = queries.current_plan()
    if before is not None and before.id != plan.id:
        if before.dated >= plan.dated:
            raise Incomplete(N_("Plan %(number)s in force is of the same day or later."), number=before.number)
        PLAN.advance(before, "supersede", by=by, at=at)
    plan.in_force_at = at
    PLAN.advance(plan, "put_in_force", by=by, at=at, seen=seen)


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
