"""/imports: take a list, name its columns, read the report, repair, import, undo."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.across.imports import actions, fields, forms, queries, running, shown
from app.across.imports.rules import BATCH, Choice, Outcome, Target
from app.acts import fits, moves, ready
from app.downloads import download
from app.kernel import clock, journal
from app.kernel.db import db
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes

bp = Blueprint("imports", __name__, url_prefix="/imports", template_folder="templates")


@bp.get("/")
@allow(Do.IMPORTS_RUN)
def index() -> Any:
    return render_template("imports/index.html", listing=shown.batches(request.args))


@bp.get("/imports.xlsx")
@allow(Do.IMPORTS_RUN)
def export() -> Any:
    return download(shown.batches(request.args).xlsx(_("Imports")), "nhap-danh-sach.xlsx")


@bp.route("/new", methods=["GET", "POST"])
@allow(Do.IMPORTS_RUN)
@writes
def take() -> Any:
    form = forms.Upload(data={"target": Target.PROJECTS})
    if form.validate_on_submit():
        largest, _rows = actions.bounds(clock.now())
        content = form.file.data.read(largest + 1)
        batch = actions.take(form.file.data.filename or "", content, target=form.target.data, by=current_user, at=clock.now())
        return done(_("The list is read: %(n)s rows. Nothing is imported yet.", n=batch.total), url_for(".columns", pid=batch.public_id))
    return render_template("imports/take.html", form=form, largest=actions.bounds(clock.now()))


@bp.get("/<pid>")
@allow(Do.IMPORTS_RUN)
def show(pid: str) -> Any:
    batch = or_404(queries.batch_by_pid(pid))
    listing = shown.rows(batch, request.args)
    here = queries.shown_of(batch, [p for r in listing.rows for p in (r.match_pid, r.subject_pid)])
    return render_template(
        "imports/show.html", batch=batch, listing=listing, here=here, said=lambda r: shown.said(batch, r), columns=[(_(f.label), batch.heads[batch.mapping[f.name]]) for f in fields.OF[batch.target] if f.name in batch.mapping],
        notes=[shown.sentence(m, p) for m, p in batch.notes], outcomes=queries.outcomes(batch), Outcome=Outcome, repairable=fits(batch, actions.check_repair), startable=fits(batch, actions.check_start),
        droppable=fits(batch, moves(BATCH, "drop")), undoable=fits(batch, moves(BATCH, "undo")), same=queries.same_file(batch), entries=journal.timeline([journal.subject_key(batch)]))  # fmt: skip


@bp.get("/<pid>/rows.xlsx")
@allow(Do.IMPORTS_RUN)
def rows_export(pid: str) -> Any:
    batch = or_404(queries.batch_by_pid(pid))
    return download(shown.rows(batch, request.args).xlsx(_("Rows")), "cac-dong.xlsx")


@bp.get("/<pid>/report.xlsx")
@allow(Do.IMPORTS_RUN)
def report(pid: str) -> Any:
    batch = or_404(queries.batch_by_pid(pid))
    found = db.session.scalars(queries.rows_statement(batch).order_by(queries.Row.number)).all()
    return download(shown.report(batch, found), "bao-cao-kiem-tra.xlsx")


@bp.route("/<pid>/sheet", methods=["GET", "POST"])
@allow(Do.IMPORTS_RUN)
@writes
def choose_sheet(pid: str) -> Any:
    batch = ready(queries.batch_by_pid(pid), actions.check_repair)
    form = forms.Sheet(obj=batch, data={"sheet": batch.sheet, "hidden": batch.with_hidden})
    form.sheet.choices = [(name, f"{name} ({_('hidden')})" if hidden else name) for name, hidden in batch.sheets]
    if form.validate_on_submit():
        other = actions.choose_sheet(batch, form.sheet.data, hidden=form.hidden.data, by=current_user, at=clock.now(), seen=form.version.data)
        return done(_("The list is read: %(n)s rows. Nothing is imported yet.", n=other.total), url_for(".columns", pid=other.public_id))
    return render_template("imports/act.html", form=form, batch=batch, title=_("Choose the sheet"), shown=[form.sheet, form.hidden], button=_("Read this sheet"), danger=False)


@bp.route("/<pid>/columns", methods=["GET", "POST"])
@allow(Do.IMPORTS_RUN)
@writes
def columns(pid: str) -> Any:
    batch = ready(queries.batch_by_pid(pid), actions.check_repair)
    form = forms.columns_form(batch)
    if form.validate_on_submit():
        mapping = {name: int(c) for name, c in forms.of_columns(form, "col").items()}
        units = {name: int(u) for name, u in forms.of_columns(form, "unit").items()}
        actions.name_columns(batch, mapping, units=units, defaults=forms.of_columns(form, "default"), link_items=bool(form.data.get("link_items")), by=current_user, at=clock.now(), seen=form.version.data)
        return done(_("Every row is checked. Nothing is imported yet."), url_for(".show", pid=pid))
    first = [r.cells for r in db.session.scalars(queries.rows_statement(batch).order_by(queries.Row.number).limit(3))]
    return render_template("imports/columns.html", form=form, batch=batch, first=first, notes=[shown.sentence(m, p) for m, p in batch.notes])


@bp.route("/<pid>/rows/<row>", methods=["GET", "POST"])
@allow(Do.IMPORTS_RUN)
@writes
def repair(pid: str, row: str) -> Any:
    batch = ready(queries.batch_by_pid(pid), actions.check_repair)
    line = or_404(queries.row_of(batch, row))
    form = forms.repair_form(batch, line)
    if form.validate_on_submit():
        fixes = {f.name: form.data[f.name] or "" for f in fields.OF[batch.target]}
        actions.repair(batch, line, fixes, Choice(form.choice.data), by=current_user, at=clock.now(), seen=form.version.data)
        return done(_("Row %(n)s is changed and checked again, with the rows that say the same.", n=line.number), url_for(".show", pid=pid, show="errors" if batch.with_errors else None))
    here = queries.shown_of(batch, [line.match_pid or ""])
    return render_template("imports/repair.html", form=form, batch=batch, row=line, said=shown.said(batch, line), match=here.get(line.match_pid))


def _act(pid: str, verb: str, guard: Any, **words: Any) -> Any:
    batch = ready(queries.batch_by_pid(pid), guard)
    form = forms.Plain(data={"version": batch.version})
    if form.validate_on_submit():
        getattr(actions, verb)(batch, by=current_user, at=clock.now(), seen=form.version.data)
        return done(words.pop("said"), url_for(".show", pid=pid))
    words.pop("said")
    return render_template("imports/act.html", form=form, batch=batch, shown=[], **words)


@bp.route("/<pid>/start", methods=["GET", "POST"])
@allow(Do.IMPORTS_RUN)
@writes
def start(pid: str) -> Any:
    return _act(pid, "start", actions.check_start, title=_("Import the rows"), button=_("Import the rows"), danger=False, said=_("The import has begun."),
                note=_("Rows with errors and rows that are left out stay out. The whole import can be undone as long as nobody works on what it brought."))  # fmt: skip


@bp.route("/<pid>/drop", methods=["GET", "POST"])
@allow(Do.IMPORTS_RUN)
@writes
def drop(pid: str) -> Any:
    return _act(pid, "drop", moves(BATCH, "drop"), title=_("Give this import up"), button=_("Give this import up"), danger=True, said=_("The import is given up."), note=_("Nothing of it was imported."))


@bp.route("/<pid>/undo", methods=["GET", "POST"])
@allow(Do.IMPORTS_RUN)
@writes
def undo(pid: str) -> Any:
    batch = ready(queries.batch_by_pid(pid), running.check_undo)
    form = forms.Undo(data={"version": batch.version})
    if form.validate_on_submit():
        count = running.undo(batch, reason=form.reason.data or "", by=current_user, at=clock.now(), seen=form.version.data)
        return done(_("The import is undone: %(n)s rows.", n=count), url_for(".show", pid=pid))
    return render_template("imports/act.html", form=form, batch=batch, title=_("Undo the import"), shown=[form.reason], button=_("Undo the import"), danger=True,
                           note=_("All that this import brought goes, and what it filled is empty again. Organisations that were put on the list with projects stay there."))  # fmt: skip
