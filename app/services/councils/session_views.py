"""/councils/…: the session, its boxes; another session, an item given back."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import moves, ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.services.councils import actions, clash_views, forms, queries, shown
from app.services.councils.actions.conclusion import (
    check_endable,
    ranked,
    tied_items,
)
from app.services.councils.actions.session import (
    broken_items,
    check_openable,
    quorum,
    runs,
)
from app.services.councils.blueprint import bp, found, item_in
from app.services.councils.models import AgendaItem, Council
from app.services.councils.rules import COUNCIL, Check
from app.services.people.recent import recently

__all__ = ["bp", "runs"]


@bp.route("/<pid>/declare", methods=["GET", "POST"])
@allow(Do.COUNCILS_SIT)
@writes
def declare(pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "convene", "adjourn"))
    seat = or_404(queries.seat_of(council, current_user))
    known = clash_views.known_of(council, seat)
    form = forms.Declare.of(council.agenda, [item.public_id for item, _said in known])
    if form.validate_on_submit():
        actions.declare(council, dict.fromkeys(form.items.data or [], form.reason.data or ""), by=current_user, at=clock.now())
        return done(" ".join([_("Your declaration is recorded."), *_hopeless(queries.fresh(council))]), url_for(".show", pid=pid))
    return render_template("councils/declare.html", council=council, form=form, seat=seat, known=known,
                           together=len(council.agenda) > 1 and queries.out_of_competitors(council, queries.rules_of(council, on=clock.today())))  # fmt: skip


@bp.route("/<pid>/attend", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def attend(pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "convene", "adjourn"))
    actions.must_run(council, current_user)
    form = forms.Attend.of(council)
    if form.validate_on_submit():
        actions.attend(council, set(form.present.data or []), authorisation=council.authorisation, secretary=form.secretary.data, seen=form.version.data,
                       by=current_user, at=clock.now())  # fmt: skip
        return done(" ".join([_("Attendance is noted."), *_unable(queries.fresh(council))]), url_for(".show", pid=pid))
    return render_template("councils/attend.html", council=council, form=form, hopeless=_hopeless(council), vice=any(str(s.role) == "vice_chair" for s in council.seats))


@bp.route("/<pid>/convene", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def convene(pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "convene"), actions.must_run, lambda row, _by: check_openable(row, clock.now()))
    actions.must_run(council, current_user)
    form = forms.Plain(obj=council)
    if form.validate_on_submit():
        actions.convene(council, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The session is open. The order of work leads through it step by step."), url_for(".room", pid=pid))
    called = clock.local(council.meets_at).date() if council.meets_at else clock.today()
    return render_template("councils/convene.html", council=council, form=form, checked=shown.told(quorum(council, clock.now())), items=shown.items(council, None),
                           late=(clock.today() - called).days, called=called)  # fmt: skip


@bp.route("/<pid>/items/<item_pid>/open-box", methods=["GET", "POST"])
@allow(Do.COUNCILS_SIT)
@recently
@writes
def open_box(pid: str, item_pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "open_box"))
    or_404(queries.seat_of(council, current_user))
    item = item_in(council, item_pid)
    actions.must_preside(council, item, current_user)
    ready(item, lambda row, _by: actions.refuse_unready(council, row, clock.now()))
    form = forms.Plain()
    if form.validate_on_submit():
        actions.open_box(council, item, by=current_user, at=clock.now())
        return done(_("The box is open and counted."), url_for(".show", pid=pid))
    return render_template("councils/open_box.html", council=council, item=item, form=form, cast=len(queries.cast_by(council)[item.id]))


@bp.route("/<pid>/conclude", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def conclude(pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "conclude"), actions.must_run, check_endable)
    actions.must_run(council, current_user)
    running = council.state in actions.UNDER_WAY
    points = actions.open_points(council, clock.now()) if running else []
    term = _revision(council) if running else None
    form = forms.conclude_form(points, revises=term is not None, data={"version": council.version, "outcome": "approve"})
    tied = tied_items(council, clock.now()) if running else []
    form["chosen"].choices = [(item.public_id, item.title) for item in tied]
    if form.validate_on_submit():
        actions.conclude(council, conclusion=form.conclusion.data or "", chosen=form.chosen.data, reason=form.reason.data, settled=forms.settled_in(form, points),
                         verdict=forms.verdict_in(form), seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("The session is concluded; the minutes are issued."), url_for(".show", pid=pid))
    return render_template("councils/conclude.html", council=council, form=form, tied=tied, points=points, term=term, items=shown.items(council, None))


@bp.route("/<pid>/adjourn", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def adjourn(pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "adjourn"))
    actions.must_run(council, current_user)
    form = forms.Adjourn(data={"place": council.place, "version": council.version})
    if form.validate_on_submit():
        actions.adjourn(council, reason=form.reason.data or "", meets_at=form.meets_at.data, place=form.place.data or "", seen=form.version.data, by=current_user,
                        at=clock.now())  # fmt: skip
        return done(_("The session is adjourned; all members are invited to the next one."), url_for(".show", pid=pid))
    return render_template("councils/adjourn.html", council=council, form=form, left=queries.open_items(council))


@bp.route("/<pid>/items/<item_pid>/give-back", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def give_back(pid: str, item_pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "give_back"), actions.must_run, actions.check_giving_back)
    actions.must_run(council, current_user)
    item = item_in(council, item_pid)
    form = forms.Reason(obj=council)
    if form.validate_on_submit():
        actions.give_back(council, item, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The item is given back; it can be put to another council."), url_for(".show", pid=pid))
    together = queries.procedure(council).together
    return render_template("councils/give_back.html", council=council, form=form, items=queries.open_items(council) if together else [item])


def _revision(council: Council) -> Any:
    """The rule of how long a revision may take, when something can be recommended for approval after one; True where no rule says it."""
    key = queries.procedure(council).revision_rule
    if key is None or not any(r["passed"] for r in ranked(council, clock.now()).values()):
        return None
    return queries.rule_rows(council, on=clock.today()).get(key, True)


def _named(broken: dict[AgendaItem, list[Check]]) -> list[str]:
    """Which items have no quorum, and why."""
    return [_("Item %(n)s has no quorum: %(why)s", n=item.position, why=shown.told(checks)[0][1]) for item, checks in broken.items()]


def _hopeless(council: Council) -> list[str]:
    """Items that have no quorum even when every member comes."""
    return _named(broken_items(council, clock.now(), all_there=True))


def _unable(council: Council) -> list[str]:
    return _named(broken_items(council, clock.now())) if any(s.present for s in council.seats) else []
