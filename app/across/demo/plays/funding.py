"""Plays of funding: a recommended proposal becomes a project with a contract, and is paid, settled, liquidated."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.across.demo.cast import Cast
from app.kernel.clock import local
from app.kernel.db import db
from app.stages.execution import actions as execution
from app.stages.funding import actions, parties, queries, revising
from app.stages.funding.models import (
    Appraisal,
    Contract,
    Liquidation,
    Project,
    Settlement,
    Submission,
)
from app.stages.funding.rules import Condition, ContractState, TrancheState
from app.stages.selection.models import RankingLine, Round

DAY = timedelta(days=1)
ENOUGH = 200_000_000_000


def year_budgets(cast: Cast, *, first: int, last: int, at: datetime, total: int = ENOUGH) -> None:
    """Enter the budgets of these years where they are not entered yet."""
    for year in range(first, last + 1):
        if queries.year_budget(year) is None:
            actions.set_year_budget(year, total, decision_number=f"{300 + year % 100}/QĐ-UBND", by=cast["finance"], at=at)


def recommended(round_or_line: Round | RankingLine) -> RankingLine:
    """The line that a council recommends."""
    if isinstance(round_or_line, RankingLine):
        return round_or_line
    return db.session.scalars(select(RankingLine).where(RankingLine.round_id == round_or_line.id, RankingLine.recommended)).one()


def appraised(cast: Cast, *, round_or_line: Round | RankingLine, at: datetime, cut: int = 0, open_only: bool = False) -> Appraisal:
    """A budget appraisal, concluded three days after `at`; `cut` is taken off the first state line."""
    row = actions.begin_appraisal(recommended(round_or_line), by=cast["officer"], at=at)
    actions.name_team(row, [("Đặng Kế Toán", "Sở Khoa học và Công nghệ", "head"), ("Quách Văn Phúc", "Sở Tài chính", "finance"),
                            ("Lê Văn Thẩm Định", "Sở Khoa học và Công nghệ", "secretary"), ("Huỳnh Thị Bảy", "Trường Đại học Tây Ninh", "selection"),
                            ("Võ Minh Tâm", "Sở Nông nghiệp và Môi trường", "member")], by=cast["officer"], at=at)  # fmt: skip
    later = at + 3 * DAY
    actions.open_appraisal(row, held_on=local(later).date(), place="Phòng họp Sở Khoa học và Công nghệ", by=cast["officer"], at=later)
    if cut:
        line = queries.lines_of(row)[0]
        actions.appraise(row, {line.public_id: (None, line.asked - cut, "Điều chỉnh theo định mức của tỉnh")}, by=cast["officer"], at=later)
    if not open_only:
        actions.conclude_appraisal(row, remark="Tổ thẩm định thống nhất với các khoản chi.", by=cast["officer"], at=later)
    return row


def revised(cast: Cast, *, appraisal: Appraisal, at: datetime) -> None:
    """The investigator revises the work description after the appraisal; the officer accepts it the same day."""
    row = revising.of(appraisal)
    if row is not None and row.state in revising.OPEN:
        pi = queries.proposal_of(appraisal).pi
        revising.submit(row, note="Đã rà soát theo kết quả thẩm định; nội dung công việc giữ nguyên.", by=pi, at=at)
        revising.accept(row, by=cast["officer"], at=at)


def submitted(cast: Cast, *, round_or_line: Round | RankingLine, at: datetime, starts_on: object = None, **more: int) -> Submission:
    """The appraised proposal, submitted for decision five days after `at`."""
    appraisal = appraised(cast, round_or_line=round_or_line, at=at, **more)  # type: ignore[arg-type]
    later = at + 5 * DAY
    revised(cast, appraisal=appraisal, at=later)
    terms = queries.terms_of(appraisal, on=local(later).date()) | ({"starts_on": starts_on} if starts_on else {})
    return actions.submit_award(appraisal, number=f"{100 + appraisal.id}/TTr-SKHCN", remark=None, by=cast["officer"], at=later, **terms)  # type: ignore[arg-type]


def awarded(cast: Cast, *, round_or_line: Round | RankingLine, at: datetime, number: str | None = None, **more: object) -> Project:
    """A project, approved by the province ten days after `at`. Budgets of its years are entered when they are missing."""
    submission = submitted(cast, round_or_line=round_or_line, at=at, **more)  # type: ignore[arg-type]
    later = at + 10 * DAY
    day = local(later).date()
    year_budgets(cast, first=day.year, last=day.year + 3, at=later)
    return actions.approve(submission, number=number or f"{4000 + submission.id}/QĐ-UBND", dated=day, by=cast["province"], at=later)


def drafted(cast: Cast, *, project: Project, at: datetime) -> Contract:
    """The draft of the contract, with its head."""
    row = actions.draft_contract(project, party_a="Sở Khoa học và Công nghệ", account="3713.0.1057890, Kho bạc Nhà nước", by=cast["officer"], at=at)
    told = {"a_signer": cast["leader"].name, "a_position": "Giám đốc", "a_address": "Số 211 đường 30/4, phường Tân Ninh, tỉnh Tây Ninh",
            "a_account": "9527.2.1003456, Kho bạc Nhà nước Tây Ninh", "b_position": "Thủ trưởng đơn vị", "b_address": "Phường Long An, tỉnh Tây Ninh"}  # fmt: skip
    parties.set_parties(row, {**(row.parties or {}), **{key: (row.parties or {}).get(key) or text for key, text in told.items()}}, account=row.account, by=cast["officer"], at=at)
    return row


def contracted(cast: Cast, *, project: Project, at: datetime, number: str | None = None) -> Contract:
    """A signed contract, seven days after `at`: reports are scheduled, the first tranche is due."""
    contract = drafted(cast, project=project, at=at)
    later = at + 7 * DAY
    host = next((u.name for u in queries.holders(project) if u.manages(project.host_id)), project.pi_name)
    execution.sign(contract, number=number or f"{20 + contract.id}/{local(later).year}/HĐ-SKHCN", signed_on=local(later).date(),
                   party_a_signer=cast["leader"].name, party_b_signer=host, by=cast["officer"], at=later)  # fmt: skip
    return contract


def accounted(cast: Cast, *, project: Project, at: datetime, n: int = 1, unused: int = 0) -> None:
    """The money of tranche `n` is accounted for by head: submitted by the investigator, accepted by finance."""
    tranche = queries.tranches_of(project.id)[n - 1]
    left, spent = queries.available(tranche) - unused, {}
    for head in queries.heads_of(project):
        spent[head.code] = min(left, max(head.left, 0))
        left -= spent[head.code]
    row = actions.submit_tranche_account(tranche, spent, note="Chứng từ lưu tại tổ chức chủ trì.", by=_investigator(project), at=at)
    actions.accept_tranche_account(row, remark=None, by=cast["finance"], at=at)


def requested(cast: Cast, *, project: Project, at: datetime, n: int = 1) -> None:
    """Tranche `n` is requested by the investigator; it is marked as due first when it is only planned."""
    tranche = queries.tranches_of(project.id)[n - 1]
    if tranche.state == TrancheState.PLANNED:
        actions.fall_due(tranche, reason="Điều kiện của đợt cấp đã đạt.", by=cast["officer2"], at=at)
    for earlier in queries.tranches_of(project.id)[: n - 1]:
        if earlier.state == TrancheState.PAID:
            accounted(cast, project=project, at=at, n=earlier.position)
    actions.request_payment(tranche, note="Đã hoàn thành nội dung của giai đoạn.", by=_investigator(project), at=at)


def paid(cast: Cast, *, project: Project, at: datetime, n: int = 1) -> None:
    """Tranche `n` is requested, approved by two people and paid, within five days of `at`."""
    requested(cast, project=project, at=at, n=n)
    tranche = queries.tranches_of(project.id)[n - 1]
    actions.approve_payment(tranche, by=cast["officer"], at=at + DAY)
    actions.approve_payment(tranche, by=cast["leader"], at=at + 2 * DAY)
    later = at + 5 * DAY
    actions.pay(tranche, booked_on=local(later).date(), voucher=f"UNC-{tranche.id:04d}", by=cast["finance"], at=later)


def paid_up(cast: Cast, *, project: Project, at: datetime) -> None:
    """All tranches that do not wait for acceptance are paid, one after the other."""
    for tranche in queries.tranches_of(project.id):
        if tranche.state in (TrancheState.PLANNED, TrancheState.DUE) and tranche.condition != Condition.ACCEPTANCE:
            paid(cast, project=project, at=at, n=tranche.position)


def _by_head(project: Project, spent: int) -> dict[str, int]:
    """What was spent, put on the heads: first what tranches accounted for, then each up to its estimate, the rest on the last."""
    heads = queries.heads_of(project)
    said, left = {head.code: head.spent for head in heads}, spent - sum(head.spent for head in heads)
    for head in heads:
        more = max(-head.spent, left) if left < 0 else left if head is heads[-1] else max(0, min(left, head.left))
        said[head.code] += more
        left -= more
    return said


def settled(cast: Cast, *, project: Project, at: datetime, unused: int = 0) -> Settlement:
    """The final accounts of an ended project, accepted ten days after `at`; what is owed comes back."""
    spent = project.paid_total - unused
    row = actions.submit_settlement(project, spent=spent, heads=_by_head(project, spent), assets="Thiết bị đo giao tổ chức chủ trì quản lý.", note=None,
                                    by=_investigator(project), at=at)  # fmt: skip
    later = at + 10 * DAY
    actions.accept_settlement(row, remark="Số liệu khớp với chứng từ.", by=cast["finance"], at=later)
    if row.refund_due:
        actions.refund(project, amount=row.refund_due, booked_on=local(later).date(), voucher=f"HT-{row.id:04d}", by=cast["finance"], at=later)
    return row


def liquidated(cast: Cast, *, project: Project, at: datetime, unused: int = 0) -> Liquidation:
    """The contract of an ended project, settled if need be, and liquidated twenty days after `at`."""
    contract = queries.contract_of(project.id)
    if contract is not None and contract.state != ContractState.SETTLED:
        settled(cast, project=project, at=at, unused=unused)
    later = at + 20 * DAY
    return actions.liquidate(project, number=f"{50 + project.id}/BB-TLHĐ", dated=local(later).date(), assets=None, remark=None, by=cast["officer"], at=later)


def _investigator(project: Project):  # type: ignore[no-untyped-def]
    return queries.person(project.pi_id)
