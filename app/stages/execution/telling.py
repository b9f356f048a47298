"""What a report tells besides its texts: money by head, products, risks, requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.stages.execution.rules import Delivery, Level
from app.stages.execution.spending import Cells


@dataclass(frozen=True)
class Told:
    """`deliveries`: product id → (where it is, how much so far, note). `risks`: (text, level, measure). `passed`: (risk, why it is none any more)."""

    cells: Cells = field(default_factory=dict)
    deliveries: Mapping[int, tuple[Delivery, str | None, str | None]] = field(default_factory=dict)
    risks: Sequence[tuple[str, Level, str | None]] = ()
    passed: Sequence[tuple[Any, str]] = ()
    requests: str | None = None


NOTHING_MORE = Told()
