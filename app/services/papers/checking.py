"""Is a file the paper that it says it is? Its bytes are compared with the signed copies kept here and with the paper drawn anew."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

from app.kernel.words import N_, Face
from app.later import word
from app.services.papers import pdf

MOST_BYTES = 20 * 1024 * 1024


class Answer(Face):
    """What can be said of a file."""

    SIGNED = "signed", N_("This file is the signed copy that is kept here"), "green"
    SAME = "same", N_("This file is the paper as the system gives it out"), "green"
    BEFORE = "before", N_("This file is the paper as it was before it had its number"), "amber"
    OTHER = "other", N_("This file is not the one the system gives out. Scans and files that were opened and saved differ too: compare number, date and words with the paper itself"), "red"


def compare(content: bytes, signed: set[str], paper: dict[str, Any]) -> Answer:
    """`signed` are the SHA-256 of signed copies, `paper` is what is drawn."""
    if hashlib.sha256(content).hexdigest() in signed:
        return Answer.SIGNED
    drawn: Callable[[dict[str, Any]], bool]
    if content.startswith(b"%PDF"):
        drawn = lambda what: pdf.draw(what) == content
    elif content.startswith(b"PK"):
        drawn = lambda what: _same_parts(word.draw(what), content)
    else:
        return Answer.OTHER
    if drawn(paper) or ("mark" in paper and drawn({key: value for key, value in paper.items() if key != "mark"})):
        return Answer.SAME
    return Answer.BEFORE if paper["number"] and drawn(paper | {"number": None}) else Answer.OTHER


def _same_parts(ours: bytes, theirs: bytes) -> bool:
    """Do two Word files hold the same parts, whenever they were packed?"""
    try:
        with zipfile.ZipFile(io.BytesIO(ours)) as one, zipfile.ZipFile(io.BytesIO(theirs)) as other:
            sizes = [{info.filename: info.file_size for info in packed.infolist()} for packed in (one, other)]
            return sizes[0] == sizes[1] and all(one.read(name) == other.read(name) for name in sizes[0])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError):
        return False
