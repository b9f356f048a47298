"""States of experts, reasons, degrees, languages; how well an expert fits. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.kernel.errors import Incomplete
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face


class ExpertState(Face):
    LISTED = "listed", N_("On the list, not asked yet"), "grey"
    INVITED = "invited", N_("Invited, no answer yet"), "amber"
    ACTIVE = "active", N_("In the pool"), "green"
    DECLINED = "declined", N_("Declined"), "red"
    OUT = "out", N_("Taken out"), "grey"


class Why(Face):
    """Why somebody declines."""

    CONFLICT = "conflict", N_("Conflict of interest"), "red"
    FIELD = "field", N_("Not my field"), "grey"
    TIME = "time", N_("No time"), "grey"
    OTHER = "other", N_("Another reason"), "grey"


class Degree(Face):
    """The highest degree or academic rank."""

    PROFESSOR = "professor", N_("Professor"), "blue"
    ASSOCIATE = "associate", N_("Associate professor"), "blue"
    DOCTOR = "doctor", N_("Doctor"), "blue"
    MASTER = "master", N_("Master"), "grey"
    BACHELOR = "bachelor", N_("University degree"), "grey"
    OTHER = "other", N_("No degree"), "grey"


# before a name on papers, which are in Vietnamese
ON_PAPER = {Degree.PROFESSOR: "GS.TS.", Degree.ASSOCIATE: "PGS.TS.", Degree.DOCTOR: "TS.", Degree.MASTER: "ThS."}


class Language(Face):
    VI = "vi", N_("Vietnamese"), "grey"
    EN = "en", N_("English"), "grey"
    FR = "fr", N_("French"), "grey"
    RU = "ru", N_("Russian"), "grey"
    ZH = "zh", N_("Chinese"), "grey"
    JA = "ja", N_("Japanese"), "grey"
    KO = "ko", N_("Korean"), "grey"
    DE = "de", N_("German"), "grey"


# `answer` verbs are the invited person's own: the link of the mail is asked for them, not a word of permission
EXPERT = Lifecycle("expert", ExpertState, start=ExpertState.LISTED, moves={
    (ExpertState.LISTED, "invite_expert"): Move(ExpertState.INVITED, Do.COUNCILS_RUN, N_("Invite into the pool")),
    (ExpertState.INVITED, "invite_expert"): Move(ExpertState.INVITED, Do.COUNCILS_RUN, N_("Send the invitation again")),
    (ExpertState.DECLINED, "invite_expert"): Move(ExpertState.INVITED, Do.COUNCILS_RUN, N_("Invite once more")),
    (ExpertState.OUT, "invite_expert"): Move(ExpertState.INVITED, Do.COUNCILS_RUN, N_("Invite once more")),
    (ExpertState.INVITED, "join_pool"): Move(ExpertState.ACTIVE, Do.SYSTEM, N_("Join the pool")),
    (ExpertState.LISTED, "join_pool"): Move(ExpertState.ACTIVE, Do.SYSTEM, N_("Join the pool")),
    (ExpertState.DECLINED, "join_pool"): Move(ExpertState.ACTIVE, Do.SYSTEM, N_("Join the pool")),
    (ExpertState.OUT, "join_pool"): Move(ExpertState.ACTIVE, Do.SYSTEM, N_("Join the pool")),
    (ExpertState.INVITED, "decline_pool"): Move(ExpertState.DECLINED, Do.SYSTEM, N_("Decline")),
    (ExpertState.LISTED, "take_out"): Move(ExpertState.OUT, Do.COUNCILS_RUN, N_("Take out of the pool")),
    (ExpertState.INVITED, "take_out"): Move(ExpertState.OUT, Do.COUNCILS_RUN, N_("Take out of the pool")),
    (ExpertState.ACTIVE, "take_out"): Move(ExpertState.OUT, Do.COUNCILS_RUN, N_("Take out of the pool")),
    (ExpertState.DECLINED, "take_out"): Move(ExpertState.OUT, Do.COUNCILS_RUN, N_("Take out of the pool")),
})  # fmt: skip


def check_why(why: str | None, note: str) -> Why:
    """The reason for declining. Another one than the usual must be written."""
    if not why:
        raise Incomplete(N_("Please choose a reason."), field="why")
    if why == Why.OTHER and not note:
        raise Incomplete(N_("Please write the reason."), field="note")
    return Why(why)


def is_away(periods: Iterable[tuple[date, date]], day: date) -> bool:
    """Does the day lie in one of the periods?"""
    return any(since <= day <= until for since, until in periods)


@dataclass(frozen=True)
class Fit:
    """How well an expert fits an agenda, and why: (msgid, params) each."""

    score: int
    reasons: tuple[tuple[str, Mapping[str, object]], ...]


SUGGESTIONS = "experts.suggestions"  # the points of a fit, and the most open councils of one person


def sector_of(code: str) -> str:
    """The sector in which a code of the plan lies."""
    return code.partition(".")[0]


def fit(fields: Collection[str], wanted: Mapping[int, Collection[str]], *, lately: int, open_now: int, preferred: bool, points: Mapping[str, int]) -> Fit:
    """How well these fields fit the objects `wanted` ({place on the agenda: codes}), by the rule's `points`; less for each council of late. No field in common: score 0."""
    exact = sorted(place for place, codes in wanted.items() if set(codes) & set(fields))
    sectors = {sector_of(code) for code in fields}
    near = sorted(place for place, codes in wanted.items() if place not in exact and {sector_of(c) for c in codes} & sectors)
    score, reasons = 0, []
    if exact:
        shared = sorted({c for place in exact for c in wanted[place]} & set(fields))
        score += points["own_item"] * len(exact) // max(1, len(wanted)) + points["own_sector"]
        reasons.append((N_("Field %(codes)s, as item %(places)s of the agenda"), {"codes": ", ".join(shared), "places": ", ".join(map(str, exact))}))
    if near:
        score += points["own_sector"] * len(near) // max(1, len(wanted)) + 1
        reasons.append((N_("Works in the sector of item %(places)s"), {"places": ", ".join(map(str, near))}))
    if not score:
        return Fit(0, ())
    if preferred:
        score += points["sat_before"]
        reasons.append((N_("Has sat in an identification council, as the rule prefers"), {}))
    reasons.append((N_("Councils in the last 12 months: %(n)s; open now: %(open)s"), {"n": lately, "open": open_now}))
    return Fit(max(1, score + points["start"] - points["per_council"] * lately - points["per_open"] * open_now), tuple(reasons))
