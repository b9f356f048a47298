"""Where packed dossiers lie until they expire: a folder beside the store, no part of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from flask import current_app


def path(pid: str) -> Path:
    """The file of a copy, whether it is there or not."""
    if not pid.isalnum():
        raise ValueError("not the name of a copy")
    return Path(current_app.config["FILES_FOLDER"]) / ".archives" / f"{pid}.zip"


@contextmanager
def writing(pid: str) -> Iterator[BinaryIO]:
    """The file to write into: it has its name only when it is whole and on the disk."""
    target = path(pid)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def drop(pid: str) -> None:
    """The file is not needed any more."""
    path(pid).unlink(missing_ok=True)
