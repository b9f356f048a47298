"""Closings: final accounts, their acceptance, liquidation."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import moves, ready
from app.kernel import clock, journal
from app.kernel.errors import Incomplete, WrongState
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.papers import queries as papers
from app.services.people.recent import recently
from app.stages.funding import actions, forms, ledger, queries
from app.stages.funding.actions import closings, shared
from app.stages.funding.actions.closings import refund_percent
from app.stages.funding.forms import AccountAnswer
from app.stages.funding.models import Project
from app.stages.funding.rules import (
    CONTRACT,
    SETTLEMENT,
    ContractState,
    check_other_person,
)
from app.stages.funding.views.accounts import heads_said
from app.stages.funding.views.blueprint import bp


@bp.route("/projects/<pid>/settle", methods=["GET", "POST"])
@allow(Do.FUNDING_REQUEST)
@writes
def submit_settlement(pid: str) -> Any:
    project = ready(queries.project_by_pid(current_user, pid), shared.check_accounts)
    before, fixed = queries.settlement_of(project.id), queries.fixed_accounts(project.id)
    heads, said = heads_said(project), queries.settled_heads(before)
    form = forms.settle(heads, obj=before, data={f"head_{h.code}": said.get(h.code, h.spent) or None for h in heads} | ({"spent": fixed.used} if fixed is not None else {}))
    if form.validate_on_submit():
        row = actions.submit_settlement(project, spent=form.spent.data, heads=form.by_head(), assets=form.assets.data or None, note=form.note.data or None,
                                        seen=form.version.data if before else None, by=current_user, at=clock.now())  # fmt: skip
        return done(_("Final accounts submitted."), url_for(".settlement", pid=row.public_id))
    return render_template("funding/settle.html", project=project, form=form, percent=refund_percent(project), before=before, fixed=fixed, heads=heads,
                           closing=queries.closing_of(project.id), left=queries.unpaid_tranches(project.id))  # fmt: skip


@bp.get("/settlements/<pid>")
@allow(Do.HUB_READ)
def settlement(pid: str) -> Any:
    row = or_404(queries.settlement_for(current_user, pid))
    closing = queries.closing_of(row.project_id)
    return render_template("funding/settlement.html", settlement=row, project=row.project, moves=dict(SETTLEMENT.moves(row)), papers=papers.of(row),
                           refunded=queries.came_back(row.project_id), fixed=queries.fixed_accounts(row.project_id), closing=closing,
                           split=queries.refund_split(row.project, row.refund_due), heads=heads_said(row.project), by_head=queries.settled_heads(row),
                           refund_by=queries.refund_by(closing, row) if closing else None, today=clock.today(),
                           entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/settlements/<pid>/decide", methods=["GET", "POST"])
@allow(Do.FUNDING_SETTLE)
@recently
@writes
def decide_settlement(pid: str) -> Any:
    row = ready(queries.settlement_for(current_user, pid), moves(SETTLEMENT, "accept"), lambda row, by: check_other_person(by.id, row.submitted_by_id), shared.check_outsider)
    form = forms.DecideSettlement(data={"version": row.version, "dated": clock.today(), "signer": current_user.name})
    back = url_for(".settlement", pid=row.public_id)
    if form.validate_on_submit():
        facts = {"seen": form.version.data, "by": current_user, "at": clock.now()}
        if form.answer.data == AccountAnswer.ACCEPT:
            for name in ("dated", "signer"):
                if not form[name].data:
                    raise Incomplete(N_("Minutes have a date and somebody who signs them."), field=name)
            actions.accept_settlement(row, remark=form.remark.data or None, number=form.number.data or None, dated=form.dated.data, signer=form.signer.data, **facts)
            return done(_("Final accounts accepted."), back)
        if not form.remark.data:
            raise Incomplete(N_("Please say what is to be changed."), field="remark")
        actions.return_settlement(row, reason=form.remark.data, **facts)
        return done(_("Final accounts returned."), back)
    booked, fixed = ledger.balance(queries.ledger_of(row.project_id)) + queries.came_back(row.project_id), queries.fixed_accounts(row.project_id)
    checks = [
        (row.submitted_by_id != current_user.id, _("Submitter and signer are two people."), None),
        (booked == row.paid, _("What the accounts call paid is what the ledger has."), None),
        (row.spent <= row.paid, _("Not more was spent than was paid."), None),
    ]
    if fixed is not None:
        checks.append(((row.spent, row.refund_due) == (fixed.used, fixed.refund), _("Used and to be paid back are what decision %(number)s fixes.", number=fixed.number), None))
    return render_template("funding/decide_settlement.html", settlement=row, project=row.project, form=form, checks=checks, back=back, fixed=fixed, heads=heads_said(row.project), by_head=queries.settled_heads(row),
                           left=queries.unpaid_tranches(row.project_id), mailed=[u.name for u in queries.holders(row.project)])  # fmt: skip


def _hinders(project: Project) -> list[str]:
    """What later stages still want done before the contract is liquidated, in words."""
    found = []
    for check in closings.BEFORE_LIQUIDATION:
        try:
            check(project)
        except WrongState as refused:
            found.append(_(refused.message, **refused.params))
    return found


@bp.route("/contracts/<pid>/liquidate", methods=["GET", "POST"])
@allow(Do.FUNDING_LIQUIDATE)
@recently
@writes
def liquidate(pid: str) -> Any:
    contract = ready(queries.contract_for(current_user, pid), moves(CONTRACT, "liquidate"), shared.check_outsider)
    form = forms.Liquidate(data={"version": contract.version, "dated": clock.today()})
    project, settlement = contract.project, queries.settlement_of(contract.project_id)
    if form.validate_on_submit():
        actions.liquidate(project, number=form.number.data or None, dated=form.dated.data, assets=form.assets.data or None,
                          remark=form.remark.data or None, seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("Contract liquidated; the minutes are issued."), url_for(".contract", pid=contract.public_id))
    if contract.state == ContractState.LIQUIDATED:
        raise WrongState(N_("This contract is liquidated already."))
    owed = queries.owed(project)
    checks = [
        (queries.closing_of(project.id) is not None, _("The project is recognised or terminated."), None),
        (settlement is not None and settlement.state == "accepted", _("The final accounts are accepted."), None),
        (owed is not None and owed <= 0, _("Nothing is owed any more."), None),
    ] + [(False, why, None) for why in _hinders(project)]
    return render_template("funding/liquidate.html", contract=contract, project=project, form=form, checks=checks, settlement=settlement, came_back=queries.came_back(project.id),
                           mailed=[u.name for u in queries.holders(project)])  # fmt: skip
