"""Awards: submit for decision, decide, the result."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.kernel import clock, journal
from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.papers import queries as papers
from app.services.people.recent import recently
from app.shown import money
from app.stages.funding import actions, forms, ledger, queries, revising, signing
from app.stages.funding.actions import shared
from app.stages.funding.forms import Decision
from app.stages.funding.rules import (
    APPRAISAL,
    SUBMISSION,
    Cause,
    RevisionState,
    TeamPart,
)
from app.stages.funding.views.blueprint import bp


@bp.route("/appraisals/<pid>/submit", methods=["GET", "POST"])
@allow(Do.FUNDING_PROPOSE)
@writes
def submit_award(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), moves(APPRAISAL, "reopen"), shared.check_selected, shared.check_not_submitted, revising.check_accepted)
    before = queries.submission_of(row.id)
    form = forms.Submit(obj=before, data=None if before else queries.terms_of(row, on=clock.today()))
    if form.validate_on_submit():
        submission = actions.submit_award(
            row, number=form.number.data or None, dated=form.dated.data, title=form.title.data, code_type=form.code_type.data,
            code_field=form.code_field.data, starts_on=form.starts_on.data, duration_months=form.duration_months.data,
            remark=form.remark.data or None, seen=form.version.data if before else None, by=current_user, at=clock.now())  # fmt: skip
        return done(_("Submitted for decision."), url_for(".submission", pid=submission.public_id))
    return render_template("funding/submit.html", appraisal=row, form=form, sums=ledger.totals(row.lines), before=before)


@bp.get("/submissions/<pid>")
@allow(Do.FUNDING_READ)
def submission(pid: str) -> Any:
    row = or_404(queries.submission_by_pid(pid))
    signs, office = fits(row, signing.check_may_sign), signing.office(on=clock.today())
    return render_template("funding/submission.html", signs=signs, office=office, submission=row, appraisal=row.appraisal, sums=ledger.totals(row.appraisal.lines),
                           project=queries.project_of_appraisal(row.appraisal), papers=papers.of(row.appraisal, row),
                           mine=not fits(row, signing.check_decider),
                           entries=journal.timeline([journal.subject_key(row), journal.subject_key(row.appraisal)]))  # fmt: skip


@bp.route("/submissions/<pid>/decide", methods=["GET", "POST"])
@allow(Do.FUNDING_APPROVE)
@recently
@writes
def decide(pid: str) -> Any:
    row = ready(queries.submission_by_pid(pid), moves(SUBMISSION, "approve", "return"), signing.check_decider, signing.check_may_sign)
    form = forms.Decide(data={"version": row.version, "remark": row.decision_remark})
    if form.validate_on_submit():
        return _decided(row, form)
    holders = queries.holders_of_proposal(row.appraisal.proposal)
    return render_template("funding/decide.html", submission=row, appraisal=row.appraisal, form=form, sums=ledger.totals(row.appraisal.lines),
                           parts=ledger.parts(row.appraisal.lines), signed=_signed(row), checks=_checks(row), mailed=[u.name for u in holders])  # fmt: skip


def _checks(row: Any) -> list[tuple[bool | str, str, str | None]]:
    """What the rules say about this decision: (kept, sentence, source)."""
    today, appraisal = clock.today(), row.appraisal
    office, ceiling = signing.office(on=today), queries.ceiling_of(appraisal.proposal_id)
    may_sign = bool(current_user.roles & ({"province"} if office.signer == "province" else {"province", "leader"}))
    found: list[tuple[bool | str, str, str | None]] = [
        (not signing.has_part(appraisal, current_user) and row.submitted_by_id != current_user.id, _("Submitter and signer are two people; the signer has no part in dossier and appraisal."), None),
        (may_sign, _("You hold the office that signs approval decisions."), office.source),
        (ceiling is None or row.approved_state <= ceiling, _("The state money keeps the ceiling of the topic."), None),
        (appraisal.concluded_at is not None, _("The budget was appraised and the minutes are issued."), "TT 08/2017"),
    ]
    if office.most is not None:
        covered = row.approved_state <= office.most or "province" in current_user.roles
        found.insert(2, (covered, _("The state money is within delegated power (%(most)s).", most=money(office.most)), office.limit_source))
    if (revision := revising.of(appraisal)) is not None:
        found.append((revision.state == RevisionState.ACCEPTED, _("The work description was revised after the appraisal and accepted."), None))
    return found + _money_checks(row, today.year)


def _money_checks(row: Any, this_year: int) -> list[tuple[bool | str, str, str | None]]:
    """Has each year the money, and where does the dossier lie to the cut line of its call?"""
    found: list[tuple[bool | str, str, str | None]] = []
    for year, parts in ledger.from_year(ledger.totals(row.appraisal.lines)["years"], this_year).items():
        budget = queries.year_budget(year)
        if budget is None:
            sentence = _("The budget of %(year)s is not entered yet: its money is promised when it is.", year=year)
            found.append((False if year == this_year else "look", sentence, None))
        elif parts["state"]:
            left = budget.total - budget.committed
            found.append((parts["state"] <= left, _("Of %(year)s %(needed)s are needed, %(left)s are left.", year=year, needed=money(parts["state"]), left=money(left)), None))
    place, cut = queries.place_in_call(row.appraisal)
    if cut is not None and place is not None:
        sentence = _("The dossier lies above the cut line of its call.") if place <= cut.funded else _("The dossier lies below the cut line of its call.")
        found.append((True if place <= cut.funded else "look", sentence, cut.reason))
    return found


def _signed(row: Any) -> list[tuple[str, str, Any]]:
    """Who has signed and who follows: (who, what, when or None)."""
    appraisal = row.appraisal
    head = next((m.name for m in appraisal.team if m.role == TeamPart.HEAD), None)
    officer, revision = queries.person(appraisal.concluded_by_id), revising.of(appraisal)
    found: list[tuple[str, str, Any]] = [(head, _("head of the appraisal team"), appraisal.concluded_at)] if head else []
    found += [(officer.name, _("minutes of the appraisal"), appraisal.concluded_at)] if officer else []
    if revision is not None and revision.decided_at and (decider := queries.person(revision.decided_by_id)):
        found.append((decider.name, _("accepted the revised work description"), revision.decided_at))
    return [*found, (row.submitted_by.name, _("submitted"), row.submitted_at), (_("you"), _("decide"), None), (_("Registry office"), _("number and seal"), None)]


def _decided(row: Any, form: forms.Decide) -> Any:
    facts = {"seen": form.version.data, "by": current_user, "at": clock.now()}
    if form.answer.data == Decision.APPROVE:
        for name in ("number", "dated"):
            if not form[name].data:
                raise Incomplete(N_("A decision has a number and a date."), field=name)
        project = actions.approve(row, number=form.number.data, dated=form.dated.data, remark=form.remark.data or None,
                                  inner_remark=form.inner_remark.data or None, **facts)  # fmt: skip
        return done(_("Project %(code)s approved.", code=project.code), url_for(".approved", pid=project.public_id))
    if form.answer.data == Decision.HOLD:
        if not form.inner_remark.data:
            raise Incomplete(N_("Please say why it is put on hold."), field="inner_remark")
        actions.hold_award(row, remark=form.inner_remark.data, **facts)
        return done(_("Put on hold."), url_for(".submission", pid=row.public_id))
    if form.answer.data == Decision.DECLINE:
        return _declined(row, form, facts)
    if not form.remark.data:
        raise Incomplete(N_("Please say what is to be changed."), field="remark")
    actions.return_award(row, remark=form.remark.data, **facts)
    return done(_("Returned for changes."), url_for(".submission", pid=row.public_id))


def _declined(row: Any, form: forms.Decide, facts: dict[str, Any]) -> Any:
    for name in ("number", "dated"):
        if not form[name].data:
            raise Incomplete(N_("A decision has a number and a date."), field=name)
    if not form.remark.data:
        raise Incomplete(N_("Please give the reason."), field="remark")
    actions.decline_award(row, reason=form.remark.data, number=form.number.data, dated=form.dated.data, **facts)
    return done(_("The award is declined; investigator and host are told."), url_for(".submission", pid=row.public_id))


@bp.route("/projects/<pid>/cancel", methods=["GET", "POST"])
@allow(Do.FUNDING_APPROVE)
@recently
@writes
def cancel_award(pid: str) -> Any:
    project = ready(queries.project_by_pid(current_user, pid), shared.check_cancellable)
    form = forms.CancelAward(data={"version": project.version})
    if form.validate_on_submit():
        actions.cancel_award(project, cause=Cause(form.cause.data), reason=form.reason.data, number=form.number.data, dated=form.dated.data,
                             seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("The approval is cancelled; the promised money is free again."), url_for(".project", pid=pid))
    return render_template("funding/cancel_award.html", project=project, form=form, mailed=[u.name for u in queries.holders(project)])


@bp.get("/projects/<pid>/approved")
@allow(Do.FUNDING_READ)
def approved(pid: str) -> Any:
    project = or_404(queries.project_by_pid(current_user, pid))
    return render_template("funding/approved.html", project=project, papers=papers.of(project))
