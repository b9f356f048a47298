"""/admin: people, outbox, clock, journal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.across import navigation
from app.across.admin import forms, queries, words
from app.acts import ready
from app.downloads import download
from app.kernel import clock, journal, outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotFound
from app.kernel.journal import JournalEntry
from app.kernel.listing import Column, Filter, Listing
from app.kernel.outbox import MailState, OutboxMail
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.entry import actions as entry
from app.services.entry import queries as entry_queries
from app.services.people import actions as people
from app.services.people import queries as people_queries
from app.services.people.models import RoleGrant, SignInSession, User
from app.services.people.recent import recently
from app.services.people.rules import WAYS, Role

bp = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates")


@bp.get("/")
@allow(Do.ADMIN_OUTBOX)
def index() -> Any:
    return render_template("admin/index.html", movable=clock.movable())


@bp.get("/outbox")
@allow(Do.ADMIN_OUTBOX)
def mails() -> Any:
    full, text = queries.sees_recipients(current_user), _reads_text()
    columns = [Column("posted", N_("Posted"), lambda m: m.posted_at, sort=OutboxMail.posted_at), Column("kind", N_("Kind of mail"), lambda m: m.template),
               Column("state", N_("State"), lambda m: m.mail_state)]  # fmt: skip
    filters = [Filter("state", N_("State"), lambda s, v: s.where(OutboxMail.mail_state == v), choices=[(str(x), x.label) for x in MailState])]
    if full:
        columns.insert(1, Column("to", N_("Recipient"), lambda m: m.to_address))
        filters.insert(0, Filter("q", N_("Address"), lambda s, v: s.where(OutboxMail.to_address.contains(v, autoescape=True))))
    if text:
        columns.insert(2, Column("subject", N_("Subject"), lambda m: m.subject))
    listing = Listing(select(OutboxMail), request.args, key=OutboxMail.id, default="-posted", columns=columns, filters=filters)
    return render_template("admin/outbox.html", listing=listing, full=full, text=text, kind_of=words.kind_of_mail)


def _reads_text() -> bool:
    """Subject and text of mails are shown in a demonstration only, so that a tester sees what would arrive."""
    return bool(current_app.config["DEMONSTRATION"]) and queries.sees_recipients(current_user)


@bp.route("/outbox/<pid>", methods=["GET", "POST"])
@allow(Do.ADMIN_OUTBOX, post=Do.ADMIN_RESEND)
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
    return render_template("admin/mail.html", mail=row, form=form, full=queries.sees_recipients(current_user), text=_reads_text(),
                           kind=words.kind_of_mail(row.template), failed=row.mail_state == MailState.FAILED and current_user.can(Do.ADMIN_RESEND))  # fmt: skip


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


def _acts() -> Listing:
    return Listing(
        select(JournalEntry), request.args, key=JournalEntry.seq, default="-seq",
        columns=[Column("seq", N_("Journal line"), lambda e: e.seq, sort=JournalEntry.seq), Column("at", N_("When"), lambda e: e.at),
                 Column("who", N_("Who"), lambda e: e.actor_id), Column("type", N_("On what"), lambda e: e.subject_type),
                 Column("verb", N_("Act"), lambda e: e.verb)],
        filters=[Filter("q", N_("Words of the reason"), queries.told), Filter("who", N_("Person"), queries.by_person), Filter("since", N_("From day"), queries.since),
                 Filter("until", N_("To day"), queries.until), Filter("behalf", N_("On behalf of"), queries.for_person),
                 Filter("verb", N_("Act"), lambda s, v: s.where(JournalEntry.verb == v), choices=_sorted(navigation.VERBS)),
                 Filter("type", N_("On what"), lambda s, v: s.where(JournalEntry.subject_type == v), choices=_sorted(words.NOUNS)),
                 Filter("id", N_("Id"), lambda s, v: s.where(JournalEntry.subject_pid == v))],
    )  # fmt: skip


@bp.get("/journal")
@allow(Do.ADMIN_JOURNAL)
def acts() -> Any:
    listing = _acts()
    sealed = queries.sealed_among(listing.rows)
    one = listing.rows[0] if "id" in listing.values and listing.rows else None
    subject = words.named(one.subject_type, one.subject_pid, current_user) if one is not None and one.seq not in sealed else None
    told = dict(zip((e.seq for e in listing.rows), navigation.told_history(listing.rows), strict=True))
    return render_template("admin/journal.html", listing=listing, told=told, sealed=sealed, chain=queries.chain(), noun=words.noun, subject=subject)


@bp.get("/journal.xlsx")
@allow(Do.ADMIN_JOURNAL)
def acts_export() -> Any:
    """Exactly the filtered acts, with hashes; of what is sealed only that it happened."""
    listing = _acts()
    entries = queries.all_of(listing)
    sealed = queries.sealed_among(entries)
    told = dict(zip((e.seq for e in entries), navigation.told_history(entries), strict=True))
    hidden = {"who": lambda e: told[e.seq].who, "behalf": lambda e: told[e.seq].on_behalf_of, "reason": lambda e: e.reason}
    listing.columns = [
        Column("seq", N_("Journal line"), lambda e: e.seq), Column("at", N_("When"), lambda e: e.at), Column("who", N_("Who"), _open_only(hidden["who"], sealed)),
        Column("behalf", N_("On behalf of"), _open_only(hidden["behalf"], sealed)), Column("type", N_("On what"), lambda e: _(words.noun(e.subject_type))),
        Column("id", N_("Id"), lambda e: e.subject_pid), Column("verb", N_("Act"), lambda e: told[e.seq].what), Column("before", N_("State before"), lambda e: e.before),
        Column("after", N_("State after"), lambda e: e.after), Column("reason", N_("Reason"), _open_only(hidden["reason"], sealed)), Column("hash", N_("Its hash"), lambda e: e.hash)]  # fmt: skip
    return download(listing.xlsx(_("Journal")), f"nhat-ky-{clock.today():%Y-%m-%d}.xlsx")


def _open_only(value: Any, sealed: set[int]) -> Any:
    return lambda e: None if e.seq in sealed else value(e)


def _sorted(labels: dict[str, str]) -> list[tuple[str, str]]:
    """Choices in the order of their words in the reader's language."""
    return sorted(((key, _(label)) for key, label in labels.items()), key=lambda pair: fold(pair[1]))


