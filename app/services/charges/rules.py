"""Kinds of files, and who may hand one over. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from app.kernel.words import N_, Face

LONGEST_ABSENCE = timedelta(days=366)
OFFICES = frozenset({"officer", "leader", "province", "finance", "registry"})  # who deputises holds the same ones
MOST = 500  # files in one act


class FileKind(Face):
    """What somebody is in charge of."""

    IDEA = "idea", N_("Idea"), "grey"
    CALL = "call", N_("Call"), "blue"
    PROPOSAL = "proposal", N_("Dossier"), "purple"
    PROJECT = "project", N_("Project"), "green"


def may_hand_over(user: Any, officer_id: int | None) -> bool:
    """A file without an officer is anybody's to give; else it is given by who is in charge, or by a leader."""
    return officer_id is None or officer_id == user.id or "leader" in user.roles


def overlap(first: date, last: date, other_first: date, other_last: date) -> bool:
    """Do two stretches of days share a day?"""
    return first <= other_last and other_first <= last


def offices(roles: Iterable[str]) -> frozenset[str]:
    """Those of the roles that are offices of the state."""
    return frozenset(roles) & OFFICES
