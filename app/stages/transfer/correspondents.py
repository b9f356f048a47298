"""Who is written to without having an account. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Correspondent:
    """Somebody without an account, as the outbox needs one: only the address that was left."""

    name: str
    email: str
    locale: str
    id: None = None
