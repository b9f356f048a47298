"""Addresses from kept patterns are those that Flask makes."""

from __future__ import annotations

import pytest
from flask import Flask, url_for
from werkzeug.routing import BuildError

PID = "0123456789abcdefghjkmnpqrs"


@pytest.mark.parametrize("values", [{}, {"pid": PID}, {"pid": "x/y?"}, {"pid": PID, "q": "đ"}, {"pid": PID, "_anchor": "a"}, {"_external": True}, {"q": "a b"}, {"pid": 7}])
@pytest.mark.parametrize("endpoint", ["hub.show", "hub.index", "people.login", ".index", "nothing.here"])
def test_as_flask_makes_them(app, endpoint, values):
    for root in ("", "/under"):
        with app.test_request_context("/projects/", environ_overrides={"SCRIPT_NAME": root}):
            made = [_made(lambda: Flask.url_for(app, endpoint, **values)), *(_made(lambda: url_for(endpoint, **values)) for _again in range(2))]
            assert made[0] == made[1] == made[2]


def _made(build):
    try:
        return build()
    except BuildError:
        return "no such address"
