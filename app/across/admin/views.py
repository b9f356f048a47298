"""/admin: outbox, clock, journal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.across.admin import forms
from app.kernel import clock, journal, outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.journal import JournalEntry
from app.kernel.listing import Column, Filter, Listing
from app.kernel.outbox import MailState, OutboxMail
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_

bp = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates")


@bp.get("/")
@allow(Do.ADMIN_OUTBOX)
def index() -> Any:
    return render_template("admin/index.html", movable=clock.movable())


@bp.get("/outbox")
@allow(Do.ADMIN_OUTBOX)
def mails() -> Any:
    listing = Listing(
        select(OutboxMail), request.args, key=OutboxMail.id, default="-posted",
        columns=[Column("posted", N_("Posted"), lambda m: m.posted_at, sort=OutboxMail.posted_at), Column("to", N_("To"), lambda m: m.to_address),
                 Column("subject", N_("Subject"), lambda m: m.subject), Column("state", N_("State"), lambda m: m.mail_state)],
        filters=[Filter("q", N_("Address or subject"), lambda s, v: s.where(OutboxMail.to_address.contains(v, autoescape=True) | OutboxMail.subject.contains(v, autoescape=True))),
                 Filter("state", N_("State"), lambda s, v: s.where(OutboxMail.mail_state == v), choices=[(str(x), x.label) for x in MailState])],
    )  # fmt: skip
    return render_template("admin/outbox.html", listing=listing)


@bp.route("/outbox/<pid>", methods=["GET", "POST"])
@allow(Do.ADMIN_OUTBOX)
@writes
def mail(pid: str) -> Any:
    row = or_404(db.session.scalar(select(OutboxMail).where(OutboxMail.public_id == pid)))
    form = forms.Resend()
    if form.validate_on_submit():
        if row.mail_state != MailState.FAILED:
            raise Incomplete(N_("Only a mail that failed is sent again."))
        outbox.resend(row, at=clock.now())
        journal.record(row, "resend", by=current_user, at=clock.now())
        return done(_("The mail waits to be sent again."), url_for(".mails"))
    return render_template("admin/mail.html", mail=row, form=form, failed=row.mail_state == MailState.FAILED)


@bp.route("/clock", methods=["GET", "POST"])
@allow(Do.ADMIN_CLOCK)
@writes
def move_clock() -> Any:
    if not clock.movable():
        abort(404)
    form = forms.MoveClock()
    if form.validate_on_submit():
        ahead = timedelta(days=form.days.data or 0, hours=form.hours.data or 0)
        if not ahead:
            raise Incomplete(N_("Please say by how much."), field="days")
        journal.record(current_user, "move_clock", by=current_user, at=clock.now(), detail={"hours": int(ahead.total_seconds() // 3600)})
        db.session.commit()
        clock.move_forward(ahead)
        return done(_("The clock stands at %(now)s.", now=f"{clock.local(clock.now()):%d/%m/%Y %H:%M}"), url_for(".move_clock"))
    return render_template("admin/clock.html", form=form, now=clock.now())


@bp.get("/journal")
@allow(Do.ADMIN_JOURNAL)
def acts() -> Any:
    listing = Listing(
        select(JournalEntry), request.args, key=JournalEntry.seq, default="-seq",
        columns=[Column("seq", N_("Line"), lambda e: e.seq, sort=JournalEntry.seq), Column("at", N_("When"), lambda e: e.at),
                 Column("type", N_("On what"), lambda e: e.subject_type), Column("verb", N_("Act"), lambda e: e.verb)],
        filters=[Filter("verb", N_("Act"), lambda s, v: s.where(JournalEntry.verb == v)), Filter("type", N_("On what"), lambda s, v: s.where(JournalEntry.subject_type == v)),
                 Filter("id", N_("Id"), lambda s, v: s.where(JournalEntry.subject_pid == v))],
    )  # fmt: skip
    return render_template("admin/journal.html", listing=listing)
