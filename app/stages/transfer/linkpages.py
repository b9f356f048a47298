"""/public/results/report/<token>: the short form of an adopter without an account. Opening the link changes nothing."""

from __future__ import annotations

from typing import Any

from flask import g, make_response, render_template
from flask_babel import gettext as _

from app.kernel import clock
from app.kernel.web import PUBLIC, allow, done, writes
from app.services.people.linkpages import unkept
from app.stages.transfer import actions, forms, queries, sites
from app.stages.transfer.models import FollowUp
from app.stages.transfer.public import public_bp
from app.stages.transfer.rules import OPEN_REPORTS


def _shown(row: FollowUp) -> dict[str, Any]:
    """What the holder of the link may know: no row of ours reaches a public template."""
    return {"title": row.result.title, "host": row.project.host.name, "user": row.user_said, "number": row.number, "due_on": row.due_on, "remark": row.remark}


@public_bp.route("/report/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
@writes
def report_by_link(token: str) -> Any:
    row = queries.follow_up_of_link(token)
    if row is None or (row.state not in OPEN_REPORTS and "refusal" not in g):
        return unkept(make_response(render_template("transfer/link_over.html"), 404))
    form = forms.report(row, sites.of(row), districts=sites.had_districts(row), by_link=True)
    if form.validate_on_submit():
        actions.report_by_link(row, form.said(), sites=form.sites(), name=form.name.data, upload=form.file.data, seen=form.version.data, at=clock.now())
        return done(_("Thank you. Your report is with the Department; you can close this page."), "/")
    return unkept(make_response(render_template("transfer/public_report.html", shown=_shown(row), form=form)))
