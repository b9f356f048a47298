"""What can be found: of every kind of things which words are read, who may see which of them, and where each is shown.

The columns of `rows` after the usual ones say what they are by their names: `also_…` is read like the title (former titles, names,
numbers), `code_…` is a further number, `text_…` is text. `sees` is the condition of the stage's own list or page, never one of this room's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from app.across.hub.phase import Phase, phase_sql
from app.across.portal import queries as portal
from app.across.search.rules import Kind
from app.kernel.permissions import Do
from app.kernel.words import Face
from app.services.councils import queries as councils
from app.services.councils.models import AgendaItem, Council
from app.services.councils.rules import CouncilState
from app.services.papers import queries as papers
from app.services.papers.models import Paper
from app.services.people.models import Organisation, OrganisationName, User
from app.services.similarity.kinds import KINDS
from app.stages.acceptance.models import Result
from app.stages.acceptance.rules import ResultState
from app.stages.calls import queries as calls
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import CallState
from app.stages.execution.models import Adjustment
from app.stages.execution.rules import AdjustmentKind, AdjustmentState
from app.stages.funding import queries as funding
from app.stages.funding.models import Contract, Project, ProjectProduct
from app.stages.ideas import queries as ideas
from app.stages.ideas.models import Idea, Topic
from app.stages.ideas.rules import IdeaState, TopicState
from app.stages.plan.models import Priority, Sector
from app.stages.proposals.models import Proposal, ProposalProduct, TeamMember
from app.stages.proposals.rules import ProposalState
from app.stages.transfer import queries as transfer
from app.stages.transfer.models import Agreement
from app.stages.transfer.rules import AgreementState


@dataclass(frozen=True, eq=False)  # one is itself, whatever it holds
class Source:
    """One kind for one audience. `sees(user, today)`: the condition on the model, None when this person sees none of the kind.

    `watch`: the tables of which a change is a change of the thing, each with the column that holds the thing's id.
    """

    kind: Kind
    model: Any
    rows: Select[Any]
    sees: Callable[[Any, date], ColumnElement[bool] | None]
    endpoint: str
    watch: Mapping[Any, str]
    public: bool = False
    states: type[Face] | None = None
    state: Callable[[date], ColumnElement[str]] | None = None
    joins: tuple[tuple[Any, Any], ...] = field(default=())  # what `sees` asks beside the model


def _sector(item_id: Any) -> Any:
    return select(Sector.slug).join(Priority, Priority.sector_id == Sector.id).where(Priority.id == item_id).scalar_subquery()


def _all(column: Any, *where: Any) -> Any:
    """All values of a child table in one text, one a line."""
    return select(func.aggregate_strings(column, "\n")).where(*where).scalar_subquery()


def _name(model: Any, row_id: Any) -> Any:
    return select(model.name).where(model.id == row_id).scalar_subquery()


def _rows(model: Any, code: Any, title: Any, year: Any, sector: Any, day: Any, **more: Any) -> Select[Any]:
    usual = (model.id, model.public_id.label("pid"), code.label("code"), title.label("title"), year.label("year"), sector.label("sector"), day.label("day"))
    return select(*usual, *(column.label(name) for name, column in more.items()))


def _of(statement: Select[Any]) -> ColumnElement[bool]:
    """The condition of a stage's list."""
    return statement.whereclause if statement.whereclause is not None else true()


def _by(word: Do) -> Callable[[Any, date], ColumnElement[bool] | None]:
    return lambda user, _today: true() if user.can(word) else None


def _papers_seen(user: Any, _today: date) -> ColumnElement[bool]:
    """By office unless something in it is sealed; else public ones and those on a project one sees."""
    office = true() if user.can(Do.PAPERS_READ) else and_(Paper.subject_type == "project", Paper.subject_pid.in_(KINDS["project"].visible(user)))
    return and_(or_(Paper.is_public, office), papers.unsealed())


_OLD_TITLES = _all(Adjustment.before, Adjustment.project_id == Project.id, Adjustment.kind == AdjustmentKind.TITLE,
                   Adjustment.state.in_((AdjustmentState.AGREED, AdjustmentState.NOTED)))  # fmt: skip
_CALLED = _all(Topic.title, Topic.id == CallTopic.topic_id, CallTopic.call_id == Call.id)
_PROJECT_OF_RESULT = (Project, Project.id == Result.project_id)
_NOTHING = null()

