"""Accounts of a tranche: what was spent by head, handed in by the host, checked by another person."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import Guard, moves, ready
from app.kernel import clock
from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.stages.funding import actions, forms, queries
from app.stages.funding.actions import shared
from app.stages.funding.forms import AccountAnswer
from app.stages.funding.models import Project
from app.stages.funding.rules import TRANCHE_ACCOUNT, check_other_person
from app.stages.funding.views.blueprint import bp

SUBMITTABLE: tuple[Guard, ...] = (shared.check_accountable, shared.check_not_under_check, shared.check_requester)
CHECKABLE: tuple[Guard, ...] = (moves(TRANCHE_ACCOUNT, "accept"), lambda row, by: check_other_person(by.id, row.submitted_by_id), shared.check_outsider)


@bp.route("/tranches/<pid>/account", methods=["GET", "POST"])
@allow(Do.FUNDING_REQUEST)
@writes
def account_tranche(pid: str) -> Any:
    row = ready(queries.tranche_for(current_user, pid), *SUBMITTABLE)
    before, heads = queries.tranche_account_of(row.id), heads_said(row.project)
    form = forms.account_tranche(before, heads)
    if form.validate_on_submit():
        actions.submit_tranche_account(row, form.by_head(), note=form.note.data or None, seen=form.version.data if before else None, by=current_user, at=clock.now())
        return done(_("Accounts submitted."), url(row))
    return render_template("funding/account_tranche.html", tranche=row, project=row.project, form=form, heads=heads, before=before, available=queries.available(row))


@bp.route("/tranches/<pid>/check-account", methods=["GET", "POST"])
@allow(Do.FUNDING_SETTLE)
@writes
def check_tranche_account(pid: str) -> Any:
    row = or_404(queries.tranche_for(current_user, pid))
    account = ready(queries.tranche_account_of(row.id), *CHECKABLE)
    form = forms.CheckAccount(data={"version": account.version})
    if form.validate_on_submit():
        facts = {"seen": form.version.data, "by": current_user, "at": clock.now()}
        if form.answer.data == AccountAnswer.ACCEPT:
            actions.accept_tranche_account(account, remark=form.remark.data or None, **facts)
            return done(_("Accounts accepted; the tranche is settled."), url(row))
        if not form.remark.data:
            raise Incomplete(N_("Please say what is to be changed."), field="remark")
        actions.return_tranche_account(account, reason=form.remark.data, **facts)
        return done(_("Accounts returned."), url(row))
    available = queries.available(row)
    checks = [
        (account.submitted_by_id != current_user.id, _("Submitter and signer are two people."), None),
        (not queries.belongs(current_user, row.project), _("You belong neither to the project nor to its host."), None),
        (account.spent <= available, _("Not more was spent than was paid and is not accounted for yet."), None),
        (sum(line.amount for line in account.lines) == account.spent, _("The heads sum to what was spent."), None),
    ]
    return render_template("funding/check_tranche_account.html", tranche=row, project=row.project, account=account, form=form, checks=checks, heads=heads_said(row.project),
                           mailed=[u.name for u in queries.holders(row.project)])  # fmt: skip


def heads_said(project: Project) -> list[queries.Head]:
    """The heads of a project in the language of the page."""
    return queries.heads_of(project, language="en" if str(get_locale()) == "en" else "vi")


def url(row: Any) -> str:
    return url_for(".tranche", pid=row.public_id)
