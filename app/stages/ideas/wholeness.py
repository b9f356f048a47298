"""What a topic-to-be still lacks before its list is put forward and decided. Pure.

A topic is frozen by the decision, and a call, a contract and an acceptance are measured by it: what is missing is named
before, and goes on missing only when a person says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.stages.ideas.rules import RECOMMENDED, CommitmentState


def lacking(idea: Any) -> list[str]:
    """What an idea that is to be carried out lacks, as labels. The idea is whole."""
    if idea.outcome not in RECOMMENDED:
        return []
    ceiling = idea.ceiling if idea.ceiling is not None else idea.state_budget
    found = [(not idea.required, N_("the required products, one by one")), (not ceiling, N_("a ceiling of the State budget")),
             (not (idea.final_months or idea.duration_months), N_("the duration in months")), (idea.receiver_organisation_id is None, N_("a receiving body")),
             (idea.receiver_organisation_id is not None and idea.commitment_state != CommitmentState.CONFIRMED, N_("the receiving body's own confirmation"))]  # fmt: skip
    return [label for missing, label in found if missing]


def lacking_of(ideas: Sequence[Any]) -> dict[str, list[str]]:
    """By number, what these ideas lack; those that lack nothing are not named."""
    return {idea.code or "": found for idea in ideas if (found := lacking(idea))}


def check_whole(ideas: Sequence[Any]) -> None:
    """Raise Incomplete when one of these ideas lacks what its topic should say."""
    if found := lacking_of(ideas):
        raise Incomplete(N_("Something is missing for %(codes)s; it is named below. Please complete it or untick them, or confirm that they go on without it."),
                         field="gaps", codes=", ".join(found))  # fmt: skip
