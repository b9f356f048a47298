"""/public/calls: the list, one call, its blank forms, a question about it, the end of a saved search."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.across.portal import blank
from app.across.portal.views.blueprint import bp, english
from app.downloads import download
from app.extensions import csrf
from app.kernel import clock
from app.kernel.listing import Column, Filter, Listing
from app.kernel.web import PUBLIC, allow, done, or_404, writes
from app.services.papers import queries as papers
from app.services.papers import views as paper_views
from app.services.rulebook import queries as rulebook
from app.shown import language
from app.stages.calls import actions, forms, queries
from app.stages.calls.models import Call
from app.stages.ideas import queries as ideas
from app.stages.ideas.rules import Mode
from app.stages.plan import queries as plans

OPEN, PAST = "open", "past"


def call_list(per_page: int = 25) -> Listing:
    """The published calls as the address filters them: for the page, the spreadsheet, feed, calendar and JSON alike."""
    at, tongue = clock.now(), language()
    kinds = [(code, kind[tongue]) for code, kind in ideas.kinds(clock.today()).items()]
    return Listing(
        queries.public_statement(at), request.args, key=Call.id, default="-deadline", per_page=per_page,
        columns=[Column("title", _("Call"), lambda c: c.title, sort=Call.title), Column("number", _("Number"), lambda c: c.number),
                 Column("mode", _("Mode"), lambda c: _(c.mode.label)), Column("topics", _("Topics"), lambda c: len(c.topics)),
                 Column("published", _("Published"), lambda c: c.opens_at, sort=Call.opens_at),
                 Column("deadline", _("Deadline"), lambda c: c.deadline, sort=Call.deadline), Column("state", _("State"), lambda c: _(c.state.label))],
        filters=[Filter("q", _("Words of the title, of a topic, or the number"), queries.with_words),
                 Filter("status", _("Open or past"), lambda s, v: queries.now_open(s, at, v == OPEN), choices=[(OPEN, _("Open")), (PAST, _("Past"))]),
                 Filter("sector", _("Sector"), queries.in_sector, choices=plans.sector_choices(english())),
                 Filter("mode", _("Mode"), queries.of_mode, choices=[(str(m), _(m.label)) for m in Mode]),
                 Filter("kind", _("Type of task"), queries.of_kind, choices=kinds),
                 Filter("year", _("Year"), lambda s, v: s.where(Call.year == int(v)), choices=[(str(y), str(y)) for y in queries.years()])],
    )  # fmt: skip


def kept_filters(listing: Listing) -> dict[str, str]:
    """The filters in use, for the links to feed, calendar and JSON."""
    return {name: value for name, value in listing.values.items()}


@bp.get("/public/calls")
@allow(PUBLIC)
def calls() -> Any:
    listing, at = call_list(), clock.now()
    searched = {name: value for name, value in listing.values.items() if name in queries.FILTERS}
    return render_template("portal/calls.html", listing=listing, calls=[queries.public_line(c, at) for c in listing.rows], kept=kept_filters(listing), searched=searched)


@bp.get("/public/calls.xlsx")
@allow(PUBLIC)
def calls_sheet() -> Any:
    return download(call_list().xlsx(_("Calls")), "thong-bao.xlsx")


@bp.get("/public/calls/<pid>")
@allow(PUBLIC)
def call(pid: str) -> Any:
    shown = or_404(queries.public_call(pid, clock.now(), english=english()))
    follows = current_user.is_authenticated and shown["is_open"] and queries.follows(current_user, queries.public_row(pid))
    return render_template("portal/call.html", call=shown, papers=papers.public_of(("call", pid)), rehearsal=False, follows=follows)


@bp.get("/public/calls/<pid>/forms/<code>.docx")
@allow(PUBLIC)
def blank_form(pid: str, code: str) -> Response:
    """A blank form of the dossier as a Word file, made from the list that the call keeps."""
    row = or_404(queries.public_row(pid))
    if code.startswith("work-"):
        return download(or_404(blank.work_form(row, code.removeprefix("work-"), on=clock.today())), f"mau-{code.lower().replace('_', '-')}.docx", paper_views.WORD)
    content = or_404(blank.form(row, code))
    return paper_views.word_file(content, f"mau-{code.lower().replace('_', '-')}.docx")


@bp.route("/public/calls/<pid>/ask", methods=["GET", "POST"])
@allow(PUBLIC)
@writes
def ask(pid: str) -> Any:
    """Ask something, signed in or with a mail address. Both question and answer are published without the asker's name."""
    row = or_404(queries.public_row(pid))
    form = forms.Ask()
    form.topic.choices = [(ct.public_id, f"{ct.topic.code} · {ct.topic.title}") for ct in row.topics]
    by = current_user if current_user.is_authenticated else None
    if by is not None:
        del form.email
    else:
        form.email.required = form.email.flags.required = True  # the answer must reach somebody
    if form.validate_on_submit():
        topic = next((ct for ct in row.topics if ct.public_id == form.topic.data), None)
        limit = int(rulebook.value("calls.questions_per_hour", on=clock.today()))
        actions.ask(row, text=form.text.data or "", call_topic=topic, by=by, email="" if by else form.email.data or "", locale=language(),
                    address=request.remote_addr, limit=limit, at=clock.now())  # fmt: skip
        return done(_("Your question is with the Department. You are told by e-mail when it is answered."), url_for(".call", pid=pid))
    return render_template("portal/ask.html", call=row, form=form)


@bp.route("/public/calls/unsubscribe/<key>", methods=["GET", "POST"])
@csrf.exempt
@allow(PUBLIC)
@writes
def unsubscribe(key: str) -> Any:
    """The link of a mail about a saved search or a followed call: one button ends these mails, without signing in.

    A mail program may press it for its reader (RFC 8058): it knows the key, and sends no cookie and no token.
    """
    search, follower = queries.search_by_key(key), queries.follower_by_key(key)
    or_404(search or follower)
    form = forms.Plain()
    if (request.method == "POST" and request.form.get("List-Unsubscribe") == "One-Click") or form.validate_on_submit():
        if search is not None:
            actions.drop_search(search, by=None, at=clock.now())
        elif follower is not None:
            actions.end_following(follower, at=clock.now())
        return done(_("These mails have ended."), url_for(".calls"))
    return render_template("portal/unsubscribe.html", form=form, search=search)
