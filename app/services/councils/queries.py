"""Reads of councils: who may see one, its rules, conflicts, who presides, what the ballots of an opened box say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel import subjects
from app.kernel.db import db
from app.kernel.permissions import Do
from app.kernel.subjects import Subject, register_subject
from app.kernel.text import fold
from app.services.councils import clash_rules
from app.services.councils.models import (
    AgendaItem,
    Ballot,
    Council,
    Count,
    Recusal,
    Seat,
    SheetDraft,
)
from app.services.councils.procedures import Cast, Procedure, procedure_of
from app.services.councils.rules import (
    PREPARED,
    UNDER_WAY,
    CouncilState,
    Kind,
    SeatRole,
)
from app.services.papers import queries as papers
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook

NEAR = timedelta(hours=4)  # two sessions nearer than this are at the same time for who sits on both
SITTING = (*UNDER_WAY, CouncilState.CONCLUDED)
OWN_RULES = ("size", "quorum", "adoption", "papers_days", "exclusions", "counting_team", "order", "remarks", "comments_days")
ROOM_RULES = ("councils.modes", "councils.absent_opinion", "councils.remark_form", "councils.written_answers")


def _whole() -> Select[Any]:
    return select(Council).options(selectinload(Council.seats).joinedload(Seat.user), selectinload(Council.agenda))


def council_by_pid(pid: str) -> Council | None:
    """One council with seats and agenda, whoever asks."""
    return db.session.scalar(_whole().where(Council.public_id == pid))


def council_for(user: User, pid: str) -> Council | None:
    """One council, for those who run or oversee councils and, from its establishment, for its members."""
    found = council_by_pid(pid)
    return found if found is not None and may_read(found, user) else None


def may_read(council: Council, user: User) -> bool:
    """May this person look at the council?"""
    if user.can(Do.COUNCILS_READ):
        return True
    return council.state in SITTING and seat_of(council, user) is not None


def fresh(council: Council) -> Council:
    """The council read anew with its seats and agenda."""
    db.session.flush()
    return db.session.scalars(_whole().where(Council.id == council.id).execution_options(populate_existing=True)).one()


def councils_statement(user: User) -> Select[Any]:
    """The councils this person may see."""
    statement = select(Council).options(selectinload(Council.agenda), selectinload(Council.seats))
    if user.can(Do.COUNCILS_READ):
        return statement
    return statement.where(Council.state.in_(SITTING), exists().where(Seat.council_id == Council.id, Seat.user_id == user.id, Seat.left_at.is_(None)))


def under_way() -> list[Council]:
    """The councils that are established or in session."""
    return list(db.session.scalars(_whole().where(Council.state.in_(UNDER_WAY)).order_by(Council.id)))


def seat_of(council: Council, user: User) -> Seat | None:
    """This person's seat."""
    return next((seat for seat in council.seats if seat.user_id == user.id), None)


def seat_by_pid(council: Council, pid: str) -> Seat | None:
    return next((seat for seat in council.seats if seat.public_id == pid), None)


def left_seats(council: Council) -> list[Seat]:
    """Seats of members who were replaced."""
    statement = select(Seat).options(joinedload(Seat.user)).where(Seat.council_id == council.id, Seat.left_at.is_not(None))
    return list(db.session.scalars(statement.order_by(Seat.id)))


def open_items(council: Council) -> list[AgendaItem]:
    """Items still to be dealt with: neither counted nor given back."""
    return [item for item in council.agenda if item.opened_at is None and item.given_back_at is None]


def counted_items(council: Council) -> list[AgendaItem]:
    return [item for item in council.agenda if item.opened_at is not None]


def item_by_pid(council: Council, pid: str) -> AgendaItem | None:
    return next((item for item in council.agenda if item.public_id == pid), None)


def council_of_item(item: AgendaItem) -> Council | None:
    """The council that has the item on its agenda."""
    return db.session.scalar(_whole().where(Council.id == item.council_id))


