"""What is laid on the table when the dossiers of a call are opened: number, time, files, and whether each is what was received."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from app.kernel.clock import local
from app.kernel.db import db
from app.services.files import store
from app.services.files.models import Attachment, Blob
from app.stages.proposals import queries
from app.stages.proposals.models import Proposal, Version
from app.stages.proposals.rules import content_hash
from app.stages.proposals.submitting import GROUNDS


def list_dossiers(call: Any) -> list[dict[str, Any]]:
    """What came in for a call, for its opening."""
    rows = queries.of_call(call)
    versions = _versions({p.id for p in rows})
    kept = _files({p.public_id for p in rows})
    return [{"call_topic": p.call_topic.public_id, "code": p.code, "title": p.title, "host": p.host.name, "pi": p.pi.name, "received_at": p.submitted_at, "remark": remark_of(p),
             "files": len(versions[p.id].content.get("files", ())) if p.id in versions else 0,
             "seal": None if p.paper else whole(versions[p.id], kept.get(p.public_id, {})) if p.id in versions else False} for p in rows]  # fmt: skip


def remark_of(row: Proposal) -> str:
    """What the minutes of the opening say of how a dossier came in; papers speak Vietnamese."""
    said = [f"hồ sơ giấy, {row.paper.envelopes} bì, dấu {local(row.paper.stamp_at):%H:%M %d/%m/%Y} {row.paper.stamp_office}"] if row.paper else []
    if row.late:
        said.append(f"nhận sau hạn vì {GROUNDS[str(row.late.ground)]}: {row.late.reason} ({row.late.document})")
    return "; ".join(said)


def _versions(ids: Collection[int]) -> dict[int, Version]:
    """The version submitted last, by dossier."""
    return {v.proposal_id: v for v in db.session.scalars(select(Version).where(Version.proposal_id.in_(ids)).order_by(Version.number))}


def _files(pids: Collection[str]) -> dict[str, dict[str, int]]:
    """{dossier: {hash: size}} of the files that are there."""
    found: dict[str, dict[str, int]] = {}
    statement = (select(Attachment.subject_pid, Blob.sha256, Blob.size).join(Blob, Blob.sha256 == Attachment.blob_sha256)
                 .where(Attachment.subject_type == "proposal", Attachment.subject_pid.in_(pids), Attachment.removed_at.is_(None)))  # fmt: skip
    for pid, digest, size in db.session.execute(statement):
        found.setdefault(pid, {})[digest] = size
    return found


def whole(version: Version, kept: Mapping[str, int]) -> bool:
    """Is the dossier what was received: its words by their hash, and its files, all of them and no other, in the store?

    The bytes of every file are read by `flask files verify`; here their names in the store and their sizes are compared.
    """
    listed = {f["sha256"]: f["size"] for f in version.content.get("files", ())}
    return content_hash(version.content) == version.sha256 and listed == dict(kept) and all(store.size(sha) == size for sha, size in listed.items())
