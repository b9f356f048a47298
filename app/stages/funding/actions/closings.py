"""The end: why it ended, the final accounts, the liquidation of the contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import delete

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.rules import check_number, with_dots
from app.services.people import queries as people
from app.services.people.actions import disengage
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.funding import ledger, queries
from app.stages.funding.actions.accounts import void_tranche_account
from app.stages.funding.actions.budgets import release
from app.stages.funding.actions.contracts import cancel_open, meet_condition
from app.stages.funding.actions.shared import (
    check_accounts,
    check_outsider,
    check_stranger,
)
from app.stages.funding.models import (
    Liquidation,
    Project,
    ProjectClosing,
    Settlement,
    SettlementSpending,
)
from app.stages.funding.rules import (
    CONTRACT,
    ON_PAPER,
    SETTLEMENT,
    TRANCHE,
    Cause,
    ClosingKind,
    Condition,
    ContractState,
    TrancheState,
    check_fixed,
    check_other_person,
)

# fn(project), raising WrongState for what is still to be done; later stages register their own at import
BEFORE_LIQUIDATION: list[Callable[[Project], None]] = []
OVERTAKEN = "Đã quyết toán toàn bộ nhiệm vụ."  # the journal is in Vietnamese, like papers


def record_closing(project: Project, kind: ClosingKind, *, dated: date, by: User | None, at: datetime, number: str | None = None,
                   cause: Cause | None = None) -> ProjectClosing:  # fmt: skip
    """Note why the project ended. Called by acceptance (recognised, failed) and execution (terminated); once only."""
    if queries.closing_of(project.id) is not None:
        raise WrongState(N_("This project has already ended."))
    if kind != ClosingKind.RECOGNISED and cause is None:
        raise Incomplete(N_("Please say what caused it: it decides what is paid back."), field="cause")
    row = ProjectClosing(project_id=project.id, kind=kind, cause=cause, number=number, dated=dated, by_id=by.id if by else None, at=at)
    db.session.add(row)
    db.session.flush()
    journal.record(project, "close", by=by, at=at, detail={"kind": str(kind), "cause": str(cause) if cause else None, "number": number})
    disengage(project, on=dated)
    if kind == ClosingKind.RECOGNISED:
        meet_condition(project, Condition.ACCEPTANCE, by=by, at=at)
    return row


def refund_percent(project: Project) -> int:
    """Which share of the used money must go back, by the cause of the end and the project's regime."""
    closing = queries.closing_of(project.id)
    if closing is None or closing.cause is None:
        return 0
    return int(rulebook.value("funding.refund_percent", on=project.decision_date)[str(closing.cause)])


def submit_settlement(project: Project, *, spent: int, heads: Mapping[str, int] | None = None, assets: str | None, note: str | None, by: User, at: datetime,
                      seen: int | None = None) -> Settlement:  # fmt: skip
    """The host submits the final accounts of an ended project, by head, or submits them again after they were returned."""
    check_accounts(project, by)
    fixed = queries.fixed_accounts(project.id)
    paid = project.paid_total + (queries.came_back(project.id) if fixed else 0)
    if fixed is None and spent > paid:
        raise Incomplete(N_("More was spent than was paid: what is above the payments is not settled here."), field="spent")
    if any(t.state in (TrancheState.REQUESTED, TrancheState.APPROVED) for t in queries.tranches_of(project.id)):
        raise WrongState(N_("A payment is still under way."))
    told = queries.accounted(project.id)
    if fixed is None and spent < told:
        raise Incomplete(N_("The accounts of the tranches say that %(told)s đồng were spent already."), field="spent", told=f"{told:,}".replace(",", "."))
    percent = refund_percent(project) if fixed is None else fixed.percent
    if fixed is not None:
        check_fixed(fixed, spent, fixed.refund)
    lines = check_heads(project, spent, heads, fixed is None)
    due = ledger.refund(paid, spent, percent) if fixed is None else fixed.refund
    terms = {"paid": paid, "spent": spent, "refund_percent": percent, "refund_due": due, "assets": assets,
             "note": note, "submitted_by_id": by.id, "submitted_at": at}  # fmt: skip
    row = queries.settlement_of(project.id)
    if row is None:
        row = Settlement(project_id=project.id, **terms)
        SETTLEMENT.begin(row, "submit", by=by, at=at, detail={"spent": spent, "refund": terms["refund_due"]})
    else:
        check_seen(row, seen)
        row.decided_by_id = row.decided_at = None
        for name, value in terms.items():
            setattr(row, name, value)
        SETTLEMENT.advance(row, "submit", by=by, at=at, detail={"spent": spent, "refund": terms["refund_due"]})
    db.session.execute(delete(SettlementSpending).where(SettlementSpending.settlement_id == row.id))
    db.session.add_all(SettlementSpending(settlement_id=row.id, head=head, amount=amount) for head, amount in lines.items())
    to = [u for u in people.users_with(Do.FUNDING_SETTLE) if u.id != by.id]
    outbox.post("funding/mail/settlement.txt", to=to, key=f"settlement:{row.public_id}:{row.version}", at=at, project=project, settlement=row)
    return row


