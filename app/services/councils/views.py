"""/councils: the list, one council, setting it up by two persons."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.downloads import download
from app.kernel import clock, journal
from app.kernel.errors import NotAllowed
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.services.councils import (
    actions,
    awaited_views,
    ballot_views,
    blank_views,
    clash_views,
    forms,
    pool,
    pool_views,
    queries,
    remark_views,
    result_views,
    room_views,
    rules_shown,
    sealing,
    session_views,
    shown,
    teller_views,
    what_if_views,
)
from app.services.councils.actions.session import quorum, runs
from app.services.councils.actions.setup import papers_due
from app.services.councils.blueprint import bp, found, seat_in
from app.services.councils.models import Council
from app.services.councils.rules import COUNCIL, PREPARED, CouncilState, Kind
from app.services.experts import queries as experts
from app.services.papers import queries as papers
from app.services.people import queries as people
from app.services.rulebook import queries as rulebook

__all__ = ["awaited_views", "ballot_views", "blank_views", "bp", "clash_views", "pool", "remark_views", "result_views", "room_views", "session_views", "teller_views", "what_if_views"]
public_bp = pool_views.public_bp
REFRESH = 20  # seconds between two looks at a running session


def init_app(app: Flask) -> None:
    """The keys of sealed ballots follow the settings."""
    sealing.configure(app.config["BALLOT_KEYS"])


def _councils() -> Listing:
    return Listing(
        queries.councils_statement(current_user), request.args, key=Council.id, default="-created",
        columns=[
            Column("title", _("Council"), lambda c: c.title, sort=Council.title),
            Column("kind", _("Kind"), lambda c: _(c.kind.label)),
            Column("items", _("On the agenda"), lambda c: len(c.agenda)),
            Column("members", _("Members"), lambda c: len(c.seats)),
            Column("meets", _("Session"), lambda c: c.meets_at),
            Column("decision", _("Decision"), lambda c: c.decision_number),
            Column("created", _("Begun"), lambda c: c.created_at, sort=Council.created_at),
            Column("state", _("State"), lambda c: _(c.state.label)),
        ],
        filters=[
            Filter("q", _("Words of the title"), lambda s, v: s.where(Council.folded.contains(fold(v), autoescape=True))),
            Filter("kind", _("Kind"), lambda s, v: s.where(Council.kind == v), choices=[(str(k), _(k.label)) for k in Kind]),
            Filter("state", _("State"), lambda s, v: s.where(Council.state == v), choices=[(str(x), _(x.label)) for x in CouncilState]),
        ],
    )  # fmt: skip


@bp.get("/")
@allow(SIGNED_IN)
def index() -> Any:
    return render_template("councils/index.html", listing=_councils())


@bp.get("/councils.xlsx")
@allow(SIGNED_IN)
def export() -> Any:
    return download(_councils().xlsx(_("Councils")), "hoi-dong.xlsx")


# --- one council ----------------------------------------------------------------------------------------------


@bp.get("/<pid>")
@allow(SIGNED_IN)
def show(pid: str) -> Any:
    council = found(pid)
    seat = queries.seat_of(council, current_user)
    officer = current_user.can(Do.COUNCILS_READ)
    timeline = journal.timeline([journal.subject_key(council)]) if officer else []
    return render_template(
        "councils/show.html", council=council, seat=seat, items=shown.items(council, seat), rules=rules_shown.in_words(queries.rule_rows(council, on=clock.today())),
        quorum=shown.told(quorum(council, clock.now())) if council.state in actions.UNDER_WAY else [],
        composition=shown.told(shown.ready(council)) if council.state in PREPARED else [],
        warnings=shown.beside(council) if officer and council.state in (*PREPARED, CouncilState.ESTABLISHED) else [],
        papers=[p for p in papers.of(council) if officer or queries.reads_paper(council, p, current_user)], timeline_entries=timeline,
        invitations=queries.invitations(council) if officer else queries.invitations(council, seat=seat) if seat else [], prints=runs(council, current_user) or seat is not None,
        next_steps=shown.next_steps(council, seat), counted=bool(queries.counted_items(council)), recusals=clash_views.out_of_items(council, keeps=runs(council, current_user)) if officer or runs(council, current_user) else [],
        signed=clash_views.signed(seat), composes=current_user.can(Do.COUNCILS_RUN),
        asked=pool_views.answers(council) if current_user.can(Do.COUNCILS_RUN) and council.state in PREPARED else {},
        bodies=experts.bodies_of(s.user for s in council.seats), leader=queries.presiding(council), keeper=queries.keeping(council), refresh=REFRESH if council.state == CouncilState.CONVENED else 0, officer=officer,
        gives_back=runs(council, current_user) and fits(council, actions.check_giving_back) and actions.may_give_back(council),
        kept={seat_id for item in queries.open_items(council) for seat_id in queries.cast_by(council)[item.id]} if council.state == CouncilState.ESTABLISHED else set(),
        replaces=current_user.can(Do.COUNCILS_ESTABLISH) and COUNCIL.may(council, "replace"), removes=current_user.can(Do.COUNCILS_RUN) and council.state == CouncilState.DRAFT,
    )  # fmt: skip


# --- set-up ---------------------------------------------------------------------------------------------------


@bp.route("/<pid>/appoint", methods=["GET", "POST"])
@allow(Do.COUNCILS_RUN)
@writes
def appoint(pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "propose"))
    people_free = queries.candidates(council)
    form = forms.Appoint.of(council, people_free, queries.sessions_held(u.id for u in people_free))
    if form.validate_on_submit():
        user = or_404(people.user_by_pid(form.user.data or ""))
        actions.appoint(council, user, form.role.data, explanation=form.explanation.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("%(name)s has a seat.", name=user.name), url_for(".show", pid=pid))
    if request.method == "GET" and request.args.get("user"):
        form.user.data = request.args["user"]
    return render_template("councils/appoint.html", council=council, form=form, **pool_views.suggested(council))


@bp.route("/<pid>/seats/<seat_pid>/remove", methods=["GET", "POST"])
@allow(Do.COUNCILS_RUN)
@writes
def remove(pid: str, seat_pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "propose"))
    seat = seat_in(council, seat_pid)
    form = forms.Plain(obj=council)
    if form.validate_on_submit():
        actions.remove(council, seat, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The seat is free again."), url_for(".show", pid=pid))
    return render_template("councils/remove.html", council=council, seat=seat, form=form)


@bp.route("/<pid>/schedule", methods=["GET", "POST"])
@allow(Do.COUNCILS_RUN)
@writes
def schedule(pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "propose", "establish", "convene"))
    form = forms.Schedule(obj=council)
    if form.validate_on_submit():
        actions.schedule(council, meets_at=form.meets_at.data, place=form.place.data or "", seen=form.version.data, by=current_user, at=clock.now())
        met = clock.local(council.meets_at).date()
        off = _("Please note: the session lies on %(day)s, a day off.", day=f"{met:%d/%m/%Y}") if rulebook.is_off()(met) else ""
        return done(" ".join(filter(None, (_("Saved."), off))), url_for(".show", pid=pid))
    return render_template("councils/schedule.html", council=council, form=form, first=papers_due(council, on=clock.today()),
                           rule=queries.rule_rows(council, on=clock.today())[f"councils.{council.kind}.papers_days"])  # fmt: skip


@bp.route("/<pid>/propose", methods=["GET", "POST"])
@allow(Do.COUNCILS_RUN)
@writes
def propose(pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "propose"))
    form = forms.Plain(obj=council)
    if form.validate_on_submit():
        actions.propose(council, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The council is proposed; the leader decides on it."), url_for(".show", pid=pid))
    return render_template("councils/propose.html", council=council, form=form, checked=_checked(council), warnings=shown.beside(council),
                           leaders=[u.name for u in people.users_with(Do.COUNCILS_ESTABLISH)])  # fmt: skip


def _checked(council: Council) -> list[shown.Line]:
    size = queries.rule_rows(council, on=clock.today())[f"councils.{council.kind}.size"]
    *seats, time = shown.ready(council)
    papers_days = queries.rule_rows(council, on=clock.today())[f"councils.{council.kind}.papers_days"]
    return [*shown.told(seats, f"{size.source} · {_(size.mark.label)}"), *shown.told([time], f"{papers_days.source} · {_(papers_days.mark.label)}")]


@bp.route("/<pid>/send-back", methods=["GET", "POST"])
@allow(Do.COUNCILS_ESTABLISH)
@writes
def send_back(pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "send_back"))
    form = forms.Reason(obj=council)
    if form.validate_on_submit():
        actions.send_back(council, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The proposal is sent back; the officer is told why."), url_for(".show", pid=pid))
    return render_template("councils/send_back.html", council=council, form=form)


@bp.route("/<pid>/establish", methods=["GET", "POST"])
@allow(Do.COUNCILS_ESTABLISH)
@writes
def establish(pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "establish"))
    form = forms.Establish(data={"dated": clock.today(), "version": council.version})
    if form.validate_on_submit():
        actions.establish(council, number=form.number.data or "", dated=form.dated.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The council is established; its members are invited."), url_for(".show", pid=pid))
    return render_template("councils/establish.html", council=council, form=form, checked=_checked(council), warnings=shown.beside(council))


@bp.route("/<pid>/seats/<seat_pid>/replace", methods=["GET", "POST"])
@allow(Do.COUNCILS_ESTABLISH)
@writes
def replace(pid: str, seat_pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "replace"))
    seat = ready(seat_in(council, seat_pid), lambda row, _by: actions.check_replaceable(council, row))
    people_free = queries.candidates(council)
    form = forms.Replace(data={"dated": clock.today(), "version": council.version})
    form.user.choices = forms.experts(people_free, queries.sessions_held(u.id for u in people_free))
    if form.validate_on_submit():
        user = or_404(people.user_by_pid(form.user.data or ""))
        actions.replace(council, seat, user, number=form.number.data or "", dated=form.dated.data, reason=form.reason.data or "",
                        explanation=form.explanation.data, seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("%(name)s has a seat.", name=user.name), url_for(".show", pid=pid))
    if request.method == "GET" and request.args.get("user"):
        form.user.data = request.args["user"]
    return render_template("councils/replace.html", council=council, seat=seat, form=form, **pool_views.suggested(council))


@bp.route("/<pid>/dissolve", methods=["GET", "POST"])
@allow(SIGNED_IN)
@writes
def dissolve(pid: str) -> Any:
    """Officers dissolve what they prepare; an established council ends by the leader's decision."""
    council = found(pid, moves(COUNCIL, "dissolve"), actions.check_dissolvable)
    move = COUNCIL.table.get((council.state, "dissolve"))
    if not current_user.can(move.do if move is not None else Do.COUNCILS_RUN):
        raise NotAllowed(_("A council in preparation is dissolved by an officer, an established one by the leader."))
    decided = council.state == CouncilState.ESTABLISHED
    form = forms.Dissolve(data={"dated": clock.today(), "version": council.version}) if decided else forms.Reason(obj=council)
    if form.validate_on_submit():
        number, dated = (form["number"].data, form["dated"].data) if decided else (None, None)
        actions.dissolve(council, form["reason"].data or "", number=number, dated=dated, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The council is dissolved."), url_for(".show", pid=pid))
    return render_template("councils/dissolve.html", council=council, form=form, decided=decided)
