"""Pictures of results: put on, taken off, shown here and to the public."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import PUBLIC, allow, done, or_404, writes
from app.services.files import store
from app.stages.transfer import deskforms, pictures, queries
from app.stages.transfer.actions import shared
from app.stages.transfer.public import public_bp
from app.stages.transfer.views.blueprint import bp


@bp.route("/results/<pid>/add-picture", methods=["GET", "POST"])
@allow(Do.TRANSFER_OFFER)
@writes
def add_picture(pid: str) -> Any:
    row = ready(queries.result_for(current_user, pid), shared.check_registered)
    form, back = deskforms.AddPicture(), url_for(".result", pid=pid)
    if form.validate_on_submit():
        pictures.add(row, form.file.data, alt=form.alt.data, alt_en=form.alt_en.data, by=current_user, at=clock.now())
        return done(_("The picture is on the page of the result."), back)
    return render_template("transfer/form.html", form=form, title=_("Add a picture"), button=_("Add the picture"), back=back, project=row.project, mailed=[], about=None, files=True)


@bp.route("/results/<pid>/pictures/<part>/remove", methods=["GET", "POST"])
@allow(Do.TRANSFER_OFFER)
@writes
def remove_picture(pid: str, part: str) -> Any:
    row = or_404(queries.result_for(current_user, pid))
    found = or_404(pictures.by_pid(row, part))
    form, back = deskforms.RemovePicture(), url_for(".result", pid=pid)
    if form.validate_on_submit():
        pictures.remove(found, row, by=current_user, at=clock.now())
        return done(_("The picture is taken off."), back)
    return render_template("transfer/form.html", form=form, title=_("Take the picture off"), button=_("Take the picture off"), back=back, project=row.project, mailed=[], about=found.alt)


@bp.get("/results/<pid>/pictures/<part>")
@allow(Do.HUB_READ)
def picture(pid: str, part: str) -> Any:
    return _shown(or_404(pictures.by_pid(or_404(queries.result_for(current_user, pid)), part)), "private, max-age=3600")


@public_bp.get("/<pid>/pictures/<part>")
@allow(PUBLIC)
def public_picture(pid: str, part: str) -> Any:
    return _shown(or_404(pictures.by_pid(or_404(queries.public_result_row(pid)), part)), "public, max-age=600")


def _shown(row: Any, keep: str) -> Response:
    """The picture as an image: drawn by us, so it may be shown in the page."""
    response = make_response(store.get(or_404(pictures.attachment(row)).blob_sha256))
    response.headers["Content-Type"] = "image/png"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = keep
    return response
