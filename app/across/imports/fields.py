"""The fields of what is imported, and the words that name them in headings: how the meaning of columns is suggested. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.across.imports import parsing
from app.across.imports.parsing import Unclear
from app.across.imports.rules import Target
from app.kernel.text import fold
from app.kernel.words import N_


@dataclass(frozen=True)
class Field:
    """A field: its label, the headings that name it (patterns on folded text, the best first), and how its cells are read."""

    name: str
    label: str
    heads: tuple[str, ...]
    parser: Callable[..., Any] | None = None
    money: bool = False


PROJECT = (
    Field("title", N_("Title"), (r"^(title|ten nhiem vu|ten de tai|ten du an)$", r"ten (nhiem vu|de tai|du an|dt|da)", r"^ten\b(?!.*(chu nhiem|co quan|to chuc|don vi))", r"\btitle\b", r"^noi dung nhiem vu")),
    Field("code", N_("Code"), (r"^(ma so|ma nhiem vu|code|task_code|ma)$", r"\bma (so|de tai|nhiem vu|du an)",)),
    Field("host", N_("Host organisation"), (r"^(host|co quan chu tri|to chuc chu tri|don vi chu tri)$", r"(co quan|to chuc|don vi) (chu tri|thuc hien)", r"chu tri")),
    Field("pi", N_("Principal investigator"), (r"^(pi|chu nhiem)$", r"chu nhiem", r"investigator", r"nguoi thuc hien")),
    Field("period", N_("Period"), (r"thoi gian", r"^duration", r"giai doan", r"so thang")),
    Field("start", N_("Start"), (r"^(start|bat dau)$", r"bat dau|khoi cong", r"tu (ngay|thang|nam)")),
    Field("end", N_("End"), (r"^(end|ket thuc)$", r"(ngay|thang|nam|thoi gian) ket thuc", r"den (ngay|thang|nam)")),
    Field("year", N_("Year"), (r"^(year|nam)$", r"^nam (thuc hien|phe duyet|bat dau|trien khai)")),
    Field("total", N_("Approved total"), (r"^(tong kinh phi|budget_total_vnd)$", r"tong (kinh phi|kp|von|so tien|du toan)", r"budget_total|total", r"^kinh phi|^kp\b"), parsing.money, True),
    Field("state_money", N_("State budget"), (r"budget_state_vnd", r"ngan sach|nsnn|snkh|budget_state",), parsing.money, True),
    Field("counterpart", N_("Counterpart funds"), (r"doi ung|von khac|nguon khac|counterpart",), parsing.money, True),
    Field("stand", N_("What became of it"), (r"^(status|trang thai|tinh trang)$", r"tinh trang|trang thai|tien do|ket qua thuc hien")),
    Field("grade", N_("Council's rating"), (r"^(grade|xep loai)$", r"xep loai|danh gia|muc dat")),
    Field("accepted_on", N_("Accepted on"), (r"ngay nghiem thu|nam nghiem thu|result_date|thoi gian nghiem thu",)),
    Field("decision", N_("Decision"), (r"^(decision|quyet dinh)$", r"so (qd|quyet dinh)|quyet dinh")),
    Field("decided_on", N_("Day of the decision"), (r"ngay (qd|quyet dinh|phe duyet)",)),
    Field("kind", N_("Kind of task"), (r"^(kind|loai|loai hinh|loai nhiem vu)$", r"loai (hinh|nhiem vu)")),
    Field("level", N_("Level"), (r"^(level|cap)$", r"cap (quan ly|nhiem vu|de tai)")),
    Field("cause", N_("Cause of the failure"), (r"nguyen nhan",)),
    Field("item", N_("Priority item"), (r"muc uu tien|ma muc",)),
)  # fmt: skip
ORGANISATION = (
    Field("name", N_("Name"), (r"^(ten|name|ten to chuc|ten don vi|ten co quan)$", r"ten (to chuc|don vi|co quan|doanh nghiep|cong ty)", r"^(to chuc|don vi|co quan)\b")),
    Field("tax_code", N_("Tax code"), (r"ma so thue|mst|tax",)),
    Field("address", N_("Address"), (r"dia chi|address",)),
    Field("representative", N_("Representative"), (r"dai dien|thu truong|giam doc|representative",)),
    Field("former", N_("Former name"), (r"ten cu|ten truoc|former",)),
    Field("org_kind", N_("Kind"), (r"loai (hinh|to chuc)|^(loai|kind)$",)),
)  # fmt: skip
OF = {Target.PROJECTS: PROJECT, Target.ORGANISATIONS: ORGANISATION}
NEEDED = {Target.PROJECTS: ("title",), Target.ORGANISATIONS: ("name",)}
CONTENT = {"period": parsing.period, "total": parsing.money, "stand": parsing.stand, "grade": parsing.grade, "decision": parsing.decision}
ENOUGH = 0.6  # of the filled cells a parser has to understand, when the heading says nothing


def known(head: str) -> bool:
    """Does a text read like the heading of a column?"""
    said = _bare(head)
    return len(said) < 60 and any(re.search(p, said) for fields in OF.values() for f in fields for p in f.heads)


def _bare(head: str) -> str:
    return re.sub(r"\s*\([^)]*\)", "", fold(head)).strip(" .:*")


def shape(target: Target, heads: Sequence[str]) -> str:
    """What two lists with the same headings have in common: the choice of columns is remembered by it."""
    return hashlib.sha256("\x1f".join([target, *(fold(h) for h in heads)]).encode()).hexdigest()[:32]


def suggest(target: Target, heads: Sequence[str], lines: Sequence[Sequence[Any]]) -> dict[str, int]:
    """{field: column}: by the words of the headings, the most telling first; then by what the cells can be read as."""
    found: dict[str, int] = {}
    offers = sorted((rank, place, c, f.name) for place, f in enumerate(OF[target]) for c, head in enumerate(heads) for rank, p in enumerate(f.heads) if re.search(p, _bare(head)))
    filled = [sum(1 for line in lines[:200] if str(line[c]).strip()) for c in range(len(heads))]
    for _rank, _place, c, name in sorted(offers, key=lambda o: (o[0], not filled[o[2]], o[1], o[2])):
        if name not in found and c not in found.values():
            found[name] = c
    for name, parser in CONTENT.items() if target == Target.PROJECTS else ():
        best = max(((_share(parser, lines, c), -c) for c in range(len(heads)) if c not in found.values()), default=(0.0, 0))
        if name not in found and best[0] >= ENOUGH and not _bare(heads[-best[1]]):
            found[name] = -best[1]
    if NEEDED[target][0] not in found and target == Target.PROJECTS:
        longest = max(((sum(len(str(line[c])) for line in lines[:100]), -c) for c in range(len(heads)) if c not in found.values()), default=None)
        if longest and longest[0] > 30 * min(len(lines), 100):
            found["title"] = -longest[1]
    return found


def _share(parser: Callable[..., Any], lines: Sequence[Sequence[Any]], c: int) -> float:
    cells, right = [line[c] for line in lines[:100] if str(line[c]).strip()], 0
    for cell in cells:
        try:
            parser(cell)
            right += 1
        except Unclear:
            continue
    return right / len(cells) if len(cells) > 2 else 0.0


__all__ = ["CONTENT", "NEEDED", "OF", "Field", "known", "shape", "suggest"]
