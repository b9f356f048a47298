"""The register of organisations: an officer puts one on it, and puts right what it says. Whoever asks for one goes through `belonging`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, exists, or_, select

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.people import actions as people_actions
from app.services.people.models import (
    Membership,
    Organisation,
    OrganisationName,
    User,
)
from app.services.people.rules import OrganisationKind, check_tax_code
from app.services.profiles.belonging import TAXED, by_tax_code, near
from app.services.rulebook.calendar import check_day

TEXTS = {"address": 300, "representative": 200}


def statement() -> Select[Any]:
    """All organisations, in being or no more."""
    return select(Organisation)


def having(found: Select[Any], words: str) -> Select[Any]:
    """Those whose name, English name, tax code or representative holds every word."""
    for word in fold(words).split()[:8]:
        found = found.where(or_(Organisation.folded.contains(word, autoescape=True), Organisation.name_en.icontains(word, autoescape=True),
                                Organisation.tax_code.startswith(word, autoescape=True)))  # fmt: skip
    return found


def signed_for(found: Select[Any], somebody: bool) -> Select[Any]:
    """Those for whom somebody signs, or nobody does."""
    signs = exists().where(Membership.organisation_id == Organisation.id, Membership.is_manager, Membership.to_date.is_(None),
                           Membership.user_id.in_(select(User.id).where(User.active)))  # fmt: skip
    return found.where(signs if somebody else ~signs)


def names_of(row: Organisation) -> list[OrganisationName]:
    """The names it had, the latest first."""
    return list(db.session.scalars(select(OrganisationName).where(OrganisationName.organisation_id == row.id).order_by(OrganisationName.valid_from.desc())))


def members_of(row: Organisation) -> list[tuple[str, bool]]:
    """Who belongs to it now, by given name, and who of them signs for it."""
    statement = (select(User.name, Membership.is_manager).join(Membership, Membership.user_id == User.id)
                 .where(User.active, Membership.organisation_id == row.id, Membership.to_date.is_(None)).order_by(User.sort_name))  # fmt: skip
    return [(name, signs) for name, signs in db.session.execute(statement)]


def register(values: Mapping[str, Any], *, distinct: bool, by: User, at: datetime) -> Organisation:
    """Put an organisation on the list. Raises Incomplete for what is missing or taken, or while one with nearly that name is there and `distinct` is not said."""
    name, kind, code = _checked(values)
    alike = near(name)
    if any(n.organisation.folded == fold(name) for n in alike):
        raise Incomplete(N_("An organisation of this name is on the list already."), field="name")
    if alike and not distinct:
        raise Incomplete(N_("An organisation with nearly this name is on the list. Please look at it, or say that this is another one."), field="distinct")
    row = people_actions.add_organisation(name, kind=kind, by=by, at=at, name_en=nfc(values.get("name_en") or "")[:300] or None)
    _write(row, values, code)
    return row


def correct(row: Organisation, values: Mapping[str, Any], *, since: date | None, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Put right what the list says of it; a new name holds from a day on, and papers of earlier days keep the old one."""
    check_in_being(row)
    check_seen(row, seen)
    name, kind, code = _checked(values, but=row)
    before = {**{text: getattr(row, text) for text in TEXTS}, "kind": row.kind, "tax_code": row.tax_code, "name_en": row.name_en}
    if name != row.name:
        _rename(row, name, since, by, at)
    row.kind, row.name_en = kind, nfc(values.get("name_en") or "")[:300] or None
    _write(row, values, code)
    changes = {key: [str(old) if old else None, str(new) if (new := getattr(row, key)) else None] for key, old in before.items() if old != getattr(row, key)}
    if changes:
        journal.record(row, "revise", by=by, at=at, detail={"changes": changes})


def check_in_being(row: Organisation, _by: User | None = None) -> None:
    """Raise WrongState for an organisation that is no more."""
    if row.active_to is not None:
        raise WrongState(N_("This organisation is no more on the list."))


def _checked(values: Mapping[str, Any], but: Organisation | None = None) -> tuple[str, OrganisationKind, str | None]:
    name, kind = " ".join(nfc(values["name"]).split())[:300], OrganisationKind(values["kind"])
    code = check_tax_code(values.get("tax_code") or "")
    if not any(c.isalpha() for c in name):
        raise Incomplete(N_("Please write the name of the organisation."), field="name")
    if kind in TAXED and code is None:
        raise Incomplete(N_("Please write the tax code: an enterprise or cooperative has one."), field="tax_code")
    if code and (same := by_tax_code(code)) is not None and same is not but:
        raise Incomplete(N_("%(name)s has this tax code and is on the list."), field="tax_code", name=same.name)
    return name, kind, code


def _write(row: Organisation, values: Mapping[str, Any], code: str | None) -> None:
    row.tax_code = code
    for text, longest in TEXTS.items():
        setattr(row, text, nfc(values.get(text) or "")[:longest] or None)
    db.session.flush()


def _rename(row: Organisation, name: str, since: date | None, by: User, at: datetime) -> None:
    if since is None:
        raise Incomplete(N_("Please say from which day on the new name holds."), field="since")
    check_day(since, field="since", since=names_of(row)[0].valid_from, until=local(at).date())
    if any(n.organisation.id != row.id and n.organisation.folded == fold(name) for n in near(name)):
        raise Incomplete(N_("An organisation of this name is on the list already."), field="name")
    people_actions.rename_organisation(row, name, on=since, by=by, at=at)
