"""The files of a dossier: at once in a form, or in pieces that may be sent again; replaced by newer versions.

No request holds the database while bytes are looked at: they are checked, asked about and stored first.
"""

from __future__ import annotations

import re
from typing import Any

from flask import g, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.db import db, reading_only
from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, sentence_of, writes
from app.kernel.words import N_
from app.services.files import actions as file_actions
from app.services.files import queries as files
from app.services.files import store, uploads
from app.services.files.models import Attachment, Upload
from app.shown import language
from app.stages.proposals import actions, forms, queries
from app.stages.proposals.models import Proposal
from app.stages.proposals.views.blueprint import bp, let_go, turn_to_writing, writable


def limits(row: Proposal, kind: str) -> dict[str, Any]:
    """What a document of this kind may be: types, max_bytes, most."""
    rule = queries.setting("proposals.file_limits", clock.today(), row.call_topic.call)
    found: dict[str, Any] = rule["default"] | rule.get(kind, {})
    return found


def _known_kind(row: Proposal, kind: str) -> str:
    known = {d["code"] for d in queries.documents(str(row.call_topic.topic.kind), clock.today(), row.call_topic.call)}
    if kind not in known:
        raise Incomplete(N_("Please choose one from the list."), field="kind")
    return kind


def _check_count(row: Proposal, kind: str, most: int, replaces: Attachment | None) -> None:
    have = sum(a.kind == kind for a in files.of(row))
    if replaces is None and have >= most:
        raise Incomplete(N_("There are %(n)s files of this document already: replace one of them."), field="file", n=have)


def _present(row: Proposal, pid: str | None) -> Attachment | None:
    return next((a for a in files.of(row) if a.public_id == pid), None) if pid else None


