"""Products, uses and milestones as tables of the Word form, and read from it again. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.kernel.text import fold, nfc
from app.stages.proposals.budgeting import Unreadable, amount_of
from app.stages.proposals.rules import ProductGroup, Spending, dotted
from app.stages.proposals.schedule import Promise, Stage, Use

Cells = list[list[str]]
Kinds = Mapping[str, Mapping[str, str]]  # form of product: kind → label

PRODUCTS, USES, PLAN, SPENDING = "vc.products", "vc.uses", "vc.plan", "vc.spending"
PRODUCT_TAGS = {str(group): f"{PRODUCTS}.{group}" for group in ProductGroup}
TITLES = {
    f"{PRODUCTS}.I": "IV.1. Sản phẩm dạng I: mẫu, sản phẩm, vật liệu, thiết bị, giống", f"{PRODUCTS}.II": "IV.2. Sản phẩm dạng II: nguyên lý, phương pháp, quy trình, phần mềm, báo cáo",
    f"{PRODUCTS}.III": "IV.3. Sản phẩm dạng III: công bố, đào tạo, sở hữu trí tuệ", USES: "IV.4. Phương án sử dụng kết quả, nơi tiếp nhận", PLAN: "TIẾN ĐỘ THỰC HIỆN",
}  # fmt: skip
_HEADS = {"number": "Số", "name": "Tên sản phẩm", "kind": "Loại", "unit": "ĐVT", "quantity": "Số lượng", "quality": "Mức chất lượng cần đạt", "level_home": "Mẫu tương tự trong nước",
          "level_abroad": "Mẫu tương tự thế giới", "place": "Dự kiến nơi công bố", "ready_month": "Tháng hoàn thành"}  # fmt: skip
_FIELDS = {"I": ("number", "name", "kind", "unit", "quantity", "quality", "level_home", "level_abroad", "ready_month"),
           "II": ("number", "name", "kind", "unit", "quantity", "quality", "ready_month"),
           "III": ("number", "name", "kind", "unit", "quantity", "quality", "place", "ready_month")}  # fmt: skip
USE_HEADS = ("Sản phẩm", "Đơn vị tiếp nhận", "Địa chỉ ứng dụng", "Cách sử dụng", "Từ tháng thứ")
PLAN_HEADS = ("TT", "Nội dung công việc", "Kết quả phải đạt", "Sản phẩm", "Từ tháng", "Đến tháng", "Thành viên thực hiện", "Phối hợp", "Dự kiến kinh phí (đồng)")
SPENDING_WORDS = {Spending.FINAL_PRODUCT: "Khoán đến sản phẩm cuối cùng", Spending.PARTIAL: "Khoán từng phần"}


def product_heads(group: str) -> list[str]:
    """The columns of the table of this form."""
    return ["Yêu cầu khoa học cần đạt" if f == "quality" and group != "I" else _HEADS[f] for f in _FIELDS[group]]


def product_rows(group: str, products: Sequence[tuple[str, Promise]], kinds: Kinds) -> Cells:
    """The products of one form, row by row; `products` with their numbers."""
    rows = []
    for number, p in products:
        if str(p.group) == group:
            told = {"number": number, "kind": kinds.get(group, {}).get(p.kind or "", p.kind or "")}
            rows.append([told.get(f, "" if (value := getattr(p, f, None)) is None else str(value)) for f in _FIELDS[group]])
    return rows


def use_rows(uses: Sequence[Use]) -> Cells:
    return [[u.product or "", u.receiver, u.place, u.how, "" if u.month_from is None else str(u.month_from)] for u in uses]


def plan_rows(stages: Sequence[Stage]) -> Cells:
    return [[str(n), s.content, s.result, "; ".join(s.products), str(s.month_from), str(s.month_to), "; ".join(s.who), s.others or "", "" if s.cost is None else dotted(s.cost)]
            for n, s in enumerate(stages, 1)]  # fmt: skip


# --- read again -----------------------------------------------------------------------------------------------


@dataclass
class Promised:
    """The products of a file, what each number in it stands for, and the rows that cannot be read."""

    promises: list[Promise] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def gathered(tables: Mapping[str, Cells]) -> Cells | None:
    """The rows of the tables of products, the form before each; None when there is no such table."""
    if not any(tag in tables for tag in PRODUCT_TAGS.values()):
        return None
    return [[group, *row] for group, tag in PRODUCT_TAGS.items() for row in tables.get(tag, [])]


def _rows(cells: Cells, heads: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Rows with something in them besides the head, with their numbers in the table."""
    folded = [fold(head) for head in heads]
    found = []
    for number, row in enumerate(cells, 1):
        texts = [nfc(cell) for cell in (list(row) + [""] * len(heads))[: len(heads)]]
        if any(texts) and [fold(t) for t in texts] != folded:
            found.append((number, texts))
    return found


