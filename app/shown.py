"""How values are shown: filters and globals of templates. Money 1.250.000.000 đ, days dd/mm/yyyy, Vietnamese time."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from flask import Flask, current_app
from flask_babel import get_locale
from flask_login import current_user

from app.kernel import clock
from app.kernel.clock import local
from app.kernel.forms import hidden
from app.kernel.permissions import Do
from app.kernel.web import sentence_of


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


def precise(value: datetime | None) -> str:
    """18/06/2026 16:59:59.120, Vietnamese time: where a second decides."""
    return "–" if value is None else f"{local(value):%d/%m/%Y %H:%M:%S}.{value.microsecond // 1000:03d}"


def quantity(value: float | Decimal | str | None) -> str:
    """1000 → "1.000", 10.5 → "10,5" (in English "1,000", "10.5"); at most two decimals; words are left as they are."""
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        return quantity(int(value)) if value.isdigit() and len(value) < 16 else value
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,")) if language() == "vi" else text


def size(octets: int | None) -> str:
    """How large a file is: "850 B", "48 KB", "1,5 MB"."""
    if octets is None:
        return "–"
    if octets < 1024:
        return f"{octets}\u00a0B"
    kilo = round(octets / 1024)
    return f"{quantity(kilo)}\u00a0KB" if kilo < 1024 else f"{quantity(round(octets / 2**20, 1))}\u00a0MB"


def can(word: Do | str) -> bool:
    """May the present user say this word?"""
    return bool(current_user.is_authenticated and current_user.can(Do(word)))


def language() -> str:
    """The language of this page: vi or en."""
    return str(get_locale() or "vi")[:2]


def department_name() -> str:
    """Whose system this is, in the language of the page or mail."""
    return str(current_app.config["DEPARTMENT_NAME_EN" if language() == "en" else "DEPARTMENT_NAME"])


def init_app(app: Flask) -> None:
    """Hang filters and globals on the templates."""
    app.jinja_env.filters.update(money=money, date=day, moment=moment, precise=precise, quantity=quantity, size=size, sentence=sentence_of)
    app.jinja_env.globals.update(can=can, Do=Do, hidden=hidden, language=language, department_name=department_name, clock_now=clock.now,
                                 clock_offset=clock.offset, current_user=current_user)  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
