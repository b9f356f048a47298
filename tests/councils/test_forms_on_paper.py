"""What a session prints: invitations for one each, blank ballots and sheets, counting minutes with the hashes of the receipts."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from docx import Document
from pypdf import PdfReader
from sqlalchemy import select

from app.across.demo.plays import councils as council_plays
from app.across.demo.plays import selection as plays
from app.services.councils import queries
from app.services.papers import queries as papers
from app.services.papers.blocks import as_text
from app.services.papers.models import Paper
from app.stages.selection import actions as selection
from tests.selection import factories
from tests.support.kept import kept

DAY = timedelta(days=1)


@pytest.fixture
@kept
def convened(cast, at):
    place = factories.two_checked(cast, at)
    council = selection.prepare(place, by=cast["officer"], at=at + 70 * DAY)
    return council_plays.convened(cast, council=council_plays.established(cast, council=council, at=at + 70 * DAY))


def test_each_member_is_invited_alone(cast, convened, db, as_):
    letters = {seat.user.email: queries.invitations(convened, seat=seat) for seat in convened.seats}
    assert all(len(found) == 1 for found in letters.values()) and len(queries.invitations(convened)) == 7
    others = {s.user.name for s in convened.seats} - {cast["member1"].name}
    text = as_text(letters[cast["member1"].email][0].blocks)
    assert cast["member1"].name in text and convened.place in text and not [name for name in others if name in text]
    pid = letters[cast["member1"].email][0].public_id
    assert as_("member1").get(f"/papers/{pid}").status_code == 200 and as_("officer").get(f"/papers/{pid}").status_code == 200
    assert as_("member2").get(f"/papers/{pid}").status_code == 404 and as_("pi1").get(f"/papers/{pid}").status_code == 404


def test_blank_forms(cast, convened, db, as_):
    base = f"/councils/{convened.public_id}/items/{convened.agenda[0].public_id}"
    said = PdfReader(io.BytesIO(as_("member3").get(f"{base}/ballot.pdf").data)).pages[0].extract_text()
    assert "PHIẾU ĐÁNH GIÁ" in said and "Điểm chấm" in said and cast["member3"].name not in said, "the rule says secret: it names nobody"
    sheet = Document(io.BytesIO(as_("member3").get(f"{base}/remarks.docx").data))
    assert cast["member3"].name in "".join(p.text for p in sheet.paragraphs) + "".join(c.text for t in sheet.tables for r in t.rows for c in r.cells)
    assert sheet.core_properties.author in ("", "Sở Khoa học và Công nghệ", sheet.core_properties.author) and cast["member3"].name not in sheet.core_properties.author
    assert as_("pi1").get(f"{base}/ballot.pdf").status_code == 404 and as_("member9").get(f"{base}/ballot.pdf").status_code == 404


def test_counting_minutes_list_the_receipts(cast, at, db):
    place = factories.two_checked(cast, at)
    found = plays.ranked(cast, call_topic=place, at=at + 70 * DAY)
    council = queries.council_by_pid(found.council.public_id)
    minutes = next(p for p in papers.of(council) if p.template == "councils/counting")
    text = as_text(minutes.blocks)
    seals = [seal for result in queries.counts_of(council).values() for seal in result["seals"]]
    assert len(seals) == 14 and all(seal in text for seal in seals) and "Phiếu trong hòm" in text
    assert cast["member1"].name in text and plays.REMARKS[2] not in text
    assert db.session.scalar(select(Paper).where(Paper.template == "councils/minutes")) is not None