def locked_item(item: AgendaItem, *, opening: bool) -> AgendaItem:
    """The item read anew under a lock: a ballot is cast beside others, but never beside the opening of the box."""
    statement = select(AgendaItem).where(AgendaItem.id == item.id).with_for_update(read=not opening)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def locked(council: Council, *, casting: bool = False) -> Council:
    """The council and its seats as they stand now, under a lock: nobody else changes seats or session meanwhile. Members cast beside each other."""
    db.session.flush()
    db.session.execute(select(Council.id).where(Council.id == council.id).with_for_update(key_share=not casting, read=casting))
    return fresh(council)


# --- rules ----------------------------------------------------------------------------------------------------


def rule_keys(kind: Kind, agenda: Iterable[Any]) -> list[str]:
    """The rules that a council of this kind freezes."""
    own = [f"councils.{kind}.{name}" for name in OWN_RULES]
    return [*own, *ROOM_RULES, "councils.excluded_roles", *clash_rules.KEYS, "councils.invalid_ballots", "councils.vice_chair_needs_authorisation",
            *procedure_of(kind).rule_keys(list(agenda))]  # fmt: skip


def rules_of(council: Council, *, on: date) -> dict[str, Any]:
    """The values that hold for the council: frozen ones, or before the establishment those in force on a day."""
    return {key: rule.value for key, rule in rule_rows(council, on=on).items()}


def rule_rows(council: Council, *, on: date, agenda: Sequence[Any] | None = None) -> dict[str, Any]:
    """The same with source and mark; `agenda`: what is behind its items, where it has been read already."""
    return rulebook.frozen_rules(council.rule_ids or rule_ids(council.kind, subjects_of(council) if agenda is None else agenda, on=on))


def rule_ids(kind: Kind, agenda: Iterable[Any], *, on: date) -> dict[str, int]:
    """The versions that a council set up on a day has: those fixed before by the stage, else those in force."""
    rows = list(agenda)
    keys = rule_keys(kind, rows)
    fixed = {key: number for key, number in procedure_of(kind).fixed(rows).items() if key in keys}
    return rulebook.freeze([key for key in keys if key not in fixed], on=on) | fixed


def subject_of(item: AgendaItem) -> Any:
    """The stage's object behind an item of the agenda."""
    return subjects.load(item.subject_type, item.subject_pid)


def subjects_of(council: Council) -> list[Any]:
    return [subject_of(item) for item in council.agenda]


def procedure(council: Council) -> Procedure:
    return procedure_of(council.kind)


# --- conflicts: see clashes -----------------------------------------------------------------------------------


def recusals_of(council: Council) -> set[tuple[int, int]]:
    """(seat id, item id) of all recusals of the session."""
    statement = (select(Recusal.seat_id, Recusal.agenda_item_id).join(Seat, Seat.id == Recusal.seat_id)
                 .where(Seat.council_id == council.id, Seat.left_at.is_(None)))  # fmt: skip
    return {(row.seat_id, row.agenda_item_id) for row in db.session.execute(statement)}


def recusal_rows(council: Council) -> list[Recusal]:
    """The same of the members who sit, with time and reason."""
    mine = select(Recusal).join(Seat, Seat.id == Recusal.seat_id).where(Seat.council_id == council.id, Seat.left_at.is_(None))
    return list(db.session.scalars(mine.order_by(Recusal.id)))


def out_of_competitors(council: Council, rules: dict[str, Any]) -> bool:
    """Is who is out of one of the competing objects out of all of them? A rule of councils before which objects compete."""
    return procedure(council).together and bool(rules.get(f"councils.{council.kind}.competing_recusal"))


