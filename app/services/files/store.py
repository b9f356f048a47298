"""The store on local disk: <folder>/ab/cd/<sha256>. Bytes are synced before anyone may point to them."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from flask import current_app


def _path(digest: str) -> Path:
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("not a hash")
    return Path(current_app.config["FILES_FOLDER"]) / digest[:2] / digest[2:4] / digest


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


def size(digest: str) -> int | None:
    """How many bytes are kept under this hash; None when there are none."""
    try:
        return _path(digest).stat().st_size
    except OSError:
        return None


def names() -> set[str]:
    """The hashes of all files in the store, those that no row points to as well."""
    return {path.name for path in Path(current_app.config["FILES_FOLDER"]).glob("??/??/*") if not path.name.startswith(".")}
