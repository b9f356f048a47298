"""/admin/backups: how the backups stand, and mails that are held; /admin/readings: who read what."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.across.admin import forms
from app.across.keeping import actions, queries, readings
from app.across.keeping.models import BackupRun
from app.across.keeping.rules import Kind
from app.acts import ready
from app.downloads import download
from app.kernel import clock
from app.kernel.db import db
from app.kernel.journal import AccessNote
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_

bp = Blueprint("keeping", __name__, url_prefix="/admin", template_folder="templates")


def init_app(app: Flask) -> None:
    """Who reads what is sensitive is noted."""
    readings.init_app(app)


def _runs() -> Listing:
    return Listing(
        select(BackupRun), request.args, key=BackupRun.id, default="-at",
        columns=[Column("at", N_("When"), lambda r: r.at, sort=BackupRun.at), Column("kind", N_("Event"), lambda r: r.kind), Column("archive", N_("Backup file"), lambda r: r.archive),
                 Column("size", N_("Size (MB)"), lambda r: round(r.size / 1e6, 1) if r.size else None), Column("seconds", N_("Seconds"), lambda r: r.seconds),
                 Column("said", N_("Note"), lambda r: r.said)],
        filters=[Filter("kind", N_("Event"), lambda s, v: s.where(BackupRun.kind == v), choices=[(str(k), k.label) for k in Kind])],
    )  # fmt: skip


@bp.get("/backups")
@allow(Do.ADMIN_JOURNAL)
def backups() -> Any:
    at = clock.now()
    return render_template("keeping/backups.html", listing=_runs(), standing=queries.standing(at), held=queries.held(), waiting=queries.waiting(), anchor=queries.last_anchor())


@bp.get("/backups.xlsx")
@allow(Do.ADMIN_JOURNAL)
def backups_export() -> Any:
    return download(_runs().xlsx(_("Backups")), f"sao-luu-{clock.today():%Y-%m-%d}.xlsx")


@bp.route("/backups/<pid>/release", methods=["GET", "POST"])
@allow(Do.ADMIN_BACKUP)
@writes
def release(pid: str) -> Any:
    row = ready(or_404(db.session.scalar(select(BackupRun).where(BackupRun.public_id == pid))), actions.check_held)
    form = forms.Plain()
    if form.validate_on_submit():
        actions.release(row, by=current_user, at=clock.now())
        return done(_("Mails leave again."), url_for(".backups"))
    return render_template("keeping/release.html", form=form, waiting=queries.waiting())


def _readings() -> Listing:
    return Listing(
        queries.readings(), request.args, key=AccessNote.id, default="-at", scalars=False,
        columns=[Column("at", N_("When"), lambda r: r.AccessNote.at, sort=AccessNote.at), Column("who", N_("Who"), lambda r: None if r.sealed else r.name),
                 Column("kind", N_("Event"), lambda r: _(readings.KINDS.get(r.AccessNote.kind, r.AccessNote.kind))),
                 Column("sort", N_("Kind of data"), lambda r: _(readings.SENSITIVE[r.AccessNote.endpoint]) if r.AccessNote.endpoint in readings.SENSITIVE else None),
                 Column("page", N_("Page"), lambda r: r.AccessNote.endpoint), Column("id", N_("Id"), lambda r: None if r.sealed else r.AccessNote.subject_pid),
                 Column("address", N_("Network address"), lambda r: None if r.sealed else r.AccessNote.address)],
        filters=[Filter("who", N_("Person"), queries.by_person), Filter("since", N_("From day"), queries.since), Filter("until", N_("To day"), queries.until),
                 Filter("kind", N_("Event"), lambda s, v: s.where(AccessNote.kind == v), choices=list(readings.KINDS.items())),
                 Filter("sort", N_("Kind of data"), lambda s, v: s.where(AccessNote.endpoint.in_([e for e, sort in readings.SENSITIVE.items() if sort == v])),
                        choices=[(sort, sort) for sort in dict.fromkeys(readings.SENSITIVE.values())]),
                 Filter("id", N_("Id"), queries.about), Filter("address", N_("Network address"), queries.from_address)],
    )  # fmt: skip


@bp.get("/readings")
@allow(Do.ADMIN_JOURNAL)
def read_by() -> Any:
    return render_template("keeping/readings.html", listing=_readings())


@bp.get("/readings.xlsx")
@allow(Do.ADMIN_JOURNAL)
def readings_export() -> Any:
    return download(_readings().xlsx(_("Who read what")), f"ai-da-doc-{clock.today():%Y-%m-%d}.xlsx")
