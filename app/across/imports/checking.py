"""A row to what it is understood as: every cell read, every doubt said with its column, nothing written. Pure; what is known here is handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.across.imports import naming, parsing
from app.across.imports.rules import Stand, Target
from app.kernel.errors import Refused
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.people.rules import OrganisationKind, check_tax_code

NO_HOST = "Chưa rõ tổ chức chủ trì"
ERROR, WARNING = "error", "warning"
KINDS = (("DA_SXTN", "sxtn|san xuat thu nghiem"), ("DT_CN", "de tai"), ("DA_KHCN", "du an"), ("DE_AN", "de an"))  # codes of the rule ideas.task_types
ENDED = {Stand.FAILED, Stand.TERMINATED, Stand.CANCELLED}
CAUSES = (("subjective", "chu quan"), ("objective", "khach quan"), ("accepted_risk", "rui ro"))
PARSERS: dict[str, Callable[[Any], parsing.Read]] = {
    "title": naming.title, "host": naming.organisation, "pi": naming.person, "period": parsing.period, "start": parsing.day, "end": lambda c: parsing.day(c, last=True), "year": lambda c: parsing.Read(parsing.day(c).value),
    "stand": parsing.stand, "grade": parsing.grade, "accepted_on": parsing.day, "decision": parsing.decision, "decided_on": parsing.day, "name": naming.organisation, "former": naming.organisation,
}  # fmt: skip
MONEY = ("total", "state_money", "counterpart")


@dataclass
class Plan:
    """How a sheet is read: columns of fields, what numbers count, what empty cells say."""

    mapping: Mapping[str, int]
    units: Mapping[str, int]
    defaults: Mapping[str, str]
    heads: list[str]


@dataclass
class Understood:
    """What a row says, ready for JSON, and what is doubtful: [field, level, msgid, parameters]."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[list[Any]] = field(default_factory=list)

    def say(self, name: str, level: str, message: str, /, **params: Any) -> None:
        self.problems.append([name, level, message, {k: str(v) for k, v in params.items()}])

    def count(self, level: str) -> int:
        return sum(p[1] == level for p in self.problems)


def found_in(plan: Plan, cells: list[Any], fixes: Mapping[str, str], name: str) -> Any:
    """What a field says: the officer's words first, then the cell, then the default of the column."""
    if name in fixes:
        return fixes[name]
    column = plan.mapping.get(name)
    value = cells[column] if column is not None and column < len(cells) else ""
    return value if str(value).strip(" -–") else plan.defaults.get(name, "")


def read(plan: Plan, target: Target, cells: list[Any], fixes: Mapping[str, str]) -> Understood:
    """One row, as far as it can be understood by itself."""
    result, raw = Understood(), {}
    for name in {*plan.mapping, *plan.defaults, *fixes}:
        value = found_in(plan, cells, fixes, name)
        if not str(value).strip():
            continue
        try:
            raw[name] = _cell(result, plan, name, value)
        except Refused as refusal:
            result.say(name, ERROR, refusal.message, **refusal.params)
    (_project if target == Target.PROJECTS else _organisation)(result, raw, {p[0] for p in result.problems if p[1] == ERROR})
    return result


def _cell(result: Understood, plan: Plan, name: str, value: Any) -> Any:
    if name in MONEY:
        column = plan.mapping.get(name)
        unit = plan.units.get(name) or (parsing.unit_in(plan.heads[column]) if column is not None else None)
        found = parsing.money(value, unit)
    elif name in PARSERS:
        found = PARSERS[name](value)
    else:
        return " ".join(nfc(str(value)).split())
    for message, params in found.remarks:
        result.say(name, WARNING, message, **params)
    return found.value


# --- projects -------------------------------------------------------------------------------------------------


def _project(result: Understood, raw: dict[str, Any], wrong: set[str]) -> None:
    if "title" not in raw and "title" not in wrong:
        result.say("title", ERROR, N_("The title is missing."))
    out = result.values
    out |= {"title": raw.get("title"), "code": (raw.get("code") or "")[:64] or None, "level": raw.get("level"), "pi": raw.get("pi") or naming.NOBODY, "host": raw.get("host") or NO_HOST}
    out["kind"] = next((code for code, words in KINDS if raw.get("kind") and any(w in fold(raw["kind"]) for w in words.split("|"))), None)
    if "host" not in raw and "host" not in wrong:
        result.say("host", WARNING, N_("No host is named: “%(name)s” is entered."), name=NO_HOST)
    if "pi" not in raw and "pi" not in wrong:
        result.say("pi", WARNING, N_("No principal investigator is named."))
    out["item"] = raw.get("item")
    _stand(result, raw, wrong)
    _days(result, raw, wrong)
    _money(result, raw, wrong)


