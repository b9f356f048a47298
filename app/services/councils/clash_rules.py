"""What the rules of a council say of a conflict that was found, in a sentence with its fact, rule and source. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.kernel.errors import Incomplete, Refused
from app.kernel.words import N_
from app.services.conflicts.rules import CAUSES, Hit, follows, is_hard

YEARS, USUAL, ROLES = "councils.conflict_years", "councils.conflict_causes", "councils.excluded_roles"
KEYS = (YEARS, USUAL)
SAID = {"never": N_("may not sit"), "not_in_roles": N_("may not hold the main roles"), "warn": N_("must give an explanation")}
# how the papers, which are in Vietnamese, name a cause; what is private is not named
ON_PAPER = {
    "team": "Tham gia hồ sơ", "same_organisation": "Người của tổ chức đề xuất, chủ trì", "partner_organisation": "Người của tổ chức phối hợp", "same_call": "Có hồ sơ trong cùng thông báo",
    "past_organisation": "Từng công tác tại tổ chức chủ trì hoặc phối hợp", "joint_project": "Cùng thực hiện nhiệm vụ với nhóm", "joint_paper": "Cùng công bố với nhóm",
}  # fmt: skip
UNNAMED = "Xung đột lợi ích do cơ quan quản lý xác định"


@dataclass(frozen=True)
class Clash:
    """A hit with what the rule says of it. `rule` is its row, with key, source and mark."""

    hit: Hit
    how: str
    hard: bool
    rule: Any

    def reason(self, *, composer: bool) -> Refused:
        """The fact, the rule and its source, for this reader: what somebody declared of his family is told to composers only."""
        sentence, params = self.hit.told(composer=composer)
        source = {"rule": self.rule.key, "source": self.rule.source, "mark": self.rule.mark.label}
        if self.hit.private and not composer:
            return Incomplete(N_("%(fact)s Rule %(rule)s, %(source)s (%(mark)s)."), fact=Incomplete(sentence), **source)
        return Incomplete(N_("%(fact)s Rule %(rule)s: %(cause)s – %(how)s; %(source)s (%(mark)s)."), fact=Incomplete(sentence, **params), cause=CAUSES[self.hit.cause], how=SAID[self.how], **source)

    @property
    def on_paper(self) -> str:
        """As minutes give the reason."""
        return f"{ON_PAPER.get(self.hit.cause, UNNAMED)} ({self.rule.source})"


def judged(hit: Hit, kind: str, role: str | None, rules: Mapping[str, Any]) -> Clash:
    """A hit by the rules (rows) of a kind of council; in no role in particular when none is named."""
    exclusions, usual = rules[f"councils.{kind}.exclusions"], rules[USUAL]
    hard = is_hard(hit.cause, exclusions.value, usual.value, role=role, roles=set(rules[ROLES].value))
    return Clash(hit, follows(hit.cause, exclusions.value, usual.value), hard, exclusions if hit.cause in exclusions.value or hit.cause not in usual.value else usual)
