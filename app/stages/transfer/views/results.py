"""Results: the list with filters and export, one result."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, ready
from app.kernel import clock, journal
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.papers import queries as papers
from app.shown import language
from app.stages.acceptance.models import Result
from app.stages.acceptance.rules import ResultKind
from app.stages.funding import queries as funding
from app.stages.ideas.queries import ordering_bodies
from app.stages.plan import queries as plans
from app.stages.plan import scope
from app.stages.transfer import (
    actions,
    communes,
    forms,
    pictures,
    planned,
    queries,
    sites,
)
from app.stages.transfer.actions import shared
from app.stages.transfer.council import check_put
from app.stages.transfer.queries.panels import panel_of
from app.stages.transfer.rules import OPEN_REPORTS, Use, overdue
from app.stages.transfer.views.blueprint import bp, parts, spreadsheet


def _results() -> Listing:
    sectors, items = plans.sector_and_item_choices(language() == "en")
    return Listing(
        queries.results_statement(current_user), request.args, key=Result.id, scalars=False, default="-dated",
        columns=[
            Column("code", N_("Code"), lambda r: r.Result.code, sort=Result.code),
            Column("title", N_("Result"), lambda r: r.Result.title, sort=Result.title),
            Column("kind", N_("Kind"), lambda r: _(r.Result.kind.label)),
            Column("use", N_("Use"), lambda r: _(Use(r.use).label)),
            Column("item", N_("Priority item"), lambda r: r.Result.item.face),
            Column("project", N_("Project"), lambda r: r.Result.project.code),
            Column("host", N_("Host"), lambda r: r.Result.project.host.name),
            Column("certificate", N_("Certificate"), lambda r: r.Result.certificate_number),
            Column("dated", N_("Date of the certificate"), lambda r: r.Result.certificate_dated, sort=Result.certificate_dated),
        ],
        filters=[
            Filter("q", N_("Words of the title, code or certificate"), queries.with_words),
            Filter("use", N_("Use"), lambda s, v: s.where(queries.use() == v), choices=[(str(u), u.label) for u in Use]),
            Filter("kind", N_("Kind"), lambda s, v: s.where(Result.kind == ResultKind(v)), choices=[(str(k), k.label) for k in ResultKind]),
            Filter("sector", N_("Sector"), queries.in_sector, choices=sectors),
            Filter("item", N_("Priority item"), queries.of_item, choices=scope.choices(request.args.get("item"), english=language() == "en", offered=items)),
            Filter("year", N_("Year of the certificate"), queries.registered_in, choices=[(str(y), str(y)) for y in queries.years()]),
            Filter("silent", N_("Silent users"), lambda s, _v: s.where(queries.with_silent(clock.today())), choices=[("yes", N_("A user has not reported for long"))]),
            Filter("used", N_("In use"), lambda s, _v: s.where(queries.in_use()), choices=[("yes", N_("Wholly or partly"))]),
            Filter("commune", N_("Used in the commune"), sites.in_commune, choices=communes.choices()),
            Filter("body", N_("Ordering body"), queries.ordered_by, choices=ordering_bodies()),
        ],
    )  # fmt: skip


@bp.get("/")
@allow(Do.HUB_READ)
def index() -> Any:
    listing = _results()
    return render_template("transfer/index.html", listing=listing, Use=Use, parts=parts(), silent=queries.silent_among([row.Result.id for row in listing.rows], on=clock.today()))


@bp.get("/results.xlsx")
@allow(Do.HUB_READ)
def export() -> Any:
    return spreadsheet(_results(), _("Results"), "ket-qua")


@bp.get("/results/<pid>")
@allow(Do.HUB_READ)
def result(pid: str) -> Any:
    row = or_404(queries.result_for(current_user, pid))
    today = clock.today()
    handovers, agreements = queries.handovers_of(current_user, row.id), queries.agreements_of(current_user, row.id)
    follow_ups, evaluations = queries.follow_ups_of(current_user, row.id), queries.evaluations_of(row.id)
    open_reports = [f for f in follow_ups if f.state in OPEN_REPORTS and (f.due_on - today).days <= 60 and queries.may_report(current_user, f)]
    rows = [row, *handovers, *agreements, *follow_ups]
    return render_template(
        "transfer/result.html", result=row, project=row.project, use=queries.use_of(row), receiver=queries.receiver_by_order(row.project),
        recognised=queries.is_recognised(row.project_id), may_offer=fits(row, shared.check_registered, shared.check_gates), handovers=handovers, agreements=agreements, follow_ups=follow_ups, evaluations=evaluations, panel=panel_of(row),
        may_evaluate=fits(row, shared.check_evaluable), may_seat=fits(row, check_put),
        pictures=pictures.of([row.id]), planned=planned.of_result(row), Became=planned.Became, to_report=open_reports, may_give=queries.may_give(current_user, row.project), to_sign=[h for h in handovers if queries.signs_for(current_user, h.receiver_id)],
        apart=fits(row, shared.check_apart), sees_project=funding.may_read(row.project_id, current_user), figures=queries.figures_of(row.id), today=today, overdue=overdue,
        english=language() == "en", papers=papers.of(*rows), entries=journal.timeline([journal.subject_key(r) for r in rows]))  # fmt: skip


@bp.route("/results/<pid>/follow-host", methods=["GET", "POST"])
@allow(Do.TRANSFER_VERIFY)
@writes
def follow_host(pid: str) -> Any:
    row = ready(queries.result_for(current_user, pid), shared.check_follows)
    form, back = forms.StageForm(), url_for(".result", pid=row.public_id)
    if form.validate_on_submit():
        actions.follow_host(row, by=current_user, at=clock.now())
        return done(_("The yearly reports of the host are scheduled."), back)
    return render_template("transfer/form.html", form=form, title=_("The host uses the result itself"), button=_("Schedule the yearly reports"), back=back,
                           project=row.project, mailed=[u.name for u in funding.holders(row.project)],
                           about=_("Yearly reports on the use are asked of the host, counted from the recognition of the project."))  # fmt: skip


@bp.route("/results/<pid>/publish", methods=["GET", "POST"])
@allow(Do.TRANSFER_OFFER)
@writes
def publish(pid: str) -> Any:
    row = ready(queries.result_for(current_user, pid), shared.check_registered)
    offer = queries.offer_of(row.id)
    terms = {name: getattr(offer, name, None) for name in ("readiness", "owner", "rights", "price_terms")}
    form, back = forms.Publish(obj=row, data=terms), url_for(".result", pid=row.public_id)
    if form.validate_on_submit():
        actions.publish(row, summary=form.summary.data, title_en=form.title_en.data, summary_en=form.summary_en.data, **{name: form[name].data for name in terms}, seen=form.version.data, by=current_user,
                        at=clock.now())  # fmt: skip
        return done(_("The result is on the public list."), back)
    return render_template("transfer/form.html", form=form, title=_("Put on the public list"), button=_("Put on the public list"), back=back, project=row.project,
                           mailed=[], about=_("Visitors see title, kind, host, investigator, certificate, summary and the use the result is in, and may write to the Department."))  # fmt: skip


@bp.route("/results/<pid>/unpublish", methods=["GET", "POST"])
@allow(Do.TRANSFER_OFFER)
@writes
def unpublish(pid: str) -> Any:
    row = ready(queries.result_for(current_user, pid), shared.check_public)
    form, back = forms.Reason(data={"version": row.version}), url_for(".result", pid=row.public_id)
    if form.validate_on_submit():
        actions.unpublish(row, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The result is off the public list."), back)
    return render_template("transfer/form.html", form=form, title=_("Take off the public list"), button=_("Take off the public list"), back=back,
                           project=row.project, mailed=[], about=None)  # fmt: skip
