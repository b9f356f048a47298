"""The text of a mail that is posted: the officers' wording in force, else the shipped file."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template
from flask_babel import get_locale

from app.kernel import clock
from app.services.mails import texts
from app.services.papers import queries


def write(template: str, **context: Any) -> str:
    """Subject and body for one person. A wording that cannot be filled never keeps a mail back: then the shipped one goes."""
    name = f"{template.removesuffix('.txt')}.{get_locale()}"
    row = queries.in_force(name, on=clock.today())
    if row is not None:
        try:
            return texts.fill(row.text, texts.values_of(name, context))
        except Exception:
            current_app.logger.exception("the wording of a mail could not be filled: %s, version %s", name, row.number)
    return render_template(template, **context)