def _heads_on_paper(project: Project, settlement: Settlement) -> list[dict[str, object]]:
    said = queries.settled_heads(settlement)
    return [{"name": head.name, "approved": head.approved, "spent": said.get(head.code, 0)} for head in queries.heads_of(project)] if said else []


def check_heads(project: Project, spent: int, heads: Mapping[str, int] | None, free: bool) -> dict[str, int]:
    """The amounts above nothing, by head. Raises Incomplete unless they are heads of this project, sum to what was spent and, when accounts are
    `free` of a decision on the end, are not below what accepted accounts of tranches say. None: the accounts are not by head (imported ones)."""
    if heads is None:
        return {}
    known = {head.code: head.spent for head in queries.heads_of(project)}
    if unknown := set(heads) - set(known):
        raise Incomplete(N_("The estimate of this project has no head %(head)s."), head=", ".join(sorted(unknown)))
    for head, told in known.items():
        if heads.get(head, 0) < (told if free else 0):
            raise Incomplete(N_("The accounts of the tranches say that %(told)s đồng were spent already."), field=f"head_{head}", told=with_dots(told))
    if (total := sum(heads.values())) != spent:
        raise Incomplete(N_("The heads sum to %(sum)s đồng. They must sum to what you say was spent."), field="spent", sum=with_dots(total))
    return {head: amount for head, amount in heads.items() if amount}


def accept_settlement(settlement: Settlement, *, remark: str | None, by: User, at: datetime, number: str | None = None, dated: date | None = None,
                      signer: str | None = None, seen: int | None = None) -> None:  # fmt: skip
    """Accept the accounts: paid tranches are settled, the others cancelled, promised money not needed goes back. Minutes say who signs for the Department."""
    check_other_person(by.id, settlement.submitted_by_id)
    check_outsider(settlement, by)
    number = check_number(number, like="12/BBQT-SKHCN") if number else None
    check_day(dated := dated or local(at).date(), field="dated", since=local(settlement.submitted_at).date(), until=local(at).date())
    project = queries.project_by_id(settlement.project_id, lock=True)
    fixed = queries.fixed_accounts(project.id)
    if settlement.paid != project.paid_total + queries.came_back(project.id) or (fixed is None and settlement.spent < queries.accounted(project.id)):
        raise WrongState(N_("Money has moved since these accounts were written. Please have them submitted again."))
    check_fixed(fixed, settlement.spent, settlement.refund_due)
    check_seen(settlement, seen)
    settlement.decided_by_id, settlement.decided_at, settlement.remark = by.id, at, remark
    SETTLEMENT.advance(settlement, "accept", by=by, at=at, detail={"refund": settlement.refund_due})
    for tranche in queries.tranches_of(project.id):
        if tranche.state == TrancheState.PAID:
            void_tranche_account(tranche, reason=OVERTAKEN, by=by, at=at)
            TRANCHE.advance(tranche, "settle", by=by, at=at)
    cancel_open(project.id, by=by, at=at)
    release(project, project.approved_state - settlement.spent, by=by, at=at)
    CONTRACT.advance(queries.contract_of(project.id), "settle", by=by, at=at)
    papers.issue(template="funding/settlement", subject=settlement, by=by, at=at, number=number, dated=dated, title=f"Biên bản quyết toán nhiệm vụ {project.code}",
                 data={"code": project.code, "title": project.title, "host": queries.host_name(project), "pi": project.pi_name,
                       "paid": settlement.paid, "spent": settlement.spent, "unused": settlement.unused, "state": project.approved_state,
                       "percent": settlement.refund_percent, "refund": settlement.refund_due, "assets": settlement.assets or "",
                       "host_head": queries.host_head(project), "signed_by": nfc(signer or by.name), "checked_by": by.name,
                       "heads": _heads_on_paper(project, settlement), "remark": remark or ""})  # fmt: skip
    outbox.post("funding/mail/settled.txt", to=queries.holders(project), key=f"settled:{settlement.public_id}", at=at, project=project,
                settlement=settlement)  # fmt: skip


