"""A rule's value as a form with one field for each part, and back. Pure: what was typed is a mapping of names to texts.

A field is named by its path ("part.roles.chair"); a row of a list by its number. Empty rows at the end are for adding; a row whose
texts are all empty, or that is ticked to go, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.services.rulebook.rules import OPTIONAL

PREFIX, MARK = "part", "shaped"
SPARE = 2  # empty rows for adding
LABELS = {
    "min": N_("At least"), "max": N_("At most"), "roles": N_("Roles and how many"), "chair": N_("Chair"), "vice_chair": N_("Vice chair"), "reviewer": N_("Reviewer"),
    "reviewers": N_("Reviewers"), "secretary": N_("Secretary of the council"), "member": N_("Member of the council"), "fraction": N_("Share"), "base": N_("Counted on"),
    "strict": N_("More than the share (else: at least the share)"), "secret": N_("Secret ballot"), "members": N_("Members"), "head": N_("Head"), "criteria": N_("Criteria"),
    "code": N_("Code"), "weight": N_("Weight"), "vi": N_("In Vietnamese"), "en": N_("In English"), "top": N_("Highest mark"), "pass": N_("Pass mark"), "zero_share": N_("Too many zeros: more than"),
    "step": N_("Step of marks"), "low": N_("Lowest mark"), "levels": N_("Levels"), "accepted": N_("Accepted"), "team": N_("who takes part in the dossier"),
    "same_organisation": N_("people of the proposing or host body"), "partner_organisation": N_("people of a partner body"), "family": N_("relatives of the applicant"),
    "partial": N_("who may be partial"), "sanctioned": N_("who is under a sanction"), "decimals": N_("Decimals"), "rank_on": N_("Ranked on"), "reasons": N_("Reasons"),
    "excellent_share": N_("Excellent: at least"), "fail_share": N_("Failed: more than"), "pass_share": N_("Passed: at least"), "from": N_("From"), "to": N_("To"), "percent": N_("Percent"),
    "limit": N_("Days (left empty: no limit is set)"), "days": N_("Days"), "unit": N_("Days are counted as"), "needed": N_("Needed"), "form": N_("Form"), "criterion": N_("Criterion (empty: all)"), "mean": N_("Mean"),
    "criteria_means": N_("Mean of each criterion"), "remarks": N_("Remarks without names"), "read_out": N_("Read out"), "counts": N_("Counts"), "name": N_("Name"), "years": N_("Years"),
    "months": N_("Months"), "late": N_("Late"), "amount": N_("Amount"), "choices": N_("Choices"), "conclusion": N_("Conclusion"),
    "start": N_("Points to begin with"), "own_item": N_("Points for the same item of the plan"), "own_sector": N_("Points for the same sector"), "sat_before": N_("Points for a council that is preferred"),
    "per_council": N_("Points off for each council in twelve months"), "per_open": N_("Points off for each open council"), "most_open": N_("Open councils at most"),
}  # fmt: skip
WORDS = {
    "never": N_("may not sit"), "not_in_roles": N_("may not hold the main roles"), "warn": N_("must give an explanation"), "secretary": N_("The secretary of the session"),
    "elected": N_("Who is elected"), "exact": N_("The exact mean"), "rounded": N_("The rounded mean"), "appointed": N_("all who are appointed"), "present": N_("those present"),
    "valid": N_("the valid ballots"), "valid_sheets": N_("the valid sheets"), "entitled": N_("those not out of the item"), "working": N_("Working days"), "calendar": N_("Calendar days"),
}  # fmt: skip
UNITS = {
    "working": N_("Working days"), "calendar": N_("Calendar days"), "days": N_("Days"), "hours": N_("Hours"), "months": N_("Months"), "years": N_("Years"), "members": N_("Members"),
    "persons": N_("Persons"), "points": N_("Points"), "marks": N_("Marks"), "percent": "%", "roles": N_("Roles"), "times": N_("Times"), "letters": N_("Letters"), "bytes": N_("Bytes"),
}  # fmt: skip
CHOICES = (("never", "not_in_roles", "warn"), ("secretary", "elected"), ("exact", "rounded"), ("working", "calendar"), ("valid_sheets", "present"))
BASES = {"quorum": ("appointed", "entitled"), "adoption": ("present", "valid", "appointed")}  # by the last word of the key


@dataclass(frozen=True)
class Part:
    """One field, or a group of them. `kind`: int, text, yes, share, choice, group, rows (of `heads`), list."""

    name: str
    path: str
    kind: str
    value: Any = None
    parts: Sequence[Part] = ()
    heads: Sequence[str] = ()
    choices: Sequence[str] = field(default=())


def is_share(name: str, value: Any) -> bool:
    """Two whole numbers that make a fraction."""
    return isinstance(value, list) and len(value) == 2 and all(type(n) is int for n in value) and (name.endswith("share") or name in ("fraction", "step"))


def shaped(key: str, value: Any, typed: Mapping[str, str] | None = None) -> Part:
    """The value of a rule as fields; with what was typed, where it was."""
    return _part("", PREFIX, value, key.rpartition(".")[2], typed)


def _part(name: str, path: str, value: Any, last: str, typed: Mapping[str, str] | None) -> Part:
    said = typed.get(path) if typed is not None else None
    if isinstance(value, bool):
        return Part(name, path, "yes", value if typed is None else path in typed)
    if is_share(name, value):
        return Part(name, path, "share", [(typed or {}).get(f"{path}.{n}", str(part)) for n, part in enumerate(value)])
    if isinstance(value, dict):
        return Part(name, path, "group", parts=[_part(k, f"{path}.{k}", v, last, typed) for k, v in value.items()])
    if isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
        heads = list(dict.fromkeys(k for row in value for k in row))
        blank = {k: _blank(next(row[k] for row in value if k in row)) for k in heads}
        rows = [*({**blank, **row} for row in value), *([blank] * _spare(path, len(value), typed))]
        return Part(name, path, "rows", heads=heads, parts=[_part("", f"{path}.{n}", {k: row[k] for k in heads}, last, typed) for n, row in enumerate(rows)])
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return Part(name, path, "list", parts=[_part("", f"{path}.{n}", v, "", typed) for n, v in enumerate([*value, *([""] * _spare(path, len(value), typed))])])
    if isinstance(value, list):  # lists of other things stay a line of numbers
        return Part(name, path, "text", said if said is not None else ", ".join(str(v) for v in value))
    offered = _offered(name, value, last)
    kind = "choice" if offered else "int" if isinstance(value, int | float) or name == OPTIONAL else "text"
    return Part(name, path, kind, said if said is not None else "" if value is None else str(value), choices=offered)


def _offered(name: str, value: Any, last: str) -> Sequence[str]:
    if name == "base" and last in BASES:
        return BASES[last]
    return next((group for group in CHOICES if isinstance(value, str) and value in group and not (name == "base" and last in BASES)), ())


def _blank(value: Any) -> Any:
    return False if isinstance(value, bool) else [0, 0] if isinstance(value, list) else None if isinstance(value, int | float) else "" if isinstance(value, str) else value


def _spare(path: str, have: int, typed: Mapping[str, str] | None) -> int:
    return max(SPARE, *(n - have + 1 for n in _numbers(path, typed))) if typed else SPARE


def _numbers(path: str, typed: Mapping[str, str] | None) -> Iterator[int]:
    """The numbers of the rows that were typed under a path; a hundred at most."""
    for name in typed or ():
        if name.startswith(f"{path}."):
            number = name[len(path) + 1 :].partition(".")[0]
            if number.isascii() and number.isdigit() and int(number) < 100:
                yield int(number)
    yield -1


def joined(value: Any, typed: Mapping[str, str]) -> Any:
    """The value that was typed, of the kind of the present one. Raises Incomplete for what cannot be read."""
    return _joined("", PREFIX, value, typed)


def _joined(name: str, path: str, like: Any, typed: Mapping[str, str]) -> Any:
    if isinstance(like, bool):
        return path in typed
    if is_share(name, like):
        return [_number(typed.get(f"{path}.{n}", ""), name) for n in range(2)]
    if isinstance(like, dict):
        return {k: _joined(k, f"{path}.{k}", v, typed) for k, v in like.items()}
    if isinstance(like, list) and like and all(isinstance(v, dict) for v in like):
        return _rows(path, like, typed)
    said = typed.get(path, "").strip()
    if name == OPTIONAL:
        return _number(said, name) if said else None
    if isinstance(like, list) and all(isinstance(v, str) for v in like):
        return [v for n in sorted({n for n in _numbers(path, typed) if n >= 0}) if (v := typed.get(f"{path}.{n}", "").strip())]
    if isinstance(like, list):
        return [_number(part, name) for part in said.split(",") if part.strip()]
    if isinstance(like, int | float):
        return _number(said, name)
    return said or None if like is None else said


def _rows(path: str, like: Sequence[Mapping[str, Any]], typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows that were typed; a part that only some rows have may be empty and is left out of the row then."""
    models = {k: next(row[k] for row in like if k in row) for row in like for k in row}
    optional = {k for k in models if any(k not in row for row in like)}
    found = []
    for n in sorted({n for n in _numbers(path, typed) if n >= 0}):
        here = f"{path}.{n}"
        filled = [k for k, v in models.items() if not isinstance(v, bool) and any(t.strip() for name, t in typed.items() if name == f"{here}.{k}" or name.startswith(f"{here}.{k}."))]
        if not filled or f"{here}.gone" in typed:
            continue
        found.append({k: _joined(k, f"{here}.{k}", v, typed) for k, v in models.items() if k not in optional or k in filled})
    return found


def _number(said: str, name: str) -> int | float:
    text = said.strip().replace(" ", "")
    try:
        return int(text) if not any(c in text for c in ",.") else float(text.replace(",", "."))
    except ValueError:
        raise Incomplete(N_("“%(said)s” is not a number (%(part)s)."), field="value", said=said[:40], part=LABELS.get(name, name or N_("Value"))) from None