# --- people ---------------------------------------------------------------------------------------------------


@bp.get("/users")
@allow(Do.PEOPLE_READ)
def users() -> Any:
    listing = Listing(
        queries.users_statement(), request.args, key=User.id, default="name",
        columns=[Column("name", N_("Full name"), lambda u: u.sort_name, sort=User.sort_name), Column("email", N_("E-mail address"), lambda u: u.email_norm, sort=User.email_norm),
                 Column("body", N_("Organisations"), lambda u: "; ".join(o.name for o in u.organisations)), Column("roles", N_("Roles"), lambda u: u.roles),
                 Column("state", N_("State"), lambda u: u.active)],
        filters=[Filter("q", N_("Name or address"), queries.named), Filter("body", N_("Organisation"), queries.of_body),
                 Filter("role", N_("Role"), queries.holding, choices=[(str(r), r.label) for r in forms.GIVEN])],
    )  # fmt: skip
    return render_template("admin/users.html", listing=listing, Role=Role)


@bp.route("/users/new", methods=["GET", "POST"])
@allow(Do.PEOPLE_MANAGE)
@recently
@writes
def add_user() -> Any:
    form = forms.AddUser(data={"locale": "vi"})
    if form.validate_on_submit():
        row = people.add_user(form.email.data, form.name.data, by=current_user, at=clock.now(), password=form.password.data, title=form.title.data or None,
                              locale=form.locale.data)  # fmt: skip
        return done(_("The account is open."), url_for(".user", pid=row.public_id))
    return render_template("admin/act.html", form=form, title=_("Add a person"), button=_("Open the account"), back=url_for(".users"))


@bp.get("/users/<pid>")
@allow(Do.PEOPLE_READ)
def user(pid: str) -> Any:
    row = or_404(people_queries.user_by_pid(pid))
    at = clock.now()
    return render_template("admin/user.html", person=row, at=at, Role=Role, sessions=people_queries.sessions_of(row, at=at), plain=forms.Plain(), WAYS=WAYS, factor=entry_queries.has_factor(row),
                           entries=journal.timeline([journal.subject_key(row)])[:50])  # fmt: skip


@bp.route("/users/<pid>/grant", methods=["GET", "POST"])
@allow(Do.PEOPLE_MANAGE)
@recently
@writes
def grant(pid: str) -> Any:
    row = or_404(people_queries.user_by_pid(pid))
    form = forms.Grant()
    if form.validate_on_submit():
        ends = clock.at_local(date.fromordinal(form.ends_on.data.toordinal() + 1)) if form.ends_on.data else None
        people.grant(row, Role(form.role.data), by=current_user, at=clock.now(), ends_at=ends)
        return done(_("The role is granted."), url_for(".user", pid=pid))
    return render_template("admin/act.html", form=form, title=_("Grant a role to %(name)s", name=row.name), button=_("Grant the role"), back=url_for(".user", pid=pid))


