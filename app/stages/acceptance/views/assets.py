"""/acceptance/assets/: what is left of projects; listed, changed, dealt with."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import or_

from app.acts import fits, ready
from app.downloads import download
from app.kernel import clock
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.papers import queries as papers
from app.services.rulebook import queries as rulebook
from app.stages.acceptance import asked, forms
from app.stages.acceptance.actions import assets as acts
from app.stages.acceptance.parts import Asset
from app.stages.acceptance.rules import AssetKind
from app.stages.acceptance.views.blueprint import bp
from app.stages.acceptance.views.dossiers import lang
from app.stages.funding import queries as funding
from app.stages.funding.models import Project


def _searched(statement: Any, words: str) -> Any:
    return statement.where(or_(Project.folded.contains(fold(words), autoescape=True), Project.code.icontains(words, autoescape=True),
                               Asset.folded.contains(fold(words), autoescape=True), Asset.number.icontains(words, autoescape=True)))  # fmt: skip


def _dealt(statement: Any, value: str) -> Any:
    return statement.where(Asset.dealt_at.is_not(None) if value == "yes" else Asset.dealt_at.is_(None))


def _listing() -> Listing:
    return Listing(
        asked.assets_statement(current_user), request.args, key=Asset.id, default="-listed",
        columns=[
            Column("project", N_("Project"), lambda a: a.project.code, sort=Project.code),
            Column("name", N_("Name"), lambda a: a.name, sort=Asset.name),
            Column("kind", N_("Kind of asset"), lambda a: _(a.kind.label)),
            Column("host", N_("Host organisation"), lambda a: a.project.host.name),
            Column("cost", N_("What was paid for it"), lambda a: a.cost, sort=Asset.cost),
            Column("rest", N_("What it is worth now"), lambda a: a.rest, sort=Asset.rest),
            Column("listed", N_("Listed"), lambda a: a.listed_at, sort=Asset.listed_at),
            Column("receiver", N_("Who has it from now on"), lambda a: a.receiver),
            Column("number", N_("Decision"), lambda a: a.number),
        ],
        filters=[
            Filter("q", N_("Name, title or number"), _searched),
            Filter("kind", N_("Kind of asset"), lambda s, v: s.where(Asset.kind == v), choices=[(str(k), k.label) for k in AssetKind]),
            Filter("dealt", N_("Dealt with"), _dealt, choices=[("no", N_("Not yet")), ("yes", N_("Yes"))]),
        ],
    )  # fmt: skip


@bp.get("/assets/")
@allow(Do.HUB_READ)
def assets() -> Any:
    return render_template("acceptance/assets.html", listing=_listing())


@bp.get("/assets/assets.xlsx")
@allow(Do.HUB_READ)
def export_assets() -> Any:
    return download(_listing().xlsx(_("Assets of projects")), f"assets-{clock.today():%Y-%m-%d}.xlsx")


@bp.get("/assets/<pid>")
@allow(Do.HUB_READ)
def asset(pid: str) -> Any:
    row = or_404(asked.asset_for(current_user, pid))
    rule = rulebook.rule("acceptance.asset_ways", on=row.project.decision_date)
    way = asked.ways_of(row.project, row.kind).get(row.way or "", {}).get(lang(), row.way)
    return render_template("acceptance/asset.html", asset=row, project=row.project, way=way, source=rule.source, papers=papers.of(row), may_change=fits(row, acts.check_open),
                           may_deal=current_user.can(Do.ACCEPTANCE_RUN) and fits(row, acts.check_dealing))  # fmt: skip


def _said(form: Any) -> dict[str, Any]:
    return {name: form[name].data if form[name].data not in ("", None) else None for name in ("kind", "name", "amount", "cost", "rest", "note")}


@bp.route("/projects/<pid>/assets/add", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def list_asset(pid: str) -> Any:
    project = ready(funding.project_by_pid(current_user, pid), acts.check_listing)
    form = forms.ListAsset()
    if form.validate_on_submit():
        row = acts.list_asset(project, **_said(form), by=current_user, at=clock.now())
        return done(_("Asset listed."), url_for(".asset", pid=row.public_id))
    return render_template("acceptance/form.html", form=form, title=_("List an asset"), button=_("List it"), back=url_for("hub.show", pid=pid), project=project)


@bp.route("/assets/<pid>/change", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def change_asset(pid: str) -> Any:
    row = ready(asked.asset_for(current_user, pid), acts.check_open)
    form, back = forms.ListAsset(obj=row), url_for(".asset", pid=pid)
    if form.validate_on_submit():
        acts.change_asset(row, **_said(form), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Asset changed."), back)
    return render_template("acceptance/form.html", form=form, title=_("Change the asset"), button=_("Save"), back=back, project=row.project)


@bp.route("/assets/<pid>/remove", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def remove_asset(pid: str) -> Any:
    row = ready(asked.asset_for(current_user, pid), acts.check_open)
    form = forms.Remove()
    if form.validate_on_submit():
        acts.remove_asset(row, by=current_user, at=clock.now())
        return done(_("Taken off the list."), url_for(".assets"))
    return render_template("acceptance/form.html", form=form, title=_("Take “%(name)s” off the list?", name=row.name), button=_("Take it off"), back=url_for(".asset", pid=pid),
                           project=row.project, danger=True)  # fmt: skip


@bp.route("/assets/<pid>/deal-with", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_RUN)
@writes
def deal_with_asset(pid: str) -> Any:
    row = ready(asked.asset_for(current_user, pid), acts.check_dealing)
    form, back = forms.DealWithAsset(data={"version": row.version, "dated": clock.today(), "receiver": row.project.host.name, "note": row.note}), url_for(".asset", pid=pid)
    form.way.choices = [(code, way[lang()]) for code, way in asked.ways_of(row.project, row.kind).items()]
    if form.validate_on_submit():
        acts.deal_with_asset(row, way=form.way.data, receiver=form.receiver.data, number=form.number.data, dated=form.dated.data, note=form.note.data or None,
                             seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("The asset is dealt with; the decision is issued."), back)
    return render_template("acceptance/form.html", form=form, title=_("Deal with the asset: %(name)s", name=row.name), button=_("Issue the decision"), back=back, project=row.project)