SOURCES: tuple[Source, ...] = (
    Source(Kind.PERSON, User, _rows(User, literal(None), User.name, literal(None), literal(None), User.created_at, also_mail=User.email, text_title=User.title),
           _by(Do.PEOPLE_READ), "admin.user", {User: "id"}),
    Source(Kind.ORGANISATION, Organisation,
           _rows(Organisation, Organisation.tax_code, Organisation.name, literal(None), literal(None), literal(None), also_english=Organisation.name_en,
                 also_names=_all(OrganisationName.name, OrganisationName.organisation_id == Organisation.id), text_address=Organisation.address),
           _by(Do.PEOPLE_READ), "organisations.show", {Organisation: "id", OrganisationName: "organisation_id"}),
    Source(Kind.PAPER, Paper, _rows(Paper, Paper.number, Paper.title, Paper.year, literal(None), Paper.dated, text_body=Paper.body),  # type: ignore[attr-defined]
           _papers_seen, "papers.show", {Paper: "id"}),
    Source(Kind.PAPER, Paper, _rows(Paper, Paper.number, Paper.title, Paper.year, literal(None), Paper.dated, text_body=Paper.body),  # type: ignore[attr-defined]
           lambda _user, _today: _of(portal.public_papers()), "portal.paper", {Paper: "id"}, public=True),
    Source(Kind.COUNCIL, Council,
           _rows(Council, Council.decision_number, Council.title, func.extract("year", Council.created_at), literal(None), Council.created_at,
                 text_agenda=_all(AgendaItem.title, AgendaItem.council_id == Council.id)),
           lambda user, _today: _of(councils.councils_statement(user)), "councils.show", {Council: "id", AgendaItem: "council_id"},
           states=CouncilState, state=lambda _today: Council.state),
    Source(Kind.IDEA, Idea,
           _rows(Idea, Idea.code, func.coalesce(Idea.final_title, Idea.title), Idea.year, _sector(Idea.item_id), Idea.created_at, also_title=Idea.title,
                 text_owner=_name(User, Idea.owner_id), text_body=_name(Organisation, Idea.organisation_id), text_need=Idea.need, text_aim=Idea.aim,
                 text_contents=Idea.contents, text_products=Idea.products, text_effects=Idea.effects, text_final_aim=Idea.final_aim, text_final=Idea.final_products),
           lambda user, _today: _of(ideas.ideas_statement(user, mine=False)), "ideas.show", {Idea: "id"}, states=IdeaState, state=lambda _today: Idea.state),
    Source(Kind.TOPIC, Topic,
           _rows(Topic, Topic.code, Topic.title, Topic.year, _sector(Topic.item_id), Topic.decision_date, also_proposed=Topic.proposed_title,
                 code_decision=Topic.decision_number, text_aim=Topic.aim, text_products=Topic.products),
           _by(Do.TOPICS_READ), "topics.show", {Topic: "id"}, states=TopicState, state=lambda _today: Topic.state),
    Source(Kind.CALL, Call,
           _rows(Call, Call.number, Call.title, Call.year, literal(None), Call.created_at, text_topics=_CALLED, text_note=Call.note),
           lambda user, _today: _of(calls.calls_statement(user)), "calls.show", {Call: "id", CallTopic: "call_id"}, states=CallState, state=lambda _today: Call.state),
    Source(Kind.CALL, Call, _rows(Call, Call.number, Call.title, Call.year, literal(None), Call.created_at, text_topics=_CALLED),
           lambda _user, _today: calls.PUBLISHED, "portal.call", {Call: "id", CallTopic: "call_id"}, public=True, states=CallState, state=lambda _today: Call.state),
    Source(Kind.PROPOSAL, Proposal,
           _rows(Proposal, Proposal.code, Proposal.title, func.extract("year", Proposal.created_at), _sector(Proposal.item_id), Proposal.created_at,
                 code_receipt=Proposal.receipt_no, text_host=_name(Organisation, Proposal.host_id),
                 text_team=_all(TeamMember.name, TeamMember.proposal_id == Proposal.id), text_aim=Proposal.aim,
                 text_products=_all(ProposalProduct.name, ProposalProduct.proposal_id == Proposal.id), text_work=Proposal.work),
           # a sealed dossier is found by nobody but its own people: the condition is the list's own
           lambda user, _today: Proposal.public_id.in_(KINDS["proposal"].visible(user)), "proposals.show",
           {Proposal: "id", ProposalProduct: "proposal_id", TeamMember: "proposal_id"}, states=ProposalState, state=lambda _today: Proposal.state),
    Source(Kind.AGREEMENT, Agreement,
           _rows(Agreement, Agreement.number, select(Result.title).where(Result.id == Agreement.result_id).scalar_subquery(), func.extract("year", Agreement.created_at),
                 literal(None), Agreement.created_at, code_registered=Agreement.registered_number, also_recipient=Agreement.recipient_name,
                 also_body=_name(Organisation, Agreement.recipient_id), text_scope=Agreement.scope),
           lambda user, _today: _of(transfer.agreements_statement(user)), "transfer.agreement", {Agreement: "id"}, states=AgreementState,
           state=lambda _today: Agreement.state, joins=((Project, Project.id == Agreement.project_id),)),
    Source(Kind.RESULT, Result,
           _rows(Result, Result.code, Result.title, func.extract("year", Result.certificate_dated), _sector(Result.item_id), Result.certificate_dated,
                 also_english=Result.title_en, code_certificate=Result.certificate_number, text_summary=Result.summary, text_summary_en=Result.summary_en),
           lambda user, _today: _of(transfer.results_statement(user)), "transfer.result", {Result: "id"}, joins=(_PROJECT_OF_RESULT,)),
    Source(Kind.RESULT, Result,
           _rows(Result, Result.code, Result.title, func.extract("year", Result.certificate_dated), _sector(Result.item_id), Result.certificate_dated,
                 also_english=Result.title_en, code_certificate=Result.certificate_number, text_summary=Result.summary, text_summary_en=Result.summary_en),
           lambda _user, _today: and_(Result.state == ResultState.REGISTERED, Result.is_public), "public_results.show", {Result: "id"}, public=True),
    Source(Kind.PROJECT, Project,
           _rows(Project, Project.code, Project.title, func.extract("year", Project.decision_date), _sector(Project.item_id), Project.decision_date,
                 also_old=_OLD_TITLES, also_topic=select(Topic.title).where(Topic.id == Project.topic_id).scalar_subquery(),
                 also_proposal=select(Proposal.title).where(Proposal.id == Project.proposal_id).scalar_subquery(), code_decision=Project.decision_number,
                 code_contract=select(Contract.number).where(Contract.project_id == Project.id).scalar_subquery(), text_lead=Project.pi_name,
                 text_host=_name(Organisation, Project.host_id), text_products=_all(ProjectProduct.name, ProjectProduct.project_id == Project.id)),
           lambda user, _today: _true(funding.visible(user)), "hub.show",
           {Project: "id", Adjustment: "project_id", Contract: "project_id", ProjectProduct: "project_id"}, states=Phase, state=phase_sql),
    Source(Kind.PROJECT, Project,
           _rows(Project, Project.code, Project.title, func.extract("year", Project.decision_date), _sector(Project.item_id), Project.decision_date,
                 code_decision=Project.decision_number, text_lead=Project.pi_name, text_host=_name(Organisation, Project.host_id),
                 text_products=_all(ProjectProduct.name, ProjectProduct.project_id == Project.id)),
           lambda _user, _today: true(), "portal.project", {Project: "id", ProjectProduct: "project_id"}, public=True, states=Phase, state=phase_sql),
)  # fmt: skip

BY_KEY = {(s.kind, s.public): s for s in SOURCES}


def _true(said: Any) -> ColumnElement[bool]:
    return true() if said is True else said


def open_to(user: Any) -> list[Source]:
    """The sources of which this person may see something: visitors the public ones, others all that their rights allow."""
    return [s for s in SOURCES if s.public or user.is_authenticated]


def seen(entry: Any, user: Any, today: date) -> ColumnElement[bool]:
    """The condition on an entry: the thing is there, and this person may see it. Asked of the stages' tables, in the statement that finds."""
    parts = []
    for source in open_to(user):
        sees = source.sees(user, today)
        if sees is None:
            continue
        asked = select(literal(1)).select_from(source.model)
        for model, on in source.joins:
            asked = asked.join(model, on)
        there = exists(asked.where(source.model.public_id == entry.subject_pid, sees).correlate(entry))
        parts.append(and_(entry.kind == str(source.kind), entry.is_public.is_(source.public), there))
    return or_(false(), *parts)
