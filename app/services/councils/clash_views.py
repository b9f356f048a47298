"""/councils/<pid>/conflicts: what is known against whom, each with fact, rule and source, for the officers who compose councils; a member back in the room."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, sentence_of, writes
from app.services.councils import actions, clashes, forms, recusals
from app.services.councils.actions.vigilance import may_call_back
from app.services.councils.blueprint import bp, found
from app.services.councils.models import Council
from app.services.councils.pledges import Declaration

__all__ = ["bp"]


@bp.get("/<pid>/conflicts")
@allow(Do.COUNCILS_RUN)
def conflicts(pid: str) -> Any:
    council = found(pid)
    out = {(o.seat.id, o.item.id) for o in recusals.of(council)}
    rows = [{"name": seat.user.name, "role": seat.role, "item": item, "reason": sentence_of(clash.reason(composer=True)), "private": clash.hit.private, "hard": clash.hard,
             "out": (seat.id, item.id) in out} for seat, item, clash in clashes.of_seats(council, on=clock.today())]  # fmt: skip
    return render_template("councils/conflicts.html", council=council, rows=rows, signed=recusals.declarations_of(council))


@bp.route("/<pid>/recusals/<recusal_pid>/back", methods=["GET", "POST"])
@allow(Do.COUNCILS_ATTEND)
@writes
def call_back(pid: str, recusal_pid: str) -> Any:
    council = found(pid)
    actions.must_run(council, current_user)
    row = or_404(recusals.recusal_in(council, recusal_pid))
    out = next(o for o in recusals.of(council) if o.row.id == row.id)
    form = forms.Plain()
    if form.validate_on_submit():
        actions.call_back(council, row, by=current_user, at=clock.now())
        return done(_("Noted."), url_for(".show", pid=pid))
    actions.may_note_return(council, row, out.item)
    return render_template("councils/call_back.html", council=council, out=out, form=form)


def out_of_items(council: Council, *, keeps: bool) -> list[dict[str, Any]]:
    """Who is or was out of which item, from when to when, for the page of the council."""
    return [{"out": out, "back": keeps and may_call_back(council, out.row, out.item)} for out in recusals.of(council)]


def signed(seat: Any) -> list[Declaration]:
    """What the reader signed."""
    return recusals.signed_by(seat) if seat is not None else []


def known_of(council: Council, seat: Any) -> list[tuple[Any, str]]:
    """(item, sentence) of what is known against the reader; what is private is not told."""
    found = clashes.of_seats(council, on=clock.today(), seats=[seat])
    return [(item, sentence_of(clash.reason(composer=False))) for _seat, item, clash in found if clash.hard]
