"""Kinds of organisations, roles in words, and what a good password is. Pure."""

from __future__ import annotations

from datetime import datetime

from app.kernel.errors import Incomplete
from app.kernel.text import nfc
from app.kernel.words import N_, Face

PASSWORD_SHORTEST = 10  # characters; NIST SP 800-63B asks for length, not for kinds of signs


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


class Purpose(Face):
    """What a mailed link is for."""

    SIGN_UP = "sign_up", N_("Sign-up"), "blue"
    RESET = "reset", N_("New password"), "amber"
    EMAIL_OLD = "email_old", N_("Change of address, from the old one"), "amber"
    EMAIL_NEW = "email_new", N_("Change of address, from the new one"), "amber"


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
