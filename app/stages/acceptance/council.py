"""The acceptance council, as the engine of councils asks: questions, count, words, and what its conclusion does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.councils.models import AgendaItem, Council
from app.services.councils.procedures import (
    Cast,
    Procedure,
    Question,
    Rules,
    Told,
    Words,
    register_procedure,
)
from app.services.councils.rules import Kind
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.acceptance import queries
from app.stages.acceptance.actions import grade, release, seat_council
from app.stages.acceptance.models import Case
from app.stages.acceptance.rating import (
    FAIL,
    FOUR,
    NONE,
    QUANTITY,
    SHORT,
    count,
    failing,
    final_level,
    sheet_level,
)
from app.stages.funding import queries as funding

RULES = ("acceptance.scheme", "acceptance.amount_criteria", "acceptance.scheme.three_level", "acceptance.scheme.three_level.council", "acceptance.scheme.four_level", "acceptance.late_months")
QUALITY: Words = {"vi": "Chất lượng", "en": "Quality"}
BOTH_AMOUNTS: Words = {"vi": "Số lượng, khối lượng", "en": "Quantity"}  # of councils older than the rule that asks for each
DOES_NOT_APPLY: Words = {"vi": "Không áp dụng", "en": "Does not apply"}
REPORT: Words = {"vi": "Báo cáo tổng hợp", "en": "Final report"}
OVERALL: Words = {"vi": "Đánh giá chung", "en": "Overall"}


def rule_keys(_subjects: Sequence[Any]) -> Sequence[str]:
    """What is frozen for an acceptance council."""
    return RULES


def fixed(subjects: Sequence[Any]) -> Mapping[str, int]:
    """The scheme is that of the project's regime: the versions in force on the day of its award."""
    days = {funding.project_by_id(case.project_id).decision_date for case in subjects}
    found = [rulebook.freeze(RULES, on=day) for day in sorted(days)]
    if any(versions != found[0] for versions in found):
        raise WrongState(N_("The rating schemes of these projects differ: each needs a council of its own."))
    return found[0] if found else {}


def scheme_in(rules: Rules) -> tuple[str, Mapping[str, Any]]:
    """The scheme in use and its rule."""
    name = str(rules["acceptance.scheme"])
    return name, rules[f"acceptance.scheme.{name}"]


def level_words(code: str, rule: Mapping[str, Any]) -> Words:
    """A level's name in both languages."""
    return next(({"vi": level["vi"], "en": level["en"]} for level in rule["levels"] if level["code"] == code), {"vi": code, "en": code})


def questions(case: Case, rules: Rules) -> list[Question]:
    """Quality and quantity of each promised product, the report, in four_level the points, and a remark."""
    name, rule = scheme_in(rules)
    levels = [(level["code"], level_words(level["code"], rule)) for level in rule["levels"]]
    amounts = levels if name == FOUR else _with_short(levels, rule)
    kinds = amount_kinds(rules)
    found = []
    for line in queries.lines_of(case):
        heading: Words = {"vi": f"Sản phẩm {line.position}. {line.name}", "en": f"Product {line.position}. {line.name}"}
        found.append(Question(f"quality_{line.position}", QUALITY, "choice", choices=levels, heading=heading))
        found += [Question(f"{kind}_{line.position}", words, "choice", choices=[*amounts, *none]) for kind, words, none in kinds]
    found.append(Question("report", REPORT, "choice", choices=levels, heading=OVERALL))
    if name == FOUR:
        found.append(Question("points", {"vi": "Tổng điểm (0–100)", "en": "Points in all (0–100)"}, "mark", top=100))
    found.append(Question("remark", {"vi": "Nhận xét, yêu cầu chỉnh sửa", "en": "Remarks, what is to be revised"}, "text", required=False))
    return found


def amount_kinds(rules: Rules) -> list[tuple[str, Words, list[tuple[str, Words]]]]:
    """The amounts that a sheet rates of each product: (code, name, what it may also be: not there)."""
    asked = rules.get("acceptance.amount_criteria") or [{"code": QUANTITY, **BOTH_AMOUNTS, "needed": True}]
    return [(a["code"], {"vi": a["vi"], "en": a["en"]}, [] if a["needed"] else [(NONE, DOES_NOT_APPLY)]) for a in asked]


def check(content: Mapping[str, Any], rules: Rules) -> None:
    """Raise Incomplete when a sheet finds something unsatisfactory and does not say what and why."""
    name, rule = scheme_in(rules)
    if (sheet_level(content, name, rule) == FAIL or failing(content)) and not str(content.get("remark") or "").strip():
        raise Incomplete(N_("You rate something as unsatisfactory: please say which part, and why."), field="remark")


def _with_short(levels: list[tuple[str, Words]], rule: Mapping[str, Any]) -> list[tuple[str, Words]]:
    share = "/".join(str(n) for n in rule["least_quantity"])
    *accepted, (fail, words) = levels
    return [*accepted, (SHORT, {"vi": f"Thiếu so với đặt hàng nhưng đạt từ {share}", "en": f"Below the order, but at least {share} of it"}),
            (fail, {"vi": f"{words['vi']} (dưới {share} đặt hàng)", "en": f"{words['en']} (below {share} of the order)"})]  # fmt: skip


