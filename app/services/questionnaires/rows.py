"""Choices of a question and columns of a table, as rows with a field for each value: a sheet inside the officer's form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.kernel.words import N_
from app.services.questionnaires import queries
from app.services.questionnaires.answering import MISSING, is_empty
from app.services.questionnaires.forms import Sheet
from app.services.questionnaires.kinds import CELLS
from app.services.questionnaires.rules import (
    CODE,
    LONGEST_LABEL,
    MOST_COLUMNS,
    MOST_OPTIONS,
    OPTION,
    Kind,
)

KEPT = ("options", "max", "max_words", "min", "hint")  # of a column: what its row has no field for
TWICE = N_("This code stands twice.")
NO_OPTION = N_("A code of letters, digits and “_”, at most 40.")
NO_CODE = N_("Small letters, digits and “_”; it begins with a letter and has at most 40 characters.")


def sheet_of(question: Mapping[str, Any], lang: str) -> Sheet:
    """The rows of a question, ready to be edited; empty ones for a new question."""
    options = [dict(row) for row in question.get("options") or []]
    columns = [{"code": c["code"], "type": c["type"], "vi": c["label"]["vi"], "en": c["label"]["en"], "needed": "yes" if c.get("required") else None, "list": c.get("list")}
               for c in question.get("columns") or []]  # fmt: skip
    return Sheet(_definition(), {"options": options, "columns": columns}, choices={}, lang=lang)


def _definition() -> dict[str, Any]:
    names = [_cell("vi", _("Name in Vietnamese"), max=LONGEST_LABEL), _cell("en", _("Name in English"), max=LONGEST_LABEL)]
    code = _cell("code", _("Code"), max=40)
    kinds = [{"code": str(k), **_said(_(k.label))} for k in Kind if k in CELLS]
    lists = [{"code": name, **_said(name)} for name in queries.list_names()]
    needed = [{"code": "yes", **_said(_("Yes"))}]
    asked = [
        {"code": "options", "type": "table", "label": _said(_("Choices")), "hint": _said(_("For “one of” and “any of”, where no list of the rulebook is chosen.")),
         "max_rows": MOST_OPTIONS, "columns": [code, *names]},
        {"code": "columns", "type": "table", "label": _said(_("Columns of the table")), "max_rows": MOST_COLUMNS,
         "columns": [code, _cell("type", _("Type"), "one_of", options=kinds), *names, _cell("needed", _("Needed to submit"), "one_of", options=needed),
                     _cell("list", _("List of choices"), "one_of", options=lists)]},
    ]  # fmt: skip
    return {"sections": [{"code": "rows", "label": _said(""), "questions": asked}]}


def _said(text: str) -> dict[str, str]:
    return {"vi": text, "en": text}


def _cell(code: str, label: str, kind: str = "short_text", **more: Any) -> dict[str, Any]:
    return {"code": code, "type": kind, "label": _said(label), **more}


def _filled(sheet: Sheet, table: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(place, row) of the rows in which anything stands."""
    return ((n, row) for n, row in enumerate(sheet.answers.get(table) or []) if not is_empty(row))


def judge(sheet: Sheet, kind: str | None) -> None:
    """Put what is wrong with the rows that this type of question uses beside their fields."""
    table = {Kind.ONE: "options", Kind.MANY: "options", Kind.TABLE: "columns"}.get(kind or "")  # type: ignore[call-overload]
    if table is None:
        sheet.errors.clear()  # rows of another type are not read
        return
    seen: set[str] = set()
    pattern, why = (OPTION, NO_OPTION) if table == "options" else (CODE, NO_CODE)
    for n, row in _filled(sheet, table):
        for name in ("code", "vi", "en") if table == "options" else ("code", "type", "vi", "en"):
            if not row.get(name):
                sheet.blame(f"{table}-{n}-{name}", _(MISSING))
        code = str(row.get("code") or "")
        if code and not pattern.fullmatch(code):
            sheet.blame(f"{table}-{n}-code", _(why))
        elif code in seen:
            sheet.blame(f"{table}-{n}-code", _(TWICE))
        seen |= {code} - {""}


def options(sheet: Sheet) -> list[dict[str, str]]:
    """The choices as the definition keeps them."""
    return [{name: str(row.get(name) or "") for name in ("code", "vi", "en")} for _n, row in _filled(sheet, "options")]


def columns(sheet: Sheet, known: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The columns as the definition keeps them; what a known one has beside its row stays while its type stays."""
    found, before = [], {c["code"]: c for c in known}
    for _n, row in _filled(sheet, "columns"):
        old = before.get(str(row.get("code"))) or {}
        kept = {k: old[k] for k in KEPT if k in old and not (k == "options" and row.get("list"))} if old.get("type") == row.get("type") else {}
        found.append({**kept, "code": str(row.get("code") or ""), "type": str(row.get("type") or ""), "label": {"vi": str(row.get("vi") or ""), "en": str(row.get("en") or "")}}
                     | ({"required": True} if row.get("needed") == "yes" else {}) | ({"list": row["list"]} if row.get("list") else {}))  # fmt: skip
    return found
