"""The versions of a dossier: what was handed in and the draft as it stands, one against the other, section by section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.web import SIGNED_IN, allow, or_404
from app.kernel.words import N_
from app.services.questionnaires import differing
from app.services.questionnaires.answering import calculated
from app.services.questionnaires.rules import said
from app.shown import language, money, quantity, size
from app.stages.proposals import comparing, promises, queries, versions, work
from app.stages.proposals.comparing import KEYS, Cell, Difference, Row
from app.stages.proposals.models import Proposal
from app.stages.proposals.places import OTHERS
from app.stages.proposals.rules import ProductGroup, Source, Spending, TeamRole
from app.stages.proposals.versions import Line, State
from app.stages.proposals.views.blueprint import bp

Told = list[tuple[str, str]]
WORK = N_("Work description")


@bp.get("/<pid>/versions")
@allow(SIGNED_IN)
def dossier_versions(pid: str) -> Any:
    row = or_404(queries.proposal_for(current_user, pid))
    return render_template("proposals/versions/list.html", proposal=row, line=versions.line_of(row, current_user))


@bp.get("/<pid>/versions/compare")
@allow(SIGNED_IN)
def compare_versions(pid: str) -> Any:
    """One state of the dossier (`new`, else the newest) against another (`old`, else the one before it)."""
    row = or_404(queries.proposal_for(current_user, pid))
    line = versions.line_of(row, current_user)
    new = or_404(line.state(request.args["new"]) if request.args.get("new") else next(iter(line.states), None))
    old = or_404(line.state(request.args["old"]) if request.args.get("old") else line.before(new))
    old, new = _in_order(line, old, new)
    was, now = versions.content_of(old), versions.content_of(new)
    names = _names(row)
    parts = {place: _rows(place, was, now, names) for place in ("team", "products", "uses", "plan", "files")}
    general, budget = _general(was, now, row), _budget(was, now, names)
    described = _described(old, new, was, now)
    changed = [label for label, found in ((OTHERS["general"], general), *((OTHERS[p], parts[p]) for p in parts), (OTHERS["budget"], budget["differs"])) if found]
    unchanged = [_(label) for label in (*OTHERS.values(), *(() if described else (WORK,))) if label not in changed]
    return render_template("proposals/versions/compare.html", proposal=row, line=line, old=old, new=new, general=general, described=described, parts=parts, budget=budget,
                           unchanged=unchanged, labels={p: _(label) for p, label in OTHERS.items()}, heads=names["heads"], anything=bool(changed or described))  # fmt: skip


def _in_order(line: Line, one: State, other: State) -> tuple[State, State]:
    """The earlier one first, however they were asked for."""
    first, second = sorted((one, other), key=line.states.index, reverse=True)
    return first, second


def _names(row: Proposal) -> dict[str, Any]:
    """What codes are called in the language of the page."""
    name, kind, call = ("en" if language() == "en" else "vi"), str(row.call_topic.topic.kind), row.call_topic.call
    rules = promises.rulings(row, on=clock.today())
    return {
        "heads": {code: h[name] for code, h in queries.heads(clock.today(), call).items()},
        "files": {d["code"]: d[name] for d in queries.documents(kind, clock.today(), call)},
        "products": {f"{code}.{k['code']}": k[name] for code, form in promises.forms_of(rules).items() for k in form["kinds"]},
    }  # fmt: skip


# --- section by section ---------------------------------------------------------------------------------------


def _general(was: Row, now: Row, row: Proposal) -> list[Cell]:
    def tell(said: Row) -> Told:
        return [(_("Title"), said["title"] or ""), (_("Aim"), said["aim"] or ""), (_("Duration (months)"), _plain(said["duration_months"])), (_("Host organisation"), said["host"]),
                (_("Principal investigator"), said["pi"]), (_("Priority item"), said["item"])]  # fmt: skip

    return [c for c in comparing.cells(tell(was), tell(now)) if c.differs]


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _described(old: State, new: State, was: Row, now: Row) -> list[dict[str, Any]]:
    """The answers of the work description that differ, by section; each side read by the form it was written in."""
    before, after = _answers(old, was["work"] or {}), _answers(new, now["work"] or {})
    found: list[dict[str, Any]] = []
    for code in {**after, **before}:
        section, label, _text = after.get(code) or before[code]
        one, other = (side[code][2] if code in side else "" for side in (before, after))
        if one == other:
            continue
        if not found or found[-1]["title"] != section:
            found.append({"title": section, "cells": []})
        found[-1]["cells"].append(Cell(label, one, other, differing.compare(one, other)))
    return found


def _answers(state: State, answers: Mapping[str, Any]) -> dict[str, tuple[str, str, str]]:
    """By question: its section, what it asks, what is answered."""
    definition, lang = work.form_of(state.proposal).definition, language()
    labels = work.labels_of(definition, on=clock.today(), lang=lang)
    full = {**answers, **calculated(definition, answers)}
    found = {}
    for section in definition["sections"]:
        title = f"{section.get('number', '')}. {said(section['label'], lang)}".lstrip(". ")
        for question in section["questions"]:
            code = question["code"]
            names = {v: text for place, offered in labels.items() if place == code or place.startswith(f"{code}.") for v, text in offered.items()} | {"yes": _("Yes"), "no": _("No")}
            text = differing.told(question, full.get(code), names)
            found[code] = (title, said(question["label"], lang), f"{text} (SHA-256 {_hash(full[code])})" if text and _is_file(full[code]) else text)
    return found


def _is_file(value: Any) -> bool:
    return isinstance(value, dict) and "sha256" in value


def _hash(value: Mapping[str, Any]) -> str:
    return f"{value['sha256'][:12]}…"


def _rows(place: str, was: Row, now: Row, names: Mapping[str, Any]) -> list[tuple[str, Difference]]:
    """The rows of a section that differ, each with what it is called."""
    key = {"plan": "milestones"}.get(place, place)
    tell, name = _TELLING[place]
    sides = ({**_given(was), "names": names}, {**_given(now), "names": names})
    found = comparing.differences(was.get(key) or [], now.get(key) or [], KEYS[key], lambda r, new: tell(r, sides[new]))
    return [(name(d.new or d.old or {}), d) for d in found]


def _given(content: Row) -> dict[str, Any]:
    """The names of products by their numbers, as one side counts them."""
    counts: dict[str, int] = {}
    found = {}
    for p in content.get("products") or []:
        counts[p["group"]] = counts.get(p["group"], 0) + 1
        found[f"{p['group']}.{counts[p['group']]}"] = p["name"]
    return {"numbered": found}


def _member(r: Row, side: Mapping[str, Any]) -> Told:
    years = "; ".join(f"{year}: {count}" for year, count in sorted((r.get("years") or {}).items()))
    cv = r.get("cv")
    return [(_("Full name"), r["name"]), (_("Role"), _(TeamRole(r["role"]).label)), (_("Organisation"), r["organisation"] or ""), (_("Months of work"), str(r["months"])),
            (_("Months by year"), years), (_("Task in the project"), r["task"] or ""), (_("Scientific CV"), _("version %(n)s", n=cv["version"]) if cv else "")]  # fmt: skip


def _product(r: Row, side: Mapping[str, Any]) -> Told:
    return [(_("Product"), r["name"]), (_("Form"), _(ProductGroup(r["group"]).label)), (_("Kind"), side["names"]["products"].get(f"{r['group']}.{r['kind']}", r["kind"] or "")),
            (_("Quantity"), f"{quantity(r['quantity'])} {r['unit']}"), (_("Required quality"), r["quality"] or ""), (_("Level of the like in Viet Nam"), r["level_home"] or ""),
            (_("Level of the like abroad"), r["level_abroad"] or ""), (_("Where it is to be published"), r["place"] or ""), (_("Ready by month"), _plain(r["ready_month"]))]  # fmt: skip


def _use(r: Row, side: Mapping[str, Any]) -> Told:
    return [(_("Receiver"), r["receiver"]), (_("Product"), side["numbered"].get(r["product"], _("all products"))), (_("Where it is used"), r["place"]),
            (_("What becomes of it there"), r["how"]), (_("From month"), _plain(r["month_from"]))]  # fmt: skip


def _stage(r: Row, side: Mapping[str, Any]) -> Told:
    who = "; ".join([*r["who"], *([r["others"]] if r["others"] else [])])
    return [(_("Work"), r["content"]), (_("Result"), r["result"]), (_("In months"), f"{r['month_from']}–{r['month_to']}"), (_("Who"), who),
            (_("Products"), "; ".join(side["numbered"].get(label, label) for label in r["products"])), (_("Planned cost"), money(r["cost"]) if r["cost"] is not None else "")]  # fmt: skip


def _file(r: Row, side: Mapping[str, Any]) -> Told:
    return [(_("File"), r["name"]), (_("Document"), side["names"]["files"].get(r["kind"], r["kind"])), (_("Size"), size(r["size"])), ("SHA-256", r["sha256"])]


_TELLING: dict[str, tuple[Any, Any]] = {
    "team": (_member, lambda r: r["name"]), "products": (_product, lambda r: r["name"]), "uses": (_use, lambda r: r["receiver"]), "plan": (_stage, lambda r: r["content"]),
    "files": (_file, lambda r: r["name"]),
}  # fmt: skip


# --- the estimate ---------------------------------------------------------------------------------------------


def _budget(was: Row, now: Row, names: Mapping[str, Any]) -> dict[str, Any]:
    """Lines that differ, and the sums on both sides: the whole, by source, year and head."""
    old, new = was.get("lines") or [], now.get("lines") or []

    def tell(r: Row, _new: bool) -> Told:
        return [(_("Content"), r["content"]), (_("Budget head"), names["heads"].get(r["head"], r["head"])), (_("Source"), _(Source(r["source"]).label)), (_("Year"), str(r["year"])),
                (_("Quantity"), f"{quantity(r['quantity'] / 100)} {r['unit']}"), (_("Unit price (đồng)"), money(r["price"])), (_("Amount"), money(r["amount"])),
                (_("Lump sum"), _("lump sum") if r["lump_sum"] else _("not lump sum"))]  # fmt: skip

    lines = comparing.differences(old, new, KEYS["lines"], tell)
    spent = [_spending(side) for side in (was, now)]
    method = [c for c in comparing.cells([(_("Method of lump-sum spending"), spent[0])], [(_("Method of lump-sum spending"), spent[1])]) if c.differs]
    return {"lines": lines, "method": method, "sums": _sums(old, new, names), "differs": bool(lines or method)}


def _spending(content: Row) -> str:
    return _(Spending(content["spending"]).label) if content.get("spending") else ""


def _sums(old: Sequence[Row], new: Sequence[Row], names: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, comparing.Sum]]]]:
    """The whole and both sources always; years and heads where they differ."""
    order = list(names["heads"])
    heads = sorted(comparing.sums(old, new, lambda r: r["head"]), key=lambda s: order.index(s.code) if s.code in order else len(order))
    return [(_("Total"), [(_("Total"), comparing.total(old, new))]),
            (_("By source"), [(_(Source(s.code).label), s) for s in sorted(comparing.sums(old, new, lambda r: r["source"]), key=lambda s: s.code, reverse=True)]),
            (_("By year"), [(str(s.code), s) for s in sorted(comparing.sums(old, new, lambda r: r["year"]), key=lambda s: s.code) if s.by]),
            (_("By budget head"), [(names["heads"].get(s.code, s.code), s) for s in heads if s.by])]  # fmt: skip

