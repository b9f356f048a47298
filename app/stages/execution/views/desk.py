"""/execution/: what waits or is late; the page of one project; the signing that starts it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.downloads import download
from app.kernel import clock, journal
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.services.papers import queries as papers
from app.services.people.recent import recently
from app.stages.execution import actions, figures, forms, lists, queries
from app.stages.execution.actions import shared
from app.stages.execution.rules import late_finding, overdue, to_write
from app.stages.execution.views.blueprint import bp
from app.stages.execution.views.changes import DECIDE
from app.stages.funding import queries as funding
from app.stages.funding.actions.shared import check_outsider
from app.stages.funding.rules import CONTRACT


@bp.get("/")
@allow(Do.EXECUTION_READ)
def index() -> Any:
    return _worklist("reports")


@bp.get("/lists/<name>")
@allow(Do.EXECUTION_READ)
def worklist(name: str) -> Any:
    return _worklist(name)


def _worklist(name: str) -> Any:
    kind, today = or_404(lists.KINDS.get(name)), clock.today()
    return render_template("execution/index.html", name=name, kind=kind, kinds=lists.KINDS, listing=lists.listing(name, current_user, request.args or lists.WAITING, today),
                           counts=lists.counts(current_user, today), today=today)  # fmt: skip


@bp.get("/lists/<name>/rows.xlsx")
@allow(Do.EXECUTION_READ)
def export(name: str) -> Any:
    kind = or_404(lists.KINDS.get(name))
    return download(lists.listing(name, current_user, request.args, clock.today()).xlsx(_(kind.label)), f"{name}.xlsx")


@bp.get("/projects/<pid>")
@allow(Do.HUB_READ)
def project(pid: str) -> Any:
    row = or_404(funding.project_by_pid(current_user, pid))
    groups = (queries.reports_of(row.id), queries.inspections_of(row.id), queries.adjustments_of(row.id), queries.suspensions_of(row.id),
              queries.terminations_of(row.id))  # fmt: skip
    reports, inspections, adjustments, suspensions, terminations = groups
    findings = queries.findings_of(project_id=row.id)
    subjects = [*(r for group in groups for r in group), *findings]
    decidable = {a.public_id for a in adjustments if fits(a, *DECIDE)} if current_user.can(Do.EXECUTION_DECIDE) else set()
    return render_template("execution/project.html", decidable=decidable, has_estimate=bool(figures.first_estimate(row)), findings=findings, late_finding=late_finding, project=row, contract=funding.contract_of(row.id), closing=funding.closing_of(row.id),
                           reports=reports, to_write=to_write(reports, clock.today()), inspections=inspections, adjustments=adjustments, suspensions=suspensions, terminations=terminations,
                           may_request=funding.may_request(current_user, row), may_end=fits(row, shared.check_running, shared.check_no_ending), today=clock.today(), overdue=overdue,
                           papers=papers.of(*subjects), entries=journal.timeline([journal.subject_key(r) for r in subjects]))  # fmt: skip


@bp.route("/contracts/<pid>/sign", methods=["GET", "POST"])
@allow(Do.FUNDING_CONTRACT)
@recently
@writes
def sign(pid: str) -> Any:
    contract = ready(funding.contract_for(current_user, pid), moves(CONTRACT, "sign"), check_outsider)
    form = forms.Sign(data={"version": contract.version, "signed_on": clock.today(), "starts_on": contract.starts_on})
    if form.validate_on_submit():
        actions.sign(contract, number=form.number.data, signed_on=form.signed_on.data, starts_on=form.starts_on.data, seen=form.version.data,
                     party_a_signer=form.party_a_signer.data, party_b_signer=form.party_b_signer.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("Signing recorded: the contract is issued and the reports are scheduled."), url_for("funding.contract", pid=contract.public_id))
    checks = [
        (sum(t.amount for t in contract.tranches) == contract.project.approved_state, _("The tranches sum to the state money."), None),
        (bool(contract.account), _("The contract names the account."), None),
    ]
    return render_template("execution/sign.html", contract=contract, project=contract.project, form=form, checks=checks,
                           mailed=[u.name for u in funding.holders(contract.project)])  # fmt: skip
