"""/projects: the list, the same list as a spreadsheet, and one page per project."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    current_app,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from app.across.hub import (
    queries,
    rules,
    tasks,  # noqa: F401 - tells scientific CVs of projects
)
from app.across.hub.phase import ENDED, Phase
from app.across.imports import queries as imports
from app.downloads import download
from app.kernel import clock, journal
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.web import allow, or_404
from app.kernel.words import N_
from app.services.papers import queries as papers
from app.shown import can, language
from app.stages.archive import queries as archive
from app.stages.funding import queries as funding
from app.stages.funding.models import Project
from app.stages.funding.rules import ClosingKind, months_of
from app.stages.ideas.queries import ordering_bodies
from app.stages.plan import queries as plans
from app.stages.plan import scope

bp = Blueprint("hub", __name__, url_prefix="/projects", template_folder="templates")


def _listing() -> Listing:
    sectors, items = plans.sector_and_item_choices(language() == "en")
    return Listing(
        queries.list_statement(current_user, clock.today()), request.args, key=Project.id, scalars=False, default="-decided",
        columns=[
            Column("code", N_("Code"), lambda r: r.code, sort=Project.code),
            Column("title", N_("Project title"), lambda r: r.title, sort=Project.title),
            Column("phase", N_("Phase"), lambda r: _(Phase(r.phase).label)),
            Column("item", N_("Priority item"), lambda r: r.item),
            Column("host", N_("Host organisation"), lambda r: r.host),
            Column("pi", N_("Principal investigator"), lambda r: r.pi_name),
            Column("decided", N_("Approved"), lambda r: r.decision_date, sort=Project.decision_date),
            Column("ends", N_("Ends"), lambda r: r.ends_on, sort=Project.ends_on),
            Column("total", N_("Approved total"), lambda r: r.approved_total, sort=Project.approved_total),
            Column("paid", N_("Paid"), lambda r: r.paid_total, sort=Project.paid_total),
        ],
        filters=[
            Filter("q", N_("Title or code"), queries.with_words),
            Filter("phase", N_("Phase"), lambda s, v: s.where(queries.phase_sql(clock.today()) == v), choices=[(str(p), p.label) for p in Phase]),
            Filter("sector", N_("Sector"), queries.in_sector, choices=sectors),
            Filter("item", N_("Priority item"), queries.of_item, choices=scope.choices(request.args.get("item"), english=language() == "en", offered=items)),
            Filter("host", N_("Host organisation"), queries.of_host, choices=queries.hosts()),
            Filter("year", N_("Year of approval"), queries.decided_in, choices=[(str(y), str(y)) for y in queries.years()]),
            Filter("body", N_("Ordering body"), queries.ordered_by, choices=ordering_bodies()),
        ],
    )  # fmt: skip


@bp.get("/")
@allow(Do.HUB_READ)
def index() -> Any:
    return render_template("hub/index.html", listing=_listing(), Phase=Phase, all_seen=current_user.can(Do.FUNDING_READ))


@bp.get("/projects.xlsx")
@allow(Do.HUB_READ)
def export() -> Any:
    listing = _listing()
    return download(listing.xlsx(_("Projects")), f"projects-{clock.today():%Y-%m-%d}.xlsx")


@bp.get("/<pid>")
@allow(Do.HUB_READ)
def show(pid: str) -> Any:
    today = clock.today()
    whole = or_404(queries.whole(current_user, pid, today))
    steps = rules.next_steps(whole.project, whole.contract, whole.tranches, whole.lines, today=today, can=can,
                             holds=funding.may_request(current_user, whole.project), ended=whole.closing is not None, settlement=whole.settlement,
                             owed=_owed(whole))  # fmt: skip
    links = [((_(s.label, n=s.n) if s.n is not None else _(s.label)) + (f": {s.of}" if s.of else ""), url_for(s.endpoint, pid=s.pid), n == 0)
             for n, s in enumerate(s for s in steps if s.endpoint in current_app.view_functions)]  # fmt: skip
    return render_template("hub/show.html", whole=whole, project=whole.project, links=links, progress=_progress(whole.phase, whole.closing.kind if whole.closing else None), months=months_of(whole.project.starts_on, whole.project.ends_on), today=today,
                           papers=papers.listed(whole.keys), entries=journal.timeline(whole.keys), may_have=archive.may_have(current_user, whole.project),
                           kept=archive.kept_of(whole.project, today) if whole.closing else None, hold=archive.hold_of(whole.project.id) if can(Do.ARCHIVE_READ) else None, english=language() == "en",
                           source=imports.source_of(pid) if whole.project.historic else None)  # fmt: skip


def _owed(whole: queries.Whole) -> int | None:
    """What is still to come back by the accounts; nobody asks once the contract is liquidated."""
    return None if whole.settlement is None or whole.liquidation is not None else funding.owed_by(whole.settlement, whole.closing)


_WAY = (Phase.APPROVED, Phase.CONTRACTED, Phase.RUNNING, Phase.IN_ACCEPTANCE, Phase.RECOGNISED, Phase.LIQUIDATED, Phase.FOLLOWED_UP)
_STANDS_AT = {Phase.CANCELLED: Phase.APPROVED, Phase.SUSPENDED: Phase.RUNNING, Phase.TERMINATED: Phase.RUNNING, Phase.FAILED: Phase.IN_ACCEPTANCE}


def _progress(phase: Phase, ended: ClosingKind | None = None) -> list[tuple[str, str]]:
    """The way of a project, with the step where it stands. One that ended early or failed was never recognised."""
    if phase == Phase.LIQUIDATED and ended in (ClosingKind.TERMINATED, ClosingKind.FAILED):
        last = ENDED[ended]
        passed = _WAY[: _WAY.index(_STANDS_AT[last])]
        return [*((_(step.label), "done") for step in passed), (_(last.label), "stopped"), (_(phase.label), "current")]
    at = _WAY.index(_STANDS_AT.get(phase, phase))
    here = "stopped" if phase in _STANDS_AT else "current"
    return [(_(phase.label if n == at else step.label), "done" if n < at else here if n == at else "todo") for n, step in enumerate(_WAY)]
