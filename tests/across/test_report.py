"""The report to the people's committee: the plan's groups with what bodies said for the year, who said nothing, tables of figures."""

from __future__ import annotations

import io
from datetime import date, timedelta

import docx
import pytest
from sqlalchemy import select

from app.across.board import queries as board
from app.across.board import report
from app.services.people.models import Organisation
from app.stages.plan.models import Group, Measure, Note, Plan
from app.stages.plan.rules import Progress

BODIES = {"department": {"name": "Sở"}, "committee": {"name": "Tỉnh"}, "place": "Tân An"}


def blocks_of(**more):
    return report.content("1/KH", 2026, [], [0] * 8, narrowed=[], bodies=BODIES, today=date(2026, 3, 2), **more)["blocks"]


@pytest.mark.nodb
def test_groups_silent_bodies_and_annexes():
    groups = [report.Part("I", "Thể chế", 2026, [report.Told("Sở A", None, "Ban hành quy chế", "đúng tiến độ", 40, "Đã trình\nlần một"), report.Told("Sở B", "1.2", "Rà soát")]),
              report.Part("II", "Nhân lực", 2026, [])]  # fmt: skip
    blocks = blocks_of(groups=groups, annexes=[report.Annex("Kinh phí", ["Năm", "Đã chi"], [["2026", "5"]]), report.Annex("Trống", ["Năm"], [])])
    texts = [b.get("text", "") for b in blocks]
    assert "Nhóm I. Thể chế" in texts and "Sở A, Ban hành quy chế – đúng tiến độ, 40%. Đã trình. lần một." in texts
    silent = blocks[texts.index("Việc chưa có báo cáo tiến độ năm 2026") + 1]
    assert silent["rows"] == [["Sở B", "1.2", "Rà soát"]]
    assert blocks[texts.index("Phụ lục 1. Kinh phí") + 1]["rows"] == [["2026", "5"]] and texts[texts.index("Phụ lục 2. Trống") + 1] == "Chưa có số liệu."
    assert blocks[-1]["kind"] == "sign" or texts[-2:] == ["Chưa có số liệu.", ""]


@pytest.mark.nodb
def test_without_groups_it_is_the_board_alone():
    assert not any("Nhóm" in b.get("text", "") or "Phụ lục" in b.get("text", "") for b in blocks_of())


def test_the_last_word_of_the_year_counts(db, cast, at):
    plan, body = db.session.scalars(select(Plan).where(~Plan.is_historic)).first(), db.session.scalars(select(Organisation)).first()
    group = db.session.scalars(select(Group).where(Group.plan_id == plan.id).order_by(Group.position)).first()
    made = []
    for n, given in enumerate((date(2025, 1, 1), date(2025, 2, 1), date(2027, 1, 1))):
        made.append(Measure(plan_id=plan.id, group_id=group.id, agency_id=body.id, text_vi=f"Việc {n}", folded=f"viec {n}", assigned_on=given, due_on=date(2028, 1, 1)))
    db.session.add_all(made)
    db.session.flush()
    said = [(2025, 1, "năm trước"), (2026, 1, "lần đầu"), (2026, 2, "lần sau")]
    db.session.add_all(Note(measure_id=made[0].id, year=y, revision=r, progress=Progress.BEHIND, percent=r, text=t, at=at + timedelta(hours=r), by_id=cast["agency1"].id) for y, r, t in said)
    db.session.flush()
    own = {m.text_vi: (m.said, m.percent) for m in board.measures_of(plan, 2026) if m.text_vi.startswith("Việc ")}
    assert own == {"Việc 0": ("lần sau", 2), "Việc 1": (None, None)}


def test_word_and_pdf_hold_all_groups_and_tables(played, db, as_):
    client = as_("leader")
    answer = client.get("/board/report.docx?year=2026")
    assert answer.status_code == 200
    file = docx.Document(io.BytesIO(answer.data))
    text = "\n".join(p.text for p in file.paragraphs)
    plan = next(p for p in board.plans() if p.state == "in_force")
    for group in board.groups_of(plan):
        assert f"Nhóm {group.code}. {group.name_vi}" in text
    assert "Việc chưa có báo cáo tiến độ năm 2026" in text and "Phụ lục 8." in text
    narrow = docx.Document(io.BytesIO(client.get("/board/report.docx?only=nothing").data))
    assert "Phụ lục" not in "\n".join(p.text for p in narrow.paragraphs)
