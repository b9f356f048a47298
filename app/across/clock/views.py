"""/clock: what is late and whose turn it is, lights, limits, how long steps take; who is in charge; deputies."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app import acts
from app.across.clock import announced, files, forms, queries, shown
from app.across.clock.reckoning import Light
from app.across.clock.steps import STEPS
from app.downloads import download
from app.kernel import clock
from app.kernel.errors import NotAllowed
from app.kernel.listing import Column, Listing
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.charges import actions as charging
from app.services.charges import queries as charges
from app.services.charges.models import Deputy
from app.services.charges.rules import FileKind, may_hand_over
from app.services.people import queries as people
from app.services.rulebook.forms import FIRST_YEAR, LAST_YEAR

bp = Blueprint("clock", __name__, url_prefix="/clock", template_folder="templates")


@bp.get("/")
@allow(Do.PROPOSALS_READ)
def index() -> Any:
    listing = shown.listing(request.args or shown.LATE, clock.now())
    return render_template("clock/index.html", listing=listing, Light=Light, unit_said=shown.unit_said)


@bp.get("/items.xlsx")
@allow(Do.PROPOSALS_READ)
def export() -> Any:
    return download(shown.listing(request.args, clock.now()).xlsx(_("Deadlines by law")), "thoi-han.xlsx")


@bp.get("/lights")
@allow(Do.PROPOSALS_READ)
def lights() -> Any:
    return render_template("clock/lights.html", lights=shown.Lights(clock.now()))


@bp.get("/limits")
@allow(Do.PROPOSALS_READ)
def limits() -> Any:
    known, today = queries.Limits(), clock.today()
    return render_template("clock/limits.html", lines=[(step, known.of(step.rule, today)) for step in STEPS], unit_said=shown.unit_said)


def _statistics() -> tuple[Any, list[shown.Taken]]:
    span = shown.span_of(request.args, clock.today())
    return span, shown.taken(clock.now(), span)


@bp.get("/statistics")
@allow(Do.PROPOSALS_READ)
def statistics() -> Any:
    span, taken = _statistics()
    longest = max((max(t.ninety or 0, t.days or 0) for t in taken), default=0)
    return render_template("clock/statistics.html", span=span, taken=taken, longest=longest or 1, unit_said=shown.unit_said)


@bp.get("/statistics.xlsx")
@allow(Do.PROPOSALS_READ)
def statistics_export() -> Any:
    _span, taken = _statistics()
    return download(shown.sheet(taken).xlsx(_("How long the steps take")), "thoi-gian-xu-ly.xlsx")


@bp.route("/calendar", methods=["GET", "POST"])
@allow(Do.RULEBOOK_REVISE)
@writes
def announce() -> Any:
    """Several days of a year: shown first with what they move, entered once that was seen."""
    year = request.args.get("year", clock.today().year, type=int)
    year = year if FIRST_YEAR <= year <= LAST_YEAR else clock.today().year
    form, moved = forms.Announced(), None
    if form.validate_on_submit():
        found = announced.lines(form.days.data, year)
        if form.seen.data:
            n = announced.enter(found, source=form.source.data, by=current_user, at=clock.now())
            return done(_("%(n)s days are entered.", n=n), url_for("rulebook.calendar", year=year))
        moved = announced.moved(found, clock.now())
    return render_template("clock/announced.html", form=form, year=year, moved=moved)


# --- who is in charge -----------------------------------------------------------------------------------------


@bp.get("/charges")
@allow(Do.PROPOSALS_READ)
def in_charge() -> Any:
    listing = files.listing(request.args, charges.officers())
    return render_template("clock/charges.html", listing=listing, pages=files.PAGES, kinds=FileKind, counts=files.counts(), nobody=files.NOBODY)


@bp.get("/charges.xlsx")
@allow(Do.PROPOSALS_READ)
def charges_export() -> Any:
    return download(files.listing(request.args, charges.officers()).xlsx(_("Who is in charge")), "phu-trach.xlsx")


@bp.route("/charges/hand-over", methods=["GET", "POST"])
@allow(Do.CHARGES_HAND_OVER)
@writes
def hand_over() -> Any:
    """One file, several, or all of an officer: named in the address, ticked in the form."""
    officer = people.user_by_pid(request.args["all-of"]) if request.args.get("all-of") else None
    offered = files.all_of(officer) if officer else files.chosen(request.form.getlist("file") + request.args.getlist("file"))
    if request.method == "GET" and officer is not None and not may_hand_over(current_user, officer.id):
        raise NotAllowed(N_("A file is handed over by the officer in charge or by a leader."))
    form = forms.HandOver(file=[f"{f.kind}:{f.pid}" for f in offered])
    form.file.choices = [(f"{f.kind}:{f.pid}", f"{_(f.kind.label)} {f.ref}: {f.title}") for f in offered]
    form.officer.choices = [(o.public_id, o.name) for o in charges.officers()]
    if form.validate_on_submit():
        to = or_404(people.user_by_pid(form.officer.data))
        moved = charging.hand_over([f for f in offered if f"{f.kind}:{f.pid}" in form.file.data], to, reason=form.reason.data, by=current_user, at=clock.now())
        return done(_("%(n)s files are in the charge of %(name)s now.", n=moved, name=to.name), url_for(".in_charge", officer=to.public_id))
    return render_template("clock/hand_over.html", form=form, offered=offered)


@bp.get("/of/<pid>")
@allow(Do.PAPERS_READ)
def of(pid: str) -> Any:
    """What is open of one officer: where a desk leads who deputises."""
    officer = or_404(people.user_by_pid(pid))
    return redirect(url_for(".index", show="open", officer=officer.public_id) if current_user.can(Do.PROPOSALS_READ) else url_for(".deputies"))


# --- deputies -------------------------------------------------------------------------------------------------


@bp.get("/deputies")
@allow(Do.PAPERS_READ)
def deputies() -> Any:
    return render_template("clock/deputies.html", listing=_deputies(), today=clock.today(), kinds=FileKind, may_name=acts.fits(None, _named))


def _deputies() -> Listing:
    statement = charges.deputies_statement()
    if not current_user.can(Do.PROPOSALS_READ):
        statement = statement.where((Deputy.absent_id == current_user.id) | (Deputy.deputy_id == current_user.id))
    columns = [Column("first", _("First day"), lambda r: r.first_day, sort=Deputy.first_day), Column("last", _("Last day"), lambda r: r.last_day, sort=Deputy.last_day),
               Column("absent", _("Who is away"), lambda r: r.absent.name), Column("deputy", _("Deputy"), lambda r: r.deputy.name)]  # fmt: skip
    return Listing(statement, request.args, key=Deputy.id, columns=columns, default="-first")


def _named(_row: Any, by: Any) -> None:
    charging.may_name_deputy(by)


@bp.route("/deputies/new", methods=["GET", "POST"])
@allow(Do.PAPERS_READ, post=Do.FILES_ATTACH)  # who works on files, as the auditor does not
@writes
def name_deputy() -> Any:
    colleagues = charging.colleagues(current_user)
    form = forms.NameDeputy(absent=current_user.public_id, kinds=[str(k) for k in FileKind])
    form.absent.choices = [(u.public_id, u.name) for u in charging.may_be_away(current_user, colleagues)]
    form.deputy.choices = [(u.public_id, u.name) for u in colleagues]
    form.kinds.choices = [(str(k), _(k.label)) for k in FileKind]
    if form.validate_on_submit():
        absent, deputy = or_404(people.user_by_pid(form.absent.data)), or_404(people.user_by_pid(form.deputy.data))
        charging.name_deputy(absent, deputy, form.first_day.data, form.last_day.data, [FileKind(k) for k in form.kinds.data], reason=form.reason.data, by=current_user,
                             at=clock.now())  # fmt: skip
        return done(_("%(deputy)s deputises for %(absent)s.", deputy=deputy.name, absent=absent.name), url_for(".deputies"))
    return render_template("clock/name_deputy.html", form=form)


@bp.route("/deputies/<pid>/end", methods=["GET", "POST"])
@allow(Do.PAPERS_READ, post=Do.FILES_ATTACH)  # who works on files, as the auditor does not
@writes
def end_deputy(pid: str) -> Any:
    row = or_404(charges.deputy_by_pid(pid))
    if current_user.id not in (row.absent_id, row.deputy_id) and not current_user.can(Do.PROPOSALS_READ):
        or_404(None)
    form = forms.EndDeputy()
    if request.method == "GET":
        charging.may_end_deputy(row, current_user)
    if form.validate_on_submit():
        charging.end_deputy(row, reason=form.reason.data, by=current_user, at=clock.now())
        return done(_("The deputyship is ended."), url_for(".deputies"))
    return render_template("clock/end_deputy.html", form=form, row=row)


