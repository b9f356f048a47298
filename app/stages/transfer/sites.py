"""Where results are used: the communes that yearly reports name, and their sums for the map. Counted are verified reports, each user's last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, delete, func, select

from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.acceptance.models import Result
from app.stages.funding.models import Project
from app.stages.transfer import communes
from app.stages.transfer.deskmodels import UseSite
from app.stages.transfer.models import FollowUp
from app.stages.transfer.queries.results import newer_verified, visible
from app.stages.transfer.rules import FollowUpState, Said, Usage


def of(follow_up: FollowUp) -> list[UseSite]:
    """The communes of one report, in their order."""
    return list(db.session.scalars(select(UseSite).where(UseSite.follow_up_id == follow_up.id).order_by(UseSite.position)))


def had_districts(follow_up: FollowUp) -> bool:
    """Is the report of a day before the province's districts were done away with?"""
    return follow_up.due_on < communes.province().since


def check(follow_up: FollowUp, said: Said, sites: Sequence[Mapping[str, Any]]) -> None:
    """Raises Incomplete for a line without a commune, one named twice, a district of a year without districts, use where there is none, or more than the report says in all."""
    seen: set[str] = set()
    for n, site in enumerate(sites, 1):
        code = site.get("commune")
        if not code:
            raise Incomplete(N_("Please choose the commune of this line."), field=f"commune_{n}")
        if code not in communes.province().communes:
            raise Incomplete(N_("Please choose one from the list."), field=f"commune_{n}")
        if code in seen:
            raise Incomplete(N_("This commune is named twice."), field=f"commune_{n}")
        if site.get("district") and not had_districts(follow_up):
            raise Incomplete(N_("There are no districts since %(day)s."), field=f"district_{n}", day=f"{communes.province().since:%d/%m/%Y}")
        seen.add(code)
    if sites and said.usage == Usage.NO:
        raise Incomplete(N_("A result that is not used is used in no commune."), field="commune_1")
    for name in ("area", "households"):
        total, parts = getattr(said, name), [site.get(name) or 0 for site in sites]
        if total is not None and sum(parts) > total:
            raise Incomplete(N_("The communes together have more than the report says in all."), field=f"{name}_1")


def put(follow_up: FollowUp, sites: Sequence[Mapping[str, Any]]) -> None:
    """The communes of a report are these now."""
    db.session.execute(delete(UseSite).where(UseSite.follow_up_id == follow_up.id))
    db.session.add_all(UseSite(follow_up_id=follow_up.id, position=n, **{name: value or None for name, value in site.items()}) for n, site in enumerate(sites, 1))
    db.session.flush()


_LAST = (FollowUp.state == FollowUpState.VERIFIED, FollowUp.usage.in_((Usage.YES, Usage.PARTLY)), ~newer_verified())


def counted(*, user: User | None) -> Select[Any]:
    """A row by commune: how many results are used there, by how many users, on which area and by how many households. Without a person: of public results only."""
    found = (select(UseSite.commune, func.count(FollowUp.result_id.distinct()).label("results"), func.count().label("users"), func.sum(UseSite.area).label("area"),
                    func.sum(UseSite.households).label("households"))
             .join(FollowUp, FollowUp.id == UseSite.follow_up_id).join(Result, Result.id == FollowUp.result_id).join(Project, Project.id == Result.project_id)
             .where(*_LAST).group_by(UseSite.commune))  # fmt: skip
    return found.where(visible(user) if user is not None else Result.is_public)


def in_commune(statement: Select[Any], code: str) -> Select[Any]:
    """Results used in this commune, by the last verified reports."""
    return statement.where(Result.id.in_(select(FollowUp.result_id).join(UseSite, UseSite.follow_up_id == FollowUp.id).where(UseSite.commune == code, *_LAST)))
