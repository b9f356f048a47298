"""/councils/<pid>/room: the session live, for members and the secretary; the acts of the room."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits
from app.kernel import clock
from app.kernel.errors import WrongState
from app.kernel.permissions import Do
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.kernel.words import N_
from app.services.councils import queries
from app.services.councils.actions.session import must_run
from app.services.councils.blueprint import bp, found, item_in, seat_in
from app.services.councils.models import Council
from app.services.councils.room import actions, forms, shown, talk
from app.services.councils.room import queries as room
from app.services.councils.rules import UNDER_WAY

__all__ = ["bp"]


@bp.get("/<pid>/room", endpoint="room")
@allow(SIGNED_IN)
def page(pid: str) -> Any:
    council = found(pid)
    version = shown.tag_of(room.version(pid))
    return render_template("councils/room/room.html", version=version, live=url_for(".room_live", pid=pid), **shown.scene(council))


@bp.get("/<pid>/room/live", endpoint="room_live")
@allow(SIGNED_IN)
def live(pid: str) -> Any:
    """The living part of the page; 304 while nothing has happened since the version that the browser has."""
    seq, _sits = or_404(room.may_look(pid, current_user))
    version = shown.tag_of(seq)
    if request.if_none_match.contains(version):
        answer = Response(status=304)
    else:
        scene = shown.scene(found(pid))
        now = scene["now"]
        answer = jsonify(html=render_template("councils/room/_live.html", **scene), said=now["words"] if now else "")
    answer.set_etag(version)
    return answer


def _room(pid: str) -> str:
    return url_for("councils.room", pid=pid)


def _act(council: Council, form: Any, title: str, button: str, *, sentence: str | None = None, fields: tuple[str, ...] = (), files: bool = False, **more: Any) -> Any:
    """One act of the room on a page of its own: what a button leads to when it is refused, and without scripts."""
    return render_template("councils/room/act.html", council=council, form=form, title=title, button=button, sentence=sentence, fields=[form[name] for name in fields], files=files,
                           **more)  # fmt: skip


def _keep(pid: str) -> Council:
    """The council, for who keeps its session while it is under way."""
    council = found(pid)
    must_run(council, current_user)
    if request.method == "GET" and council.state not in UNDER_WAY:
        raise WrongState(N_("This session is over."))
    return council


# --- the order of work ----------------------------------------------------------------------------------------


@bp.route("/<pid>/room/move-on", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def move_on(pid: str) -> Any:
    council = _keep(pid)
    course = room.course_of(council, clock.now())
    form = forms.Button(data={"step": actions.key_of(course.next) if course.next else ""})
    if form.validate_on_submit():
        actions.move_on(council, seen=form.step.data, by=current_user, at=clock.now())
        return done(_("The session has moved on."), _room(pid))
    if request.method == "GET":
        _refuse_blocked(council, course)
    coming = shown.station_of(course, course.next)
    return _act(council, form, _("Next step"), _("Go on"), sentence=coming["words"] if coming else None, step=form.step.data)


def _refuse_blocked(council: Council, course: room.Course) -> None:
    """On GET: no form for a step that cannot be taken."""
    if str(council.state) != "convened" or course.next is None:
        raise WrongState(N_("The order of work is followed while the session is open."))
    for refusal in actions.obstacles(council, course, clock.now()):
        raise WrongState(N_("%(why)s"), why=refusal)


@bp.route("/<pid>/room/move-back", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def move_back(pid: str) -> Any:
    council = _keep(pid)
    form = forms.Back()
    if form.validate_on_submit():
        actions.move_back(council, form.reason.data or "", by=current_user, at=clock.now())
        return done(_("The session is one step back."), _room(pid))
    if request.method == "GET":
        actions.check_back(council, current_user)
    return _act(council, form, _("One step back"), _("Go back"), fields=("reason",))


# --- who is there ---------------------------------------------------------------------------------------------


@bp.route("/<pid>/room/mode", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def set_mode(pid: str) -> Any:
    council = _keep(pid)
    rule = room.rule(council, "councils.modes", clock.today())
    form = forms.Mode.of(rule.value, council.meeting_mode or "in_person")
    if form.validate_on_submit():
        actions.set_mode(council, form.mode.data or "", by=current_user, at=clock.now())
        return done(_("Noted how the council meets."), _room(pid))
    return _act(council, form, _("How the council meets"), _("Save"), sentence=f"{rule.source} · {_(rule.mark.label)}", fields=("mode",))


@bp.route("/<pid>/room/authorise", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def authorise(pid: str) -> Any:
    council = _keep(pid)
    form = forms.Authorise()
    if form.validate_on_submit():
        actions.authorise(council, number=form.number.data, dated=form.dated.data, upload=form.file.data, by=current_user, at=clock.now())
        return done(_("The authorisation of the vice chair is noted."), _room(pid))
    if request.method == "GET":
        actions.check_authorised(council, current_user)
    rule = room.rule(council, "councils.vice_chair_needs_authorisation", clock.today())
    said = _("The vice chair presides only with a written authorisation of the chair.")
    return _act(council, form, _("Authorisation of the vice chair"), _("Save"), sentence=f"{said} {rule.source} · {_(rule.mark.label)}", fields=("number", "dated", "file"), files=True)


@bp.route("/<pid>/seats/<seat_pid>/arrive", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def arrive(pid: str, seat_pid: str) -> Any:
    council = _keep(pid)
    seat = seat_in(council, seat_pid)
    form = forms.Came(data={"how": "online" if council.meeting_mode == "online" else "in_person"})
    if form.validate_on_submit():
        actions.arrive(council, seat, form.how.data, by=current_user, at=clock.now())
        return done(_("%(name)s is there.", name=seat.user.name), _room(pid))
    if request.method == "GET" and seat.declared_at is None:
        raise WrongState(N_("%(name)s has not declared yet. Each member first declares conflicts, or that there are none."), name=seat.user.name)
    return _act(council, form, _("%(name)s has come", name=seat.user.name), _("Save"), fields=("how",))


@bp.route("/<pid>/seats/<seat_pid>/depart", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def depart(pid: str, seat_pid: str) -> Any:
    council = _keep(pid)
    seat = seat_in(council, seat_pid)
    form = forms.Button()
    if form.validate_on_submit():
        actions.depart(council, seat, by=current_user, at=clock.now())
        return done(_("%(name)s is noted as gone.", name=seat.user.name), _room(pid))
    if request.method == "GET" and not seat.present:
        raise WrongState(N_("%(name)s is not noted as present."), name=seat.user.name)
    return _act(council, form, _("%(name)s has left", name=seat.user.name), _("Save"), sentence=_("The ballots that this member has cast stay in the box."))


@bp.route("/<pid>/items/<item_pid>/let-in", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def let_in(pid: str, item_pid: str) -> Any:
    council = _keep(pid)
    item = item_in(council, item_pid)
    form = forms.LetIn(data={"how": "online" if council.meeting_mode == "online" else "in_person"})
    if form.validate_on_submit():
        actions.let_in(council, item, form.person.data or "", form.how.data, by=current_user, at=clock.now())
        return done(_("The applicant is in the room."), _room(pid))
    if request.method == "GET" and not room.course_of(council, clock.now()).is_at("interview", item):
        raise WrongState(N_("Applicants come in at the step of their item."))
    return _act(council, form, _("Let the applicant in: item %(n)s", n=item.position), _("Save"), sentence=item.title, fields=("person", "how"))


@bp.route("/<pid>/room/see-out", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def see_out(pid: str) -> Any:
    council = _keep(pid)
    form = forms.Button()
    if form.validate_on_submit():
        actions.see_out(council, by=current_user, at=clock.now())
        return done(_("The applicant has left the room."), _room(pid))
    inside = room.inside(council)
    if request.method == "GET" and not inside:
        raise WrongState(N_("No applicant is in the room."))
    return _act(council, form, _("The applicant leaves the room"), _("Save"), sentence=", ".join(p.person or "" for p in inside))


# --- what is said ---------------------------------------------------------------------------------------------


@bp.route("/<pid>/items/<item_pid>/discuss", methods=["GET", "POST"])
@allow(Do.COUNCILS_SIT)
@writes
def discuss(pid: str, item_pid: str) -> Any:
    council = found(pid)
    item = item_in(council, item_pid)
    form = forms.Note()
    if form.validate_on_submit():
        talk.discuss(council, item, form.text.data or "", by=current_user, at=clock.now())
        return done(_("The other members can read it."), f"{_room(pid)}#talk-{item.position}")
    if request.method == "GET":
        talk.may_discuss(council, item, by=current_user, at=clock.now())
    return _act(council, form, _("Discussion: item %(n)s", n=item.position), _("Say it"), sentence=item.title, fields=("text",))


@bp.route("/<pid>/items/<item_pid>/ask", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def ask(pid: str, item_pid: str) -> Any:
    council = found(pid)
    item = item_in(council, item_pid)
    form = forms.Ask()
    if form.validate_on_submit():
        talk.ask(council, item, form.text.data or "", form.due_on.data, by=current_user, at=clock.now())
        return done(_("The question is put; each applicant is told by e-mail."), f"{_room(pid)}#talk-{item.position}")
    if request.method == "GET":
        talk.may_ask(council, item, by=current_user, at=clock.now())
    return _act(council, form, _("Question to the applicant: item %(n)s", n=item.position), _("Put the question"), sentence=item.title, fields=("text", "due_on"),
                mailed=[u.name for u in talk.applicants(item)])  # fmt: skip


@bp.route("/questions/<pid>", methods=["GET", "POST"])
@allow(SIGNED_IN)
@writes
def question(pid: str) -> Any:
    """The applicant reads a question of the council and answers it. Nothing else of the council is shown."""
    row = or_404(room.asking_by_pid(pid))
    if current_user.id not in {u.id for u in talk.applicants(row.item)}:
        or_404(None)
    form = forms.Answer()
    if form.validate_on_submit():
        council = or_404(queries.council_of_item(row.item))
        talk.answer(council, row, form.answer.data or "", by=current_user, at=clock.now())
        return done(_("Your answer has reached the council."), url_for(".question", pid=pid))
    return render_template("councils/room/question.html", row=row, form=form, open=_is_open(row))


def _is_open(row: Any) -> bool:
    return fits(row, talk.may_answer) and bool(clock.today() <= row.due_on)

