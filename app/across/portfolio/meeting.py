"""The answer on one page for a meeting: plain blocks that the PDF draws. In Vietnamese, as papers are. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from app.across.portfolio.rules import STILL, Effect, Group, Stage, Sums
from app.services.papers.blocks import clean
from app.services.papers.rules import millions, paper_date, with_dots
from app.stages.transfer.quantities import hectares

HEADS = ["Lĩnh vực", "Đạt", "Bàn giao", "Đang dùng", f"Sau {STILL} năm", "Đã chi (triệu đồng)", "Doanh thu (triệu đồng)", "Tiết kiệm (triệu đồng)", "Việc làm"]


def content(groups: Sequence[Group], total: Sums, *, narrowed: Sequence[str], bodies: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What is drawn: the answer in four sentences, and a line for each sector."""
    blocks: list[dict[str, Any]] = [{"kind": "title", "text": "TÌNH HÌNH ỨNG DỤNG KẾT QUẢ NHIỆM VỤ KHOA HỌC VÀ CÔNG NGHỆ"}, {"kind": "subtitle", "text": f"Số liệu đến {paper_date(today)}"}]
    if narrowed:
        blocks.append({"kind": "paragraph", "text": clean(f"Phạm vi: {'; '.join(narrowed)}.")})
    blocks += [{"kind": "paragraph", "text": text} for text in _said(total)]
    rows = [_line(g.name, g.sums) for g in groups]
    blocks.append({"kind": "table", "heads": HEADS, "rows": [*rows, _line("Cộng", total)], "numbers": [False, *([True] * (len(HEADS) - 1))]})
    return {"title": "Tình hình ứng dụng kết quả nhiệm vụ khoa học và công nghệ", "number": None, "body": bodies["department"]["name"], "parent": bodies["committee"]["name"],
            "place": bodies["place"], "longdate": paper_date(today), "blocks": blocks}  # fmt: skip


def _said(total: Sums) -> Iterator[str]:
    n = total.stages
    yield f"Có {n[Stage.ACCEPTED]} nhiệm vụ được nghiệm thu đạt, ngân sách đã chi {with_dots(total.paid)} đồng."
    if not n[Stage.ACCEPTED]:
        return
    yield (f"Trong đó {n[Stage.HANDED_OVER]} nhiệm vụ ({total.share(Stage.HANDED_OVER)}%) đã bàn giao, chuyển giao kết quả hoặc được tổ chức chủ trì tự ứng dụng; "
           f"{n[Stage.IN_USE]} nhiệm vụ ({total.share(Stage.IN_USE)}%) có kết quả đang được ứng dụng theo báo cáo đã xác minh.")  # fmt: skip
    if total.old_enough:
        yield (f"Trong {total.old_enough} nhiệm vụ nghiệm thu đạt từ {STILL} năm trở lên, {n[Stage.STILL_IN_USE]} nhiệm vụ ({total.share(Stage.STILL_IN_USE)}%) "
               "có kết quả còn được ứng dụng.")  # fmt: skip
    e = total.effects
    yield (f"Theo các báo cáo ứng dụng đã xác minh: doanh thu {with_dots(e[Effect.REVENUE])} đồng, tiết kiệm {with_dots(e[Effect.SAVINGS])} đồng, "
           f"{with_dots(e[Effect.JOBS])} việc làm, {with_dots(e[Effect.USERS])} tổ chức, người sử dụng, {with_dots(e[Effect.HOUSEHOLDS])} hộ, {hectares(e[Effect.AREA])} ha.")  # fmt: skip


def _line(name: str, sums: Sums) -> list[str]:
    money = (sums.paid, sums.effects[Effect.REVENUE], sums.effects[Effect.SAVINGS])
    return [clean(name), *(str(n) for n in sums.stages.values()), *(millions(n) for n in money), with_dots(sums.effects[Effect.JOBS])]
