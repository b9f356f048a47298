"""/public/order-form/ask for anybody, /ideas/links/requests for the officers who answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.downloads import download
from app.kernel import clock
from app.kernel.forms import LineField, NoteField, StageForm
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import PUBLIC, allow, done, or_404, writes
from app.kernel.words import N_
from app.services.people.queries import organisation_by_pid
from app.services.profiles import belonging
from app.services.rulebook import queries as rulebook
from app.shown import language
from app.stages.ideas import forms, linkasks
from app.stages.ideas.models import LinkRequest
from app.stages.ideas.rules import LINK_REQUEST, LinkRequestState


class AskLink(StageForm):
    """A link, please."""

    body = LineField(N_("Name of the organisation"), required=True, max=300)
    name = LineField(N_("Your name"), required=True, max=200, render_kw={"autocomplete": "name"})
    email = LineField(N_("E-mail address"), required=True, max=320, hint=N_("The link goes to this address, after an officer has looked at the request."))
    phone = LineField(N_("Telephone"), max=40, render_kw={"autocomplete": "tel"})
    note = NoteField(N_("What would you like to propose?"), max=2000, rows=4, hint=N_("One or two sentences; they are not the order form."))


def hang(public: Blueprint, house: Blueprint) -> None:
    """Give these pages their addresses."""
    both = ["GET", "POST"]
    public.add_url_rule("/ask", "ask", ask, methods=both)
    house.add_url_rule("/links/requests", "link_requests", index)
    house.add_url_rule("/links/requests/requests.xlsx", "export_link_requests", export)
    house.add_url_rule("/links/requests/<pid>", "link_request", answer, methods=both)
    house.add_url_rule("/links/requests/<pid>/refuse", "refuse_link", refuse, methods=both)


def office() -> dict[str, str]:
    """Where the Department can be reached, as far as the settings say it."""
    named = {N_("Address"): "OFFICE_ADDRESS", N_("Telephone"): "OFFICE_PHONE", N_("E-mail address"): "OFFICE_EMAIL"}
    return {_(label): current_app.config[key] for label, key in named.items() if current_app.config.get(key)}


@allow(PUBLIC)
@writes
def ask() -> Any:
    form = AskLink()
    if form.validate_on_submit():
        limit = int(rulebook.value("ideas.link_requests_per_hour", on=clock.today()))
        linkasks.ask(form.data, locale=language(), address=request.remote_addr, limit=limit, at=clock.now())
        return done(_("Your request is with the Department. The link comes by e-mail when an officer has looked at it."), url_for("public_order.index"))
    return render_template("ideas/order/ask.html", form=form, office=office())


def _listing() -> Listing:
    return Listing(
        linkasks.statement(), request.args, key=LinkRequest.id, default="-asked",
        columns=[
            Column("body", N_("Organisation"), lambda r: r.body, sort=LinkRequest.folded),
            Column("contact", N_("Contact"), lambda r: f"{r.name} <{r.email}>"),
            Column("phone", N_("Telephone"), lambda r: r.phone),
            Column("asked", N_("Asked at"), lambda r: r.asked_at, sort=LinkRequest.asked_at),
            Column("state", N_("State"), lambda r: r.state),
            Column("decided", N_("Decided at"), lambda r: r.decided_at),
            Column("note", N_("What is to be proposed"), lambda r: r.note),
        ],
        filters=[
            Filter("q", N_("Words of organisation, name or address"), lambda s, v: s.where(*(LinkRequest.folded.contains(w, autoescape=True) for w in fold(v).split()[:8]))),
            Filter("state", N_("State"), lambda s, v: s.where(LinkRequest.state == v), choices=[(str(x), x.label) for x in LinkRequestState]),
        ],
    )  # fmt: skip


@allow(Do.IDEAS_RETURN)
def index() -> Any:
    return render_template("ideas/order/link_requests.html", listing=_listing())


@allow(Do.IDEAS_RETURN)
def export() -> Any:
    return download(_listing().xlsx(_("Requests for a link")), "yeu-cau-lien-ket.xlsx")


@allow(Do.IDEAS_RETURN)
@writes
def answer(pid: str) -> Any:
    """What was asked, the organisations that may be meant, and the form that mails the link."""
    row = or_404(linkasks.by_pid(pid))
    alike = belonging.near(row.body)
    form = forms.Link.of(clock.today())
    if not form.is_submitted():
        form.name.data, form.email.data, form.version.data = row.name, row.email, row.version
        form.body.data = alike[0].organisation.public_id if alike else None
    if form.validate_on_submit():
        body = or_404(organisation_by_pid(form.body.data))
        linkasks.send(row, body, email=form.email.data or "", name=form.name.data or "", expires_on=form.expires_on.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The link is mailed to %(name)s.", name=form.name.data), url_for("ideas.link_requests"))
    return render_template("ideas/order/link_request.html", row=row, form=form, alike=alike, waits=fits(row, moves(LINK_REQUEST, "send_link")))


@allow(Do.IDEAS_RETURN)
@writes
def refuse(pid: str) -> Any:
    row = ready(linkasks.by_pid(pid), moves(LINK_REQUEST, "refuse_link"))
    form = forms.Reason(obj=row)
    if form.validate_on_submit():
        linkasks.refuse(row, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The request is answered."), url_for("ideas.link_requests"))
    return render_template("ideas/order/link_act.html", form=form, title=_("Do not send a link"), fields=[form.reason], button=_("Do not send a link"), danger=True,
                           note=_("A mail with the reason goes to %(name)s.", name=row.name))  # fmt: skip
