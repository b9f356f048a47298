"""What anybody may read: the resources of the open data. Their statements are those of the portal's pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import Select, func, select

from app.across.api.calls import CALLS
from app.across.api.declared import Asked, Field, Kind, Resource
from app.across.hub import queries as hub
from app.across.hub.phase import Phase, phase_sql
from app.across.portal import board, queries, topics
from app.kernel.listing import Filter
from app.kernel.text import fold
from app.kernel.words import N_
from app.services.people.models import Organisation
from app.services.people.rules import OrganisationKind
from app.stages.acceptance.models import Result
from app.stages.acceptance.rules import ResultKind
from app.stages.calls.rules import CallState
from app.stages.execution.models import Report
from app.stages.execution.rules import ReportState
from app.stages.funding.models import Project
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import Mode
from app.stages.plan.models import Agency, Plan, Priority, Sector
from app.stages.plan.rules import PlanState
from app.stages.transfer import queries as transfer
from app.stages.transfer.models import FollowUp, Offer
from app.stages.transfer.rules import FollowUpState, Usage, Use

ID = Field("id", Kind.TEXT, N_("Key of the row; it never changes."), lambda r: r.public_id)
ITEM = (Field("item", Kind.TEXT, N_("Code of the main priority item.")), Field("item_vi", Kind.TEXT, N_("Its short title in Vietnamese.")), Field("item_en", Kind.TEXT, N_("Its title in English.")),
        Field("plan", Kind.TEXT, N_("Number of the plan of the item.")))  # fmt: skip
ITEM_COLUMNS = (Priority.code.label("item"), Priority.short_vi.label("item_vi"), Priority.title_en.label("item_en"), Plan.number.label("plan"))
VND = "VND"


def page(endpoint: str) -> Any:
    """Reads the address of the page of a row."""
    return lambda row: f"{str(current_app.config['PUBLIC_BASE_URL']).rstrip('/')}/public/{endpoint}/{row.public_id}"


def _years(first: int = 2010) -> list[tuple[str, str]]:
    return [(str(y), str(y)) for y in range(first, 2101)]


# --- the plan -------------------------------------------------------------------------------------------------


def _plan_items(_asked: Asked) -> Select[Any]:
    counted = [(names, statement.subquery()) for names, statement in board.counts()]
    wanted = {name: func.coalesce(part.c[n], 0).label(name) for names, part in counted for n, name in enumerate(names, 1)}
    found = (select(Priority.id, Priority.public_id, Plan.number.label("plan"), Plan.state.label("plan_state"), Priority.code, Priority.short_vi.label("title_vi"), Priority.title_en,
                    Sector.code.label("sector"), Sector.name_vi.label("sector_vi"), Sector.name_en.label("sector_en"), *wanted.values())
             .join(Plan, Plan.id == Priority.plan_id).join(Sector, Sector.id == Priority.sector_id))  # fmt: skip
    for _names, part in counted:
        found = found.outerjoin(part, part.c.item_id == Priority.id)
    return found.where(Plan.state != PlanState.DRAFT, ~Plan.is_historic)


PLAN_ITEMS = Resource(
    "plan-items", "PlanItem", N_("Items of the plan"), N_("The priority items of the plans that were put in force, with what came of each."),
    (ID, Field("plan", Kind.TEXT, N_("Number of the plan.")), Field("plan_state", Kind.TEXT, N_("Is the plan in force?"), values=[s for s in PlanState if s != PlanState.DRAFT]),
     Field("code", Kind.TEXT, N_("Code of the item in its plan.")), Field("title_vi", Kind.TEXT, N_("Short title in Vietnamese.")), Field("title_en", Kind.TEXT, N_("Title in English.")),
     Field("sector", Kind.TEXT, N_("Code of the sector.")), Field("sector_vi", Kind.TEXT, N_("Name of the sector in Vietnamese.")), Field("sector_en", Kind.TEXT, N_("Name of the sector in English.")),
     Field("topics_called", Kind.NUMBER, N_("Topics in published calls."), lambda r: r.called), Field("projects", Kind.NUMBER, N_("Approved projects.")),
     Field("approved_vnd", Kind.MONEY, N_("Money approved for these projects, state and counterpart."), lambda r: r.money, VND),
     Field("results", Kind.NUMBER, N_("Published results.")), Field("results_in_use", Kind.NUMBER, N_("Published results in use, by the last verified reports."), lambda r: r.in_use)),
    _plan_items, Priority.id, Priority.public_id,
    lambda _a: [Filter("q", N_("Words of the title"), lambda s, v: s.where(Priority.folded.contains(fold(v), autoescape=True))), Filter("sector", N_("Code of a sector"), lambda s, v: s.where(Sector.code == v)),
                Filter("plan", N_("Number of a plan"), lambda s, v: s.where(Plan.number == v)),
                Filter("plan_state", N_("State of the plan"), lambda s, v: s.where(Plan.state == PlanState(v)), choices=[(str(s), s.label) for s in PlanState if s != PlanState.DRAFT])],
)  # fmt: skip

# --- topics ---------------------------------------------------------------------------------------------------


def _topics(_asked: Asked) -> Select[Any]:
    return topics.called().add_columns(Topic.public_id, Topic.ceiling, Topic.duration_months, Priority.short_vi.label("item_vi"), Priority.title_en.label("item_en"), Priority.code.label("item"))


TOPICS = Resource(
    "topics", "ApprovedTopic", N_("Topics called"), N_("The topics of approved lists that stand in published calls, each with the last call it stood in."),
    (ID, Field("code", Kind.TEXT, N_("Code of the topic.")), Field("title", Kind.TEXT, N_("Title as approved.")), Field("kind", Kind.TEXT, N_("Type of task, as the rulebook codes it.")),
     Field("mode", Kind.TEXT, N_("Selection among applicants, or direct assignment."), values=list(Mode)), Field("year", Kind.NUMBER, N_("Year of the approved list.")), *ITEM,
     Field("ceiling_vnd", Kind.MONEY, N_("Most money that may be asked for, when said."), lambda r: r.ceiling, VND, blank=True), Field("duration_months", Kind.NUMBER, N_("Longest duration, when said."), unit="months", blank=True),
     Field("call", Kind.TEXT, N_("Key of the last call it stood in.")), Field("call_number", Kind.TEXT, N_("Number of that call.")),
     Field("deadline", Kind.MOMENT, N_("Until when dossiers were or are received; the very moment is in time.")), Field("call_state", Kind.TEXT, N_("State of that call."), values=list(CallState))),
    _topics, Topic.id, Topic.public_id,
    lambda _a: [Filter("q", N_("Words of the title, or the code"), topics.with_words), Filter("item", N_("Code of an item"), lambda s, v: s.where(Priority.code == v)),
                Filter("mode", N_("Mode"), lambda s, v: s.where(Topic.mode == Mode(v)), choices=[(str(m), m.label) for m in Mode]),
                Filter("year", N_("Year"), lambda s, v: s.where(Topic.year == int(v)), choices=_years())],
)  # fmt: skip

# --- projects -------------------------------------------------------------------------------------------------

_ACCEPTED = select(func.count()).where(Report.project_id == Project.id, Report.state == ReportState.ACCEPTED).correlate(Project).scalar_subquery()


def _projects(asked: Asked) -> Select[Any]:
    more = (Project.approved_state, Project.approved_counterpart, Project.paid_total, Project.decision_number, Organisation.public_id.label("host_id"), Plan.number.label("plan"), _ACCEPTED.label("reports"))
    return queries.projects_statement(asked.today).add_columns(*more)


PROJECTS = Resource(
    "projects", "Project", N_("Projects"), N_("All projects that the province has approved, with money, phase and progress."),
    (ID, Field("code", Kind.TEXT, N_("Code of the project.")), Field("title", Kind.TEXT, N_("Title as approved.")), Field("phase", Kind.TEXT, N_("Where the project stands, by its acts."), values=list(Phase)),
     Field("host_id", Kind.TEXT, N_("Key of the host organisation.")), Field("host", Kind.TEXT, N_("Host organisation.")), Field("principal_investigator", Kind.TEXT, N_("Name of the principal investigator."), lambda r: r.pi_name),
     Field("decision", Kind.TEXT, N_("Number of the approving decision."), lambda r: r.decision_number), Field("decided_on", Kind.DAY, N_("Date of that decision."), lambda r: r.decision_date),
     Field("starts_on", Kind.DAY, N_("First day of the work.")), Field("ends_on", Kind.DAY, N_("Last day of the work, with extensions.")),
     Field("item", Kind.TEXT, N_("Code of the main priority item."), lambda r: r.item_code), Field("item_vi", Kind.TEXT, N_("Its short title in Vietnamese."), lambda r: r.short_vi),
     Field("item_en", Kind.TEXT, N_("Its title in English."), lambda r: r.title_en), Field("plan", Kind.TEXT, N_("Number of the plan of the item.")),
     Field("approved_vnd", Kind.MONEY, N_("Money approved in all."), lambda r: r.approved_total, VND), Field("state_vnd", Kind.MONEY, N_("Of it from the state budget."), lambda r: r.approved_state, VND),
     Field("counterpart_vnd", Kind.MONEY, N_("Of it counterpart funds."), lambda r: r.approved_counterpart, VND), Field("paid_vnd", Kind.MONEY, N_("Paid from the state budget so far, less what came back."), lambda r: r.paid_total, VND),
     Field("reports_accepted", Kind.NUMBER, N_("Reports that the Department accepted."), lambda r: r.reports), Field("url", Kind.ADDRESS, N_("Page of the project."), page("projects"))),
    _projects, Project.id, Project.public_id,
    lambda a: [Filter("q", N_("Words of the title, or the code"), hub.with_words), Filter("sector", N_("Code of a sector"), lambda s, v: s.where(Sector.code == v)),
               Filter("item", N_("Code of an item"), lambda s, v: s.where(Priority.code == v)), Filter("host", N_("Key of a host organisation"), hub.of_host),
               Filter("year", N_("Year of approval"), hub.decided_in, choices=_years()),
               Filter("phase", N_("Phase"), lambda s, v: s.where(phase_sql(a.today) == v), choices=[(str(p), p.label) for p in Phase])],
)  # fmt: skip

# --- results and their use ------------------------------------------------------------------------------------


def _open_results() -> Select[Any]:
    return transfer.public_statement().with_only_columns(Result.id, maintain_column_froms=True)


def _results(_asked: Asked) -> Select[Any]:
    return (select(Result.id, Result.public_id, Result.code, Result.title, Result.title_en, Result.kind, Result.certificate_number, Result.certificate_dated, Result.summary, transfer.use().label("use"),
                   Project.public_id.label("project_id"), Project.code.label("project"), Project.pi_name, Organisation.name.label("host"), Offer.readiness, *ITEM_COLUMNS)
            .join(Project, Project.id == Result.project_id).join(Organisation, Organisation.id == Project.host_id).join(Priority, Priority.id == Result.item_id)
            .join(Plan, Plan.id == Priority.plan_id).outerjoin(Offer, Offer.result_id == Result.id).where(Result.id.in_(_open_results())))  # fmt: skip


RESULTS = Resource(
    "results", "Result", N_("Results"), N_("The registered results that were made public, with their use."),
    (ID, Field("code", Kind.TEXT, N_("Code of the result.")), Field("title", Kind.TEXT, N_("Title.")), Field("title_en", Kind.TEXT, N_("Title in English, when there is one."), blank=True),
     Field("kind", Kind.TEXT, N_("Kind of result."), values=list(ResultKind)), Field("summary", Kind.TEXT, N_("What it is, in a few sentences."), blank=True),
     Field("certificate", Kind.TEXT, N_("Number of the registration certificate."), lambda r: r.certificate_number), Field("registered_on", Kind.DAY, N_("Date of that certificate."), lambda r: r.certificate_dated), *ITEM,
     Field("project_id", Kind.TEXT, N_("Key of the project it came from.")), Field("project", Kind.TEXT, N_("Code of that project.")), Field("host", Kind.TEXT, N_("Host organisation.")),
     Field("principal_investigator", Kind.TEXT, N_("Name of the principal investigator."), lambda r: r.pi_name), Field("use", Kind.TEXT, N_("In which use it is, by handovers, contracts and verified reports."), values=list(Use)),
     Field("readiness", Kind.NUMBER, N_("Technology readiness level, when said."), unit="TRL 1–9", blank=True), Field("url", Kind.ADDRESS, N_("Page of the result."), page("results"))),
    _results, Result.id, Result.public_id,
    lambda _a: [Filter("q", N_("Words of the title, code or certificate"), transfer.with_words), Filter("item", N_("Code of an item"), lambda s, v: s.where(Priority.code == v)),
                Filter("kind", N_("Kind"), lambda s, v: s.where(Result.kind == ResultKind(v)), choices=[(str(k), k.label) for k in ResultKind]),
                Filter("use", N_("Use"), lambda s, v: s.where(transfer.use() == v), choices=[(str(u), u.label) for u in Use]),
                Filter("year", N_("Year of the certificate"), transfer.registered_in, choices=_years())],
)  # fmt: skip


def _uses(_asked: Asked) -> Select[Any]:
    return (select(FollowUp.id, FollowUp.public_id, Result.public_id.label("result_id"), Result.code.label("result"), FollowUp.number, FollowUp.due_on, FollowUp.usage, FollowUp.users, FollowUp.households,
                   FollowUp.area, FollowUp.output, FollowUp.output_unit, FollowUp.jobs)
            .join(Result, Result.id == FollowUp.result_id).where(FollowUp.state == FollowUpState.VERIFIED, Result.id.in_(_open_results())))  # fmt: skip


USES = Resource(
    "uses", "Use", N_("Use of results"), N_("The verified yearly reports on the use of public results: figures only, nobody is named."),
    (ID, Field("result_id", Kind.TEXT, N_("Key of the result.")), Field("result", Kind.TEXT, N_("Code of the result.")), Field("year_number", Kind.NUMBER, N_("Which yearly report of this user it is."), lambda r: r.number),
     Field("due_on", Kind.DAY, N_("Day on which the report was due.")), Field("usage", Kind.TEXT, N_("Is the result used?"), values=list(Usage)),
     Field("users", Kind.NUMBER, N_("Enterprises, cooperatives and people who use it."), blank=True), Field("households", Kind.NUMBER, N_("Households who use it."), blank=True),
     Field("area_m2", Kind.NUMBER, N_("Area on which it is used."), lambda r: r.area, "m²", blank=True), Field("output", Kind.NUMBER, N_("Quantity produced with it."), blank=True),
     Field("output_unit", Kind.TEXT, N_("Unit of that quantity."), blank=True), Field("jobs", Kind.NUMBER, N_("Jobs made."), blank=True)),
    _uses, FollowUp.id, FollowUp.public_id,
    lambda _a: [Filter("result", N_("Key of a result"), lambda s, v: s.where(Result.public_id == v)),
                Filter("usage", N_("Is the result used?"), lambda s, v: s.where(FollowUp.usage == Usage(v)), choices=[(str(u), u.label) for u in Usage]),
                Filter("year", N_("Year in which the report was due"), lambda s, v: s.where(FollowUp.due_on.between(date(int(v), 1, 1), date(int(v), 12, 31))), choices=_years())],
)  # fmt: skip

# --- organisations --------------------------------------------------------------------------------------------

_HOSTED = select(func.count()).where(Project.host_id == Organisation.id).correlate(Organisation).scalar_subquery()


def _organisations(_asked: Asked) -> Select[Any]:
    leads = select(Agency.organisation_id).join(Plan, Plan.id == Agency.plan_id).where(Plan.state != PlanState.DRAFT)
    return (select(Organisation.id, Organisation.public_id, Organisation.name, Organisation.name_en, Organisation.kind, _HOSTED.label("projects"))
            .where(Organisation.id.in_(select(Project.host_id)) | Organisation.id.in_(leads)))  # fmt: skip


ORGANISATIONS = Resource(
    "organisations", "Organisation", N_("Organisations"), N_("The bodies that host approved projects or answer for items of a plan."),
    (ID, Field("name", Kind.TEXT, N_("Name in force today.")), Field("name_en", Kind.TEXT, N_("Name in English, when there is one."), blank=True), Field("kind", Kind.TEXT, N_("Kind of body."), values=list(OrganisationKind)),
     Field("projects", Kind.NUMBER, N_("Approved projects that it hosts."))),
    _organisations, Organisation.id, Organisation.public_id,
    lambda _a: [Filter("q", N_("Words of the name"), lambda s, v: s.where(Organisation.folded.contains(fold(v), autoescape=True))),
                Filter("kind", N_("Kind"), lambda s, v: s.where(Organisation.kind == OrganisationKind(v)), choices=[(str(k), k.label) for k in OrganisationKind])],
)  # fmt: skip

PUBLIC = (PLAN_ITEMS, CALLS, TOPICS, PROJECTS, RESULTS, USES, ORGANISATIONS)
