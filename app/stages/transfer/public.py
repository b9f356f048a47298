"""/public/results: registered results that were made public, and the form to express interest in one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask_babel import gettext as _

from app.kernel import clock
from app.kernel.listing import Column, Filter, Listing
from app.kernel.web import PUBLIC, allow, done, or_404, writes
from app.kernel.words import N_
from app.services.files.views import given_out
from app.shown import language
from app.stages.acceptance import resultfacts, resultkinds
from app.stages.acceptance.models import Result
from app.stages.acceptance.rules import ResultKind
from app.stages.plan import scope
from app.stages.transfer import actions, communes, forms, pictures, queries, sites
from app.stages.transfer.rules import Use

OPEN_KINDS = frozenset({ResultKind.PUBLICATION, ResultKind.VARIETY, ResultKind.STANDARD})  # what is printed elsewhere anyway; a process stays with who has a contract
public_bp = Blueprint("public_results", __name__, url_prefix="/public/results", template_folder="templates")


def _english() -> bool:
    return language() == "en"


@public_bp.get("")
@allow(PUBLIC)
def index() -> Any:
    english = _english()
    listing = Listing(
        queries.public_statement(), request.args, key=Result.id, scalars=False, default="-dated", per_page=25,
        columns=[Column("title", N_("Result"), lambda r: r.Result.title, sort=Result.title), Column("kind", N_("Kind"), None), Column("host", N_("Host"), None),
                 Column("dated", N_("Registered on"), lambda r: r.Result.certificate_dated, sort=Result.certificate_dated), Column("use", N_("Use"), None)],
        filters=[Filter("q", N_("Words of the title, code or certificate"), queries.with_words),
                 Filter("sector", N_("Sector"), queries.in_sector, choices=queries.sectors_with_results(english)),
                 Filter("item", N_("Priority item"), queries.of_item, choices=scope.choices(request.args.get("item"), english=english, offered=queries.items_with_results(english))),
                 Filter("kind", N_("Kind"), lambda s, v: s.where(Result.kind == ResultKind(v)), choices=[(str(k), k.label) for k in queries.public_kinds()]),
                 Filter("commune", N_("Used in the commune"), sites.in_commune, choices=communes.choices()),
                 Filter("ready", N_("Readiness"), queries.ready_from, choices=[("4", N_("Works in the laboratory (TRL 4) or more")), ("7", N_("Prototype in use (TRL 7) or more")), ("9", N_("Proven (TRL 9)"))]),
                 Filter("use", N_("Use"), lambda s, v: s.where(queries.use() == v), choices=[(str(u), u.label) for u in Use])],
    )  # fmt: skip
    return render_template("transfer/public_index.html", listing=listing, results=[queries.public_line(r, english) for r in listing.rows])


@public_bp.get("/<pid>")
@allow(PUBLIC)
def show(pid: str) -> Any:
    shown, row = or_404(queries.public_result(pid, _english())), or_404(queries.public_result_row(pid))
    rights = [(r.kind, r.granted_number or r.applied_number, r.state) for r in resultfacts.rights_of(row)]
    return render_template("transfer/public_result.html", result=shown, told=resultkinds.told(row.kind, resultfacts.details_of(row)) if row.kind in OPEN_KINDS else [],
                           rights=rights, pictures=pictures.of([row.id]), english=_english(), files=[(a.public_id, a.filename, a.size) for a in resultfacts.public_files(row)])  # fmt: skip


@public_bp.get("/<pid>/files/<part>")
@allow(PUBLIC)
def public_file(pid: str, part: str) -> Any:
    row = or_404(queries.public_result_row(pid))
    return given_out(or_404(next((a for a in resultfacts.public_files(row) if a.public_id == part), None)))


@public_bp.route("/<pid>/interest", methods=["GET", "POST"])
@allow(PUBLIC)
@writes
def interest(pid: str) -> Any:
    shown = or_404(queries.public_result(pid, _english()))
    form = forms.Interest()
    if form.validate_on_submit():
        actions.express_interest(
            or_404(queries.public_result_row(pid)), name=form.name.data, organisation=form.organisation.data, email=form.email.data, phone=form.phone.data,
            message=form.message.data, trap=form.website.data, locale=language(), address=request.remote_addr, limit=current_app.config["INTEREST_PER_HOUR"], at=clock.now())  # fmt: skip
        return done(_("Thank you. The Department has your message and will answer to the address you left."), url_for(".show", pid=pid))
    return render_template("transfer/public_interest.html", result=shown, form=form)
