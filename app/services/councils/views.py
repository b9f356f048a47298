"""/councils: the list, one council, setting it up, its session, a member's ballot."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import Guard, moves, ready
from app.downloads import download
from app.kernel import clock, journal, subjects
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.services.councils import actions, forms, queries
from app.services.councils.actions.session import quorum, ranked, runs, tied_items
from app.services.councils.actions.setup import papers_due
from app.services.councils.models import AgendaItem, Council
from app.services.councils.rules import COUNCIL, CouncilState, Kind, check_composition
from app.services.papers import queries as papers
from app.services.people import queries as people

bp = Blueprint("councils", __name__, url_prefix="/councils", template_folder="templates")
REFRESH = 20  # seconds between two looks at a running session


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


def _found(pid: str, *guards: Guard) -> Council:
    return ready(queries.council_for(current_user, pid), *guards)  # type: ignore[no-any-return]


def _item(council: Council, item_pid: str) -> AgendaItem:
    return or_404(queries.item_by_pid(council, item_pid))  # type: ignore[no-any-return]


# --- one council ----------------------------------------------------------------------------------------------


@bp.get("/<pid>")
@allow(SIGNED_IN)
def show(pid: str) -> Any:
    council = _found(pid)
    seat = queries.seat_of(council, current_user)
    officer = current_user.can(Do.COUNCILS_READ)
    timeline = journal.timeline([journal.subject_key(council)]) if officer else []
    return render_template(
        "councils/show.html", council=council, seat=seat, items=_items(council, seat), rules=queries.rule_rows(council, on=clock.today()),
        quorum=[(c.kept, _(c.sentence, **_said(c)), "") for c in quorum(council, clock.now())] if council.state in actions.UNDER_WAY else [],
        composition=[(c.kept, _(c.sentence, **_said(c)), "") for c in _composition(council)] if council.state == CouncilState.DRAFT else [],
        papers=[p for p in papers.of(council) if officer or queries.reads_paper(council, p, current_user)], timeline_entries=timeline, next_steps=_next(council, seat), recusals=queries.recusal_rows(council) if officer else [],
        seats={s.id: s for s in council.seats}, leader=queries.presiding(council), refresh=REFRESH if council.state == CouncilState.CONVENED else 0,
        officer=officer,
    )  # fmt: skip


def _said(check: Any) -> dict[str, Any]:
    return {k: _(v) if isinstance(v, str) and k == "role" else v for k, v in check.params.items()}


def _composition(council: Council) -> list[Any]:
    rule = queries.rules_of(council, on=clock.today())[f"councils.{council.kind}.size"]
    return check_composition([s.role for s in council.seats], rule)


def _items(council: Council, seat: Any) -> list[dict[str, Any]]:
    """The agenda as the page shows it: what each item is, who has cast, what an opened box said."""
    recused, cast, counts = queries.recusals_of(council), queries.cast_by(council), queries.results_of(council)
    if len(counts) == len(council.agenda):  # places are told when every box is open
        ranks = ranked(council, clock.now())
        counts = {pid: result | ranks.get(pid, {}) for pid, result in counts.items()}
    own = queries.own_ballots(council, seat) if seat else {}
    rules = queries.rules_of(council, on=clock.today())
    procedure = queries.procedure(council)
    shown = []
    for item in council.agenda:
        row = queries.subject_of(item)
        subject = subjects.subject_of(item.subject_type)
        place = subject.url(row) if subject.url and (current_user.can(Do.COUNCILS_READ) or subjects.may_read(item.subject_type, row, current_user)) else None
        out = seat is not None and (seat.id, item.id) in recused  # who is out of an item learns nothing of it here
        told = procedure.told(counts[item.public_id], row, rules) if item.public_id in counts and not out else None
        shown.append({
            "item": item, "url": url_for(place[0], **place[1]) if place and not out else None, "out": out, "ballot": own.get(item.id), "told": told,
            "facts": [(forms.in_words(words), forms.said(value)) for words, value in told.facts] if told else [],
            "table": [[forms.said(cell) for cell in line] for line in told.table] if told else [], "seals": counts[item.public_id]["seals"] if told else [],
            "voters": len(queries.voters(council, item, recused)), "cast": len(cast[item.id]),
        })  # fmt: skip
    return shown


def _next(council: Council, seat: Any) -> list[tuple[str, str, bool]]:
    """What this person may do now; the first is the one to do."""
    state, steps = council.state, []

    def offer(wanted: bool, label: str, endpoint: str, **more: str) -> None:
        if wanted:
            steps.append((label, url_for(endpoint, pid=council.public_id, **more)))

    if seat is not None and state in actions.UNDER_WAY:
        offer(seat.declared_at is None, _("Declare conflicts of interest"), ".declare")
    if seat is not None and state == CouncilState.CONVENED and seat.present:
        recused, own = queries.recusals_of(council), queries.own_ballots(council, seat)
        for item in council.agenda:
            if item.opened_at is None and item.id not in own and (seat.id, item.id) not in recused:
                offer(True, _("Cast the ballot on item %(n)s", n=item.position), ".cast", item_pid=item.public_id)
    leader = queries.presiding(council)
    if state == CouncilState.CONVENED and leader is not None and seat is not None and leader.id == seat.id:
        for item in council.agenda:
            offer(item.opened_at is None, _("Open the box of item %(n)s", n=item.position), ".open_box", item_pid=item.public_id)
    if current_user.can(Do.COUNCILS_ESTABLISH):
        full = council.meets_at is not None and all(c.kept for c in _composition(council))
        offer(state == CouncilState.DRAFT and full, _("Establish the council"), ".establish")
        offer(state == CouncilState.DRAFT, _("Appoint a member"), ".appoint")
        offer(state == CouncilState.DRAFT or state == CouncilState.ESTABLISHED, _("Set time and place"), ".schedule")
    if runs(council, current_user):
        opened = all(item.opened_at for item in council.agenda)
        offer(state == CouncilState.CONVENED and opened, _("Conclude the session"), ".conclude")
        offer(state in actions.UNDER_WAY, _("Note attendance"), ".attend")
        offer(state == CouncilState.ESTABLISHED, _("Open the session"), ".convene")
    offer(current_user.can(Do.COUNCILS_ESTABLISH) and COUNCIL.may(council, "dissolve"), _("Dissolve the council"), ".dissolve")
    return [(label, url, place == 0) for place, (label, url) in enumerate(steps)]


# --- set-up ---------------------------------------------------------------------------------------------------


@bp.route("/<pid>/appoint", methods=["GET", "POST"])
@allow(Do.COUNCILS_ESTABLISH)
@writes
def appoint(pid: str) -> Any:
    council = _found(pid, moves(COUNCIL, "establish"))
    people_free = queries.candidates(council)
    form = forms.Appoint.of(council, people_free, queries.sessions_held(u.id for u in people_free))
    if form.validate_on_submit():
        user = or_404(people.user_by_pid(form.user.data or ""))
        actions.appoint(council, user, form.role.data, explanation=form.explanation.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("%(name)s has a seat.", name=user.name), url_for(".show", pid=pid))
    return render_template("councils/appoint.html", council=council, form=form)


@bp.route("/<pid>/seats/<seat_pid>/remove", methods=["GET", "POST"])
@allow(Do.COUNCILS_ESTABLISH)
@writes
def remove(pid: str, seat_pid: str) -> Any:
    council = _found(pid, moves(COUNCIL, "establish"))
    seat = or_404(queries.seat_by_pid(council, seat_pid))
    form = forms.Plain(obj=council)
    if form.validate_on_submit():
        actions.remove(council, seat, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The seat is free again."), url_for(".show", pid=pid))
    return render_template("councils/remove.html", council=council, seat=seat, form=form)


@bp.route("/<pid>/schedule", methods=["GET", "POST"])
@allow(Do.COUNCILS_ESTABLISH)
@writes
def schedule(pid: str) -> Any:
    council = _found(pid, moves(COUNCIL, "establish", "convene"))
    form = forms.Schedule(obj=council)
    if form.validate_on_submit():
        actions.schedule(council, meets_at=form.meets_at.data, place=form.place.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for(".show", pid=pid))
    return render_template("councils/schedule.html", council=council, form=form, first=papers_due(council, on=clock.today()),
                           rule=queries.rule_rows(council, on=clock.today())[f"councils.{council.kind}.papers_days"])  # fmt: skip


@bp.route("/<pid>/establish", methods=["GET", "POST"])
@allow(Do.COUNCILS_ESTABLISH)
@writes
def establish(pid: str) -> Any:
    council = _found(pid, moves(COUNCIL, "establish"))
    form = forms.Establish(data={"dated": clock.today(), "version": council.version})
    if form.validate_on_submit():
        actions.establish(council, number=form.number.data or "", dated=form.dated.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The council is established; its members are invited."), url_for(".show", pid=pid))
    size = queries.rule_rows(council, on=clock.today())[f"councils.{council.kind}.size"]
    checked = [(c.kept, _(c.sentence, **_said(c)), f"{size.source} · {_(size.mark.label)}") for c in _composition(council)]
    return render_template("councils/establish.html", council=council, form=form, checked=checked)


@bp.route("/<pid>/dissolve", methods=["GET", "POST"])
@allow(Do.COUNCILS_ESTABLISH)
@writes
def dissolve(pid: str) -> Any:
    council = _found(pid, moves(COUNCIL, "dissolve"))
    form = forms.Reason(obj=council)
    if form.validate_on_submit():
        actions.dissolve(council, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The council is dissolved."), url_for(".show", pid=pid))
    return render_template("councils/dissolve.html", council=council, form=form)


# --- the session ----------------------------------------------------------------------------------------------


@bp.route("/<pid>/declare", methods=["GET", "POST"])
@allow(Do.COUNCILS_SIT)
@writes
def declare(pid: str) -> Any:
    council = _found(pid, moves(COUNCIL, "convene", "conclude"))
    seat = or_404(queries.seat_of(council, current_user))
    form = forms.Declare.of(council.agenda)
    if form.validate_on_submit():
        actions.declare(council, dict.fromkeys(form.items.data or [], form.reason.data or ""), by=current_user, at=clock.now())
        return done(_("Your declaration is recorded."), url_for(".show", pid=pid))
    return render_template("councils/declare.html", council=council, form=form, seat=seat)


@bp.route("/<pid>/attend", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def attend(pid: str) -> Any:
    council = _found(pid, moves(COUNCIL, "convene", "conclude"))
    actions.must_run(council, current_user)
    form = forms.Attend.of(council)
    if form.validate_on_submit():
        actions.attend(council, set(form.present.data or []), authorisation=form.authorisation.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Attendance is noted."), url_for(".show", pid=pid))
    return render_template("councils/attend.html", council=council, form=form)


@bp.route("/<pid>/convene", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def convene(pid: str) -> Any:
    council = _found(pid, moves(COUNCIL, "convene"))
    actions.must_run(council, current_user)
    form = forms.Plain(obj=council)
    if form.validate_on_submit():
        actions.convene(council, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The session is open. Ballots can be cast."), url_for(".show", pid=pid))
    checked = [(c.kept, _(c.sentence, **_said(c)), "") for c in quorum(council, clock.now())]
    return render_template("councils/convene.html", council=council, form=form, checked=checked)


@bp.route("/<pid>/items/<item_pid>/cast", methods=["GET", "POST"])
@allow(Do.COUNCILS_SIT)
@writes
def cast(pid: str, item_pid: str) -> Any:
    council = _found(pid)
    seat = or_404(queries.seat_of(council, current_user))
    item = _item(council, item_pid)
    ballot = queries.ballot_of(item, seat)
    if ballot is not None and request.method == "GET":
        return render_template("councils/receipt.html", council=council, item=item, ballot=ballot)
    rules, row = queries.rules_of(council, on=clock.today()), queries.subject_of(item)
    actions.may_cast(council, item, rules, by=current_user)
    procedure = queries.procedure(council)
    questions = procedure.questions(row, rules)
    form, summary, code = forms.ballot_form(questions), None, 200
    if form.validate_on_submit():
        content = forms.answers(form, questions)
        procedure.check(content, rules)
        sheet = actions.seal_of(content, "")
        if form["agree"].data and form["checked"].data == sheet:
            actions.cast(council, item, content, by=current_user, at=clock.now())
            return done(_("Your ballot is in the sealed box."), url_for(".cast", pid=pid, item_pid=item_pid))
        code = 422 if form["checked"].data == sheet else 202
        if code == 422:
            form["agree"].errors = [_("Your ballot is not cast yet. Please tick this box and send it again.")]
        form["checked"].data, form["agree"].data = sheet, False  # who changes a mark sees first what the sheet says then
        summary = forms.in_words(words) if (words := procedure.summary(content, rules)) else _("Every question is answered.")
    place = subjects.subject_of(item.subject_type).url
    page = render_template("councils/cast.html", council=council, item=item, form=form, questions=questions, words=forms.in_words, summary=summary,
                           dossier=url_for(place(row)[0], **place(row)[1]) if place else None)  # fmt: skip
    return page, code


@bp.route("/<pid>/items/<item_pid>/open-box", methods=["GET", "POST"])
@allow(Do.COUNCILS_SIT)
@writes
def open_box(pid: str, item_pid: str) -> Any:
    council = _found(pid, moves(COUNCIL, "conclude"))
    or_404(queries.seat_of(council, current_user))
    item = _item(council, item_pid)
    actions.must_preside(council, current_user)
    form = forms.Plain()
    if form.validate_on_submit():
        actions.open_box(council, item, by=current_user, at=clock.now())
        return done(_("The box is open and counted."), url_for(".show", pid=pid))
    recused, has_cast = queries.recusals_of(council), queries.cast_by(council)[item.id]
    missing = [s.user.name for s in queries.voters(council, item, recused) if s.id not in has_cast]
    return render_template("councils/open_box.html", council=council, item=item, form=form, cast=len(has_cast), missing=missing)


@bp.route("/<pid>/conclude", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def conclude(pid: str) -> Any:
    council = _found(pid, moves(COUNCIL, "conclude"))
    actions.must_run(council, current_user)
    running = council.state == CouncilState.CONVENED
    points = actions.open_points(council, clock.now()) if running else []
    form = forms.conclude_form(points, data={"version": council.version})
    tied = tied_items(council, clock.now()) if running else []
    form["chosen"].choices = [(item.public_id, item.title) for item in tied]
    if form.validate_on_submit():
        actions.conclude(council, conclusion=form.conclusion.data or "", chosen=form.chosen.data, reason=form.reason.data, settled=forms.settled_in(form, points),
                         seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("The session is concluded; the minutes are issued."), url_for(".show", pid=pid))
    return render_template("councils/conclude.html", council=council, form=form, tied=tied, points=points, items=_items(council, None))
