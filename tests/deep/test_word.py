"""LibreOffice opens the Word form of a dossier, writes it anew, and what it wrote makes an equal dossier."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from app.across.demo.plays import proposals as plays
from app.stages.calls.models import CallTopic
from app.stages.proposals import actions, queries
from tests.proposals.conftest import called, now  # noqa: F401  (fixtures)
from tests.support.browser import values_of

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
PARTS = ("title", "aim", "duration_months", "work", "products", "uses", "milestones", "spending", "lines")

pytestmark = [pytest.mark.deep, pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not on this machine")]


def rewritten(content: bytes, folder: Path) -> bytes:
    """The file as LibreOffice saves it after opening it."""
    folder.joinpath("in").mkdir()
    source = folder / "in/thuyet-minh.docx"
    source.write_bytes(content)
    subprocess.run([str(OFFICE), f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder / "out"), str(source)],
                   check=True, timeout=300, capture_output=True)  # fmt: skip
    return (folder / "out/thuyet-minh.docx").read_bytes()


def test_a_dossier_goes_through_libreoffice_and_comes_back_equal(db: Any, cast: Any, called: Any, now: Any, as_: Any, tmp_path: Path) -> None:  # noqa: F811
    topics: list[CallTopic] = called("Xây dựng hệ thống tưới tự động giám sát bằng IoT", "Phục tráng giống nếp địa phương")
    row = plays.draft(cast, call_topic=topics[0], at=now)
    other = actions.start(topics[1], host=cast.org("host1"), by=cast["pi1"], at=now)
    for m in row.team[1:]:  # the team is not written in Word
        actions.add_member(other, name=m.name, role=m.role, months=m.months, by=cast["pi1"], at=now)
    db.session.commit()
    pi = as_("pi1")
    content = rewritten(pi.get(f"/proposals/{row.public_id}/work.docx").data, tmp_path)
    answer = pi.submit(f"/proposals/{other.public_id}/work-word", {"file": (io.BytesIO(content), "thuyet-minh.docx")}, status=202)
    form = BeautifulSoup(answer.text, "html.parser").select("main form[method=post]")[-1]
    assert pi.post(form["action"], data=values_of(form)).status_code == 303
    one, two = (actions.snapshot(queries.proposal_by_pid(p.public_id)) for p in (row, other))
    assert {p: one[p] for p in PARTS} == {p: two[p] for p in PARTS}
