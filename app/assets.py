"""Static files: their address holds the hash of them all, so a browser keeps them for good; text goes out compressed.

Pages stay uncompressed: they hold secrets (tokens) beside what a visitor typed, and the length of compressed answers
would tell them byte by byte (BREACH).
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tempfile
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

STATIC = Path(__file__).resolve().parent / "static"
TEXT = {".css", ".js", ".mjs", ".svg", ".json", ".txt", ".map"}
HEADERS = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer"}


def tree_hash(folder: Path = STATIC) -> str:
    """The hash of names and contents of all files below the folder."""
    found = hashlib.sha256()
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        found.update(str(file.relative_to(folder)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()[:12]


def address(*, development: bool) -> str:
    """Under which address the files are served. While a developer edits them the address keeps still."""
    return "/static" if development else f"/static/{tree_hash()}"


def serve(app: Flask) -> None:
    """Put WhiteNoise before the application: one copy of the files with its compressed twins, kept by browsers for good."""
    copy = _compressed(Path(app.config["INSTANCE_FOLDER"]), str(app.static_url_path).rpartition("/")[2])
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=str(copy), prefix=str(app.static_url_path),
        immutable_file_test=lambda _path, _url: True, allow_all_origins=False,
        add_headers_function=lambda headers, _path, _url: [headers.__setitem__(name, value) for name, value in HEADERS.items()])  # fmt: skip


def _compressed(instance: Path, name: str) -> Path:
    """The copy of this state of the files below the instance folder; made once, whole or not at all."""
    target = instance / "static" / name
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=target.parent))
        shutil.copytree(STATIC, part, dirs_exist_ok=True)
        part.chmod(0o755)
        for file in [f for f in part.rglob("*") if f.suffix in TEXT]:
            packed = gzip.compress(file.read_bytes(), 9, mtime=0)
            if len(packed) < file.stat().st_size * 0.95:
                file.with_name(f"{file.name}.gz").write_bytes(packed)
        try:
            part.rename(target)
        except OSError:  # another process was quicker: its copy is the same
            shutil.rmtree(part)
    return target
