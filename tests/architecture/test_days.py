"""Every act that takes a day from a person asks whether the day can be true: a slip of the year must not stop anything for good."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import app as package

pytestmark = pytest.mark.nodb

ROOT = Path(package.__file__).parent
# what takes a day that another act has asked about, or that no person types: "module function": why
ASKED_BEFORE = {
    "papers/actions.py issue": "the act that issues the paper asks",
    "people/actions.py add_organisation": "no form offers it",
    "people/actions.py rename_organisation": "no form offers it",
    "funding/actions/awards.py import_project": "the past, as lists of old projects tell it",
    "funding/actions/closings.py record_closing": "called with the day of a decision that was asked about",
    "funding/actions/contracts.py annex": "called with the day of a decision that was asked about",
    "councils/actions/papers.py issue_dissolution": "called by the act that asks",
    "councils/actions/papers.py issue_replacement": "called by the act that asks",
    "ideas/council.py record": "asks through record_identification",
    "ideas/linkasks.py send": "asks through links.send",
    "ideas/links.py send": "asks in _end",
    "ideas/links.py renew": "asks in _end",
    "ideas/topics.py make": "called by the approval of a list",
    "ideas/topics.py enter_topic": "lists decided outside the system",
    "ideas/topics.py issue_decision": "called by the approval of a list",
    "profiles/register.py correct": "asks in _rename",
    "plan/actions/force.py put_in_force": "imports; a person's decision was asked about when it was prepared",
    "acceptance/actions/past.py import_case": "imports; a list's days are read and held against each other when its rows are checked",
    "transfer/actions/handovers.py offer": "a plan; the receiver signs with the real day",
    "transfer/actions/handovers.py offer_again": "a plan; the receiver signs with the real day",
    "transfer/actions/followups.py schedule_follow_ups": "called with the day of a handover or contract that was asked about",
    "transfer/actions/followups.py follow_agreement": "called with the day of the signing or registration that was asked about",
}


def acts():
    """(module, function) of all public functions that are told when they happen and take a day besides."""
    for path in sorted(ROOT.glob("s*/*/**/*.py")):
        if path.parts[-2] == "queries" or path.name in ("queries.py", "imports.py", "milestones.py"):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                given = [*node.args.args, *node.args.kwonlyargs]
                days = [a.arg for a in given if a.annotation is not None and ast.unparse(a.annotation) in ("date", "date | None")]
                if days and "at" in {a.arg for a in given}:
                    yield path, node, days


def asked(node: ast.FunctionDef) -> set[str]:
    """The names that the function hands to something called check… ."""
    calls = [c for c in ast.walk(node) if isinstance(c, ast.Call) and "check" in ast.unparse(c.func)]
    given = [value for c in calls for value in (*c.args, *(k.value for k in c.keywords))]
    return {n.id for value in given for n in ast.walk(value) if isinstance(n, ast.Name)}


def test_every_day_is_asked_about():
    missing = [f"{path.relative_to(ROOT)} {node.name}({day})" for path, node, days in acts() for day in days
               if day not in asked(node) and " ".join((str(Path(*path.relative_to(ROOT).parts[1:])), node.name)) not in ASKED_BEFORE]  # fmt: skip
    assert not missing, f"hand these days to rulebook.calendar.check_day: {missing}"


def test_the_exceptions_exist():
    known = {" ".join((str(Path(*path.relative_to(ROOT).parts[1:])), node.name)) for path, node, _days in acts()}
    assert set(ASKED_BEFORE) <= known