def return_settlement(settlement: Settlement, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Send the accounts back with a reason."""
    check_other_person(by.id, settlement.submitted_by_id)
    check_outsider(settlement, by)
    check_seen(settlement, seen)
    settlement.remark = reason
    SETTLEMENT.advance(settlement, "return", by=by, at=at, reason=reason)
    project = queries.project_by_id(settlement.project_id)
    outbox.post("funding/mail/settlement_returned.txt", to=queries.holders(project), at=at, project=project, reason=reason,
                key=f"settlement-returned:{settlement.public_id}:{settlement.version}")  # fmt: skip


def liquidate(project: Project, *, number: str | None, dated: date, assets: str | None, remark: str | None, by: User, at: datetime,
              seen: int | None = None) -> Liquidation:  # fmt: skip
    """End the contract with minutes: after the accounts are accepted and everything owed has come back."""
    check_stranger(project, by)
    contract = queries.contract_of(project.id)
    closing, settlement = queries.closing_of(project.id), queries.settlement_of(project.id)
    if closing is None or contract is None or contract.state != ContractState.SETTLED or settlement is None:
        raise WrongState(N_("Liquidation comes after the final accounts are accepted."))
    refunded = queries.came_back(project.id)
    owed = settlement.refund_due - refunded
    if owed > 0:
        raise WrongState(N_("The host still owes %(owed)s đồng."), owed=f"{owed:,}".replace(",", "."))
    for check in BEFORE_LIQUIDATION:
        check(project)
    number = check_number(number, like="12/BBTL-SKHCN") if number else None
    check_day(dated, field="dated", since=local(settlement.decided_at).date() if settlement.decided_at else closing.dated, until=local(at).date())
    row = Liquidation(project_id=project.id, contract_id=contract.id, number=number, dated=dated, assets=assets, remark=remark, by_id=by.id, at=at)
    db.session.add(row)
    CONTRACT.advance(contract, "liquidate", by=by, at=at, seen=seen, detail={"number": number})
    papers.issue(template="funding/liquidation", subject=contract, by=by, at=at, dated=dated, number=number,
                 title=f"Biên bản thanh lý hợp đồng {contract.number}",
                 data={"contract": contract.number, "signed_on": contract.signed_on.isoformat(), "code": project.code, "title": project.title,
                       "party_a": contract.party_a, "host": queries.host_name(project), "pi": project.pi_name, "state": project.approved_state,
                       "paid": settlement.paid, "spent": settlement.spent, "refund": settlement.refund_due, "refunded": refunded,
                       "party_a_signer": contract.party_a_signer or "", "party_b_signer": contract.party_b_signer or "", "closing": ON_PAPER[closing.kind],
                       "closing_number": closing.number or "", "assets": assets or "", "remark": remark or ""})  # fmt: skip
    outbox.post("funding/mail/liquidated.txt", to=queries.holders(project), key=f"liquidated:{project.public_id}", at=at, project=project)
    return row
