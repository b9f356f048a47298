"""The acts on experts: add, edit, say when away, invite, answer, take out."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import fold, nfc, sort_key
from app.kernel.words import N_
from app.services.experts import queries, vocabulary
from app.services.experts.models import Away, Expert, ExpertField, Invitation
from app.services.experts.rules import (
    EXPERT,
    Degree,
    ExpertState,
    Language,
    Why,
    check_why,
)
from app.services.people import actions as accounts
from app.services.people import queries as people
from app.services.people.models import User
from app.services.people.rules import (
    Addressee,
    Role,
    check_address,
    check_password,
    check_phone,
)
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day

MOST_AWAY, MOST_FIELDS, MOST_A_DAY = 40, 30, 200
LONGEST = timedelta(days=732)  # of a period, and how far ahead it lies
FIRST_YEAR, YOUNGEST = 1920, 18


def checked(values: Mapping[str, Any], *, known: set[str], at: datetime) -> dict[str, Any]:
    """What was typed or imported of an expert, as it is kept. Raises Incomplete for the first thing that is wrong."""
    name = " ".join(nfc(values["name"]).split())
    if not name or len(name) > 200:
        raise Incomplete(N_("Please write the name, with at most %(n)s characters."), field="name", n=200)
    codes = sorted(set(values.get("fields") or ()))
    strange = [code for code in codes if code not in known]
    if strange:
        raise Incomplete(N_("The plan has no field %(codes)s."), field="fields", codes=", ".join(strange))
    if len(codes) > MOST_FIELDS:
        raise Incomplete(N_("Please choose at most %(n)s fields."), field="fields", n=MOST_FIELDS)
    year = values.get("birth_year")
    if year is not None and not FIRST_YEAR <= year <= local(at).year - YOUNGEST:
        raise Incomplete(N_("This year of birth cannot be."), field="birth_year")
    return {"name": name, "fields": codes, "birth_year": year, "degree": Degree(values.get("degree") or Degree.OTHER), "phone": check_phone(values.get("phone") or ""),
            "body": nfc(values.get("body") or "")[:300] or None, "speciality": nfc(values.get("speciality") or "")[:500] or None,
            "languages": [str(Language(code)) for code in dict.fromkeys(values.get("languages") or ())], "note": nfc(values.get("note") or "")[:1000] or None}  # fmt: skip


def known_codes() -> set[str]:
    """The codes of the vocabulary, and those that experts have from a plan before."""
    return {f.code for f in vocabulary.fields()} | set(db.session.scalars(select(ExpertField.code).distinct()))


def _keep(row: Expert, clean: Mapping[str, Any]) -> None:
    for name in ("name", "birth_year", "degree", "phone", "body", "speciality", "languages", "note"):
        setattr(row, name, clean[name])
    row.sort_name = sort_key(row.name)
    row.folded = fold(" ".join(filter(None, (row.name, row.email, row.body, row.speciality))))


def _keep_fields(row: Expert, codes: Iterable[str]) -> None:
    db.session.execute(delete(ExpertField).where(ExpertField.expert_id == row.id))
    db.session.add_all([ExpertField(expert_id=row.id, code=code) for code in codes])
    db.session.flush()


def add(values: Mapping[str, Any], *, by: User | None, at: datetime) -> Expert:
    """Put a person on the list; nobody is written to."""
    email = check_address(values["email"])
    if queries.addresses({people.email_norm(email)}):
        raise Incomplete(N_("Somebody with this address is on the list already."), field="email")
    return put(checked(values, known=known_codes(), at=at), email, by=by, at=at)


def put(clean: Mapping[str, Any], email: str, *, by: User | None, at: datetime) -> Expert:
    """The same of what is checked."""
    row = Expert(email=email, email_norm=people.email_norm(email), added_at=at)
    _keep(row, clean)
    EXPERT.begin(row, "add", by=by, at=at)
    _keep_fields(row, clean["fields"])
    return row


def begin_own(values: Mapping[str, Any], *, by: User, at: datetime) -> Expert:
    """Who is an expert already, by an office given before there was a pool, writes the own entry."""
    if queries.of_user(by) is not None:
        raise WrongState(N_("You are in the pool already."))
    known = {"name": by.name, "phone": by.phone, "email": by.email}
    row = queries.by_address(by.email_norm) or add(known | dict(values), by=by, at=at)
    join(row, by, by=by, at=at)
    return row


def put_all(people_of: Sequence[tuple[Mapping[str, Any], str]], *, at: datetime) -> None:
    """Thousands at once, checked before; the journal has one line for all of them, which the import writes."""
    made = []
    for clean, email in people_of:
        row = Expert(email=email, email_norm=people.email_norm(email), added_at=at)
        _keep(row, clean)
        made.append((row, clean["fields"]))
    db.session.add_all([row for row, _codes in made])
    db.session.flush()
    db.session.add_all([ExpertField(expert_id=row.id, code=code) for row, codes in made for code in codes])
    db.session.flush()


def edit(row: Expert, values: Mapping[str, Any], *, by: User, at: datetime, seen: Any = None) -> None:
    """An officer changes any of it; the journal says which parts, not to what."""
    check_seen(row, seen)
    clean = checked(values, known=known_codes(), at=at)
    _save(row, clean, by=by, at=at, verb="save_expert")


def edit_own(row: Expert, values: Mapping[str, Any], *, by: User, at: datetime, seen: Any = None) -> None:
    """The expert changes own fields, degree, body, speciality and languages."""
    if row.user_id != by.id:
        raise NotAllowed(N_("Only the expert changes this."))
    check_seen(row, seen)
    kept = {"name": row.name, "birth_year": row.birth_year, "note": row.note, "phone": row.phone}
    _save(row, checked(kept | dict(values), known=known_codes(), at=at), by=by, at=at, verb="save_own_expert")


def _save(row: Expert, clean: Mapping[str, Any], *, by: User, at: datetime, verb: str) -> None:
    before = {name: getattr(row, name) for name in clean if name != "fields"} | {"fields": [f.code for f in row.fields]}
    changed = sorted(name for name, value in clean.items() if before[name] != value)
    if not changed:
        return
    _keep(row, clean)
    _keep_fields(row, clean["fields"])
    journal.record(row, verb, by=by, at=at, detail={"fields": changed})
    db.session.expire(row, ["fields"])


def _may_say_away(row: Expert, by: User) -> None:
    if row.user_id != by.id and not by.can(EXPERT.table[(ExpertState.LISTED, "invite_expert")].do):
        raise NotAllowed(N_("Only the expert or an officer changes this."))


def add_away(row: Expert, since: date, until: date, note: str | None = None, *, by: User, at: datetime) -> Away:
    """The expert cannot sit from one day to another, both included."""
    _may_say_away(row, by)
    check_day(since, field="since", since=local(at).date() - LONGEST, until=local(at).date() + LONGEST)
    check_day(until, field="until", since=max(since, local(at).date()), until=since + LONGEST)
    if len(row.away) >= MOST_AWAY:
        raise WrongState(N_("There are %(n)s periods already; please remove one first."), n=MOST_AWAY)
    if any(a.since <= until and since <= a.until for a in row.away):
        raise Incomplete(N_("These days overlap with a period that is there already."), field="since")
    away = Away(expert_id=row.id, since=since, until=until, note=nfc(note or "")[:200] or None)
    db.session.add(away)
    db.session.flush()
    journal.record(row, "add_away", by=by, at=at, detail={"since": since.isoformat(), "until": until.isoformat()})
    return away


def remove_away(row: Expert, pid: str, *, by: User, at: datetime) -> None:
    """The expert can sit in that period after all."""
    _may_say_away(row, by)
    away = next((a for a in row.away if a.public_id == pid), None)
    if away is None:
        raise WrongState(N_("This period is removed already."))
    journal.record(row, "remove_away", by=by, at=at, detail={"since": away.since.isoformat(), "until": away.until.isoformat()})
    db.session.delete(away)
    db.session.flush()


# --- into the pool and out of it ------------------------------------------------------------------------------


def invite(row: Expert, *, by: User, at: datetime, seen: Any = None) -> Invitation:
    """Mail a link; one sent before opens nothing any more. Refuses to flood mailboxes."""
    today = select(func.count()).select_from(Invitation).where(Invitation.sent_at > at - timedelta(days=1))
    if (db.session.scalar(today) or 0) >= MOST_A_DAY:
        raise WrongState(N_("%(n)s invitations were sent within a day. Please go on tomorrow."), n=MOST_A_DAY)
    EXPERT.advance(row, "invite_expert", by=by, at=at, seen=seen)
    _void(row, at)
    token, days = secrets.token_urlsafe(32), int(rulebook.value("experts.invitation_days", on=local(at).date()))
    sent = Invitation(expert_id=row.id, token_hash=people.token_hash(token), sent_at=at, sent_by_id=by.id, expires_at=at + timedelta(days=days))
    db.session.add(sent)
    db.session.flush()
    known = people.user_by_email(row.email)
    outbox.post("experts/mail/pool_invited.txt", to=known or Addressee(row.name, row.email), key=f"expert-invite:{sent.public_id}", at=at, expert=row, invitation=sent, token=token)
    return sent


def _void(row: Expert, at: datetime) -> None:
    waiting = (Invitation.expert_id == row.id, Invitation.answered_at.is_(None), Invitation.void_at.is_(None))
    db.session.execute(update(Invitation).where(*waiting).values(void_at=at).execution_options(synchronize_session="fetch"))


def _answer(invitation: Invitation, at: datetime, *, accepted: bool, why: Why | None = None, note: str | None = None) -> None:
    """Take the link, once: of two who send it at the same time one is refused."""
    waiting = (Invitation.id == invitation.id, Invitation.answered_at.is_(None), Invitation.void_at.is_(None), Invitation.expires_at > at)
    done = db.session.execute(update(Invitation).where(*waiting).values(answered_at=at, accepted=accepted, why=str(why) if why else None, note=note))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise WrongState(N_("This invitation was answered, taken back or ran out."))


def accept(invitation: Invitation, *, password: str | None, at: datetime) -> User:
    """Join the pool. Who has no account gets one here: the link proves the address, the password is the person's own."""
    row = queries.fresh(invitation.expert)
    user = people.user_by_email(row.email)
    if user is not None and not user.active:
        raise WrongState(N_("The account of this address is closed. Please write to the Department."))
    if user is None or user.password_hash is None:
        check_password(password or "", row.email)
    _answer(invitation, at, accepted=True)
    if user is None:
        user = accounts.add_user(row.email, row.name, by=None, at=at, password=password)
    elif user.password_hash is None:
        accounts.set_password(user, password or "", by=user, at=at)
    join(row, user, by=user, at=at)
    return user


