"""What the public may know, as plain dictionaries: no row of ours reaches a public template."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from app.across.hub import queries as hub
from app.across.hub.phase import Phase, phase_sql
from app.kernel.db import db, folded
from app.kernel.text import fold
from app.services.papers import queries as papers
from app.services.papers.models import Paper
from app.services.people.models import Organisation
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import CallState
from app.stages.funding import queries as funding
from app.stages.funding.models import Project, ProjectClosing, ProjectProduct
from app.stages.funding.rules import months_of
from app.stages.plan import queries as plans
from app.stages.plan.models import Plan, Priority, Sector
from app.stages.plan.rules import PlanState

RECENT = 5

# --- the plan -------------------------------------------------------------------------------------------------


def plan_shown(english: bool) -> dict[str, Any] | None:
    """The plan in force with its groups, sectors and items, in one language."""
    plan = plans.current_plan()
    return _plan(plan, english) if plan is not None else None


def _plan(plan: Plan, english: bool) -> dict[str, Any]:
    return {
        "number": plan.number,
        "dated": plan.dated,
        "title": plan.title_en if english else plan.title_vi,
        "body": plan.body_en if english and plan.body_en else plan.body_vi,
        "horizon": plan.horizon_year,
        "goals": [{"year": g.year, "text": g.short_en if english else g.short_vi} for g in plan.goals],
        "groups": [{"code": g.code, "name": g.name_en if english else g.name_vi, "holds_sectors": g.holds_sectors} for g in plan.groups],
        "sectors": [
            {
                "code": s.code,
                "name": s.name_en if english else s.name_vi,
                "items": [{"code": i.code, "title": i.title_en if english else i.short_vi, "text": i.text_vi} for i in s.items],
            }
            for s in plan.sectors
        ],
    }


_IN_FORCE = (select(Plan.public_id, Plan.number, Plan.dated, Plan.title_vi, Plan.title_en, Plan.body_vi, Plan.body_en, Plan.horizon_year)
             .where(Plan.state == PlanState.IN_FORCE, ~Plan.is_historic).order_by(Plan.dated.desc()).limit(1))  # fmt: skip
_BY_ITEM = select(Project.item_id, func.count(), func.sum(funding.approved_money())).group_by(Project.item_id)


def plan_heading(english: bool) -> dict[str, Any] | None:
    """Number, date and title of the plan in force."""
    found = db.session.execute(_IN_FORCE).first()
    if found is None:
        return None
    return {"pid": found.public_id, "number": found.number, "dated": found.dated, "title": found.title_en if english else found.title_vi,
            "body": found.body_en if english and found.body_en else found.body_vi, "horizon": found.horizon_year}  # fmt: skip


@lru_cache(maxsize=8)  # a plan in force is frozen, and nothing else has its public id
def _sectors(plan_pid: str) -> tuple[tuple[str, str, str, frozenset[int]], ...]:
    """(code, names, ids of the items) of each sector of this plan."""
    items: dict[Any, set[int]] = {}
    rows = db.session.execute(select(Sector.code, Sector.name_vi, Sector.name_en, Priority.id).join(Plan, Plan.id == Sector.plan_id)
                              .outerjoin(Priority, Priority.sector_id == Sector.id).where(Plan.public_id == plan_pid).order_by(Sector.position))  # fmt: skip
    for code, name_vi, name_en, item_id in rows:
        items.setdefault((code, name_vi, name_en), set()).update({item_id} - {None})
    return tuple((*names, frozenset(ids)) for names, ids in items.items())


def approved(plan_pid: str | None, english: bool) -> dict[str, Any]:
    """The sectors of this plan with how many items and projects they have, how many projects were approved in all, and their money.

    All: under whatever plan, a new plan does not begin at nothing.
    """
    found = {item_id: (number, int(money or 0)) for item_id, number, money in db.session.execute(_BY_ITEM)}
    sectors = [{"code": code, "name": name_en if english else name_vi, "items": len(ids), "projects": sum(found[i][0] for i in ids if i in found)}
               for code, name_vi, name_en, ids in (_sectors(plan_pid) if plan_pid is not None else ())]  # fmt: skip
    return {"sectors": sectors, "projects": sum(n for n, _money in found.values()), "money": sum(money for _n, money in found.values())}


def projects_by_item(codes: list[str]) -> dict[str, int]:
    """How many projects each of these items of the plan in force has."""
    rows = db.session.execute(select(Priority.code, func.count()).join(Project, Project.item_id == Priority.id).join(Plan, Plan.id == Priority.plan_id)
                              .where(Plan.state == PlanState.IN_FORCE, ~Plan.is_historic, Priority.code.in_(codes)).group_by(Priority.code))  # fmt: skip
    return {code: count for code, count in rows}


# --- calls ----------------------------------------------------------------------------------------------------


_TOPICS = select(func.count()).where(CallTopic.call_id == Call.id).scalar_subquery()
_OPEN_CALLS = (select(Call.public_id, Call.title, Call.number, Call.deadline, _TOPICS.label("topics"))
               .where(Call.state == CallState.PUBLISHED, Call.opens_at <= bindparam("at"), Call.deadline >= bindparam("at")).order_by(Call.deadline, Call.id))  # fmt: skip


def open_calls(at: datetime) -> list[dict[str, Any]]:
    """The calls that receive dossiers now, the first to close on top."""
    return [{"pid": r.public_id, "title": r.title, "number": r.number, "deadline": r.deadline, "topics": r.topics, "days": (r.deadline - at).days}
            for r in db.session.execute(_OPEN_CALLS, {"at": at})]  # fmt: skip


# --- projects -------------------------------------------------------------------------------------------------


def projects_statement(today: date) -> Select[Any]:
    """What public lists show of all approved projects, as columns: the decision makes a project public."""
    return (select(Project.id, Project.public_id, Project.code, Project.title, phase_sql(today).label("phase"), Organisation.name.label("host"), Project.pi_name,
                   Project.decision_date, Project.starts_on, Project.ends_on, Project.approved_total, hub.ITEM.label("item_face"), Priority.code.label("item_code"),
                   Plan.state.label("plan_state"), Priority.title_en, Priority.short_vi, Sector.name_vi, Sector.name_en)
            .join(Organisation, Organisation.id == Project.host_id).join(Priority, Priority.id == Project.item_id)
            .join(Plan, Plan.id == Priority.plan_id).join(Sector, Sector.id == Priority.sector_id))  # fmt: skip


def project_line(row: Any, english: bool) -> dict[str, Any]:
    """One project as a public list shows it. Of people, only the investigator's name."""
    return {
        "pid": row.public_id, "code": row.code, "title": row.title, "phase": Phase(row.phase), "host": row.host, "pi": row.pi_name,
        "decided": row.decision_date, "starts_on": row.starts_on, "ends_on": row.ends_on, "total": row.approved_total,
        "item_code": row.item_face, "item_now": row.item_code if row.plan_state == PlanState.IN_FORCE else None,
        "item": row.title_en if english else row.short_vi, "sector": row.name_en if english else row.name_vi,
    }  # fmt: skip


