"""What partners with a key may read and report: payments for the treasury, measures for their bodies, registrations for the national database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from app.across.api.declared import Asked, Field, Given, Kind, Report, Resource
from app.across.api.public import ID, ITEM, ITEM_COLUMNS, VND
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotFound, WrongState
from app.kernel.listing import Filter
from app.kernel.words import N_
from app.services.apikeys import actions as partners
from app.services.apikeys.models import ApiKey, Notice
from app.services.apikeys.rules import NoticeKind, Scope
from app.services.people.models import Organisation
from app.services.rulebook.calendar import check_day
from app.stages.acceptance.models import Case, Contribution, Result
from app.stages.acceptance.rules import ResultKind, ResultState
from app.stages.funding.models import Contract, Project, Tranche
from app.stages.funding.rules import TrancheState
from app.stages.plan import actions as plan
from app.stages.plan.models import Measure, Note, Plan, Priority
from app.stages.plan.queries import measures
from app.stages.plan.rules import MeasureState, PlanState, Progress

NOTICE = (Field("id", Kind.TEXT, N_("Key of what was said."), lambda r: r.public_id), Field("number", Kind.TEXT, N_("Number of the document.")), Field("dated", Kind.DAY, N_("Date of the document.")),
          Field("at", Kind.MOMENT, N_("When it was said.")))  # fmt: skip

# --- payments -------------------------------------------------------------------------------------------------

PAYABLE = (TrancheState.APPROVED, TrancheState.PAID, TrancheState.SETTLED)


def _payments(_asked: Asked) -> Select[Any]:
    return (select(Tranche.id, Tranche.public_id, Tranche.position, Tranche.state, Tranche.amount, Tranche.paid, Tranche.approved_at, Tranche.paid_at, Project.code.label("project"), Project.title,
                   Organisation.name.label("host"), Contract.number.label("contract"))
            .join(Contract, Contract.id == Tranche.contract_id).join(Project, Project.id == Tranche.project_id).join(Organisation, Organisation.id == Project.host_id).where(Tranche.state.in_(PAYABLE)))  # fmt: skip


PAYMENTS = Resource(
    "payments", "Payment", N_("Payments"), N_("The tranches that are approved for payment, paid or settled. Accounts at banks are not among the data."),
    (ID, Field("project", Kind.TEXT, N_("Code of the project.")), Field("title", Kind.TEXT, N_("Title of the project.")), Field("host", Kind.TEXT, N_("Host organisation.")),
     Field("contract", Kind.TEXT, N_("Number of the contract."), blank=True), Field("position", Kind.NUMBER, N_("Which tranche of the contract it is.")), Field("state", Kind.TEXT, N_("State of the tranche."), values=PAYABLE),
     Field("amount_vnd", Kind.MONEY, N_("Amount of the tranche."), lambda r: r.amount, VND), Field("paid_vnd", Kind.MONEY, N_("Booked as paid."), lambda r: r.paid, VND),
     Field("approved_at", Kind.MOMENT, N_("When the payment was approved."), blank=True), Field("paid_at", Kind.MOMENT, N_("When the payment was booked."), blank=True)),
    _payments, Tranche.id, Tranche.public_id,
    lambda _a: [Filter("state", N_("State of the tranche."), lambda s, v: s.where(Tranche.state == TrancheState(v)), choices=[(str(x), x.label) for x in PAYABLE]),
                Filter("project", N_("Code of the project."), lambda s, v: s.where(Project.code == v))],
    scope=Scope.PAYMENTS_READ,
)  # fmt: skip


def _report_payment(pid: str, said: dict[str, Any], key: ApiKey, at: datetime) -> tuple[Notice, bool]:
    row = db.session.scalar(select(Tranche).where(Tranche.public_id == pid, Tranche.state.in_(PAYABLE)))
    if row is None:
        raise NotFound(N_("There is nothing at this address."))
    if row.state != TrancheState.APPROVED:
        raise WrongState(N_("This tranche is not approved for payment, or it is already paid."))
    check_day(said["dated"], field="dated", since=local(row.approved_at).date() if row.approved_at else None, until=local(at).date())
    if said["amount_vnd"] != row.amount:
        raise Incomplete(N_("The amount is not that of the tranche."), field="amount_vnd")
    return partners.note(NoticeKind.PAYMENT, pid, number=said["number"], dated=said["dated"], amount=said["amount_vnd"], key=key, by=key.account, at=at)


PAYMENT_NOTICES = Report(
    "payments", "notices", N_("Report that the treasury paid"), N_("Number, day and amount of the treasury's document. Nothing is booked by it: the accountant finds it on the form and books in the own name."),
    (Given("number", Kind.TEXT, N_("Number of the treasury's document."), longest=64, example="KB-2026-0117"), Given("dated", Kind.DAY, N_("Date of that document."), example="2026-03-02"),
     Given("amount_vnd", Kind.MONEY, N_("Amount paid: all of the tranche."), least=1, example=250_000_000)),
    (*NOTICE, Field("amount_vnd", Kind.MONEY, N_("Amount paid: all of the tranche."), lambda r: r.amount, VND)), _report_payment, Scope.PAYMENTS_REPORT,
)  # fmt: skip

# --- measures -------------------------------------------------------------------------------------------------


def _measures(asked: Asked) -> Select[Any]:
    latest = measures.Latest
    return (measures.joined(select(Measure.id, Measure.public_id, Plan.number.label("plan"), Priority.code.label("item"), Measure.text_vi, Measure.text_en, Measure.assigned_on, Measure.due_on, Measure.state,
                                   latest.year, latest.progress, latest.percent).select_from(Measure))
            .outerjoin(Priority, Priority.id == Measure.item_id).where(Measure.agency_id == asked.organisation_id, Plan.state != PlanState.DRAFT))  # fmt: skip


MEASURES = Resource(
    "measures", "Measure", N_("Measures"), N_("The measures that the plan gives to the body of the key, each with its last note."),
    (ID, Field("plan", Kind.TEXT, N_("Number of the plan.")), Field("item", Kind.TEXT, N_("Code of the item, when it belongs to one."), blank=True), Field("text_vi", Kind.TEXT, N_("What is to be done.")),
     Field("text_en", Kind.TEXT, N_("The same in English, when there is one."), blank=True), Field("assigned_on", Kind.DAY, N_("Day of the assignment.")), Field("due_on", Kind.DAY, N_("Until when.")),
     Field("state", Kind.TEXT, N_("Is it to be done?"), values=list(MeasureState)), Field("year", Kind.NUMBER, N_("Year of the last note."), blank=True), Field("progress", Kind.TEXT, N_("What that note says."), values=list(Progress), blank=True),
     Field("percent", Kind.NUMBER, N_("Done, by that note."), unit="%", blank=True)),
    _measures, Measure.id, Measure.public_id,
    lambda _a: [Filter("state", N_("State"), lambda s, v: s.where(Measure.state == MeasureState(v)), choices=[(str(x), x.label) for x in MeasureState])], scope=Scope.MEASURES_READ,
)  # fmt: skip


def measure_pid(measure_id: int) -> str | None:
    """The public id of a measure."""
    return db.session.scalar(select(Measure.public_id).where(Measure.id == measure_id))


def _note_measure(pid: str, said: dict[str, Any], key: ApiKey, at: datetime) -> tuple[Note, bool]:
    row = measures.measure_for(key.account, pid, sees_all=False)
    if row is None:
        raise NotFound(N_("There is nothing at this address."))
    last = next((n for n in measures.notes_of(row) if n.year == said["year"]), None)
    if last is not None and (str(last.progress), last.percent, last.text) == (said["progress"], said["percent"], said["text"]):
        return last, False
    note = plan.note_progress(row, year=said["year"], progress=Progress(said["progress"]), percent=said["percent"], text=said["text"], by=key.account, at=at)
    return note, True


MEASURE_NOTES = Report(
    "measures", "notes", N_("Write the progress note of a year"), N_("As the body's manager writes it on the page. Written again, the earlier note stays readable."),
    (Given("year", Kind.NUMBER, N_("Year of the note."), least=2000, most=2100, example=2026), Given("progress", Kind.TEXT, N_("How far it is."), values=list(Progress)),
     Given("percent", Kind.NUMBER, N_("Done; 100 and “done” belong together."), most=100, example=40), Given("text", Kind.TEXT, N_("What was done, in a few words."), longest=4000)),
    (Field("measure", Kind.TEXT, N_("Key of the measure."), lambda r: measure_pid(r.measure_id)), Field("year", Kind.NUMBER, N_("Year of the note.")), Field("revision", Kind.NUMBER, N_("Which note of that year it is.")),
     Field("progress", Kind.TEXT, N_("How far it is."), values=list(Progress)), Field("percent", Kind.NUMBER, N_("Done; 100 and “done” belong together."), unit="%"), Field("at", Kind.MOMENT, N_("When it was said."))),
    _note_measure, Scope.MEASURES_NOTE,
)  # fmt: skip

# --- registrations --------------------------------------------------------------------------------------------


def _registrations(_asked: Asked) -> Select[Any]:
    return (select(Result.id, Result.public_id, Result.state, Result.code, Result.title, Result.title_en, Result.kind, Result.summary, Result.quantity, Result.quality, Result.level, Result.certificate_number,
                   Result.certificate_dated, Project.code.label("project"), Project.title.label("project_title"), Project.kind.label("task_kind"), Project.decision_number, Project.decision_date, Project.decision_body,
                   Project.starts_on, Project.ends_on, Project.approved_total, Project.approved_state, Project.pi_name, Organisation.name.label("host"), Case.graded_at, *ITEM_COLUMNS)
            .join(Project, Project.id == Result.project_id).join(Case, Case.id == Result.case_id).join(Organisation, Organisation.id == Project.host_id)
            .join(Priority, Priority.id == Result.item_id).join(Plan, Plan.id == Priority.plan_id).where(Result.state != ResultState.DROPPED, Case.accepted.is_(True)))  # fmt: skip


def _authors(pid: str, asked: Asked) -> dict[str, Any] | None:
    row = db.session.execute(_registrations(asked).where(Result.public_id == pid)).first()
    if row is None:
        return None
    shares = db.session.execute(select(Contribution.name, Contribution.percent).where(Contribution.result_id == row.id).order_by(Contribution.position))
    return REGISTRATIONS.told(row, asked) | {"authors": [{"name": name, "percent": percent} for name, percent in shares]}


# the columns follow the registration sheet (TT 14/2014 as amended by TT 10/2017, article 12; TT 11/2023): task, host, leader, authors, time, money, acceptance, products
REGISTRATIONS = Resource(
    "registrations", "Registration", N_("Registrations"), N_("Results of accepted projects with what the registration sheet of the national database asks: task, host, leader, time, money, rating, products."),
    (ID, Field("state", Kind.TEXT, N_("Registered, or waiting for its certificate."), values=[s for s in ResultState if s != ResultState.DROPPED]), Field("code", Kind.TEXT, N_("Code of the result.")), Field("title", Kind.TEXT, N_("Title.")),
     Field("title_en", Kind.TEXT, N_("Title in English, when there is one."), blank=True), Field("kind", Kind.TEXT, N_("Kind of result."), values=list(ResultKind)), Field("summary", Kind.TEXT, N_("What it is, in a few sentences."), blank=True),
     Field("quantity", Kind.TEXT, N_("Quantity of the product."), blank=True), Field("quality", Kind.TEXT, N_("Quality of the product."), blank=True), Field("rating", Kind.TEXT, N_("Rating by the acceptance council, as the rulebook codes it."), lambda r: r.level, blank=True),
     Field("task", Kind.TEXT, N_("Code of the project."), lambda r: r.project), Field("task_title", Kind.TEXT, N_("Title of the project."), lambda r: r.project_title), Field("task_kind", Kind.TEXT, N_("Type of task, as the rulebook codes it."), blank=True), *ITEM,
     Field("host", Kind.TEXT, N_("Host organisation.")), Field("principal_investigator", Kind.TEXT, N_("Name of the principal investigator."), lambda r: r.pi_name), Field("decision", Kind.TEXT, N_("Number of the approving decision."), lambda r: r.decision_number),
     Field("decided_on", Kind.DAY, N_("Date of that decision."), lambda r: r.decision_date), Field("decided_by", Kind.TEXT, N_("Body that decided."), lambda r: r.decision_body, blank=True), Field("starts_on", Kind.DAY, N_("First day of the work.")),
     Field("ends_on", Kind.DAY, N_("Last day of the work, with extensions.")), Field("approved_vnd", Kind.MONEY, N_("Money approved in all."), lambda r: r.approved_total, VND), Field("state_vnd", Kind.MONEY, N_("Of it from the state budget."), lambda r: r.approved_state, VND),
     Field("accepted_at", Kind.MOMENT, N_("When the acceptance council rated it."), lambda r: r.graded_at, blank=True), Field("certificate", Kind.TEXT, N_("Number of the registration certificate."), lambda r: r.certificate_number, blank=True),
     Field("registered_on", Kind.DAY, N_("Date of that certificate."), lambda r: r.certificate_dated, blank=True)),
    _registrations, Result.id, Result.public_id,
    lambda _a: [Filter("state", N_("State"), lambda s, v: s.where(Result.state == ResultState(v)), choices=[(str(x), x.label) for x in ResultState if x != ResultState.DROPPED])],
    scope=Scope.REGISTRATIONS_READ, one=_authors,
    schemas={"RegistrationPage": {"authors": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}, "percent": {"type": "integer"}}, "required": ["name", "percent"], "additionalProperties": False}}}},
)  # fmt: skip


def _report_certificate(pid: str, said: dict[str, Any], key: ApiKey, at: datetime) -> tuple[Notice, bool]:
    row = db.session.scalar(select(Result).join(Case, Case.id == Result.case_id).where(Result.public_id == pid, Result.state != ResultState.DROPPED, Case.accepted.is_(True)))
    if row is None:
        raise NotFound(N_("There is nothing at this address."))
    if row.state != ResultState.DRAFTED:
        raise WrongState(N_("This result is registered or left out and cannot be changed."))
    check_day(said["dated"], field="dated", until=local(at).date())
    if db.session.scalar(select(Result.id).where(Result.certificate_number == said["number"])):
        raise Incomplete(N_("This certificate number is taken already."), field="number")
    return partners.note(NoticeKind.CERTIFICATE, pid, number=said["number"], dated=said["dated"], amount=None, key=key, by=key.account, at=at)


CERTIFICATE_NOTICES = Report(
    "registrations", "notices", N_("Report the number of a certificate"), N_("Number and day of the certificate of the national database. Nothing is registered by it: the officer finds it on the form and registers in the own name."),
    (Given("number", Kind.TEXT, N_("Number of the certificate."), longest=64, example="07/2026/GCN-SKHCN"), Given("dated", Kind.DAY, N_("Date of the certificate."), example="2026-03-02")),
    NOTICE, _report_certificate, Scope.REGISTRATIONS_REPORT,
)  # fmt: skip

RESTRICTED = (PAYMENTS, MEASURES, REGISTRATIONS)
REPORTS = (PAYMENT_NOTICES, MEASURE_NOTES, CERTIFICATE_NOTICES)
