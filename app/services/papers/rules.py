"""Amounts in words and dates as papers write them. Pure."""

from __future__ import annotations

import re
from datetime import date

from app.kernel.errors import Incomplete, Refused
from app.kernel.text import nfc
from app.kernel.words import N_, Face

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
BILLION = 10**9
GIVEN_NUMBER = re.compile(r"(?=.*\d)[\w./&() -]+")  # bodies number their papers in many ways; a digit is always there


class Ending(Face):
    """What a newer paper does to an older one."""

    REPLACES = "replaces", N_("Replaces"), "amber"
    WITHDRAWS = "withdraws", N_("Withdraws"), "red"


class NotDrawn(Refused):
    """The paper could not be drawn now; it is whole, and can be asked for again."""

    status = 503


def check_number(number: str, *, field: str = "number", like: str = "77/QĐ-SKHCN") -> str:
    """The number of a decision, contract or other paper as it is kept. Raises Incomplete for what can be no number."""
    said = nfc(number or "").strip()
    if not GIVEN_NUMBER.fullmatch(said):
        raise Incomplete(N_("This is not the number of a paper: a number holds digits. Please write it like %(like)s."), field=field, like=like)
    return said


def amount_in_words(amount: int, *, zero: str = "lẻ", thousand: str = "nghìn") -> str:
    """1005000000 → "một tỷ không trăm lẻ năm triệu đồng". Negative amounts begin with "âm"."""
    text = number_in_words(abs(amount), zero=zero, thousand=thousand)
    return f"{'âm ' if amount < 0 else ''}{text} đồng"


def number_in_words(number: int, *, zero: str = "lẻ", thousand: str = "nghìn") -> str:
    """A whole number ≥ 0 in Vietnamese words; every group after the first is read in full."""
    if number == 0:
        return DIGITS[0]
    if number >= BILLION:
        high, low = divmod(number, BILLION)
        head = f"{number_in_words(high, zero=zero, thousand=thousand)} tỷ"
        return head if not low else f"{head} {_below_billion(low, full=True, zero=zero, thousand=thousand)}"
    return _below_billion(number, full=False, zero=zero, thousand=thousand)


def _below_billion(number: int, *, full: bool, zero: str, thousand: str) -> str:
    words = []
    for size, name in ((10**6, "triệu"), (1000, thousand), (1, "")):
        group, number = divmod(number, size)
        if group:
            words.append(f"{_group(group, full=full or bool(words), zero=zero)} {name}".strip())
    return " ".join(words)


def _group(group: int, *, full: bool, zero: str) -> str:
    hundreds, rest = divmod(group, 100)
    tens, units = divmod(rest, 10)
    words = [DIGITS[hundreds], "trăm"] if hundreds or full else []
    if tens == 0:
        if units:
            words += ([zero] if words else []) + [DIGITS[units]]
        return " ".join(words)
    words += ["mười"] if tens == 1 else [DIGITS[tens], "mươi"]
    if units == 1 and tens > 1:
        words.append("mốt")
    elif units == 5:
        words.append("lăm")
    elif units:
        words.append(DIGITS[units])
    return " ".join(words)


def paper_date(day: date) -> str:
    """ngày 05 tháng 8 năm 2026: a leading zero for days under 10 and months 1 and 2 (Decree 30/2020, appendix I, V)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def with_dots(amount: int) -> str:
    """1250000000 → "1.250.000.000"."""
    return f"{amount:,}".replace(",", ".")


def millions(amount: int) -> str:
    """Đồng as millions with one decimal, as tables of reports have it."""
    tenths = (amount + 50_000) // 100_000
    return f"{with_dots(tenths // 10)},{tenths % 10}" if amount else "0"
