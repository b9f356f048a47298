"""What may be uploaded. Pure: bytes and a name in, a refusal or the media type out."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import filetype

from app.kernel.errors import Incomplete
from app.kernel.text import nfc
from app.kernel.words import N_

OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "png": "image/png",
    "jpg": "image/jpeg",
}
ENTRIES, UNPACKED, RATIO = 2_000, 200 * 2**20, 50
MAGIC = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "docx": b"PK\x03\x04", "xlsx": b"PK\x03\x04"}
PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


def clean_name(name: str) -> str:
    """The file's name as data: NFC, no path, no control or bidirectional signs, at most 200 characters."""
    bare = nfc(name.replace("\\", "/").rsplit("/", 1)[-1])
    bare = re.sub(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f<>:\"|?*]", "", bare).strip(". ") or "tep"
    stem, dot, ending = bare.rpartition(".")
    return f"{stem[:190]}{dot}{ending[:8]}" if dot else bare[:200]


def check_upload(name: str, content: bytes, *, largest: int) -> str:
    """The media type of an acceptable file. Raises Incomplete: ending, first bytes and structure must agree."""
    ending = name.rpartition(".")[2].lower()
    ending = {"jpeg": "jpg"}.get(ending, ending)
    if ending not in KINDS:
        raise Incomplete(N_("Please send a PDF, Word (.docx), Excel (.xlsx), PNG or JPEG file."), field="file")
    if not content:
        raise Incomplete(N_("This file is empty."), field="file")
    if len(content) > largest:
        raise Incomplete(N_("This file is too large: at most %(n)s MB."), field="file", n=largest // 2**20)
    guessed = filetype.guess(content)
    fits = content.startswith(MAGIC[ending]) and (guessed is None or guessed.extension in {ending, "zip"})
    if not fits:
        raise Incomplete(N_("The content of this file does not match its ending “.%(ending)s”."), field="file", ending=ending)
    if ending == "pdf":
        _check_pdf(content)
    elif ending in PART:
        _check_office(content, PART[ending])
    return KINDS[ending]


def _check_pdf(content: bytes) -> None:
    if b"%%EOF" not in content[-2048:]:
        raise Incomplete(N_("This PDF is cut off. Please make it again."), field="file")
    if b"/Encrypt" in content:
        raise Incomplete(N_("This PDF has a password. Please send it without one."), field="file")


def _check_office(content: bytes, part: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_archive(entries, len(content))
            names = {e.filename for e in entries}
    except (zipfile.BadZipFile, RuntimeError, ValueError):
        raise Incomplete(N_("This file cannot be opened. Please save it again."), field="file") from None
    if part not in names or "[Content_Types].xml" not in names:
        raise Incomplete(N_("This file cannot be opened. Please save it again."), field="file")
    if any(n.lower().endswith("vbaproject.bin") for n in names):
        raise Incomplete(N_("Files with macros are not accepted."), field="file")


def _check_archive(entries: list[Any], packed: int) -> None:
    total = sum(e.file_size for e in entries)
    if len(entries) > ENTRIES or total > UNPACKED or (total > 2**20 and total > RATIO * packed):
        raise Incomplete(N_("This file unpacks to far too much and is not accepted."), field="file")
