"""Money out and back: request, two approvals, pay, refund, take back; and stopping payments."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.funding import ledger, queries
from app.stages.funding.actions.accounts import void_tranche_account
from app.stages.funding.actions.shared import (
    check_books_open,
    check_not_confirmed_by,
    check_outsider,
    check_requester,
    check_reversible,
    check_stranger,
)
from app.stages.funding.gate import check_gate, facts_of
from app.stages.funding.models import LedgerEntry, Project, Tranche
from app.stages.funding.rules import (
    ON_PAPER,
    TAKEN_BACK_BY,
    TRANCHE,
    EntryKind,
    TrancheState,
    check_other_person,
)


def request_payment(tranche: Tranche, *, note: str | None, by: User, at: datetime, seen: int | None = None) -> None:
    """The host or the investigator asks for a tranche that is due. A payment request paper is issued."""
    project = _paying(tranche, at)
    check_requester(tranche, by)
    check_seen(tranche, seen)
    tranche.note, tranche.requested_by_id, tranche.requested_at = note, by.id, at
    try:
        TRANCHE.advance(tranche, "request", by=by, at=at)
    except IntegrityError as failure:
        raise WrongState(N_("Another tranche of this contract is already requested and not paid.")) from failure
    data = {"code": project.code, "title": project.title, "host": queries.host_name(project), "pi": project.pi_name,
            "contract": queries.contract_of(project.id).number, "account": queries.contract_of(project.id).account,
            "position": tranche.position, "amount": tranche.amount, "condition": ON_PAPER[tranche.condition], "note": note or "",
            "paid": project.paid_total, "state": project.approved_state}  # fmt: skip
    papers.issue(template="funding/payment_request", subject=tranche, data=data, by=by, at=at,
                 title=f"Đề nghị cấp kinh phí đợt {tranche.position}, nhiệm vụ {project.code}")  # fmt: skip
    to = [u for u in people.users_with(Do.FUNDING_APPROVE_PAYMENT) if u.id != by.id]
    outbox.post("funding/mail/requested.txt", to=to, key=_key("requested", tranche), at=at, project=project, tranche=tranche)


def return_payment(tranche: Tranche, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Send the request back with a reason; approvals given so far fall away."""
    check_outsider(tranche, by)
    requester = queries.person(tranche.requested_by_id)
    TRANCHE.advance(tranche, "return", by=by, at=at, reason=reason, seen=seen)
    _forget_approvals(tranche)
    project = queries.project_by_id(tranche.project_id)
    outbox.post("funding/mail/request_returned.txt", to=requester, key=_key("request-returned", tranche), at=at, project=project,
                tranche=tranche, reason=reason)  # fmt: skip


def approve_payment(tranche: Tranche, *, by: User, at: datetime, seen: int | None = None) -> bool:
    """Approve a request. The rulebook says how many different people must; True when this was the last of them."""
    project = _paying(tranche, at)
    if tranche.state != TrancheState.REQUESTED:
        raise WrongState(N_("This request has already been dealt with."))
    check_other_person(by.id, tranche.requested_by_id, tranche.first_approved_by_id)
    check_outsider(tranche, by)
    check_not_confirmed_by(tranche, by)
    check_seen(tranche, seen)
    if rulebook.value("funding.payment_approvers", on=local(at).date()) > 1 and tranche.first_approved_by_id is None:
        tranche.first_approved_by_id, tranche.first_approved_at = by.id, at
        db.session.flush()
        journal.record(tranche, "approve_first", by=by, at=at)
        return False
    tranche.approved_by_id, tranche.approved_at = by.id, at
    TRANCHE.advance(tranche, "approve", by=by, at=at, detail={"amount": tranche.amount})
    outbox.post("funding/mail/to_pay.txt", to=people.users_with(Do.FUNDING_PAY), key=_key("to-pay", tranche), at=at, project=project,
                tranche=tranche)  # fmt: skip
    return True


def pay(tranche: Tranche, *, booked_on: date, voucher: str, by: User, at: datetime, seen: int | None = None) -> LedgerEntry:
    """Book the payment of an approved tranche: one ledger row, whatever is clicked twice or at the same time."""
    project = _paying(tranche, at)
    if tranche.state != TrancheState.APPROVED:
        raise WrongState(N_("This tranche is not approved for payment, or it is already paid."))
    check_other_person(by.id, tranche.requested_by_id, tranche.first_approved_by_id, tranche.approved_by_id)
    check_outsider(tranche, by)
    check_day(booked_on, field="booked_on", since=local(tranche.approved_at or at).date(), until=local(at).date())
    check_seen(tranche, seen)
    entry = _book(EntryKind.PAYMENT, tranche.amount, project, tranche=tranche, booked_on=booked_on, voucher=voucher, by=by, at=at)
    tranche.paid_by_id, tranche.paid_at = by.id, at
    TRANCHE.advance(tranche, "pay", by=by, at=at, detail={"entry": entry.public_id, "amount": entry.amount, "voucher": voucher})
    outbox.post("funding/mail/paid.txt", to=queries.holders(project), key=f"paid:{entry.public_id}", at=at, project=project,
                tranche=tranche, entry=entry)  # fmt: skip
    return entry


