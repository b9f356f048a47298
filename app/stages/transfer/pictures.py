"""Pictures of results. What is uploaded is drawn anew as a PNG of bounded size: no metadata, no hidden content; the upload itself is not kept."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.text import nfc
from app.kernel.words import N_
from app.later import typst
from app.services.files import actions as files
from app.services.files.models import Attachment
from app.services.files.rules import check_kind, check_upload
from app.services.people.models import User
from app.stages.acceptance.models import Result
from app.stages.transfer.actions import shared
from app.stages.transfer.deskmodels import Picture

KIND = "result_picture"
MOST = 6
WIDTH = 640  # points of the drawn picture, which are its pixels
PIXELS = 40_000_000  # more than any telephone's; a larger one would eat the memory of the drawing
LARGEST = 15 * 2**20


def redrawn(name: str, content: bytes) -> tuple[bytes, int, int]:
    """(a PNG of at most WIDTH pixels across, its width, its height). Raises Incomplete for what is no picture."""
    check_kind(name, ("png", "jpg"))
    mime = check_upload(name, content, largest=LARGEST)
    across, down = _measured(content, mime)
    if across * down > PIXELS or not across or not down or down > 4 * across:
        raise Incomplete(N_("This picture is too large or too long. Please save it smaller."), field="file")
    ending, width = mime.rpartition("/")[2], min(WIDTH, across)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"picture.{ending}").write_bytes(content)
        page = Path(folder) / "page.typ"
        page.write_text(f'#set page(width: {width}pt, height: auto, margin: 0pt)\n#image("picture.{ending}", width: {width}pt)', encoding="utf-8")
        try:
            drawn = bytes(typst.compile(str(page), format="png", ppi=72.0, root=folder))
        except Exception:  # noqa: BLE001 - whatever the drawing says of a picture that it cannot read
            raise Incomplete(N_("This picture is damaged. Please save it again."), field="file") from None
    return drawn, *struct.unpack(">II", drawn[16:24])


def _measured(content: bytes, mime: str) -> tuple[int, int]:
    """Width and height as the file says them, read before it is unpacked."""
    if mime == "image/png":
        return struct.unpack(">II", content[16:24])
    place = 2
    while place + 9 < len(content) and content[place] == 0xFF:
        kind = content[place + 1]
        if kind == 0xFF:
            place += 1
            continue
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            down, across = struct.unpack(">HH", content[place + 5 : place + 9])
            return across, down
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return 0, 0


def add(result: Result, upload: Any, *, alt: str, alt_en: str | None, by: User, at: datetime) -> Picture:
    """Put a picture on the page of a registered result."""
    shared.check_registered(result)
    if len(of([result.id])) >= MOST:
        raise Incomplete(N_("A result has at most %(n)s pictures. Take one off first."), field="file", n=MOST)
    given = files.bounds(at)
    name = upload.filename or ""
    drawn, width, height = redrawn(name, files.read(upload, given))
    taken = files.receive(f"{name.rpartition('.')[0] or 'anh'}.png", drawn, given, types=("png",))
    kept = files.add(taken, subject=result, kind=KIND, by=by, at=at, given=given)
    last = db.session.scalar(select(func.max(Picture.position)).where(Picture.result_id == result.id)) or 0
    row = Picture(result_id=result.id, position=last + 1, alt=nfc(alt), alt_en=alt_en or None, attachment_pid=kept.public_id, width=width, height=height)
    db.session.add(row)
    db.session.flush()
    journal.record(result, "add_picture", by=by, at=at, detail={"picture": row.public_id})
    return row


def remove(picture: Picture, result: Result, *, by: User, at: datetime) -> None:
    """Take a picture off."""
    kept = attachment(picture)
    if kept is not None:
        files.remove(kept, subject=result, by=by, at=at)
    journal.record(result, "remove_picture", by=by, at=at, detail={"picture": picture.public_id})
    db.session.delete(picture)
    db.session.flush()


def of(result_ids: Sequence[int]) -> list[Picture]:
    """The pictures of these results, in their order."""
    return list(db.session.scalars(select(Picture).where(Picture.result_id.in_(result_ids)).order_by(Picture.result_id, Picture.position))) if result_ids else []


def by_pid(result: Result, pid: str) -> Picture | None:
    """One picture of a result."""
    return db.session.scalar(select(Picture).where(Picture.public_id == pid, Picture.result_id == result.id))


def attachment(picture: Picture) -> Attachment | None:
    """The file of a picture, unless it waits for the malware check or was taken out."""
    found = db.session.scalar(select(Attachment).where(Attachment.public_id == picture.attachment_pid, Attachment.removed_at.is_(None)))
    return found if found is not None and found.offered else None
