"""/funding/: what waits, with amount and age; the money page of one project."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock, journal
from app.kernel.permissions import Do
from app.kernel.web import allow, or_404
from app.services.papers import queries as papers
from app.stages.funding import queries
from app.stages.funding.models import Contract, LedgerEntry, Project
from app.stages.funding.rules import CONTRACT, ContractState, EntryKind, TrancheState
from app.stages.funding.views.accounts import heads_said
from app.stages.funding.views.blueprint import bp
from app.stages.funding.views.payments import acts_of

TABS = ("appraisal", "approval", "contracts", "payments", "closing")


@bp.get("/")
@allow(Do.FUNDING_READ)
def index() -> Any:
    tab = request.args.get("tab", "")
    waiting = {
        "appraisal": queries.lines_to_appraise(), "appraisals": queries.open_appraisals(), "approval": queries.waiting_submissions(),
        "contracts": queries.projects_without_signed_contract(), "closing": queries.closed_contracts(current_user),
        "changes": queries.asked_changes(current_user),
        "payments": queries.tranches_in(current_user, TrancheState.DUE, TrancheState.REQUESTED, TrancheState.APPROVED),
    }  # fmt: skip
    return render_template("funding/index.html", tab=tab if tab in TABS else "appraisal", tabs_named=TABS, waiting=waiting,
                           terms=queries.terms(clock.today()), today=clock.today(),
                           day_of=lambda instant: clock.local(instant).date())  # fmt: skip


@bp.get("/projects/<pid>")
@allow(Do.HUB_READ)
def project(pid: str) -> Any:
    row = or_404(queries.project_by_pid(current_user, pid))
    contract = queries.contract_of(row.id)
    tranches = queries.tranches_of(row.id)
    settlement = queries.settlement_of(row.id)
    accounts = queries.tranche_accounts_of(row.id)
    entries = queries.ledger_of(row.id)
    numbers = {t.id: t.position for t in tranches}
    named = {t.public_id: _("Tranche %(n)s", n=t.position) for t in tranches} | {a.public_id: _("Accounts of tranche %(n)s", n=numbers.get(a.tranche_id)) for a in accounts}
    subjects = [r for r in (row, contract, settlement, *tranches, *accounts) if r is not None]
    return render_template("funding/project.html", project=row, contract=contract, tranches=tranches, settlement=settlement,
                           closing=queries.closing_of(row.id), liquidation=queries.liquidation_of(row.id), papers=papers.of(*subjects),
                           acts=acts_of(row, contract, tranches, accounts), heads=heads_said(row) if row.paid_total else [],
                           may_request=queries.may_request(current_user, row), moves=dict(CONTRACT.moves(contract)) if contract else {},
                           entries=journal.timeline([journal.subject_key(r) for r in subjects]), ledger=entries, named=named, reversible=_reversible(row, contract, entries))  # fmt: skip


def _reversible(project: Project, contract: Contract | None, entries: list[LedgerEntry]) -> set[int]:
    """The rows that this person may take back: what the form's guards ask, with the facts read once for all rows."""
    if not current_user.can(Do.FUNDING_PAY) or not entries or queries.belongs(current_user, project):
        return set()
    gone, fixed, since = {e.reverses_id for e in entries}, queries.fixed_accounts(project.id), queries.counted_since(project.id)
    books_open = contract is not None and contract.state != ContractState.LIQUIDATED
    payment = {e.id for e in entries if e.kind == EntryKind.PAYMENT and fixed is None and (e.tranche is None or e.tranche.state == TrancheState.PAID)}
    refund = {e.id for e in entries if e.kind == EntryKind.REFUND and books_open and (since is None or e.at >= since)}
    return (payment | refund) - gone
