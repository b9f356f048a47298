"""The verbs of transfer agreements: draft, revise, sign, register, end, drop."""

from __future__ import annotations

from datetime import date, datetime
from typing import NotRequired, TypedDict, Unpack

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.papers.rules import check_number
from app.services.people import queries as people
from app.services.people.models import Organisation, User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.rules import RuleMissing, citation
from app.stages.acceptance.models import Result
from app.stages.acceptance.rules import ResultState
from app.stages.funding import queries as awards
from app.stages.funding.models import Project
from app.stages.transfer import queries
from app.stages.transfer.actions.followups import close_series, follow_agreement
from app.stages.transfer.actions.shared import check_apart, check_talks
from app.stages.transfer.models import Agreement, Interest
from app.stages.transfer.rules import (
    AGREEMENT,
    INTEREST,
    ON_PAPER,
    AgreementKind,
    AgreementState,
    InterestState,
    Route,
    check_day,
    check_email,
    check_end,
    check_giver,
    check_own_number,
    check_owned,
    check_recipient,
    check_share,
    check_shares,
    check_transferable,
    registration_case,
)


class Terms(TypedDict):
    """What a draft says. `price` in đồng; exactly one of `recipient` (a body of the system) and `recipient_name`."""

    kind: AgreementKind
    route: Route
    recipient: Organisation | None
    recipient_name: str | None
    recipient_details: str | None
    contact_email: NotRequired[str | None]
    scope: str
    price: int
    author_share: int | None
    intermediary: NotRequired[str | None]
    intermediary_share: NotRequired[int | None]
    ends_on: date | None


def draft_agreement(result: Result, *, interest: Interest | None = None, by: User, at: datetime, **terms: Unpack[Terms]) -> Agreement:
    """Draft a contract on a registered result with a body of the system or another, named one."""
    project = awards.project_by_id(result.project_id)
    check_giver(queries.may_give(by, project))
    check_transferable(result.state == ResultState.REGISTERED, queries.is_recognised(project.id))
    check_owned(queries.assignment_of(result.id))
    check_end(terms["ends_on"], local(at).date())
    row = Agreement(result_id=result.id, project_id=project.id, created_by_id=by.id, created_at=at)
    if interest is not None:
        check_talks(interest, by)
    _put(row, project, terms)
    AGREEMENT.begin(row, "draft", by=by, at=at)
    if interest is not None:
        interest.agreement_id = row.id
    return row


def revise_agreement(agreement: Agreement, *, by: User, at: datetime, seen: int | None = None, **terms: Unpack[Terms]) -> None:
    """Change a draft."""
    project = awards.project_by_id(agreement.project_id)
    check_giver(queries.may_give(by, project))
    if agreement.state != AgreementState.DRAFTED:
        raise WrongState(N_("A signed agreement is not changed."))
    check_end(terms["ends_on"], local(at).date())
    check_seen(agreement, seen)
    _put(agreement, project, terms)
    journal.record(agreement, "revise", by=by, at=at, before=agreement.state, after=agreement.state)


def _put(row: Agreement, project: Project, terms: Terms) -> None:
    recipient, email = terms["recipient"], (terms.get("contact_email") or "").strip()
    check_recipient(recipient, terms["recipient_name"])
    if recipient is not None and recipient.id == project.host_id:
        raise Incomplete(N_("The host cannot make a contract with itself."), field="recipient")
    check_shares(terms["author_share"], terms.get("intermediary"), terms.get("intermediary_share"), None)
    if email:
        check_email(email, field="contact_email")
    row.kind, row.route, row.scope, row.price, row.author_share, row.ends_on = (
        terms["kind"], terms["route"], terms["scope"], terms["price"], terms["author_share"], terms["ends_on"])  # fmt: skip
    row.recipient_id = recipient.id if recipient is not None else None
    row.recipient_name = (terms["recipient_name"] or "").strip() or None
    row.recipient_details = (terms["recipient_details"] or "").strip() or None
    row.contact_email, row.intermediary, row.intermediary_share = email or None, (terms.get("intermediary") or "").strip() or None, terms.get("intermediary_share")


def least_share(on: date) -> int | None:
    """Which share of the profit the authors get at least by the law of that day, or None where it says nothing."""
    return _least("transfer.author_share", on)


def _least(key: str, on: date) -> int | None:
    try:
        return int(rulebook.value(key, on=on))
    except RuleMissing:
        return None


