"""How the ballots of a selection council are counted and said: the engine's arithmetic on the sheet of the task type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.services.councils import counting
from app.services.councils.counting import Scored
from app.services.councils.procedures import (
    BALLOTS,
    Cast,
    Question,
    Rules,
    Told,
    Words,
)

REMARK = {"vi": "Nhận xét", "en": "Remark"}
PASSED = {"vi": "Đạt", "en": "Passed"}
DISAGREE = {"vi": "Các phiếu chênh lệch nhiều", "en": "The sheets disagree"}
NOT_PASSED = {"vi": "Không đạt", "en": "Not passed"}


def sheet_key(kind: str) -> str:
    """The rule that holds the sheet of a task type."""
    return f"selection.sheet.{kind}"


def sheet(rules: Rules) -> Mapping[str, Any]:
    """The one sheet among a council's rules."""
    return next(value for key, value in rules.items() if key.startswith("selection.sheet."))  # type: ignore[no-any-return]


def questions(_proposal: Any, rules: Rules) -> list[Question]:
    """A mark for each criterion of the sheet, and a remark."""
    form = sheet(rules)
    marks = [Question(c["code"], {"vi": c["vi"], "en": c["en"]}, "mark", top=c.get("top", form["top"]), weight=c["weight"], step=form.get("step", (1, 1)),
                      meanings=_meanings(c["code"], c.get("top", form["top"]), rules)) for c in form["criteria"]]  # fmt: skip
    return [*marks, Question("remark", REMARK, "text", required=False)]


def _meanings(criterion: str, top: int, rules: Rules) -> dict[int, Words]:
    """What the marks from 0 to `top` mean for a criterion: its own words, else those for all; nothing unless each mark has some."""
    rows = [*rules.get("selection.marks", ()), *(m for m in rules.get("selection.bands", ()) if m["criterion"] == criterion)]
    said = {int(m["mark"]): {"vi": m["vi"], "en": m["en"]} for m in rows}
    return said if set(said) == set(range(top + 1)) else {}


def guide(rules: Rules) -> list[Words]:
    """How the sheet is read: marks, points, the pass mark, zeros."""
    form = sheet(rules)
    share, top, best = "/".join(str(n) for n in form["zero_share"]), form["top"], highest(rules)
    return [
        {"vi": f"Mỗi tiêu chí được chấm từ 0 (thấp nhất) đến {top} (cao nhất); điểm của tiêu chí là điểm chấm nhân với hệ số. Tổng điểm tối đa: {best}.",
         "en": f"Each criterion is marked from 0 (lowest) to {top} (highest); its points are the mark times the weight. At most {best} points in all."},
        {"vi": f"Hồ sơ đạt khi điểm trung bình từ {form['pass']} trở lên và không có tiêu chí nào bị quá {share} số phiếu hợp lệ chấm 0.",
         "en": f"A dossier passes from a mean of {form['pass']} on, unless more than {share} of the valid sheets give one criterion 0."},
    ]  # fmt: skip


def summary(content: Mapping[str, Any], rules: Rules) -> Words | None:
    """The points of the sheet, before it is cast."""
    total = counting.sheet_total(marks_of(content), sheet(rules))
    if total is None:
        return None
    said = shown(counting.plain(total))
    return {"vi": f"{said} điểm trên {highest(rules)}", "en": f"{said} of {highest(rules)} points"}


def total(content: Mapping[str, Any], rules: Rules) -> Fraction | None:
    """The points of one sheet; None for one that is not valid."""
    return counting.sheet_total(marks_of(content), sheet(rules))


def comma(hundredths: int) -> str:
    """Hundredths as they are written here."""
    return f"{hundredths // 100},{hundredths % 100:02d}"


def shown(points: Any) -> str:
    """Points as they are written here: with a comma."""
    return str(points).replace(".", ",")


def marks_of(content: Mapping[str, Any]) -> dict[str, counting.Mark]:
    """The marks of a ballot without its remark."""
    return {code: mark for code, mark in content.items() if code != "remark"}


def highest(rules: Rules) -> int:
    """The points of a perfect sheet."""
    form = sheet(rules)
    return int(sum(c["weight"] * c.get("top", form["top"]) for c in form["criteria"]))


def count(casts: Sequence[Cast], rules: Rules) -> dict[str, Any]:
    """What the sheets of one dossier say, exactly: the mean is a fraction. Sheets are listed by their points, not by their owners."""
    form = sheet(rules)
    chair = next((at for at, c in enumerate(casts) if c.presiding), None)
    led_by = next((str(c.role) for c in casts if c.presiding), None)
    present = rules.get("selection.mean", {}).get("base") == "present"
    scored = counting.score([marks_of(c.content) for c in casts], form, chair=chair, led_by=led_by, base=int(rules.get(BALLOTS, len(casts))) if present else None)
    totals = [counting.sheet_total(marks_of(c.content), form) for c in casts]
    sheets = [{"marks": marks_of(c.content), "total": None if total is None else counting.plain(total), "remark": c.content.get("remark", "")}
              for c, total in zip(casts, totals, strict=True)]  # fmt: skip
    return {
        "mean": [scored.mean.numerator, scored.mean.denominator], "hundredths": counting.hundredths(scored.mean), "sheets_counted": scored.sheets,
        "invalid": scored.invalid, "passed": scored.passed, "chair": None if scored.chair is None else counting.plain(scored.chair), "led_by": scored.led_by,
        "criteria": {code: [m.numerator, m.denominator] for code, m in scored.criteria.items()}, "pass_mark": form["pass"], "spread": spread([t for t in totals if t is not None], rules),
        "sheets": sorted(sheets, key=lambda s: (-(counting.exact(s["total"]) or 0), sorted((code, counting.exact(mark) or 0) for code, mark in s["marks"].items()))),
    }  # fmt: skip


