"""/files: downloads. Always as an attachment, never inline."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, make_response, request
from flask_login import current_user

from app.kernel import clock, journal
from app.kernel.errors import Refused, WrongState
from app.kernel.web import SIGNED_IN, allow, or_404
from app.kernel.words import N_
from app.services.files import queries, store
from app.services.files.models import Attachment
from app.services.files.rules import Verdict

HELD = N_("This file still waits for the malware check and is not given out before. Please try again later.")
bp = Blueprint("files", __name__, url_prefix="/files", template_folder="templates")


@bp.get("/<pid>")
@allow(SIGNED_IN)
def download(pid: str) -> Any:
    row = or_404(queries.attachment_for(current_user, pid))
    if not row.offered:
        raise WrongState(HELD if row.verdict == Verdict.WAITING else N_("Malware was found in this file. It is not given out."))
    response = given_out(row)
    journal.note_access("download", "files.download", at=clock.now(), actor_id=current_user.id, subject_pid=pid, address=request.remote_addr)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def given_out(row: Attachment) -> Response:
    """The bytes of an attachment as a download; who may have it was asked before."""
    response = make_response(_bytes(row.blob_sha256))
    response.headers["Content-Type"] = row.blob.mime
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.filename)}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _bytes(digest: str) -> bytes:
    try:
        return store.get(digest)
    except OSError:
        current_app.logger.exception("the store has lost or changed %s", digest)
        raise Damaged(N_("This file is missing or damaged in the store. Please tell the administrator.")) from None


class Damaged(Refused):
    """The store cannot give the bytes back as they were (503)."""

    status = 503