def reverse(entry: LedgerEntry, *, reason: str, by: User, at: datetime) -> LedgerEntry:
    """Take back what was booked by mistake, by a row of its own: the tranche of a payment is due again and requested anew, a refund is owed again."""
    project = queries.project_by_id(entry.project_id, lock=True)
    check_reversible(entry)
    check_outsider(entry, by)
    if entry.kind == EntryKind.REFUND:
        return _reverse_refund(entry, project, reason, by, at)
    tranche = queries.tranche_by_id(entry.tranche_id) if entry.tranche_id else None
    if queries.fixed_accounts(project.id) is not None:
        raise WrongState(N_("The decision that ended this project fixes what was paid: a payment can no longer be reversed."))
    back = _book(EntryKind.REVERSAL, entry.amount, project, tranche=tranche, reverses=entry, booked_on=local(at).date(), voucher=entry.voucher,
                 note=reason, by=by, at=at)  # fmt: skip
    if tranche is None:
        journal.record(project, "reverse", by=by, at=at, reason=reason, detail={"entry": entry.public_id})
    else:
        void_tranche_account(tranche, reason=reason, by=by, at=at)
        TRANCHE.advance(tranche, "reverse", by=by, at=at, reason=reason, detail={"entry": entry.public_id})
        _forget_approvals(tranche)
    return back


def _reverse_refund(entry: LedgerEntry, project: Project, reason: str, by: User, at: datetime) -> LedgerEntry:
    back = _book(EntryKind.REFUND_REVERSAL, entry.amount, project, reverses=entry, booked_on=local(at).date(), voucher=entry.voucher, note=reason, by=by, at=at)
    journal.record(project, "reverse_refund", by=by, at=at, reason=reason, detail={"entry": entry.public_id, "amount": entry.amount, "voucher": entry.voucher})
    outbox.post("funding/mail/refund_reversed.txt", to=queries.holders(project), key=f"refund-reversed:{back.public_id}", at=at, project=project, entry=back)
    return back


def refund(project: Project, *, amount: int, booked_on: date, voucher: str, by: User, at: datetime, note: str | None = None) -> LedgerEntry:
    """Book money that the host paid back: never more than was paid nor, once there are accounts, than they say is owed. A voucher counts once."""
    project = queries.project_by_id(project.id, lock=True)
    contract, owed, voucher = queries.contract_of(project.id), queries.owed(project), nfc(voucher).strip()
    check_books_open(project)
    check_stranger(project, by)
    if amount <= 0:
        raise Incomplete(N_("Please enter the amount that came back."), field="amount")
    if amount > project.paid_total:
        raise Incomplete(N_("More cannot come back than was paid."), field="amount")
    if owed is not None and amount > owed:
        raise Incomplete(N_("By the accounts %(owed)s đồng are still to come back, not more."), field="amount", owed=f"{owed:,}".replace(",", "."))
    closing = queries.closing_of(project.id)
    check_day(booked_on, field="booked_on", since=closing.dated if closing is not None else contract.signed_on, until=local(at).date())
    entry = _book(EntryKind.REFUND, amount, project, booked_on=booked_on, voucher=voucher, note=note, by=by, at=at)
    journal.record(project, "refund", by=by, at=at, detail={"entry": entry.public_id, "amount": amount, "voucher": voucher})
    return entry


def freeze(project: Project, *, reason: str, by: User, at: datetime) -> None:
    """Stop all payments of a project (the database refuses them from now on). Twice is once."""
    if project.frozen_since is None:
        project.frozen_since = at
        db.session.flush()
        journal.record(project, "freeze", by=by, at=at, reason=reason)


def unfreeze(project: Project, *, reason: str, by: User, at: datetime) -> None:
    """Let payments go on."""
    if project.frozen_since is not None:
        project.frozen_since = None
        db.session.flush()
        journal.record(project, "unfreeze", by=by, at=at, reason=reason)


def _forget_approvals(tranche: Tranche) -> None:
    """What was approved must be approved again. Called when the state no longer asks for approvals."""
    tranche.paid_by_id = tranche.approved_by_id = tranche.first_approved_by_id = None
    tranche.paid_at = tranche.approved_at = tranche.first_approved_at = None
    db.session.flush()


def _paying(tranche: Tranche, at: datetime) -> Project:
    """The project of a tranche, under lock, when money may move. Raises WrongState else."""
    project = queries.project_by_id(tranche.project_id, lock=True)
    check_gate(tranche, facts=facts_of(project.id, on=local(at).date()))
    return project


def _book(kind: EntryKind, amount: int, project: Project, *, booked_on: date, by: User, at: datetime, voucher: str | None,
          tranche: Tranche | None = None, reverses: LedgerEntry | None = None, note: str | None = None) -> LedgerEntry:  # fmt: skip
    voucher = nfc(voucher).strip() if voucher else None
    document = _document(kind, voucher, booked_on) if voucher and kind in TAKEN_BACK_BY else None
    entry = LedgerEntry(kind=kind, amount=amount, project_id=project.id, tranche_id=tranche.id if tranche else None, booked_on=booked_on, document=document,
                        reverses_id=reverses.id if reverses else None, voucher=voucher, note=note, by_id=by.id, at=at)  # fmt: skip
    db.session.add(entry)
    try:
        db.session.flush()
    except IntegrityError as failure:
        raise WrongState(N_("The ledger refuses this: it would break the sums of the project or was done already.")) from failure
    db.session.expire(project, ["paid_total"])
    if tranche is not None:
        db.session.expire(tranche, ["paid"])
    return entry


def _document(kind: EntryKind, voucher: str, day: date) -> str:
    """The key under which a document is booked once; again only after its booking was reversed."""
    standing, taken_back = queries.bookings_of(key := ledger.document_key(kind, voucher, day))
    if standing is not None:
        raise Incomplete(N_("This voucher is booked already: project %(code)s, %(day)s."), field="voucher", code=standing.project.code, day=f"{standing.booked_on:%d/%m/%Y}")
    return ledger.document_key(kind, voucher, day, turn=taken_back + 1) if taken_back else key


def _key(what: str, tranche: Tranche) -> str:
    return f"{what}:{tranche.public_id}:{tranche.version}"
