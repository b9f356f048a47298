"""A cell of an old list to a value: money, days, periods, states, grades, names. Pure; what cannot be understood is said, never guessed.

A parser returns the value with remarks (msgids with parameters): warnings for what was read with some doubt. It raises Unclear for what
cannot be read. “.” parts thousands and “,” decimals, as Vietnamese writes; a lone sign before three digits is told of.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.across.imports.rules import Stand
from app.kernel.db import MONEY_MAX
from app.kernel.errors import Incomplete
from app.kernel.text import fold, nfc
from app.kernel.words import N_

Remark = tuple[str, dict[str, Any]]
FIRST_YEAR, LAST_YEAR = 1976, 2100  # no list of this province's projects is older than the reunited country


class Unclear(Incomplete):
    """This cell cannot be understood as what its column is to be."""


@dataclass
class Read:
    """A value with the doubts that remain."""

    value: Any
    remarks: list[Remark] = field(default_factory=list)


# --- money ----------------------------------------------------------------------------------------------------

UNITS = {"ty": 10**9, "ti": 10**9, "trieu": 10**6, "tr": 10**6, "nghin": 10**3, "ngan": 10**3, "dong": 1, "d": 1, "vnd": 1}
_AMOUNT = re.compile(r"(\d[\d.,\u00a0 ]*\d|\d)\s*(ty|ti|trieu|tr|nghin|ngan|dong|vnd|d)?\b")
_ABOUT = re.compile(r"\b(gan|hon|khoang|xap xi|uoc|tren|duoi|~)\b|~|≈")
_FILL = re.compile(r"\b(gan|hon|khoang|xap xi|uoc|tinh|tren|duoi|dong|vnd|d|va|tong|kinh phi|la|chan|so tien)\b|[~≈:;.,()+\s-]")
SMALLEST = 100_000  # đồng: a project costs more; less means that the unit is not named


def unit_in(head: str) -> int | None:
    """The unit that a heading names, in đồng: “Kinh phí (triệu đồng)” is 1 000 000."""
    said = fold(head)
    for words, unit in ((r"\b(ty|ti) ?dong|\(ty\)", 10**9), (r"trieu|\btr\.? ?d\b|\(tr\)", 10**6), (r"nghin|ngan dong|1\.?000 ?d", 10**3), (r"\((dong|vnd|d)\)|\bvnd\b|\bdong\b", 1)):
        if re.search(words, said):
            return unit
    return None


def number(text: str) -> tuple[Decimal, bool]:
    """(the number, whether it could also be read another way): “1.250,5” is 1250.5, “540.000.000” is 540000000. Raises ValueError."""
    bare = re.sub(r"[\s\u00a0]", "", text)
    dots, commas = bare.count("."), bare.count(",")
    if dots and commas:
        decimal = max(bare.rfind("."), bare.rfind(","))
        sign = bare[decimal]
        if bare.count(sign) > 1:
            raise ValueError(text)
        whole, part = bare[:decimal], bare[decimal + 1 :]
        if not re.fullmatch(r"\d{1,3}([.,]\d{3})+", whole):
            raise ValueError(text)
        return Decimal(f"{re.sub('[.,]', '', whole)}.{part or 0}"), False
    sign = "." if dots else ","
    if dots + commas > 1:
        if not re.fullmatch(r"\d{1,3}([.,]\d{3})+", bare):
            raise ValueError(text)
        return Decimal(re.sub("[.,]", "", bare)), False
    if dots + commas == 0:
        return Decimal(bare), False
    whole, part = bare.split(sign)
    if len(part) == 3 and 1 <= len(whole) <= 3 and whole != "0":  # “1.250” is thousands, “1,250” is most likely a fraction: both are told of
        return (Decimal(whole + part), True) if sign == "." else (Decimal(f"{whole}.{part}"), True)
    return Decimal(f"{whole or 0}.{part or 0}"), False


def money(found: Any, unit: int | None = None) -> Read:
    """An amount in whole đồng; `unit` is what a number without one counts. Raises Unclear."""
    if isinstance(found, int | float):
        return _amount(Decimal(str(found)), unit, [])
    said = fold(str(found))
    if re.search(r"(?<!\d)-\s*\d", said) and not re.search(r"\d\s*-\s*\d", said):
        raise Unclear(N_("An amount of money cannot be negative."))
    parts = list(_AMOUNT.finditer(said))
    if not parts or _FILL.sub("", _AMOUNT.sub("", said)):
        raise Unclear(N_("This is no amount of money: write it in digits, such as 540.000.000 or 540 triệu."))
    remarks: list[Remark] = [(N_("The list says “about”: the amount is not exact."), {})] if _ABOUT.search(said) else []
    named = [m for m in parts if m[2] and m[2] not in ("dong", "d", "vnd")]
    if len(parts) > 1 and len(named) < len(parts) - 1:
        raise Unclear(N_("There is more than one amount in this cell. Write the one that counts."))
    scales = [UNITS[m[2]] for m in named]
    if scales != sorted(set(scales), reverse=True):
        raise Unclear(N_("There is more than one amount in this cell. Write the one that counts."))
    try:
        read = [(number(m[1]), UNITS[m[2]] if m[2] else None) for m in parts]
    except (ValueError, ArithmeticError):
        raise Unclear(N_("This is no amount of money: write it in digits, such as 540.000.000 or 540 triệu.")) from None
    if len(read) == 1:
        (value, doubtful), scale = read[0]
        return _amount(value, scale or unit, [*remarks, *_doubt(doubtful and (scale or unit or 1) > 1, value, scale or unit)])
    total = sum((value * (scale or 1) for (value, _d), scale in read), Decimal(0))
    return _amount(total, 1, remarks)


def _doubt(doubtful: bool, value: Decimal, unit: int | None) -> list[Remark]:
    return [(N_("Read as %(amount)s đồng: the sign before three digits could also mean something else."), {"amount": f"{int(value * (unit or 1)):,}".replace(",", ".")})] if doubtful else []


def _amount(value: Decimal, unit: int | None, remarks: list[Remark]) -> Read:
    whole = value * (unit or 1)
    if unit is None and 0 < whole < SMALLEST:
        raise Unclear(N_("No unit is named, and as đồng this is too little. Say for the column what its numbers count."))
    if whole < 0:
        raise Unclear(N_("An amount of money cannot be negative."))
    if whole > MONEY_MAX:
        raise Unclear(N_("This is more money than any project has. Is the unit right?"))
    if whole != whole.to_integral_value():
        remarks.append((N_("Parts of a đồng are rounded."), {}))
    return Read(int(whole.to_integral_value()), remarks)


# --- days and periods -----------------------------------------------------------------------------------------

_DMY = re.compile(r"(?<!\d)(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{2,4})(?!\d)")
_WORDS = re.compile(r"ngay\s*(\d{1,2})\s*thang\s*(\d{1,2})\s*nam\s*(\d{4})")
_YMD = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_YM = re.compile(r"(?<!\d)(\d{4})-(0[1-9]|1[0-2])(?!\d)")
_MY = re.compile(r"(?<![\d/])(?:thang\s*)?(\d{1,2})\s*(?:[/.]|\s*nam\s*)\s*(\d{4})(?!\d)")
_Y = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_MONTHS = re.compile(r"(?<![\d/])(\d{1,3})\s*thang")
_SPAN_YEARS = re.compile(r"(?<![\d/])(\d{1,2})\s*nam\b(?!\s*\d)")
SERIALS = range(20_000, 75_000)  # days since 1899-12-30 as spreadsheets count them: 1954 to 2105


def _sane(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unclear(N_("The year %(year)s cannot be: it has to lie between %(first)s and %(last)s."), year=year, first=FIRST_YEAR, last=LAST_YEAR)
    if not 1 <= month <= 12:
        raise Unclear(N_("There is no month %(n)s."), n=month)
    if not 1 <= day <= monthrange(year, month)[1]:
        raise Unclear(N_("There is no day %(day)s in %(month)s/%(year)s."), day=day, month=month, year=year)
    return date(year, month, day)


def _points(said: str) -> list[tuple[int, str, date]]:
    """(place, precision, day) of everything in a text that names a day, a month or a year; the finest reading of each place."""
    found: list[tuple[int, int, str, date]] = []

    def free(m: re.Match[str]) -> bool:
        return all(m.end() <= start or end <= m.start() for start, end, _p, _d in found)

    for pattern, precision, order in ((_WORDS, "day", (3, 2, 1)), (_YMD, "day", (1, 2, 3)), (_DMY, "day", (3, 2, 1)), (_YM, "month", (1, 2)), (_MY, "month", (2, 1)), (_Y, "year", (1,))):
        for m in pattern.finditer(said):
            if free(m):
                year, *rest = (int(m[n]) for n in order)
                year += 0 if len(m[order[0]]) > 2 else 1900 if year > 75 else 2000
                found.append((m.start(), m.end(), precision, _sane(year, *(rest[0:1] or [1]), *(rest[1:2] or [1]))))
    return [(start, precision, day) for start, _end, precision, day in sorted(found)]


def _serial(found: float) -> date:
    if int(found) in SERIALS:
        return date(1899, 12, 30) + timedelta(days=int(found))
    if FIRST_YEAR <= found <= LAST_YEAR:
        return date(int(found), 1, 1)
    raise Unclear(N_("The number %(n)s is neither a day nor a year."), n=found)


def last_of(day: date, precision: str) -> date:
    """The last day of the year or month that a text names."""
    if precision == "year":
        return date(day.year, 12, 31)
    return date(day.year, day.month, monthrange(day.year, day.month)[1]) if precision == "month" else day


def day(found: Any, *, last: bool = False) -> Read:
    """A day; of a month or a year its first day, or its last. Raises Unclear."""
    if isinstance(found, int | float):
        start = _serial(found)
        precision = "day" if int(found) in SERIALS else "year"
    else:
        points = _points(fold(str(found)))
        if not points:
            raise Unclear(N_("This is no day: write it as dd/mm/yyyy."))
        if len(points) > 1:
            raise Unclear(N_("There is more than one day in this cell. Write the one that counts."))
        _place, precision, start = points[0]
    remark = {"month": N_("Only the month is named: %(day)s is taken."), "year": N_("Only the year is named: %(day)s is taken.")}.get(precision)
    value = last_of(start, precision) if last else start
    return Read(value, [(remark, {"day": f"{value:%d/%m/%Y}"})] if remark else [])


@dataclass(frozen=True)
class Period:
    """From when to when, and how many months, as far as it was said."""

    start: date | None
    end: date | None
    months: int | None


def period(found: Any) -> Read:
    """A period: “Từ tháng 7/2006 - 10/2007”, “2006-2007”, “24 tháng”. Raises Unclear."""
    if isinstance(found, int | float):
        if 1 <= found <= 120:
            return Read(Period(None, None, int(found)), [(N_("Taken as %(n)s months."), {"n": int(found)})])
        start = _serial(found)
        return Read(Period(start, last_of(start, "year"), None), [])
    said = fold(str(found)).replace("–", "-").replace("—", "-")
    short = re.sub(r"(?<!\d)((?:19|20)\d\d)\s*-\s*(\d\d)(?![\d/-])", lambda m: f"{m[1]} - {m[1][:2]}{m[2]}" if int(m[2]) > 12 else m[0], said)
    halved = re.search(r"(?<![\d/])(\d{1,2})\s*-\s*(\d{1,2})/(\d{4})", short)  # “3 - 9/2015”
    if halved:
        short = short.replace(halved[0], f"{halved[1]}/{halved[3]} - {halved[2]}/{halved[3]}")
    points = _points(short)
    counted = _MONTHS.search(re.sub(r"thang\s*\d", "", short)) or None
    years = _SPAN_YEARS.search(short)
    months = int(counted[1]) if counted else int(years[1]) * 12 if years else None
    if months is not None and not 1 <= months <= 120:
        raise Unclear(N_("A project lasts between 1 and 120 months."))
    if not points and months is None:
        raise Unclear(N_("This is no period: write it as 07/2006 - 10/2007, or as a number of months."))
    if len(points) > 2:
        raise Unclear(N_("There are more than two days in this cell. Write from when to when."))
    start = points[0][2] if points else None
    end = last_of(points[1][2], points[1][1]) if len(points) > 1 else last_of(start, "year") if start and points[0][1] == "year" and months is None else None
    if start and end and end <= start:
        raise Unclear(N_("The end is not after the start."))
    about: list[Remark] = [(N_("The list says “about”: the time is not exact."), {})] if _ABOUT.search(said) else []
    return Read(Period(start, end, months), about)


# --- what became of it ----------------------------------------------------------------------------------------

_STANDS = (
    (Stand.FAILED, r"khong (duoc )?(dat|nghiem thu|cong nhan)|chua dat"), (Stand.CANCELLED, r"huy (bo )?(quyet dinh|phe duyet|nhiem vu)|khong thuc hien|thu hoi quyet dinh"),
    (Stand.TERMINATED, r"cham dut|dinh chi|dung thuc hien|\bdung\b|thanh ly truoc"), (Stand.RUNNING, r"dang (thuc hien|trien khai)|cho phep trien khai|chua nghiem thu|nghiem thu (cap )?co so|gia han|phan bo kinh phi|bao cao tong"),
    (Stand.ACCEPTED, r"nghiem thu|cong nhan|ket thuc|hoan thanh|dang ky ket qua|co ket qua|applied|\bdat\b|xuat sac|\bkha\b"),
    (Stand.PROPOSED, r"de xuat|xac dinh|mo ho so|dang ky tham gia"), (Stand.APPROVED, r"trung tuyen|tuyen chon|giao truc tiep|phe duyet|duyet"),
    (Stand.PROPOSED, r"proposed"), (Stand.FAILED, r"failed|not accepted"), (Stand.TERMINATED, r"terminated"), (Stand.CANCELLED, r"cancelled"), (Stand.ACCEPTED, r"accepted|completed|finished"),
    (Stand.RUNNING, r"running|ongoing|under way"), (Stand.APPROVED, r"approved|selected"),
)  # fmt: skip


def stand(found: Any) -> Read:
    """What became of a task, by the words of its list. Raises Unclear."""
    said = re.sub("dat hang|(su|xay) dung", "", fold(str(found))).replace("ung dung", "applied")  # without marks they look like đạt and dừng
    if said in set(Stand):
        return Read(Stand(said))
    for value, words in _STANDS:
        if re.search(words, said):
            return Read(value, [(N_("Accepted by its host only: taken as under way."), {})] if value == Stand.RUNNING and "co so" in said else [])
    raise Unclear(N_("What became of this task is not clear. Choose: approved, under way, accepted, not accepted, ended early or cancelled."))


_GRADES = (("fail", r"khong dat|chua dat|fail|not accepted"), ("excellent", r"xuat sac|excellent"), ("good", r"\bkha\b|\bgood\b|\btot\b"), ("pass", r"\bdat\b|trung binh|pass"))


def grade(found: Any) -> Read:
    """A council's rating: excellent, good, pass or fail, in whatever scheme its year had. Raises Unclear."""
    said = re.sub(r"\bdat (loai|muc|ket qua)\b", "", fold(str(found)))
    hits = [code for code, words in _GRADES if re.search(words, said)]
    if "fail" in hits:
        hits = ["fail"]
    if len(hits) != 1:
        raise Unclear(N_("This is no rating, or more than one: write Xuất sắc, Khá, Đạt or Không đạt."))
    return Read(hits[0])


# --- decisions, codes -----------------------------------------------------------------------------------------

_DECISION = re.compile(r"(?<!\w)(\d{1,6}[\w.-]*/[\w./-]*\w)")


@dataclass(frozen=True)
class Decision:
    """A decision's number and day, as far as they were said."""

    number: str | None
    dated: date | None


def decision(found: Any) -> Read:
    """“2253/QĐ-UBND ngày 19/11/2019”. Raises Unclear for a day that cannot be."""
    text = " ".join(nfc(str(found)).split())
    m = next((m for m in _DECISION.finditer(text) if re.search(r"[^\W\d_]", m[1])), None)
    points = _points(fold(text.replace(m[1], " ") if m else text))
    if m is None and not points:
        return Read(Decision(text[:64] or None, None), [(N_("No day of the decision is named."), {})])
    dated = points[0][2] if points else None
    remarks = [(N_("Only the month or year of the decision is named: %(day)s is taken."), {"day": f"{dated:%d/%m/%Y}"})] if points and points[0][1] != "day" and dated else []
    return Read(Decision(m[1][:64] if m else None, dated), remarks)
