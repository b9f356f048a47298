"""What a version of a CV is worth, and how projects of this system enter it. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.words import N_, Face

FORM = "people_cv"
NEEDS = {"led": "table", "taken_part": "table"}  # the questions into which projects of this system are brought


class RequestState(Face):
    """Where a request about an organisation stands."""

    ASKED = "asked", N_("Waits to be confirmed"), "amber"
    CONFIRMED = "confirmed", N_("Confirmed"), "green"
    REFUSED = "refused", N_("Not confirmed"), "red"
    WITHDRAWN = "withdrawn", N_("Withdrawn"), "grey"


# a manager of the organisation may confirm and refuse too: asked in `queries.may_decide`
REQUEST = Lifecycle("organisation_request", RequestState, start=RequestState.ASKED, moves={
    (RequestState.ASKED, "confirm_belonging"): Move(RequestState.CONFIRMED, Do.PEOPLE_CONFIRM, N_("Confirm")),
    (RequestState.ASKED, "refuse_belonging"): Move(RequestState.REFUSED, Do.PEOPLE_CONFIRM, N_("Do not confirm")),
    (RequestState.ASKED, "withdraw_belonging"): Move(RequestState.WITHDRAWN, Do.DESK_READ, N_("Withdraw the request")),
})  # fmt: skip


# words that so many names have that they tell nobody apart
_COMMON = re.compile(r"\b(cong ty|cty|co phan|trach nhiem huu han|tnhh|cp|mtv|mot thanh vien|hop tac xa|htx|dn tn|doanh nghiep tu nhan|truong|dai hoc|dh|vien|trung tam|tt|tinh|va|khoa hoc|cong nghe|kh cn|khcn)\b")


def bare_name(name: str) -> str:
    """The words by which an organisation's name differs from others; the whole name when it has none."""
    folded = " ".join(re.sub(r"[^0-9a-z ]", " ", fold(name)).split())
    return " ".join(_COMMON.sub(" ", folded).split()) or folded


@dataclass(frozen=True)
class Task:
    """A project that this system knows: how it stands in a CV."""

    title: str
    period: str
    programme: str
    status: str
    led: bool


def digest(*, form: str, number: int, name: str, made_at: datetime, answers: Mapping[str, Any]) -> str:
    """The hash of a version: of everything that it says."""
    said = {"form": form, "number": number, "name": name, "made_at": made_at.isoformat(), "answers": answers}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def brought_in(answers: Mapping[str, Any], tasks: Iterable[Task]) -> dict[str, Any]:
    """The answers that change when these projects are added where their titles do not stand yet; nothing written is touched."""
    found: dict[str, Any] = {}
    for code, led in (("led", True), ("taken_part", False)):
        kept = answers.get(code)
        rows = [row for row in kept if isinstance(row, dict) and any(row.values())] if isinstance(kept, list) else []
        known = {fold(str(row.get("title") or "")) for row in rows}
        new = [t for t in tasks if t.led is led and fold(t.title) not in known]
        if new:
            found[code] = [*rows, *({"title": t.title, "period": t.period, "programme": t.programme, "status": t.status} for t in new)]
    return found
