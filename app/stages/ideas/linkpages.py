"""/public/order-form: what the order form is, and the form itself for who was sent a link. /ideas/links: the officer's links."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.downloads import download
from app.kernel import clock
from app.kernel.clock import local
from app.kernel.db import folded
from app.kernel.errors import WrongState
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import PUBLIC, allow, done, or_404, writes
from app.kernel.words import N_
from app.services.papers import queries as issued
from app.services.papers import views as paper_views
from app.services.people.linkpages import unkept
from app.services.people.models import Organisation
from app.services.people.queries import organisation_by_pid
from app.services.questionnaires import queries as questionnaires
from app.stages.ideas import blank, forms, linkask_pages, links, order, orders, queries
from app.stages.ideas.blueprint import still
from app.stages.ideas.models import OrderLink
from app.stages.ideas.rules import EDITABLE, IDEA

public_bp = Blueprint("public_order", __name__, url_prefix="/public/order-form")


@public_bp.before_request
def _gone() -> Any:
    """A closed link says that it is closed, and the number of what came through it."""
    link = links.closed(request.view_args["token"]) if request.view_args and "token" in request.view_args else None
    return (render_template("ideas/order/link_closed.html", number=link.idea.code if link.idea is not None else None), 410) if link is not None else None


@public_bp.after_request
def _closed(answer: Response) -> Response:
    """The pages behind a link; not the one that tells of them."""
    return unkept(answer) if request.view_args else answer


@public_bp.get("")
@allow(PUBLIC)
def index() -> Any:
    version = order.current(clock.today())
    return render_template("ideas/order/public.html", version=version, sheet=forms.sheet_of(version.definition, {}, clock.today()), office=linkask_pages.office())


@public_bp.get("/blank.docx")
@allow(PUBLIC)
def blank_word() -> Any:
    return _blank("docx")


@public_bp.get("/blank.pdf")
@allow(PUBLIC)
def blank_pdf() -> Any:
    return _blank("pdf")


def _blank(ending: str) -> Any:
    """The blank form on paper, of the version in force."""
    version = order.current(clock.today())
    content = blank.form(version, questionnaires.choices_for(version.definition, on=clock.today(), lang="vi"))
    return paper_views.blank_file(content, f"phieu-de-xuat.{ending}")


def _link(token: str) -> OrderLink:
    return or_404(links.by_token(token, at=clock.now()))  # type: ignore[no-any-return]


def _may_write(link: OrderLink) -> bool:
    return link.idea is None or link.idea.state in EDITABLE


@public_bp.route("/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
@writes
def fill(token: str) -> Any:
    link = _link(token)
    if not _may_write(link) and request.method == "GET":
        return _state(link, token)
    form = forms.Order.by_link(link, clock.now())
    at, seen = clock.now(), form.version.data
    if form.wish and "refusal" not in g:
        code = form.sheet.change_rows(form.wish)
        values = form.safe_values(clock.today())
        if link.idea is None and not values["title"]:
            return _page(link, form, token), 202  # shown, not kept
        links.write(link, values, form.sheet.answers, files=form.files, version=form.used, quietly=True, seen=seen, at=at)
        return done(_("Saved."), url_for(".fill", token=token, _anchor=code))
    if form.validate_on_submit():
        links.write(link, form.values(), form.sheet.answers, files=form.files, version=form.used, seen=seen, at=at)
        return done(_("Saved."), url_for(".submit", token=token))
    return _page(link, form, token)


def _page(link: OrderLink, form: forms.Order, token: str) -> str:
    return render_template("ideas/order/link.html", link=link, form=form, token=token, version=form.used, idea=link.idea)


@public_bp.route("/<token>/autosave", methods=["POST"])
@allow(PUBLIC)
@writes
def autosave(token: str) -> Any:
    link = _link(token)
    if "refusal" in g:
        raise g.refusal
    form = forms.Order.by_link(link, clock.now())
    values = form.safe_values(clock.today())
    if not values["title"]:
        return jsonify(gap=True, **form.sheet.told_back)
    idea = links.write(link, values, form.sheet.answers, version=form.used, quietly=True, seen=form.version.data, at=clock.now())
    return jsonify(version=idea.version, time=f"{local(clock.now()):%H:%M}", **form.sheet.told_back)


@public_bp.route("/<token>/submit", methods=["GET", "POST"])
@allow(PUBLIC)
@writes
def submit(token: str) -> Any:
    link = _link(token)
    idea = or_404(link.idea)
    form = forms.Submit.of(idea)
    if form.validate_on_submit():
        links.submit(link, own_word=form.word, seen=form.version.data, at=clock.now())
        return done(_("The form was received under number %(number)s.", number=idea.code), url_for(".fill", token=token))
    if not _may_write(link) and not form.form_errors:
        return _state(link, token)
    return render_template("ideas/order/link_submit.html", link=link, idea=idea, form=form, token=token, differences=orders.differences(idea), **orders.shown(idea))


def _state(link: OrderLink, token: str) -> str:
    """What was sent, as it stands with the Department."""
    idea = or_404(link.idea)
    return render_template("ideas/order/link_state.html", link=link, idea=idea, token=token, may_withdraw=IDEA.may(idea, "withdraw"),
                           differences=orders.differences(idea),
                           received=any(p.template == queries.RECEIPT for p in issued.of(idea)), **orders.shown(idea))  # fmt: skip


@public_bp.get("/<token>/receipt.pdf")
@allow(PUBLIC)
def receipt(token: str) -> Any:
    """The receipt of what was last sent through the link."""
    found = [p for p in issued.of(or_404(_link(token).idea)) if p.template == queries.RECEIPT]
    paper = or_404(max(found, key=lambda p: p.id, default=None))
    return paper_views.blank_file(paper_views.content_of(paper), "giay-bien-nhan.pdf")


@public_bp.route("/<token>/withdraw", methods=["GET", "POST"])
@allow(PUBLIC)
@writes
def withdraw(token: str) -> Any:
    link = _link(token)
    idea = ready(link.idea, still(IDEA, "withdraw"))
    form = forms.Withdraw(obj=idea)
    if form.validate_on_submit():
        links.withdraw(link, reason=form.reason.data, seen=form.version.data, at=clock.now())
        return done(_("The idea is withdrawn."), url_for(".fill", token=token))
    return render_template("ideas/withdraw.html", idea=idea, form=form, back=url_for(".fill", token=token), closed=True)


# --- for officers ---------------------------------------------------------------------------------------------


def hang(bp: Blueprint) -> None:
    """Give the officer's pages their addresses under /ideas."""
    both = ["GET", "POST"]
    bp.add_url_rule("/links", "links", index_links)
    bp.add_url_rule("/links/links.xlsx", "export_links", export_links)
    bp.add_url_rule("/links/new", "send_link", send_link, methods=both)
    bp.add_url_rule("/links/<pid>/renew", "renew_link", renew_link, methods=both)
    bp.add_url_rule("/links/<pid>/close", "close_link", close_link, methods=both)


