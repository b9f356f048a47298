"""What the public may know, as plain dictionaries: no row of ours reaches a public template."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from app.across.hub import queries as hub
from app.across.hub.phase import Phase, phase_sql
from app.kernel.db import db, folded
from app.kernel.text import fold
from app.services.papers import queries as papers
from app.services.papers.models import Paper
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import CallState
from app.stages.funding.models import Project, ProjectClosing
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


def plan_heading(english: bool) -> dict[str, Any] | None:
    """Number, date and title of the plan in force."""
    found = db.session.execute(select(Plan.number, Plan.dated, Plan.title_vi, Plan.title_en, Plan.body_vi, Plan.body_en, Plan.horizon_year)
                               .where(Plan.state == PlanState.IN_FORCE, ~Plan.is_historic).order_by(Plan.dated.desc()).limit(1)).first()  # fmt: skip
    if found is None:
        return None
    return {"number": found.number, "dated": found.dated, "title": found.title_en if english else found.title_vi,
            "body": found.body_en if english and found.body_en else found.body_vi, "horizon": found.horizon_year}  # fmt: skip


def sectors_shown(english: bool) -> list[dict[str, Any]]:
    """The sectors of the plan in force with how many items and projects they have, and the money of these."""
    items = select(Priority.sector_id, func.count().label("number")).group_by(Priority.sector_id).subquery()
    projects = (select(Priority.sector_id, func.count().label("number"), func.sum(Project.approved_total).label("money"))
                .join(Project, Project.item_id == Priority.id).group_by(Priority.sector_id).subquery())  # fmt: skip
    rows = db.session.execute(
        select(Sector.code, Sector.name_vi, Sector.name_en, items.c.number.label("items"), projects.c.number.label("projects"), projects.c.money)
        .join(Plan, Plan.id == Sector.plan_id).outerjoin(items, items.c.sector_id == Sector.id).outerjoin(projects, projects.c.sector_id == Sector.id)
        .where(Plan.state == PlanState.IN_FORCE, ~Plan.is_historic).order_by(Sector.position))  # fmt: skip
    return [{"code": r.code, "name": r.name_en if english else r.name_vi, "items": r.items or 0, "projects": r.projects or 0,
             "money": int(r.money or 0)} for r in rows]  # fmt: skip


def approved() -> dict[str, int]:
    """How many projects were approved, and their money (đồng): under whatever plan, a new plan does not begin at nothing."""
    number, money = db.session.execute(select(func.count(), func.sum(Project.approved_total)).select_from(Project)).one()
    return {"projects": number, "money": int(money or 0)}


def projects_by_item(codes: list[str]) -> dict[str, int]:
    """How many projects each of these items of the plan in force has."""
    rows = db.session.execute(select(Priority.code, func.count()).join(Project, Project.item_id == Priority.id).join(Plan, Plan.id == Priority.plan_id)
                              .where(Plan.state == PlanState.IN_FORCE, ~Plan.is_historic, Priority.code.in_(codes)).group_by(Priority.code))  # fmt: skip
    return {code: count for code, count in rows}


# --- calls ----------------------------------------------------------------------------------------------------


def open_calls(at: datetime) -> list[dict[str, Any]]:
    """The calls that receive dossiers now, the first to close on top."""
    topics = select(func.count()).where(CallTopic.call_id == Call.id).scalar_subquery()
    rows = db.session.execute(select(Call.public_id, Call.title, Call.number, Call.deadline, topics.label("topics"))
                              .where(Call.state == CallState.PUBLISHED, Call.opens_at <= at, Call.deadline >= at).order_by(Call.deadline, Call.id))  # fmt: skip
    return [{"pid": r.public_id, "title": r.title, "number": r.number, "deadline": r.deadline, "topics": r.topics, "days": (r.deadline - at).days} for r in rows]


# --- projects -------------------------------------------------------------------------------------------------


def projects_statement(today: date) -> Select[Any]:
    """Rows (Project, phase, id) of all approved projects: the decision makes a project public."""
    return hub.with_faces(select(Project, phase_sql(today).label("phase"), Project.id))


def project_line(row: Any, english: bool) -> dict[str, Any]:
    """One project as a public list shows it. Of people, only the investigator's name."""
    project = row.Project
    item = project.item
    return {
        "pid": project.public_id, "code": project.code, "title": project.title, "phase": Phase(row.phase), "host": project.host.name, "pi": project.pi_name,
        "decided": project.decision_date, "starts_on": project.starts_on, "ends_on": project.ends_on, "total": project.approved_total,
        "item_code": item.face, "item_now": item.code if item.plan.state == PlanState.IN_FORCE else None, "item": item.title_en if english else item.short_vi, "sector": item.sector.name_en if english else item.sector.name_vi,
    }  # fmt: skip


def recent_projects(today: date, english: bool, *, limit: int = RECENT, item: str | None = None) -> list[dict[str, Any]]:
    """The projects approved last, of one item when it is named."""
    statement = projects_statement(today).order_by(Project.decision_date.desc(), Project.id.desc()).limit(limit)
    if item is not None:
        statement = statement.where(Project.item_id.in_(plans.items_named(item)))
    return [project_line(row, english) for row in db.session.execute(statement)]


def project_shown(pid: str, today: date, english: bool) -> dict[str, Any] | None:
    """One approved project as anyone may read it."""
    statement = projects_statement(today).options(selectinload(Project.products)).where(Project.public_id == pid)
    row = db.session.execute(statement).first()
    if row is None:
        return None
    project = row.Project
    closing = db.session.scalar(select(ProjectClosing).where(ProjectClosing.project_id == project.id))
    return project_line(row, english) | {
        "months": months_of(project.starts_on, project.ends_on), "state_money": project.approved_state, "counterpart": project.approved_counterpart,
        "decision_number": project.decision_number, "decision_body": project.decision_body,
        "products": [{"name": p.name, "quantity": p.quantity, "unit": p.unit} for p in project.products],
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
