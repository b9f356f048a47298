"""To which organisation somebody belongs: found on the list, or asked for; confirmed by its manager or by an officer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import joinedload

from app.kernel import journal, outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.later import fuzz
from app.services.people import actions as people_actions
from app.services.people import queries as people
from app.services.people.models import Membership, Organisation, User
from app.services.people.rules import OrganisationKind, check_tax_code
from app.services.profiles.models import OrganisationRequest
from app.services.profiles.rules import REQUEST, RequestState, bare_name

FOUND_MOST, NEAR_MOST, NEAR, OPEN_MOST = 30, 5, 86, 5
TAXED = frozenset({OrganisationKind.ENTERPRISE, OrganisationKind.COOPERATIVE})  # nobody else must have a tax code
_whole = (joinedload(OrganisationRequest.organisation), joinedload(OrganisationRequest.user).lazyload("*"), joinedload(OrganisationRequest.decided_by).lazyload("*"))


# --- finding --------------------------------------------------------------------------------------------------


def find(words: str) -> tuple[list[Organisation], bool]:
    """The organisations whose name, English name or tax code holds every word, with or without diacritics; and whether there are more."""
    statement = select(Organisation).where(Organisation.active_to.is_(None))
    for word in fold(words).split()[:8]:
        statement = statement.where(or_(Organisation.folded.contains(word, autoescape=True), Organisation.name_en.icontains(word, autoescape=True),
                                        Organisation.tax_code.startswith(word, autoescape=True)))  # fmt: skip
    rows = list(db.session.scalars(statement.order_by(Organisation.folded).limit(FOUND_MOST + 1)))
    return rows[:FOUND_MOST], len(rows) > FOUND_MOST


@dataclass(frozen=True)
class Near:
    """An organisation on the list that may be the one that is meant, and how near its name is (100: the same, or the same tax code)."""

    organisation: Organisation
    score: int


def near(name: str, tax_code: str | None = None) -> list[Near]:
    """Organisations that may be the same as this one, the nearest first: by tax code, and by the words of the name without those all names have."""
    wanted, found = bare_name(name), []
    for row_id, folded, code in db.session.execute(select(Organisation.id, Organisation.folded, Organisation.tax_code).where(Organisation.active_to.is_(None))):
        score = 100 if tax_code and code == tax_code else round(max(fuzz.token_sort_ratio(wanted, bare_name(folded)), fuzz.token_set_ratio(wanted, bare_name(folded)) - 4))
        if score >= NEAR:
            found.append((score, row_id))
    best = sorted(found, key=lambda pair: (-pair[0], pair[1]))[:NEAR_MOST]
    rows = {row.id: row for row in db.session.scalars(select(Organisation).where(Organisation.id.in_([i for _s, i in best])))}
    return [Near(rows[row_id], min(score, 100)) for score, row_id in best]


# --- asking ---------------------------------------------------------------------------------------------------


def check_may_ask(organisation: Organisation, by: User) -> None:
    """Raise WrongState when the person belongs to it already, asked already, or it is no more."""
    if organisation.active_to is not None:
        raise WrongState(N_("This organisation is no more on the list."))
    if by.belongs_to(organisation.id):
        raise WrongState(N_("You belong to this organisation already."))
    if any(r.organisation_id == organisation.id for r in open_of(by)):
        raise WrongState(N_("You have asked for this already; it waits to be confirmed."))


def _check_room(by: User) -> None:
    if len(open_of(by)) >= OPEN_MOST:
        raise WrongState(N_("You have %(n)s requests that wait. Please wait for an answer, or withdraw one."), n=OPEN_MOST)


def ask(organisation: Organisation, *, note: str, by: User, at: datetime) -> OrganisationRequest:
    """Ask to belong to an organisation on the list; its managers and the officers are told."""
    check_may_ask(organisation, by)
    _check_room(by)
    row = OrganisationRequest(user_id=by.id, organisation_id=organisation.id, is_new=False, name=organisation.name, folded=_words(organisation.name, by, organisation.tax_code),
                              kind=organisation.kind, note=nfc(note)[:1000] or None, asked_at=at)  # fmt: skip
    return _begin(row, by, at)


def ask_new(values: Mapping[str, Any], *, distinct: bool, by: User, at: datetime) -> OrganisationRequest:
    """Ask for an organisation that is not on the list. Raises Incomplete for what is missing, or while one with nearly that name is there and `distinct` is not said."""
    _check_room(by)
    name, kind = " ".join(nfc(values["name"]).split()), OrganisationKind(values["kind"])
    code = check_tax_code(values.get("tax_code") or "")
    if kind in TAXED and code is None:
        raise Incomplete(N_("Please write the tax code: an enterprise or cooperative has one."), field="tax_code")
    for field in ("name", "address", "representative"):
        if not nfc(values.get(field) or ""):
            raise Incomplete(N_("Please fill this in."), field=field)
    if code and (same := by_tax_code(code)) is not None:
        raise Incomplete(N_("%(name)s has this tax code and is on the list. Please choose it there."), field="tax_code", name=same.name)
    alike = near(name)
    if any(n.organisation.folded == fold(name) for n in alike):
        raise Incomplete(N_("An organisation of this name is on the list. Please choose it there."), field="name")
    if alike and not distinct:
        raise Incomplete(N_("An organisation with nearly this name is on the list. Please choose it there, or say that yours is another one."), field="distinct")
    row = OrganisationRequest(user_id=by.id, is_new=True, name=name[:300], folded=_words(name, by, code), kind=kind, tax_code=code, address=nfc(values["address"])[:300],
                              representative=nfc(values["representative"])[:200], note=nfc(values.get("note") or "")[:1000] or None, asked_at=at)  # fmt: skip
    return _begin(row, by, at)


def _words(name: str, by: User, code: str | None) -> str:
    """What the list of requests is searched by."""
    return fold(f"{name} {code or ''}")[:150] + " " + fold(by.name)[:149]


def _begin(row: OrganisationRequest, by: User, at: datetime) -> OrganisationRequest:
    REQUEST.begin(row, "ask_belonging", by=by, at=at)
    outbox.post("profiles/mail/belonging_asked.txt", to=deciders(row), key=f"belonging-asked:{row.public_id}", at=at, request=row, asker=by)
    return row


def by_tax_code(code: str) -> Organisation | None:
    """The organisation with this tax code."""
    return db.session.scalar(select(Organisation).where(Organisation.tax_code == code))


# --- deciding -------------------------------------------------------------------------------------------------


def deciders(row: OrganisationRequest) -> list[User]:
    """Who is told of a request: the managers of the organisation, else (and for a new one) the officers; never the asker."""
    managers = people.managers_of(row.organisation_id) if row.organisation_id is not None and not row.is_new else []
    found = [u for u in managers if u.id != row.user_id]
    return found or [u for u in people.users_with(Do.PEOPLE_CONFIRM) if u.id != row.user_id]


def may_decide(row: OrganisationRequest, user: User) -> bool:
    """An officer decides every request, a manager those for the own organisation; nobody the own one."""
    manages = not row.is_new and row.organisation_id is not None and user.manages(row.organisation_id)
    return row.user_id != user.id and (user.can(Do.PEOPLE_CONFIRM) or manages)


def check_decides(row: OrganisationRequest, by: User) -> None:
    """Raise NotAllowed unless this person may decide the request."""
    if not may_decide(row, by):
        raise NotAllowed(N_("This request is decided by a manager of the organisation or by an officer, never by the person who asks."))


def confirm(row: OrganisationRequest, *, into: Organisation | None = None, manager: bool = False, by: User, at: datetime, seen: int | str | None = None) -> Organisation:
    """The person belongs to the organisation from now on. A new one is put on the list, unless the officer says which one on it is meant (`into`)."""
    check_decides(row, by)
    check_seen(row, seen)
    if manager and not by.can(Do.PEOPLE_CONFIRM):
        raise NotAllowed(N_("Only an officer makes somebody the manager who signs for the organisation."), field="manager")
    user = db.session.get_one(User, row.user_id)
    if not user.active:
        raise WrongState(N_("The account of the person who asks is closed."))
    if row.is_new:
        body = into or _put_on_list(row, by, at)
    else:
        body = db.session.get_one(Organisation, row.organisation_id)
    row.organisation_id = body.id
    db.session.flush()
    REQUEST.advance(row, "confirm_belonging", by=by, at=at, detail={"organisation": body.public_id, "manager": manager})
    row.decided_at, row.decided_by_id = at, by.id
    _join(user, body, manager, by, at)
    outbox.post("profiles/mail/belonging_confirmed.txt", to=[user], key=f"belonging-confirmed:{row.public_id}", at=at, request=row, body=body, manager=manager)
    return body


def _join(user: User, body: Organisation, manager: bool, by: User, at: datetime) -> None:
    """Begin the membership; who belongs already, by another way, keeps it."""
    held = db.session.scalar(select(Membership).where(Membership.user_id == user.id, Membership.organisation_id == body.id,
                                                      or_(Membership.to_date.is_(None), Membership.from_date == at.date())))  # fmt: skip
    if held is None:
        people_actions.join(user, body, by=by, at=at, manager=manager)
    else:
        held.to_date, held.is_manager = None, held.is_manager or manager
    db.session.flush()
    db.session.expire(user, ["memberships"])


def _put_on_list(row: OrganisationRequest, by: User, at: datetime) -> Organisation:
    if row.tax_code and (same := by_tax_code(row.tax_code)) is not None:
        raise Incomplete(N_("%(name)s has this tax code and is on the list. Please choose it there."), field="into", name=same.name)
    body = people_actions.add_organisation(row.name, kind=row.kind, by=by, at=at, address=row.address)
    body.tax_code, body.representative = row.tax_code, row.representative
    db.session.flush()
    return body


def refuse(row: OrganisationRequest, *, reason: str, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Do not confirm; the person reads why."""
    check_decides(row, by)
    if not nfc(reason):
        raise Incomplete(N_("Please give the reason."), field="reason")
    REQUEST.advance(row, "refuse_belonging", by=by, at=at, seen=seen, reason=nfc(reason)[:1000])  # type: ignore[arg-type]
    row.reason, row.decided_at, row.decided_by_id = nfc(reason)[:1000], at, by.id
    user = db.session.get_one(User, row.user_id)
    outbox.post("profiles/mail/belonging_refused.txt", to=[user], key=f"belonging-refused:{row.public_id}", at=at, request=row)


