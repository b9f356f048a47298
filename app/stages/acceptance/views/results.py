"""Results: one result, describe it, share it, register it, leave it out, add one."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import moves, ready
from app.kernel import clock, journal
from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.apikeys import queries as partners
from app.services.apikeys.rules import NoticeKind
from app.services.papers import queries as papers
from app.shown import can
from app.stages.acceptance import actions, forms, queries, resultfacts, resultkinds
from app.stages.acceptance.actions import shared
from app.stages.acceptance.models import Result
from app.stages.acceptance.rules import RESULT, ResultState
from app.stages.acceptance.views.blueprint import bp
from app.stages.acceptance.views.dossiers import lang
from app.stages.funding import queries as funding


@bp.get("/results/<pid>")
@allow(Do.HUB_READ)
def result(pid: str) -> Any:
    row = or_404(queries.result_for(current_user, pid))
    writes_it = row.state == ResultState.DRAFTED and (funding.may_request(current_user, row.project) or can(Do.ACCEPTANCE_REGISTER))
    return render_template("acceptance/result.html", result=row, project=row.project, case=row.case, levels=queries.levels_of(row.project, lang()),
                           told=resultkinds.told(row.kind, resultfacts.details_of(row)), rights=resultfacts.rights_of(row), files=resultfacts.files_for(current_user, row), access=resultkinds.Access,
                           may_keep=resultfacts.answers_for(current_user, row) and row.state != ResultState.DROPPED,
                           shares_needed=queries.shares_needed(row.project), writes_it=writes_it, may_see_use=row.state == ResultState.REGISTERED, papers=papers.of(row), english=lang() == "en",
                           entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/<pid>/add-result", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def add_result(pid: str) -> Any:
    case = ready(queries.case_for(current_user, pid), shared.check_results_open)
    form = forms.AddResult()
    if form.validate_on_submit():
        row = actions.add_result(case, title=form.title.data, kind=form.kind.data, by=current_user, at=clock.now())
        return done(_("Result added. Please describe it."), url_for(".describe", pid=row.public_id))
    return render_template("acceptance/form.html", form=form, title=_("Add a result"), button=_("Add the result"), back=url_for(".show", pid=pid),
                           project=case.project)  # fmt: skip


@bp.route("/results/<pid>/describe", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def describe(pid: str) -> Any:
    row = ready(queries.result_for(current_user, pid), shared.check_drafted)
    items = queries.items_for(row.project)
    form = forms.Describe.of(row)
    form.item.choices = [(i.public_id, f"{i.code} {i.title_en if lang() == 'en' else i.short_vi}") for i in items]
    if form.validate_on_submit():
        item = next(i for i in items if i.public_id == form.item.data)
        actions.describe(row, title=form.title.data, title_en=form.title_en.data or None, kind=form.kind.data, item=item, summary=form.summary.data,
                         summary_en=form.summary_en.data or None, quantity=form.quantity.data or None, quality=form.quality.data or None,
                         seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("Result described."), url_for(".result", pid=pid))
    return render_template("acceptance/form.html", form=form, title=_("Describe the result"), button=_("Save"), back=url_for(".result", pid=pid),
                           project=row.project)  # fmt: skip


@bp.route("/results/<pid>/shares", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def shares(pid: str) -> Any:
    row = ready(queries.result_for(current_user, pid), shared.check_drafted)
    members = _members(row)
    given = {share.name: share.percent for share in row.shares}
    written: dict[str, Any] = {f"percent_{n}": given.get(name) for n, (name, _user) in enumerate(members, start=1)}
    form = forms.shares([name for name, _user in members], data=written | {"version": row.version})
    if form.validate_on_submit():
        found = [(name, user_id, form[f"percent_{n}"].data) for n, (name, user_id) in enumerate(members, start=1) if form[f"percent_{n}"].data]
        for n in range(1, forms.EXTRA_MEMBERS + 1):
            name, percent = form[f"extra_name_{n}"].data, form[f"extra_percent_{n}"].data
            if bool(name) != bool(percent):
                raise Incomplete(N_("Another member needs a name and a share."), field=f"extra_name_{n}")
            if name:
                found.append((name, None, percent))
        actions.set_shares(row, found, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Shares saved."), url_for(".result", pid=pid))
    return render_template("acceptance/shares.html", result=row, project=row.project, form=form, members=members, extra=range(1, forms.EXTRA_MEMBERS + 1),
                           needed=queries.shares_needed(row.project))  # fmt: skip


def _members(row: Result) -> list[tuple[str, int | None]]:
    """The team, and whoever else has a share already."""
    team = queries.team_of(row.project)
    names = {name for name, _user in team}
    return [*team, *((share.name, share.user_id) for share in row.shares if share.name not in names)]


@bp.route("/results/<pid>/register", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_REGISTER)
@writes
def register(pid: str) -> Any:
    row = ready(queries.result_for(current_user, pid), moves(RESULT, "register"), shared.check_certificate)
    told = partners.last_notice(NoticeKind.CERTIFICATE, row.public_id)
    form = forms.Register(data={"version": row.version, "dated": told.dated if told else clock.today(), "number": told.number if told else None})
    if form.validate_on_submit():
        actions.register(row, number=form.number.data, dated=form.dated.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Result registered; the registration sheet is issued."), url_for(".result", pid=pid))
    total = sum(share.percent for share in row.shares)
    needed = queries.shares_needed(row.project)
    checks = [
        (bool(row.summary), _("The result is described."), None),
        (total == 100 if needed or row.shares else None, _("The shares of the members make %(n)s of 100 percent.", n=total), None),
        *([(bool(resultfacts.details_of(row)) or "look", _("The technology is described; its description is issued as a paper."), None)] if resultfacts.sheet_asked(row, row.project) else []),
    ]
    return render_template("acceptance/register.html", told=told, result=row, project=row.project, form=form, checks=checks)


@bp.route("/results/<pid>/drop", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_REGISTER)
@writes
def drop(pid: str) -> Any:
    row = ready(queries.result_for(current_user, pid), moves(RESULT, "drop"))
    form = forms.Reason(data={"version": row.version})
    back = url_for(".result", pid=pid)
    if form.validate_on_submit():
        actions.drop(row, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The result is left out of the register."), back)
    return render_template("acceptance/form.html", form=form, title=_("Do not register this result"), button=_("Leave it out"), back=back, project=row.project,
                           danger=True)  # fmt: skip
