"""Plans to test with: the real one, and a later one that supersedes it."""

from __future__ import annotations

import copy
import json
from typing import Any

from app.stages.plan.cli import PLAN_1821

DATA = json.loads(PLAN_1821.read_text())


def codes() -> list[str]:
    """The items of the real plan."""
    return [i["code"] for s in DATA["sectors"] for i in s["items"]]


def later(number: str = "2/KH-UBND", dated: str = "2026-01-05", *, mapped: bool = True) -> dict[str, Any]:
    """A later plan: 1.1 and 1.2 are merged, 1.3 is split, 1.4 ends, the others go on; with targets, agencies and measures."""
    data = copy.deepcopy(DATA)
    data["plan"] |= {"number": number, "date": dated}
    item = data["sectors"][0]["items"][0]
    item |= {"lead_agency": "Sở Nông nghiệp và Môi trường", "coordinating": ["Sở Y tế"], "text_vi": "Nông nghiệp công nghệ cao, cơ cấu mùa vụ",
             "targets": [{"name_vi": "Mô hình ứng dụng", "amount": 12.5, "unit": "mô hình", "year": 2030}],
             "measures": [{"text_vi": "Trình danh mục mô hình", "agency": "Sở Nông nghiệp và Môi trường", "due": "2026-11-30"}]}  # fmt: skip
    data["sectors"][0]["targets"] = [{"name_vi": "Diện tích", "amount": "1000", "unit": "ha", "year": 2030}]
    data["solution_groups"][0]["measures"] = [{"text_vi": "Chuyên mục trên báo tỉnh", "agency": "Sở Y tế", "due": "2026-06-30"}]
    if mapped:
        special = {"1.1": ["1.1"], "1.2": ["1.1"], "1.3": ["1.3", "1.5"]}
        data["mapping"] = [{"old": c, "new": special.get(c, [c])} for c in codes() if c != "1.4"] + [{"old": "1.4", "new": [], "reason_vi": "Đã hoàn thành"}]
    return data
