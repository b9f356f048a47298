"""What the official Word form of a work description holds: its controls, tables and words. worddraw.py makes the file of it, wordread.py reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.services.questionnaires.answering import shown
from app.services.questionnaires.models import FormVersion
from app.services.questionnaires.rules import Kind, Operator, question_of
from app.stages.proposals.budgeting import COLUMNS

TITLE, AIM, MONTHS, FORM = "vc.title", "vc.aim", "vc.duration_months", "vc.form"  # controls beside those of the questions
YES, NO = "Có", "Không"
TEAM, PRODUCTS, BUDGET = "Nhóm thực hiện", "IV. SẢN PHẨM", "V. DỰ TOÁN KINH PHÍ (đồng)"
PRODUCT_TABLE, BUDGET_TABLE = "vc.products", "vc.budget"
TEAM_HEADS = ("TT", "Họ tên", "Vai trò", "Tổ chức", "Số tháng")
PRODUCT_HEADS = ("Dạng", "Tên sản phẩm", "ĐVT", "Số lượng", "Yêu cầu chất lượng")


@dataclass(frozen=True)
class Sheet:
    """A table of the dossier: heads, rows, and whether a column holds numbers."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[bool]
    foot: Sequence[str] = ()
    tag: str = ""  # of the control it stands in, when it is read again


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
    after: Sequence[Sheet]


def official(version: FormVersion, *, facts: Sequence[tuple[str, str]], answers: Mapping[str, Any], names: Mapping[str, Mapping[str, str]],
             team: Sequence[Sequence[str]], products: Sequence[Sequence[str]] = (), lines: Sequence[Sequence[str]] = (), total: str | None = None,
             title: str = "", aim: str = "", months: int | None = None) -> Filled:  # fmt: skip
    """The official form of this version with these contents; empty where nothing is given. `total`: the last cell of the budget's row of totals."""
    foot = () if total is None else ("Tổng cộng", *[""] * (len(COLUMNS) - 2), total)
    return Filled(
        name=version.questionnaire.name_vi, form=version.document_number or "", mark=f"{version.questionnaire.code}/{version.number}", title=title, aim=aim,
        months=months, facts=facts, definition=version.definition, answers=answers, names=names,
        before=(Sheet(TEAM, TEAM_HEADS, team, (False, False, False, False, True)),),
        after=(Sheet(PRODUCTS, PRODUCT_HEADS, products, (False, False, False, True, False), tag=PRODUCT_TABLE),
               Sheet(BUDGET, COLUMNS, lines, (False, False, False, False, False, True, True, True), foot, BUDGET_TABLE)))  # fmt: skip


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
