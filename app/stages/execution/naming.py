"""Changes of what a project is called and of how its money is spent: by lump sum to the final product, or in part.

Both are for the approving authority (TT 33/2014/TT-BKHCN, article 16; rule execution.authority_items).
"""

from __future__ import annotations

from app.kernel.errors import Incomplete
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.rulebook import queries as rulebook
from app.stages.execution import figures
from app.stages.funding import queries as awards
from app.stages.funding.models import Project
from app.stages.funding.rules import ON_PAPER, LumpSum, lump_sum_faults

LONGEST = 500


def new_title(project: Project, said: str | None) -> str:
    """The title as it would be kept. Raises Incomplete (at "after") for none, one too long, or the present one."""
    title = " ".join(nfc(said or "").split())
    if not title or title == project.title:
        raise Incomplete(N_("Please enter the new title."), field="after")
    if len(title) > LONGEST:
        raise Incomplete(N_("Please shorten this to %(n)s characters."), field="after", n=LONGEST)
    return title


def other_method(project: Project, used_at: str | None) -> LumpSum:
    """The other of the two methods. Raises Incomplete when lump sum to the final product is not possible (the first reason why)."""
    if project.lump_sum == LumpSum.FINAL_PRODUCT:
        return LumpSum.PARTIAL
    rules = rulebook.values(("funding.bound_heads", "funding.final_product_ceiling"), on=project.decision_date)
    bound = sum(amount for (head, _year), amount in figures.estimate(project).items() if head in rules["funding.bound_heads"])
    faults = lump_sum_faults(awards.products_of(project), used_at, bound, rules["funding.final_product_ceiling"])
    if faults:
        raise Incomplete(faults[0], field="after")
    return LumpSum.FINAL_PRODUCT


def methods_said(project: Project, method: LumpSum) -> tuple[str, str]:
    """The method as it is and as it will be, in the words of papers."""
    return ON_PAPER[project.lump_sum], ON_PAPER[method]
