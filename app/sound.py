"""Requests whose parts are not what a browser sends: mended or refused at the door, before anybody looks for a field or a row.

A NUL means nothing in any address or text, and PostgreSQL takes none: in a path it names no page, elsewhere it is left out. A part
of a form without a name is refused with 400.
"""

from __future__ import annotations

from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest

NUL = "\x00"
NO_PAGE = "\ufffd".encode().decode("latin-1")  # the sign for what cannot be read, as WSGI writes a path


class SoundRequest(Request):
    """Flask's request, without NUL and without nameless parts."""

    def __init__(self, environ: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        if NUL in environ.get("PATH_INFO", ""):
            environ["PATH_INFO"] = environ["PATH_INFO"].replace(NUL, NO_PAGE)
        while "%00" in environ.get("QUERY_STRING", ""):
            environ["QUERY_STRING"] = environ["QUERY_STRING"].replace("%00", "")
        super().__init__(environ, *args, **kwargs)

    def _load_form_data(self) -> None:
        super()._load_form_data()
        sent = self.__dict__.get("form", ImmutableMultiDict())
        if None in sent or None in self.__dict__.get("files", ()):
            raise BadRequest
        if any(NUL in name + value for name, value in sent.items(multi=True)):
            self.__dict__["form"] = ImmutableMultiDict((name.replace(NUL, ""), value.replace(NUL, "")) for name, value in sent.items(multi=True))
