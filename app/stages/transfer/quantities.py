"""Numbers as people type and papers print them: hectares kept as square metres. Pure."""

from __future__ import annotations

import re


def figure(value: int | None) -> str:
    """A number as papers print it; nothing where nothing was said."""
    return "" if value is None else f"{value:,}".replace(",", ".")


def hectares(area: int) -> str:
    """Square metres as hectares, in Vietnamese writing: 125000 → "12,5"."""
    whole, rest = divmod(area, 10_000)
    return figure(whole) + (f",{rest:04d}".rstrip("0") if rest else "")


def square_metres(text: str) -> int:
    """Hectares as people type them ("12,5", "1.250", "0.35") in square metres. Raises ValueError for what is no such number."""
    found = re.fullmatch(r"(\d{1,3}(?:\.\d{3})+|\d{1,7})(?:,(\d{1,4}))?|(\d{1,7})\.(\d{1,4})", re.sub(r"\s*ha$", "", text.strip().lower()), re.ASCII)
    if found is None:
        raise ValueError(text)
    whole, rest = (found[1].replace(".", ""), found[2]) if found[1] else (found[3], found[4])
    return int(whole) * 10_000 + int((rest or "").ljust(4, "0"))
