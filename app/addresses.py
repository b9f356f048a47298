"""Addresses of pages from kept patterns: one page of a list asks for a hundred of them, and werkzeug builds each anew."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, request

from app.sound import SoundRequest

_PUBLIC_ID = re.compile(r"[0-9a-z]{26}")  # as kernel.db.public_id makes them: nothing in it needs quoting
_ANY = "0" * 26


class Application(Flask):
    """Flask that remembers the address of a page, and what stands around a public id in it."""

    request_class = SoundRequest

    def url_for(self, endpoint: str, **values: Any) -> str:  # type: ignore[override]
        """As Flask's, with a shorter way for `endpoint` alone and for `endpoint, pid=<public id>` while a request is answered."""
        given = {name: value for name, value in values.items() if value is not None}
        pid = given.get("pid", "")
        plain = len(given) == (pid != "") and endpoint[0] != "." and (not pid or isinstance(pid, str) and _PUBLIC_ID.fullmatch(pid))
        if not plain or not request:
            return super().url_for(endpoint, **values)
        patterns, key = self.extensions.setdefault("addresses", {}), (request.script_root, endpoint, bool(pid))
        if key not in patterns:
            patterns[key] = super().url_for(endpoint, **({"pid": _ANY} if pid else {})).split(_ANY)
        return str(pid).join(patterns[key])
