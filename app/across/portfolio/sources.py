"""The rows that figures and reports are made of: each person's own lists, so that nobody is told of a row they may not see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import (
    Select,
    String,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy import cast as sql_cast

from app.across.hub.phase import Phase, phase_rule
from app.across.portfolio.fields import (
    Field,
    Shape,
    Source,
    local_day,
    month_of,
    year_of,
)
from app.kernel.text import fold
from app.kernel.words import N_, Face
from app.services.councils import queries as councils
from app.services.councils.models import AgendaItem, Council
from app.services.councils.rules import CouncilState, Kind
from app.services.people.models import Organisation, User
from app.stages.acceptance import queries as acceptance
from app.stages.acceptance.models import Case, Result
from app.stages.acceptance.rules import CaseState, ResultKind
from app.stages.calls.models import Call
from app.stages.execution.models import Finding, Report
from app.stages.execution.rules import FindingState, ReportState
from app.stages.funding import queries as funding
from app.stages.funding.models import (
    Commitment,
    LedgerEntry,
    Project,
    ProjectClosing,
    ProjectYear,
    Settlement,
    YearBudget,
)
from app.stages.funding.rules import (
    CommitmentKind,
    EntryKind,
    SettlementState,
)
from app.stages.funding.rules import Source as Fund
from app.stages.ideas.models import Idea, Topic
from app.stages.plan.models import Plan, Priority, Sector
from app.stages.plan.rules import PlanState
from app.stages.proposals import queries as proposals
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState
from app.stages.transfer import queries as transfer
from app.stages.transfer.deskmodels import UseSite
from app.stages.transfer.models import FollowUp
from app.stages.transfer.rules import FollowUpState, Usage, Use

_NOW = Plan.state == PlanState.IN_FORCE
ITEM = case((Plan.state == PlanState.SUPERSEDED, Priority.code + " (" + Plan.number + ")"), else_=Priority.code)  # as Priority.face


class Duty(Face):
    """What somebody owes a project by a day."""

    REPORT = "report", N_("Progress report"), "amber"
    FINDING = "finding", N_("Finding of an inspection"), "amber"
    ACCEPTANCE = "acceptance", N_("Acceptance dossier"), "red"
    FOLLOW_UP = "follow_up", N_("Report on the use of a result"), "blue"


def _placed(statement: Select[Any], item_id: Any, host_id: Any) -> Select[Any]:
    return (statement.outerjoin(Organisation, Organisation.id == host_id).outerjoin(Priority, Priority.id == item_id)
            .outerjoin(Plan, Plan.id == Priority.plan_id).outerjoin(Sector, Sector.id == Priority.sector_id))  # fmt: skip


def _places(english: bool) -> list[Field]:
    """Where a row belongs: sector and item as filters of all lists call them, and the host."""
    return [
        Field("sector", N_("Sector"), case((_NOW, Sector.code), else_=Sector.public_id), Shape.CHOICE, shown=Sector.name_en if english else Sector.name_vi),
        Field("item", N_("Priority item"), case((_NOW, Priority.code), else_=Priority.public_id), Shape.CHOICE, shown=ITEM),
        Field("host", N_("Host organisation"), Organisation.public_id, Shape.CHOICE, shown=Organisation.name),
    ]


def _made(name: str, label: str, statement: Select[Any], key: Any, pid: Any, page: str, fields: list[Field], words: Any) -> Source:
    return Source(name, label, statement, key, pid, page, {f.name: f for f in fields}, words)


def _project_words(statement: Select[Any], words: str) -> Select[Any]:
    return statement.where(or_(Project.folded.contains(fold(words), autoescape=True), Project.code.icontains(words, autoescape=True)))


_PROJECT = [Field("code", N_("Code"), Project.code), Field("title", N_("Project title"), Project.title)]


def projects(user: User, today: date, english: bool) -> Source:
    """Projects, in the year of their approval."""
    return _made("projects", N_("Projects"), _placed(select(Project), Project.item_id, Project.host_id).where(funding.visible(user)), Project.id, Project.public_id, "hub.show", [
        *_PROJECT, *_places(english), Field("pi", N_("Principal investigator"), Project.pi_name),
        Field("phase", N_("Phase"), phase_rule(today), Shape.CHOICE, Phase), Field("decided", N_("Approved on"), Project.decision_date, Shape.DAY),
        Field("year", N_("Year"), year_of(Project.decision_date), Shape.CHOICE), Field("ends", N_("Ends on"), Project.ends_on, Shape.DAY),
        Field("approved", N_("Approved total (đồng)"), funding.approved_money(), Shape.MONEY), Field("paid", N_("Paid (đồng)"), Project.paid_total, Shape.MONEY),
    ], _project_words)  # fmt: skip


def planned(user: User, today: date, english: bool) -> Source:
    """What approved estimates plan by year, and of whose money."""
    return _made("planned", N_("Planned money"), _placed(select(ProjectYear).join(Project, Project.id == ProjectYear.project_id), Project.item_id, Project.host_id)
                 .where(funding.visible(user)), ProjectYear.id, Project.public_id, "hub.show", [
        *_PROJECT, *_places(english), Field("year", N_("Year"), ProjectYear.year, Shape.CHOICE),
        Field("state", N_("State budget"), ProjectYear.state_amount, Shape.MONEY), Field("counterpart", N_("Counterpart funds"), ProjectYear.counterpart_amount, Shape.MONEY),
    ], _project_words)  # fmt: skip


def commitments(user: User, today: date, english: bool) -> Source:
    """Promises of a year's budget to projects, less what was released."""
    signed = case((Commitment.kind == CommitmentKind.COMMIT, Commitment.amount), else_=-Commitment.amount)
    rows = select(Commitment).join(YearBudget, YearBudget.id == Commitment.year_budget_id).join(Project, Project.id == Commitment.project_id)
    return _made("commitments", N_("Committed money"), _placed(rows, Project.item_id, Project.host_id).where(funding.visible(user)), Commitment.id, Project.public_id, "hub.show", [
        *_PROJECT, *_places(english), Field("year", N_("Year"), YearBudget.year, Shape.CHOICE), Field("fund", N_("Source of money"), YearBudget.source, Shape.CHOICE, Fund),
        Field("kind", N_("Kind"), Commitment.kind, Shape.CHOICE, CommitmentKind), Field("amount", N_("Amount (đồng)"), signed, Shape.MONEY),
    ], _project_words)  # fmt: skip


