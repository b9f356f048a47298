"""The effect of a result before a council: when one is foreseen, and what its ballots say. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.kernel.errors import WrongState
from app.kernel.words import N_
from app.stages.transfer.rules import ON_PAPER, Rating

RULE = "transfer.effectiveness_council"
BEST_FIRST = (Rating.HIGH, Rating.SOME, Rating.LOW, Rating.NONE)
# ballots and minutes are data in both languages
NAMES = {rating: {"vi": ON_PAPER[rating], "en": rating.label} for rating in BEST_FIRST}


def foreseen(rule: Mapping[str, Any], *, state_money: int, kind: str | None) -> bool:
    """Must a council judge the effect: by the type of the task, or from so much money of the state on? {"kinds": [code, …], "state_money": đồng or null, "by_choice": bool}."""
    least = rule["state_money"]
    return kind in rule["kinds"] or (least is not None and state_money >= least)


def possible(rule: Mapping[str, Any], *, state_money: int, kind: str | None) -> bool:
    """May a council judge the effect: it is foreseen, or the officer may choose one?"""
    return bool(rule["by_choice"]) or foreseen(rule, state_money=state_money, kind=kind)


def verdict(ratings: Sequence[Rating], *, base: int, fraction: Sequence[int], strict: bool) -> Rating | None:
    """The best rating that more than (not strict: at least) the fraction of the base gives, or a better one. None: invalid ballots leave no such rating."""
    need, so_far = Fraction(*fraction) * base, 0
    for rating in BEST_FIRST:
        so_far += ratings.count(rating)
        if so_far > need or (not strict and so_far == need):
            return rating
    return None


def votes_said(count: Mapping[str, Any], lang: str = "vi") -> str:
    """How many gave each rating, in words."""
    return "; ".join(f"{NAMES[Rating(code)][lang]}: {n}" for code, n in count["votes"].items())


def check_no_council(under_way: bool, judged: bool) -> None:
    """Raises WrongState when a council has the result already, or its verdict waits to be taken over."""
    if under_way:
        raise WrongState(N_("A council has the effect of this result already."))
    if judged:
        raise WrongState(N_("A council has judged the effect of this result: please take its conclusion into an evaluation first."))


def check_judged(under_way: bool, judged: bool, needed: bool, source: str) -> None:
    """Raises WrongState while a council on the effect has not concluded, and when one is foreseen and none has judged."""
    if under_way:
        raise WrongState(N_("A council deals with the effect of this result: the evaluation waits for its conclusion."))
    if needed and not judged:
        raise WrongState(N_("For this project a council on the effect is foreseen (%(source)s): the evaluation needs its conclusion."), source=source)
