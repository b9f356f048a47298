"""Contracts: draft, tranches, the page of one contract. (Signing is on /execution: it starts the reports.)"""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.kernel import clock, journal
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.services.files import queries as files
from app.services.papers import queries as papers
from app.stages.funding import actions, forms, parties, queries
from app.stages.funding.actions import shared
from app.stages.funding.rules import CONTRACT, ChangeState, ContractState
from app.stages.funding.views.appraisals import rules_told
from app.stages.funding.views.blueprint import bp
from app.stages.funding.views.changes import CHANGEABLE


@bp.route("/projects/<pid>/contract", methods=["GET", "POST"])
@allow(Do.FUNDING_CONTRACT)
@writes
def draft_contract(pid: str) -> Any:
    project = ready(queries.project_by_pid(current_user, pid), shared.check_no_contract)
    form = forms.DraftContract(data={"party_a": current_app.config["DEPARTMENT_NAME"]})
    if form.validate_on_submit():
        row = actions.draft_contract(project, party_a=form.party_a.data, account=form.account.data or None, by=current_user, at=clock.now())
        return done(_("Contract drafted with the tranches of the rulebook."), url_for(".contract", pid=row.public_id))
    return render_template("funding/draft_contract.html", project=project, form=form)


@bp.get("/contracts/<pid>")
@allow(Do.HUB_READ)
def contract(pid: str) -> Any:
    row = or_404(queries.contract_for(current_user, pid))
    changes, issued = queries.changes_of(row.id), papers.of(row)
    scans = papers.scans_of(issued)
    return render_template("funding/contract.html", contract=row, project=row.project, moves=dict(CONTRACT.moves(row)), papers=issued, scans=scans, signed=files.signatures_in(scans),
                           products=queries.products_of(row.project), rules=rules_told(parties.checks(row, on=clock.today())) if row.state == ContractState.DRAFT else [],
                           said=[(_(label), told) for key, label in parties.LABELS.items() if (told := (row.parties or {}).get(key))], changes=changes, today=clock.today(),
                           may_change=fits(row, *CHANGEABLE) and not any(c.state == ChangeState.REQUESTED for c in changes), entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/contracts/<pid>/tranches", methods=["GET", "POST"])
@allow(Do.FUNDING_CONTRACT)
@writes
def plan_tranches(pid: str) -> Any:
    row = ready(queries.contract_for(current_user, pid), moves(CONTRACT, "sign"))
    form = forms.tranches(row)
    if form.validate_on_submit():
        actions.plan_tranches(row, form.rows(), account=form.account.data or None, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Tranches saved."), url_for(".contract", pid=row.public_id))
    return render_template("funding/tranches.html", contract=row, project=row.project, form=form, count=forms.TRANCHE_ROWS)
