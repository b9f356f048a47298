"""Equipment and results as assets: listed by the host, dealt with by decision in one of the ways of the project's regime, before liquidation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.rules import check_number
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.acceptance import asked, queries
from app.stages.acceptance.actions.dossiers import face
from app.stages.acceptance.actions.shared import check_apart
from app.stages.acceptance.parts import Asset
from app.stages.acceptance.rules import (
    AssetKind,
    Gate,
    check_gate,
    check_holder,
)
from app.stages.funding import queries as funding
from app.stages.funding.actions import closings
from app.stages.funding.models import Project
from app.stages.funding.rules import ClosingKind, ContractState

KINDS = {AssetKind.EQUIPMENT: "Trang thiết bị, vật tư", AssetKind.RESULT: "Tài sản là kết quả của nhiệm vụ"}  # papers are in Vietnamese


def check_listing(project: Project, by: User) -> None:
    """May this person list assets of the project: its contract is signed and not liquidated?"""
    contract = funding.contract_of(project.id)
    if contract is None or contract.state in (ContractState.DRAFT, ContractState.LIQUIDATED):
        raise WrongState(N_("Assets are listed while the contract is in force or being settled."))
    check_holder(funding.may_request(by, project) or by.can(Do.ACCEPTANCE_RUN))


def check_open(asset: Asset, by: User) -> None:
    """May this person change what is listed: it is not dealt with yet?"""
    if asset.dealt_at is not None:
        raise WrongState(N_("This asset has been dealt with."))
    check_listing(funding.project_by_id(asset.project_id), by)


def _worth(cost: int | None, rest: int | None) -> None:
    if cost is not None and rest is not None and rest > cost:
        raise Incomplete(N_("It cannot be worth more now than was paid for it."), field="rest")


def list_asset(project: Project, *, kind: AssetKind, name: str, amount: str | None = None, cost: int | None = None, rest: int | None = None, note: str | None = None,
               by: User, at: datetime) -> Asset:  # fmt: skip
    """Put something that is left of the project on its list."""
    check_listing(project, by)
    _worth(cost, rest)
    row = Asset(project_id=project.id, kind=kind, name=nfc(name).strip(), folded=fold(name)[:600], amount=amount, cost=cost, rest=rest, note=note, listed_by_id=by.id, listed_at=at)
    db.session.add(row)
    db.session.flush()
    journal.record(project, "list_asset", by=by, at=at, detail={"name": row.name, "kind": str(kind)})
    return row


def change_asset(asset: Asset, *, kind: AssetKind, name: str, amount: str | None = None, cost: int | None = None, rest: int | None = None, note: str | None = None,
                 by: User, at: datetime, seen: Any = None) -> None:  # fmt: skip
    """Correct what is listed, as long as it is not dealt with."""
    check_open(asset, by)
    _worth(cost, rest)
    check_seen(asset, seen)
    asset.kind, asset.name, asset.folded = kind, nfc(name).strip(), fold(name)[:600]
    asset.amount, asset.cost, asset.rest, asset.note = amount, cost, rest, note
    db.session.flush()
    journal.record(funding.project_by_id(asset.project_id), "change_asset", by=by, at=at, detail={"name": asset.name})


def remove_asset(asset: Asset, *, by: User, at: datetime) -> None:
    """Take something off the list that does not belong there."""
    check_open(asset, by)
    journal.record(funding.project_by_id(asset.project_id), "remove_asset", by=by, at=at, detail={"name": asset.name})
    db.session.delete(asset)
    db.session.flush()


def check_dealing(asset: Asset, by: User) -> None:
    """May it be dealt with now, and by this person: the project has ended, the contract is not liquidated?"""
    check_open(asset, by)
    check_apart(asset, by)
    if funding.closing_of(asset.project_id) is None:
        raise WrongState(N_("Assets are dealt with once the project has ended."))


def deal_with_asset(asset: Asset, *, way: str, receiver: str, number: str, dated: date, note: str | None = None, by: User, at: datetime, seen: Any = None) -> None:
    """Say by which decision the asset goes to whom, in a way that the regime of the project knows. The paper is issued."""
    check_dealing(asset, by)
    project, closing = funding.project_by_id(asset.project_id), funding.closing_of(asset.project_id)
    ways = asked.ways_of(project, asset.kind)
    if way not in ways:
        raise Incomplete(N_("The regime of this project does not know this way."), field="way")
    if not nfc(receiver or "").strip():
        raise Incomplete(N_("Please say who has it from now on."), field="receiver")
    number = check_number(number, like="70/QĐ-SKHCN")
    assert closing is not None
    check_day(dated, field="dated", since=closing.dated, until=local(at).date())
    check_seen(asset, seen)
    asset.way, asset.receiver, asset.number, asset.dated, asset.dealt_by_id, asset.dealt_at = way, nfc(receiver).strip(), number, dated, by.id, at
    asset.note = note or asset.note
    db.session.flush()
    journal.record(project, "deal_with_asset", by=by, at=at, detail={"name": asset.name, "way": way, "number": number})
    papers.issue(template="acceptance/asset", subject=asset, by=by, at=at, number=number, dated=dated, title=f"Quyết định xử lý tài sản của nhiệm vụ {project.code}", data={
        **face(project), "bases": papers.bases_of("acceptance/asset", on=project.decision_date), "asset": asset.name, "kind": KINDS[asset.kind], "amount": asset.amount or "",
        "cost": asset.cost, "rest": asset.rest, "way": ways[way]["vi"], "receiver": asset.receiver, "source": rulebook.rule("acceptance.asset_ways", on=project.decision_date).source,
        "note": note or ""})  # fmt: skip


def check_before_liquidation(project: Project) -> None:
    """Asked by funding before it liquidates: every listed asset is dealt with, and the gates that the rule puts before are passed."""
    left = [asset.name for asset in asked.assets_of(project.id) if asset.dealt_at is None]
    if left:
        raise WrongState(N_("These assets are not dealt with yet: %(names)s."), names=", ".join(left))
    case, closing = queries.case_of(project.id), funding.closing_of(project.id)
    order = queries.order_of(project)
    if case is None or closing is None or closing.kind != ClosingKind.RECOGNISED or Gate.LIQUIDATION not in order:
        return
    check_gate(Gate.LIQUIDATION, order[: order.index(Gate.LIQUIDATION)], queries.passed_gates(case))


closings.BEFORE_LIQUIDATION.append(check_before_liquidation)
