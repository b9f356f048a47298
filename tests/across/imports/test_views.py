"""The pages of imports: from the upload to what a project's page says; who may not come here."""

from __future__ import annotations

import io
import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.across.imports import cli
from app.across.imports.models import Batch
from app.across.imports.rules import BatchState
from app.stages.funding.models import Project
from tests.support.browser import values_of

LIST = "Mã số;Tên đề tài;Cơ quan chủ trì;Thời gian;Kinh phí (triệu đồng);Tình trạng\nX-01;NUÔI CÁ TRA;Công ty Cá;2010-2012;1.250,5;đã nghiệm thu\nX-02;Trồng sen;;19/8/8021;500;đang thực hiện\n"


ENCODED = LIST.encode("utf-16")


def form_of(client, url):
    return values_of(BeautifulSoup(client.get(url).data, "html.parser").select_one("main form[method=post]"))


def sent(client, name="cu.csv", content=ENCODED):
    return client.post("/imports/new", data=form_of(client, "/imports/new") | {"target": "projects", "file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def test_from_upload_to_the_project_and_out_again(as_, db, app, at, cast):
    officer = as_("officer")
    answer = sent(officer)
    assert answer.status_code == 303
    columns = answer.location
    assert officer.post(columns, data=form_of(officer, columns)).status_code == 303
    page = columns.removesuffix("/columns")
    assert "8021" in officer.get(page).text and "UTF-16" in officer.get(page).text
    row = re.findall(rf"{page}/rows/(\w+)", officer.get(f"{page}?show=errors").text)[0]
    assert officer.post(f"{page}/rows/{row}", data=form_of(officer, f"{page}/rows/{row}") | {"period": "2012-2013"}).status_code == 303
    for more in ("/rows.xlsx", "/report.xlsx", "/sheet"):
        assert officer.get(page + more).status_code == 200
    assert officer.post(f"{page}/start", data=form_of(officer, f"{page}/start")).status_code == 303
    assert "http-equiv" in officer.get(page).text
    cli.go_on(at)
    db.session.expire_all()
    assert db.session.scalar(select(Batch.state)) == BatchState.DONE
    pid = db.session.scalar(select(Project.public_id).where(Project.code == "X-02"))
    shown = officer.get(f"/projects/{pid}").text
    assert "cu.csv" in shown and "19/8/8021" in shown and "2012-2013" in shown
    assert officer.get(f"{page}/columns").status_code == 409
    assert officer.post(f"{page}/undo", data=form_of(officer, f"{page}/undo") | {"reason": "Nhầm"}).status_code == 303
    assert officer.get(f"/projects/{pid}").status_code == 404


@pytest.mark.parametrize(("name", "content"), [("a.xlsm", b"PK"), ("a.xls", b"x"), ("a.xlsx", b"PK\x03\x04zz"), ("a.csv", b""), ("a.csv", b"\0\1\2" * 99)])
def test_what_cannot_be_read_is_said_beside_the_field(as_, cast, name, content):
    answer = sent(as_("officer"), name, content)
    assert answer.status_code == 422 and "field-error" in answer.text


def test_only_officers_come_here(as_, cast):
    for who in ("pi1", "leader", "finance", "auditor"):
        assert as_(who).get("/imports/").status_code == 403
