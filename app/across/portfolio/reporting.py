"""/portfolio/reports: rows, columns, filters, groups and sums as a person puts them together. The address holds the whole report, so a link keeps and shares it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.across.portfolio import builder, listed
from app.across.portfolio.blueprint import bp
from app.across.portfolio.fields import NONE
from app.across.portfolio.named import Names
from app.across.portfolio.sources import SOURCES
from app.downloads import download
from app.kernel import clock
from app.kernel.db import db
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.web import allow
from app.kernel.words import N_
from app.shown import language

MOST_GROUPS = 200  # on the page; the spreadsheet has all
_CONTROLS = ("rows", "column", "by", "sum", "q", "sort", "after")


class Page:
    """A report with what its page shows."""

    def __init__(self) -> None:
        english, args = language() == "en", request.args
        self.names = Names(english)
        asked = args.get("rows", "")
        self.rows = asked if asked in SOURCES else "projects"
        source = SOURCES[self.rows](current_user, clock.today(), english)
        values = {name: nfc(args.get(name, ""))[:200] for name in source.fields}
        self.report = builder.read(source, columns=args.getlist("column")[:40], filters=values, words=nfc(args.get("q", ""))[:200], by=args.get("by", ""), sums=args.getlist("sum")[:40])
        self.wrong = [_(w.sentence, value=w.value) for w in self.report.wrong]
        if asked and asked not in SOURCES:
            self.wrong.append(_("There are no rows called “%(value)s”; projects are shown.", value=asked[:80]))
        self.wrong += [_("“%(value)s” is no value of “%(what)s”.", value=value, what=_(one.label)) for one, value in self.report.filters if self._unknown(one, value)]
        self.wrong += [_("“%(value)s” means nothing for these rows.", value=name[:80]) for name in args if name not in _CONTROLS and name not in source.fields]
        self.listing = Listing(self.report.narrowed(), args, key=source.key, scalars=False, columns=[listed.column(f, self.names) for f in self.report.columns])

    def _unknown(self, one: Any, value: str) -> bool:
        offered = self.offered(one)
        return bool(offered) and value not in {str(v) for v, _label in offered}

    def offered(self, one: Any) -> list[tuple[str, str]]:
        return [(v, label) for v, label in listed.choices(one, self.names) or [] if v != NONE]

    @property
    def chosen(self) -> dict[str, str]:
        return {one.name: value for one, value in self.report.filters}

    @property
    def address(self) -> dict[str, Any]:
        """The report as an address: what of it was understood."""
        r = self.report
        every = len(r.columns) == len(r.source.fields)
        asked = {"rows": self.rows, **self.chosen, "q": r.words, "by": r.by.name if r.by else "", "column": [] if every else [f.name for f in r.columns], "sum": [f.name for f in r.sums]}
        return {name: value for name, value in asked.items() if value}

    def group_said(self, row: Any) -> str:
        by = self.report.by
        if row.value is None or by is None:
            return _("Not said")
        called = {str(f): _(f.label) for f in by.faces} if by.faces else {} if by.shown is not None else self.names(by.name)
        return str(called.get(row.value, row.called))

    def group_rows(self, row: Any) -> str:
        """The same report, ungrouped, of one group."""
        by = self.report.by
        assert by is not None
        return url_for("portfolio.reports", **{k: v for k, v in self.address.items() if k not in ("by", "sum")} | {by.name: NONE if row.value is None else row.value})

    def groups(self, most: int | None = None) -> list[Any]:
        return list(db.session.execute(self.report.grouped().limit(most) if most else self.report.grouped())) if self.report.by else []


@bp.get("/reports")
@allow(Do.HUB_READ)
def reports() -> Any:
    return render_template("portfolio/reports.html", page=Page(), kinds=_kinds(), MOST=MOST_GROUPS)


@bp.get("/reports.xlsx")
@allow(Do.HUB_READ)
def reports_export() -> Any:
    page = Page()
    name = f"bao-cao-{page.rows.replace('_', '-')}-{clock.today():%Y-%m-%d}.xlsx"
    if page.report.by is None:
        return download(page.listing.xlsx(_(page.report.source.label)), name)
    columns = [Column("value", page.report.by.label, page.group_said), Column("n", N_("Number of rows"), lambda r: r.n),
               *(Column(f.name, f.label, lambda r, f=f: getattr(r, f"sum_{f.name}")) for f in page.report.sums)]  # fmt: skip
    return download(_Groups(page, columns).xlsx(_(page.report.source.label)), name)


class _Groups(Listing):
    """Groups as rows of a spreadsheet, in the order of the page."""

    def __init__(self, page: Page, columns: list[Column]) -> None:
        super().__init__(page.report.grouped(), {}, key=page.report.source.key, columns=columns, filters=list[Filter](), scalars=False)

    def _ordered(self) -> Any:
        return self.statement


def _kinds() -> list[tuple[str, str]]:
    return [(name, made(current_user, clock.today(), False).label) for name, made in SOURCES.items()]