@lru_cache(maxsize=4)
def _recent(today: date, limit: int) -> Select[Any]:
    return projects_statement(today).order_by(Project.decision_date.desc(), Project.id.desc()).limit(limit)


def recent_projects(today: date, english: bool, *, limit: int = RECENT, item: str | None = None) -> list[dict[str, Any]]:
    """The projects approved last, of one item when it is named."""
    statement = _recent(today, limit)
    if item is not None:
        statement = statement.where(Project.item_id.in_(plans.items_named(item)))
    return [project_line(row, english) for row in db.session.execute(statement)]


def project_shown(pid: str, today: date, english: bool) -> dict[str, Any] | None:
    """One approved project as anyone may read it."""
    more = (Project.approved_state, Project.approved_counterpart, Project.decision_number, Project.decision_body)
    row = db.session.execute(projects_statement(today).add_columns(*more).where(Project.public_id == pid)).first()
    if row is None:
        return None
    closing = db.session.scalar(select(ProjectClosing).where(ProjectClosing.project_id == row.id))
    products = db.session.execute(select(ProjectProduct.name, ProjectProduct.quantity, ProjectProduct.unit)
                                  .where(ProjectProduct.project_id == row.id).order_by(ProjectProduct.position))  # fmt: skip
    return project_line(row, english) | {
        "months": months_of(row.starts_on, row.ends_on), "state_money": row.approved_state, "counterpart": row.approved_counterpart,
        "decision_number": row.decision_number, "decision_body": row.decision_body, "products": [p._asdict() for p in products],
        "closing": {"kind": closing.kind, "number": closing.number, "dated": closing.dated} if closing else None,
    }  # fmt: skip


# --- papers ---------------------------------------------------------------------------------------------------


def public_papers() -> Select[Any]:
    """The papers made for everybody of which nothing is sealed."""
    return select(Paper).where(Paper.is_public, papers.unsealed())


def public_kinds() -> list[str]:
    """The templates of which there is such a paper."""
    return list(db.session.scalars(select(Paper.template).where(Paper.is_public).distinct()))


def paper_with_words(statement: Select[Any], words: str) -> Select[Any]:
    """Papers whose number or title holds the words, with or without diacritics."""
    return statement.where(folded(Paper.number).contains(fold(words), autoescape=True) | folded(Paper.title).contains(fold(words), autoescape=True))


def papers_of_project(pid: str) -> list[Paper]:
    """The public papers on this project itself."""
    return list(db.session.scalars(public_papers().where(Paper.subject_type == "project", Paper.subject_pid == pid).order_by(Paper.dated, Paper.id)))
