"""Calculated values: sums and shares of answers that stand before them. They are worked out wherever a form is shown or judged, never stored. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from app.kernel.words import N_
from app.services.questionnaires.kinds import NUMBERS, Formula, Kind, Problem

MOST_TERMS = 20
LARGEST = 10**18  # a result beyond it is not shown
SHARE = "share"  # the unit of a share; a sum has the type of what it adds
NONE = "–"


def units(questions: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The unit of every question that a formula may name: its type, or what its formula gives. Looks only back."""
    found: dict[str, str] = {}
    columns: dict[str, str] = {}
    for question in questions:
        code, kind = str(question.get("code")), question.get("type")
        if kind in NUMBERS:
            found[code] = str(kind)
        elif kind == Kind.TABLE:
            columns |= {f"{code}.{c.get('code')}": str(c.get("type")) for c in question.get("columns") or [] if isinstance(c, dict) and c.get("type") in NUMBERS}
        elif kind == Kind.CALCULATED and (formula := _sound(question.get("formula"))):
            known = {**found, **columns}
            unit = SHARE if formula["kind"] == Formula.SHARE else known.get(formula["terms"][0])
            if unit is not None:
                found[code] = unit
    return found | columns


def _sound(formula: Any) -> Mapping[str, Any] | None:
    """The formula, when it has the shape of one."""
    whole = isinstance(formula, dict) and formula.get("kind") in set(map(str, Formula)) and isinstance(formula.get("terms"), list)
    return formula if whole and formula["terms"] and all(isinstance(t, str) for t in formula["terms"]) else None


def misfits(question: Mapping[str, Any], before: Mapping[str, Mapping[str, Any]], everything: Collection[str]) -> Iterator[Problem]:
    """What is wrong with the formula of a question; `before` are the questions that stand before it, `everything` the codes of all."""
    code, formula = question["code"], question.get("formula")
    if question["type"] != Kind.CALCULATED:
        if formula is not None:
            yield Problem(code, N_("Only a calculated value has a formula; please leave it empty."), about="formula")
        return
    if question.get("required"):
        yield Problem(code, N_("A calculated value is not filled in by anybody, so it cannot be needed."), about="required")
    if not isinstance(formula, dict) or set(formula) != {"kind", "terms"} or formula["kind"] not in set(map(str, Formula)):
        yield Problem(code, N_("Please choose how “%(code)s” is calculated."), {"code": code}, "formula")
        return
    terms, kind = formula["terms"], Formula(formula["kind"])
    least, most = {Formula.SUM: (2, MOST_TERMS), Formula.COLUMN: (1, 1), Formula.SHARE: (2, 2)}[kind]
    if not isinstance(terms, list) or not all(isinstance(t, str) for t in terms) or not least <= len(terms) <= most:
        yield Problem(code, _WANTED[kind], {"most": MOST_TERMS} if kind == Formula.SUM else {}, "formula_terms")
    elif len(set(terms)) < len(terms):
        yield Problem(code, N_("The formula names the same question twice."), about="formula_terms")
    else:
        yield from _terms(code, kind, terms, before, everything)


_WANTED = {
    Formula.SUM: N_("A sum names 2 to %(most)s questions, separated by commas."),
    Formula.COLUMN: N_("The sum of a column names one column: table.column."),
    Formula.SHARE: N_("A share names two questions: the part, then the whole."),
}


def _terms(code: str, kind: Formula, terms: list[str], before: Mapping[str, Mapping[str, Any]], everything: Collection[str]) -> Iterator[Problem]:
    known = units(before.values())
    for term in terms:
        name = term.partition(".")[0]
        if name not in everything:
            yield Problem(code, N_("The formula names the question “%(term)s”, which this form does not have."), {"term": term[:40]}, "formula_terms")
        elif name not in before:
            yield Problem(code, N_("The formula names “%(term)s”, which must stand before the calculated value."), {"term": term[:40]}, "formula_terms")
        elif ("." in term) != (kind == Formula.COLUMN) or known.get(term, SHARE) == SHARE:
            yield Problem(code, N_("The formula cannot calculate with “%(term)s”: it takes numbers, amounts and sums of them; for a column table.column."), {"term": term[:60]}, "formula_terms")
        elif known[term] != known.get(terms[0]):
            yield Problem(code, N_("The formula mixes numbers and amounts of money."), about="formula_terms")
        else:
            continue
        return


def results(questions: Iterable[Mapping[str, Any]], answers: Mapping[str, Any], asked: Collection[str]) -> dict[str, int | float | None]:
    """The calculated values in the order of the form; a share in tenths of a per cent; None where there is nothing to calculate with.

    Exact arithmetic. In a sum an empty answer counts as nothing; without any answer, or with one that is no number, there is
    no sum. A share is rounded to one decimal, exactly half to the even digit: so the two shares of a whole make 100 %.
    """
    amounts: dict[str, Fraction | None] = {}
    found: dict[str, int | float | None] = {}
    for question in questions:
        code, value = question["code"], answers.get(question["code"]) if question["code"] in asked else None
        if question["type"] in NUMBERS:
            _put(amounts, code, [value])
        elif question["type"] == Kind.TABLE:
            rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
            for column in question.get("columns") or []:
                _put(amounts, f"{code}.{column['code']}", [row.get(column["code"]) for row in rows])
        elif question["type"] == Kind.CALCULATED:
            found[code] = None
            if code in asked and (formula := _sound(question.get("formula"))):
                found[code] = _result(code, formula, amounts)
    return found


def _put(amounts: dict[str, Fraction | None], name: str, values: list[Any]) -> None:
    """Add up what was answered; None when something is no number. Nothing is put when nothing was answered."""
    given = [v for v in values if v not in (None, "")]
    whole = all(isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in given)
    if given:
        amounts[name] = sum((Fraction(str(v)) for v in given), Fraction(0)) if whole else None


def _result(code: str, formula: Mapping[str, Any], amounts: dict[str, Fraction | None]) -> int | float | None:
    terms = formula["terms"]
    if formula["kind"] == Formula.SHARE:
        part, whole = (amounts.get(t) for t in (*terms, "")[:2])
        if part is None or not whole:
            return None  # nothing, or a division by zero
        tenths = round(part * 1000 / whole)
        return tenths if abs(tenths) < LARGEST else None
    given = [amounts[t] for t in terms if t in amounts]
    if not given or any(g is None for g in given):
        if given:
            amounts[code] = None
        return None
    total = sum((g for g in given if g is not None), Fraction(0))
    if abs(total) >= LARGEST:
        amounts[code] = None
        return None
    amounts[code] = total
    return int(total) if total.denominator == 1 else float(total)


def told(unit: str | None, value: float | None) -> str:
    """A result as it is shown, with its unit."""
    if value is None:
        return NONE
    if unit == SHARE:
        sign, tenths = "-" if value < 0 else "", abs(int(value))
        return f"{sign}{tenths // 10},{tenths % 10} %"
    plain = f"{value:,}" if isinstance(value, int) else f"{value:,.4f}".rstrip("0").rstrip(".")
    whole = plain.replace(",", " ").replace(".", ",").replace(" ", ".")
    return f"{whole} đ" if unit == Kind.MONEY else whole