def check_own(row: OrganisationRequest, by: User) -> None:
    """Raise NotAllowed unless this person asked."""
    if row.user_id != by.id:
        raise NotAllowed(N_("Only the person who asked withdraws the request."))


def withdraw(row: OrganisationRequest, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """The person who asked wants it no more."""
    check_own(row, by)
    REQUEST.advance(row, "withdraw_belonging", by=by, at=at, seen=seen)  # type: ignore[arg-type]


# --- reading --------------------------------------------------------------------------------------------------


def open_of(user: User) -> list[OrganisationRequest]:
    """The person's requests that wait."""
    return [r for r in requests_of(user) if r.state == RequestState.ASKED]


def requests_of(user: User) -> list[OrganisationRequest]:
    """The person's requests, newest first."""
    return list(db.session.scalars(select(OrganisationRequest).options(*_whole).where(OrganisationRequest.user_id == user.id).order_by(OrganisationRequest.id.desc()).limit(20)))


def request_for(user: User, pid: str) -> OrganisationRequest | None:
    """A request that this person may read: the own, one to decide, any for officers and auditors."""
    row = db.session.scalar(select(OrganisationRequest).options(*_whole).where(OrganisationRequest.public_id == pid))
    return row if row is not None and (row.user_id == user.id or user.can(Do.PEOPLE_READ) or may_decide(row, user)) else None


def list_statement(user: User) -> Select[Any]:
    """The requests this person may read: all for officers, those for the own organisations for managers, the own ones."""
    statement = select(OrganisationRequest).options(*_whole).outerjoin(User, User.id == OrganisationRequest.user_id)
    if user.can(Do.PEOPLE_READ):
        return statement
    managed = [m.organisation_id for m in user.live_memberships if m.is_manager]
    theirs = and_(OrganisationRequest.organisation_id.in_(managed), OrganisationRequest.is_new.is_(False))
    return statement.where(or_(OrganisationRequest.user_id == user.id, theirs))


def same_wish(row: OrganisationRequest) -> list[OrganisationRequest]:
    """Other open requests for a new organisation of nearly this name or with this tax code."""
    rows = db.session.scalars(select(OrganisationRequest).options(*_whole).where(OrganisationRequest.state == RequestState.ASKED, OrganisationRequest.is_new, OrganisationRequest.id != row.id).limit(500))
    wanted = bare_name(row.name)
    return [r for r in rows if (row.tax_code and r.tax_code == row.tax_code) or fuzz.token_sort_ratio(wanted, bare_name(r.name)) >= NEAR][:NEAR_MOST] if row.is_new else []


# --- the person -----------------------------------------------------------------------------------------------


def save_profile(user: User, values: Mapping[str, Any], *, at: datetime, seen: int | str | None = None) -> None:
    """Keep name, title, phone and ORCID as checked; says which changed, not to what."""
    check_seen(user, seen)
    changed = people_actions.describe(user, values)
    if changed:
        db.session.flush()
        journal.record(user, "save_profile", by=user, at=at, detail={"fields": changed})

