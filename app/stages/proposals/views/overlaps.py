"""Views of earlier work beside a dossier: the nearest, passages side by side, what is judged."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.stages.proposals import checkforms, overlaps, queries, remedies
from app.stages.proposals.checkmodels import Likeness
from app.stages.proposals.models import Proposal
from app.stages.proposals.views.blueprint import bp


def _row(pid: str) -> Proposal:
    row = or_404(queries.proposal_for(current_user, pid))
    or_404(overlaps.may_compare(row, current_user) or None)
    return row


def _askable(row: Any, by: Any) -> None:
    remedies.check_askable(row, by, clock.today())


@bp.get("/<pid>/similar")
@allow(SIGNED_IN)
def similar(pid: str) -> Any:
    row = _row(pid)
    by_text = overlaps.by_text(row)
    return render_template("proposals/similar.html", proposal=row, by_text=by_text, by_title=overlaps.by_title(row, current_user, by_text or []), house=current_user.can(Do.PROPOSALS_READ))


@bp.route("/<pid>/similar/<kind>/<other>", methods=["GET", "POST"])
@allow(SIGNED_IN, post=Do.PROPOSALS_CHECK)
@writes
def similar_one(pid: str, kind: str, other: str) -> Any:
    row = _row(pid)
    near = or_404(overlaps.one(row, kind, other, current_user))
    form = checkforms.Compare()
    if form.validate_on_submit():
        overlaps.judge(row, near, likeness=Likeness(form.likeness.data), reason=form.reason.data or "", by=current_user, at=clock.now())
        return done(_("The judgement is recorded; the council reads it."), url_for(".similar", pid=pid))
    checks = current_user.can(Do.PROPOSALS_CHECK)
    return render_template("proposals/similar_one.html", proposal=row, near=near, pairs=overlaps.side_by_side(row, near), form=form,
                           judges=checks and fits(row, overlaps.check_judgeable), asks=checks and fits(row, _askable), house=current_user.can(Do.PROPOSALS_READ))  # fmt: skip