@bp.route("/users/<pid>/join", methods=["GET", "POST"])
@allow(Do.PEOPLE_MANAGE)
@recently
@writes
def join(pid: str) -> Any:
    row = or_404(people_queries.user_by_pid(pid))
    form = forms.Join(people_queries.organisations())
    if form.validate_on_submit():
        body = people_queries.organisation_by_pid(form.organisation.data)
        if body is None:
            raise NotFound(N_("There is no such organisation."), field="organisation")
        people.join(row, body, by=current_user, at=clock.now(), manager=form.manager.data)
        return done(_("The person belongs to the organisation now."), url_for(".user", pid=pid))
    return render_template("admin/act.html", form=form, title=_("Add %(name)s to an organisation", name=row.name), button=_("Add to the organisation"),
                           back=url_for(".user", pid=pid))  # fmt: skip


@bp.route("/users/<pid>/roles/<grant_pid>/revoke", methods=["GET", "POST"])
@allow(Do.PEOPLE_MANAGE)
@recently
@writes
def revoke(pid: str, grant_pid: str) -> Any:
    row = or_404(people_queries.user_by_pid(pid))
    given = or_404(db.session.scalar(select(RoleGrant).where(RoleGrant.public_id == grant_pid, RoleGrant.user_id == row.id)))
    form = forms.Reason()
    if form.validate_on_submit():
        people.revoke(given, row, by=current_user, at=clock.now(), reason=form.reason.data)
        return done(_("The role is revoked and the person's sessions have ended."), url_for(".user", pid=pid))
    return render_template("admin/act.html", form=form, title=_("Revoke the role “%(role)s” of %(name)s", role=_(given.role.label), name=row.name),
                           button=_("Revoke the role"), danger=True, back=url_for(".user", pid=pid))  # fmt: skip


@bp.route("/users/<pid>/deactivate", methods=["GET", "POST"])
@allow(Do.PEOPLE_MANAGE)
@recently
@writes
def deactivate(pid: str) -> Any:
    row = or_404(people_queries.user_by_pid(pid))
    form = forms.Reason(obj=row)
    if form.validate_on_submit():
        people.deactivate(row, by=current_user, at=clock.now(), reason=form.reason.data, seen=form.version.data)
        return done(_("The account is closed."), url_for(".user", pid=pid))
    return render_template("admin/act.html", form=form, title=_("Close the account of %(name)s", name=row.name), button=_("Close the account"), danger=True,
                           back=url_for(".user", pid=pid))  # fmt: skip


@bp.route("/users/<pid>/reactivate", methods=["GET", "POST"])
@allow(Do.PEOPLE_MANAGE)
@recently
@writes
def reactivate(pid: str) -> Any:
    row = ready(people_queries.user_by_pid(pid), people.check_closed)
    form = forms.Plain(obj=row)
    if form.validate_on_submit():
        people.reactivate(row, by=current_user, at=clock.now(), seen=form.version.data)
        return done(_("The account is open again."), url_for(".user", pid=pid))
    return render_template("admin/act.html", form=form, title=_("Open the account of %(name)s again", name=row.name), button=_("Open the account again"),
                           back=url_for(".user", pid=pid))  # fmt: skip


@bp.route("/users/<pid>/second-factor/reset", methods=["GET", "POST"])
@allow(Do.PEOPLE_MANAGE)
@recently
@writes
def reset_factor(pid: str) -> Any:
    row = ready(people_queries.user_by_pid(pid), entry.check_resettable)
    form = forms.Reason()
    if form.validate_on_submit():
        entry.reset(row, by=current_user, at=clock.now(), reason=form.reason.data)
        return done(_("The second factor is reset and the person's sessions have ended. The person and the other administrators were told by mail."), url_for(".user", pid=pid))
    return render_template("admin/act.html", form=form, title=_("Reset the second factor of %(name)s", name=row.name), button=_("Reset the second factor"), danger=True,
                           back=url_for(".user", pid=pid))  # fmt: skip


@bp.route("/users/<pid>/sessions/end", methods=["GET", "POST"])
@allow(Do.PEOPLE_MANAGE)
@writes
def end_sessions(pid: str) -> Any:
    row = or_404(people_queries.user_by_pid(pid))
    form = forms.Reason()
    if form.validate_on_submit():
        people.end_sessions(row, by=current_user, at=clock.now(), reason=form.reason.data)
        return done(_("Every session of the person has ended."), url_for(".user", pid=pid))
    return render_template("admin/act.html", form=form, title=_("End every session of %(name)s", name=row.name), button=_("End every session"), danger=True,
                           back=url_for(".user", pid=pid))  # fmt: skip


@bp.post("/users/<pid>/sessions/<session_pid>/end")
@allow(Do.PEOPLE_MANAGE)
@writes
def end_session(pid: str, session_pid: str) -> Any:
    row = or_404(people_queries.user_by_pid(pid))
    living = or_404(db.session.scalar(select(SignInSession).where(SignInSession.public_id == session_pid, SignInSession.user_id == row.id)))
    people.end_session(living, row, by=current_user, at=clock.now())
    return done(_("That session has ended."), url_for(".user", pid=pid))