def payments(user: User, today: date, english: bool) -> Source:
    """Lines of the ledger, in the year in which they were booked: what comes back counts against what was paid."""
    signed = case((LedgerEntry.kind.in_([k for k in EntryKind if k.sign > 0]), LedgerEntry.amount), else_=-LedgerEntry.amount)
    rows = select(LedgerEntry).join(Project, Project.id == LedgerEntry.project_id)
    return _made("payments", N_("Payments"), _placed(rows, Project.item_id, Project.host_id).where(funding.visible(user)), LedgerEntry.id, Project.public_id, "hub.show", [
        *_PROJECT, *_places(english), Field("booked", N_("Booked on"), LedgerEntry.booked_on, Shape.DAY), Field("year", N_("Year"), year_of(LedgerEntry.booked_on), Shape.CHOICE),
        Field("month", N_("Month"), month_of(LedgerEntry.booked_on), Shape.CHOICE), Field("kind", N_("Kind"), LedgerEntry.kind, Shape.CHOICE, EntryKind),
        Field("voucher", N_("Voucher"), LedgerEntry.voucher), Field("amount", N_("Amount (đồng)"), signed, Shape.MONEY),
    ], _project_words)  # fmt: skip


def settlements(user: User, today: date, english: bool) -> Source:
    """Final accounts that were accepted, in the year of that decision."""
    rows = select(Settlement).join(Project, Project.id == Settlement.project_id)
    decided = local_day(Settlement.decided_at)
    return _made("settlements", N_("Final accounts"), _placed(rows, Project.item_id, Project.host_id)
                 .where(funding.visible(user), Settlement.state == SettlementState.ACCEPTED), Settlement.id, Project.public_id, "hub.show", [
        *_PROJECT, *_places(english), Field("decided", N_("Day of acceptance"), decided, Shape.DAY), Field("year", N_("Year"), year_of(decided), Shape.CHOICE),
        Field("paid", N_("Paid (đồng)"), Settlement.paid, Shape.MONEY), Field("spent", N_("Spent (đồng)"), Settlement.spent, Shape.MONEY),
        Field("refund", N_("To pay back (đồng)"), Settlement.refund_due, Shape.MONEY),
    ], _project_words)  # fmt: skip


def duties(user: User, today: date, english: bool) -> Source:
    """What is owed to projects and whose day is past: reports, findings, dossiers of acceptance, reports on use."""
    late = _late(today)
    rows = select(late).join(Project, Project.id == late.c.project_id)
    return _made("duties", N_("Overdue duties of projects"), _placed(rows, Project.item_id, Project.host_id).where(funding.visible(user)), late.c.key, Project.public_id, "hub.show", [
        *_PROJECT, *_places(english), Field("duty", N_("What is owed"), late.c.duty, Shape.CHOICE, Duty), Field("due", N_("Was due on"), late.c.due_on, Shape.DAY),
        Field("year", N_("Year"), year_of(late.c.due_on), Shape.CHOICE),
    ], _project_words)  # fmt: skip


