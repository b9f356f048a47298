"""Scopes, kinds of notices, what a secret looks like. Pure."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import date, timedelta

from app.kernel.words import N_, Face

LONGEST = timedelta(days=731)  # two years; then a key is made anew
MARK = "vamco"
_SECRET = re.compile(rf"{MARK}_([0-9a-z]{{8}})_[0-9A-Za-z_-]{{43}}")


class Scope(Face):
    """What a key opens."""

    PAYMENTS_READ = "payments:read", N_("Read payments that are approved or paid"), "blue"
    PAYMENTS_REPORT = "payments:report", N_("Report that the treasury paid (somebody else books it)"), "amber"
    MEASURES_READ = "measures:read", N_("Read the measures of the own body"), "blue"
    MEASURES_NOTE = "measures:note", N_("Write the yearly progress note of the own body"), "amber"
    REGISTRATIONS_READ = "registrations:read", N_("Read results as the registration sheet has them"), "blue"
    REGISTRATIONS_REPORT = "registrations:report", N_("Report the number of a certificate (somebody else registers it)"), "amber"


class NoticeKind(Face):
    """What a notice says."""

    PAYMENT = "payment", N_("Payment by the treasury"), "blue"
    CERTIFICATE = "certificate", N_("Certificate of the national database"), "blue"


def new_secret() -> tuple[str, str]:
    """(prefix, secret): 256 random bits; the prefix names the key in lists and logs and opens nothing."""
    prefix = "".join(secrets.choice("0123456789abcdefghjkmnpqrstvwxyz") for _n in range(8))
    return prefix, f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"


def is_secret(text: str) -> bool:
    """Could this be a secret of ours?"""
    return _SECRET.fullmatch(text) is not None


def digest(secret: str) -> str:
    """What is kept of a secret. It is long and random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_living(*, expires_on: date, revoked: bool, today: date) -> bool:
    """Does the key open anything on this day? The last day counts."""
    return not revoked and today <= expires_on