def products_of(cells: Cells, kinds: Kinds) -> Promised:
    """The promised products of gathered rows."""
    found, counts, unnamed = Promised(), dict.fromkeys(PRODUCT_TAGS, 0), []
    for group in PRODUCT_TAGS:
        for at, texts in _rows([row[1:] for row in cells if row and row[0] == group], product_heads(group)):
            told = dict(zip(_FIELDS[group], texts, strict=True))
            promise = _promise(ProductGroup(group), told, {fold(label): code for code, label in kinds.get(group, {}).items()})
            if promise is None:
                found.wrong.append(f"{group}, {at}")
                continue
            counts[group] += 1
            label = f"{group}.{counts[group]}"
            if number := told["number"].replace(" ", ""):
                found.numbers.setdefault(number, label)
            else:
                unnamed.append(label)
            found.promises.append(promise)
    for label in unnamed:  # a row that was put in between takes nobody's number
        found.numbers.setdefault(label, label)
    return found


def _promise(group: ProductGroup, told: Mapping[str, str], kinds: Mapping[str, str]) -> Promise | None:
    name, unit, kind = " ".join(told["name"].split()), " ".join(told["unit"].split()), told["kind"]
    many, ready = _whole(told["quantity"], 10**7), _month(told["ready_month"])
    more = {f: " ".join(told.get(f, "").split()) or None for f in ("level_home", "level_abroad", "place")}
    bad = (not 0 < len(name) <= 300, not 0 < len(unit) <= 60, not many, not 0 < len(told["quality"]) <= 2000, ready == 0, bool(kind) and fold(kind) not in kinds,
           any(len(text or "") > (300 if f == "place" else 500) for f, text in more.items()))  # fmt: skip
    return None if any(bad) else Promise(group, name, unit, many, told["quality"], kinds.get(fold(kind)), ready_month=ready, **more)


def uses_of(cells: Cells) -> tuple[list[Use], list[str]]:
    """The uses of a table, with product numbers as they are written; and the rows that cannot be read."""
    made, wrong = [], []
    for number, (product, receiver, place, how, month) in _rows(cells, USE_HEADS):
        first, receiver, place = _month(month, 240), " ".join(receiver.split()), " ".join(place.split())
        if not 0 < len(receiver) <= 300 or not 0 < len(place) <= 300 or not 0 < len(how) <= 2000 or first == 0:
            wrong.append(str(number))
        else:
            made.append(Use(receiver, place, how, first, product.replace(" ", "") or None))
    return made, wrong


def stages_of(cells: Cells) -> tuple[list[Stage], list[str]]:
    """The milestones of a table, in the order of their months; and the rows that cannot be read."""
    made, wrong = [], []
    for number, (_n, content, result, products, first, last, who, others, cost) in _rows(cells, PLAN_HEADS):
        begins, ends, content, result = _month(first), _month(last), " ".join(content.split()), " ".join(result.split())
        price = _cost(cost)
        if not 0 < len(content) <= 300 or not 0 < len(result) <= 300 or not begins or not ends or ends < begins or price == -1 or len(others) > 300:
            wrong.append(str(number))
            continue
        named = tuple(sorted({label.replace(" ", "") for label in re.split(r"[;,]", products) if label.strip()}))
        made.append(Stage(content, result, begins, ends, _names(who), " ".join(others.split()) or None, named, price))
    return sorted(made, key=lambda s: (s.month_from, s.month_to)), wrong


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(name.split()) for name in re.split(r"[;\n]", text) if name.strip()))


def renumbered(parts: Sequence[Any], numbers: Mapping[str, str]) -> tuple[list[Any], list[str]]:
    """Uses or milestones with the product numbers that hold in the dossier; and the numbers that stand for nothing."""
    strange: list[str] = []

    def of(label: str) -> str:
        if label not in numbers:
            strange.append(label)
        return numbers.get(label, label)

    def tied(part: Any) -> Any:
        if isinstance(part, Use):
            return replace(part, product=of(part.product)) if part.product else part
        return replace(part, products=tuple(sorted(map(of, part.products))))

    return [tied(part) for part in parts], strange


def spending_of(text: str) -> Spending | None:
    """The method of lump-sum spending that is written; None for anything else."""
    return next((spending for spending, words in SPENDING_WORDS.items() if fold(words) == fold(text)), None)


def _whole(text: str, most: int) -> int:
    """A whole number, 0 for what is none."""
    if not re.fullmatch(r"[0-9]{1,8}|[0-9]{1,3}(\.[0-9]{3})+", text):
        return 0
    number = int(text.replace(".", ""))
    return number if number <= most else 0


def _month(text: str, most: int = 120) -> int | None:
    """A month, None when nothing is written, 0 for what is no month."""
    return _whole(text, most) if text else None


def _cost(text: str) -> int | None:
    """An amount in đồng, None when nothing is written, -1 for what is none."""
    try:
        return amount_of(text) if text else None
    except Unreadable:
        return -1
