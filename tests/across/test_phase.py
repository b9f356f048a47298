"""The phase of a project: a truth table, and the same answers from the database."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.across.demo.plays import execution as works
from app.across.demo.plays import funding as money
from app.across.hub.phase import Parts, Phase, phase_of, phase_sql
from app.kernel.clock import local
from app.kernel.db import db as database
from app.stages.execution.models import Suspension
from app.stages.execution.rules import SuspensionState
from app.stages.funding.models import Contract, Liquidation, Project, ProjectClosing
from app.stages.funding.rules import ClosingKind, ContractState
from tests.funding import factories

SIGNED, DRAFT = ContractState.SIGNED, ContractState.DRAFT
TABLE = [
    (Parts(), Phase.APPROVED),
    (Parts(started=True), Phase.APPROVED),
    (Parts(contract=DRAFT, started=True), Phase.APPROVED),
    (Parts(imported_under_way=True), Phase.RUNNING),
    (Parts(imported_under_way=True, closing=ClosingKind.RECOGNISED), Phase.RECOGNISED),
    (Parts(contract=SIGNED), Phase.CONTRACTED),
    (Parts(contract=SIGNED, started=True), Phase.RUNNING),
    (Parts(contract=SIGNED, suspended=True), Phase.SUSPENDED),
    (Parts(contract=SIGNED, started=True, suspended=True), Phase.SUSPENDED),
    (Parts(contract=SIGNED, started=True, in_acceptance=True), Phase.IN_ACCEPTANCE),
    (Parts(contract=SIGNED, started=True, in_acceptance=True, suspended=True), Phase.IN_ACCEPTANCE),
    (Parts(contract=SIGNED, started=True, closing=ClosingKind.RECOGNISED), Phase.RECOGNISED),
    (Parts(contract=SIGNED, started=True, in_acceptance=True, closing=ClosingKind.FAILED), Phase.FAILED),
    (Parts(contract=ContractState.TERMINATED, suspended=True, closing=ClosingKind.TERMINATED), Phase.TERMINATED),
    (Parts(contract=DRAFT, started=True, closing=ClosingKind.CANCELLED), Phase.CANCELLED),
    (Parts(contract=ContractState.SETTLED, started=True, closing=ClosingKind.RECOGNISED), Phase.RECOGNISED),
    (Parts(contract=ContractState.LIQUIDATED, closing=ClosingKind.RECOGNISED, liquidated=True), Phase.LIQUIDATED),
    (Parts(contract=ContractState.LIQUIDATED, closing=ClosingKind.TERMINATED, liquidated=True), Phase.LIQUIDATED),
    (Parts(contract=ContractState.LIQUIDATED, closing=ClosingKind.RECOGNISED, liquidated=True, followed_up=True), Phase.FOLLOWED_UP),
    (Parts(contract=SIGNED, started=True, closing=ClosingKind.RECOGNISED, followed_up=True), Phase.RECOGNISED),
]  # fmt: skip


@pytest.mark.nodb
@pytest.mark.parametrize(("parts", "phase"), TABLE)
def test_truth_table(parts, phase):
    assert phase_of(parts) == phase


@pytest.mark.nodb
def test_every_phase_stands_in_the_table():
    assert {phase for _parts, phase in TABLE} == set(Phase)


def derived(project, today):
    """The pure rule on parts read plainly, one by one."""
    def one(model):
        return database.session.scalar(select(model).where(model.project_id == project.id))

    contract, closing = one(Contract), one(ProjectClosing)
    stop = select(Suspension).where(Suspension.project_id == project.id, Suspension.state == SuspensionState.SUSPENDED)
    return phase_of(Parts(contract=contract.state if contract else None, started=bool(contract and contract.starts_on <= today),
                          suspended=database.session.scalar(stop) is not None, closing=closing.kind if closing else None,
                          liquidated=one(Liquidation) is not None))  # fmt: skip


def test_the_database_says_the_same(cast, at):
    today = local(at).date()
    early = at - factories.DAY * 400
    approved = factories.project(cast, at - factories.DAY * 30, number="11/QĐ-UBND")
    contracted = factories.project(cast, at - factories.DAY * 40, title="Mô hình hai", number="12/QĐ-UBND")
    money.contracted(cast, project=contracted, at=at - factories.DAY * 20)
    running = factories.project(cast, early, title="Mô hình ba", number="13/QĐ-UBND")
    money.contracted(cast, project=running, at=early + factories.DAY * 15)
    stopped = factories.project(cast, early, title="Mô hình bốn", number="14/QĐ-UBND", pi="pi3", host="host2")
    money.contracted(cast, project=stopped, at=early + factories.DAY * 15)
    works.suspended(cast, project=stopped, at=at - factories.DAY * 5)
    ended = factories.project(cast, early, title="Mô hình năm", number="15/QĐ-UBND", pi="pi5", host="host3")
    money.contracted(cast, project=ended, at=early + factories.DAY * 15)
    works.terminated(cast, project=ended, at=at - factories.DAY * 30)
    rows = dict(database.session.execute(select(Project.id, phase_sql(today))).all())
    projects = [approved, contracted, running, stopped, ended]
    assert {p.id: rows[p.id] for p in projects} == {p.id: str(derived(p, today)) for p in projects}
    assert rows[approved.id] == "approved" and rows[running.id] == "running"
    assert rows[stopped.id] == "suspended" and rows[ended.id] == "terminated"
