"""The rows behind a figure, as a list: every field of its source is a column, every choice a filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import or_

from app.across.portfolio import counting
from app.across.portfolio.fields import NAMED, NONE, Field, Shape, Source, has
from app.across.portfolio.figures import Figure
from app.kernel import clock
from app.kernel.listing import Column, Filter, Listing
from app.kernel.text import nfc
from app.kernel.words import N_
from app.shown import language

Names = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True)
class Rows:
    """The list behind a figure; `total` what it adds up (đồng), None when it counts rows."""

    figure: Figure
    source: Source
    listing: Listing
    total: int | None

    @property
    def numbers(self) -> list[str]:
        """The names of the columns that hold numbers."""
        return [f.name for f in self.source.fields.values() if f.adds]


def say(one: Field, names: Names) -> Callable[[Any], Any]:
    """How lists and spreadsheets print a field of a row."""
    if one.shown is not None:
        return lambda r: getattr(r, f"{one.name}_said") or ""
    if one.faces is not None:
        called = {str(f): f.label for f in one.faces}
        return lambda r: _(called.get(str(v), str(v))) if (v := getattr(r, one.name)) is not None else ""
    if one.name in NAMED - {"year"}:
        known = names(one.name)
        return lambda r: known.get(str(v), str(v)) if (v := getattr(r, one.name)) is not None else ""
    if one.name == "year":
        return lambda r: str(v) if (v := r.year) is not None else ""
    return lambda r: getattr(r, one.name)


def column(one: Field, names: Names) -> Column:
    """A field as a column of a list; text and money can be sorted by."""
    sorts = one.name in ("code", "title") or one.shape in (Shape.DAY, Shape.MONEY, Shape.NUMBER)
    return Column(one.name, one.label, say(one, names), sort=one.sql if sorts else None, place=(lambda r: getattr(r, one.name)) if sorts else None)


def choices(one: Field, names: Names) -> list[tuple[str, str]] | None:
    """What a filter of this field offers; None: anything may be typed."""
    if one.faces is not None:
        return [*((str(f), f.label) for f in one.faces), (NONE, N_("Not said"))]
    return list(names(one.name).items()) if one.name in NAMED else None


def rows_of(figure: Figure, names: Names) -> Rows:
    """The list as the address asks for it."""
    source = counting.source_of(figure, current_user, clock.today(), language() == "en")
    against = nfc(request.args.get("against", ""))[:20]

    def filtered(one: Field) -> Filter:
        if one.name == "year":
            return Filter("year", one.label, lambda s, v: s.where(or_(has(one, v), has(one, against)) if against else has(one, v)), choices=choices(one, names))
        return Filter(one.name, one.label, lambda s, v: s.where(has(one, v)), choices=choices(one, names))

    offered = [Filter("q", N_("Search"), source.words or (lambda s, _v: s)), *(filtered(f) for f in source.fields.values() if f.groups)]
    if against:
        offered.append(Filter("against", N_("Compared with"), lambda s, _v: s, choices=choices(source.fields["year"], names)))
    statement = counting.of_figure(figure, source, source.rows())
    listing = Listing(statement, request.args, key=source.key, scalars=False, default="", filters=offered, columns=[column(f, names) for f in source.fields.values()])
    return Rows(figure, source, listing, counting.total_of(figure, source, listing.statement))