def _offer(form: forms.Upload, row: Proposal, documents: list[dict[str, Any]], present: list[Attachment]) -> None:
    name = "en" if language() == "en" else "vi"
    form.kind.choices = [(d["code"], d[name]) for d in documents]
    form.replaces.choices = [(a.public_id, a.filename) for a in present]
    largest = limits(row, "")["max_bytes"]
    form.file.description = _("PDF, Word, Excel, PNG or JPEG, at most %(n)s MB.", n=largest // 2**20)


@bp.route("/<pid>/files", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def attachments(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    documents, present = queries.documents(str(row.call_topic.topic.kind), clock.today(), row.call_topic.call), files.of(row)
    form = forms.Upload(data={"version": row.version, "kind": request.args.get("kind"), "replaces": request.args.get("replaces")})
    _offer(form, row, documents, present)
    if form.validate_on_submit():
        kind, seen, rule = form.kind.data or "", form.version.data, limits(row, form.kind.data or "")
        given = file_actions.bounds(clock.now())
        let_go()
        content = file_actions.read(form.file.data, given)
        taken = file_actions.receive(form.file.data.filename or "", content, given, types=rule["types"], largest=rule["max_bytes"])
        row = or_404(queries.for_team(current_user, pid))
        replaces = _present(row, form.replaces.data)
        _check_count(row, kind, rule["most"], replaces)
        actions.changed_files(row, seen=seen, at=clock.now())
        file_actions.add(taken, subject=row, kind=kind, by=current_user, at=clock.now(), given=given, replaces=replaces)
        return done(_saved(), url_for(".attachments", pid=pid))
    name = "en" if language() == "en" else "vi"
    begun = [(u, min(100, store.part_size(u.public_id) * 100 // u.size)) for u in files.open_uploads(row, current_user)]
    return render_template("proposals/files.html", proposal=row, form=form, attachments=present, remove=forms.Remove(data={"version": row.version}), begun=begun,
                           kinds={d["code"]: d[name] for d in documents}, documents=documents, name=name, earlier=files.earlier(row))  # fmt: skip


def _saved() -> str:
    return _("Saved at %(time)s.", time=f"{clock.local(clock.now()):%H:%M}")


# --- in pieces ------------------------------------------------------------------------------------------------


def _refused() -> Any:
    """A refusal has no page to show again: the sentence goes out by itself."""
    return jsonify(refused=sentence_of(g.pop("refusal")))


def _told(upload: Upload) -> Any:
    at = upload.size if upload.done_at else store.part_size(upload.public_id)
    return jsonify(upload=upload.public_id, at=at, size=upload.size, piece=uploads.PIECE, done=upload.done_at is not None)


@bp.post("/<pid>/uploads")
@allow(Do.PROPOSALS_DRAFT)
@writes
def begin_upload(pid: str) -> Any:
    if "refusal" in g:
        return _refused()
    row = or_404(queries.for_team(current_user, pid))
    writable(row, current_user)
    kind, size = _known_kind(row, request.form.get("kind", "")), request.form.get("size", "")
    rule, replaces = limits(row, kind), _present(row, request.form.get("replaces"))
    _check_count(row, kind, rule["most"], replaces)
    turn_to_writing()
    upload = uploads.begin(row, filename=request.form.get("name", "")[:1000], size=int(size) if re.fullmatch(r"[0-9]{1,12}", size) else 0, kind=kind,
                           sha256=request.form.get("sha256"), by=current_user, at=clock.now(), types=rule["types"], largest=rule["max_bytes"], replaces=replaces)  # fmt: skip
    return _told(upload)


begin_upload.prepares = True


def _mine(pid: str, upload: str) -> Upload:
    found: Upload = or_404(files.upload_of(current_user, upload))
    or_404((found.subject_type, found.subject_pid) == ("proposal", pid) or None)
    return found


@bp.route("/<pid>/uploads/<upload>", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def upload_piece(pid: str, upload: str) -> Any:
    """GET: how much is here. POST: one piece, from `start` on; 409 with how much is here when it does not join on."""
    if "refusal" in g:
        return _refused()
    let_go()
    with reading_only():
        found = _mine(pid, upload)
        name, size, ended = found.public_id, found.size, found.done_at is not None
        if request.method == "GET" or ended:
            return _told(found)
    let_go()
    piece, start = request.files.get("piece"), request.form.get("start", "")
    if piece is None or not re.fullmatch(r"[0-9]{1,12}", start):
        raise Incomplete(N_("Please choose a file."), field="file")
    content = piece.stream.read(uploads.PIECE + 1)
    if not content or len(content) > uploads.PIECE:
        raise Incomplete(N_("This cannot be read."), field="file")
    try:
        return jsonify(at=store.put_piece(name, int(start), content, most=size), size=size)
    except store.Gap as gap:
        answer = jsonify(at=gap.size, size=size)
        answer.status_code = 409
        return answer


upload_piece.prepares = True


@bp.post("/<pid>/uploads/<upload>/finish")
@allow(Do.PROPOSALS_DRAFT)
@writes
def finish_upload(pid: str, upload: str) -> Any:
    if "refusal" in g:
        return _refused()
    found = _mine(pid, upload)
    if found.done_at is None:
        row = or_404(queries.for_team(current_user, pid))
        writable(row, current_user)
        rule, given = limits(row, found.kind), file_actions.bounds(clock.now())
        filename = found.filename
        db.session.expunge(found)
        let_go()
        try:
            taken = file_actions.receive(filename, uploads.whole(found), given, types=rule["types"], largest=rule["max_bytes"])
        except file_actions.Unfit:
            turn_to_writing()
            uploads.give_up(_mine(pid, upload))
            raise
        turn_to_writing()
        found, row = _mine(pid, upload), or_404(queries.held_lightly(pid, current_user))
        if found.done_at is None:
            queries.check_writes(row, current_user)
            actions.changed_files(row, at=clock.now(), held=True)
            uploads.finish(found, taken, subject=row, by=current_user, at=clock.now(), replaces=_present(row, found.replaces_pid))
    return jsonify(done=url_for(".attachments", pid=pid))


finish_upload.prepares = True


@bp.post("/<pid>/uploads/<upload>/drop")
@allow(Do.PROPOSALS_DRAFT)
@writes
def drop_upload(pid: str, upload: str) -> Any:
    uploads.drop(_mine(pid, upload))
    return done(_("Taken out."), url_for(".attachments", pid=pid))
