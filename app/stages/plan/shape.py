"""One form of a plan's whole content, made of a file or of rows: what is imported, exported and compared. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.kernel.text import nfc
from app.stages.plan import checking
from app.stages.plan.checking import number
from app.stages.plan.models import Agency, Measure, Plan, Priority, Target

Shape = dict[str, Any]


def text(value: Any) -> str | None:
    """A text as it is kept: NFC, single blanks at its ends, None when empty."""
    return nfc(value) or None if isinstance(value, str) else None


def of_file(data: Shape) -> Shape:
    """The content of a file that was found good: only what is known, in one order."""
    head = data["plan"]
    return {
        "plan": {f.name: text(head.get(f.name)) for f in checking.HEAD},
        "horizon_year": data.get("horizon_year"), "vision_year": data.get("vision_year"), "supersedes": text(data.get("supersedes")),
        "goals": [{"code": g["code"], "year": g["year"], **{k: text(g[k]) for k in ("short_vi", "short_en", "text_vi")}} for g in data.get("goals") or []],
        "solution_groups": [
            {"code": g["code"], "name_vi": text(g["name_vi"]), "name_en": text(g["name_en"]), "holds_sectors": bool(g.get("holds_sectors")),
             "measures": _measures(g)} for g in data["solution_groups"]],
        "sectors": [
            {"code": s["code"], "slug": text(s.get("slug")) or s["code"], "name_vi": text(s["name_vi"]), "name_en": text(s["name_en"]),
             "targets": _targets(s), "items": [_item(i) for i in s["items"]]} for s in data["sectors"]],
        "mapping": sorted(({"old": m["old"], "new": sorted(set(m.get("new") or [])), "reason_vi": text(m.get("reason_vi"))}
                           for m in data.get("mapping") or []), key=lambda m: str(m["old"])),
    }  # fmt: skip


def _item(row: Shape) -> Shape:
    whole = text(row["text_vi"]) or ""
    short = (text(row.get("short_vi")) or whole)[:500]
    lead = text(row.get("lead_agency"))
    others = sorted({t for a in row.get("coordinating") or [] if (t := text(a)) and t != lead})
    return {"code": row["code"], "text_vi": whole, "short_vi": short, "title_en": text(row.get("title_en")) or short, "lead_agency": lead,
            "coordinating": others, "targets": _targets(row), "measures": _measures(row)}  # fmt: skip


def _targets(row: Shape) -> list[Shape]:
    found = [{"name_vi": text(t["name_vi"]), "name_en": text(t.get("name_en")), "amount": number(t["amount"]), "unit": text(t["unit"]), "year": t["year"]}
             for t in row.get("targets") or []]  # fmt: skip
    return sorted(found, key=lambda t: (t["year"], t["name_vi"]))


def _measures(row: Shape) -> list[Shape]:
    found = [{"text_vi": text(m["text_vi"]), "text_en": text(m.get("text_en")), "agency": text(m["agency"]), "due": m["due"]} for m in row.get("measures") or []]
    return sorted(found, key=lambda m: (m["due"], m["text_vi"]))


def of_plan(plan: Plan, mapping: Iterable[Shape] = (), supersedes: str | None = None) -> Shape:
    """The same of rows: the plan as `queries.whole_plan` loads it."""
    return {
        "plan": {"number": plan.number, "date": plan.dated.isoformat(), "title_vi": plan.title_vi, "title_en": plan.title_en,
                 "issuing_body_vi": plan.body_vi, "issuing_body_en": plan.body_en},
        "horizon_year": plan.horizon_year, "vision_year": plan.vision_year, "supersedes": supersedes,
        "goals": [{"code": g.code, "year": g.year, "short_vi": g.short_vi, "short_en": g.short_en, "text_vi": g.text_vi} for g in plan.goals],
        "solution_groups": [
            {"code": g.code, "name_vi": g.name_vi, "name_en": g.name_en, "holds_sectors": g.holds_sectors,
             "measures": _told_measures(m for m in plan.measures if m.group_id == g.id)} for g in plan.groups],
        "sectors": [
            {"code": s.code, "slug": s.slug, "name_vi": s.name_vi, "name_en": s.name_en, "targets": _told_targets(t for t in plan.targets if t.sector_id == s.id),
             "items": [_told_item(i, plan) for i in s.items]} for s in plan.sectors],
        "mapping": list(mapping),
    }  # fmt: skip


def _told_item(item: Priority, plan: Plan) -> Shape:
    lead: Agency | None = next((a for a in item.agencies if a.is_lead), None)
    return {"code": item.code, "text_vi": item.text_vi, "short_vi": item.short_vi, "title_en": item.title_en,
            "lead_agency": lead.organisation.name if lead else None, "coordinating": sorted(a.organisation.name for a in item.agencies if not a.is_lead),
            "targets": _told_targets(t for t in plan.targets if t.item_id == item.id),
            "measures": _told_measures(m for m in plan.measures if m.item_id == item.id)}  # fmt: skip


def _told_targets(rows: Iterable[Target]) -> list[Shape]:
    found = [{"name_vi": t.name_vi, "name_en": t.name_en, "amount": t.amount, "unit": t.unit, "year": t.year} for t in rows]
    return sorted(found, key=lambda t: (t["year"], t["name_vi"]))


def _told_measures(rows: Iterable[Measure]) -> list[Shape]:
    found = [{"text_vi": m.text_vi, "text_en": m.text_en, "agency": m.agency.name, "due": m.due_on.isoformat()} for m in rows]
    return sorted(found, key=lambda m: (m["due"], m["text_vi"]))


def to_file(shape: Shape) -> Shape:
    """A shape as an import file: figures as numbers, empty parts left out."""
    return {key: _written(value) for key, value in shape.items() if value not in (None, [])}


def _written(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: shown(v) if k == "amount" else _written(v) for k, v in value.items() if v not in (None, [])}
    return [_written(v) for v in value] if isinstance(value, list) else value


def shown(thousandths: int) -> int | float:
    """A figure kept in thousandths as a number."""
    return thousandths // 1000 if thousandths % 1000 == 0 else thousandths / 1000


