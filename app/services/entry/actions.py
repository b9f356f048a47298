"""Set up, prove, renew and remove second factors; link and unlink a provider. Every change is journaled and mailed to the person."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.kernel import journal, outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.words import N_
from app.services.entry import queries, sealing
from app.services.entry.models import (
    Authenticator,
    FactorTry,
    OutsideAccount,
    Passkey,
    RecoveryCode,
    UsedChallenge,
)
from app.services.entry.rules import (
    COPIED,
    PASSKEYS_MOST,
    check_counter,
    check_name,
    check_removable,
    check_tries,
    is_app_code,
    matching_step,
    new_recovery_codes,
    plain_code,
)
from app.services.people.models import User
from app.services.people.queries import users_in_role

TRIES_KEPT = timedelta(days=2)
CHALLENGES_KEPT = timedelta(days=1)
WRONG_CODE = N_("This code is not right, or it was used already. Please type the one that is shown now.")


def _tell(user: User, what: str, at: datetime) -> None:
    outbox.post("entry/mail/factor_changed.txt", to=[user], key=f"factor:{what}:{user.public_id}:{at:%Y%m%d%H%M%S%f}", at=at, what=what)


# --- an authenticator app -------------------------------------------------------------------------------------


def set_up(user: User, secret: str, code: str, *, keys: list[str], at: datetime) -> list[str]:
    """Take an authenticator app whose code was shown; it replaces one there is. Returns recovery codes where there are none yet, to be shown once."""
    plain = plain_code(code)
    step = matching_step(secret, plain, at) if is_app_code(plain) else None
    if step is None:
        raise Incomplete(WRONG_CODE, field="code")
    row = queries.authenticator_of(user)
    if row is None:
        row = Authenticator(user_id=user.id, sealed="", last_step=0, made_at=at)
        db.session.add(row)
    row.sealed, row.last_step, row.made_at = sealing.seal(secret, keys), step, at
    db.session.flush()
    journal.record(user, "set_up_factor", by=user, at=at)
    _tell(user, "set_up_factor", at)
    return [] if queries.codes_left(user) else _new_codes(user, keys, at)


def turn_off(user: User, *, needed: bool, at: datetime) -> None:
    """Take the authenticator app away. Raises WrongState for the last factor of somebody who must have one."""
    found = queries.factors_of(user)
    if found.authenticator is None:
        raise WrongState(N_("There is no authenticator app on this account."))
    check_removable(needed, len(found.passkeys))
    db.session.delete(found.authenticator)
    _without_codes(user, left=len(found.passkeys))
    journal.record(user, "turn_off_factor", by=user, at=at)
    _tell(user, "turn_off_factor", at)


def _without_codes(user: User, *, left: int) -> None:
    """Recovery codes without a factor open nothing: they go with the last one."""
    if not left:
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def _new_codes(user: User, keys: list[str], at: datetime) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = new_recovery_codes()
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=sealing.digest(plain_code(code), keys[0]), made_at=at) for code in codes)
    db.session.flush()
    return codes


def renew_codes(user: User, *, keys: list[str], at: datetime) -> list[str]:
    """Make ten new recovery codes; the old ones open nothing any more. Returns them, to be shown once."""
    if not queries.has_factor(user):
        raise WrongState(N_("Set up a second factor first: recovery codes stand in for it."))
    codes = _new_codes(user, keys, at)
    journal.record(user, "renew_codes", by=user, at=at)
    _tell(user, "renew_codes", at)
    return codes


# --- proving --------------------------------------------------------------------------------------------------


def prove(user: User, code: str, *, keys: list[str], at: datetime) -> str:
    """Take a code of the app or a recovery code: answers "code" or "recovery", or "" for a wrong one, which is counted.

    Raises Incomplete after too many wrong ones. Those who try at the same time wait for one another.
    """
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
    check_tries(queries.wrong_codes(user, at=at), at)
    plain = plain_code(code)
    way = ("code" if _app_code_fits(user, plain, keys, at) else "") if is_app_code(plain) else ("recovery" if _use_recovery(user, plain, keys, at) else "")
    if not way:
        db.session.execute(delete(FactorTry).where(FactorTry.at < at - TRIES_KEPT))
        db.session.add(FactorTry(user_id=user.id, at=at))
    return way


def _app_code_fits(user: User, plain: str, keys: list[str], at: datetime) -> bool:
    row = queries.authenticator_of(user)
    secret = sealing.unseal(row.sealed, keys) if row is not None else None
    step = matching_step(secret, plain, at) if secret is not None else None
    if row is None or step is None:
        return False
    later = update(Authenticator).where(Authenticator.id == row.id, Authenticator.last_step < step).values(last_step=step)
    return bool(db.session.execute(later).rowcount == 1)


def _use_recovery(user: User, plain: str, keys: list[str], at: datetime) -> bool:
    hashes = [sealing.digest(plain, key) for key in keys]
    taken = db.session.execute(update(RecoveryCode).where(RecoveryCode.user_id == user.id, RecoveryCode.code_hash.in_(hashes), RecoveryCode.used_at.is_(None)).values(used_at=at)).rowcount
    if taken:
        journal.record(user, "use_recovery_code", by=user, at=at)
        outbox.post("entry/mail/recovery_used.txt", to=[user], key=f"recovery:{user.public_id}:{at:%Y%m%d%H%M%S%f}", at=at, left=queries.codes_left(user))
    return bool(taken)


# --- passkeys -------------------------------------------------------------------------------------------------


def use_challenge(challenge: str, *, at: datetime) -> None:
    """A challenge is answered once. Raises Incomplete for the second time."""
    digest = hashlib.sha256(challenge.encode()).hexdigest()
    if db.session.scalar(select(UsedChallenge.id).where(UsedChallenge.challenge_hash == digest)) is not None:
        raise Incomplete(N_("This answer of the passkey was used already. Please try again."))
    db.session.execute(delete(UsedChallenge).where(UsedChallenge.at < at - CHALLENGES_KEPT))
    db.session.add(UsedChallenge(challenge_hash=digest, at=at))
    db.session.flush()


def add_passkey(user: User, credential_id: str, public_key: str, counter: int, name: str, *, keys: list[str], at: datetime) -> list[str]:
    """Take a passkey that was verified. Returns recovery codes where there are none yet, to be shown once."""
    name = check_name(name)
    if len(queries.passkeys_of(user)) >= PASSKEYS_MOST:
        raise Incomplete(N_("An account has at most %(n)s passkeys. Remove one first."), n=PASSKEYS_MOST)
    if queries.passkey_by_credential(credential_id) is not None:
        raise Incomplete(N_("This passkey is known already."))
    db.session.add(Passkey(user_id=user.id, credential_id=credential_id, public_key=public_key, counter=counter, name=name, made_at=at))
    db.session.flush()
    journal.record(user, "add_passkey", by=user, at=at, detail={"name": name})
    _tell(user, "add_passkey", at)
    return [] if queries.codes_left(user) else _new_codes(user, keys, at)


def remove_passkey(row: Passkey, user: User, *, needed: bool, at: datetime) -> None:
    """Take a passkey away. Raises WrongState for the last factor of somebody who must have one."""
    others = queries.factors_of(user).number - 1
    check_removable(needed, others)
    db.session.delete(row)
    _without_codes(user, left=others)
    journal.record(user, "remove_passkey", by=user, at=at, detail={"name": row.name})
    _tell(user, "remove_passkey", at)


def note_passkey_use(row: Passkey, counter: int, *, at: datetime) -> None:
    """Keep the counter of a passkey that was verified. Raises Incomplete when it did not grow, or another use was quicker."""
    check_counter(row.counter, counter)
    same = update(Passkey).where(Passkey.id == row.id, Passkey.counter == row.counter).values(counter=counter, used_at=at)
    if db.session.execute(same, execution_options={"synchronize_session": False}).rowcount != 1:
        raise Incomplete(COPIED)
    db.session.expire(row)


# --- by the administrator -------------------------------------------------------------------------------------


def check_resettable(user: User, by: User | None) -> None:
    """Nobody resets the own second factor; who has none needs no reset."""
    if by is not None and by.id == user.id:
        raise NotAllowed(N_("Nobody resets the own second factor. Another administrator does, or the command flask second-factor reset."))
    if not queries.has_factor(user):
        raise WrongState(N_("This person has no second factor."))


def reset(user: User, *, by: User | None, at: datetime, reason: str) -> None:
    """Take every second factor of somebody who lost it away; all sessions end. The person and every other administrator are told."""
    check_resettable(user, by)
    for table in (Authenticator, RecoveryCode, Passkey):
        db.session.execute(delete(table).where(table.user_id == user.id))
    user.epoch += 1
    journal.record(user, "reset_factor", by=by, at=at, reason=reason)
    stamp = f"{user.public_id}:{at:%Y%m%d%H%M%S%f}"
    outbox.post("entry/mail/factor_reset.txt", to=[user], key=f"factor-reset:{stamp}", at=at, who=by.name if by else "–", reason=reason)
    others = [a for a in users_in_role("admin") if a.id not in (user.id, by.id if by else 0)]
    outbox.post("entry/mail/factor_reset_seen.txt", to=others, key=f"factor-reset-seen:{stamp}", at=at, person=user.name, who=by.name if by else "–", reason=reason)


# --- a provider -----------------------------------------------------------------------------------------------


def link(user: User, issuer: str, subject: str, *, at: datetime) -> None:
    """The person says: this subject of the provider is I. Raises WrongState when the subject opens another account, or the account has one."""
    known, own = queries.outside_account(issuer, subject), queries.outside_account_of(user, issuer)
    if known is not None and known.user_id == user.id:
        return
    if known is not None:
        raise WrongState(N_("This identity opens another account already. If both are yours, ask the administrator to merge them."))
    if own is not None:
        raise WrongState(N_("Your account is linked to another identity of this provider. Undo that link first."))
    db.session.add(OutsideAccount(user_id=user.id, issuer=issuer, subject=subject, linked_at=at))
    db.session.flush()
    journal.record(user, "link_provider", by=user, at=at, detail={"issuer": issuer})
    _tell(user, "link_provider", at)


def unlink(row: OutsideAccount, user: User, *, at: datetime) -> None:
    """Undo the link."""
    db.session.delete(row)
    journal.record(user, "unlink_provider", by=user, at=at, detail={"issuer": row.issuer})
    _tell(user, "unlink_provider", at)


def note_outside_use(row: OutsideAccount, *, at: datetime) -> None:
    """The link was used to sign in."""
    row.used_at = at
