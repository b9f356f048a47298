"""How people are told: the ways, and which of them holds for a mail."""

from __future__ import annotations

from collections.abc import Mapping

from app.kernel.words import N_, Face
from app.services.mails.register import GROUPS, Need, group_of, need_of


class Way(Face):
    """How a group of mails reaches a person."""

    AT_ONCE = "at_once", N_("A mail at once"), "green"
    DIGEST = "digest", N_("Once a day, in the digest"), "blue"
    INSIDE = "inside", N_("Only inside the system"), "grey"


FIXED = (Need.LAW, Need.ACT)  # nobody can do without these


def way_of(template: str, ways: Mapping[str, str]) -> Way:
    """How this mail reaches somebody who chose `ways` (group -> way). What is needed goes at once, whatever was chosen."""
    if need_of(template) in FIXED:
        return Way.AT_ONCE
    chosen = ways.get(group_of(template), Way.AT_ONCE)
    return Way(chosen) if chosen in set(Way) else Way.AT_ONCE


def clean(ways: Mapping[str, str]) -> dict[str, str]:
    """What may be kept of a choice: known groups and ways, and only what differs from the usual."""
    return {group: str(way) for group, way in ways.items() if group in GROUPS and way in set(Way) and way != Way.AT_ONCE}
