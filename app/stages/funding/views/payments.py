"""Payments: one tranche, mark due, request, approve, pay; reverse an entry, book a refund."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import Guard, fits, moves, ready
from app.kernel import clock, journal
from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.apikeys import queries as partners
from app.services.apikeys.rules import NoticeKind
from app.services.papers import queries as papers
from app.services.people import queries as people
from app.services.people.recent import recently
from app.services.rulebook import queries as rulebook
from app.stages.funding import actions, forms, queries, starting
from app.stages.funding.actions import shared
from app.stages.funding.forms import PaymentAnswer
from app.stages.funding.gate import (
    GONE_BY,
    Item,
    check_condition,
    check_gate,
    facts_of,
    gate,
    missing,
)
from app.stages.funding.models import Contract, Project, Tranche, TrancheAccount
from app.stages.funding.rules import (
    TRANCHE,
    AccountState,
    ContractState,
    EntryKind,
    TrancheState,
    check_other_person,
)
from app.stages.funding.views.accounts import CHECKABLE, SUBMITTABLE, heads_said
from app.stages.funding.views.blueprint import bp


def _others(*earlier: str) -> Any:
    """The guard: this person did none of those steps."""
    return lambda row, by: check_other_person(by.id, *(getattr(row, name) for name in earlier))


# what each act of a tranche asks before its form is shown; the page shows a link where they all let this person pass
GUARDS: dict[str, tuple[Guard, ...]] = {
    "fall_due": (moves(TRANCHE, "fall_due"), shared.check_outsider, shared.check_turn, check_condition),
    "request": (moves(TRANCHE, "request"), shared.check_requester, check_gate, shared.check_none_under_way),
    "approve": (moves(TRANCHE, "approve"), check_gate, _others("requested_by_id", "first_approved_by_id"), shared.check_outsider, shared.check_not_confirmed_by),
    "turn_down": (moves(TRANCHE, "return"), shared.check_outsider),
    "pay": (moves(TRANCHE, "pay"), check_gate, _others("requested_by_id", "first_approved_by_id", "approved_by_id"), shared.check_outsider),
}


def acts_of(project: Project, contract: Contract | None, tranches: list[Tranche], accounts: list[TrancheAccount]) -> list[tuple[str, str, Tranche]]:
    """What this person may do next with the tranches of a project: label, endpoint, tranche. Facts are read once for all of them."""
    if contract is None or contract.state != ContractState.SIGNED:
        return []
    facts, told_of = facts_of(project.id), {account.tranche_id: account for account in accounts}
    waited_for = any(t.state == TrancheState.DUE for t in tranches)
    holds = queries.may_request(current_user, project) and current_user.can(Do.FUNDING_REQUEST)
    outside = not queries.belongs(current_user, project)
    under_way = any(t.state in (TrancheState.REQUESTED, TrancheState.APPROVED) for t in tranches)
    found = []
    for t in tranches:
        account, mine = told_of.get(t.id), current_user.id in (t.requested_by_id, t.first_approved_by_id, t.approved_by_id)
        if t.state == TrancheState.PAID and holds and waited_for and (account is None or account.state == AccountState.RETURNED):
            found.append((_("Account for the money of tranche %(n)s", n=t.position), "funding.account_tranche", t))
        if account is not None and account.state == AccountState.SUBMITTED and outside and current_user.can(Do.FUNDING_SETTLE) and account.submitted_by_id != current_user.id:
            found.append((_("Check the accounts of tranche %(n)s", n=t.position), "funding.check_tranche_account", t))
        if t.state not in (TrancheState.DUE, TrancheState.REQUESTED, TrancheState.APPROVED) or missing(t, facts):
            continue
        mark = facts.marks.get(t.public_id)
        if t.state == TrancheState.DUE and holds and not under_way:
            found.append((_("Request tranche %(n)s", n=t.position), "funding.request_payment", t))
        if t.state == TrancheState.REQUESTED and current_user.can(Do.FUNDING_APPROVE_PAYMENT) and outside and not mine and (mark is None or mark.id != current_user.id):
            found.append((_("Check the request of tranche %(n)s", n=t.position), "funding.approve_payment", t))
        if t.state == TrancheState.APPROVED and current_user.can(Do.FUNDING_PAY) and outside and not mine:
            found.append((_("Pay tranche %(n)s", n=t.position), "funding.pay", t))
    return found


@bp.get("/tranches/<pid>")
@allow(Do.HUB_READ)
def tranche(pid: str) -> Any:
    row = or_404(queries.tranche_for(current_user, pid))
    account = queries.tranche_account_of(row.id)
    may = {act: fits(row, *guards) for act, guards in GUARDS.items()} | {"account": fits(row, *SUBMITTABLE), "check_account": account is not None and fits(account, *CHECKABLE)}
    start = starting.items(row.project, at=clock.now()) if row.position == 1 and row.state not in GONE_BY else []
    return render_template("funding/tranche.html", start=start, tranche=row, project=row.project, may=may, papers=papers.of(row), signed=_signed(row), gate=told(gate(row)), account=account, heads=heads_said(row.project) if account else [],
                           entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/tranches/<pid>/fall-due", methods=["GET", "POST"])
@allow(Do.FUNDING_CONTRACT)
@writes
def fall_due(pid: str) -> Any:
    row = ready(queries.tranche_for(current_user, pid), *GUARDS["fall_due"])
    form = forms.Reason(obj=row)
    if form.validate_on_submit():
        actions.fall_due(row, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The tranche is due; the host is told."), _url(row))
    return render_template("funding/form.html", form=form, title=_("Mark the tranche as due"), button=_("Mark as due"), back=_url(row),
                           about=f"{row.project.code} {row.project.title}")  # fmt: skip


@bp.route("/tranches/<pid>/request", methods=["GET", "POST"])
@allow(Do.FUNDING_REQUEST)
@writes
def request_payment(pid: str) -> Any:
    row = ready(queries.tranche_for(current_user, pid), *GUARDS["request"])
    form = forms.RequestPayment(obj=row)
    if form.validate_on_submit():
        actions.request_payment(row, note=form.note.data or None, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Payment requested."), _url(row))
    mailed = [u.name for u in people.users_with(Do.FUNDING_APPROVE_PAYMENT)]
    return render_template("funding/request.html", tranche=row, project=row.project, form=form, mailed=mailed)


@bp.route("/tranches/<pid>/approve", methods=["GET", "POST"])
@allow(Do.FUNDING_APPROVE_PAYMENT)
@recently
@writes
def approve_payment(pid: str) -> Any:
    row = ready(queries.tranche_for(current_user, pid), *GUARDS["approve"])
    form = forms.ApprovePayment(obj=row)
    if form.validate_on_submit():
        if form.answer.data == PaymentAnswer.RETURN:
            return _returned(row, form.reason.data, form.version.data)
        last = actions.approve_payment(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Approved; finance is told.") if last else _("Approved. A second person must approve too."), _url(row))
    needed = rulebook.rule("funding.payment_approvers", on=clock.today())
    mailed = [u.name for u in people.users_with(Do.FUNDING_PAY)]
    return render_template("funding/approve_payment.html", tranche=row, project=row.project, form=form, signed=_signed(row), mailed=mailed,
                           checks=_checks(row, row.requested_by_id, row.first_approved_by_id, source=needed.source))  # fmt: skip


@bp.route("/tranches/<pid>/return", methods=["GET", "POST"])
@allow(Do.FUNDING_PAY)
@writes
def return_payment(pid: str) -> Any:
    row = ready(queries.tranche_for(current_user, pid), *GUARDS["turn_down"])
    form = forms.Reason(obj=row)
    if form.validate_on_submit():
        return _returned(row, form.reason.data, form.version.data)
    return render_template("funding/form.html", form=form, title=_("Return the payment request"), button=_("Return the request"), back=_url(row),
                           about=f"{row.project.code} {row.project.title}")  # fmt: skip


@bp.route("/tranches/<pid>/pay", methods=["GET", "POST"])
@allow(Do.FUNDING_PAY)
@recently
@writes
def pay(pid: str) -> Any:
    row = ready(queries.tranche_for(current_user, pid), *GUARDS["pay"])
    told = partners.last_notice(NoticeKind.PAYMENT, row.public_id)
    form = forms.Pay(obj=row, data={"booked_on": told.dated if told else clock.today(), "voucher": told.number if told else None})
    if form.validate_on_submit():
        actions.pay(row, booked_on=form.booked_on.data, voucher=form.voucher.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Payment recorded."), _url(row))
    return render_template("funding/pay.html", tranche=row, project=row.project, contract=row.contract, form=form, signed=_signed(row), told=told,
                           mailed=[u.name for u in queries.holders(row.project)],
                           checks=_checks(row, row.requested_by_id, row.first_approved_by_id, row.approved_by_id))  # fmt: skip


@bp.route("/entries/<pid>/reverse", methods=["GET", "POST"])
@allow(Do.FUNDING_PAY)
@recently
@writes
def reverse(pid: str) -> Any:
    entry = ready(queries.entry_for(current_user, pid), shared.check_reversible, shared.check_outsider)
    project = queries.project_by_id(entry.project_id)
    back, refunded = url_for(".project", pid=project.public_id), entry.kind == EntryKind.REFUND
    form = forms.Reason()
    if form.validate_on_submit():
        actions.reverse(entry, reason=form.reason.data, by=current_user, at=clock.now())
        return done(_("Refund taken back by a row of its own; it is owed again.") if refunded else _("Payment reversed by a row of its own."), back)
    return render_template("funding/reverse.html", entry=entry, project=project, form=form, refunded=refunded)


@bp.route("/projects/<pid>/refund", methods=["GET", "POST"])
@allow(Do.FUNDING_PAY)
@recently
@writes
def refund(pid: str) -> Any:
    project = ready(queries.project_by_pid(current_user, pid), shared.check_books_open, shared.check_stranger)
    back = url_for(".project", pid=project.public_id)
    form = forms.Refund()
    if form.validate_on_submit():
        actions.refund(project, amount=form.amount.data, booked_on=form.booked_on.data, voucher=form.voucher.data, note=form.note.data or None,
                       by=current_user, at=clock.now())  # fmt: skip
        return done(_("Refund booked."), back)
    return render_template("funding/refund.html", form=form, project=project, back=back, owed=queries.owed(project), entries=queries.ledger_of(project.id))


def _returned(row: Tranche, reason: str | None, seen: Any) -> Any:
    if not reason:
        raise Incomplete(N_("Please say what is to be changed."), field="reason")
    actions.return_payment(row, reason=reason, seen=seen, by=current_user, at=clock.now())
    return done(_("Request returned."), _url(row))


def _signed(row: Tranche) -> list[tuple[str, str, Any]]:
    """Who dealt with the tranche and who follows: (name, role, instant or None)."""
    requested = row.state != TrancheState.DUE
    steps = [
        (row.requested_by if requested else None, _("requests"), row.requested_at if requested else None),
        (row.first_approved_by, _("first approval"), row.first_approved_at),
        (row.approved_by, _("second approval"), row.approved_at),
        (row.paid_by, _("pays"), row.paid_at),
    ]
    return [(who.name if who else _("to follow"), role, at) for who, role, at in steps]


def _checks(row: Tranche, *earlier: int | None, source: str | None = None) -> list[tuple[bool | None, str, str | None]]:
    project = row.project
    left = project.approved_state - project.paid_total
    return [
        (current_user.id not in earlier, _("You did none of the earlier steps."), source),
        (not queries.belongs(current_user, project), _("You belong neither to the project nor to its host."), None),
        (row.amount <= left, _("The amount is within what is approved and not yet paid."), None),
        *told(gate(row)),
    ]


def told(items: list[Item]) -> list[tuple[Any, str, str | None]]:
    """The gate in words, for a list of checks: what is seen, since when, and what somebody confirmed by hand."""
    said = []
    for item in items:
        text, since = _(item.need.label), f" ({item.day:%d/%m/%Y})" if item.day else ""
        if item.by:
            said.append(("look", text + since, _("confirmed by %(name)s: %(reason)s", name=item.by, reason=item.reason)))
        else:
            said.append((item.ok, text + since, None))
    return said


def _url(row: Tranche) -> str:
    return url_for(".tranche", pid=row.public_id)
