"""/councils/<pid>/tellers and /paper: the counting team, and ballots on paper that two of it enter."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import moves
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, writes
from app.services.councils import actions, forms, queries
from app.services.councils.blueprint import bp, found, item_in, seat_in
from app.services.councils.models import AgendaItem, Ballot, Council
from app.services.councils.room.queries import Course
from app.services.councils.rules import COUNCIL

__all__ = ["bp"]
OWN_LABELS = ("defect",)


@bp.route("/<pid>/tellers", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def elect_tellers(pid: str) -> Any:
    council = found(pid, moves(COUNCIL, "open_box"))
    actions.must_run(council, current_user)
    form = forms.Tellers.of(actions.may_count(council), council.tellers or [])
    if form.validate_on_submit():
        actions.elect_tellers(council, form.team.data or [], by=current_user, at=clock.now())
        # who leads the session goes on in the room: paper ballots are entered by the team alone
        return done(_("The counting team is noted."), url_for(".paper" if current_user in actions.team(council) else ".room", pid=pid))
    rule = queries.rule_rows(council, on=clock.today()).get(f"councils.{council.kind}.counting_team")
    return render_template("councils/tellers.html", council=council, form=form, rule=rule)


@bp.get("/<pid>/paper")
@allow(Do.COUNCILS_ATTEND)
def paper(pid: str) -> Any:
    """What the counting team has entered, and what is left: not what the ballots say."""
    council = found(pid, moves(COUNCIL, "open_box"))
    team = actions.team(council)
    mine = current_user in team
    course = Course(council, date.max)
    items = [(item, _sheets(council, item)) for item in queries.open_items(council) if course.allows("ballot", item)] if mine else []
    return render_template("councils/paper.html", council=council, team=team, mine=mine, items=items)


def _sheets(council: Council, item: AgendaItem) -> list[dict[str, Any]]:
    """Who votes on an item and has no ballot in the box yet, with who has entered the paper of it."""
    recused, cast = queries.recusals_of(council), queries.cast_by(council)[item.id]
    drafts = queries.paper_drafts_of(item)
    return [{"seat": seat, "entered": [d.writer.name for d in drafts if d.seat_id == seat.id and d.writer_id != seat.user_id], "own": seat.user_id == current_user.id}
            for seat in queries.voters(council, item, recused) if seat.id not in cast]  # fmt: skip


@bp.route("/<pid>/items/<item_pid>/paper/<seat_pid>", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def enter_paper(pid: str, item_pid: str, seat_pid: str) -> Any:
    council = found(pid)
    item, seat = item_in(council, item_pid), seat_in(council, seat_pid)
    rules = actions.may_enter(council, item, seat, by=current_user, at=clock.now())
    questions = queries.procedure(council).questions(queries.subject_of(item), rules)
    reasons = forms.defects(rules, by_tellers=True)
    form = forms.paper_form(questions, reasons, actions.read_own(council, item, seat, by=current_user))
    if form.validate_on_submit():
        result = actions.enter_paper(council, item, seat, forms.answers(form, questions) | ({"defect": form["defect"].data} if form["defect"].data else {}),
                                     by=current_user, at=clock.now())  # fmt: skip
        if isinstance(result, Ballot):
            return done(_("Both have read the same: the ballot of %(name)s is in the sealed box.", name=seat.user.name), url_for(".paper", pid=pid))
        if not result:
            return done(_("Kept. Another of the counting team enters the same ballot now."), url_for(".paper", pid=pid))
        return done(_("The two readings differ. Please look at the paper again."), url_for(".enter_paper", pid=pid, item_pid=item_pid, seat_pid=seat_pid))
    told = [(_label(questions, d.code), forms.shown_answer(questions, reasons, d.code, d.mine), d.other)
            for d in actions.differences(council, item, seat, by=current_user)]  # fmt: skip
    return render_template("councils/enter_paper.html", council=council, item=item, seat=seat, form=form, questions=questions, differences=told)


def _label(questions: Any, code: str) -> str:
    return next((forms.in_words(q.label) for q in questions if q.code == code), _("What is wrong with the paper itself"))
