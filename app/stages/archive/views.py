"""/archive: terms and what is due; the dossier of one project or proposal as a file; holds; the handover to the archive."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.downloads import download
from app.kernel import clock, journal, subjects
from app.kernel.errors import WrongState
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.rulebook import queries as rulebook
from app.stages.archive import actions, forms, queries, shelf
from app.stages.archive.rules import HOLD, CopyState, DossierKind, Standing, safe_name
from app.stages.funding.models import Project
from app.stages.funding.queries import project_by_pid

bp = Blueprint("archive", __name__, url_prefix="/archive", template_folder="templates")
WAIT = 5  # seconds between two looks at what is being made


def _listing() -> Listing:
    today = clock.today()
    said = lambda r: queries.kept(r.kind, r.ended, held=r.held, deposited=r.deposited, on=today)
    return Listing(
        queries.finished(), request.args, key=Project.id, scalars=False, default="-ended",
        columns=[
            Column("code", N_("Code"), lambda r: r.code, sort=Project.code),
            Column("title", N_("Project title"), lambda r: r.title, sort=Project.title),
            Column("kind", N_("Kind of dossier"), lambda r: _(DossierKind(r.kind).label)),
            Column("ended", N_("Work ended"), lambda r: r.ended, sort=queries.ENDED),
            Column("by", N_("To the archive by"), lambda r: said(r).hand_over_by),
            Column("until", N_("Kept until"), lambda r: said(r).until or _("for ever")),
            Column("due", N_("What is due"), lambda r: _(said(r).standing.label)),
        ],
        filters=[Filter("q", N_("Title or code"), queries.with_words),
                 Filter("due", N_("What is due"), lambda s, v: s.where(queries.standing_sql(Standing(v), today)), choices=[(str(x), x.label) for x in Standing]),
                 Filter("kind", N_("Kind of dossier"), queries.of_kind, choices=[(str(x), x.label) for x in DossierKind if x != DossierKind.NOT_FUNDED])],
    )  # fmt: skip


@bp.get("/")
@allow(Do.ARCHIVE_READ)
def index() -> Any:
    today = clock.today()
    return render_template("archive/index.html", listing=_listing(), terms=queries.terms(today), rule=rulebook.rule("archive.terms", on=today),
                           kept=lambda r: queries.kept(r.kind, r.ended, held=r.held, deposited=r.deposited, on=today), today=today, DossierKind=DossierKind)  # fmt: skip


@bp.get("/dossiers.xlsx")
@allow(Do.ARCHIVE_READ)
def export() -> Any:
    return download(_listing().xlsx(_("Dossiers and their terms")), f"luu-tru-{clock.today():%Y-%m-%d}.xlsx")


# --- the dossier as a file ------------------------------------------------------------------------------------


@bp.route("/<kind>/<pid>", methods=["GET", "POST"])
@allow(Do.ARCHIVE_REQUEST)
@writes
def dossier(kind: str, pid: str) -> Any:
    row = or_404(queries.dossier_for(current_user, kind, pid))
    form, here = forms.Request(), url_for(".dossier", kind=kind, pid=pid)
    if form.validate_on_submit():
        actions.request(kind, row, reason=form.reason.data or "", by=current_user, at=clock.now())
        return done(_("The file is being made. You are told by mail when it is ready."), here)
    copies = queries.copies(current_user, kind, pid)
    waiting = any(c.state in (CopyState.REQUESTED, CopyState.MAKING) for c in copies)
    endpoint, values = subjects.subject_of(kind).url(row)  # type: ignore[misc]
    office = current_user.can(Do.ARCHIVE_READ)
    project = row if kind == "project" else None
    held = queries.hold_of(row.id) if project and office else None
    return render_template(
        "archive/dossier.html", form=form, kind=kind, row=row, title=subjects.subject_of(kind).title(row), back=url_for(endpoint, **values), copies=copies,
        refresh=WAIT if waiting and request.method == "GET" else None, office=office, days=rulebook.value("archive.copy_days", on=clock.today()),
        kept=queries.kept_of(row, clock.today()) if project else None, hold=held, holds=queries.holds_of(row.id) if project and office else [],
        deposit=queries.deposit_of(row.id) if project and office else None, may_hold=bool(project) and current_user.can(Do.ARCHIVE_HOLD) and held is None,
        may_lift=held is not None and current_user.can(Do.ARCHIVE_LIFT) and fits(held, actions.check_liftable),
        may_deposit=bool(project) and current_user.can(Do.ARCHIVE_HAND_OVER) and fits(row, actions.check_depositable))  # fmt: skip


@bp.get("/copies/<pid>.zip")
@allow(Do.ARCHIVE_REQUEST)
def fetch(pid: str) -> Any:
    copy = or_404(queries.own_copy(current_user, pid))
    row = or_404(queries.dossier_for(current_user, copy.subject_type, copy.subject_pid))  # who lost the right since then gets nothing
    if copy.state != CopyState.READY or (copy.whole and not current_user.can(Do.ARCHIVE_READ)):
        raise WrongState(N_("This file is not there any more, or not yet. Please ask for it anew."))
    name = safe_name(f"ho-so {row.code or row.title}", longest=60)
    response = send_file(shelf.path(pid), mimetype="application/zip", as_attachment=True, download_name=f"{name}-{clock.local(copy.finished_at):%Y%m%d}.zip")
    journal.note_access("download", "archive.fetch", at=clock.now(), actor_id=current_user.id, subject_pid=copy.subject_pid, address=request.remote_addr)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


# --- holds and the handover -----------------------------------------------------------------------------------


def _form(form: Any, project: Project, **words: Any) -> Any:
    return render_template("archive/form.html", form=form, project=project, back=_page(project), **words)


def _page(project: Project) -> str:
    return url_for(".dossier", kind="project", pid=project.public_id)


@bp.route("/project/<pid>/hold", methods=["GET", "POST"])
@allow(Do.ARCHIVE_HOLD)
@writes
def hold(pid: str) -> Any:
    project = ready(project_by_pid(current_user, pid), actions.check_holdable)
    form = forms.Reason()
    if form.validate_on_submit():
        actions.hold(project, reason=form.reason.data or "", by=current_user, at=clock.now())
        return done(_("The hold is in force: nothing of this project may be destroyed."), _page(project))
    return _form(form, project, title=_("Place a hold"), button=_("Place the hold"), about=_("While it is in force nothing of this project may be destroyed. A leader lifts it."))


@bp.route("/holds/<pid>/lift", methods=["GET", "POST"])
@allow(Do.ARCHIVE_LIFT)
@writes
def lift(pid: str) -> Any:
    row = ready(queries.hold_for(current_user, pid), moves(HOLD, "lift"), actions.check_liftable)
    form = forms.Reason(data={"version": row.version})
    if form.validate_on_submit():
        actions.lift(row, reason=form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The hold is lifted."), _page(row.project))
    return _form(form, row.project, title=_("Lift the hold"), button=_("Lift the hold"), about=_("Placed because: %(reason)s", reason=row.reason))


@bp.route("/project/<pid>/hand-over", methods=["GET", "POST"])
@allow(Do.ARCHIVE_HAND_OVER)
@writes
def hand_over(pid: str) -> Any:
    project = ready(project_by_pid(current_user, pid), actions.check_depositable)
    form = forms.HandOver()
    if form.validate_on_submit():
        names = ("handed_on", "receiver", "minutes", "shelf")
        actions.hand_over(project, **{name: form[name].data for name in names}, by=current_user, at=clock.now())
        return done(_("The handover is noted."), _page(project))
    return _form(form, project, title=_("Note the handover to the archive"), button=_("Note it"), about=_("It cannot be changed afterwards."))
