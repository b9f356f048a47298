"""Codes, how often they may be tried, who must have a second factor. Pure."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import pyotp

from app.kernel.errors import Incomplete, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_

STEP = 30  # seconds that one code of an authenticator app holds (RFC 6238)
AROUND = (-1, 0, 1)  # steps that are taken: clocks of telephones differ, and people need a while to type
CODES = 10
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is taken for another
GROUPS, GROUP = 4, 4  # letters of a recovery code: 78 bits
PASSKEYS_MOST = 10
NAME_LONGEST = 60
HALF_WAY = timedelta(minutes=10)  # between the password and the second step
COPIED = N_("This passkey seems to have been copied, so it was not taken. Please tell the administrator.")
LIMITS = ((timedelta(minutes=5), 5), (timedelta(hours=1), 20), (timedelta(days=1), 50))  # wrong codes of one account


def new_secret() -> str:
    """A secret for an authenticator app: 160 bits in base 32."""
    return pyotp.random_base32()


def matching_step(secret: str, code: str, at: datetime) -> int | None:
    """The step whose code this is, of those around `at`; None for a wrong one. Every step is compared, so that time tells nothing."""
    now, app = int(at.timestamp()) // STEP, pyotp.TOTP(secret)
    fitting = [now + around for around in AROUND if hmac.compare_digest(app.generate_otp(now + around).encode(), code.encode())]
    return fitting[-1] if fitting else None


def new_recovery_codes() -> list[str]:
    """CODES fresh codes, as XXXX-XXXX-XXXX-XXXX."""
    return ["-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS)) for _ in range(CODES)]


def plain_code(text: str) -> str:
    """What was typed without blanks and dashes, in capitals."""
    return re.sub(r"[\s\-–.]", "", nfc(text)).upper()


def is_app_code(plain: str) -> bool:
    """Has it the shape of an authenticator app's code (six digits)?"""
    return re.fullmatch(r"[0-9]{6}", plain) is not None


def check_tries(tries: Sequence[datetime], at: datetime) -> None:
    """Raise Incomplete when too many wrong codes were typed: LIMITS in their spans."""
    for span, most in LIMITS:
        if sum(at - span < tried <= at for tried in tries) >= most:
            raise Incomplete(N_("Too many wrong codes. Please wait %(n)s minutes and try again."), field="code", n=int(span.total_seconds() // 60))


def needs_factor(roles: Collection[str], *, offices: Collection[str], since: str, on: date, spared: bool) -> bool:
    """Must a person of these roles have a second factor on this day? `spared`: a demonstration account outside production."""
    started = not since or date.fromisoformat(since) <= on
    return started and not spared and not set(roles).isdisjoint(offices)


def check_name(text: str) -> str:
    """The name of a passkey. Raises Incomplete for none or one too long."""
    clean = " ".join(nfc(text).split())
    if not clean or len(clean) > NAME_LONGEST:
        raise Incomplete(N_("Please give it a name of at most %(n)s characters."), field="name", n=NAME_LONGEST)
    return clean


def check_removable(needed: bool, others: int) -> None:
    """Raise WrongState when this is the last factor of somebody who must have one."""
    if needed and not others:
        raise WrongState(N_("Your office needs a second factor. Set up another one first; then this one can go."))


def check_counter(stored: int, shown: int) -> None:
    """Raise Incomplete when a passkey's counter did not grow: there may be a copy of it (WebAuthn 2, §7.2, 21). 0 twice: it does not count."""
    if (stored or shown) and shown <= stored:
        raise Incomplete(COPIED)
