"""Planned and real use, communes of reports and their map, income and its sharing, pictures."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.across.demo.plays import transfer as plays
from app.kernel.errors import Incomplete, NotAllowed, Refused
from app.services.files import store
from app.services.people.models import Organisation
from app.stages.acceptance.models import Contribution
from app.stages.funding import queries as funding
from app.stages.proposals.models import PlannedUse
from app.stages.transfer import (
    actions,
    communes,
    incomes,
    pictures,
    planned,
    queries,
    sharing,
    sites,
)
from app.stages.transfer.deskmodels import UseSite
from app.stages.transfer.rules import Said, Usage
from tests.funding.factories import all_of
from tests.transfer import factories

DAY = timedelta(days=1)
TAM_VU, BEN_LUC = (next(c.code for c in communes.province().communes.values() if c.name == name) for name in ("Xã Tầm Vu", "Xã Bến Lức"))
SAID = Said(usage=Usage.YES, place="Hai xã", area=350_000, households=90, evidence="Sổ theo dõi")


@pytest.fixture
def result(db, cast, at):
    row = factories.result(cast, at, public=True)
    db.session.commit()
    return row


# --- communes -------------------------------------------------------------------------------------------------


@pytest.mark.nodb
def test_the_province_has_its_communes_and_a_place_for_each_on_the_schematic():
    found = communes.province().communes
    assert len(found) == 96 and sum(c.name.startswith("Phường") for c in found.values()) == 14 and all(c.formerly for c in found.values())
    placed, height = communes.spots()
    assert len(placed) == 96 and all(0 < s.x < communes.WIDTH and 0 < s.y < height for s in placed)


def test_lines_of_communes_are_checked(cast, at, result):
    handover = plays.handed_over(cast, result=result, at=at)
    row = queries.follow_ups_of(cast["officer"], result.id)[0]
    for wrong, field in (([{"commune": None, "place": "x"}], "commune_1"), ([{"commune": "99999"}], "commune_1"), ([{"commune": TAM_VU}, {"commune": TAM_VU}], "commune_2"),
                         ([{"commune": TAM_VU, "district": "Huyện Châu Thành"}], "district_1"), ([{"commune": TAM_VU, "area": 350_001}], "area_1"),
                         ([{"commune": TAM_VU, "households": 60}, {"commune": BEN_LUC, "households": 31}], "households_1")):  # fmt: skip
        with pytest.raises(Incomplete) as refusal:
            sites.check(row, SAID, wrong)
        assert refusal.value.field == field
    with pytest.raises(Incomplete):
        sites.check(row, Said(usage=Usage.NO, note="Hỏng"), [{"commune": TAM_VU}])
    row.due_on = communes.province().since - DAY
    sites.check(row, SAID, [{"commune": TAM_VU, "district": "Huyện Châu Thành"}])  # history
    assert handover.receiver_id


def test_the_map_counts_each_users_last_verified_report(db, app, cast, at, result, as_):
    handover = plays.handed_over(cast, result=result, at=at)
    signer = queries.receiver_people(handover.receiver_id)[0]
    first, second, *_later = queries.follow_ups_of(cast["officer"], result.id)
    when = at + 10 * DAY + 365 * DAY
    actions.report(first, SAID, sites=[{"commune": TAM_VU, "area": 200_000, "households": 50}, {"commune": BEN_LUC, "area": 150_000}], by=signer, at=when)
    assert not db.session.execute(sites.counted(user=None)).all()  # not verified yet
    actions.verify(first, remark=None, by=cast["officer"], at=when)
    assert {(r.commune, r.results, r.users, int(r.area)) for r in db.session.execute(sites.counted(user=None))} == {(TAM_VU, 1, 1, 200_000), (BEN_LUC, 1, 1, 150_000)}
    db.session.commit()
    page = app.test_client().page("/public/results/map")
    assert len(page.select("svg circle")) == 96 and len(page.select("svg a circle")) == 2 and "Xã Tầm Vu" in page.select_one("table").text
    inner = as_("officer").page(f"/transfer/map?commune={BEN_LUC}")
    assert len(inner.select("tbody tr")) == 1 and result.code in as_("officer").page(f"/transfer/?commune={BEN_LUC}").text
    actions.report(second, Said(usage=Usage.NO, note="Hỏng"), by=signer, at=when + 365 * DAY)
    actions.verify(second, remark=None, by=cast["officer"], at=when + 365 * DAY)
    assert not db.session.execute(sites.counted(user=None)).all()  # no longer in use
    assert len(all_of(UseSite)) == 2


def test_the_report_form_takes_communes(db, cast, at, result, as_, travel):
    plays.handed_over(cast, result=result, at=at)
    db.session.commit()
    row = queries.follow_ups_of(cast["officer"], result.id)[0]
    travel.move_to(at + 375 * DAY)
    host, url = as_("host1"), f"/transfer/follow-ups/{row.public_id}"
    form = {"usage": "yes", "place": "Hai xã", "area": "35", "evidence": "Sổ", "commune_1": TAM_VU, "area_1": "36"}
    page = host.submit(f"{url}/report", form, status=422)
    assert 'value="36"' in page.text and 'id="area_1-error"' in page.text
    host.submit(f"{url}/report", form | {"area_1": "12,5", "commune_2": BEN_LUC})
    assert [s.area for s in sites.of(row)] == [125_000, None] and "Xã Bến Lức" in host.page(url).text


# --- planned and real -----------------------------------------------------------------------------------------


def test_what_the_dossier_planned_stands_beside_what_became_of_it(db, cast, at, result, as_):
    project = funding.project_by_id(result.project_id)
    db.session.add(PlannedUse(proposal_id=project.proposal_id, receiver="Hợp tác xã Tầm Vu", place="Xã Tầm Vu", how="Áp dụng", month_from=25))
    db.session.commit()

    def became():
        return {r.receiver: str(r.became) for r in planned.of_result(result)}

    assert set(became().values()) == {"nothing"}
    first = next(r.PlannedUse for r in planned.of_result(result) if r.PlannedUse.organisation_id)
    body = db.session.get(Organisation, first.organisation_id)
    officer = as_("officer")
    link = next(a["href"] for a in officer.page(f"/transfer/results/{result.public_id}").select("a[href*='planned=']"))
    page = officer.page(link)
    assert page.select_one("#place")["value"] == first.place and page.select_one("#receiver option[selected]")["value"] == body.public_id
    officer.submit(link, {"receiver": body.public_id, "giver_name": "Ngô Thủ Trưởng", "planned_on": f"{at:%d/%m/%Y}", "place": first.place, "intended_use": "Nhân rộng", "kind_1": "documents", "name_1": "Quy trình", "quantity_1": "1"})
    assert became() == {body.name: "offered", "Hợp tác xã Tầm Vu": "nothing"}
    row = queries.handovers_of(cast["officer"], result.id)[0]
    assert row.planned_use_pid == first.public_id
    signer = queries.receiver_people(body.id)[0]
    actions.confirm(row, handed_on=at.date(), intended_use="Nhân rộng", receiver_name=signer.name, remark=None, by=signer, at=at)
    db.session.commit()
    assert became()[body.name] == "handed_over"
    plays.verified(cast, handover=row)
    assert became()[body.name] == "used"
    db.session.commit()
    assert "Hợp tác xã Tầm Vu" in officer.page("/transfer/planned-uses?became=nothing").text and "Hợp tác xã Tầm Vu" not in officer.page("/transfer/planned-uses?became=used").text
    assert project.code not in as_("host3").page("/transfer/planned-uses").text


# --- income ---------------------------------------------------------------------------------------------------


@pytest.mark.nodb
@given(st.integers(0, 10**13), st.lists(st.integers(0, 100), min_size=1, max_size=9))
def test_parts_lose_nothing(amount, weights):
    found = sharing.parts(amount, weights)
    assert sum(found) == (amount if sum(weights) else 0)
    assert all(abs(part * sum(weights) - amount * w) < sum(weights) for part, w in zip(found, weights, strict=True)) or not sum(weights)


@pytest.mark.nodb
@pytest.mark.parametrize("split", [(200, 0, 0), (30, 0, 71), (30, 10, 59), (100, 100, 0), (29, 0, 71)])
def test_two_hundred_percent_is_refused(split):
    with pytest.raises(Incomplete) as refusal:
        sharing.check_split(*split, named=True, least=30)
    assert refusal.value.field == "author_share"


def test_income_by_period_is_shared_to_the_dong(db, cast, at, result, as_):
    deal = plays.signed_agreement(cast, result=result, at=at)
    db.session.commit()
    members = [(c.name, c.percent) for c in all_of(Contribution)]
    assert not members  # the shares of this result are none: the authors' part stays one
    signed = deal.signed_on
    terms = {"from_on": signed, "to_on": signed + 89 * DAY, "revenue": 100_000_001, "profit": 50_000_001, "author_share": 30, "intermediary_share": 0, "host_share": 70, "document": "Hóa đơn 12"}
    when = at + 120 * DAY
    row = incomes.record(deal, **terms, by=cast["host1"], at=when)
    assert row.split["authors"] + row.split["host"] == 50_000_001 and row.split["authors"] == 15_000_000
    for wrong in ({"from_on": signed - DAY}, {"to_on": when.date() + DAY}, {}, {"from_on": signed + 90 * DAY, "to_on": signed + 80 * DAY},
                  {"from_on": signed + 90 * DAY, "to_on": signed + 95 * DAY, "profit": 100_000_002}, {"from_on": signed + 90 * DAY, "to_on": signed + 95 * DAY, "intermediary_share": 10, "host_share": 60}):  # fmt: skip
        with pytest.raises(Incomplete):
            incomes.record(deal, **terms | wrong, by=cast["host1"], at=when)
    with pytest.raises(NotAllowed):
        incomes.record(deal, **terms, by=cast["host2"], at=when)
    incomes.cancel(row, reason="Ghi nhầm", by=cast["officer"], at=when)
    incomes.record(deal, **terms, by=cast["host1"], at=when)
    db.session.commit()
    assert "100.000.001" in as_("officer").page("/transfer/incomes?state=recorded").text and "100.000.001" not in as_("host2").page("/transfer/incomes").text
    page = as_("host1").submit(f"/transfer/agreements/{deal.public_id}/record-income", {**{k: str(v) for k, v in terms.items()}, "from_on": "01/01/2026", "to_on": "02/01/2026", "author_share": "100", "host_share": "100"}, status=422)
    assert "200" in page.text and 'value="100.000.001"' in page.text.replace("100000001", "100.000.001")


def test_a_draft_brings_nothing(cast, at, result):
    deal = plays.drafted_agreement(cast, result=result, at=at)
    with pytest.raises(Refused):
        incomes.check_income(deal, cast["host1"])


# --- pictures -------------------------------------------------------------------------------------------------


def _png(width, height, *, more=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = b"".join(b"\0" + b"\x40\x90\x60" * width for _y in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + more + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


class _Upload:
    def __init__(self, name, content):
        self.filename, self.stream = name, io.BytesIO(content)


def test_a_picture_is_drawn_anew_and_shown_with_its_words(db, app, cast, at, result, as_):
    secret = b"tEXtGPS\0 10.53 106.41"
    marked = _png(900, 600, more=struct.pack(">I", len(secret) - 4) + secret + struct.pack(">I", zlib.crc32(secret)))
    row = pictures.add(result, _Upload("vườn.png", marked), alt="Hệ thống tưới ở vườn thanh long", alt_en="Drip lines in an orchard", by=cast["officer"], at=at)
    db.session.commit()
    kept = store.get(pictures.attachment(row).blob_sha256)
    assert (row.width, row.height) == (640, 427) and b"GPS" not in kept and b"GPS" in marked
    visitor, url = app.test_client(), f"/public/results/{result.public_id}"
    image = visitor.page(url).select_one("main img")
    assert image["alt"] == "Hệ thống tưới ở vườn thanh long" and visitor.get(image["src"]).mimetype == "image/png"
    result.is_public = False
    db.session.commit()
    assert app.test_client().get(image["src"]).status_code == 404 and as_("host3").get(f"/transfer/results/{result.public_id}/pictures/{row.public_id}").status_code == 404
    for name, content in (("a.png", b"\x89PNG\r\n\x1a\n"), ("a.svg", b"<svg/>"), ("a.png", _png(10, 10)[:-6]), ("a.jpg", _png(10, 10)), ("tall.png", _png(10, 60))):
        with pytest.raises(Incomplete):
            pictures.add(result, _Upload(name, content), alt="Không phải ảnh", alt_en=None, by=cast["officer"], at=at)
    pictures.remove(row, result, by=cast["officer"], at=at)
    assert not pictures.of([result.id])
