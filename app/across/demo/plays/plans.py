"""Plays of the plan: measures with yearly notes on the plan in force, and the draft of an invented next plan with its mapping."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from app.across.demo.cast import Cast
from app.kernel.clock import local
from app.stages.plan import actions, queries
from app.stages.plan.models import Measure, Plan, Priority
from app.stages.plan.rules import Progress

NEXT = Path(__file__).parent.parent / "data" / "plan-next.json"
DAY = timedelta(days=1)
# group or item, body, what is to be done (vi, en), given out and due (days from now), notes: (days from now, progress, percent, words)
MEASURES = (
    ("I", "agency3", "Mở chuyên mục khoa học và đời sống trên hệ thống truyền thanh xã", "Open a programme on science and life on the commune's radio", -700, 90, (
        (-420, "on_track", 40, "Đã phát 12 số, mỗi tháng một số; nhân dân phản hồi tốt."), (-80, "on_track", 75, "Đã phát 30 số; đang bổ sung chuyên đề chuyển đổi số."))),
    ("II", "agency2", "Rà soát, đề xuất sửa quy định về đặt hàng nhiệm vụ của ngành y tế", "Review the rules on ordering projects in health care", -650, -45, (
        (-400, "behind", 30, "Đã rà soát xong phần khám, chữa bệnh; phần dự phòng chậm do thay đổi nhân sự."),)),
    ("III", "agency1", "Hằng năm trình danh mục đặt hàng của ngành nông nghiệp và môi trường", "Submit the order list of agriculture and environment every year", -690, 400, (
        (-430, "on_track", 30, "Đã trình danh mục 6 nhiệm vụ."), (-70, "on_track", 60, "Đã trình danh mục 8 nhiệm vụ, hai nhiệm vụ được phê duyệt."))),
    ("IV", "agency2", "Đào tạo nhân lực nghiên cứu cho các bệnh viện tuyến tỉnh", "Train researchers for the provincial hospitals", -700, 300, (
        (-680, "not_begun", 0, "Đang lập kế hoạch."),)),
    ("V", "agency3", "Giới thiệu sản phẩm khởi nghiệp của xã tại hội chợ công nghệ", "Show the commune's start-ups at the technology fair", -600, -120, (
        (-130, "done", 100, "Đã tham gia hội chợ với 5 sản phẩm, ký 2 thỏa thuận."),)),
    ("VI", "agency1", "Ký chương trình hợp tác nghiên cứu với viện, trường trong vùng", "Agree on research cooperation with institutes of the region", -640, 200, ()),
    ("1.1", "agency1", "Lập danh mục mô hình nông nghiệp công nghệ cao cần nhân rộng", "List the high-tech farming models to be spread", -500, -20, (
        (-120, "behind", 55, "Đã khảo sát 9/14 xã; mưa lũ làm chậm phần còn lại."),)),
    ("1.8", "agency1", "Hướng dẫn hợp tác xã dùng cảm biến và nhật ký điện tử", "Teach cooperatives to use sensors and electronic diaries", -300, 150, (
        (-60, "on_track", 50, "Đã tập huấn 21 hợp tác xã."),)),
    ("5.1", "agency2", "Đề xuất danh mục kỹ thuật cao cần nghiên cứu ứng dụng", "Propose the high techniques to be studied", -480, -200, (
        (-210, "done", 100, "Đã trình danh mục 7 kỹ thuật."),)),
    ("7.3", "agency3", "Xây dựng mô hình thu gom, xử lý bao bì thuốc bảo vệ thực vật", "Set up a model for collecting pesticide packaging", -560, 30, ()),
)  # fmt: skip

# what every item that has none of its own gets: (vi, en), the bodies in turn; each was noted once, and nothing of it is late
EACH = (
    ("Rà soát nhu cầu, đề xuất đặt hàng nhiệm vụ về: {vi}", "Review needs and propose tasks on: {en}"),
    ("Phối hợp nhân rộng kết quả về: {vi}", "Help to spread results on: {en}"),
)
BODIES = ("agency1", "agency2", "agency3")


def measures(cast: Cast, *, as_of: datetime) -> list[Measure]:
    """What the bodies have to do for the plan in force: done, in time, without note, overdue."""
    plan = queries.current_plan()
    if plan is None:
        raise LookupError("no plan is in force")
    groups, items, made = {g.code: g for g in plan.groups}, {i.code: i for s in plan.sectors for i in s.items}, []
    for place, body, text_vi, text_en, given, due, notes in MEASURES:
        where = {"group": groups[place]} if place in groups else {"item": items[place]}
        values = {"text_vi": text_vi, "text_en": text_en, "due_on": min(local(as_of + due * DAY).date(), plan.period.last)}
        row = actions.assign(plan, values, agency=cast.org(body), by=cast["officer"], at=as_of + given * DAY, **where)  # type: ignore[arg-type]
        for when, progress, percent, words in notes:
            at = as_of + when * DAY
            actions.note_progress(row, year=local(at).year, progress=Progress(progress), percent=percent, text=words, by=cast[body], at=at)
        made.append(row)
    return made + _each(cast, plan, [items[code] for code in items if code not in {place for place, *_more in MEASURES}], as_of)


def _each(cast: Cast, plan: Plan, bare: list[Priority], as_of: datetime) -> list[Measure]:
    made = []
    for n, item in enumerate(bare):
        (vi, en), body, at = EACH[n % len(EACH)], BODIES[n % len(BODIES)], as_of - (60 + n % 7) * DAY
        values = {"text_vi": vi.format(vi=item.short_vi), "text_en": en.format(en=item.title_en), "due_on": min(local(as_of + (250 + 11 * n) * DAY).date(), plan.period.last)}
        row = actions.assign(plan, values, agency=cast.org(body), item=item, by=cast["officer"], at=as_of - (520 - n) * DAY)
        actions.note_progress(row, year=local(at).year, progress=Progress.ON_TRACK, percent=20 + 5 * (n % 9), text=f"Đã làm việc với các đơn vị liên quan; có {1 + n % 4} đề xuất.", by=cast[body], at=at)
        made.append(row)
    return made


def next_plan(cast: Cast, *, at: datetime) -> Plan:
    """The draft of an invented plan 2026-2030, imported with what the items of the plan in force become."""
    return actions.import_plan(json.loads(NEXT.read_text(encoding="utf-8")), by=cast["officer"], at=at)[0]
