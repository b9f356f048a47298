"""/selection/calls/…: the ranked list of a call, outcomes released together. /selection/complaints/…: filed, answered."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.downloads import download
from app.kernel import clock
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.services.papers import queries as papers
from app.services.rulebook import queries as rulebook
from app.stages.calls import queries as calls
from app.stages.calls.models import Call
from app.stages.proposals import outcomes
from app.stages.proposals import queries as proposals
from app.stages.selection import (
    actions,
    complaints,
    forms,
    letters,
    queries,
    ranking,
    releases,
)
from app.stages.selection.blueprint import bp
from app.stages.selection.models import Complaint
from app.stages.selection.rules import COMPLAINT, ComplaintState

__all__ = ["bp"]


def _call(pid: str) -> Call:
    return or_404(calls.call_by_pid(pid))  # type: ignore[no-any-return]


@bp.get("/calls/<pid>")
@allow(Do.SELECTION_READ)
def call(pid: str) -> Any:
    """The ranked list of a whole call."""
    found = _call(pid)
    listing, beside = ranking.listing(found, request.args)
    waiting = releases.waiting(found) if current_user.can(Do.SELECTION_CONCLUDE) else []
    return render_template("selection/call.html", call=found, listing=listing, beside=beside, waiting=waiting, outcome_of=letters.outcome_of)


@bp.get("/calls/<pid>/ranking.xlsx")
@allow(Do.SELECTION_READ)
def call_export(pid: str) -> Any:
    listing, _beside = ranking.listing(_call(pid), request.args)
    return download(listing.xlsx(_("Ranking")), "xep-hang.xlsx")


@bp.route("/calls/<pid>/release", methods=["GET", "POST"])
@allow(Do.SELECTION_CONCLUDE)
@writes
def release(pid: str) -> Any:
    """Outcomes of rounds of a call, released on a day. What would happen is shown with names and sums before it is confirmed."""
    found = _call(pid)
    waiting = {row.public_id: row for row in releases.waiting(found)}
    form, chosen = forms.Release(data={"on": clock.today(), "rounds": list(waiting)}), []
    form.rounds.choices = [(p, f"{r.call_topic.topic.code} {r.call_topic.topic.title}") for p, r in waiting.items()]
    code = 200
    if form.validate_on_submit():
        chosen = [waiting[p] for p in dict.fromkeys(form.rounds.data)]
        releases.check_release(chosen, on=form.on.data, today=clock.today())
        seen = sha256("|".join([str(form.on.data), *(f"{r.public_id}:{r.version}" for r in chosen)]).encode()).hexdigest()
        if form.agree.data and form.checked.data == seen:
            ended = releases.release(chosen, on=form.on.data, typed=form.typed.data, by=current_user, at=clock.now())
            said = _("Released; every applicant is told the own outcome.") if ended else _("On %(day)s the outcomes are released.", day=form.on.data.strftime("%d/%m/%Y"))
            return done(said, url_for(".call", pid=pid))
        code = 422 if form.checked.data == seen else 202
        if code == 422:
            form.agree.errors = [_("Please tick this to go on.")]
        form.checked.data, form.agree.data = seen, False
    elif form.is_submitted() and form.rounds.data and set(form.rounds.data) <= set(waiting):  # a refusal of the act: the same look again
        chosen = [waiting[p] for p in dict.fromkeys(form.rounds.data)] if form.checked.data else []
    told = releases.letters_of(chosen) if chosen else None
    ask = told is not None and len(told.lines) >= rulebook.value(releases.TYPED_FROM, on=clock.today())
    return render_template("selection/release.html", call=found, form=form, waiting=waiting, told=told, ask=ask, outcome_of=letters.outcome_of,
                           last={p: releases.last_day(r) for p, r in waiting.items()}, rule=rulebook.rule(releases.NOTICE, on=clock.today())), code  # fmt: skip


# --- one outcome, and what its holders have against it --------------------------------------------------------


@bp.get("/outcomes/<pid>")
@allow(SIGNED_IN)
def outcome(pid: str) -> Any:
    """What became of one dossier, for those who wrote it: verdict, mean, remarks under pseudonyms."""
    proposal = or_404(proposals.proposal_for(current_user, pid))
    line = or_404(queries.line_of(proposal))
    found = queries.round_of_line(line)
    day = clock.local(found.concluded_at).date()
    complaint, own = complaints.of_line(line), outcomes.is_own(proposal, current_user)
    return render_template(
        "selection/outcome.html", proposal=proposal, line=line, verdict=letters.outcome_of(line), told=letters.feedback_on(line, council=queries.council_of(found), on=day), day=day,
        members=letters.members_named(found, queries.council_of(found)), letter=next((p for p in papers.of(proposal) if p.template == letters.LETTER), None), until=letters.complain_until(found),
        complaint=complaint if complaint and (own or current_user.can(Do.SELECTION_READ)) else None, may_complain=fits(proposal, lambda row, by: complaints.check_filing(row, by, on=clock.today())))  # fmt: skip


@bp.route("/outcomes/<pid>/complain", methods=["GET", "POST"])
@allow(Do.PROPOSALS_WITHDRAW)
@writes
def complain(pid: str) -> Any:
    proposal = or_404(proposals.proposal_for(current_user, pid))
    if request.method == "GET":
        complaints.check_filing(proposal, current_user, on=clock.today())
    form = forms.FileComplaint()
    if form.validate_on_submit():
        row = complaints.file(proposal, form.text.data or "", by=current_user, at=clock.now())
        return done(_("Your complaint is with the Department; it answers by %(day)s.", day=row.answer_due.strftime("%d/%m/%Y")), url_for(".complaint", pid=row.public_id))
    line = or_404(queries.line_of(proposal))
    return render_template("selection/complain.html", proposal=proposal, form=form, until=letters.complain_until(queries.round_of_line(line)),
                           rule=rulebook.rule(complaints.ANSWER, on=clock.today()))  # fmt: skip


def _complaints() -> Listing:
    return Listing(
        complaints.statement(), request.args, key=Complaint.id, default="due",
        columns=[
            Column("code", _("Dossier"), lambda c: c.proposal.code),
            Column("title", _("Title"), lambda c: c.proposal.title),
            Column("host", _("Host organisation"), lambda c: c.proposal.host.name),
            Column("filed", _("Received"), lambda c: c.filed_at, sort=Complaint.filed_at),
            Column("due", _("Answer due"), lambda c: c.answer_due, sort=Complaint.answer_due),
            Column("number", _("Number of the letter"), lambda c: c.number),
            Column("state", _("State"), lambda c: _(c.state.label)),
        ],
        filters=[
            Filter("q", _("Code or words of the title"), lambda s, v: s.where(Complaint.proposal_id.in_(complaints.with_words(fold(v))))),
            Filter("state", _("State"), lambda s, v: s.where(Complaint.state == v), choices=[(str(x), _(x.label)) for x in ComplaintState]),
            Filter("late", _("In time"), lambda s, v: s.where((Complaint.state == ComplaintState.FILED) & (Complaint.answer_due < clock.today())), choices=[("yes", _("Overdue"))]),
        ],
    )  # fmt: skip


@bp.get("/complaints")
@allow(Do.SELECTION_READ)
def all_complaints() -> Any:
    return render_template("selection/complaints.html", listing=_complaints(), today=clock.today())


@bp.get("/complaints.xlsx")
@allow(Do.SELECTION_READ)
def export_complaints() -> Any:
    return download(_complaints().xlsx(_("Complaints")), "kien-nghi.xlsx")


@bp.get("/complaints/<pid>")
@allow(SIGNED_IN)
def complaint(pid: str) -> Any:
    row = or_404(complaints.for_user(current_user, pid))
    waits = COMPLAINT.may(row, "uphold")
    steps = []
    answers = waits and current_user.can(Do.SELECTION_CONCLUDE)
    if answers and fits(row, complaints.check_other):
        steps.append((_("Answer the complaint"), url_for(".decide_complaint", pid=pid), True))
    if waits and outcomes.is_own(row.proposal, current_user):
        steps.append((_("Take the complaint back"), url_for(".take_back_complaint", pid=pid), False))
    if current_user.can(Do.SELECTION_READ):
        steps.append((_("See the round"), url_for(".show", pid=queries.round_of_line(row.line).public_id), False))
    return render_template("selection/complaint.html", row=row, next_steps=steps, papers=papers.of(row), today=clock.today(), department=current_user.can(Do.SELECTION_READ),
                           another=answers and not fits(row, complaints.check_other))  # fmt: skip


@bp.route("/complaints/<pid>/decide", methods=["GET", "POST"])
@allow(Do.SELECTION_CONCLUDE)
@writes
def decide_complaint(pid: str) -> Any:
    row = ready(complaints.for_user(current_user, pid), moves(COMPLAINT, "uphold"), complaints.check_other)
    form = forms.DecideComplaint(data={"version": row.version, "dated": clock.today()})
    if form.validate_on_submit():
        uphold = form.verdict.data == forms.Verdict.UPHOLD
        complaints.decide(row, uphold=uphold, answer=form.answer.data or "", number=form.number.data or "", dated=form.dated.data, seen=form.version.data,
                          by=current_user, at=clock.now())  # fmt: skip
        said = _("Upheld; the dossiers wait for another session.") if uphold else _("Dismissed; the outcome stands.")
        return done(said, url_for(".complaint", pid=pid))
    found = queries.round_of_line(row.line)
    late = not fits(found, actions.check_reconsiderable)
    return render_template("selection/decide_complaint.html", row=row, form=form, round=found, late=late, mailed=[u.name for u in outcomes.holders(row.proposal)])


@bp.route("/complaints/<pid>/take-back", methods=["GET", "POST"])
@allow(Do.PROPOSALS_WITHDRAW)
@writes
def take_back_complaint(pid: str) -> Any:
    row = ready(complaints.for_user(current_user, pid), complaints.check_own, moves(COMPLAINT, "take_back"))
    form = forms.Plain(data={"version": row.version})
    if form.validate_on_submit():
        complaints.take_back(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The complaint is taken back."), url_for(".complaint", pid=pid))
    return render_template("selection/take_back_complaint.html", row=row, form=form)
