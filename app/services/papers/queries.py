"""Reads of papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import joinedload

from app.kernel import journal, subjects
from app.kernel.db import db
from app.kernel.permissions import Do
from app.services.files.models import Attachment
from app.services.papers.blocks import is_sealed
from app.services.papers.models import LegalBasis, Paper, Wording
from app.services.papers.wording import WordingState, shipped_file, shipped_names


def of(*rows: Any) -> list[Paper]:
    """The papers issued on these rows, newest first."""
    return of_keys([journal.subject_key(row) for row in rows])


def of_keys(keys: Iterable[tuple[str, str]]) -> list[Paper]:
    """The papers issued on these (table, public id) pairs, newest first."""
    wanted = list(keys)
    if not wanted:
        return []
    named = tuple_(Paper.subject_type, Paper.subject_pid).in_(wanted)
    return list(db.session.scalars(select(Paper).where(named).order_by(Paper.dated.desc(), Paper.id.desc())))


_LISTED = (select(Paper.public_id, Paper.title, Paper.number, Paper.dated)  # type: ignore[attr-defined]
           .where(tuple_(Paper.subject_type, Paper.subject_pid).in_(bindparam("keys", expanding=True))).order_by(Paper.dated.desc(), Paper.id.desc()))  # fmt: skip


def listed(keys: Iterable[tuple[str, str]]) -> Sequence[Any]:
    """What a list shows of the papers issued on these pairs, newest first: whole papers bring all their text along."""
    wanted = list(keys)
    return db.session.execute(_LISTED, {"keys": wanted}).all() if wanted else []


def register() -> Select[tuple[Paper]]:
    """All papers, for the register."""
    return select(Paper)


def unscanned() -> ColumnElement[bool]:
    """The condition: no signed scan is attached."""
    return ~exists().where(Attachment.subject_type == "paper", Attachment.subject_pid == Paper.public_id, Attachment.kind == "signed_scan",
                           Attachment.removed_at.is_(None))  # fmt: skip


def unsealed() -> ColumnElement[bool]:
    """The condition: neither the paper's subject nor a part of the paper is sealed, so that an office may open it."""
    return and_(not_(subjects.sealed_sql(Paper.subject_type, Paper.subject_pid)), not_(cast(Paper.blocks, String).contains('"sealed"')))


def missing(statement: Select[Any], what: str) -> Select[Any]:
    """Papers that have no number yet ("number"), or a number and no signed scan ("scan")."""
    return statement.where(Paper.number.is_(None)) if what == "number" else statement.where(Paper.number.is_not(None), unscanned())


def is_taken(number: str, body: str, year: int, *, but: int | None = None) -> bool:
    """Has another paper of this body the number in this year?"""
    taken = select(Paper.id).where(Paper.number == number, Paper.body == body, Paper.year == year)
    return db.session.scalar(taken if but is None else taken.where(Paper.id != but)) is not None


def kinds() -> list[tuple[str, str]]:
    """Every (template, issuing body) of which there is a paper."""
    return [(template, body) for template, body in db.session.execute(select(Paper.template, Paper.body).distinct().order_by(Paper.template, Paper.body))]


def paper_by_pid(pid: str) -> Paper | None:
    """The paper, whoever asks: for files, which ask may_read themselves."""
    return db.session.scalar(select(Paper).options(joinedload(Paper.issued_by)).where(Paper.public_id == pid))


def paper_for(user: Any, pid: str) -> Paper | None:
    """The paper, when this person (or visitor) may read it."""
    row = paper_by_pid(pid)
    return row if row is not None and may_read(row, user) else None


def public_paper(pid: str) -> Paper | None:
    """The paper, when it was issued for everybody and neither it nor its subject is sealed."""
    row = db.session.scalar(select(Paper).where(Paper.public_id == pid, Paper.is_public, not_(subjects.sealed_sql(Paper.subject_type, Paper.subject_pid))))
    return row if row is not None and not is_sealed(row.blocks) else None


def public_of(*keys: tuple[str, str]) -> list[Paper]:
    """The papers on these (table, public id) pairs that anybody may read."""
    return [row for row in of_keys(keys) if row.is_public and not is_sealed(row.blocks)]


def may_read(row: Paper, user: Any) -> bool:
    """By office, as a reader of its subject, or because it is public.

    An office alone opens neither a paper marked sealed nor a paper of a subject that is sealed now.
    """
    if row.is_public:
        return True
    if not user.is_authenticated:
        return False
    subject = subjects.load(row.subject_type, row.subject_pid)
    sealed = is_sealed(row.blocks) or (subject is not None and subjects.is_sealed(row.subject_type, subject))
    if user.can(Do.PAPERS_READ) and not sealed:
        return True
    if subject is not None and (asked := subjects.subject_of(row.subject_type).reads_paper) is not None:
        return asked(subject, row, user)
    return subject is not None and subjects.may_read(row.subject_type, subject, user)