def member_reads(row: Any, user: User) -> bool:
    """May this person read a stage's object because a council he sits on deals with it now, and he is not out of that item?"""
    found = db.session.execute(
        select(Seat.id, AgendaItem.id).join(Council, Council.id == Seat.council_id).join(AgendaItem, AgendaItem.council_id == Council.id)
        .where(Seat.user_id == user.id, Seat.left_at.is_(None), Council.state.in_(UNDER_WAY), AgendaItem.given_back_at.is_(None), AgendaItem.subject_type == row.__tablename__, AgendaItem.subject_pid == row.public_id)
    ).all()  # fmt: skip
    out = set(db.session.execute(select(Recusal.seat_id, Recusal.agenda_item_id).where(Recusal.seat_id.in_([r[0] for r in found]))).tuples()) if found else set()
    return any((seat, item) not in out for seat, item in found)


def established_at(council: Council) -> datetime:
    """When the council was set up here: its decision was issued and its papers went out. Before that, when it was drafted."""
    return min([p.issued_at for p in papers.of(council)], default=council.created_at)


def candidates(council: Council) -> list[User]:
    """Active experts, by given name, that have and had no seat."""
    taken = set(db.session.scalars(select(Seat.user_id).where(Seat.council_id == council.id)))
    return [u for u in people.users_in_role("expert") if u.id not in taken]


# --- the session ----------------------------------------------------------------------------------------------


def presiding(council: Council) -> Seat | None:
    """Who leads the session: the chair when present, else the vice chair with a written authorisation."""
    by_role = {seat.role: seat for seat in council.seats if seat.present}
    if SeatRole.CHAIR in by_role:
        return by_role[SeatRole.CHAIR]
    return by_role.get(SeatRole.VICE_CHAIR) if council.vice_authorised else None


def keeping(council: Council) -> Seat | None:
    """Who keeps the session as its secretary: the scientific secretary when present, else the member whom the council elected."""
    present = [seat for seat in council.seats if seat.present]
    named = next((s for s in present if s.role == SeatRole.SECRETARY), None)
    return named or next((s for s in present if s.public_id == council.secretary_pid), None)


def kept_by(council: Council) -> Seat | None:
    """Who signs for the keeping of the minutes: who keeps the session now, else who kept the last one (and has left)."""
    noted = council.sessions[-1].get("kept") if council.sessions else None
    found = keeping(council) or next((s for s in council.seats if s.public_id == noted), None)
    if found is None and (not council.sessions or "kept" not in council.sessions[-1]):  # of sessions held before this was noted
        return next((s for s in council.seats if s.role == SeatRole.SECRETARY), None)
    return found


def presiding_over(council: Council, item: AgendaItem, recused: set[tuple[int, int]]) -> Seat | None:
    """Who leads the session on one item: nobody presides over an item that he is out of."""
    by_role = {seat.role: seat for seat in voters(council, item, recused)}
    if SeatRole.CHAIR in by_role:
        return by_role[SeatRole.CHAIR]
    return by_role.get(SeatRole.VICE_CHAIR) if council.vice_authorised else None


def voters(council: Council, item: AgendaItem, recused: set[tuple[int, int]]) -> list[Seat]:
    """Who casts a ballot on the item: present and not out of it."""
    return [seat for seat in council.seats if seat.present and (seat.id, item.id) not in recused]


def open_seats(user: User) -> int:
    """On how many councils under way somebody sits."""
    sits = select(func.count(Seat.id)).join(Council, Council.id == Seat.council_id).where(Seat.user_id == user.id, Seat.left_at.is_(None), Council.state.in_(UNDER_WAY))
    return db.session.scalar(sits) or 0


def ballot_of(item: AgendaItem, seat: Seat) -> Ballot | None:
    """The member's own ballot."""
    return db.session.scalar(select(Ballot).options(joinedload(Ballot.opened)).where(Ballot.agenda_item_id == item.id, Ballot.seat_id == seat.id))


def own_ballots(council: Council, seat: Seat) -> dict[int, Ballot]:
    """The member's own ballots by item id."""
    statement = select(Ballot).join(AgendaItem, AgendaItem.id == Ballot.agenda_item_id).where(AgendaItem.council_id == council.id, Ballot.seat_id == seat.id)
    return {b.agenda_item_id: b for b in db.session.scalars(statement)}


