"""/experts: the pool, one expert, the own entry, the import."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import String, cast

from app.acts import moves, ready
from app.downloads import download
from app.kernel import clock, journal
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.services.experts import (
    actions,
    forms,
    importing,
    invitation_views,
    queries,
    vocabulary,
)
from app.services.experts.models import Expert
from app.services.experts.rules import EXPERT, Degree, ExpertState, Language, Why
from app.services.people.models import User
from app.services.profiles import queries as profiles
from app.shown import language

bp = Blueprint("experts", __name__, url_prefix="/experts", template_folder="templates")
public_bp = invitation_views.public_bp


def _day(text: str) -> date | None:
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:
        return None


def _there(statement: Any, text: str) -> Any:
    day = _day(text)
    return statement.where(queries.is_there(day)) if day else statement


def _listing() -> Listing:
    at = clock.now()
    names = {f.code: f.face(language()) for f in vocabulary.fields()}
    lately, open_now = queries.lately(at), queries.open_now()
    return Listing(
        queries.rows_with_load(at), request.args, key=Expert.id, default="name", scalars=False,
        columns=[
            Column("name", _("Name"), lambda r: r.Expert.name, sort=Expert.sort_name, place=lambda r: r.Expert.sort_name),
            Column("degree", _("Degree"), lambda r: _(r.Expert.degree.label)),
            Column("body", _("Organisation"), lambda r: r.Expert.body),
            Column("fields", _("Fields"), lambda r: "; ".join(names.get(f.code, f.code) for f in r.Expert.fields)),
            Column("speciality", _("Speciality"), lambda r: r.Expert.speciality),
            Column("languages", _("Languages"), lambda r: ", ".join(_(Language(x).label) for x in r.Expert.languages)),
            Column("lately", _("Councils in 12 months"), lambda r: r.lately, sort=lately),
            Column("open", _("Open now"), lambda r: r.open_now, sort=open_now),
            Column("email", _("E-mail address"), lambda r: r.Expert.email),
            Column("phone", _("Telephone"), lambda r: r.Expert.phone),
            Column("added", _("On the list since"), lambda r: r.Expert.added_at, sort=Expert.added_at),
            Column("state", _("State"), lambda r: _(r.Expert.state.label)),
        ],
        filters=[
            Filter("q", _("Name, organisation, speciality"), lambda s, v: s.where(queries.holding(v))),
            Filter("field", _("Field"), lambda s, v: s.where(queries.in_field(v)), choices=list(names.items())),
            Filter("state", _("State"), lambda s, v: s.where(Expert.state == v), choices=[(str(x), _(x.label)) for x in ExpertState]),
            Filter("degree", _("Degree"), lambda s, v: s.where(Expert.degree == v), choices=[(str(x), _(x.label)) for x in Degree]),
            Filter("language", _("Language"), lambda s, v: s.where(cast(Expert.languages, String).contains(f'"{v}"')), choices=[(str(x), _(x.label)) for x in Language]),
            Filter("on", _("Free on (dd/mm/yyyy)"), _there),
        ],
    )  # fmt: skip


@bp.get("/")
@allow(Do.COUNCILS_READ)
def index() -> Any:
    return render_template("experts/index.html", listing=_listing(), today=clock.today())


@bp.get("/experts.xlsx")
@allow(Do.COUNCILS_READ)
def export() -> Any:
    return download(_listing().xlsx(_("Experts")), "chuyen-gia.xlsx")


# --- the own entry --------------------------------------------------------------------------------------------


def _own() -> Expert:
    return or_404(queries.of_user(current_user))  # type: ignore[no-any-return]


def _names(row: Expert) -> list[str]:
    found = {f.code: f.face(language()) for f in vocabulary.fields()}
    return [found.get(f.code, f.code) for f in row.fields]


@bp.get("/me")
@allow(Do.COUNCILS_SIT)
def me() -> Any:
    row = queries.of_user(current_user)
    return render_template("experts/me.html", expert=row, fields=_names(row) if row else [], seats=queries.seats_of(row) if row else [])


@bp.route("/me/edit", methods=["GET", "POST"])
@allow(Do.COUNCILS_SIT)
@writes
def edit_own() -> Any:
    row = queries.of_user(current_user)
    form = forms.Own.of(row)
    if form.validate_on_submit():
        if row is None:
            actions.begin_own(form.values(), by=current_user, at=clock.now())
        else:
            actions.edit_own(row, form.values(), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for(".me"))
    return _form(form, _("My fields and languages"), _("Save"), url_for(".me"), mine=True)


@bp.route("/me/away", methods=["GET", "POST"])
@allow(Do.COUNCILS_SIT)
@writes
def away_own() -> Any:
    row, form = _own(), forms.Away()
    if form.validate_on_submit():
        actions.add_away(row, form.since.data, form.until.data, form.note.data, by=current_user, at=clock.now())
        return done(_("Saved. You are not suggested for sessions on these days."), url_for(".me"))
    return _form(form, _("Days on which I cannot sit"), _("Save"), url_for(".me"), mine=True)


@bp.post("/me/away/<away_pid>/remove")
@allow(Do.COUNCILS_SIT)
@writes
def remove_own_away(away_pid: str) -> Any:
    actions.remove_away(_own(), away_pid, by=current_user, at=clock.now())
    return done(_("Removed."), url_for(".me"))


# --- by officers ----------------------------------------------------------------------------------------------


def _form(form: Any, title: str, button: str, back: str, *, mine: bool = False, **more: Any) -> Any:
    return render_template("experts/act.html", form=form, title=title, button=button, back=back, mine=mine, **more)


def _one(pid: str, *guards: Any) -> Expert:
    return ready(queries.by_pid(pid), *guards)  # type: ignore[no-any-return]


@bp.route("/new", methods=["GET", "POST"])
@allow(Do.COUNCILS_RUN)
@writes
def new() -> Any:
    form = forms.New.of(None)
    if form.validate_on_submit():
        row = actions.add(form.values(), by=current_user, at=clock.now())
        return done(_("%(name)s is on the list. Nobody is written to yet.", name=row.name), url_for(".show", pid=row.public_id))
    return _form(form, _("Put an expert on the list"), _("Put on the list"), url_for(".index"))


@bp.get("/<pid>")
@allow(Do.COUNCILS_READ)
def show(pid: str) -> Any:
    row = _one(pid)
    cv = profiles.latest_cvs({row.user_id}).get(row.user_id) if row.user_id else None
    career = cv.answers.get("career") if cv is not None and isinstance(cv.answers, dict) else None
    return render_template("experts/show.html", expert=row, fields=_names(row), seats=queries.seats_of(row), invitations=queries.invitations_of(row), user=_account(row), cv=cv,
                           career=[c for c in career or [] if isinstance(c, dict)], whys={str(w): w.label for w in Why}, edits=current_user.can(Do.COUNCILS_RUN), today=clock.today(),
                           languages=[_(Language(x).label) for x in row.languages], moves=EXPERT.moves(row) if current_user.can(Do.COUNCILS_RUN) else [],
                           entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


def _account(row: Expert) -> User | None:
    return queries.db.session.get(User, row.user_id) if row.user_id is not None else None


@bp.route("/<pid>/edit", methods=["GET", "POST"])
@allow(Do.COUNCILS_RUN)
@writes
def edit(pid: str) -> Any:
    row = _one(pid)
    form = forms.Edit.of(row)
    if form.validate_on_submit():
        actions.edit(row, form.values(), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for(".show", pid=pid))
    return _form(form, _("Edit"), _("Save"), url_for(".show", pid=pid), crumb=row)


@bp.route("/<pid>/away", methods=["GET", "POST"])
@allow(Do.COUNCILS_RUN)
@writes
def away(pid: str) -> Any:
    row, form = _one(pid), forms.Away()
    if form.validate_on_submit():
        actions.add_away(row, form.since.data, form.until.data, form.note.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for(".show", pid=pid))
    return _form(form, _("Days on which the expert cannot sit"), _("Save"), url_for(".show", pid=pid), crumb=row)


@bp.post("/<pid>/away/<away_pid>/remove")
@allow(Do.COUNCILS_RUN)
@writes
def remove_away(pid: str, away_pid: str) -> Any:
    actions.remove_away(_one(pid), away_pid, by=current_user, at=clock.now())
    return done(_("Removed."), url_for(".show", pid=pid))


@bp.route("/<pid>/invite", methods=["GET", "POST"])
@allow(Do.COUNCILS_RUN)
@writes
def invite_expert(pid: str) -> Any:
    row, form = _one(pid, moves(EXPERT, "invite_expert")), forms.Plain()
    if form.validate_on_submit():
        actions.invite(row, by=current_user, at=clock.now())
        return done(_("The invitation is on its way to %(email)s.", email=row.email), url_for(".show", pid=pid))
    note = _("These get an e-mail: %(names)s.", names=f"{row.name} ({row.email})")
    return _form(form, _("Invite into the pool"), _("Send the invitation"), url_for(".show", pid=pid), crumb=row, note=note)


@bp.route("/<pid>/take-out", methods=["GET", "POST"])
@allow(Do.COUNCILS_RUN)
@writes
def take_out(pid: str) -> Any:
    row, form = _one(pid, moves(EXPERT, "take_out")), forms.Reason()
    if form.validate_on_submit():
        actions.take_out(row, reason=form.reason.data or "", by=current_user, at=clock.now())
        return done(_("%(name)s is out of the pool.", name=row.name), url_for(".show", pid=pid))
    return _form(form, _("Take out of the pool"), _("Take out of the pool"), url_for(".show", pid=pid), crumb=row, danger=True)


# --- import ---------------------------------------------------------------------------------------------------


@bp.get("/template.xlsx")
@allow(Do.COUNCILS_RUN)
def template() -> Any:
    return download(importing.template(language()), "mau-chuyen-gia.xlsx")


@bp.route("/import", methods=["GET", "POST"])
@allow(Do.COUNCILS_RUN)
@writes
def check_workbook() -> Any:
    form = forms.Upload()
    if form.validate_on_submit():
        content = form.file.data.read(importing.LARGEST + 1)
        row = importing.check(form.file.data.filename or "", content, by=current_user, at=clock.now())
        return done(_("The workbook is read. Nothing is written yet."), url_for(".upload", pid=row.public_id))
    return render_template("experts/import.html", form=form)


@bp.route("/uploads/<pid>", methods=["GET", "POST"])
@allow(Do.COUNCILS_RUN)
@writes
def upload(pid: str) -> Any:
    row = or_404(queries.upload_for(current_user, pid))
    form = forms.Plain()
    if form.validate_on_submit():
        count = importing.take_in(row, by=current_user, at=clock.now())
        return done(_("%(n)s people are on the list now. Nobody is written to yet.", n=count), url_for(".index", state="listed"))
    return render_template("experts/upload.html", upload=row, form=form, problems=[_problem(p) for p in row.problems])


def _problem(found: dict[str, Any]) -> tuple[int, str, str]:
    """(line, column, sentence) in the language of the page."""
    line, column, message, params = found["line"], found["column"], found["message"], found["params"]
    said = _(message) % params if params else _(message)
    return line, importing.HEADS.get(column or "", ""), said
