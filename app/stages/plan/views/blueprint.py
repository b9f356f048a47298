"""The one blueprint of the room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request

bp = Blueprint("plan", __name__, url_prefix="/plan", template_folder="../templates")


def shown_if(check: Callable[..., Any], *what: Any) -> None:
    """A form that can only be refused is not shown: its address answers with the refusal. What was typed meanwhile is kept: on POST the act refuses."""
    if request.method != "POST":
        check(*what)
