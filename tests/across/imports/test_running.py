"""The sample list: imported whole, not twice, and undone without a trace; rows repaired; what was worked on stays."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import func, select

from app.across.hub.phase import Phase, phase_sql
from app.across.imports import actions, queries, running
from app.across.imports.models import Row
from app.across.imports.rules import BatchState, Choice, Outcome, Target
from app.kernel import journal
from app.kernel.clock import local
from app.kernel.errors import Incomplete, WrongState
from app.services.people.models import Engagement, Organisation
from app.services.similarity.models import TextEntry
from app.stages.acceptance.models import Case
from app.stages.funding.models import Project, ProjectClosing

HEADS = "Mã số,Tên đề tài,Cơ quan chủ trì,Chủ nhiệm,Thời gian thực hiện,Tổng kinh phí (triệu đồng),Tình trạng,Xếp loại,Nguyên nhân\n"
LINES = """ĐT-01,NGHIÊN CỨU GIỐNG LÚA TỈNH LONG AN,Viện Lúa Vùng Sâu,PGS.TS. Lê Văn Một,Từ tháng 7/2006 - 10/2007,"1.250,5",đã nghiệm thu,Khá,
ĐT-02,Mô hình nuôi tôm,Công ty Tôm Xanh,,2010-2012,gần 540,đang thực hiện,,
ĐT-03,Máy gặt đập liên hợp,Công ty Tôm Xanh,,19/8/8021,300,đã nghiệm thu,,
ĐT-04,Chế phẩm sinh học cho thanh long,,,24 tháng (2015-2016),200,không đạt,Không đạt,khách quan
ĐT-05,Trồng nấm trên rơm,,,2013-2014,100,Dừng thực hiện,,
ĐT-06,Đề xuất trồng sen,,,2013-2014,100,đề xuất,,
"""


@pytest.fixture
def officer(cast):
    return cast["officer"]


def counts(db):
    return {m.__tablename__: db.session.scalar(select(func.count()).select_from(m)) for m in (Project, ProjectClosing, Case, Engagement, TextEntry)}


def taken(officer, at, text=HEADS + LINES, **more):
    batch = actions.take("cu.csv", text.encode(), target=Target.PROJECTS, by=officer, at=at)
    actions.name_columns(batch, batch.mapping, units=batch.units, defaults=more.get("defaults", {}), link_items=False, by=officer, at=at)
    return batch


def finished(batch, officer, at):
    actions.start(batch, by=officer, at=at)
    while running.step(batch, at=at):
        pass
    return batch


def rows(db, batch):
    return {r.number: r for r in db.session.scalars(queries.rows_statement(batch))}


def test_states_money_and_names_of_a_list(cast, db, officer, at):
    batch = finished(taken(officer, at), officer, at)
    assert (batch.state, batch.total, batch.imported) == (BatchState.DONE, 6, 3)
    found = rows(db, batch)
    assert {n: r.outcome for n, r in found.items()} == {2: Outcome.IMPORTED, 3: Outcome.IMPORTED, 4: Outcome.REFUSED, 5: Outcome.IMPORTED, 6: Outcome.REFUSED, 7: Outcome.REFUSED}
    assert "8021" in str(found[4].problems)
    one = db.session.scalar(select(Project).where(Project.code == "ĐT-01"))
    assert (one.title, one.pi_name, one.approved_state, one.historic, str(one.starts_on), str(one.ends_on)) == (
        "Nghiên cứu giống lúa tỉnh Long An", "Lê Văn Một", 1_250_500_000, True, "2006-07-01", "2007-10-31")  # fmt: skip
    assert found[2].cells[1] == "NGHIÊN CỨU GIỐNG LÚA TỈNH LONG AN"
    case = db.session.scalar(select(Case).where(Case.project_id == one.id))
    assert (case.accepted, case.grade) == (True, "good")
    phases = dict(db.session.execute(select(Project.code, phase_sql(local(at).date())).where(Project.code.like("ĐT-0%"))).all())
    assert phases == {"ĐT-01": Phase.RECOGNISED, "ĐT-02": Phase.RUNNING, "ĐT-04": Phase.FAILED}
    assert queries.source_of(one.public_id).number == 2
    assert journal.verify()[1] is None


def test_the_sample_comes_once_and_leaves_whole(cast, db, officer, at, sample):
    before = counts(db)
    batch = finished(actions_on(sample, officer, at), officer, at)
    assert batch.total == 50 and batch.imported == 30, queries.outcomes(batch)
    assert counts(db)["project"] == before["project"] + 30
    again = actions_on(sample, officer, at)
    with pytest.raises(WrongState):
        actions.start(again, by=officer, at=at)
    changed = finished(actions_on(sample + b"\n", officer, at), officer, at)
    assert changed.imported == 0 and counts(db)["project"] == before["project"] + 30
    running.undo(batch, reason="Nhầm danh sách", by=officer, at=at)
    assert counts(db) == before
    assert batch.state == BatchState.UNDONE and journal.verify()[1] is None


@pytest.fixture
def sample():
    path = Path(__file__).parent / "sample-tasks.csv"
    return path.read_bytes()


def actions_on(content, officer, at):
    batch = actions.take("sample.csv", content, target=Target.PROJECTS, by=officer, at=at)
    actions.name_columns(batch, batch.mapping, units={}, defaults={"year": "2015"}, link_items=False, by=officer, at=at)
    return batch


def test_a_row_is_repaired_or_left_out(cast, db, officer, at):
    batch = taken(officer, at)
    row = rows(db, batch)[4]
    actions.repair(batch, row, {"period": "2008-2009"}, Choice.IMPORT, by=officer, at=at)
    db.session.refresh(row)
    assert row.errors == 0 and row.fixes == {"period": "2008-2009"} and row.cells[4] == "19/8/8021"
    six = rows(db, batch)[7]
    actions.repair(batch, six, {}, Choice.SKIP, by=officer, at=at)
    finished(batch, officer, at)
    assert rows(db, batch)[4].outcome == Outcome.IMPORTED and rows(db, batch)[7].outcome == Outcome.SKIPPED
    with pytest.raises(WrongState):
        actions.repair(batch, row, {}, Choice.SKIP, by=officer, at=at)


def test_what_is_here_fills_only_what_is_empty_and_comes_out_again(cast, db, officer, at):
    finished(taken(officer, at), officer, at)
    two = db.session.scalar(select(Project).where(Project.code == "ĐT-02"))
    more = taken(officer, at, HEADS + "ĐT-02,Tên khác hẳn,Công ty Tôm Xanh,Trần Thị Hai,2010-2012,999,đang thực hiện,,\n")
    row = rows(db, more)[2]
    assert row.match_pid == two.public_id and row.choice == Choice.SKIP
    with pytest.raises(Incomplete):
        actions.repair(more, row, {}, Choice.IMPORT, by=officer, at=at)
    actions.repair(more, row, {}, Choice.FILL, by=officer, at=at)
    finished(more, officer, at)
    db.session.refresh(two)
    assert (two.pi_name, two.title, two.approved_state) == ("Trần Thị Hai", "Mô hình nuôi tôm", 540_000_000)
    running.undo(more, reason="x", by=officer, at=at)
    assert db.session.scalar(select(Project.pi_name).where(Project.code == "ĐT-02")) == "–"


def test_an_import_whose_project_was_worked_on_stays(cast, db, officer, at):
    batch = finished(taken(officer, at), officer, at)
    two = db.session.scalar(select(Project).where(Project.code == "ĐT-02"))
    journal.record(two, "attach", by=officer, at=at.replace(hour=at.hour + 1))
    with pytest.raises(WrongState) as refused:
        running.undo(batch, reason="x", by=officer, at=at)
    assert "ĐT-02" in refused.value.params["names"]


def test_hosts_are_found_under_earlier_names_and_short_forms(cast, db, officer, at):
    batch = taken(officer, at, HEADS + "A1,Một đề tài khác,TT Nghiên cứu Cây Khóm,,2010-2012,500,đã nghiệm thu,,\n")
    assert rows(db, batch)[2].understood["host_pid"] is None
    finished(batch, officer, at)
    more = taken(officer, at, HEADS + "A2,Một đề tài nữa,Trung tâm Nghiên cứu cây khóm,,2010-2012,500,đã nghiệm thu,,\n")
    assert rows(db, more)[2].understood["host_pid"] == db.session.scalar(select(Organisation.public_id).where(Organisation.name == "TT Nghiên cứu Cây Khóm"))


def workbook():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    secret = book.add_worksheet("Ẩn")
    secret.hide()
    secret.write_row(0, 0, ["Tên đề tài", "Tình trạng"])
    sheet = book.add_worksheet("Danh sách")
    secret.write_row(1, 0, ["Bí mật", "đạt"])
    sheet.activate()
    sheet.set_first_sheet()
    sheet.merge_range(0, 0, 0, 4, "DANH SÁCH NHIỆM VỤ")
    sheet.write_row(1, 0, ["Tên nhiệm vụ", "Cơ quan chủ trì", "Bắt đầu", "Kinh phí (triệu đồng)", "Tình trạng"])
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for n, title in enumerate(("Đề tài thứ nhất", "Đề tài thứ hai", "Đề tài bị ẩn")):
        sheet.write_string(2 + n, 0, title)
        sheet.write_number(2 + n, 2, 43101, day)
        sheet.write_formula(2 + n, 3, "=500*2", None, 1000)
        sheet.write_string(2 + n, 4, "đã nghiệm thu")
    sheet.merge_range(2, 1, 3, 1, "Trường Đại học Gộp Ô")
    sheet.set_row(4, None, None, {"hidden": True})
    book.close()
    return buffer.getvalue()


def test_a_workbook_with_hidden_and_merged_parts(cast, db, officer, at):
    batch = actions.take("cu.xlsx", workbook(), target=Target.PROJECTS, by=officer, at=at)
    assert (batch.sheet, batch.sheets, batch.head_row, batch.total) == ("Danh sách", [["Ẩn", True], ["Danh sách", False]], 2, 2)
    assert batch.notes and batch.notes[0][1]["rows"] == "5"
    actions.name_columns(batch, batch.mapping, units={}, defaults={}, link_items=False, by=officer, at=at)
    found = db.session.scalars(select(Row).where(Row.batch_id == batch.id).order_by(Row.number)).all()
    assert [r.understood["host"] for r in found] == ["Trường Đại học Gộp Ô"] * 2
    assert found[0].understood["state_money"] == 1_000_000_000 and found[0].understood["start"] == "2018-01-01"
    again = actions.choose_sheet(batch, "Danh sách", hidden=True, by=officer, at=at)
    assert again.total == 3 and batch.state == BatchState.DROPPED


@pytest.mark.parametrize("name", ["cu.xls", "cu.xlsm", "cu.pdf", "cu", "cu.ods"])
def test_other_files_are_refused_with_a_sentence(cast, officer, at, name):
    with pytest.raises(Incomplete):
        actions.take(name, b"PK\x03\x04 something", target=Target.PROJECTS, by=officer, at=at)


def test_an_empty_file_a_huge_one_and_no_headings(cast, officer, at):
    for content in (b"", b"\0\0\0", b"x" * (21 * 2**20), b"a\n", b'"open,\nb'):
        with pytest.raises(Incomplete):
            actions.take("cu.csv", content, target=Target.PROJECTS, by=officer, at=at)


def test_organisations_come_with_their_former_names(cast, db, officer, at):
    text = "Tên tổ chức;Mã số thuế;Địa chỉ;Tên cũ\nTrung tâm Ong Mật;;Tân An;Trạm Ong Mật\nHợp tác xã Dưa;;;\n"
    batch = actions.take("to-chuc.csv", text.encode("utf-16"), target=Target.ORGANISATIONS, by=officer, at=at)
    actions.name_columns(batch, batch.mapping, units={}, defaults={}, link_items=False, by=officer, at=at)
    finished(batch, officer, at)
    assert batch.imported == 2
    more = taken(officer, at, HEADS + "A1,Nuôi ong,Trạm Ong Mật,,2010-2012,500,đã nghiệm thu,,\n")
    assert rows(db, more)[2].understood["host_name"] == "Trung tâm Ong Mật"
    running.undo(batch, reason="x", by=officer, at=at)
    assert db.session.scalar(select(Organisation.active_to).where(Organisation.name == "Trung tâm Ong Mật")) is not None


def report(db, batch):
    return {r.number: (r.understood, r.problems, r.errors, r.warnings, r.match_pid, r.choice, r.folded) for r in db.session.scalars(queries.rows_statement(batch).execution_options(populate_existing=True))}


SAME = HEADS + "".join(f"{code},{title},Viện Lúa Vùng Sâu,Lê Văn {n},2010-2012,500,đã nghiệm thu,,\n" for n, (code, title) in enumerate(
    [("A1", "Một"), ("A1", "Hai"), ("A2", "Ba"), ("", "Bốn"), ("", "Bốn"), ("A3", "Năm")]))  # fmt: skip


def test_a_repair_checks_the_row_and_those_like_it_and_finds_what_a_whole_check_finds(cast, db, officer, at, monkeypatch):
    batch = taken(officer, at, SAME)
    assert {n: r.errors for n, r in rows(db, batch).items()} == {2: 0, 3: 1, 4: 0, 5: 0, 6: 1, 7: 0}
    read = []
    checked = actions._checked
    monkeypatch.setattr(actions, "_checked", lambda b, k, p, row: read.append(row.number) or checked(b, k, p, row))
    steps = [(3, {"code": "A9"}, Choice.IMPORT, [2, 3]), (4, {"code": "A1"}, Choice.IMPORT, [2, 4]), (2, {}, Choice.SKIP, [2, 4]), (5, {"title": "Bốn nữa"}, Choice.IMPORT, [5, 6]),
             (6, {"period": "khi nào đó"}, Choice.IMPORT, [6]), (7, {"pi": "Trần Ba"}, Choice.IMPORT, [7]), (2, {}, Choice.IMPORT, [2, 4])]  # fmt: skip
    for number, fixes, choice, wanted in steps:
        read.clear()
        actions.repair(batch, rows(db, batch)[number], fixes, choice, by=officer, at=at)
        assert read == wanted
        alone, figures = report(db, batch), (batch.with_errors, batch.with_warnings)
        actions.check(batch, by=officer, at=at)
        assert report(db, batch) == alone and (batch.with_errors, batch.with_warnings) == figures, number
