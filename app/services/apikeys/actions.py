"""The acts: make a key, revoke it, note what a partner says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db, public_id
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.apikeys import queries
from app.services.apikeys.models import ApiKey, Notice
from app.services.apikeys.rules import LONGEST, NoticeKind, Scope, digest, new_secret
from app.services.people import actions as people
from app.services.people.models import Organisation, User
from app.services.rulebook.calendar import check_day

DOMAIN = "api.invalid"  # RFC 2606: no mail is ever delivered there


def make(name: str, *, organisation: Organisation, scopes: Sequence[Scope], expires_on: date, by: User, at: datetime) -> tuple[ApiKey, str]:
    """A new key of this body and its secret, which is kept nowhere. Raises Incomplete for a day that is past or too far, no scope, or a name that the body uses already."""
    today = local(at).date()
    if not nfc(name):
        raise Incomplete(N_("Please fill this in."), field="name")
    if not scopes:
        raise Incomplete(N_("Please choose at least one."), field="scopes")
    check_day(expires_on, field="expires_on", since=today, until=today + LONGEST)
    if db.session.scalar(select(ApiKey.id).where(ApiKey.organisation_id == organisation.id, ApiKey.name == nfc(name))):
        raise Incomplete(N_("This body has a key of this name already."), field="name")
    account = queries.account_of(organisation.id) or _account(organisation, by=by, at=at)
    prefix, secret = new_secret()
    row = ApiKey(name=nfc(name), prefix=prefix, digest=digest(secret), scopes=sorted(map(str, scopes)), organisation_id=organisation.id, account_id=account.id,
                 expires_on=expires_on, created_at=at, created_by_id=by.id)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    journal.record(row, "add", by=by, at=at, detail={"organisation": organisation.public_id, "scopes": row.scopes, "until": expires_on.isoformat()})
    return row, secret


def _account(organisation: Organisation, *, by: User, at: datetime) -> User:
    """The account in whose name the programs of this body act: its manager, without password, mail or office."""
    row = people.add_user(f"{public_id()}@{DOMAIN}", f"{organisation.name[:180]} (API)", by=by, at=at, is_service=True)
    people.join(row, organisation, by=by, at=at, manager=True)
    return row


def check_living(key: ApiKey, _by: User | None = None) -> None:
    """Can the key still be revoked?"""
    if key.revoked_at is not None:
        raise WrongState(N_("This key is revoked already."))


def revoke(key: ApiKey, *, reason: str, by: User, at: datetime, seen: int | str | None = None) -> None:
    """End the key at once, with a reason."""
    check_living(key)
    if not nfc(reason):
        raise Incomplete(N_("Please give a reason."), field="reason")
    check_seen(key, seen)
    key.revoked_at, key.reason = at, nfc(reason)[:1000]
    db.session.flush()
    journal.record(key, "revoke_key", by=by, at=at, reason=key.reason)


def note(kind: NoticeKind, subject_pid: str, *, number: str, dated: date, amount: int | None, key: ApiKey, by: User, at: datetime) -> tuple[Notice, bool]:
    """Keep what a partner says, and whether it is new: the same said again is the notice that is there already."""
    check_day(dated, field="dated", until=local(at).date())
    for known in queries.notices(kind, subject_pid):
        if (known.key_id, known.number, known.dated, known.amount) == (key.id, number, dated, amount):
            return known, False
    row = Notice(kind=kind, subject_pid=subject_pid, number=number, dated=dated, amount=amount, key_id=key.id, by_id=by.id, at=at)
    db.session.add(row)
    db.session.flush()
    journal.record(row, "report_notice", by=by, at=at, detail={"kind": str(kind), "subject": subject_pid, "number": number, "key": key.prefix})
    return row, True
