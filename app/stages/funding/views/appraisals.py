"""Appraisals: begin, team, session, lines, conclusion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.kernel import clock, journal, subjects
from app.kernel.permissions import Do
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.services.papers import queries as papers
from app.shown import language
from app.stages.funding import (
    actions,
    desk,
    deskforms,
    forms,
    ledger,
    queries,
    revising,
    signing,
)
from app.stages.funding import council as council_acts
from app.stages.funding.actions import shared
from app.stages.funding.models import Appraisal
from app.stages.funding.rules import APPRAISAL
from app.stages.funding.views.blueprint import bp
from app.stages.proposals.costs import WARN, Check


@bp.route("/lines/<pid>/begin", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def begin_appraisal(pid: str) -> Any:
    line = or_404(queries.line_by_pid(pid))
    form, begun = forms.Begin(), queries.appraisal_of_line(line.id)
    if begun is not None and not form.is_submitted():
        return redirect(url_for(".appraisal", pid=begun.public_id))
    ready(line, shared.check_appraisable)
    if form.validate_on_submit():
        row = actions.begin_appraisal(line, by=current_user, at=clock.now())
        return done(_("Appraisal begun."), url_for(".appraisal", pid=row.public_id))
    return render_template("funding/begin_appraisal.html", line=line, form=form)


@bp.get("/appraisals/<pid>")
@allow(SIGNED_IN)
def appraisal(pid: str) -> Any:
    """For the Department, and for the members of the council that has it."""
    row = or_404(queries.appraisal_by_pid(pid))
    or_404(subjects.may_read("appraisal", row, current_user) or None)
    council = actions.council_with(row)
    submission = queries.submission_of(row.id)
    return render_template("funding/appraisal.html", appraisal=row, sums=ledger.totals(row.lines), parts=ledger.parts(row.lines), submission=submission,
                           questions=queries.questions_on(row), rules=rules_told(desk.conditions(row, on=clock.today())), revision=revising.of(row), today=clock.today(),
                           moves=dict(APPRAISAL.moves(row)), papers=papers.of(row), heads=queries.head_names(on=clock.today(), language=language()),
                           project=queries.project_of_appraisal(row), entries=journal.timeline([journal.subject_key(row)]) if current_user.can(Do.FUNDING_READ) else [], council=council,
                           concludes=fits(row, actions.check_by_hand), reads=fits(row, actions.check_no_ballots), seats=fits(row, council_acts.check_unseated))  # fmt: skip


@bp.route("/appraisals/<pid>/council", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def seat_appraisal(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), council_acts.check_unseated)
    form = forms.Council(obj=row)
    if form.validate_on_submit():
        council = council_acts.put_to_council(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The council is prepared. Appoint its members and set time and place."), url_for("councils.show", pid=council.public_id))
    return render_template("funding/form.html", form=form, title=_("Make the appraisal team a council"), button=_("Prepare the council"), back=_url(row), about=row.proposal.title)


@bp.route("/appraisals/<pid>/team", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def name_team(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), moves(APPRAISAL, "open", "conclude"), shared.check_selected)
    form = deskforms.team(row)
    if form.validate_on_submit():
        actions.name_team(row, form.members(), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Appraisal team saved."), _url(row))
    return render_template("funding/team.html", form=form, appraisal=row, count=deskforms.TEAM_ROWS)


@bp.route("/appraisals/<pid>/open", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def open_appraisal(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), moves(APPRAISAL, "open"), signing.check_apart, shared.check_selected)
    form = forms.Open(obj=row)
    if form.validate_on_submit():
        actions.open_appraisal(row, held_on=form.held_on.data, place=form.place.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The appraisal session is open."), url_for(".appraise", pid=row.public_id))
    return render_template("funding/form.html", form=form, title=_("Open the appraisal session"), button=_("Open the session"), back=_url(row),
                           about=row.proposal.title)  # fmt: skip


@bp.route("/appraisals/<pid>/lines", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def appraise(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), moves(APPRAISAL, "conclude"), signing.check_apart, shared.check_selected, actions.check_no_ballots)
    form = deskforms.readings(row)
    if form.validate_on_submit():
        actions.appraise(row, form.readings(), lump_sum=form.lump_sum.data, used_at=form.used_at.data or None, seen=form.version.data,
                         by=current_user, at=clock.now())  # fmt: skip
        return done(_("Appraisal saved."), _url(row))
    return render_template("funding/appraise.html", appraisal=row, form=form, amount="allowed", questions=_by_line(row), heads=queries.head_names(on=clock.today(), language=language()))


@bp.route("/appraisals/<pid>/propose", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def propose(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), moves(APPRAISAL, "open"), signing.check_apart, shared.check_selected)
    form = deskforms.proposed(row)
    if form.validate_on_submit():
        actions.propose(row, form.readings(), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Proposal for the session saved."), _url(row))
    return render_template("funding/appraise.html", appraisal=row, form=form, amount="proposed", questions=_by_line(row), heads=queries.head_names(on=clock.today(), language=language()))


def _by_line(row: Appraisal) -> dict[int, list[Any]]:
    """The questions on each line."""
    found: dict[int, list[Any]] = {}
    for question in queries.questions_on(row):
        found.setdefault(question.line_id, []).append(question)
    return found


@bp.route("/appraisals/<pid>/conclude", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def conclude_appraisal(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), moves(APPRAISAL, "conclude"), signing.check_apart, shared.check_selected, actions.check_by_hand)
    form = forms.Conclude(obj=row)
    if form.validate_on_submit():
        actions.conclude_appraisal(row, remark=form.remark.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Appraisal concluded; the minutes are issued."), _url(row))
    return render_template("funding/conclude.html", appraisal=row, form=form, sums=ledger.totals(row.lines), parts=ledger.parts(row.lines),
                           rules=rules_told(desk.conditions(row, on=clock.today())), mailed=[u.name for u in queries.holders_of_proposal(row.proposal)])  # fmt: skip


@bp.route("/appraisals/<pid>/reopen", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def reopen_appraisal(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), moves(APPRAISAL, "reopen"), signing.check_apart, shared.check_selected, shared.check_not_submitted)
    form = forms.Reason(obj=row)
    if form.validate_on_submit():
        actions.reopen_appraisal(row, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The appraisal is open again."), url_for(".appraise", pid=row.public_id))
    return render_template("funding/form.html", form=form, title=_("Open the appraisal again"), button=_("Open again"), back=_url(row),
                           about=row.proposal.title)  # fmt: skip


def rules_told(found: Sequence[Check]) -> list[tuple[bool | str, str, str | None]]:
    """Checks as the pages show them: kept (“look”: it only warns), the sentence, the source."""
    return [(True if c.ok else "look" if c.effect == WARN else False, _(c.sentence) % c.params if c.params else _(c.sentence), c.rule.source if c.rule else None) for c in found]


def _url(row: Appraisal) -> str:
    return url_for(".appraisal", pid=row.public_id)
