"""Requests whose form is not one: a part without a name is refused with 400, before anybody looks for a field in it."""

from __future__ import annotations

from flask import Request
from werkzeug.exceptions import BadRequest


class SoundRequest(Request):
    """Flask's request, which does not pass a nameless part of a multipart form on."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        if None in self.__dict__.get("form", ()) or None in self.__dict__.get("files", ()):
            raise BadRequest
