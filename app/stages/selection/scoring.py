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
    led_by = next((str(c.role) for c in casts if c.presiding), None)
    scored = counting.score([marks_of(c.content) for c in casts], form, chair=chair, led_by=led_by)
    sheets = [{"marks": marks_of(c.content), "total": counting.sheet_total(marks_of(c.content), form), "remark": c.content.get("remark", "")} for c in casts]
    return {
        "mean": [scored.mean.numerator, scored.mean.denominator], "hundredths": counting.hundredths(scored.mean), "sheets_counted": scored.sheets,
        "invalid": scored.invalid, "passed": scored.passed, "chair": scored.chair, "led_by": scored.led_by, "pass_mark": form["pass"],
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
        facts.append(({"vi": "Xếp hạng", "en": "Place"}, _place(result)))
    if (settled := result.get("settled", {})).get("chosen"):
        facts.append(({"vi": "Được Hội đồng kiến nghị khi kết quả ngang nhau", "en": "Recommended by the council among equal results"}, settled["reason"]))
    head: list[str | Words] = [{"vi": "Tiêu chí", "en": "Criterion"}, *({"vi": f"Phiếu {n}", "en": f"Sheet {n}"} for n in range(1, len(result["sheets"]) + 1))]
    rows: list[list[str | Words]] = [[{"vi": c["vi"], "en": c["en"]}, *(str(s["marks"].get(c["code"], "–")) for s in result["sheets"])] for c in form["criteria"]]
    rows.append([{"vi": "Tổng điểm", "en": "Points"}, *(str(s["total"]) for s in result["sheets"])])
    return Told(facts, [head, *rows], remarks=remarks(result))


def remarks(result: Mapping[str, Any]) -> list[str]:
    """What members wrote, in the order of the alphabet."""
    return sorted(text for s in result["sheets"] if (text := str(s["remark"] or "").strip()))


def _place(result: Mapping[str, Any]) -> str | Words:
    """The place; one that others have too is told as such, until the council has said which it recommends."""
    place = result["position"]
    return {"vi": f"{place} (đồng hạng)", "en": f"{place} (equal)"} if result["tied"] and not result["recommended"] else str(place)


def rank(results: Mapping[str, Mapping[str, Any]], _rules: Rules) -> dict[str, dict[str, Any]]:
    """Places of the dossiers by exact mean, ties by the presiding member's points (rule selection.tie_order), then by the council's word."""
    scored = {pid: Scored(Fraction(*r["mean"]), r["sheets_counted"], r["invalid"], r["passed"], r["chair"], r.get("led_by")) for pid, r in results.items()}
    chosen = next((pid for pid, r in results.items() if r.get("settled", {}).get("chosen")), None)
    return {p.key: {"position": p.position, "recommended": p.recommended, "tied": p.tied, "passed": p.scored.passed, "first": p.first}
            for p in counting.rank(scored, chosen=chosen)}  # fmt: skip