def _stand(result: Understood, raw: dict[str, Any], wrong: set[str]) -> None:
    stand, grade = raw.get("stand"), raw.get("grade")
    if grade is not None and stand in (None, Stand.ACCEPTED, Stand.FAILED):
        stand = Stand.FAILED if grade == "fail" else Stand.ACCEPTED
    if stand is None and "stand" not in wrong:
        result.say("stand", ERROR, N_("What became of this task is not said. Choose a word for the empty cells of the column."))
    if stand == Stand.PROPOSED:
        result.say("stand", ERROR, N_("This was only proposed: it is no project. Leave it out, or say what became of it."))
    cause = next((code for code, words in CAUSES if raw.get("cause") and (words in fold(raw["cause"]) or raw["cause"] == code)), None)
    if stand in ENDED and cause is None:
        result.say("cause", ERROR, N_("Say what caused it: khách quan, chủ quan or rủi ro. It decides what is paid back."))
    result.values |= {"stand": str(stand) if stand else None, "grade": grade if stand in (Stand.ACCEPTED, Stand.FAILED) else None, "cause": cause}


def _days(result: Understood, raw: dict[str, Any], wrong: set[str]) -> None:
    said: parsing.Period | None = raw.get("period")
    start, end, months = raw.get("start") or (said and said.start), raw.get("end") or (said and said.end), said.months if said else None
    decision: parsing.Decision | None = raw.get("decision")
    decided = raw.get("decided_on") or (decision.dated if decision else None)
    year, accepted = raw.get("year"), raw.get("accepted_on")
    guess = start or decided or (year and date(year.year, 1, 1)) or (end and _months(end, -(months or 12)) + timedelta(days=1)) or (accepted and date(accepted.year, 1, 1))
    if guess is None:
        if not wrong & {"period", "start", "end", "year", "decision", "decided_on", "accepted_on"}:
            result.say("year", ERROR, N_("No day and no year is named anywhere. Write one, or choose a year for the empty cells of the column."))
        return
    if start is None:
        result.say("start", WARNING, N_("No start is named: %(day)s is taken."), day=f"{guess:%d/%m/%Y}")
    start = guess
    if end is None:
        end = _months(start, months) - timedelta(days=1) if months else date(start.year, 12, 31) if start < date(start.year, 12, 31) else date(start.year + 1, 12, 31)
        if not months:
            result.say("end", WARNING, N_("No end is named: %(day)s is taken."), day=f"{end:%d/%m/%Y}")
    if end <= start:
        result.say("end", ERROR, N_("The end is not after the start."))
    if (end - start).days > 3660:
        result.say("end", ERROR, N_("A project lasts between 1 and 120 months."))
    if decided is None:
        result.say("decision", WARNING, N_("No day of the decision is named: the start is taken."))
    result.values |= {"start": start.isoformat(), "end": end.isoformat(), "decided_on": (decided or start).isoformat(), "decision": (decision.number if decision else None) or naming.NOBODY,
                      "accepted_on": (accepted or end).isoformat()}  # fmt: skip


def _months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))


def _money(result: Understood, raw: dict[str, Any], wrong: set[str]) -> None:
    total, state, other = (raw.get(name) for name in MONEY)
    if total is None and state is None and other is None:
        if not wrong & set(MONEY):
            result.say("total", WARNING, N_("No money is named: 0 is entered."))
        state, other = 0, 0
    elif state is None and other is None:
        result.say("total", WARNING, N_("Only a total is named: all of it is counted as state money."))
        state, other = total, 0
    elif total is not None and state is not None and other is not None and state + other != total:
        result.say("total", ERROR, N_("State money and counterpart funds do not add up to the total."))
    state = (total or 0) - (other or 0) if state is None else state
    other = max(0, (total if total is not None else state) - state) if other is None else other
    if state < 0 or (total is not None and state > total):
        result.say("total", ERROR, N_("A part is more than the total."))
    result.values |= {"state_money": max(0, state), "counterpart": other}


# --- organisations --------------------------------------------------------------------------------------------

_ORGANISATION_KINDS = ((OrganisationKind.UNIVERSITY, r"dai hoc|hoc vien|cao dang"), (OrganisationKind.INSTITUTE, "vien "), (OrganisationKind.CENTRE, "trung tam|benh vien|bao tang"), (OrganisationKind.COOPERATIVE, "hop tac xa|htx"),
                       (OrganisationKind.ENTERPRISE, "cong ty|doanh nghiep|cty"), (OrganisationKind.LOCALITY, "ubnd|uy ban nhan dan"), (OrganisationKind.DEPARTMENT, "so |chi cuc|phong "))  # fmt: skip


def kind_of(name: str) -> OrganisationKind:
    """What kind of body a name says it is."""
    said = fold(name) + " "
    return next((kind for kind, words in _ORGANISATION_KINDS if any(said.startswith(w) or f" {w}" in said for w in words.split("|"))), OrganisationKind.OTHER)


def _organisation(result: Understood, raw: dict[str, Any], wrong: set[str]) -> None:
    if "name" not in raw and "name" not in wrong:
        result.say("name", ERROR, N_("Please write the name of the organisation."))
    code = None
    if raw.get("tax_code"):
        try:
            code = check_tax_code(raw["tax_code"])
        except Refused as refusal:
            result.say("tax_code", ERROR, refusal.message, **refusal.params)
    result.values |= {"name": raw.get("name"), "tax_code": code, "address": (raw.get("address") or "")[:300] or None, "representative": (raw.get("representative") or "")[:200] or None,
                      "former": raw.get("former"), "kind": str(kind_of(f"{raw.get('org_kind', '')} {raw.get('name', '')}".strip()))}  # fmt: skip
