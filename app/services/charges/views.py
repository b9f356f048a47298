"""No page of its own: the window /clock shows charges and deputies. The blueprint brings the templates of the mails."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("charges", __name__, template_folder="templates")
