"""The expert team: named by the officer, reported on by its head."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock, subjects
from app.kernel.permissions import Do
from app.kernel.web import allow, done, writes
from app.services.people import queries as people
from app.stages.acceptance import asked, forms, queries
from app.stages.acceptance.actions import teams
from app.stages.acceptance.models import Case
from app.stages.acceptance.views.blueprint import bp


@bp.route("/<pid>/team", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_RUN)
@writes
def name_team(pid: str) -> Any:
    case = ready(queries.case_for(current_user, pid), teams.check_naming)
    team, free = asked.team_of(case), teams.candidates(case)
    known: dict[str, Any] = {"version": case.version, "dated": team.decision_date if team else clock.today(), "number": team.decision_number if team else None}
    if team is not None:
        known |= {f"member_{seat.position}": str(seat.user.public_id) for seat in team.members}
    form = forms.expert_team([(u.public_id, u.name) for u in free], teams.MOST, data=known)
    back = url_for(".show", pid=pid)
    if form.validate_on_submit():
        by_pid = {u.public_id: u for u in free}
        members = [by_pid[chosen] for n in range(1, teams.MOST + 1) if (chosen := form[f"member_{n}"].data)]
        teams.name_team(case, members, number=form.number.data, dated=form.dated.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Expert team named; its members are told."), back)
    return render_template("acceptance/team.html", case=case, project=case.project, form=form, lines=asked.measurable(case), most=teams.MOST, back=back)


def _readable(pid: str) -> Case | None:
    """The case, for those who may see it, as the experts of its team do."""
    case = queries.whole_case(pid)
    return case if case is not None and subjects.may_read("acceptance_case", case, current_user) else None


@bp.route("/<pid>/team/report", methods=["GET", "POST"])
@allow(Do.COUNCILS_SIT)
@writes
def report_findings(pid: str) -> Any:
    case = ready(_readable(pid), teams.check_head)
    lines, team = asked.measurable(case), asked.team_of(case)
    form = forms.findings(lines, data={"version": team.version if team else None, "checked_on": clock.today()})
    back = url_for(".show", pid=pid)
    if form.validate_on_submit():
        found = {line.position: {"authentic": forms.yes(form[f"authentic_{line.position}"].data), "reaches": forms.yes(form[f"reaches_{line.position}"].data),
                                 "counted": form[f"counted_{line.position}"].data, "note": form[f"note_{line.position}"].data} for line in lines}  # fmt: skip
        teams.report_findings(case, found, checked_on=form.checked_on.data, place=form.place.data or None, conclusion=form.conclusion.data, seen=form.version.data,
                              by=current_user, at=clock.now())  # fmt: skip
        return done(_("The report of the expert team is issued."), back)
    return render_template("acceptance/team_report.html", case=case, project=case.project, form=form, lines=lines, back=back,
                           mailed=[u.name for u in people.users_with(Do.ACCEPTANCE_RUN)])  # fmt: skip
