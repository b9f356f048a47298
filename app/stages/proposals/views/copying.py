"""Copy from an earlier dossier of one's own: what would be carried, what not and why; then the parts that are ticked."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.shown import language
from app.stages.proposals import copying, forms, queries
from app.stages.proposals.copying import Carried, What
from app.stages.proposals.views.blueprint import bp, writable


@bp.route("/<pid>/copy", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def copy_from(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    form = forms.Copy(data={"version": row.version, "source": request.args.get("from", ""), "parts": [str(w) for w in What]})
    old = or_404(copying.source(current_user, row, form.source.data)) if form.source.data else None
    found = copying.carried(row, old, at=clock.now()) if old is not None else None
    form.parts.choices = _choices(found) if found is not None else []
    form.parts.data = [p for p in form.parts.data or [] if p in dict(form.parts.choices)]
    if old is not None and form.validate_on_submit():
        taken = copying.copy(row, old, form.parts.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Copied from “%(title)s”. %(n)s things were not carried over; they are listed below.", title=old.title, n=len(taken.left)),
                    url_for(".copy_from", pid=pid, **{"from": old.public_id}))  # fmt: skip
    left = [(_(one.what.label), one.name if isinstance(one.name, str) else one.name[language()], _(one.why)) for one in found.left] if found is not None else []
    return render_template("proposals/copy.html", proposal=row, form=form, old=old, found=found, left=left, sources=copying.sources(current_user, row))


def _choices(found: Carried) -> list[tuple[str, str]]:
    """The parts that hold something to carry, with how much."""
    sizes = {What.WORK: len(found.answers), What.TEAM: len(found.team), What.PRODUCTS: len(found.products), What.PLAN: len(found.stages) + len(found.uses), What.BUDGET: len(found.lines), What.FILES: len(found.files)}
    return [(str(what), f"{_(what.label)} ({size})") for what, size in sizes.items() if size]