def join(row: Expert, user: User, *, by: User | None, at: datetime) -> None:
    """The person behind this account is an expert of the pool from now on."""
    row.user_id, row.joined_at = user.id, at
    user.phone = user.phone or row.phone
    EXPERT.advance(row, "join_pool", by=by, at=at)
    if "expert" not in user.roles:
        accounts.grant(user, Role.EXPERT, by=None, at=at)
        db.session.expire(user, ["grants"])


def decline(invitation: Invitation, *, why: str | None, note: str | None, at: datetime) -> None:
    """The person does not join, and says why; the officer who invited is told."""
    said = nfc(note or "")[:1000]
    reason = check_why(why, said)
    _answer(invitation, at, accepted=False, why=reason, note=said or None)
    row = queries.fresh(invitation.expert)
    EXPERT.advance(row, "decline_pool", by=None, at=at, detail={"why": str(reason)})
    officer = people.users_by_id({invitation.sent_by_id}).get(invitation.sent_by_id)
    outbox.post("experts/mail/pool_declined.txt", to=officer, key=f"expert-no:{invitation.public_id}", at=at, expert=row, why=reason, note=said)


def take_out(row: Expert, *, reason: str, by: User, at: datetime, seen: Any = None) -> None:
    """Out of the pool: no longer suggested and no longer an expert; seats that the person has stay until they are given to others."""
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    EXPERT.advance(row, "take_out", by=by, at=at, seen=seen, reason=nfc(reason)[:1000])
    _void(row, at)
    user = db.session.get(User, row.user_id) if row.user_id is not None else None
    for grant in [g for g in user.grants if g.role == Role.EXPERT] if user is not None else []:
        accounts.revoke(grant, user, by=by, at=at, reason=nfc(reason)[:1000])
