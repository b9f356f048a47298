"""Plays of payments: what was spent of a tranche waits to be checked, and a host asks for another account."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from app.across.demo.cast import Cast
from app.kernel.db import db
from app.services.people import queries as people
from app.stages.funding import actions, queries
from app.stages.funding.models import Contract, Project, ProjectClosing, Tranche
from app.stages.funding.rules import ContractState, TrancheState

DAY = timedelta(days=1)


def play(cast: Cast, as_of: datetime) -> None:
    """One running project hands in the accounts of its first tranche, another has changed its bank."""
    paid = exists().where(Tranche.project_id == Project.id, Tranche.position == 1, Tranche.state == TrancheState.PAID)
    moving = exists().where(Tranche.project_id == Project.id, Tranche.state.in_((TrancheState.REQUESTED, TrancheState.APPROVED)))
    ended = exists().where(ProjectClosing.project_id == Project.id)
    running = list(db.session.scalars(select(Project).join(Contract, Contract.project_id == Project.id).where(
        Contract.state == ContractState.SIGNED, Project.frozen_since.is_(None), paid, ~moving, ~ended).order_by(Project.id.desc()).limit(2)))  # fmt: skip
    for project in running[:1]:
        tranche = queries.tranches_of(project.id)[0]
        heads = queries.heads_of(project)
        actions.submit_tranche_account(tranche, {heads[0].code: tranche.paid // 4, heads[1].code: tranche.paid // 8}, by=queries.person(project.pi_id) or cast["pi1"],
                                       note="Mới chi công lao động và vật tư của ba tháng đầu; phần còn lại chi ở giai đoạn sau.", at=as_of - 4 * DAY)  # fmt: skip
    for project in running[1:]:
        contract, manager = queries.contract_of(project.id), next(iter(people.managers_of(project.host_id)), None)
        if contract is not None and manager is not None:
            actions.request_account_change(contract, account="6500 2010 04321, Agribank chi nhánh Tân An", by=manager, at=as_of - 2 * DAY,
                                           reason="Tổ chức chủ trì chuyển tài khoản tiền gửi sang ngân hàng khác.")  # fmt: skip
