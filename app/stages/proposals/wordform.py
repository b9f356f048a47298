"""What the official Word form of a work description holds: its controls, tables and words. worddraw.py makes the file of it, wordread.py reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.services.questionnaires.answering import shown
from app.services.questionnaires.models import FormVersion
from app.services.questionnaires.rules import Kind, Operator, question_of
from app.stages.proposals.budgeting import COLUMNS
from app.stages.proposals.gantt import width_of_column
from app.stages.proposals.schedule import Promise, Stage, Use
from app.stages.proposals.wordtables import (
    PLAN,
    PLAN_HEADS,
    PRODUCT_TAGS,
    TITLES,
    USE_HEADS,
    USES,
    Kinds,
    plan_rows,
    product_heads,
    product_rows,
    use_rows,
)

TITLE, AIM, MONTHS, FORM = "vc.title", "vc.aim", "vc.duration_months", "vc.form"  # controls beside those of the questions
YES, NO = "Có", "Không"
TEAM, GANTT, BUDGET, BY_HEAD = "Nhóm thực hiện", "Sơ đồ tiến độ (theo tháng)", "V. DỰ TOÁN KINH PHÍ (đồng)", "Tổng hợp theo mục chi, năm và nguồn (đồng)"
BUDGET_TABLE = "vc.budget"
SPENDING_LABEL = "Phương thức khoán chi"
TEAM_HEADS = ("TT", "Họ tên", "Vai trò", "Tổ chức", "Số tháng")


@dataclass(frozen=True)
class Sheet:
    """A table of the dossier: heads, rows, and whether a column holds numbers."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[bool]
    foot: Sequence[str] = ()
    tag: str = ""  # of the control it stands in, when it is read again
    hint: str = ""


@dataclass(frozen=True)
class Chart:
    """The milestones along the months: for each its name and the columns it fills."""

    title: str
    columns: Sequence[str]
    bars: Sequence[tuple[str, int, int]]  # name, first and last column


@dataclass(frozen=True)
class Filled:
    """Everything the form shows."""

    name: str
    form: str
    mark: str
    title: str
    aim: str
    months: int | None
    facts: Sequence[tuple[str, str]]
    definition: Mapping[str, Any]
    answers: Mapping[str, Any]
    names: Mapping[str, Mapping[str, str]]  # question (or column): value → label
    before: Sequence[Sheet]
    after: Sequence[Sheet | Chart]
    spending: str = ""


def official(version: FormVersion, *, facts: Sequence[tuple[str, str]], answers: Mapping[str, Any], names: Mapping[str, Mapping[str, str]],
             team: Sequence[Sequence[str]], promised: Sequence[Sheet | Chart], lines: Sequence[Sequence[str]] = (), total: str | None = None,
             sums: Sheet | None = None, title: str = "", aim: str = "", months: int | None = None, spending: str = "") -> Filled:  # fmt: skip
    """The official form of this version with these contents; empty where nothing is given.

    `promised`: the tables of plan and products; `total`: the last cell of the budget's row of totals; `sums`: the budget by heads.
    """
    foot = () if total is None else ("Tổng cộng", *[""] * (len(COLUMNS) - 2), total)
    return Filled(
        name=version.questionnaire.name_vi, form=version.document_number or "", mark=f"{version.questionnaire.code}/{version.number}", title=title, aim=aim,
        months=months, facts=facts, definition=version.definition, answers=answers, names=names,
        before=(Sheet(TEAM, TEAM_HEADS, team, (False, False, False, False, True)),),
        after=(*promised, Sheet(BUDGET, COLUMNS, lines, (False, False, False, False, False, True, True, True), foot, BUDGET_TABLE), *([sums] if sums else [])),
        spending=spending)  # fmt: skip


def tables(products: Sequence[tuple[str, Promise]] = (), uses: Sequence[Use] = (), stages: Sequence[Stage] = (), *, kinds: Kinds, chart: Chart | None = None) -> list[Sheet | Chart]:
    """The plan, its picture, the products by form and their uses, as the form has them; `products` with their numbers."""
    made: list[Sheet | Chart] = [Sheet(TITLES[PLAN], PLAN_HEADS, plan_rows(stages), (False,) * 4 + (True, True, False, False, True), tag=PLAN,
                                       hint="Tháng tính từ khi bắt đầu. Sản phẩm ghi theo số ở các bảng sản phẩm (ví dụ I.1; II.2), thành viên ghi theo họ tên, cách nhau bằng dấu chấm phẩy.")]
    made += [chart] if chart else []
    for group, tag in PRODUCT_TAGS.items():
        heads = product_heads(group)
        hint = "Loại: " + "; ".join(kinds[group].values()) + "." if kinds.get(group) else ""
        made.append(Sheet(TITLES[tag], heads, product_rows(group, products, kinds), [head in ("Số lượng", "Tháng hoàn thành") for head in heads], tag=tag, hint=hint))
    return [*made, Sheet(TITLES[USES], USE_HEADS, use_rows(uses), (False, False, False, False, True), tag=USES, hint="Để trống cột Sản phẩm khi tiếp nhận tất cả.")]


def chart_of(stages: Sequence[Stage], duration: int | None) -> Chart | None:
    """The milestones as bars; a column is one month, or as many as it takes for at most 24 columns."""
    if not stages:
        return None
    months = max([duration or 1, *(s.month_to for s in stages)])
    size = width_of_column(months)
    columns = [str(at + 1) if size == 1 else f"{at + 1}–{min(at + size, months)}" for at in range(0, months, size)]
    return Chart(GANTT, columns, [(f"{n}. {s.content}", (s.month_from - 1) // size, (s.month_to - 1) // size) for n, s in enumerate(stages, 1)])


def guide(definition: Mapping[str, Any], question: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """What helps to answer in Word: the hint, the limit, what may be chosen, when it is asked."""
    told = [question["hint"]["vi"]] if question.get("hint") else []
    if question.get("max_words"):
        told.append(f"Nhiều nhất {question['max_words']} từ.")
    if question["type"] == Kind.YES_NO:
        told.append(f"Ghi {YES} hoặc {NO}.")
    elif names and len(names) <= 20:
        told.append("Chọn: " + "; ".join(names.values()) + ".")
    if (when := question.get("when")) and (other := question_of(definition, when["question"])):
        words = {Operator.IS: "là", Operator.IS_NOT: "không phải là", Operator.FILLED: "đã được trả lời", Operator.EMPTY: "để trống", Operator.MORE: "lớn hơn", Operator.LESS: "nhỏ hơn"}
        value = {"yes": YES, "no": NO}.get(str(when.get("value", "")), str(when.get("value", "")))
        value = next((o["vi"] for o in other.get("options") or [] if o["code"] == value), value)
        told.append(f"Chỉ trả lời khi “{other['label']['vi']}” {words[Operator(when['op'])]} {value}".rstrip() + ".")
    return told


def word_of(question: Mapping[str, Any], value: Any, names: Mapping[str, str]) -> str:
    """An answer as it is written in Word."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return "\n".join(names.get(str(v), str(v)) for v in value)
    return names.get(str(value)) or shown(Kind(question["type"]), value)
