"""The host's own forecast of its spending by head and quarter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.execution import figures
from app.stages.execution.actions.shared import check_holder, running
from app.stages.execution.models import ForecastCell
from app.stages.execution.spending import Cells, check_forecast, quarter_of
from app.stages.funding import queries as awards
from app.stages.funding.models import Project


def revise_forecast(project: Project, cells: Cells, *, by: User, at: datetime) -> None:
    """Say in which quarter what is to be spent. Quarters that are over keep their forecast; each head and year sums to its estimate."""
    project = awards.project_by_id(project.id, lock=True)
    contract = running(project)
    check_holder(project, by)
    now, last, allowed = quarter_of(local(at).date()), quarter_of(contract.ends_on), figures.estimate(project)
    for (head, quarter), amount in cells.items():
        if not now <= quarter <= last or (amount and (head, quarter.year) not in allowed):
            raise Incomplete(N_("A forecast is made for quarters to come, until the contract ends, under heads of the estimate."))
    before = figures.planned(project, contract.starts_on, contract.ends_on)
    years = {(head, q.year) for head, q in cells}
    whole = {(head, q): amount for (head, q), amount in before.items() if q < now and (head, q.year) in years} | dict(cells)
    check_forecast(whole, allowed, figures.head_names(project))
    for head, year in sorted(years):
        db.session.execute(delete(ForecastCell).where(ForecastCell.project_id == project.id, ForecastCell.head == head, ForecastCell.year == year))
    db.session.add_all(ForecastCell(project_id=project.id, head=head, year=q.year, quarter=q.number, amount=amount) for (head, q), amount in whole.items())
    db.session.flush()
    journal.record(project, "revise_forecast", by=by, at=at)