def cast_by(council: Council) -> dict[int, set[int]]:
    """Who has cast, by item: {item id: seat ids}. Not what."""
    statement = select(Ballot.agenda_item_id, Ballot.seat_id).join(AgendaItem, AgendaItem.id == Ballot.agenda_item_id).where(AgendaItem.council_id == council.id)
    found: dict[int, set[int]] = {item.id: set() for item in council.agenda}
    for item_id, seat_id in db.session.execute(statement):
        found[item_id].add(seat_id)
    return found


def sealed_ballots(item: AgendaItem) -> list[Ballot]:
    """All ballots of an item, sealed, with their seats."""
    return list(db.session.scalars(select(Ballot).options(joinedload(Ballot.seat)).where(Ballot.agenda_item_id == item.id).order_by(Ballot.id)))


def draft_of(item: AgendaItem, seat: Seat, writer: User) -> SheetDraft | None:
    """What this person has begun to write of the sheet of a seat, sealed."""
    return db.session.scalar(select(SheetDraft).where(SheetDraft.agenda_item_id == item.id, SheetDraft.seat_id == seat.id, SheetDraft.writer_id == writer.id))


def paper_drafts(item: AgendaItem, seat: Seat) -> list[SheetDraft]:
    """What tellers have read, sealed, from the paper ballot of a seat; not what its member is filling in."""
    statement = select(SheetDraft).options(joinedload(SheetDraft.writer)).where(SheetDraft.agenda_item_id == item.id, SheetDraft.seat_id == seat.id)
    return list(db.session.scalars(statement.where(SheetDraft.writer_id != seat.user_id).order_by(SheetDraft.id)))


def paper_drafts_of(item: AgendaItem) -> list[SheetDraft]:
    """The drafts of all sheets of an item, sealed, with who wrote them."""
    return list(db.session.scalars(select(SheetDraft).options(joinedload(SheetDraft.writer)).where(SheetDraft.agenda_item_id == item.id).order_by(SheetDraft.id)))


def ballots_of(item: AgendaItem) -> list[Ballot]:
    """All ballots of an opened box with what they say, in the order of the seats. Raises PermissionError while the box is closed."""
    if item.opened_at is None:
        raise PermissionError("the box is closed")
    statement = select(Ballot).options(joinedload(Ballot.seat).joinedload(Seat.user), joinedload(Ballot.opened)).where(Ballot.agenda_item_id == item.id)
    return list(db.session.scalars(statement.order_by(Ballot.seat_id).execution_options(populate_existing=True)))


def casts_of(opened: Iterable[Ballot], presided: str | None) -> list[Cast]:
    """These ballots of an opened box as they are counted; `presided` is the seat of who led the session on the item then."""
    return [Cast(b.seat.public_id, b.seat.role, b.seat.public_id == presided, b.opened.content) for b in opened if b.opened]


def presided_over(item: AgendaItem, result: Mapping[str, Any], opened: Iterable[Ballot]) -> str | None:
    """The seat of who led the session when the box was opened, as the frozen count says it; counts of before tell the name."""
    if item.opened_at is None:
        return None
    return result["presided"] if "presided" in result else next((b.seat.public_id for b in opened if b.seat.user.name == result.get("led")), None)


def counts_of(council: Council) -> dict[str, dict[str, Any]]:
    """What the opened boxes say: {item public id: result}."""
    statement = select(AgendaItem.public_id, Count.result).join(Count, Count.agenda_item_id == AgendaItem.id).where(AgendaItem.council_id == council.id)
    return {pid: result for pid, result in db.session.execute(statement.order_by(AgendaItem.position))}


