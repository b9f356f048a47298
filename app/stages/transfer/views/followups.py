"""Yearly reports on use: the list, one report, write, verify."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import Guard, fits, moves, ready
from app.kernel import clock, journal
from app.kernel.errors import Incomplete
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.files import queries as files
from app.services.papers import queries as papers
from app.services.people import queries as people
from app.services.rulebook import queries as rulebook
from app.stages.transfer import actions, communes, forms, queries, sites
from app.stages.transfer.actions import shared
from app.stages.transfer.forms import ReportAnswer
from app.stages.transfer.models import FollowUp
from app.stages.transfer.rules import (
    FOLLOW_UP,
    OPEN_REPORTS,
    FollowUpState,
    Usage,
    check_other_person,
    overdue,
)
from app.stages.transfer.views.blueprint import bp, parts, spreadsheet
from app.stages.transfer.views.handovers import of_title

REPORT: tuple[Guard, ...] = (moves(FOLLOW_UP, "report"), shared.check_reporter, shared.check_year_over)
LINK: tuple[Guard, ...] = (shared.check_link, shared.check_year_over)
VERIFY: tuple[Guard, ...] = (moves(FOLLOW_UP, "verify"), lambda row, by: check_other_person(by.id, row.reported_by_id), shared.check_apart)


def _follow_ups() -> Listing:
    late = (FollowUp.state.in_(OPEN_REPORTS), FollowUp.due_on < clock.today())
    return Listing(
        queries.follow_ups_statement(current_user), request.args, key=FollowUp.id, default="due",
        columns=[
            Column("result", N_("Result"), lambda f: f.result.title), Column("project", N_("Project"), lambda f: f.project.code),
            Column("receiver", N_("Used by"), lambda f: f.user_said), Column("number", N_("Year"), lambda f: f.number),
            Column("due", N_("Due on"), lambda f: f.due_on, sort=FollowUp.due_on), Column("state", N_("State"), lambda f: _(f.state.label)),
            Column("usage", N_("Use"), lambda f: _(f.usage.label) if f.usage else None), Column("place", N_("Place"), lambda f: f.place),
            Column("users", N_("Users"), lambda f: f.users), Column("households", N_("Households"), lambda f: f.households),
            Column("area", N_("Area (ha)"), lambda f: None if f.area is None else f.area / 10_000), Column("output", N_("Output"), lambda f: f.output),
            Column("unit", N_("Unit of the output"), lambda f: f.output_unit), Column("scale", N_("How widely"), lambda f: f.scale),
            Column("evidence", N_("What the figures stand on"), lambda f: f.evidence),
            Column("revenue", N_("Revenue"), lambda f: f.revenue), Column("savings", N_("Savings"), lambda f: f.savings),
            Column("jobs", N_("Jobs"), lambda f: f.jobs),
        ],
        filters=[Filter("q", N_("Words of the result"), lambda s, v: of_title(FollowUp, s, v)),
                 Filter("state", N_("State"), lambda s, v: s.where(FollowUp.state == FollowUpState(v)), choices=[(str(x), x.label) for x in FollowUpState]),
                 Filter("usage", N_("Use"), lambda s, v: s.where(FollowUp.usage == Usage(v)), choices=[(str(x), x.label) for x in Usage]),
                 Filter("of", N_("Whose use"), queries.of_source, choices=[("receiver", N_("Receivers")), ("contract", N_("Partners of contracts")), ("host", N_("Hosts themselves"))]),
                 Filter("late", N_("Lateness"), lambda s, v: s.where(queries.silent(clock.today())) if v == "silent" else s.where(*late),
                        choices=[("yes", N_("Only overdue ones")), ("silent", N_("Only silent ones: overdue for long"))])],
    )  # fmt: skip


@bp.get("/follow-ups")
@allow(Do.HUB_READ)
def follow_ups() -> Any:
    silent_after = int(rulebook.value("transfer.silent_days", on=clock.today()))
    return render_template("transfer/follow_ups.html", listing=_follow_ups(), parts=parts(), today=clock.today(), overdue=overdue, silent_after=silent_after)


@bp.get("/follow-ups.xlsx")
@allow(Do.HUB_READ)
def export_follow_ups() -> Any:
    return spreadsheet(_follow_ups(), _("Reports on use"), "bao-cao-ung-dung")


@bp.get("/follow-ups/<pid>")
@allow(Do.HUB_READ)
def follow_up(pid: str) -> Any:
    row = or_404(queries.follow_up_for(current_user, pid))
    return render_template(
        "transfer/follow_up.html", follow_up=row, result=row.result, project=row.project, may_report=fits(row, *REPORT), may_verify=fits(row, *VERIFY), may_link=fits(row, *LINK), places=sites.of(row), name_of=communes.name_of, attachments=files.of(row), late=overdue(row, clock.today()),
        may_waive=fits(row, moves(FOLLOW_UP, "waive"), shared.check_apart), may_ask=fits(row, moves(FOLLOW_UP, "await_again")), said=row.user_said, papers=papers.of(row), entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/follow-ups/<pid>/report", methods=["GET", "POST"])
@allow(Do.TRANSFER_REPORT)
@writes
def report(pid: str) -> Any:
    row = ready(queries.follow_up_for(current_user, pid), *REPORT)
    form = forms.report(row, sites.of(row), districts=sites.had_districts(row))
    if form.validate_on_submit():
        actions.report(row, form.said(), sites=form.sites(), upload=form.file.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Report on the use submitted."), url_for(".follow_up", pid=row.public_id))
    return render_template("transfer/report.html", follow_up=row, result=row.result, project=row.project, form=form, said=row.user_said, attachments=files.of(row),
                           mailed=[u.name for u in people.users_with(Do.TRANSFER_VERIFY)])  # fmt: skip


@bp.route("/follow-ups/<pid>/mail-link", methods=["GET", "POST"])
@allow(Do.TRANSFER_HAND_OVER)
@writes
def mail_link(pid: str) -> Any:
    row = ready(queries.follow_up_for(current_user, pid), *LINK)
    form, back = forms.MailLink(data={"version": row.version, "email": row.contact_email}), url_for(".follow_up", pid=row.public_id)
    if form.validate_on_submit():
        actions.mail_link(row, email=form.email.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The link is on its way; an older one no longer works."), back)
    about = _("Who opens the link writes the report of year %(n)s without an account; an officer checks it like any other.", n=row.number)
    return render_template("transfer/form.html", form=form, title=_("Mail the link to the short form"), button=_("Mail the link"), back=back, project=row.project, mailed=[row.user_said], about=about)


@bp.route("/follow-ups/<pid>/waive", methods=["GET", "POST"])
@allow(Do.TRANSFER_VERIFY)
@writes
def waive(pid: str) -> Any:
    row = ready(queries.follow_up_for(current_user, pid), moves(FOLLOW_UP, "waive"), shared.check_apart)
    form, back = forms.Reason(data={"version": row.version}), url_for(".follow_up", pid=row.public_id)
    if form.validate_on_submit():
        actions.waive(row, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("These reports are not asked for any more."), back)
    return render_template("transfer/form.html", form=form, title=_("Stop asking for reports"), button=_("Stop asking for reports"), back=back, project=row.project,
                           mailed=[u.name for u in queries.reporters(row)],
                           about=_("From year %(n)s on, %(name)s is not asked how the result is used. What was reported stays.", n=row.number, name=row.user_said))  # fmt: skip


@bp.route("/follow-ups/<pid>/await-again", methods=["GET", "POST"])
@allow(Do.TRANSFER_VERIFY)
@writes
def await_again(pid: str) -> Any:
    row = ready(queries.follow_up_for(current_user, pid), moves(FOLLOW_UP, "await_again"))
    form, back = forms.StageForm(data={"version": row.version}), url_for(".follow_up", pid=row.public_id)
    if form.validate_on_submit():
        actions.await_again(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("This report is asked for again."), back)
    return render_template("transfer/form.html", form=form, title=_("Ask for this report again"), button=_("Ask for it again"), back=back, project=row.project, mailed=[], about=None)


@bp.route("/follow-ups/<pid>/verify", methods=["GET", "POST"])
@allow(Do.TRANSFER_VERIFY)
@writes
def verify(pid: str) -> Any:
    row = ready(queries.follow_up_for(current_user, pid), *VERIFY)
    form, back = forms.VerifyReport(obj=row), url_for(".follow_up", pid=row.public_id)
    if form.validate_on_submit():
        facts = {"seen": form.version.data, "by": current_user, "at": clock.now()}
        if form.answer.data == ReportAnswer.VERIFY:
            actions.verify(row, remark=form.remark.data or None, **facts)
            return done(_("Report verified; it is issued as a paper."), back)
        if not form.remark.data:
            raise Incomplete(N_("Please say what is to be mended."), field="remark")
        actions.return_report(row, remark=form.remark.data, **facts)
        return done(_("Report returned."), back)
    return render_template("transfer/verify.html", follow_up=row, result=row.result, project=row.project, form=form, back=back, said=row.user_said, attachments=files.of(row),
                           mailed=[u.name for u in queries.reporters(row)])  # fmt: skip
