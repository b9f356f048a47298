"""Which mails an act may write: read from the code by tests/support/sending.py, kept as data, held true by a test.

A table written by hand beside each view would say what somebody thought when writing it. This one is what the code reaches, so a new
`outbox.post` behind any button makes the test fail until the table is read anew; and in every test a mail that its act did not announce fails it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.services.mails.register import MAILS, Mail, Need

FILE = Path(__file__).parent / "data" / "sent.json"
ACCOUNTS = ("people.", "public_")  # who is written to here is nobody's business: it would tell who has an account


@dataclass(frozen=True)
class Announced:
    """One mail of an act. `sure`: it goes whatever is chosen in the form."""

    template: str
    mail: Mail
    sure: bool

    @property
    def may_be_left_out(self) -> bool:
        return self.mail.need == Need.COURTESY


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def all_of(endpoint: str) -> frozenset[str]:
    """Every mail that the act may write."""
    return frozenset(_table().get(endpoint, ()))


def announced(endpoint: str) -> list[Announced]:
    """What is said of the act's mails before it is done: nothing where that would tell who has an account."""
    if endpoint.startswith(ACCOUNTS):
        return []
    return [Announced(template, MAILS[template], how == "always") for template, how in _table().get(endpoint, {}).items()]
