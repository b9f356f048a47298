"""/councils/mine and /councils/<pid>/…: a member's desk, a remark beside its dossier, several handed in; the desk of chair and secretary."""

from __future__ import annotations

from typing import Any

from flask import g, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock, subjects
from app.kernel.errors import NotAllowed, Refused, WrongState
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, sentence_of, writes
from app.kernel.words import N_
from app.services.councils import queries
from app.services.councils.blueprint import bp, found, item_in
from app.services.councils.forms import in_words
from app.services.councils.models import AgendaItem
from app.services.councils.remarks import actions, forms, shown
from app.services.councils.remarks import queries as remarks
from app.services.councils.remarks.queries import Line
from app.services.councils.remarks.rules import RemarkState, is_finished
from app.services.councils.rules import PREPARED, UNDER_WAY

__all__ = ["bp"]


@bp.get("/mine")
@allow(Do.COUNCILS_SIT)
def mine() -> Any:
    """Own councils with what is to be written and voted on, the nearest session first."""
    lines = remarks.desk_of(current_user, clock.now())
    groups = shown.by_council(lines)
    total = {"done": sum(group["done"] for group in groups), "all": sum(group["all"] for group in groups)}
    near = min((group["due"] for group in groups if group["due"] and group["done"] < group["all"]), default=None)
    return render_template("councils/remarks/mine.html", groups=groups, total=total, near=shown.in_days(near) if near else "", finished=len(_finished(lines)), State=RemarkState)


def _finished(lines: list[Line]) -> list[Line]:
    """Drafts that can be handed in as they stand."""
    drafts = [line for line in lines if line.state == RemarkState.DRAFT]
    return [line for line in drafts if line.remark is not None and is_finished(actions.parts(line.council, clock.now()), line.remark.content)]


def dossier_of(item: AgendaItem) -> str | None:
    """The address of what the item is about, when this person may read it."""
    row = queries.subject_of(item)
    subject = subjects.subject_of(item.subject_type)
    place = subject.url(row) if subject.url and subjects.may_read(item.subject_type, row, current_user) else None
    return url_for(place[0], **place[1]) if place else None


@bp.route("/<pid>/items/<item_pid>/remark", methods=["GET", "POST"])
@allow(Do.COUNCILS_SIT)
@writes
def remark(pid: str, item_pid: str) -> Any:
    council = found(pid)
    seat = or_404(queries.seat_of(council, current_user))
    item = item_in(council, item_pid)
    parts, row = actions.parts(council, clock.now()), remarks.remark_of(item, seat)
    if row is not None and row.submitted_at is not None and request.method == "GET":
        told = [(r, [(in_words(p), r.content[p["code"]]) for p in parts if r.content.get(p["code"])]) for r in remarks.handed_in(item)]
        return render_template("councils/remarks/handed_in.html", council=council, item=item, told=told, mine=row, dossier=dossier_of(item))
    actions.may_write(council, item, by=current_user, at=clock.now())
    form = forms.remark_form(parts, row.content if row else {}, row.version if row else None)
    if form.validate_on_submit():
        actions.keep(council, item, forms.written(form, parts), seen=form.version.data, by=current_user, at=clock.now())
        if request.form.get("go") == "submit":
            return done(_("Kept. Read it once more, then hand it in."), url_for(".submit_remarks", only=item.public_id))
        return done(_("Kept. Only you can read it before it is handed in."), url_for(".mine"))
    due = remarks.due_on(council)
    return render_template("councils/remarks/remark.html", council=council, item=item, form=form, parts=parts, kept=row, due=due, when=shown.in_days(due) if due else "",
                           dossier=dossier_of(item))  # fmt: skip


@bp.route("/<pid>/items/<item_pid>/remark/draft", methods=["POST"])
@allow(Do.COUNCILS_SIT)
@writes
def keep_remark(pid: str, item_pid: str) -> Any:
    """What is typed is kept for its writer."""
    council = found(pid)
    or_404(queries.seat_of(council, current_user))
    item = item_in(council, item_pid)
    if "refusal" in g:
        return jsonify(refused=sentence_of(g.pop("refusal")))
    parts = actions.parts(council, clock.now())
    form = forms.remark_form(parts, {}, None)
    form.validate()
    row = actions.keep(council, item, forms.written(form, parts), seen=form.version.data, by=current_user, at=clock.now())
    return jsonify(version=row.version, time=f"{clock.local(clock.now()):%H:%M}")


@bp.route("/mine/submit", methods=["GET", "POST"])
@allow(Do.COUNCILS_SIT)
@writes
def submit_remarks() -> Any:
    """Several finished remarks go in after a last look: all that are ticked, or none."""
    lines = _finished(remarks.desk_of(current_user, clock.now()))
    if not lines and request.method == "GET":
        raise WrongState(N_("No remark is finished. A remark can be handed in when every part that is asked for is written."))
    only = request.args.get("only")
    picked = [line.item.public_id for line in lines if only in (None, line.item.public_id)]
    form = forms.HandIn(data={"chosen": picked})
    form.chosen.choices = [(line.item.public_id, f"{line.item.title} ({line.council.title})") for line in lines]
    if form.validate_on_submit():
        count = actions.submit_all([line for line in lines if line.item.public_id in set(form.chosen.data or [])], by=current_user, at=clock.now())
        return done(_("Handed in: %(n)s remarks.", n=count), url_for(".mine"))
    texts = [(line, [(in_words(p), line.remark.content.get(p["code"])) for p in actions.parts(line.council, clock.now())]) for line in lines if line.remark is not None]
    return render_template("councils/remarks/submit.html", form=form, texts=texts)


# --- chair and secretary --------------------------------------------------------------------------------------


@bp.route("/<pid>/progress", methods=["GET", "POST"], endpoint="progress")
@allow(Do.COUNCILS_ATTEND)
@writes
def progress(pid: str) -> Any:
    """Who is late and what blocks the session, in one list; members are reminded from here."""
    council = found(pid)
    if council.state not in PREPARED:
        _refuse_strangers(council)
    if council.state not in (*PREPARED, *UNDER_WAY):
        raise WrongState(N_("This session is over."))
    people = shown.members(council) if council.state in UNDER_WAY else []
    form = forms.Remind(data={"seats": [p["seat"].public_id for p in people if p["late"]]})
    form.seats.choices = [(p["seat"].public_id, p["seat"].user.name) for p in people if p["waits"]]
    if form.validate_on_submit():
        count = actions.remind(council, [s for s in council.seats if s.public_id in set(form.seats.data or [])], by=current_user, at=clock.now())
        return done(_("Reminded: %(n)s members, each by a mail of the own.", n=count), url_for(".progress", pid=pid))
    due = remarks.due_on(council)
    return render_template("councils/remarks/progress.html", council=council, people=people, form=form, due=due, when=shown.in_days(due) if due else "", blockers=shown.blockers(council),
                           waits=any(p["waits"] for p in people))  # fmt: skip


def _refuse_strangers(council: Any) -> None:
    """Chair, vice chair and who keeps the session have this desk; other members do not."""
    try:
        actions.must_chase(council, current_user)
    except WrongState:
        return
    except Refused:
        raise NotAllowed(N_("This desk is for who presides over the council and who keeps its session.")) from None