def results_of(council: Council, settled: Mapping[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """The counts with what the council settled (or is about to) of the points that the votes left open."""
    told = council.settled or {} if settled is None else settled
    return {pid: result | ({"settled": told[pid]} if pid in told else {}) for pid, result in counts_of(council).items()}


def agenda_size(row: Any) -> int:
    """How many objects are on the agenda of the newest living council that has this one; 0 when none has."""
    mine = (select(AgendaItem.council_id).join(Council, Council.id == AgendaItem.council_id)
            .where(AgendaItem.subject_type == row.__tablename__, AgendaItem.subject_pid == row.public_id, Council.state != CouncilState.DISSOLVED,
                   AgendaItem.given_back_at.is_(None))
            .order_by(Council.id.desc()).limit(1).scalar_subquery())  # fmt: skip
    return int(db.session.scalar(select(func.count(AgendaItem.id)).where(AgendaItem.council_id == mine)) or 0)


def council_of_subject(row: Any) -> Council | None:
    """The newest council, not dissolved, that has the object on its agenda and has not given it back."""
    statement = (_whole().join(AgendaItem, AgendaItem.council_id == Council.id)
                 .where(AgendaItem.subject_type == row.__tablename__, AgendaItem.subject_pid == row.public_id, Council.state != CouncilState.DISSOLVED,
                        AgendaItem.given_back_at.is_(None)))  # fmt: skip
    return db.session.scalars(statement.order_by(Council.id.desc())).first()


def sessions_held(user_ids: Iterable[int]) -> dict[int, int]:
    """How many councils these people have sat on or sit on: their load."""
    statement = select(Seat.user_id, func.count()).join(Council, Council.id == Seat.council_id).where(
        Council.state.in_(SITTING), Seat.left_at.is_(None), Seat.user_id.in_(list(user_ids)))
    return {user_id: int(n) for user_id, n in db.session.execute(statement.group_by(Seat.user_id))}


def beside(council: Council) -> list[tuple[Council, list[str]]]:
    """Other councils that meet within a few hours of this one, with the names of members who sit on both; those of the same place too."""
    if council.meets_at is None:
        return []
    near = select(Council).options(selectinload(Council.seats).joinedload(Seat.user)).where(
        Council.id != council.id, Council.state.in_((*PREPARED, *UNDER_WAY)), Council.meets_at.between(council.meets_at - NEAR, council.meets_at + NEAR))  # fmt: skip
    mine, place = {s.user_id for s in council.seats}, fold(council.place or "")
    found = [(other, [s.user.name for s in other.seats if s.user_id in mine]) for other in db.session.scalars(near.order_by(Council.id))]
    return [(other, names) for other, names in found if names or (place and fold(other.place or "") == place)]


def reads_paper(council: Council, paper: Any, user: User) -> bool:
    """A member reads the papers of the council; who was out of an item not the minutes, which tell of every item."""
    seat = seat_of(council, user)
    told_of = paper.template in ("councils/minutes", "councils/counting") and seat is not None and any(out == seat.id for out, _item in recusals_of(council))
    return may_read(council, user) and (user.can(Do.COUNCILS_READ) or not told_of)


def seat_by_any(pid: str) -> Seat | None:
    """A seat with its person, whoever asks: what is on it asks may_read itself."""
    return db.session.scalar(select(Seat).options(joinedload(Seat.user)).where(Seat.public_id == pid))


def invitations(council: Council, *, seat: Seat | None = None) -> list[Any]:
    """The letters of invitation, newest first: those of one seat, or of all."""
    return papers.of(*([seat] if seat is not None else council.seats))


register_subject("seat", Subject(
    load=seat_by_any, title=lambda s: s.user.name, parties=lambda _s: subjects.Parties(), may_read=lambda s, user: user.can(Do.COUNCILS_READ) or s.user_id == user.id,
    url=None))  # fmt: skip
register_subject("council", Subject(
    load=council_by_pid, title=lambda c: c.title, parties=lambda _c: subjects.Parties(), may_read=may_read, reads_paper=reads_paper,
    url=lambda c: ("councils.show", {"pid": c.public_id})))  # fmt: skip
