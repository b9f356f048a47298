"""Templates as code, kept below the instance folder: translating the parts that all pages share takes a worker 6 MB which it does not give back,
and a quarter of a second of its first visitor.

What is kept carries the hash of its source: a template that changed is translated anew.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache


def keep(app: Flask) -> None:
    """Let templates be translated once for all processes."""
    folder = Path(app.config["INSTANCE_FOLDER"]) / "templates"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder), "%s")


def translate_all(app: Flask) -> int:
    """Translate every template before the first visitor comes. Returns how many there are."""
    names = app.jinja_env.list_templates()
    for name in names:
        app.jinja_env.get_template(name)
    return len(names)
