"""The store on local disk: <folder>/ab/cd/<sha256>. Bytes are synced before anyone may point to them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
from pathlib import Path
from typing import BinaryIO

from flask import current_app


def _path(digest: str) -> Path:
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("not a hash")
    return Path(current_app.config["FILES_FOLDER"]) / digest[:2] / digest[2:4] / digest


def trusted() -> Path:
    """The folder of the certificates whose signatures are trusted here."""
    return Path(current_app.config["TRUSTED_CERTIFICATES"])


def put(content: bytes) -> str:
    """Keep the bytes; returns their SHA-256. Raises OSError when the disk will not have them."""
    digest = hashlib.sha256(content).hexdigest()
    target = _path(digest)
    folder = target.parent
    if not target.exists():
        known = folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with part.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        if not known:  # the new folders must be on the disk too
            _sync(folder.parent.parent)
            _sync(folder.parent)
    _sync(folder)
    return digest


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def get(digest: str) -> bytes:
    """The bytes, checked against their name. Raises OSError when missing or changed."""
    content = _path(digest).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise OSError(f"the stored file {digest[:12]}… is not what it was")
    return content


def opened(digest: str) -> BinaryIO:
    """The same as an open file, however large: read once through before it is given. Raises OSError when missing or changed."""
    file = _path(digest).open("rb")
    try:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise OSError(f"the stored file {digest[:12]}… is not what it was")
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def size(digest: str) -> int | None:
    """How many bytes are kept under this hash; None when there are none."""
    try:
        return _path(digest).stat().st_size
    except OSError:
        return None


def names() -> set[str]:
    """The hashes of all files in the store, those that no row points to as well."""
    return {path.name for path in Path(current_app.config["FILES_FOLDER"]).glob("??/??/*") if not path.name.startswith(".")}


def room() -> tuple[int, int]:
    """How large the disk of the store is, and how much of it is free (bytes)."""
    folder = Path(current_app.config["FILES_FOLDER"])
    folder.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(folder)
    return usage.total, usage.free


# --- files that come in pieces --------------------------------------------------------------------------------


class Gap(Exception):
    """A piece that does not join on to what is there: `size` is how much that is."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


def _part(name: str) -> Path:
    if not name.isalnum():
        raise ValueError("not the name of an upload")
    folder = Path(current_app.config["FILES_FOLDER"]) / ".uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.part"


def part_size(name: str) -> int:
    """How much of an upload is here."""
    try:
        return _part(name).stat().st_size
    except FileNotFoundError:
        return 0


def put_piece(name: str, start: int, piece: bytes, *, most: int) -> int:
    """Join a piece on; a piece that is here already changes nothing. Returns how much is here now. Raises Gap."""
    with _part(name).open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # the same piece may be on its way twice
        size = file.seek(0, os.SEEK_END)
        if start > size or start + len(piece) > most:
            raise Gap(size)
        file.seek(start)
        there = file.read(len(piece))
        if there != piece[: len(there)]:
            raise Gap(size)
        file.write(piece[len(there) :])
        file.flush()
        return file.seek(0, os.SEEK_END)


def get_parts(name: str) -> bytes:
    """All of an upload that is here."""
    try:
        return _part(name).read_bytes()
    except FileNotFoundError:
        return b""


def drop_parts(name: str) -> None:
    """An upload's pieces are not needed any more."""
    _part(name).unlink(missing_ok=True)


def uploads_here() -> set[str]:
    """The uploads of which pieces are here."""
    return {path.stem for path in (Path(current_app.config["FILES_FOLDER"]) / ".uploads").glob("*.part")}
