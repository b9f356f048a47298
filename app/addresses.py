"""Addresses of pages from kept patterns: one page of a list asks for a hundred of them, and werkzeug builds each anew."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, request

from app.sound import SoundRequest

_PUBLIC_ID = re.compile(r"[0-9a-z]{26}")  # as kernel.db.public_id makes them: nothing in it needs quoting
ANY = "0" * 26  # stands for any public id


class Application(Flask):
    """Flask that remembers the address of a page or a static file, and what stands around a public id in an address."""

    def __init__(self, *args: Any, **values: Any) -> None:
        self.patterns: dict[tuple[str, str, Any], list[str]] = {}
        super().__init__(*args, **values)

    request_class = SoundRequest

    def url_for(self, endpoint: str, **values: Any) -> str:  # type: ignore[override]
        """As Flask's, with a shorter way for `endpoint` alone, for `endpoint, pid=<public id>` and for static files while a request is answered."""
        if len(values) > 1:  # flask.url_for hands on what nobody asked for
            values = {name: value for name, value in values.items() if value is not None or name[0] != "_"}
        pid = values.get("pid", "")
        short = not values or len(values) == 1 and (_PUBLIC_ID.fullmatch(pid) if type(pid) is str and pid else endpoint == "static")
        if not short or endpoint[0] == ".":
            return super().url_for(endpoint, **values)
        try:
            key = (request.script_root, endpoint, values.get("filename") if endpoint == "static" else bool(pid))
        except RuntimeError:  # no request is answered: a mail
            return super().url_for(endpoint, **values)
        if (pattern := self.patterns.get(key)) is None:
            pattern = self.patterns[key] = super().url_for(endpoint, **(values if not pid else {"pid": ANY})).split(ANY)
        return pattern[0] if not pid else pid.join(pattern)
