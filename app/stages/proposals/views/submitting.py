"""Views of handing in: check your answers, submit, the receipt; withdraw and replace."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import OperationalError

from app.acts import fits, moves, ready
from app.kernel import clock, subjects
from app.kernel.db import reading_only
from app.kernel.permissions import Do
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.services.files import queries as files
from app.services.papers import queries as papers
from app.stages.proposals import (
    actions,
    attempts,
    forms,
    late,
    queries,
    submitting,
    work,
)
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import PROPOSAL, ProposalState, in_time, totals
from app.stages.proposals.views.acts import checks_of, names_of
from app.stages.proposals.views.blueprint import arrived, bp, let_go, turn_to_writing
from app.stages.proposals.views.work import parts_of


@bp.route("/<pid>/submit", methods=["GET", "POST"])
@allow(Do.PROPOSALS_SUBMIT)
@writes
def submit(pid: str) -> Any:
    seen_first = _noted(pid) if request.method == "POST" else None
    with reading_only():  # nothing is held while the dossier is looked at: on the last evening everybody waits for who writes
        row = or_404(queries.for_team(current_user, pid))
        form = forms.Submit(obj=row)
        prepared = submitting.prepare(row, at=clock.now()) if form.validate_on_submit() else None
    if prepared is not None:
        turn_to_writing()
        row = or_404(queries.held_lightly(pid, current_user))
        submitting.submit(row, seen=form.version.data, by=current_user, at=clock.now(), received_at=arrived(), first_seen=seen_first, prepared=prepared)
        return done(_("Your proposal has arrived. Receipt number: %(number)s.", number=row.receipt_no), url_for(".receipt", pid=pid))
    if row.receipt_no is not None and not form.is_submitted():
        return redirect(url_for(".receipt", pid=pid))
    attachments, at = files.of(row), clock.now()
    found = work.parts(row, at=at)
    return render_template(
        "proposals/submit.html", proposal=row, form=form, sums=totals(row.lines), attachments=attachments, parts=parts_of(row, found), problems=actions.problems_of(row, at=at, parts=found),
        checks=checks_of(row, attachments), in_time=in_time(at, row.call_topic.call.deadline), replaces=queries.replaced_by(row), **names_of(row))  # fmt: skip


submit.prepares = True


def _noted(pid: str) -> Any:
    """When this very request was seen first: noted on its own, before anything that may fail, once for each form that was sent."""
    key, user_id = request.form.get("once", "")[:64], current_user.id
    if "first_seen" not in g:
        g.first_seen = None
        let_go()  # the note has a connection of its own: nothing may be held meanwhile
        try:
            g.first_seen = attempts.note(pid, key=key, user_id=user_id, arrived_at=arrived())
        except OperationalError:  # a note must never stop a dossier
            current_app.logger.warning("a request to submit could not be noted")
    return g.first_seen


@bp.get("/<pid>/receipt")
@allow(SIGNED_IN)
def receipt(pid: str) -> Any:
    row = or_404(queries.proposal_for(current_user, pid))
    version = or_404(late.receipt_version(row))
    replaces = queries.replaced_by(row)
    later = next((p for p in queries.replacements_of(row) if submitting.is_in(p)), None)
    return render_template("proposals/receipt.html", proposal=row, version=version, received=f"{clock.local(version.received_at):%d/%m/%Y %H:%M:%S}",
                           kinds=names_of(row)["kinds"], papers=papers.of(row), later=later, replaces=replaces, open_replaced=replaces is not None and subjects.may_read("proposal", replaces, current_user),
                           replaceable=fits(row, _replaceable), withdrawable=fits(row, moves(PROPOSAL, "withdraw"), _withdrawable))  # fmt: skip


def _withdrawable(row: Proposal, by: Any) -> None:
    submitting.check_withdrawable(row, by, arrived())


def _replaceable(row: Proposal, by: Any) -> None:
    submitting.check_replaceable(row, by, arrived())


@bp.route("/<pid>/withdraw", methods=["GET", "POST"])
@allow(Do.PROPOSALS_WITHDRAW)
@writes
def withdraw(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), moves(PROPOSAL, "withdraw"), _withdrawable)
    form = forms.Withdraw(obj=row)
    if form.validate_on_submit():
        submitting.withdraw(row, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now(), received_at=arrived())
        return done(_("The proposal is withdrawn."), url_for(".show", pid=pid))
    note = _("It takes no part in this call any more; its receipt stays for the record. You can begin a new one for the same topic until the deadline. "
             "Investigator and host get an e-mail.")  # fmt: skip
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Withdraw the proposal"), button=_("Withdraw proposal"), note=note)


@bp.route("/<pid>/replace", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def replace(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), _replaceable)
    waiting = next((p for p in queries.replacements_of(row) if p.state == ProposalState.DRAFT), None)
    if waiting is not None and request.method == "GET":
        return redirect(url_for(".show", pid=waiting.public_id), 303)
    form = forms.Remove(obj=row)
    if form.validate_on_submit():
        new = submitting.begin_replacement(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The new version is ready to be changed. What you handed in stands until you submit this one."), url_for(".show", pid=new.public_id))
    same = queries.setting("proposals.replacement_number", clock.today(), row.call_topic.call) == "same"
    note = [_("You get a draft that holds all that was handed in. The dossier that was handed in stands until you submit the new one; if you never do, it is the one that counts."),
            _("The host organisation signs the new version off before you submit it, as it did the first."),
            _("It keeps the dossier's number and gets a new receipt.") if same else _("It gets a new number and a new receipt.")]  # fmt: skip
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Replace what was handed in"), button=_("Begin the new version"), note=" ".join(note))