def _listing() -> Listing:
    at = clock.now()
    return Listing(
        links.statement(), request.args, key=OrderLink.id, default="-sent",
        columns=[
            Column("organisation", _("Organisation"), lambda x: x.organisation.name, sort=Organisation.name),
            Column("contact", _("Contact"), lambda x: f"{x.contact.name} <{x.contact.email}>"),
            Column("sent", _("Sent"), lambda x: x.created_at, sort=OrderLink.created_at),
            Column("expires", _("Holds until"), lambda x: x.expires_at, sort=OrderLink.expires_at),
            Column("idea", _("Idea"), lambda x: (x.idea.code or x.idea.title) if x.idea is not None and x.idea.submitted_at else None),
            Column("state", _("State"), lambda x: _(links.standing(x, at=at).label)),
        ],
        filters=[
            Filter("q", _("Words of the organisation"), lambda s, v: s.where(folded(Organisation.name).contains(fold(v), autoescape=True))),
            Filter("open", _("State"), lambda s, v: s.where(links.holds(at) if v == "yes" else ~links.holds(at)), choices=[("yes", _("Still holds")), ("no", _("Closed or expired"))]),
        ],
    )  # fmt: skip


@allow(Do.IDEAS_RETURN)
def index_links() -> Any:
    at = clock.now()
    return render_template("ideas/order/links.html", listing=_listing(), standing=lambda x: links.standing(x, at=at))


@allow(Do.IDEAS_RETURN)
def export_links() -> Any:
    return download(_listing().xlsx(_("Links for order forms")), "lien-ket.xlsx")


@allow(Do.IDEAS_RETURN)
@writes
def send_link() -> Any:
    form = forms.Link.of(clock.today())
    if form.validate_on_submit():
        body = or_404(organisation_by_pid(form.body.data))
        links.send(body, email=form.email.data or "", name=form.name.data or "", expires_on=form.expires_on.data, by=current_user, at=clock.now())
        return done(_("The link is mailed to %(name)s.", name=form.name.data), url_for("ideas.links"))
    return render_template("ideas/order/link_act.html", form=form, title=_("Send a link to an organisation"), fields=[form.body, form.name, form.email, form.expires_on],
                           button=_("Send the link"), note=_("The contact gets an e-mail with a link that opens one order form without an account."))  # fmt: skip


def _not_closed(link: OrderLink, _by: Any) -> None:
    if link.revoked_at is not None:
        raise WrongState(N_("This link is closed."))


@allow(Do.IDEAS_RETURN)
@writes
def renew_link(pid: str) -> Any:
    link = ready(links.by_pid(pid), _not_closed)
    form = forms.Renew()
    if form.validate_on_submit():
        links.renew(link, expires_on=form.expires_on.data, by=current_user, at=clock.now())
        return done(_("The link is mailed to %(name)s.", name=link.contact.name), url_for("ideas.links"))
    return render_template("ideas/order/link_act.html", form=form, title=_("Send a new link for the same form"), fields=[form.expires_on], button=_("Send the link"),
                           note=_("%(name)s gets a new link by e-mail. The old one no longer opens anything.", name=link.contact.name))  # fmt: skip


@allow(Do.IDEAS_RETURN)
@writes
def close_link(pid: str) -> Any:
    link = ready(links.by_pid(pid), _not_closed)
    form = forms.Reason()
    if form.validate_on_submit():
        links.close(link, reason=form.reason.data or "", by=current_user, at=clock.now())
        return done(_("The link is closed."), url_for("ideas.links"))
    return render_template("ideas/order/link_act.html", form=form, title=_("Close the link"), fields=[form.reason], button=_("Close the link"), danger=True,
                           note=_("What was written through it stays. Nobody gets an e-mail about this."))  # fmt: skip

