"""How the ballots of a selection council are counted and said: the engine's arithmetic on the sheet of the task type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.services.councils import counting
from app.services.councils.counting import Scored
from app.services.councils.procedures import Cast, Question, Rules, Told, Words

REMARK = {"vi": "Nhận xét", "en": "Remark"}
PASSED = {"vi": "Đạt", "en": "Passed"}
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
    marks = [Question(c["code"], {"vi": c["vi"], "en": c["en"]}, "mark", top=form["top"], weight=c["weight"]) for c in form["criteria"]]
    return [*marks, Question("remark", REMARK, "text", required=False)]


def summary(content: Mapping[str, Any], rules: Rules) -> Words | None:
    """The points of the sheet, before it is cast."""
    total = counting.sheet_total(marks_of(content), sheet(rules))
    return None if total is None else {"vi": f"{total} điểm trên {highest(rules)}", "en": f"{total} of {highest(rules)} points"}


def marks_of(content: Mapping[str, Any]) -> dict[str, int]:
    """The marks of a ballot without its remark."""
    return {code: mark for code, mark in content.items() if code != "remark"}


def highest(rules: Rules) -> int:
    """The points of a perfect sheet."""
    form = sheet(rules)
    return int(sum(c["weight"] for c in form["criteria"]) * form["top"])


def count(casts: Sequence[Cast], rules: Rules) -> dict[str, Any]:
    """What the sheets of one dossier say, exactly: the mean is a fraction. Sheets are listed by their points, not by their owners."""
    form = sheet(rules)
    chair = next((at for at, c in enumerate(casts) if c.presiding), None)
    scored = counting.score([marks_of(c.content) for c in casts], form, chair=chair)
    sheets = [{"marks": marks_of(c.content), "total": counting.sheet_total(marks_of(c.content), form), "remark": c.content.get("remark", "")} for c in casts]
    return {
        "mean": [scored.mean.numerator, scored.mean.denominator], "hundredths": counting.hundredths(scored.mean), "sheets_counted": scored.sheets,
        "invalid": scored.invalid, "passed": scored.passed, "chair": scored.chair, "pass_mark": form["pass"],
        "sheets": sorted(sheets, key=lambda s: (-(s["total"] or 0), sorted(s["marks"].items()))),
    }  # fmt: skip


def told(result: Mapping[str, Any], _proposal: Any, rules: Rules) -> Told:
    """Mean, verdict and every sheet without its name."""
    form = sheet(rules)
    facts: list[tuple[Words, str | Words]] = [
        ({"vi": "Điểm trung bình", "en": "Mean"}, f"{result['hundredths'] // 100},{result['hundredths'] % 100:02d}"),
        ({"vi": "Số phiếu hợp lệ / không hợp lệ", "en": "Valid / invalid sheets"}, f"{result['sheets_counted']} / {result['invalid']}"),
        ({"vi": f"Mức đạt: từ {result['pass_mark']} điểm", "en": f"Pass mark: {result['pass_mark']} points"}, PASSED if result["passed"] else NOT_PASSED),
    ]
    if result.get("position"):
        facts.append(({"vi": "Xếp hạng", "en": "Place"}, str(result["position"])))
    head: list[str | Words] = [{"vi": "Phiếu", "en": "Sheet"}, *({"vi": c["vi"], "en": c["en"]} for c in form["criteria"]), {"vi": "Tổng điểm", "en": "Points"}]
    rows: list[list[str | Words]] = [[{"vi": f"Phiếu {n}", "en": f"Sheet {n}"}, *(str(s["marks"].get(c["code"], "–")) for c in form["criteria"]), str(s["total"])]
                                     for n, s in enumerate(result["sheets"], start=1)]  # fmt: skip
    return Told(facts, [head, *rows])


def rank(results: Mapping[str, Mapping[str, Any]], _rules: Rules) -> dict[str, dict[str, Any]]:
    """Places of the dossiers by exact mean, ties by the presiding member's points (rule selection.tie_order)."""
    scored = {pid: Scored(Fraction(*r["mean"]), r["sheets_counted"], r["invalid"], r["passed"], r["chair"]) for pid, r in results.items()}
    placed = counting.rank(scored)
    best = placed[0].scored if placed else None
    return {p.key: {"position": p.position, "recommended": p.recommended, "tied": p.tied, "passed": p.scored.passed,
                    "first": best is not None and (p.scored.mean, p.scored.chair) == (best.mean, best.chair)} for p in placed}  # fmt: skip
