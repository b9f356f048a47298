"""Another account for a contract: ask, check, hold, stop."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import Guard, fits, moves, ready
from app.kernel import clock, journal
from app.kernel.errors import Incomplete, NotAllowed
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.recent import recently
from app.services.rulebook import queries as rulebook
from app.stages.funding import actions, forms, queries
from app.stages.funding.actions import shared
from app.stages.funding.forms import ChangeAnswer
from app.stages.funding.models import AccountChange
from app.stages.funding.rules import ACCOUNT_CHANGE, check_other_person
from app.stages.funding.views.blueprint import bp


def _own(row: AccountChange, by: Any) -> None:
    if row.requested_by_id != by.id:
        raise NotAllowed(N_("Only who asked for it may take it back."))


CHANGEABLE: tuple[Guard, ...] = (shared.check_account_changes, shared.check_may_change_account)
GUARDS: dict[str, tuple[Guard, ...]] = {
    "decide": (moves(ACCOUNT_CHANGE, "agree"), lambda row, by: check_other_person(by.id, row.requested_by_id), shared.check_outsider),
    "withdraw": (moves(ACCOUNT_CHANGE, "withdraw"), _own),
    "stop": (moves(ACCOUNT_CHANGE, "stop"), shared.check_may_stop),
}


@bp.route("/contracts/<pid>/change-account", methods=["GET", "POST"])
@allow(Do.FUNDING_REQUEST)
@recently
@writes
def change_account(pid: str) -> Any:
    contract = ready(queries.contract_for(current_user, pid), *CHANGEABLE)
    form = forms.ChangeAccount()
    if form.validate_on_submit():
        row = actions.request_account_change(contract, account=form.account.data, reason=form.reason.data, by=current_user, at=clock.now())
        return done(_("Another account is asked for; the contacts so far are told."), _url(row))
    mailed = [u.name for u in (*queries.old_contacts(contract.project), *people.users_with(Do.FUNDING_PAY))]
    return render_template("funding/change_account.html", contract=contract, project=contract.project, form=form, days=_days(), mailed=list(dict.fromkeys(mailed)))


@bp.get("/account-changes/<pid>")
@allow(Do.HUB_READ)
def account_change(pid: str) -> Any:
    row = or_404(queries.change_for(current_user, pid))
    may = {act: fits(row, *guards) for act, guards in GUARDS.items()}
    return render_template("funding/account_change.html", change=row, project=queries.project_by_id(row.project_id), may=may, today=clock.today(),
                           entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/account-changes/<pid>/decide", methods=["GET", "POST"])
@allow(Do.FUNDING_PAY)
@recently
@writes
def decide_account_change(pid: str) -> Any:
    row = ready(queries.change_for(current_user, pid), *GUARDS["decide"])
    project = queries.project_by_id(row.project_id)
    form = forms.DecideChange(data={"version": row.version})
    if form.validate_on_submit():
        facts = {"seen": form.version.data, "by": current_user, "at": clock.now()}
        if form.answer.data == ChangeAnswer.AGREE:
            actions.agree_account_change(row, remark=form.remark.data or None, **facts)
            return done(_("Agreed; the new account is on hold and the contacts so far are told."), _url(row))
        if not form.remark.data:
            raise Incomplete(N_("Please give the reason."), field="remark")
        actions.refuse_account_change(row, reason=form.remark.data, **facts)
        return done(_("Refused; the account stays as it was."), _url(row))
    checks = [
        (row.requested_by_id != current_user.id, _("You did none of the earlier steps."), None),
        (not queries.belongs(current_user, project), _("You belong neither to the project nor to its host."), None),
        (fits(row, shared.check_nothing_under_way), _("No payment is under way to the account named so far."), None),
    ]
    return render_template("funding/decide_account_change.html", change=row, project=project, form=form, checks=checks, days=_days(),
                           mailed=[u.name for u in queries.old_contacts(project)])  # fmt: skip


@bp.route("/account-changes/<pid>/withdraw", methods=["GET", "POST"])
@allow(Do.FUNDING_REQUEST)
@writes
def withdraw_account_change(pid: str) -> Any:
    row = ready(queries.change_for(current_user, pid), *GUARDS["withdraw"])
    form = forms.Begin(data={"version": row.version})
    if form.validate_on_submit():
        actions.withdraw_account_change(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Withdrawn; the account stays as it was."), _url(row))
    return render_template("funding/form.html", form=form, title=_("Withdraw the change of the account"), button=_("Withdraw the change"), back=_url(row), about=row.new_account)


@bp.route("/account-changes/<pid>/stop", methods=["GET", "POST"])
@allow(Do.FUNDING_REQUEST)
@writes
def stop_account_change(pid: str) -> Any:
    row = ready(queries.change_for(current_user, pid), *GUARDS["stop"])
    form = forms.Reason(data={"version": row.version})
    if form.validate_on_submit():
        actions.stop_account_change(row, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Stopped; the contract names the account from before again."), _url(row))
    return render_template("funding/form.html", form=form, title=_("Stop the change of the account"), button=_("Stop the change"), back=_url(row), about=row.new_account)


def _days() -> int:
    return int(rulebook.value("funding.account_hold_days", on=clock.today()))


def _url(row: AccountChange) -> str:
    return url_for(".account_change", pid=row.public_id)