def opened_by_office(rows: Iterable[Paper]) -> set[str]:
    """The public ids of those papers that the register may link to: public ones, and those with nothing sealed in them."""
    wanted = [row.id for row in rows]
    return set(db.session.scalars(select(Paper.public_id).where(Paper.id.in_(wanted), or_(Paper.is_public, unsealed()))))


def sealed_ids() -> Select[Any]:
    """The public ids of papers on something that is sealed now."""
    return select(Paper.public_id).where(subjects.sealed_sql(Paper.subject_type, Paper.subject_pid, but=("paper",)))


subjects.register_subject("paper", subjects.Subject(
    load=paper_by_pid, title=lambda row: row.title, parties=lambda row: subjects.Parties(), may_read=may_read, sealed_ids=sealed_ids,
    url=lambda row: ("papers.show", {"pid": row.public_id})))  # fmt: skip


def scans_of(rows: Sequence[Paper]) -> list[Attachment]:
    """The signed copies of these papers, oldest first."""
    return list(db.session.scalars(select(Attachment).where(Attachment.subject_type == "paper", Attachment.subject_pid.in_([row.public_id for row in rows]),
                                                            Attachment.kind == "signed_scan", Attachment.removed_at.is_(None)).order_by(Attachment.id))) if rows else []  # fmt: skip


def have_scans(rows: Sequence[Paper]) -> bool:
    """Has one of these papers a signed scan, or the signed PDF itself?"""
    return bool(db.session.scalar(select(exists().where(Paper.id.in_([row.id for row in rows]), ~unscanned()))))


def ended_by(paper: Paper) -> Paper | None:
    """The paper that withdrew or replaced this one."""
    return db.session.scalar(select(Paper).where(Paper.ends_pid == paper.public_id))


def enders_of(rows: Iterable[Paper]) -> dict[str, Paper]:
    """The same for many: public id of the older -> newer."""
    wanted = [row.public_id for row in rows]
    return {str(row.ends_pid): row for row in db.session.scalars(select(Paper).where(Paper.ends_pid.in_(wanted)))} if wanted else {}


# --- wordings and legal bases ---------------------------------------------------------------------------------


def wordings(template: str) -> list[Wording]:
    """The versions that officers wrote of a paper's template, newest first."""
    return list(db.session.scalars(select(Wording).options(joinedload(Wording.created_by)).where(Wording.template == template).order_by(Wording.number.desc())))


def wording(template: str, number: int) -> Wording | None:
    """One version of a template."""
    return db.session.scalar(select(Wording).where(Wording.template == template, Wording.number == number))


def wording_by_pid(pid: str) -> Wording | None:
    """The version with this public id."""
    return db.session.scalar(select(Wording).options(joinedload(Wording.created_by)).where(Wording.public_id == pid))


def in_force(template: str, *, on: date) -> Wording | None:
    """The version that papers of a day are made with; None where that is the shipped file."""
    return db.session.scalar(_in_force(on).where(Wording.template == template).limit(1))


def all_in_force(*, on: date) -> dict[str, Wording]:
    """The same for every template that officers changed."""
    found: dict[str, Wording] = {}
    for row in db.session.scalars(_in_force(on)):
        found.setdefault(row.template, row)
    return found


def _in_force(on: date) -> Select[tuple[Wording]]:
    return (select(Wording).where(Wording.state == WordingState.IN_FORCE, Wording.valid_from <= on)
            .order_by(Wording.valid_from.desc(), Wording.number.desc()))  # fmt: skip


def drafts() -> dict[str, Wording]:
    """The open draft of each template that has one."""
    return {row.template: row for row in db.session.scalars(select(Wording).where(Wording.state == WordingState.DRAFT))}


@cache
def kinds_with_bases() -> tuple[str, ...]:
    """What may be chosen for a legal basis: every room ("funding/*") and every template in which bases stand."""
    names = [name for name in shipped_names() if "\n#bases " in "\n" + shipped_file(name).read_text(encoding="utf-8")]
    return (*sorted({f"{name.partition('/')[0]}/*" for name in shipped_names()}), *names)


def bases() -> Select[tuple[LegalBasis]]:
    """All legal bases."""
    return select(LegalBasis)


def basis_by_pid(pid: str) -> LegalBasis | None:
    """The legal basis with this public id."""
    return db.session.scalar(select(LegalBasis).where(LegalBasis.public_id == pid))


def bases_of(template: str, *, on: date) -> list[str]:
    """What a paper of this kind stands on, on a day: for a project, the day that fixed its regime."""
    wanted = {template, f"{template.partition('/')[0]}/*"}
    rows = db.session.scalars(select(LegalBasis).where(LegalBasis.valid_from <= on, or_(LegalBasis.valid_to.is_(None), LegalBasis.valid_to >= on))
                              .order_by(LegalBasis.position, LegalBasis.id))  # fmt: skip
    return [row.text for row in rows if wanted & set(row.kinds)]
