"""Who asks with a key, the keys of the administrator's list, what partners said."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.kernel.journal import AccessNote
from app.services.apikeys.models import ApiKey, Notice
from app.services.apikeys.rules import NoticeKind, digest, is_living, is_secret
from app.services.people.models import Organisation, User

USED = "api_key"  # the kind of access notes


def statement() -> Select[tuple[ApiKey]]:
    """All keys, each with its body."""
    return select(ApiKey).join(Organisation, Organisation.id == ApiKey.organisation_id).options(joinedload(ApiKey.organisation))


def key_by_pid(pid: str) -> ApiKey | None:
    """One key with its body and account."""
    return db.session.scalar(statement().options(joinedload(ApiKey.account)).where(ApiKey.public_id == pid))


def living(secret: str, *, on: date) -> ApiKey | None:
    """The key of this secret if it opens anything on this day; its account must be open as well."""
    if not is_secret(secret):
        return None
    row = db.session.scalar(select(ApiKey).options(joinedload(ApiKey.account), joinedload(ApiKey.organisation)).where(ApiKey.digest == digest(secret)))
    if row is None or not is_living(expires_on=row.expires_on, revoked=row.revoked_at is not None, today=on):
        return None
    return row if row.account.active and row.organisation.active_to is None else None


def account_of(organisation_id: int) -> User | None:
    """The account of this body's programs."""
    found = select(ApiKey.account_id).where(ApiKey.organisation_id == organisation_id).order_by(ApiKey.id).limit(1)
    return db.session.scalar(select(User).where(User.id.in_(found)))


def last_used(pids: list[str]) -> dict[str, datetime]:
    """When each of these keys (public ids) was used last, to the hour; those never used are left out."""
    rows = db.session.execute(select(AccessNote.subject_pid, func.max(AccessNote.at)).where(AccessNote.kind == USED, AccessNote.subject_pid.in_(pids)).group_by(AccessNote.subject_pid))
    return {str(pid): at for pid, at in rows}


def notices(kind: NoticeKind, subject_pid: str) -> list[Notice]:
    """What partners said of this tranche or result, the last on top."""
    return list(db.session.scalars(select(Notice).where(Notice.kind == kind, Notice.subject_pid == subject_pid).order_by(Notice.id.desc())))


def last_notice(kind: NoticeKind, subject_pid: str) -> Notice | None:
    """What was said last: a later notice corrects the one before."""
    return next(iter(notices(kind, subject_pid)), None)


def last_notices(kind: NoticeKind, subject_pids: list[str]) -> dict[str, Notice]:
    """The last notice on each of these, by public id."""
    rows = db.session.scalars(select(Notice).where(Notice.kind == kind, Notice.subject_pid.in_(subject_pids)).order_by(Notice.id))
    return {row.subject_pid: row for row in rows}
