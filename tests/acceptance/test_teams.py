"""The expert team before the council, and assets before liquidation."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import acceptance as plays
from app.across.demo.plays import funding as money
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.papers import queries as papers
from app.stages.acceptance import actions, asked, queries
from app.stages.acceptance.actions import assets, teams
from app.stages.acceptance.rules import AssetKind
from app.stages.funding import queries as funding
from app.stages.funding.rules import ContractState
from tests.acceptance import factories

DAY = timedelta(days=1)
END = 700 * DAY


@pytest.fixture
def project(cast, at):
    return factories.project(cast, at)


def test_measurable_products_are_checked_before_the_council(db, cast, at, project, as_, travel, mails):
    case = plays.submitted(cast, project=project, at=at + END)
    actions.check(case, by=cast["officer"], at=at + END + 4 * DAY)
    for product in funding.products_of(project)[:2]:
        product.group = "I"
    db.session.flush()
    when = at + END + 5 * DAY
    assert [line.position for line in asked.measurable(case)] == [1, 2]
    with pytest.raises(WrongState, match="experts checks them"):
        actions.put_to_council(case, title="x", by=cast["officer"], at=when)
    for members, field in (([], "member_1"), ([cast["member5"], cast["member5"]], "member_2"), ([cast["pi1"]], "member_1")):
        with pytest.raises(Incomplete) as failure:
            teams.name_team(case, members, number="45/QĐ-SKHCN", dated=when.date(), by=cast["officer"], at=when)
        assert failure.value.field == field
    db.session.commit()
    travel.move_to(when)
    url, officer, head = f"/acceptance/{case.public_id}", as_("officer"), as_("member5")
    assert head.get(url).status_code == 404
    officer.submit(f"{url}/team", {"number": "45/QĐ-SKHCN"}, status=422)
    officer.submit(f"{url}/team", {"number": "45/QĐ-SKHCN", "member_1": cast["member5"].public_id, "member_2": cast["member6"].public_id})
    assert len([m for m in mails() if m.template.endswith("in_team.txt")]) == 2
    assert head.page(url).select(f"a[href='{url}/team/report']") and not as_("member6").page(url).select(f"a[href='{url}/team/report']")
    assert as_("member6").get(f"{url}/team/report").status_code == 403
    whole = {f"{part}_{n}": said for n in (1, 2) for part, said in (("authentic", "yes"), ("counted", "02 mô hình"), ("reaches", "yes"))} | {"conclusion": "Sản phẩm có thật"}
    for wrong in ({"counted_1": ""}, {"authentic_2": ""}, {"reaches_2": "no"}, {"conclusion": ""}):  # no reason for what does not reach
        assert head.submit(f"{url}/team/report", whole | wrong, status=422)
    head.submit(f"{url}/team/report", whole | {"reaches_2": "no", "note_2": "Thiếu một nửa"})
    head.submit(f"{url}/team/report", whole, status=409)
    assert "Thiếu một nửa" in as_("pi1").page(url).text and "acceptance/team_report" in {p.template for p in papers.of(case)}
    officer.submit(f"{url}/team", {"number": "46/QĐ-SKHCN", "member_1": cast["member6"].public_id}, status=409)
    officer.submit(f"{url}/put-to-council")


def test_assets_are_dealt_with_before_liquidation(db, cast, at, project, as_, travel):
    when = at + END
    listed = assets.list_asset(project, kind=AssetKind.EQUIPMENT, name="Máy đo pH", cost=45_000_000, rest=9_000_000, by=cast["host1"], at=when)
    spare = assets.list_asset(project, kind=AssetKind.RESULT, name="Giống lúa", by=cast["officer"], at=when)
    with pytest.raises(Incomplete, match="worth more"):
        assets.change_asset(listed, kind=listed.kind, name="Máy", cost=1, rest=2, by=cast["host1"], at=when)
    with pytest.raises(NotAllowed):
        assets.list_asset(project, kind=AssetKind.RESULT, name="x", by=cast["pi3"], at=when)
    with pytest.raises(WrongState, match="project has ended"):
        assets.deal_with_asset(listed, way="host_owns", receiver="x", number="70/QĐ-SKHCN", dated=when.date(), by=cast["officer"], at=when)
    assets.remove_asset(spare, by=cast["host1"], at=when)
    case = factories.rated(cast, project, at + END)
    plays.registered(cast, case=case, at=when + 20 * DAY)
    plays.recognised(cast, case=case, at=when + 30 * DAY)
    with pytest.raises(WrongState, match="not dealt with yet: Máy đo pH"):
        money.liquidated(cast, project=project, at=when + 40 * DAY)
    after = when + 60 * DAY
    ways = asked.ways_of(project, AssetKind.EQUIPMENT)
    for wrong, field in (({"way": "burnt"}, "way"), ({"receiver": " "}, "receiver"), ({"dated": when.date()}, "dated")):
        said = {"way": next(iter(ways)), "receiver": "Trung tâm", "number": "70/QĐ-SKHCN", "dated": after.date()} | wrong
        with pytest.raises(Incomplete) as failure:
            assets.deal_with_asset(listed, **said, by=cast["officer"], at=after)
        assert failure.value.field == field
    db.session.commit()
    travel.move_to(after)
    url, officer = f"/acceptance/assets/{listed.public_id}", as_("officer")
    contract = funding.contract_of(project.id)
    assert "Máy đo pH" in officer.page(f"/funding/contracts/{contract.public_id}/liquidate").text
    assert as_("pi3").get(url).status_code == 404 and as_("pi1").get(f"{url}/deal-with").status_code == 403
    officer.submit(f"{url}/deal-with", {"way": next(iter(ways)), "number": "70/QĐ-SKHCN"})
    assert "70/QĐ-SKHCN" in officer.page("/acceptance/assets/?q=may+do&dealt=yes").text and officer.get("/acceptance/assets/assets.xlsx").status_code == 200
    officer.submit(f"{url}/deal-with", {"way": next(iter(ways)), "number": "70/QĐ-SKHCN"}, status=409)
    settled = funding.settlement_of(project.id)
    assert settled is not None and funding.contract_of(project.id).state == ContractState.SETTLED and queries.passed_gates(case)
