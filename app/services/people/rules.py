"""Kinds of organisations, roles in words, and what a good password is. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kernel.errors import Incomplete
from app.kernel.text import nfc
from app.kernel.words import N_, Face

PASSWORD_SHORTEST = 10  # characters; NIST SP 800-63B asks for length, not for kinds of signs
LINK_LIFE = timedelta(minutes=60)  # of a link that was mailed
LINKS_A_DAY = 5  # mails of one kind to one address that one source asks for
LINKS_A_DAY_IN_ALL = 20  # that all sources together ask for
LINKS_FROM_ONE_SOURCE = 30  # asked for in an hour from one network address
NAME_LONGEST = 200
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


class OrganisationKind(Face):
    """What kind of body it is."""

    DEPARTMENT = "department", N_("State agency"), "blue"
    UNIVERSITY = "university", N_("University"), "green"
    INSTITUTE = "institute", N_("Research institute"), "green"
    CENTRE = "centre", N_("Public centre"), "green"
    ENTERPRISE = "enterprise", N_("Enterprise"), "amber"
    COOPERATIVE = "cooperative", N_("Cooperative"), "amber"
    LOCALITY = "locality", N_("Locality"), "blue"
    OTHER = "other", N_("Other body"), "grey"


class Role(Face):
    """What a person is in the system. The words of each role are in kernel/permissions."""

    ADMIN = "admin", N_("Administrator"), "red"
    OFFICER = "officer", N_("Officer of the Department"), "blue"
    LEADER = "leader", N_("Leader of the Department"), "purple"
    PROVINCE = "province", N_("Provincial people's committee"), "purple"
    FINANCE = "finance", N_("Finance"), "amber"
    REGISTRY = "registry", N_("Registry office"), "grey"
    AUDITOR = "auditor", N_("Auditor"), "grey"
    AGENCY = "agency", N_("Ordering agency"), "green"
    HOST = "host", N_("Manager of a host organisation"), "green"
    EXPERT = "expert", N_("Council member"), "green"
    RESEARCHER = "researcher", N_("Researcher"), "grey"


WAYS = {
    "password": N_("Password"), "code": N_("Password and a code of the telephone"), "recovery": N_("Password and a recovery code"),
    "password+passkey": N_("Password and a passkey"), "passkey": N_("Passkey"), "provider": N_("Sign-on of another body"),
    "provider+code": N_("Sign-on of another body and a code"), "provider+passkey": N_("Sign-on of another body and a passkey"),
    "provider+recovery": N_("Sign-on of another body and a recovery code"),
}  # fmt: skip


class Purpose(Face):
    """What a mailed link is for."""

    SIGN_UP = "sign_up", N_("Sign-up"), "blue"
    RESET = "reset", N_("New password"), "amber"
    EMAIL_OLD = "email_old", N_("Change of address, from the old one"), "amber"
    EMAIL_NEW = "email_new", N_("Change of address, from the new one"), "amber"


def plain_address(email: str) -> str:
    """The address in plain letters: wide and other shapes of letters and dots as the usual ones, its domain as computers write it.

    What cannot be written so stays as it is; `check_address` refuses it.
    """
    text = unicodedata.normalize("NFKC", nfc(email)).replace("\u3002", ".")
    local, _at, domain = text.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return text
    return f"{local}@{domain}" if local else text


def address_norm(email: str) -> str:
    """How addresses are compared: two that reach one mailbox are one, however they were typed."""
    return plain_address(email).casefold()


def check_address(email: str, *, field: str = "email") -> str:
    """The address as mail goes to it. Raises Incomplete for what is no plain e-mail address, so that no two look alike."""
    plain = plain_address(email)
    local, _at, domain = plain.rpartition("@")
    if len(plain) > 254 or len(local) > 64 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise Incomplete(N_("Please write a whole e-mail address in plain letters, for example ten.ban@coquan.vn."), field=field)
    return plain


def check_orcid(text: str, *, field: str = "orcid") -> str | None:
    """An ORCID as 0000-0002-1825-0097; None for nothing. Raises Incomplete when its form or its check digit is wrong (ISO 7064, 11-2)."""
    bare = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", nfc(text))).upper()
    bare = re.sub(r"^(HTTPS?:)?/*(WWW\.)?ORCID\.ORG/", "", bare)
    if not bare:
        return None
    if not re.fullmatch(r"[0-9]{15}[0-9X]", bare):
        raise Incomplete(N_("An ORCID has 16 digits, for example 0000-0002-1825-0097."), field=field)
    total = 0
    for digit in bare[:15]:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    if bare[15] != ("X" if rest == 10 else str(rest)):
        raise Incomplete(N_("This ORCID has a wrong check digit. Please copy it once more."), field=field)
    return "-".join(bare[n : n + 4] for n in (0, 4, 8, 12))


def check_phone(text: str, *, field: str = "phone") -> str | None:
    """A telephone number, with single blanks; None for nothing. Raises Incomplete for what is none."""
    clean = " ".join(unicodedata.normalize("NFKC", nfc(text)).split())
    if not clean:
        return None
    if not re.fullmatch(r"\+?[0-9 ().-]{6,38}", clean) or not 8 <= len(re.sub(r"\D", "", clean)) <= 15:
        raise Incomplete(N_("Please write a telephone number of 8 to 15 digits."), field=field)
    return clean


_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def check_tax_code(text: str, *, field: str = "tax_code") -> str | None:
    """A tax code: ten digits with their check digit, perhaps "-001" of a branch; None for nothing. Raises Incomplete for a wrong one."""
    bare = re.sub(r"[\s.]", "", unicodedata.normalize("NFKC", nfc(text)))
    if not bare:
        return None
    match = re.fullmatch(r"([0-9]{10})(?:-?([0-9]{3}))?", bare)
    if match is None:
        raise Incomplete(N_("A tax code has 10 digits, or 13 for a branch, for example 0100109106 or 0100109106-001."), field=field)
    digits = [int(d) for d in match[1]]
    if 10 - sum(d * w for d, w in zip(digits, _WEIGHTS, strict=False)) % 11 != digits[9]:
        raise Incomplete(N_("This tax code has a wrong check digit. Please look at it once more."), field=field)
    return f"{match[1]}-{match[2]}" if match[2] else match[1]


def check_password(password: str, email: str) -> str:
    """The password in NFC. Raises Incomplete when it is too short or is the e-mail address."""
    clean = nfc(password)
    if len(clean) < PASSWORD_SHORTEST:
        raise Incomplete(N_("Please choose a password of at least %(n)s characters."), field="password", n=PASSWORD_SHORTEST)
    if clean.casefold() in (email.casefold(), email.casefold().partition("@")[0]) or len(set(clean)) < 5:
        raise Incomplete(N_("This password is too easy to guess. Please choose another."), field="password")
    return clean


def in_force(starts_at: datetime, ends_at: datetime | None, revoked_at: datetime | None, at: datetime) -> bool:
    """Does a grant hold at this instant?"""
    return revoked_at is None and starts_at <= at and (ends_at is None or at < ends_at)


@dataclass(frozen=True)
class Addressee:
    """Who is written to without having an account, as the outbox needs one: what was left or noted of the person."""

    name: str
    email: str
    locale: str = "vi"
    id: None = None