def _late(today: date) -> Any:
    ended = select(ProjectClosing.project_id)
    parts = ((Duty.REPORT, Report, and_(Report.state.in_((ReportState.SCHEDULED, ReportState.RETURNED)), Report.project_id.not_in(ended))),
             (Duty.FINDING, Finding, and_(Finding.state == FindingState.OPEN, Finding.project_id.not_in(ended))),
             (Duty.ACCEPTANCE, Case, and_(Case.state.in_((CaseState.PREPARING, CaseState.RETURNED)), Case.project_id.not_in(ended))),
             (Duty.FOLLOW_UP, FollowUp, FollowUp.state.in_((FollowUpState.DUE, FollowUpState.RETURNED))))  # fmt: skip
    places = {duty: n for n, duty in enumerate(Duty)}
    return union_all(*(select((model.id * len(Duty) + places[duty]).label("key"), model.project_id.label("project_id"), model.due_on.label("due_on"), literal(str(duty)).label("duty"))
                       .where(model.due_on < today, owed) for duty, model, owed in parts)).subquery()  # fmt: skip


def councils_held(user: User, today: date, english: bool) -> Source:
    """Councils that concluded, in the month of their session. Sector and item are those of what was on their agenda."""
    met = local_day(func.coalesce(Council.meets_at, Council.concluded_at))
    judged = _judged().subquery()
    found = select(judged.c.council_id, func.min(judged.c.item_id).label("item_id")).group_by(judged.c.council_id).subquery()
    rows = councils.councils_statement(user).outerjoin(found, found.c.council_id == Council.id).outerjoin(Priority, Priority.id == found.c.item_id)
    rows = rows.outerjoin(Plan, Plan.id == Priority.plan_id).outerjoin(Sector, Sector.id == Priority.sector_id).where(Council.state == CouncilState.CONCLUDED)
    sector, item, _host = _places(english)
    return _made("councils", N_("Councils"), rows, Council.id, Council.public_id, "councils.show", [
        Field("title", N_("Title"), Council.title), Field("kind", N_("Kind of council"), Council.kind, Shape.CHOICE, Kind), sector, item,
        Field("met", N_("Met on"), met, Shape.DAY), Field("year", N_("Year"), year_of(met), Shape.CHOICE), Field("month", N_("Month"), month_of(met), Shape.CHOICE),
        Field("decision", N_("Decision number"), Council.decision_number),
    ], lambda s, words: s.where(Council.folded.contains(fold(words), autoescape=True)))  # fmt: skip


def _judged() -> Any:
    """(council, item) of what stood on agendas and belongs to an item."""
    project = select(Case.public_id, Project.item_id).join(Project, Project.id == Case.project_id).subquery()
    parts = (("idea", Idea.public_id, Idea.item_id), ("proposal", Proposal.public_id, Proposal.item_id),
             ("acceptance_case", project.c.public_id, project.c.item_id), ("result", Result.public_id, Result.item_id))  # fmt: skip
    return union(*(select(AgendaItem.council_id, item.label("item_id")).where(AgendaItem.subject_type == kind, AgendaItem.subject_pid == pid) for kind, pid, item in parts))


def acceptances(user: User, today: date, english: bool) -> Source:
    """Acceptances that a council rated, in the year of its session."""
    graded = local_day(Case.graded_at)
    rows = select(Case).join(Project, Project.id == Case.project_id)
    return _made("acceptances", N_("Acceptances"), _placed(rows, Project.item_id, Project.host_id).where(acceptance.visible(user), Case.grade.is_not(None), Case.graded_at.is_not(None)),
                 Case.id, Case.public_id, "acceptance.show", [
        *_PROJECT, *_places(english), Field("grade", N_("Grade"), Case.grade, Shape.CHOICE), Field("graded", N_("Rated on"), graded, Shape.DAY),
        Field("year", N_("Year"), year_of(graded), Shape.CHOICE), Field("state", N_("State"), Case.state, Shape.CHOICE, CaseState),
    ], _project_words)  # fmt: skip