def summary(content: Mapping[str, Any], rules: Rules) -> Words | None:
    """The member's overall level, which follows from the answers."""
    name, rule = scheme_in(rules)
    try:
        words = level_words(sheet_level(content, name, rule), rule)
    except (KeyError, TypeError):
        return None  # an answer is still missing
    return {"vi": f"Xếp loại chung: {words['vi']}", "en": f"Overall rating: {words['en']}"}


def count_ballots(casts: Sequence[Cast], rules: Rules) -> dict[str, Any]:
    """What the sheets of one case say, sheet by sheet, and the council's level before lateness."""
    name, rule = scheme_in(rules)
    ordered = sorted(casts, key=lambda c: json.dumps(c.content, sort_keys=True))  # an order that tells of nobody
    result = count([c.content for c in ordered], name, rule, rules["acceptance.scheme.three_level.council"], int(rules["acceptance.late_months"]))
    members = [{"level": level, "points": c.content.get("points"), "sheet": {k: v for k, v in c.content.items() if k != "remark"}}
               for c, level in zip(ordered, result["levels"], strict=True)]  # fmt: skip
    remarks = [text for c in ordered if (text := str(c.content.get("remark") or "").strip())]
    return result | {"members": members, "remarks": remarks, "names": {level["code"]: level_words(level["code"], rule) for level in rule["levels"]},
                     "accepted": [level["code"] for level in rule["levels"] if level["accepted"]]}  # fmt: skip


def told(result: Mapping[str, Any], case: Case, _rules: Rules) -> Told:
    """The levels sheet by sheet (single seats have a role of their own, so neither name nor role), how many of each, and the council's level with lateness."""
    names, final = result["names"], level_of(result, case)
    by_level = "; ".join(f"{names[code]['vi']}: {n}" for code, n in result["tally"].items())
    by_level_en = "; ".join(f"{names[code]['en']}: {n}" for code, n in result["tally"].items())
    facts: list[tuple[Words, Any]] = [({"vi": "Số phiếu theo mức", "en": "Sheets by level"}, {"vi": by_level, "en": by_level_en})]
    if result["scheme"] == FOUR:
        facts.append(({"vi": "Điểm trung bình", "en": "Mean points"}, f"{result['mean_hundredths'] / 100:.2f}".replace(".", ",")))
    if late := queries.lateness(case):
        facts.append(({"vi": "Hồ sơ nộp chậm", "en": "Dossier late by"}, {"vi": f"{late} ngày", "en": f"{late} days"}))
    facts.append(({"vi": "Xếp loại của hội đồng", "en": "The council's rating"}, names[final]))
    points: list[Words] = [{"vi": "Điểm", "en": "Points"}] if result["scheme"] == FOUR else []
    table: list[list[Any]] = [[{"vi": "Phiếu", "en": "Sheet"}, *points, {"vi": "Xếp loại", "en": "Rating"}]]
    for n, member in enumerate(result["members"], start=1):
        table.append([{"vi": f"Phiếu {n}", "en": f"Sheet {n}"}, *([str(member["points"])] if points else []), names[member["level"]]])
    return Told(facts=facts, table=table, remarks=sorted(result.get("remarks", [])))


def level_of(result: Mapping[str, Any], case: Case) -> str:
    """The council's level for this case, lateness considered."""
    submitted = case.first_submitted_at
    return final_level(result, due=case.due_on, submitted=local(submitted).date() if submitted else case.due_on)


def established(council: Council, by: User, at: datetime) -> None:
    """The council is set up: its cases are before it."""
    for _item, case in _cases(council):
        seat_council(case, council, by=by, at=at)


def dissolved(council: Council, by: User, at: datetime) -> None:
    """The council will not meet: its cases are free for another one."""
    for _item, case in _cases(council):
        release(case, by=by, at=at)


def returned(_council: Council, case: Case, by: User, at: datetime) -> None:
    """The council does not deal with the case: it is free for another one."""
    release(case, by=by, at=at)


def concluded(council: Council, results: Mapping[str, Mapping[str, Any]], _chosen: str | None, *, by: User, at: datetime) -> None:
    """Each case has its grade, but for a project that ended early meanwhile."""
    for item, case in _cases(council):
        if queries.early_end(case.project_id) is not None:
            continue
        result = results[item.public_id]
        level = level_of(result, case)
        grade(case, council=council, level=level, accepted=level in result["accepted"], count=dict(result), by=by, at=at)


def _cases(council: Council) -> list[tuple[AgendaItem, Case]]:
    items = db.session.scalars(select(AgendaItem).where(AgendaItem.council_id == council.id, AgendaItem.given_back_at.is_(None)).order_by(AgendaItem.position))
    found = [(item, queries.case_by_pid(item.subject_pid)) for item in items if item.subject_type == Case.__tablename__]
    return [(item, case) for item, case in found if case is not None]


def _after(council: Council) -> list[tuple[str, str, str, dict[str, str]]]:
    """After the rating come revision, results and recognition: they stand with the case."""
    return [(N_("Go on with the acceptance"), Do.ACCEPTANCE_RUN, "acceptance.show", {"pid": case.public_id}) for _item, case in _cases(council)[:1]]


register_procedure(Procedure(
    kind=Kind.ACCEPTANCE, rule_keys=rule_keys, questions=questions, count=count_ballots, told=told, concluded=concluded, summary=summary, check=check, fixed=fixed,
    established=established, dissolved=dissolved, returned=returned, after=_after))  # fmt: skip
