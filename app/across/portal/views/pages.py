"""/ and /public: home, plan, projects, papers."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request
from sqlalchemy import select

from app.across.hub import queries as hub
from app.across.hub.phase import Phase, phase_sql
from app.across.portal import board, queries
from app.across.portal.views.blueprint import bp, english
from app.kernel import clock
from app.kernel.listing import Column, Filter, Listing
from app.kernel.web import PUBLIC, allow, or_404
from app.kernel.words import N_
from app.services.papers import queries as papers
from app.services.papers import views as paper_views
from app.services.papers.models import Paper
from app.stages.funding.models import Project
from app.stages.plan import queries as plans
from app.stages.plan import scope
from app.stages.transfer import queries as transfer


@bp.get("/")
@allow(PUBLIC)
def home() -> Any:
    plan = queries.plan_heading(english())
    told = queries.approved(plan["pid"] if plan else None, english())
    return render_template(
        "portal/home.html", plan=plan, calls=queries.open_calls(clock.now()), recent=queries.recent_projects(clock.today(), english()),
        items=sum(s["items"] for s in told["sectors"]), **told)  # fmt: skip


@bp.get("/public/plan")
@allow(PUBLIC)
def plan() -> Any:
    return render_template("portal/plan.html", plan=or_404(queries.plan_shown(english())))


@bp.get("/public/board")
@allow(PUBLIC)
def plan_board() -> Any:
    return render_template("portal/board.html", board=or_404(board.board_shown(english(), request.args.get("plan"))))


@bp.get("/public/plan/<code>")
@allow(PUBLIC)
def sector(code: str) -> Any:
    """A sector ("1") with its items, or one item ("1.8") with its projects."""
    shown = or_404(queries.plan_shown(english()))
    for found in shown["sectors"]:
        if found["code"] == code:
            counts = queries.projects_by_item([i["code"] for i in found["items"]])
            return render_template("portal/sector.html", plan=shown, sector=found, counts=counts)
        for item in found["items"]:
            if item["code"] == code:
                projects = queries.recent_projects(clock.today(), english(), item=code, limit=50)
                return render_template("portal/item.html", plan=shown, sector=found, item=item, projects=projects)
    abort(404)


@bp.get("/public/projects")
@allow(PUBLIC)
def projects() -> Any:
    today, tongue = clock.today(), english()
    listing = Listing(
        queries.projects_statement(today), request.args, key=Project.id, scalars=False, default="-decided", per_page=25,
        columns=[Column("title", N_("Project"), lambda r: r.title, sort=Project.title), Column("host", N_("Host organisation"), None),
                 Column("decided", N_("Approved"), lambda r: r.decision_date, sort=Project.decision_date),
                 Column("total", N_("Money"), lambda r: r.approved_total, sort=Project.approved_total), Column("phase", N_("Phase"), None)],
        filters=[Filter("q", N_("Words of the title, or the code"), hub.with_words),
                 Filter("sector", N_("Sector"), hub.in_sector, choices=plans.sector_choices(tongue)),
                 Filter("item", N_("Priority item"), hub.of_item, choices=scope.choices(request.args.get("item"), english=tongue, offered=plans.item_choices(tongue, among=select(Project.item_id)))),
                 Filter("year", N_("Year of approval"), hub.decided_in, choices=[(str(y), str(y)) for y in hub.years()]),
                 Filter("phase", N_("Phase"), lambda s, v: s.where(phase_sql(today) == v), choices=[(str(p), p.label) for p in Phase])],
    )  # fmt: skip
    return render_template("portal/projects.html", listing=listing, projects=[queries.project_line(r, tongue) for r in listing.rows])


@bp.get("/public/projects/<pid>")
@allow(PUBLIC)
def project(pid: str) -> Any:
    shown = or_404(queries.project_shown(pid, clock.today(), english()))
    return render_template("portal/project.html", project=shown, results=transfer.public_results_of(pid, english()), papers=queries.papers_of_project(pid))


@bp.get("/public/papers")
@allow(PUBLIC)
def papers_list() -> Any:
    """The papers made for everybody: approved lists, notices, decisions."""
    kinds = sorted(((name, paper_views.kind_name(name)) for name in queries.public_kinds()), key=lambda pair: pair[1])
    listing = Listing(
        queries.public_papers(), request.args, key=Paper.id, default="-dated", per_page=25,
        columns=[Column("dated", N_("Date"), lambda p: p.dated, sort=Paper.dated), Column("number", N_("Number"), None),
                 Column("title", N_("Title"), lambda p: p.title, sort=Paper.title), Column("body", N_("Issued by"), None)],
        filters=[Filter("q", N_("Number or title"), queries.paper_with_words),
                 Filter("kind", N_("Kind"), lambda s, v: s.where(Paper.template == v), choices=kinds),
                 Filter("year", N_("Year"), lambda s, v: s.where(Paper.year == int(v)), choices=[(str(y), str(y)) for y in range(clock.today().year, 2009, -1)])],
    )  # fmt: skip
    return render_template("portal/papers.html", listing=listing)


@bp.get("/public/papers/<pid>")
@allow(PUBLIC)
def paper(pid: str) -> Any:
    """A paper made for everybody: a notice, a published decision."""
    row = or_404(papers.public_paper(pid))
    return render_template("portal/paper.html", paper=row, content=paper_views.content_of(row))


@bp.get("/public/papers/<pid>.pdf")
@allow(PUBLIC)
def paper_pdf(pid: str) -> Any:
    return paper_views.as_file(or_404(papers.public_paper(pid)), "pdf")


@bp.get("/public/papers/<pid>.docx")
@allow(PUBLIC)
def paper_word(pid: str) -> Any:
    return paper_views.as_file(or_404(papers.public_paper(pid)), "docx")
