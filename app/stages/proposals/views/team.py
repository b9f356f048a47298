"""The team of a dossier: its people, their rights and load; invitations; leaving; another investigator."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock, journal
from app.kernel.permissions import Do
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.services.people import queries as people
from app.services.profiles import queries as profiles
from app.services.profiles.views import file_of
from app.stages.proposals import actions, load, newpi, queries, team, teamforms
from app.stages.proposals.models import Proposal, TeamMember
from app.stages.proposals.rules import Access, TeamRole, years_of
from app.stages.proposals.views.blueprint import bp, writable


def _years(row: Proposal) -> list[int]:
    """The years for which months are asked: none where the rulebook asks only for the sum."""
    if not queries.setting("proposals.months_of_year", clock.today(), row.call_topic.call).get("by_year"):
        return []
    first, last = years_of(row.call_topic.call.deadline, row.duration_months or row.call_topic.topic.duration_months)
    return list(range(first, last + 1))


def _member(row: Proposal, part: str) -> TeamMember:
    return or_404(next((m for m in row.team if m.public_id == part), None))  # type: ignore[no-any-return]


def _shown(row: Proposal) -> dict[str, Any]:
    """Everything the table of the team shows, in a constant number of queries."""
    at, today = clock.now(), clock.today()
    sent = team.invitations_of(row)
    cvs = profiles.latest_cvs({m.user_id for m in row.team if m.user_id})
    loads = load.of({m.user_id for m in row.team if m.user_id}, on=today, without=row)
    remarks = [(r.blocks, _(r.sentence, **r.params), r.source) for r in load.remarks_of(row, on=today)]
    return {"sent": sent, "standings": {member: team.standing(i, at) for member, i in sent.items()}, "loads": loads, "remarks": remarks,
            "newer": {m.id for m in row.team if m.user_id in cvs and (m.cv is None or cvs[m.user_id].id != m.cv.id)}, "managers": people.managers_of(row.host_id), "lead": newpi.waiting(row), "leads": row.pi_id == current_user.id, "button": teamforms.Button()}  # fmt: skip


@bp.route("/<pid>/team", methods=["GET", "POST"], endpoint="team")
@allow(Do.PROPOSALS_DRAFT)
@writes
def team_page(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    form = teamforms.Member.of_years(_years(row), data={"access": Access.EDIT, "version": team.team_mark(row)})
    form.offer([(str(r), _(r.label)) for r in TeamRole if r != TeamRole.PI], [(o.public_id, o.name) for o in people.organisations()])
    if row.is_transcript:  # nobody is invited to what an officer enters from paper
        del form.access
        form.email.description = ""
    if form.validate_on_submit():
        added = actions.add_member(row, name=form.name.data, role=form.role.data, months=form.in_all(), years=form.by_year(), task=form.task.data or None, email=form.email.data or None,
                                   organisation=people.organisation_by_pid(form.organisation.data), access=form.access.data if form.access else Access.EDIT, seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        if added.email and row.pi_id == current_user.id and not row.is_transcript:
            team.invite(row, added, by=current_user, at=clock.now())
            return done(_("%(name)s is in the team and gets an invitation by e-mail.", name=added.name), url_for(".team", pid=pid))
        return done(_("%(name)s is in the team.", name=added.name), url_for(".team", pid=pid))
    return render_template("proposals/team.html", proposal=row, form=form, remove=teamforms.Button(data={"version": row.version}), **_shown(row))


@bp.route("/<pid>/team/<part>", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def member(pid: str, part: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    found = _member(row, part)
    may_give = row.pi_id == current_user.id and not row.is_transcript and found.role != TeamRole.PI
    years = _years(row)
    stored = {f"year_{y}": (found.years or {}).get(str(y)) for y in years} | {"task": found.task, "months": found.months, "access": found.access, "version": team.member_mark(found)}
    form = (teamforms.Edited if may_give else teamforms.Months).of_years(years, data=stored)
    if form.validate_on_submit():
        actions.set_months(found, row, form.in_all(), years=form.by_year(), task=form.task.data or None, access=form.access.data if may_give else None, seen=form.version.data,
                           by=current_user, at=clock.now())  # fmt: skip
        return done(_("Saved at %(time)s.", time=f"{clock.local(clock.now()):%H:%M}"), url_for(".team", pid=pid))
    return render_template("proposals/section.html", proposal=row, form=form, title=found.name, fields=form.shown())


@bp.post("/<pid>/team/<part>/invite")
@allow(Do.PROPOSALS_DRAFT)
@writes
def invite_member(pid: str, part: str) -> Any:
    row = or_404(queries.for_team(current_user, pid))
    found = _member(row, part)
    team.invite(row, found, by=current_user, at=clock.now())
    return done(_("The invitation is sent to %(email)s. A link sent before opens nothing any more.", email=found.email), url_for(".team", pid=pid))


@bp.post("/<pid>/team/<part>/take-back")
@allow(Do.PROPOSALS_DRAFT)
@writes
def take_back_invitation(pid: str, part: str) -> Any:
    row = or_404(queries.for_team(current_user, pid))
    team.take_back(row, _member(row, part), by=current_user, at=clock.now())
    return done(_("The invitation is taken back: its link opens nothing any more."), url_for(".team", pid=pid))


@bp.post("/<pid>/team/<part>/take-cv")
@allow(Do.PROPOSALS_DRAFT)
@writes
def take_cv(pid: str, part: str) -> Any:
    row = or_404(queries.for_member(current_user, pid))
    found = _member(row, part)
    team.take_cv(row, found, by=current_user, at=clock.now())
    return done(_("The dossier holds the newest scientific CV of %(name)s.", name=found.name), url_for(".show", pid=pid, _anchor="people"))


@bp.get("/<pid>/team/<part>/cv.pdf")
@allow(SIGNED_IN)
def member_cv(pid: str, part: str) -> Any:
    """The scientific CV that the dossier holds of a member, for whoever may read the dossier."""
    row = or_404(queries.proposal_for(current_user, pid))
    version = or_404(profiles.cv_by_pid(_member(row, part).cv.public_id) if _member(row, part).cv is not None else None)
    journal.note_access("download", request.endpoint or "", at=clock.now(), actor_id=current_user.id, subject_pid=row.public_id, address=request.remote_addr)
    return file_of(version, "pdf")


@bp.route("/<pid>/leave", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def leave_team(pid: str) -> Any:
    row = ready(queries.for_member(current_user, pid), lambda row, by: team.check_leaving(row, by, clock.now()))
    form = teamforms.Leave()
    if form.validate_on_submit():
        team.leave(row, reason=form.reason.data, by=current_user, at=clock.now())
        return done(_("You have left the team."), url_for(".index"))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Leave the team"), button=_("Leave the team"),
                           note=_("What you wrote stays in the dossier. The principal investigator gets an e-mail."))  # fmt: skip


@bp.route("/<pid>/new-investigator", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def ask_to_lead(pid: str) -> Any:
    row = ready(queries.for_writing_with(current_user, pid), lambda row, by: newpi.check_asks(row, by, clock.now()))
    form = teamforms.Lead(data={"version": row.version})
    form.member.choices = [(m.public_id, m.name) for m in newpi.candidates(row)]
    if form.validate_on_submit():
        newpi.ask(row, _member(row, form.member.data), form.reason.data, by=current_user, at=clock.now())
        return done(_("The person is asked by e-mail. Until they accept, nothing changes."), url_for(".show", pid=pid))
    return render_template("proposals/lead.html", proposal=row, form=form)


@bp.post("/<pid>/new-investigator/take-back")
@allow(Do.PROPOSALS_DRAFT)
@writes
def keep_lead(pid: str) -> Any:
    row = or_404(queries.for_writing_with(current_user, pid))
    newpi.take_back(row, by=current_user, at=clock.now())
    return done(_("Nobody is asked to lead any more."), url_for(".show", pid=pid))


def _asked(row: Proposal) -> Any:
    return or_404(newpi.asked_of(row, current_user))


@bp.route("/<pid>/lead", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def take_lead(pid: str) -> Any:
    row = ready(queries.for_member(current_user, pid), writable)
    asked = _asked(row)
    form = teamforms.LeadAnswer()
    form.answer.choices = [("yes", _("I take the lead")), ("no", _("I do not"))]
    if form.validate_on_submit():
        yes = form.answer.data == "yes"
        newpi.answer(row, yes=yes, by=current_user, at=clock.now())
        return done(_("You lead this dossier now.") if yes else _("Your answer is told to who asked."), url_for(".show", pid=pid))
    return render_template("proposals/lead_answer.html", proposal=row, form=form, asked=asked)
