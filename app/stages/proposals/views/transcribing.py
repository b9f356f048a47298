"""/proposals/<pid>/transcribe and /transcript: what an officer enters of a dossier on paper, and the other one who compares it."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.stages.proposals import (
    actions,
    forms,
    queries,
    transcribing,
    transcripts,
)
from app.stages.proposals.models import Proposal
from app.stages.proposals.places import OTHERS
from app.stages.proposals.views.blueprint import bp


@bp.route("/<pid>/transcribe", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def transcribe(pid: str) -> Any:
    row = ready(queries.for_officer(current_user, pid), transcribing.check_beginnable)
    form = forms.Remove(obj=row)
    if form.validate_on_submit():
        draft = transcribing.begin(row, by=current_user, at=clock.now())
        return done(_("Enter what the paper says, section by section."), url_for(".show", pid=draft.public_id))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Enter the content of the dossier on paper"), button=_("Begin to enter it"),
                           note=_("Nobody but officers sees it before another officer has compared it with the paper and confirmed it."))  # fmt: skip


def _draft(pid: str) -> Proposal | None:
    row = queries.proposal_for(current_user, pid)
    return row if row is not None and row.is_transcript else None


def _lacking(row: Proposal) -> list[str]:
    """What was not entered, or not whole: the paper may not say it either, but nobody closes it unseen."""
    known = {"work": N_("Work description"), **OTHERS}
    names = [_(known[section]) for section in dict.fromkeys(p.section for p in actions.problems_of(row, at=clock.now())) if section in known]
    return [_("Still empty or not whole: %(names)s.", names="; ".join(names))] if names else []


@bp.route("/<pid>/transcript/hand-over", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def hand_over_transcript(pid: str) -> Any:
    row = ready(_draft(pid), transcribing.check_handable)
    form = forms.Remove(obj=row)
    if form.validate_on_submit():
        transcribing.hand_over(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Another officer compares it with the paper now."), url_for(".show", pid=pid))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Hand over for comparison with the paper"), button=_("Hand over"),
                           note=" ".join([_("It is closed from here on, unless the other officer gives it back to you."), *_lacking(row)]))  # fmt: skip


@bp.route("/<pid>/transcript/give-back", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def give_back_transcript(pid: str) -> Any:
    row = ready(_draft(pid), transcribing.check_comparable)
    form = forms.TranscriptReason(obj=row)
    if form.validate_on_submit():
        transcribing.give_back(row, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("It is given back to who entered it."), url_for(".show", pid=pid))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Give back what does not agree with the paper"), button=_("Give back"), note=None)


@bp.route("/<pid>/transcript/confirm", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def confirm_transcript(pid: str) -> Any:
    row = ready(_draft(pid), transcribing.check_comparable)
    form = forms.TranscriptConfirm(obj=row)
    if form.validate_on_submit():
        paper = or_404(transcripts.of_draft(row)).proposal.public_id
        transcribing.confirm(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("This is the content of the dossier now."), url_for(".show", pid=paper))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Confirm that it says what the paper says"), button=_("Confirm the content"),
                           note=" ".join([_("It is closed for good and becomes what council, appraisal and applicant read. Investigator and host get an e-mail."), *_lacking(row)]))  # fmt: skip


@bp.route("/<pid>/transcript/end", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def end_transcript(pid: str) -> Any:
    row = ready(_draft(pid), transcribing.check_endable)
    form = forms.TranscriptReason(obj=row)
    if form.validate_on_submit():
        paper = or_404(transcripts.of_draft(row)).proposal.public_id
        transcribing.end(row, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("This transcription is given up."), url_for(".show", pid=paper))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Give this transcription up"), button=_("Give it up"),
                           note=_("What was entered is not used; another officer may begin anew."))  # fmt: skip
