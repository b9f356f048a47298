"""/public/check: is a paper genuine? Number, day, body, hash and whether it stands; nothing else of it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from app.across.portal.views.blueprint import bp
from app.kernel import clock
from app.kernel.forms import FileField, StageForm
from app.kernel.web import PUBLIC, allow, or_404, writes
from app.kernel.words import N_
from app.pace import Pace
from app.services.papers import checking
from app.services.papers import queries as papers
from app.services.papers import views as paper_views

LOOKS, FILES = Pace("papers.look", most=60), Pace("papers.compare", most=10)  # of one address


class CheckFile(StageForm):
    """A file that somebody was given."""

    file = FileField(N_("The file you were given"), required=True, accept=".pdf,.docx,.png,.jpg", hint=N_("It is compared and forgotten: nothing of it is kept."))


@bp.route("/public/check/<pid>", methods=["GET", "POST"])
@allow(PUBLIC)
@writes
def check(pid: str) -> Any:
    if (FILES if request.method == "POST" else LOOKS).exceeded(request.remote_addr, clock.now()):
        return render_template("portal/check_wait.html"), 429, {"Retry-After": "60"}
    row = or_404(papers.paper_by_pid(pid))
    form, answer = CheckFile(), None
    if form.validate_on_submit():
        content = form.file.data.read(checking.MOST_BYTES + 1)
        if len(content) > checking.MOST_BYTES:
            form.file.errors = [*form.file.errors, _("The file is larger than 20 MB.")]
        else:
            answer = checking.compare(content, {scan.sha256 for scan in papers.scans_of([row])}, paper_views.content_of(row) | paper_views.mark_of(papers.ended_by(row)))
    ended = papers.ended_by(row)
    older = papers.paper_by_pid(row.ends_pid) if row.ends_pid else None
    page = render_template("portal/check.html", paper=row, kind=paper_views.kind_name(row.template).partition(" – ")[0], form=form, answer=answer, ended=ended, older=older)
    return (page, 202) if answer is not None else page  # 202: looked at, nothing kept

