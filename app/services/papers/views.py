"""/papers: the register, one paper, its Word and PDF forms."""

from __future__ import annotations

from typing import Any

from flask import (
    Flask,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock, journal
from app.kernel.db import folded
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.kernel.words import N_
from app.services.files import queries as files
from app.services.papers import (
    actions,
    basis_views,
    forms,
    queries,
    wording_views,
)
from app.services.papers.blueprint import bp, kind_name
from app.services.papers.drawn import (
    WORD,
    a_file,
    as_file,
    blank_file,
    check_address,
    content_of,
    mark_of,
    word_file,
)
from app.services.papers.models import Paper
from app.services.papers.rules import amount_in_words

__all__ = ["WORD", "as_file", "basis_views", "blank_file", "bp", "content_of", "kind_name", "mark_of", "word_file", "wording_views"]


def init_app(app: Flask) -> None:
    """Amounts in words, for every template."""
    app.jinja_env.filters["words"] = lambda amount: (text := amount_in_words(int(amount)))[0].upper() + text[1:]


def _listing() -> Listing:
    kinds = queries.kinds()
    templates = sorted(((name, kind_name(name)) for name in {template for template, _body in kinds}), key=lambda pair: pair[1])
    bodies = sorted({body for _template, body in kinds})
    return Listing(
        queries.register(), request.args, key=Paper.id, default="-dated",
        columns=[
            Column("dated", N_("Date"), lambda p: p.dated, sort=Paper.dated),
            Column("number", N_("Number"), lambda p: p.number),
            Column("title", N_("Title"), lambda p: p.title, sort=Paper.title),
            Column("kind", N_("Kind"), lambda p: kind_name(p.template)),
            Column("body", N_("Issued by"), lambda p: p.body),
        ],
        filters=[
            Filter("q", N_("Number or title"), lambda s, v: s.where(folded(Paper.number).contains(fold(v), autoescape=True)
                                                                     | folded(Paper.title).contains(fold(v), autoescape=True))),
            Filter("open", N_("What is missing"), queries.missing, choices=[("number", N_("The number")), ("scan", N_("The signed scan"))]),
            Filter("kind", N_("Kind"), lambda s, v: s.where(Paper.template == v), choices=templates),
            Filter("body", N_("Issued by"), lambda s, v: s.where(Paper.body == v), choices=[(b, b) for b in bodies]),
            Filter("year", N_("Year"), lambda s, v: s.where(Paper.year == int(v)), choices=[(str(y), str(y)) for y in range(clock.today().year, 2009, -1)]),
        ],
    )  # fmt: skip


@bp.get("/")
@allow(Do.PAPERS_READ)
def index() -> Any:
    listing = _listing()
    return render_template("papers/index.html", listing=listing, kind_name=kind_name, opened=queries.opened_by_office(listing.rows))


@bp.get("/register.xlsx")
@allow(Do.PAPERS_READ)
def export() -> Any:
    return a_file(_listing().xlsx(_("Register of papers")), "so-van-ban.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@bp.get("/<pid>")
@allow(SIGNED_IN)
def show(pid: str) -> Any:
    paper = or_404(queries.paper_for(current_user, pid))
    scans = files.of(paper, kind=actions.SCAN)
    return render_template("papers/show.html", paper=paper, content=content_of(paper), scans=scans, signed=files.signatures_in(scans), check=check_address(paper), may_original=current_user.can(Do.PAPERS_NUMBER), **standing(paper))


@bp.get("/<pid>.pdf")
@allow(SIGNED_IN)
def as_pdf(pid: str) -> Any:
    paper = or_404(queries.paper_for(current_user, pid))
    _note(paper)
    return as_file(paper, "pdf", original="original" in request.args and current_user.can(Do.PAPERS_NUMBER))


@bp.get("/<pid>.docx")
@allow(SIGNED_IN)
def as_word(pid: str) -> Any:
    paper = or_404(queries.paper_for(current_user, pid))
    _note(paper)
    return as_file(paper, "docx")


@bp.route("/<pid>/scan", methods=["GET", "POST"])
@allow(Do.PAPERS_NUMBER)
@writes
def attach_scan(pid: str) -> Any:
    paper = or_404(queries.paper_for(current_user, pid))
    form = forms.AttachScan()
    if form.validate_on_submit():
        actions.attach_scan(paper, upload=form.file.data, by=current_user, at=clock.now())
        return done(_("The signed scan is attached."), url_for(".show", pid=pid))
    return render_template("papers/scan.html", paper=paper, form=form)


@bp.route("/<pid>/number", methods=["GET", "POST"])
@allow(Do.PAPERS_NUMBER)
@writes
def number(pid: str) -> Any:
    paper = or_404(queries.paper_for(current_user, pid))
    form = forms.Number()
    if form.validate_on_submit():
        actions.number(paper, form.number.data or "", by=current_user, at=clock.now())
        return done(_("The paper has the number %(number)s now.", number=paper.number), url_for(".show", pid=pid))
    return render_template("papers/number.html", paper=paper, form=form)


def standing(paper: Paper) -> dict[str, Any]:
    """What became of a paper: the newer one, the older one, and whether the reader may withdraw it."""
    ended = queries.ended_by(paper)
    older = queries.paper_by_pid(paper.ends_pid) if paper.ends_pid else None
    may = ended is None and current_user.is_authenticated and current_user.can(Do.PAPERS_WITHDRAW) and actions.may_end(paper, current_user, on=clock.today())
    return {"ended": ended, "older": older, "may_end": may}


@bp.route("/<pid>/withdraw", methods=["GET", "POST"])
@allow(Do.PAPERS_WITHDRAW)
@writes
def withdraw(pid: str) -> Any:
    return _end(pid, forms.WithdrawPaper(dated=clock.today()), _("Withdraw the paper"), _("The older paper stays in the register; its page and this decision name each other."))


@bp.route("/<pid>/replace", methods=["GET", "POST"])
@allow(Do.PAPERS_WITHDRAW)
@writes
def replace(pid: str) -> Any:
    return _end(pid, forms.ReplacePaper(dated=clock.today()), _("Replace the paper"),
                _("A new paper is made of the words of the older one and the corrections. The older one stays in the register; both name each other. What the system has recorded does not change."))  # fmt: skip


def _end(pid: str, form: Any, title: str, sentence: str) -> Any:
    paper = or_404(queries.paper_for(current_user, pid))
    if form.validate_on_submit():
        common = {"reason": form.reason.data or "", "number": form.number.data or "", "dated": form.dated.data, "by": current_user, "at": clock.now()}
        if isinstance(form, forms.ReplacePaper):
            new = actions.replace(paper, corrections=form.pairs(), **common)
        else:
            new = actions.withdraw(paper, kind=kind_name(paper.template).partition(" – ")[0], **common)
        return done(_("%(number)s is issued; the older paper names it.", number=new.number), url_for(".show", pid=new.public_id))
    return render_template("papers/end.html", paper=paper, form=form, title=title, sentence=sentence, content=content_of(paper), **standing(paper))


def _note(paper: Paper) -> None:
    journal.note_access("download", request.endpoint or "", at=clock.now(), actor_id=current_user.id, subject_pid=paper.public_id,
                        address=request.remote_addr)  # fmt: skip
