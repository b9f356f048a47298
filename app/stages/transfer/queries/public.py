"""What the public may know of results, as plain dictionaries: no row of ours reaches a public template."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from app.kernel.db import db
from app.stages.acceptance.models import Result
from app.stages.acceptance.rules import ResultKind, ResultState
from app.stages.funding.models import Project
from app.stages.plan import queries as plans
from app.stages.transfer.models import Offer
from app.stages.transfer.queries.results import use, with_faces
from app.stages.transfer.rules import Use

_OPEN = (Result.state == ResultState.REGISTERED, Result.is_public)


def public_statement() -> Select[Any]:
    """Rows (Result, use, id) of the registered results that were made public."""
    return with_faces(select(Result, use().label("use"), Result.id, Offer).outerjoin(Offer, Offer.result_id == Result.id)).where(*_OPEN)


def public_line(row: Any, english: bool) -> dict[str, Any]:
    """One result as the public list shows it. Of people, only the investigator's name."""
    result, project = row.Result, row.Result.project
    sector = result.item.sector
    return {
        "pid": result.public_id, "code": result.code, "title": (result.title_en if english else None) or result.title, "kind": result.kind,
        "use": Use(row.use), "host": (project.host.name_en if english else None) or project.host.name, "pi": project.pi_name,
        "project_pid": project.public_id, "project": project.title, "item_code": result.item.face, "item_value": plans.item_value(result.item),
        "item": result.item.title_en if english else result.item.short_vi, "sector": sector.name_en if english else sector.name_vi,
        "certificate": result.certificate_number, "dated": result.certificate_dated, "readiness": row.Offer.readiness if row.Offer else None,
        **{name: getattr(row.Offer, name, None) for name in ("owner", "rights", "price_terms")},
    }  # fmt: skip


def public_result(pid: str, english: bool) -> dict[str, Any] | None:
    """One public result as anyone may read it, or None."""
    row = db.session.execute(public_statement().where(Result.public_id == pid)).first()
    if row is None:
        return None
    return public_line(row, english) | {
        "summary": (row.Result.summary_en if english else None) or row.Result.summary, "other_title": row.Result.title if english and row.Result.title_en else None,
        **{name: getattr(row.Offer, name, None) for name in ("owner", "rights", "price_terms")},
    }  # fmt: skip


def public_results_of(project_pid: str, english: bool) -> list[dict[str, Any]]:
    """The public results of one project."""
    of_project = Result.project_id.in_(select(Project.id).where(Project.public_id == project_pid))
    return [public_line(row, english) for row in db.session.execute(public_statement().where(of_project).order_by(Result.code))]


def ready_from(statement: Select[Any], level: str) -> Select[Any]:
    """Results whose readiness is said to be at least this level."""
    return statement.where(Offer.readiness >= int(level))


def offer_of(result_id: int) -> Offer | None:
    """How a result is offered, when that was written."""
    return db.session.scalar(select(Offer).where(Offer.result_id == result_id))


def public_result_row(pid: str) -> Result | None:
    """The row itself, for the act of expressing interest."""
    return db.session.scalar(with_faces(select(Result)).where(Result.public_id == pid, *_OPEN))


def public_kinds() -> list[ResultKind]:
    """The kinds of which there is a public result."""
    return sorted(db.session.scalars(select(Result.kind).where(*_OPEN).distinct()), key=list(ResultKind).index)


def items_with_results(english: bool) -> list[tuple[str, str]]:
    """(code, name) of the items that have a public result."""
    return plans.item_choices(english, among=select(Result.item_id).where(*_OPEN))


def sectors_with_results(english: bool) -> list[tuple[str, str]]:
    """(code, name) of the sectors that have a public result."""
    return plans.sector_choices(english, among=select(Result.item_id).where(*_OPEN))
