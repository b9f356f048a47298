"""The fields of expertise: sectors and items of the plan in force, as the pool of experts knows them."""

from __future__ import annotations

from app.services.experts import vocabulary
from app.services.experts.vocabulary import Field
from app.stages.plan import queries


def of_the_plan() -> list[Field]:
    """Each sector with its items behind it, in the order of the plan."""
    found: dict[str, Field] = {}
    for item in queries.items():
        found.setdefault(item.sector.code, Field(item.sector.code, item.sector.name_vi, item.sector.name_en))
        found[item.code] = Field(item.code, item.short_vi, item.title_en)
    return list(found.values())


vocabulary.register(of_the_plan)