def results(user: User, today: date, english: bool) -> Source:
    """Registered results, in the year of their certificate."""
    rows = _placed(transfer.results_statement(user), Result.item_id, Project.host_id)
    return _made("results", N_("Results"), rows, Result.id, Result.public_id, "acceptance.result", [
        Field("code", N_("Code"), Result.code), Field("title", N_("Result"), Result.title), *_places(english), Field("kind", N_("Kind of result"), Result.kind, Shape.CHOICE, ResultKind),
        Field("use", N_("Use"), transfer.use(), Shape.CHOICE, Use), Field("dated", N_("Certificate of"), Result.certificate_dated, Shape.DAY),
        Field("year", N_("Year"), year_of(Result.certificate_dated), Shape.CHOICE),
    ], transfer.with_words)  # fmt: skip


def follow_ups(user: User, today: date, english: bool) -> Source:
    """Yearly reports on use, in the year in which they are due."""
    return _made("follow_ups", N_("Reports on use"), _placed(transfer.follow_ups_statement(user), Project.item_id, Project.host_id), FollowUp.id, FollowUp.public_id, "transfer.follow_up", [
        *_PROJECT, *_places(english), Field("number", N_("Year of use"), FollowUp.number, Shape.CHOICE), Field("state", N_("State"), FollowUp.state, Shape.CHOICE, FollowUpState),
        Field("usage", N_("Is it used?"), FollowUp.usage, Shape.CHOICE, Usage), Field("due", N_("Due on"), FollowUp.due_on, Shape.DAY),
        Field("year", N_("Year"), year_of(FollowUp.due_on), Shape.CHOICE), Field("revenue", N_("Revenue (đồng)"), FollowUp.revenue, Shape.MONEY),
        Field("savings", N_("Savings (đồng)"), FollowUp.savings, Shape.MONEY), Field("jobs", N_("Jobs"), FollowUp.jobs, Shape.NUMBER), Field("users", N_("Users"), FollowUp.users, Shape.NUMBER),
    ], _project_words)  # fmt: skip


def sites(user: User, today: date, english: bool) -> Source:
    """Communes named by verified reports on use, in the year in which the report was due; before 07/2025 with their district."""
    rows = transfer.follow_ups_statement(user).join(UseSite, UseSite.follow_up_id == FollowUp.id).where(FollowUp.state == FollowUpState.VERIFIED, FollowUp.usage != Usage.NO)
    return _made("sites", N_("Places of use"), _placed(rows, Project.item_id, Project.host_id), UseSite.id, FollowUp.public_id, "transfer.follow_up", [
        *_PROJECT, *_places(english), Field("commune", N_("Commune"), UseSite.commune, Shape.CHOICE), Field("district", N_("District (before 07/2025)"), UseSite.district, Shape.CHOICE),
        Field("usage", N_("Is it used?"), FollowUp.usage, Shape.CHOICE, Usage), Field("year", N_("Year"), year_of(FollowUp.due_on), Shape.CHOICE),
        Field("households", N_("Households"), UseSite.households, Shape.NUMBER), Field("area", N_("Area (m²)"), UseSite.area, Shape.NUMBER),
    ], _project_words)  # fmt: skip


def dossiers(user: User, today: date, english: bool) -> Source:
    """Dossiers from their opening on, in the year of their topic: sealed ones are known to nobody."""
    rows = _placed(proposals.counted_statement(user), Proposal.item_id, Proposal.host_id)
    return _made("proposals", N_("Proposals"), rows, Proposal.id, Proposal.public_id, "proposals.show", [
        Field("code", N_("Code"), Proposal.code), Field("title", N_("Title"), Proposal.title), *_places(english),
        Field("state", N_("State"), Proposal.state, Shape.CHOICE, ProposalState), Field("call", N_("Call"), Call.public_id, Shape.CHOICE, shown=Call.title),
        Field("year", N_("Year"), Topic.year, Shape.CHOICE), Field("months", N_("Months"), Proposal.duration_months, Shape.NUMBER),
        Field("submitted", N_("Submitted on"), local_day(Proposal.submitted_at), Shape.DAY),
    ], lambda s, words: s.where(Proposal.folded.contains(fold(words), autoescape=True)))  # fmt: skip


SOURCES: dict[str, Callable[[User, date, bool], Source]] = {
    "projects": projects, "planned": planned, "commitments": commitments, "payments": payments, "settlements": settlements, "duties": duties,
    "councils": councils_held, "acceptances": acceptances, "results": results, "follow_ups": follow_ups, "sites": sites, "proposals": dossiers,
}  # fmt: skip


# what the values of choices are called
FACES: dict[str, type[Face]] = {"phase": Phase, "duty": Duty, "kind": Kind, "use": Use, "usage": Usage}


def as_text(one: Field) -> Any:
    """A choice's value as text, so that the choices of all sources stand in one column."""
    return sql_cast(one.sql, String)
