"""/profile: the person, the organisation found or asked for, and the requests that managers and officers decide."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.downloads import download
from app.kernel import clock, journal
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold, nfc
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import User
from app.services.people.rules import OrganisationKind
from app.services.profiles import belonging, forms, queries
from app.services.profiles.models import OrganisationRequest
from app.services.profiles.rules import REQUEST, RequestState

GET, BOTH = ["GET"], ["GET", "POST"]


def hang(bp: Blueprint) -> None:
    """Hang these pages on the blueprint of profiles."""
    for rule, name, view, methods in (
        ("/", "index", index, GET), ("/edit", "edit", edit, BOTH), ("/organisations", "organisations", organisations, GET), ("/organisations/new", "ask_new", ask_new, BOTH),
        ("/organisations/<pid>/join", "ask", ask, BOTH), ("/requests", "requests", requests, GET), ("/requests.xlsx", "requests_export", requests_export, GET),
        ("/requests/<pid>", "show", show, GET), ("/requests/<pid>/confirm", "confirm_belonging", confirm_belonging, BOTH),
        ("/requests/<pid>/refuse", "refuse_belonging", refuse_belonging, BOTH), ("/requests/<pid>/withdraw", "withdraw_belonging", withdraw_belonging, BOTH),
    ):  # fmt: skip
        bp.add_url_rule(rule, name, view, methods=methods)


# --- the person -----------------------------------------------------------------------------------------------


@allow(SIGNED_IN)
def index() -> Any:
    return render_template("profiles/index.html", cv=queries.latest_cv(current_user), draft=queries.draft_of(current_user), requests=belonging.requests_of(current_user))


@allow(SIGNED_IN)
@writes
def edit() -> Any:
    form = forms.Profile(obj=current_user)
    if form.validate_on_submit():
        belonging.save_profile(current_user, form.data, seen=form.version.data, at=clock.now())
        return done(_("Your profile is saved."), url_for("profiles.index"))
    return render_template("profiles/act.html", form=form, title=_("Edit my profile"), fields=[form.name, form.title, form.phone, form.orcid], button=_("Save"), back=url_for("profiles.index"))


# --- finding and asking ---------------------------------------------------------------------------------------


@allow(SIGNED_IN)
def organisations() -> Any:
    words = nfc(request.args.get("q", ""))[:200]
    rows, more = belonging.find(words) if words else ([], False)
    asked = {r.organisation_id for r in belonging.open_of(current_user)}
    return render_template("profiles/organisations.html", words=words, rows=rows, more=more, asked=asked)


@allow(SIGNED_IN)
@writes
def ask(pid: str) -> Any:
    body = ready(people.organisation_by_pid(pid), belonging.check_may_ask)
    form = forms.Ask()
    if form.validate_on_submit():
        belonging.ask(body, note=form.note.data or "", by=current_user, at=clock.now())
        return done(_("Your request is sent. You get a mail when it is decided."), url_for("profiles.index"))
    mailed = _("A mail goes to the managers of the organisation.") if people.managers_of(body.id) else _("A mail goes to the officers of the Department.")
    return render_template("profiles/act.html", form=form, title=_("Ask to belong to this organisation"), lead=body.name, fields=[form.note], button=_("Send the request"),
                           note=mailed, back=url_for("profiles.organisations"))  # fmt: skip


@allow(SIGNED_IN)
@writes
def ask_new() -> Any:
    form = forms.AskNew(data={"name": nfc(request.args.get("name", ""))[:300]})
    if form.validate_on_submit():
        belonging.ask_new(form.data, distinct=form.distinct.data, by=current_user, at=clock.now())
        return done(_("Your request is sent. You get a mail when it is decided."), url_for("profiles.index"))
    alike = belonging.near(form.name.data or "", nfc(form.tax_code.data or "")) if form.is_submitted() or form.name.data else []
    return render_template("profiles/ask_new.html", form=form, alike=alike)


# --- requests -------------------------------------------------------------------------------------------------


def _of_kind(statement: Any, value: str) -> Any:
    return statement.where(OrganisationRequest.is_new.is_(value == "new"))


def _listing() -> Listing:
    return Listing(
        belonging.list_statement(current_user), request.args, key=OrganisationRequest.id, default="-asked",
        columns=[
            Column("name", N_("Organisation"), lambda r: r.name, sort=OrganisationRequest.name),
            Column("kind", N_("What is asked"), lambda r: _("Put on the list") if r.is_new else _("Belong to it")),
            Column("tax_code", N_("Tax code"), lambda r: r.tax_code),
            Column("person", N_("Person"), lambda r: r.user.name, sort=User.sort_name, place=lambda r: r.user.sort_name),
            Column("asked", N_("Asked at"), lambda r: r.asked_at, sort=OrganisationRequest.asked_at),
            Column("state", N_("State"), lambda r: r.state),
            Column("decided", N_("Decided at"), lambda r: r.decided_at),
            Column("by", N_("Decided by"), lambda r: r.decided_by.name if r.decided_by else None),
            Column("reason", N_("Reason"), lambda r: r.reason),
        ],
        filters=[
            Filter("q", N_("Words of organisation, tax code or person"), lambda s, v: s.where(*(OrganisationRequest.folded.contains(w, autoescape=True) for w in fold(v).split()))),
            Filter("state", N_("State"), lambda s, v: s.where(OrganisationRequest.state == v), choices=[(str(x), x.label) for x in RequestState]),
            Filter("what", N_("What is asked"), _of_kind, choices=[("new", N_("Put on the list")), ("join", N_("Belong to it"))]),
            Filter("kind", N_("Kind"), lambda s, v: s.where(OrganisationRequest.kind == v), choices=[(str(x), x.label) for x in OrganisationKind]),
        ],
    )  # fmt: skip


@allow(SIGNED_IN)
def requests() -> Any:
    return render_template("profiles/requests.html", listing=_listing())


@allow(SIGNED_IN)
def requests_export() -> Any:
    return download(_listing().xlsx(_("Requests about organisations")), "yeu-cau-ve-to-chuc.xlsx")


@allow(SIGNED_IN)
def show(pid: str) -> Any:
    row = or_404(belonging.request_for(current_user, pid))
    decides = fits(row, *_deciding("confirm_belonging"))
    steps = []
    if decides:
        steps = [(_("Confirm"), url_for("profiles.confirm_belonging", pid=pid), True), (_("Do not confirm"), url_for("profiles.refuse_belonging", pid=pid), False)]
    elif fits(row, *_withdrawing()):
        steps = [(_("Withdraw the request"), url_for("profiles.withdraw_belonging", pid=pid), False)]
    look = (decides or current_user.can(Do.PEOPLE_READ)) and row.state == RequestState.ASKED and row.is_new
    return render_template("profiles/request.html", row=row, steps=steps, alike=belonging.near(row.name, row.tax_code) if look else [], others=belonging.same_wish(row) if look else [],
                           entries=journal.timeline([journal.subject_key(row)]), look=look, sees_contact=decides or current_user.can(Do.PEOPLE_READ))  # fmt: skip


def _deciding(verb: str) -> tuple[Any, ...]:
    return (belonging.check_decides, moves(REQUEST, verb))


def _withdrawing() -> tuple[Any, ...]:
    return (belonging.check_own, moves(REQUEST, "withdraw_belonging"))


@allow(SIGNED_IN)
@writes
def confirm_belonging(pid: str) -> Any:
    row = ready(belonging.request_for(current_user, pid), *_deciding("confirm_belonging"))
    form = forms.Confirm(obj=row, data={"into": "new"})
    alike = belonging.near(row.name, row.tax_code) if row.is_new else []
    if row.is_new:
        form.into.choices = [("new", _("A new one: put it on the list")), *((n.organisation.public_id, n.organisation.name) for n in alike)]
    else:
        del form.into
    if not current_user.can(Do.PEOPLE_CONFIRM):
        del form.manager
    if form.validate_on_submit():
        chosen = people.organisation_by_pid(form.into.data) if row.is_new and form.into.data != "new" else None
        body = belonging.confirm(row, into=chosen, manager=bool(form.manager and form.manager.data), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Confirmed: %(name)s belongs to %(body)s.", name=row.user.name, body=body.name), url_for("profiles.show", pid=pid))
    return render_template("profiles/act.html", form=form, title=_("Confirm"), lead=f"{row.user.name} – {row.name}", fields=form.shown(), button=_("Confirm"), crumb=row,
                           note=_("A mail goes to %(name)s.", name=row.user.name), back=url_for("profiles.show", pid=pid))  # fmt: skip


@allow(SIGNED_IN)
@writes
def refuse_belonging(pid: str) -> Any:
    row = ready(belonging.request_for(current_user, pid), *_deciding("refuse_belonging"))
    form = forms.Refuse(data={"version": row.version})
    if form.validate_on_submit():
        belonging.refuse(row, reason=form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The request is answered."), url_for("profiles.show", pid=pid))
    return render_template("profiles/act.html", form=form, title=_("Do not confirm"), lead=f"{row.user.name} – {row.name}", fields=[form.reason], button=_("Do not confirm"), crumb=row,
                           danger=True, note=_("A mail with the reason goes to %(name)s.", name=row.user.name), back=url_for("profiles.show", pid=pid))  # fmt: skip


@allow(SIGNED_IN)
@writes
def withdraw_belonging(pid: str) -> Any:
    row = ready(belonging.request_for(current_user, pid), *_withdrawing())
    form = forms.Plain(obj=row)
    if form.validate_on_submit():
        belonging.withdraw(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Your request is withdrawn."), url_for("profiles.index"))
    return render_template("profiles/act.html", form=form, title=_("Withdraw the request"), lead=row.name, fields=[], button=_("Withdraw the request"), crumb=row, danger=True,
                           back=url_for("profiles.show", pid=pid))  # fmt: skip
