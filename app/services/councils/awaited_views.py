"""/councils/late: what members of all councils have not given yet, filtered, as a spreadsheet; several reminded at once."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.downloads import download
from app.kernel import clock
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, writes
from app.services.councils import awaited, forms
from app.services.councils.awaited import What
from app.services.councils.blueprint import bp
from app.services.councils.rules import Kind

__all__ = ["bp"]


def _listing() -> Listing:
    today = clock.today()
    row = awaited.statement(current_user, today=today).c
    before = today.isoformat()
    return Listing(
        select(*row), request.args, key=row.n, default="due", scalars=False,
        columns=[
            Column("name", _("Name"), lambda r: r.name, sort=row.sort_name, place=lambda r: r.sort_name),
            Column("what", _("What is awaited"), lambda r: _(What(r.what).label)),
            Column("due", _("Due"), awaited.day, sort=row.due),
            Column("council", _("Council"), lambda r: r.council, sort=row.council),
            Column("kind", _("Kind"), lambda r: _(r.kind.label)),
            Column("role", _("Role in the council"), lambda r: _(r.role.label)),
            Column("item", _("Item"), lambda r: f"{r.place}. {r.title}" if r.place else ""),
        ],
        filters=[
            Filter("q", _("Words of name or council"), lambda s, v: s.where(row.user_id.in_(awaited.named(current_user, v)) | row.folded.contains(fold(v), autoescape=True))),
            Filter("what", _("What is awaited"), lambda s, v: s.where(row.what == v), choices=[(str(w), _(w.label)) for w in What]),
            Filter("kind", _("Kind"), lambda s, v: s.where(row.kind == v), choices=[(str(k), _(k.label)) for k in Kind]),
            Filter("late", _("In time"), lambda s, v: s.where(row.due < before) if v == "yes" else s.where(row.due >= before), choices=[("yes", _("Late")), ("no", _("Still in time"))]),
            Filter("mine", _("Councils"), lambda s, v: s.where(row.officer_id == current_user.id), choices=[("yes", _("Proposed by me"))]),
        ],
    )  # fmt: skip


@bp.route("/late", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def late() -> Any:
    """Who is late, over all councils that this person runs, leads or keeps."""
    listing = _listing()
    form = forms.Chase()
    form.rows.choices = [(str(r.n), f"{r.name}: {_(What(r.what).label)}, {r.council}") for r in listing.rows]
    if form.validate_on_submit():
        count = awaited.remind([int(n) for n in form.rows.data or []], by=current_user, at=clock.now())
        return done(_("Reminded: %(n)s members, each by a mail of the own.", n=count), url_for(".late", **request.args))
    return render_template("councils/late.html", listing=listing, form=form, What=What, day=awaited.day, late=lambda r: awaited.late(r, clock.today()))


@bp.get("/late.xlsx")
@allow(Do.COUNCILS_ATTEND)
def export_late() -> Any:
    return download(_listing().xlsx(_("Who is late")), "dang-cho.xlsx")
