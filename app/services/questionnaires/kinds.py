"""The fixed lists of which forms are made: types, operators, formulas, checks, sources. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.kernel.words import N_, Face

Definition = Mapping[str, Any]


class Kind(Face):
    """The type of a question. There are no others."""

    SHORT = "short_text", N_("Short text"), "blue"
    LONG = "long_text", N_("Long text"), "blue"
    NUMBER = "number", N_("Number"), "blue"
    MONEY = "money", N_("Amount in đồng"), "blue"
    DATE = "date", N_("Date"), "blue"
    YES_NO = "yes_no", N_("Yes or no"), "blue"
    ONE = "one_of", N_("One of a list"), "blue"
    MANY = "many_of", N_("Any of a list"), "blue"
    TABLE = "table", N_("Table"), "purple"
    ORGANISATION = "organisation", N_("Organisation"), "amber"
    ITEM = "priority_item", N_("Priority item of the plan"), "amber"
    FILE = "file", N_("File"), "amber"
    CALCULATED = "calculated", N_("Calculated value"), "purple"


class Operator(Face):
    """When a question is asked: how the other answer must be."""

    IS = "is", N_("is"), "blue"
    IS_NOT = "is_not", N_("is not"), "blue"
    FILLED = "filled", N_("is filled in"), "blue"
    EMPTY = "empty", N_("is left empty"), "blue"
    MORE = "more_than", N_("is more than"), "blue"
    LESS = "less_than", N_("is less than"), "blue"


class Formula(Face):
    """How a calculated value is made of answers that stand before it. There are no others."""

    SUM = "sum", N_("Sum of questions"), "blue"
    COLUMN = "column", N_("Sum of a column of a table"), "blue"
    SHARE = "share", N_("Share of the first in the second, as a percentage"), "blue"


class CheckKind(Face):
    """Checks between answers."""

    SUM = "sum_equals", N_("Sum equals"), "blue"
    BEFORE = "before", N_("Comes before"), "blue"
    NOT_MORE = "not_more_than", N_("Not more than"), "blue"


class Source(Face):
    """Where a new form may take an answer from before anybody types."""

    PERSON_NAME = "person.name", N_("Name of the person who fills it in"), "blue"
    PERSON_EMAIL = "person.email", N_("E-mail of the person who fills it in"), "blue"
    ORGANISATION = "person.organisation", N_("Organisation of that person"), "blue"
    TODAY = "day.today", N_("Today"), "blue"
    NEXT_YEAR = "day.next_year", N_("1 January of next year"), "blue"


TEXTS = frozenset({Kind.SHORT, Kind.LONG})
NUMBERS = frozenset({Kind.NUMBER, Kind.MONEY})
CHOICES = frozenset({Kind.ONE, Kind.MANY})
CELLS = frozenset({Kind.SHORT, Kind.NUMBER, Kind.MONEY, Kind.DATE, Kind.ONE})
COMPARED = {Operator.MORE, Operator.LESS}
EQUAL = {Operator.IS, Operator.IS_NOT}
ONLY_FILLED = frozenset({Kind.ORGANISATION, Kind.ITEM, Kind.FILE})  # a condition asks only whether they are filled in
LIMITS = {"max_words": TEXTS, "min": NUMBERS, "max": TEXTS | NUMBERS, "min_rows": frozenset({Kind.TABLE}), "max_rows": frozenset({Kind.TABLE})}
FITTING = {
    Source.PERSON_NAME: TEXTS, Source.PERSON_EMAIL: TEXTS, Source.ORGANISATION: frozenset({Kind.ORGANISATION}),
    Source.TODAY: frozenset({Kind.DATE}), Source.NEXT_YEAR: frozenset({Kind.DATE}),
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """What is wrong with a definition: where (code of the section or question; "" = the whole), and with which of its properties."""

    place: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)
    about: str = ""