def spread(totals: Sequence[Fraction], rules: Rules) -> dict[str, Any] | None:
    """Lowest and highest total, the standard deviation in hundredths, and whether the rule calls it a disagreement."""
    if not totals:
        return None
    low, high = min(totals), max(totals)
    limit = rules.get("selection.disagreement")
    return {"low": counting.plain(low), "high": counting.plain(high), "deviation": counting.deviation(totals), "limit": limit, "disagree": limit is not None and high - low >= limit}


def told(result: Mapping[str, Any], _proposal: Any, rules: Rules) -> Told:
    """Mean, verdict and every sheet without its name."""
    form = sheet(rules)
    facts: list[tuple[Words, str | Words]] = [
        ({"vi": "Điểm trung bình", "en": "Mean"}, comma(result["hundredths"])),
        ({"vi": "Số phiếu hợp lệ / không hợp lệ", "en": "Valid / invalid sheets"}, f"{result['sheets_counted']} / {result['invalid']}"),
        ({"vi": f"Mức đạt: từ {result['pass_mark']} điểm", "en": f"Pass mark: {result['pass_mark']} points"}, PASSED if result["passed"] else NOT_PASSED),
    ]
    if found := result.get("spread"):
        facts.append(({"vi": "Phiếu thấp nhất – cao nhất (độ lệch chuẩn)", "en": "Lowest – highest sheet (standard deviation)"},
                      f"{shown(found['low'])} – {shown(found['high'])} ({comma(found['deviation'])})"))  # fmt: skip
        if found["disagree"]:
            facts.append((DISAGREE, {"vi": f"Chênh lệch từ {found['limit']} điểm trở lên: đề nghị Hội đồng thảo luận", "en": f"{found['limit']} points or more apart: to be discussed"}))
    if result.get("position"):
        facts.append(({"vi": "Xếp hạng", "en": "Place"}, _place(result)))
    if (settled := result.get("settled", {})).get("chosen"):
        facts.append(({"vi": "Được Hội đồng kiến nghị khi kết quả ngang nhau", "en": "Recommended by the council among equal results"}, settled["reason"]))
    if settled.get("revise_by"):
        due = "/".join(reversed(settled["revise_by"].split("-")))
        facts.append(({"vi": "Đề nghị phê duyệt sau khi chỉnh sửa, hạn", "en": "Recommended for approval after revision by"}, due))
        facts.append(({"vi": "Nội dung cần chỉnh sửa", "en": "What is to be revised"}, settled["changes"]))
    head: list[str | Words] = [{"vi": "Tiêu chí", "en": "Criterion"}, *({"vi": f"Phiếu {n}", "en": f"Sheet {n}"} for n in range(1, len(result["sheets"]) + 1))]
    rows: list[list[str | Words]] = [[{"vi": c["vi"], "en": c["en"]}, *(shown(s["marks"].get(c["code"], "–")) for s in result["sheets"])] for c in form["criteria"]]
    rows.append([{"vi": "Tổng điểm", "en": "Points"}, *(shown(s["total"]) for s in result["sheets"])])
    return Told(facts, [head, *rows], remarks=remarks(result))


def remarks(result: Mapping[str, Any]) -> list[str]:
    """What members wrote, in the order of the alphabet."""
    return sorted(text for s in result["sheets"] if (text := str(s["remark"] or "").strip()))


def _place(result: Mapping[str, Any]) -> str | Words:
    """The place; one that others have too is told as such, until the council has said which it recommends."""
    place = result["position"]
    return {"vi": f"{place} (đồng hạng)", "en": f"{place} (equal)"} if result["tied"] and not result["recommended"] else str(place)


def rank(results: Mapping[str, Mapping[str, Any]], rules: Rules) -> dict[str, dict[str, Any]]:
    """Places of the dossiers by mean, ties in the order of the rule selection.tie_order, then by the council's word."""
    scored = {pid: Scored(Fraction(*r["mean"]), r["sheets_counted"], r["invalid"], r["passed"], counting.exact(r["chair"]), r.get("led_by"),
                           {code: Fraction(*m) for code, m in r.get("criteria", {}).items()}) for pid, r in results.items()}  # fmt: skip
    chosen = next((pid for pid, r in results.items() if r.get("settled", {}).get("chosen")), None)
    how = rules.get("selection.mean", {})
    placed = counting.rank(scored, chosen=chosen, ties=rules.get("selection.tie_order", (counting.CHAIR,)),
                           decimals=how.get("decimals") if how.get("rank_on") == "rounded" else None)  # fmt: skip
    return {p.key: {"position": p.position, "recommended": p.recommended, "tied": p.tied, "passed": p.scored.passed, "first": p.first} for p in placed}
