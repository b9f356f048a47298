"""A member's ballot: who may vote now, a draft that only its writer reads, the sealed ballot, its receipt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm.attributes import set_committed_value

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db, public_id
from app.kernel.errors import NotAllowed, WrongState
from app.kernel.words import N_
from app.services.councils import clashes, queries, sealing
from app.services.councils.actions.session import own_seat, refuse_without_quorum
from app.services.councils.models import AgendaItem, Ballot, Council, Seat, SheetDraft
from app.services.councils.room import course
from app.services.councils.rules import CouncilState, check_answers
from app.services.people.models import User


def cast(council: Council, item: AgendaItem, content: Mapping[str, Any], *, by: User, at: datetime) -> Ballot:
    """Cast a sealed ballot on one item. It is final: nobody reads or changes it until the box is opened.

    Raises NotAllowed without a seat, when absent, recused or in conflict; WrongState when the box is opened or a ballot is in it.
    """
    council = queries.locked(council, casting=True)
    item = queries.locked_item(item, opening=False)
    rules = queries.rules_of(council, on=local(at).date())
    seat = may_cast(council, item, rules, by=by, at=at)
    if queries.ballot_of(item, seat) is not None:
        raise WrongState(N_("Your ballot on this item is in the box. It is final."))
    refuse_without_quorum(council, item, rules)
    procedure = queries.procedure(council)
    clean = check_answers(procedure.questions(queries.subject_of(item), rules), content)
    procedure.check(clean, rules)
    return put_in_box(council, item, seat, clean, by=by, at=at)


def put_in_box(council: Council, item: AgendaItem, seat: Seat, content: Mapping[str, Any], *, by: User, at: datetime, tellers: tuple[User, User] | None = None) -> Ballot:
    """Seal answers and put them into the box of the item; drafts of the sheet are gone. The journal keeps a hash of what is sealed, not of what it says."""
    pid = public_id()
    word = sealing.proof(sealing.newest(), pid)
    sealed = sealing.seal({"answers": dict(content), "word": word}, council.public_id, item.public_id, seat.public_id)
    entered, checked = tellers or (None, None)
    ballot = Ballot(public_id=pid, agenda_item_id=item.id, seat_id=seat.id, text=sealed.text, key_id=sealed.key_id, seal=sealing.receipt(dict(content), word), cast_at=at,
                    entered_by_id=entered.id if entered else None, checked_by_id=checked.id if checked else None)  # fmt: skip
    db.session.add(ballot)
    set_committed_value(ballot, "opened", None)
    db.session.execute(delete(SheetDraft).where(SheetDraft.agenda_item_id == item.id, SheetDraft.seat_id == seat.id))
    db.session.flush()
    detail = {"item": item.public_id, "sealed": sealing.fingerprint(sealed.text)}
    journal.record(council, "enter_paper" if tellers else "cast", by=by, at=at, detail=detail | ({"seat": seat.public_id} if tellers else {}))
    return ballot


def may_cast(council: Council, item: AgendaItem, rules: Mapping[str, Any], *, by: User, at: datetime) -> Seat:
    """The seat from which this person may vote on the item now; raises what `cast` raises when there is none."""
    seat = own_seat(council, by)
    box_takes(council, item)
    refuse_seat(council, item, seat, rules, on=local(at).date())
    return seat


def box_takes(council: Council, item: AgendaItem) -> None:
    """Raises WrongState unless ballots on the item can be cast now."""
    if council.state != CouncilState.CONVENED:
        raise WrongState(N_("Ballots are cast while the session is open."))
    if item.opened_at is not None:
        raise WrongState(N_("The box of this item is opened: no ballot can be cast any more."))
    if item.given_back_at is not None:
        raise WrongState(N_("This item is given back: this council does not vote on it."))
    course.refuse_unless(council, item, "ballot")


def refuse_seat(council: Council, item: AgendaItem, seat: Seat, rules: Mapping[str, Any], *, on: date) -> None:
    """Raises NotAllowed for a member who does not vote on the item: replaced, absent, out of it, or in conflict by what is known now."""
    if seat.left_at is not None:
        raise NotAllowed(N_("You have no seat in this council."))
    if not seat.present:
        raise NotAllowed(N_("You are not noted as present. Please speak to the secretary."))
    if (seat.id, item.id) in queries.recusals_of(council):
        raise NotAllowed(N_("You are out of this item because of a conflict."))
    clashes.refuse(council, council.agenda if queries.out_of_competitors(council, dict(rules)) else [item], seat, on=on)


# --- what is being filled in ----------------------------------------------------------------------------------


def keep_draft(council: Council, item: AgendaItem, answers: Mapping[str, Any], *, by: User, at: datetime) -> SheetDraft:
    """Keep what a member has filled in so far, as typed: sealed too, and read by nobody but the member."""
    council = queries.locked(council, casting=True)
    item = queries.locked_item(item, opening=False)
    seat = may_cast(council, item, queries.rules_of(council, on=local(at).date()), by=by, at=at)
    if queries.ballot_of(item, seat) is not None:
        raise WrongState(N_("Your ballot on this item is in the box. It is final."))
    return seal_draft(council, item, seat, answers, by=by, at=at)


def seal_draft(council: Council, item: AgendaItem, seat: Seat, answers: Any, *, by: User, at: datetime) -> SheetDraft:
    """Write a writer's draft of a sheet, sealed; one each."""
    sealed = sealing.seal(answers, "draft", council.public_id, item.public_id, seat.public_id, by.public_id)
    row = queries.draft_of(item, seat, by) or SheetDraft(agenda_item_id=item.id, seat_id=seat.id, writer_id=by.id)
    row.text, row.key_id, row.saved_at = sealed.text, sealed.key_id, at
    db.session.add(row)
    db.session.flush()
    return row


def own_draft(council: Council, item: AgendaItem, seat: Seat, *, by: User) -> Any:
    """What this writer has kept of the sheet, or None; nobody else's draft is ever read here."""
    row = queries.draft_of(item, seat, by)
    return read_draft(council, item, seat, row, by) if row is not None else None


def read_draft(council: Council, item: AgendaItem, seat: Seat, row: SheetDraft, writer: User) -> Any:
    """What a draft says."""
    return sealing.unseal(sealing.Sealed(row.key_id, row.text), "draft", council.public_id, item.public_id, seat.public_id, writer.public_id)


# --- the receipt ----------------------------------------------------------------------------------------------


def word_of(ballot: Ballot) -> str:
    """The random word of the receipt, for its member: found without opening the ballot."""
    return sealing.proof(ballot.key_id, ballot.public_id) if ballot.opened is None else ballot.opened.word


def matches(ballot: Ballot, answers: Mapping[str, Any]) -> bool:
    """Do these answers, with the word of the receipt, make the hash of the receipt? So a member checks a copy of the own sheet."""
    return sealing.receipt(dict(answers), word_of(ballot)) == ballot.seal
