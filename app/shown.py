"""How values are shown: filters and globals of templates. Money 1.250.000.000 đ, days dd/mm/yyyy, Vietnamese time."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask
from flask_babel import get_locale
from flask_login import current_user

from app.kernel import clock
from app.kernel.clock import local
from app.kernel.forms import hidden
from app.kernel.permissions import Do


def money(amount: int | None) -> str:
    """1250000000 → "1.250.000.000 đ" (a no-break blank before đ); nothing → "–"."""
    return "–" if amount is None else f"{amount:,}".replace(",", ".") + "\u00a0đ"


def day(value: date | datetime | None) -> str:
    """18/06/2026; an instant is shown as its Vietnamese day."""
    if value is None:
        return "–"
    return f"{local(value) if isinstance(value, datetime) else value:%d/%m/%Y}"


def moment(value: datetime | None) -> str:
    """18/06/2026 17:00, Vietnamese time."""
    return "–" if value is None else f"{local(value):%d/%m/%Y %H:%M}"


def can(word: Do | str) -> bool:
    """May the present user say this word?"""
    return bool(current_user.is_authenticated and current_user.can(Do(word)))


def language() -> str:
    """The language of this page: vi or en."""
    return str(get_locale() or "vi")[:2]


def init_app(app: Flask) -> None:
    """Hang filters and globals on the templates."""
    app.jinja_env.filters.update(money=money, date=day, moment=moment)
    app.jinja_env.globals.update(can=can, Do=Do, hidden=hidden, language=language, clock_now=clock.now,
                                 clock_offset=clock.offset, current_user=current_user)  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
