"""What a stage tells the engine about its kind of council: the questions of the ballot, and how ballots are counted.

A stage registers one Procedure per Kind when it is imported. All its functions are pure but `concluded`, which is the
stage's own act and runs in the transaction that concludes the council. Everything they return is plain data: it is
frozen as JSON and printed in the minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from app.services.councils.rules import Kind, SeatRole

Words = Mapping[str, str]  # {"vi": …, "en": …}: texts of rules are data in both languages
Rules = Mapping[str, Any]  # the values of the frozen rules by key
BALLOTS = "ballots"  # beside them, when a count is made: how many ballots were in the box, valid or not
MEMBERS = "members"  # and how many members the council has


def base_of(rule: Mapping[str, Any], valid: int, rules: Rules) -> int:
    """Of how many a fraction is asked: by the rule of those present, whose ballots were in the box, of the valid ballots, or of all who are appointed."""
    base = rule.get("base")
    return valid if base == "valid" else int(rules.get(MEMBERS if base == "appointed" else BALLOTS, valid))


@dataclass(frozen=True)
class Question:
    """One line of a ballot. A mark is a number from `low` to `top` on a `step`, whole where nothing is said; a choice is the code of one of `choices`."""

    code: str
    label: Words
    kind: str  # "mark", "choice" or "text"
    top: int = 0
    low: int = 0
    weight: int = 1
    step: Sequence[int] = (1, 1)
    choices: Sequence[tuple[str, Words]] = ()
    required: bool = True
    heading: Words | None = None  # opens a new part of the sheet
    meanings: Mapping[int, Words] = field(default_factory=dict)  # what a mark means, said beside it


@dataclass(frozen=True)
class Cast:
    """One ballot as it is counted. `presiding` is true for the member who leads the session."""

    seat_pid: str
    role: SeatRole
    presiding: bool
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """What a count says, line by line, for the page and for the minutes; `table` is [header, row, row, …] or empty.

    `remarks` are what members wrote, in an order that tells of nobody.
    """

    facts: Sequence[tuple[Words, str | Words]] = ()
    table: Sequence[Sequence[str | Words]] = ()
    remarks: Sequence[str] = ()


def invalid_lines(result: Mapping[str, Any], rules: Rules) -> list[tuple[Words, Words]]:
    """The ballots of a count that are not valid: how many, and why, by the rule; empty when all are."""
    found = result.get("defects") or {}
    if not found:
        return []
    names = {r["code"]: r for r in rules.get("councils.invalid_ballots", {"reasons": []})["reasons"]}
    said = {lang: "; ".join(f"{names[code][lang] if code in names else code}: {n}" for code, n in found.items()) for lang in ("vi", "en")}
    total = sum(found.values())
    return [({"vi": "Phiếu không hợp lệ", "en": "Invalid ballots"}, {lang: f"{total} ({words})" for lang, words in said.items()})]


def no_check(content: Mapping[str, Any], rules: Rules) -> None:
    """No rule across questions."""


def no_fixed(subjects: Sequence[Any]) -> Mapping[str, int]:
    """No version of a rule was fixed before the council was set up."""
    return {}


def no_summary(content: Mapping[str, Any], rules: Rules) -> Words | None:
    """Nothing is derived from a ballot before it is cast."""
    return None


def nothing_open(result: Mapping[str, Any], rules: Rules) -> Sequence[Question]:
    """The votes left nothing open."""
    return ()


@dataclass(frozen=True)
class Procedure:
    """How councils of one kind work.

    `rule_keys(subjects)` are the rules frozen beside the engine's own `councils.<kind>.*`.
    `fixed(subjects)` are the ids of versions fixed earlier, by an act of the stage (a call fixes its scoring sheet): they hold whatever the day says.
    `questions(subject, rules)` is the ballot for one object of the agenda.
    `check(content, rules)` raises Incomplete (field = the question's code) for answers that do not go together.
    `summary(content, rules)` is what follows from the answers, shown to the member before casting (an overall rating).
    `count(casts, rules)` is what the ballots of one object say.
    `told(result, subject, rules)` says it in words; `rank(results, rules)` orders the objects of the session (or None):
    {item public id: {"position", "passed", "recommended", "tied", "first"}} (first: of the best group).
    `left_open(result, rules)` are choices that the votes on an object left open (a tied mode): the council decides each on the
    record, with its reason, before it concludes. What it decided is in the result as `settled`: {code: choice, "reason": …}.
    `together`: the objects compete, so no box is opened before every ballot on each of them is cast.
    `agenda_title(subject)` is how an object stands on agenda and papers, when its own title does not tell it from another.
    `guide(rules)` tells a member, line by line, how the sheet is read. `after(council)` is what the stage has to do next:
    [(label, permission, endpoint, values)].
    `revision_rule` is the term within which what is recommended may be revised first; None: there are no such verdicts.
    `total(content, rules)` are the points of one ballot, where there are points.
    `returned(council, subject, by, at)` runs when an object is given back undecided. `established` runs when the council is set up; `concluded(council, results, chosen, by=, at=)` when it has ended:
    `results` are {item public id: count with its rank}, `chosen` the item that the council recommends among tied ones.
    """

    kind: Kind
    rule_keys: Callable[[Sequence[Any]], Sequence[str]]
    questions: Callable[[Any, Rules], Sequence[Question]]
    count: Callable[[Sequence[Cast], Rules], dict[str, Any]]
    told: Callable[[Mapping[str, Any], Any, Rules], Told]
    concluded: Callable[..., None]
    rank: Callable[[Mapping[str, Mapping[str, Any]], Rules], dict[str, dict[str, Any]]] | None = None
    check: Callable[[Mapping[str, Any], Rules], None] = field(default=no_check)
    fixed: Callable[[Sequence[Any]], Mapping[str, int]] = field(default=no_fixed)
    together: bool = False
    left_open: Callable[[Mapping[str, Any], Rules], Sequence[Question]] = field(default=nothing_open)
    summary: Callable[[Mapping[str, Any], Rules], Words | None] = field(default=no_summary)
    established: Callable[[Any, Any, datetime], None] | None = None  # (council, by, at)
    dissolved: Callable[[Any, Any, datetime], None] | None = None
    returned: Callable[[Any, Any, Any, datetime], None] | None = None  # (council, subject, by, at)
    agenda_title: Callable[[Any], str] | None = None
    guide: Callable[[Rules], Sequence[Words]] | None = None
    after: Callable[[Any], Sequence[tuple[str, str, str, Mapping[str, Any]]]] | None = None
    revision_rule: str | None = None
    total: Callable[[Mapping[str, Any], Rules], Fraction | None] | None = None


_procedures: dict[Kind, Procedure] = {}


def register_procedure(procedure: Procedure) -> None:
    """Make a kind of council known. A second registration replaces the first."""
    _procedures[procedure.kind] = procedure


def procedure_of(kind: Kind) -> Procedure:
    """How this kind works. Raises KeyError when no stage registered it."""
    return _procedures[kind]