def sign_agreement(agreement: Agreement, *, number: str, signed_on: date, host_signer: str, recipient_signer: str, by: User, at: datetime,
                   seen: int | None = None) -> Paper:  # fmt: skip
    """Record the signing. The rule of that day decides whether the contract must be registered, and by when."""
    result = queries.result_by_id(agreement.result_id)
    project = result.project
    check_giver(queries.may_give(by, project))
    check_day(signed_on, not_before=result.certificate_dated or signed_on, today=local(at).date(), field="signed_on")
    if agreement.ends_on is not None and agreement.ends_on <= signed_on:
        raise Incomplete(N_("By the draft this contract ends on %(day)s. Please change the draft first."), field="signed_on", day=f"{agreement.ends_on:%d/%m/%Y}")
    check_share(agreement.author_share, least_share(signed_on))
    check_shares(agreement.author_share, agreement.intermediary, agreement.intermediary_share, _least("transfer.intermediary_share", signed_on))
    number = check_number(number, like="01/2026/HĐCGCN")
    check_seen(agreement, seen)
    case, must = registration_case(agreement.route, project.approved_state > 0, bool(result.certificate_number), rulebook.value("transfer.registration", on=signed_on))
    until = rulebook.due(signed_on, "transfer.registration_days", on=signed_on) if must else None
    agreement.registration_case, agreement.must_register, agreement.register_by = case, must, until
    agreement.number, agreement.signed_on, agreement.host_signer, agreement.recipient_signer = number, signed_on, host_signer, recipient_signer
    check_owned(queries.assignment_of(result.id, but=agreement))
    check_own_number(agreement.number, queries.numbers_of(agreement))
    AGREEMENT.advance(agreement, "sign", by=by, at=at, detail={"number": agreement.number, "price": agreement.price, "must_register": must})
    interest = queries.interest_of(agreement)
    if interest is not None and interest.state == InterestState.IN_TALKS:
        INTEREST.advance(interest, "agree", by=by, at=at, detail={"number": number})
    paper = _issue(agreement, result, by=by, at=at)
    if not must:
        follow_agreement(agreement, start=signed_on, by=by, at=at)
    to = [*awards.holders(project), *people.users_with(Do.TRANSFER_VERIFY)]
    outbox.post("transfer/mail/agreement_signed.txt", to=to, key=f"agreement-signed:{agreement.public_id}", at=at, agreement=agreement, result=result,
                project=project)  # fmt: skip
    return paper


def register_agreement(agreement: Agreement, *, number: str, registered_on: date, by: User, at: datetime, seen: int | None = None) -> None:
    """Record the certificate of registration; a contract that needs it holds from that day."""
    check_apart(agreement, by)
    check_day(registered_on, not_before=agreement.signed_on or registered_on, today=local(at).date(), field="registered_on")
    number = check_number(number, like="15/GCN-SKHCN")
    check_seen(agreement, seen)
    agreement.registered_number, agreement.registered_on = number, registered_on
    AGREEMENT.advance(agreement, "register", by=by, at=at, detail={"number": number})
    if agreement.must_register:
        follow_agreement(agreement, start=registered_on, by=by, at=at)
    project = awards.project_by_id(agreement.project_id)
    outbox.post("transfer/mail/agreement_registered.txt", to=awards.holders(project), key=f"agreement-registered:{agreement.public_id}", at=at,
                agreement=agreement, project=project)  # fmt: skip


def end_agreement(agreement: Agreement, *, ended_on: date, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Record that a contract ended: fulfilled, cancelled or run out. Years after its end are not reported on."""
    check_day(ended_on, not_before=agreement.signed_on or ended_on, today=local(at).date(), field="ended_on")
    check_seen(agreement, seen)
    agreement.ended_on, agreement.reason = ended_on, reason
    AGREEMENT.advance(agreement, "end", by=by, at=at, reason=reason)
    close_series(at)


def drop_agreement(agreement: Agreement, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Give a draft up."""
    check_giver(queries.may_give(by, awards.project_by_id(agreement.project_id)))
    check_seen(agreement, seen)
    agreement.reason = reason
    AGREEMENT.advance(agreement, "drop", by=by, at=at, reason=reason)


def _issue(agreement: Agreement, result: Result, *, by: User, at: datetime) -> Paper:
    project, whole = result.project, queries.agreement_whole(agreement.id)
    source = citation(rulebook.rule("transfer.registration", on=agreement.signed_on or local(at).date()).source)
    data = {"code": project.code, "project": project.title, "result": result.title, "result_code": result.code, "certificate": result.certificate_number,
            "host": awards.host_name(project), "recipient": whole.recipient_said, "details": agreement.recipient_details or "",
            "kind": ON_PAPER[agreement.kind], "route": ON_PAPER[agreement.route], "scope": agreement.scope, "price": agreement.price,
            "intermediary": f"{agreement.intermediary}, {agreement.intermediary_share}%" if agreement.intermediary else "",
            "share": "" if agreement.author_share is None else str(agreement.author_share), "number": agreement.number,
            "signed_on": agreement.signed_on.isoformat() if agreement.signed_on else "", "ends_on": agreement.ends_on.isoformat() if agreement.ends_on else "",
            "register_by": agreement.register_by.isoformat() if agreement.register_by else "", "source": source,
            "host_signer": agreement.host_signer, "recipient_signer": agreement.recipient_signer, "officer": by.name}  # fmt: skip
    return papers.issue(template="transfer/contract_record", subject=agreement, data=data, by=by, at=at, dated=agreement.signed_on,
                        title=f"Phiếu ghi nhận hợp đồng chuyển giao {agreement.number}, kết quả {result.code}")  # fmt: skip
