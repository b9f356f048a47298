"""/papers/bases: the legal bases that papers print, with the days they are in force."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import or_

from app.downloads import download
from app.kernel import clock, journal
from app.kernel.db import folded
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.papers import bases as acts
from app.services.papers import forms, queries
from app.services.papers.blueprint import bp, kind_name
from app.services.papers.models import LegalBasis


def _called(kind: str) -> str:
    room, _bar, name = kind.partition("/")
    return _("All papers of “%(room)s”", room=room) if name == "*" else kind_name(kind)


def _when(statement: Any, state: str) -> Any:
    today = clock.today()
    if state == "ended":
        return statement.where(LegalBasis.valid_to < today)
    if state == "coming":
        return statement.where(LegalBasis.valid_from > today)
    return statement.where(LegalBasis.valid_from <= today, or_(LegalBasis.valid_to.is_(None), LegalBasis.valid_to >= today))


def _listing() -> Listing:
    return Listing(
        queries.bases(), request.args, key=LegalBasis.id, default="position",
        columns=[
            Column("position", N_("Order"), lambda b: b.position, sort=LegalBasis.position),
            Column("text", N_("Legal basis"), lambda b: b.text, sort=LegalBasis.text),
            Column("from", N_("From"), lambda b: b.valid_from, sort=LegalBasis.valid_from),
            Column("to", N_("Until"), lambda b: b.valid_to, sort=LegalBasis.valid_to),
            Column("kinds", N_("Printed on"), lambda b: "; ".join(map(_called, b.kinds))),
            Column("source", N_("Source"), lambda b: b.source),
        ],
        filters=[
            Filter("q", N_("Words"), lambda s, v: s.where(folded(LegalBasis.text + " " + LegalBasis.source).contains(fold(v), autoescape=True))),
            Filter("state", N_("State"), _when, choices=[("in_force", N_("In force")), ("coming", N_("Not yet in force")), ("ended", N_("Ended"))]),
        ],
    )  # fmt: skip


@bp.get("/bases")
@allow(Do.RULEBOOK_READ)
def bases() -> Any:
    return render_template("papers/bases.html", listing=_listing(), called=_called, today=clock.today())


@bp.get("/bases.xlsx")
@allow(Do.RULEBOOK_READ)
def bases_export() -> Any:
    return download(_listing().xlsx(_("Legal bases")), "can-cu-phap-ly.xlsx")


@bp.route("/bases/new", methods=["GET", "POST"])
@allow(Do.RULEBOOK_REVISE)
@writes
def enter_basis() -> Any:
    form = forms.EnterBasis(position=100)
    form.kinds.choices = [(kind, _called(kind)) for kind in queries.kinds_with_bases()]
    if form.validate_on_submit():
        acts.enter(form.text.data or "", source=form.source.data or "", position=form.position.data, valid_from=form.valid_from.data, valid_to=form.valid_to.data,
                   kinds=form.kinds.data or [], by=current_user, at=clock.now())  # fmt: skip
        return done(_("The legal basis is entered. Papers of its days print it from now on."), url_for(".bases"))
    return render_template("papers/act.html", form=form, title=_("Enter a legal basis"), button=_("Enter"), crumbs_of=[(_("Legal bases"), url_for(".bases"))], back=url_for(".bases"),
                           fields=[form.text, form.source, form.valid_from, form.valid_to, form.position, form.kinds])  # fmt: skip


@bp.route("/bases/<pid>", methods=["GET", "POST"])
@allow(Do.RULEBOOK_READ, post=Do.RULEBOOK_REVISE)
@writes
def basis(pid: str) -> Any:
    row = or_404(queries.basis_by_pid(pid))
    form = forms.ChangeBasis(obj=row)
    form.kinds.choices = [(kind, _called(kind)) for kind in queries.kinds_with_bases()]
    if form.validate_on_submit():
        acts.change(row, valid_to=form.valid_to.data, position=form.position.data, kinds=form.kinds.data or [], reason=form.reason.data or "", by=current_user, at=clock.now(),
                    seen=form.version.data)  # fmt: skip
        return done(_("The legal basis is changed. Issued papers stay as they are."), url_for(".basis", pid=pid))
    return render_template("papers/basis.html", row=row, form=form, called=_called, entries=journal.timeline([journal.subject_key(row)]))
