"""/organisations: the register, for those who may read about people; officers put an organisation on it and put right what it says."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, ready
from app.downloads import download
from app.kernel import clock, journal
from app.kernel.forms import ChoiceField, DateField, LineField, StageForm, YesField
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import Organisation
from app.services.people.rules import OrganisationKind
from app.services.profiles import belonging, register

bp = Blueprint("organisations", __name__, url_prefix="/organisations")


class Entry(StageForm):
    """What the register says of an organisation."""

    name = LineField(N_("Name of the organisation"), required=True, max=300, hint=N_("In full, as in the decision or registration by which it was founded."))
    since = DateField(N_("The new name holds from"), sometimes=True, hint=N_("Only when the name changes: papers of earlier days keep the old one."))
    name_en = LineField(N_("Name in English"), max=300)
    kind = ChoiceField(N_("Kind"), enum=OrganisationKind, required=True)
    tax_code = LineField(N_("Tax code"), max=20, sometimes=True, hint=N_("Needed of an enterprise or cooperative."))
    address = LineField(N_("Address"), required=True, max=300)
    representative = LineField(N_("Legal representative"), required=True, max=200)
    distinct = YesField(N_("None of the organisations shown is meant; this is another one."))


def _listing() -> Listing:
    return Listing(
        register.statement(), request.args, key=Organisation.id, default="name",
        columns=[
            Column("name", N_("Organisation"), lambda r: r.name, sort=Organisation.folded),
            Column("name_en", N_("Name in English"), lambda r: r.name_en),
            Column("kind", N_("Kind"), lambda r: _(r.kind.label), sort=Organisation.kind),
            Column("tax_code", N_("Tax code"), lambda r: r.tax_code, sort=Organisation.tax_code),
            Column("address", N_("Address"), lambda r: r.address),
            Column("representative", N_("Legal representative"), lambda r: r.representative),
            Column("until", N_("On the list until"), lambda r: r.active_to),
        ],
        filters=[
            Filter("q", N_("Words of the name, or the tax code"), register.having),
            Filter("kind", N_("Kind"), lambda s, v: s.where(Organisation.kind == v), choices=[(str(x), x.label) for x in OrganisationKind]),
            Filter("signs", N_("Who signs for it"), lambda s, v: register.signed_for(s, v == "somebody"), choices=[("somebody", N_("Somebody")), ("nobody", N_("Nobody yet"))]),
            Filter("state", N_("State"), lambda s, v: s.where(Organisation.active_to.is_(None) if v == "now" else Organisation.active_to.is_not(None)),
                   choices=[("now", N_("On the list")), ("past", N_("No more on the list"))]),
        ],
    )  # fmt: skip


@bp.get("/")
@allow(Do.PEOPLE_READ)
def index() -> Any:
    return render_template("profiles/register.html", listing=_listing())


@bp.get("/organisations.xlsx")
@allow(Do.PEOPLE_READ)
def export() -> Any:
    return download(_listing().xlsx(_("Organisations")), "to-chuc.xlsx")


@bp.get("/<pid>")
@allow(Do.PEOPLE_READ)
def show(pid: str) -> Any:
    row = or_404(people.organisation_by_pid(pid))
    steps = [(_("Put right"), url_for(".correct", pid=pid), False)] if current_user.can(Do.PEOPLE_CONFIRM) and fits(row, register.check_in_being) else []
    return render_template("profiles/organisation.html", row=row, steps=steps, names=register.names_of(row), members=register.members_of(row),
                           entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@allow(Do.PEOPLE_CONFIRM)
@writes
def new() -> Any:
    form = Entry(data={"name": nfc(request.args.get("name", ""))[:300]})
    del form.since
    if form.validate_on_submit():
        row = register.register(form.data, distinct=form.distinct.data, by=current_user, at=clock.now())
        return done(_("%(name)s is on the list.", name=row.name), url_for(".show", pid=row.public_id))
    alike = belonging.near(form.name.data or "", nfc(form.tax_code.data or "")) if form.name.data else []
    if not alike:
        del form.distinct
    return render_template("profiles/organisation_act.html", form=form, title=_("Put an organisation on the list"), alike=alike, back=url_for(".index"))


@bp.route("/<pid>/correct", methods=["GET", "POST"])
@allow(Do.PEOPLE_CONFIRM)
@writes
def correct(pid: str) -> Any:
    row = ready(people.organisation_by_pid(pid), register.check_in_being)
    form = Entry(obj=row)
    del form.distinct
    if form.validate_on_submit():
        register.correct(row, form.data, since=form.since.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for(".show", pid=pid))
    return render_template("profiles/organisation_act.html", form=form, title=_("Put right what is said of it"), row=row, alike=[], back=url_for(".show", pid=pid))
