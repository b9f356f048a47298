"""A workbook of experts: what is wrong is named by line; nothing is half-imported; ten thousand lines go in."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from app.kernel.errors import Incomplete, WrongState
from app.services.experts import actions, importing
from app.services.experts.models import Expert, ExpertField
from app.services.experts.rules import ExpertState

HEAD = [importing.HEADS[n] for n in importing.COLUMNS]


def workbook(*rows, head=HEAD):
    book = Workbook()
    for line in (head, *rows):
        book.active.append(list(line))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def line(name, email, phone="", year="", degree="TS", fields="1.8; 1", tongues="Anh"):
    return (name, email, phone, year, degree, "Trường Đại học Mẫu", "Cây trồng", fields, tongues)


@pytest.fixture
def checked(cast, at):
    return lambda *rows, **more: importing.check("chuyen-gia.xlsx", workbook(*rows, **more), by=cast["officer"], at=at)


def told(upload):
    return [(p["line"], p["column"], p["message"] % p["params"] if p["params"] else p["message"]) for p in upload.problems]


def test_every_mistake_is_named_and_nothing_is_written(checked, cast, at, db):
    actions.add({"name": "Võ Thị Cũ", "email": "cu@vien.vn", "phone": "0912 000 999"}, by=cast["officer"], at=at)
    upload = checked(
        line("Lê Văn Một", "mot@vien.vn", phone="0912 000 111"), line("Lê Văn Một", "MOT@vien.vn"), line("Le Van Mot", "khac@vien.vn", phone="+84 0912 000 111".replace("+84 ", "")),
        line("Không Thư", "khong-phai-dia-chi"), line("Lạ Lĩnh Vực", "la@vien.vn", fields="99.9"), line("Lạ Học Vị", "hocvi@vien.vn", degree="Tú tài"), line("", "ten@vien.vn"),
        line("Võ Thị Cũ", "moi@vien.vn", phone="0912000999"), line("Năm Sai", "nam@vien.vn", year="3025"), line("Võ Thị Cũ", "cu@vien.vn"), line("Tiếng Lạ", "t@vien.vn", tongues="Klingon"))  # fmt: skip
    found = told(upload)
    assert [(n, c) for n, c, _s in found] == [(3, "email"), (4, "name"), (5, "email"), (6, "fields"), (7, "degree"), (8, "name"), (9, "name"), (10, "birth_year"), (12, "languages")]
    assert "line 2" in found[0][2] and "99.9" in found[3][2] and "Võ Thị Cũ" in found[6][2]
    assert upload.known == 1 and len(upload.rows) == 1
    with pytest.raises(WrongState):
        importing.take_in(upload, by=cast["officer"], at=at)
    assert db.session.scalar(select(func.count(Expert.id))) == 1


def test_taken_in_once_as_a_whole(checked, cast, at, db):
    upload = checked(line("Lê Văn Một", "mot@vien.vn", year="1975"), line("Lê Thị Hai", "hai@vien.vn", fields="", tongues=""))
    assert importing.take_in(upload, by=cast["officer"], at=at) == 2
    with pytest.raises(WrongState):
        importing.take_in(upload, by=cast["officer"], at=at)
    rows = list(db.session.scalars(select(Expert).order_by(Expert.id)))
    assert [(r.name, r.state, r.birth_year, r.degree) for r in rows] == [("Lê Văn Một", ExpertState.LISTED, 1975, "doctor"), ("Lê Thị Hai", ExpertState.LISTED, None, "doctor")]
    assert db.session.scalar(select(func.count(ExpertField.id))) == 2


def test_somebody_who_came_meanwhile_stops_all_of_it(checked, cast, at, db):
    upload = checked(line("Lê Văn Một", "mot@vien.vn"), line("Lê Thị Hai", "hai@vien.vn"))
    actions.add({"name": "Lê Thị Hai", "email": "hai@vien.vn"}, by=cast["officer"], at=at)
    with pytest.raises(WrongState, match="hai@vien.vn"):
        importing.take_in(upload, by=cast["officer"], at=at)
    assert db.session.scalar(select(func.count(Expert.id))) == 1 and upload.imported_at is None


def test_what_is_no_list_of_experts(cast, at):
    for name, content in (("a.txt", b"x"), ("a.xlsx", b"not a workbook"), ("a.xlsx", workbook(("x",), head=("Tên khác", "Cột"))), ("a.xlsx", workbook()), ("a.xlsx", b"")):
        with pytest.raises(Incomplete) as said:
            importing.check(name, content, by=cast["officer"], at=at)
        assert said.value.field == "file"


def test_ten_thousand_lines(checked, cast, at, db):
    upload = checked(*(line(f"Người Số {n}", f"so{n}@vien.vn", fields="1") for n in range(10_000)))
    assert importing.take_in(upload, by=cast["officer"], at=at) == 10_000
    assert db.session.scalar(select(func.count(Expert.id))) == 10_000
