"""How ballots are sealed: AES-256-GCM with a key that lies outside the database. Who calls `unseal` is told in tests/councils.

A sealed text is bound to what it is for (council, item, seat): put anywhere else it does not open. Each carries the id of
its key, so that keys can be changed: a new one is written before the old ones, which are kept until their boxes are open.
Texts are filled up to whole blocks: their length tells neither marks nor whether there is a remark.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.kernel.errors import WrongState
from app.kernel.words import N_
from app.later import cipher

VERSION = "vamco ballot v1"
BLOCK, NONCE = 4096, 12
_keys: dict[str, str] = {}  # id → secret, the newest first


@dataclass(frozen=True)
class Sealed:
    """What is stored: the id of the key, and nonce with ciphertext."""

    key_id: str
    text: bytes


class KeyMissing(WrongState):
    """The key with which a ballot was sealed is not here."""


def configure(keys: Iterable[str]) -> None:
    """Set the keys (from configuration, never from the database), the newest first."""
    _keys.clear()
    _keys.update({key_id(secret): secret for secret in keys})


def key_id(secret: str) -> str:
    """The name of a key: it tells nothing of the key."""
    return hashlib.sha256(f"vamco ballot key id:{secret}".encode()).hexdigest()[:16]


def known_keys() -> list[str]:
    """The ids of the keys that are here, the newest first."""
    return list(_keys)


def _derived(key: str, use: str) -> bytes:
    if key not in _keys:
        raise KeyMissing(N_("The ballots here were sealed with the key %(key)s, which this server does not have. Whoever keeps the server puts it back "
                            "(VAMCO_BALLOT_KEY, or the file ballot-key of the instance folder); without it nobody can open them."), key=key)  # fmt: skip
    derived: bytes = cipher.derived(_keys[key], f"{VERSION}:{use}")
    return derived


def seal(content: Any, *bound: str) -> Sealed:
    """Seal plain data with the newest key. `bound` says what it is for; the same is needed to open it."""
    newest = next(iter(_keys), "–")
    text = canonical(content).encode()
    nonce = secrets.token_bytes(NONCE)
    filled = text.ljust(-(-len(text) // BLOCK) * BLOCK)
    return Sealed(newest, nonce + cipher.closed(_derived(newest, "seal"), nonce, filled, _said(bound)))


def unseal(sealed: Sealed, *bound: str) -> Any:
    """The plain data. Raises KeyMissing, and WrongState when the text was changed or belongs elsewhere."""
    text = cipher.opened(_derived(sealed.key_id, "seal"), sealed.text[:NONCE], sealed.text[NONCE:], _said(bound))
    if text is None:
        raise WrongState(N_("A sealed ballot was changed in the database, or put in another's place. Nothing is opened; please call whoever keeps the server."))
    return json.loads(text)


def proof(key: str, ballot: str) -> str:
    """The random word of a ballot's receipt: without the key nobody can tell it, and without it the hash tells nothing."""
    return hmac.new(_derived(key, "receipt"), ballot.encode(), hashlib.sha256).hexdigest()[:32]


def newest() -> str:
    """The id of the key with which is sealed now."""
    return next(iter(_keys), "–")


def receipt(content: Any, word: str) -> str:
    """The hash on a receipt: SHA-256 of the word, a colon and the canonical ballot. Who knows both can check it."""
    return hashlib.sha256(f"{word}:{canonical(content)}".encode()).hexdigest()


def canonical(content: Any) -> str:
    """Plain data in one way only."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False)


def fingerprint(text: bytes) -> str:
    """The hash of a sealed text, for the journal: it proves that nobody put another in its place."""
    return hashlib.sha256(text).hexdigest()


def _said(bound: tuple[str, ...]) -> bytes:
    return "\n".join((VERSION, *bound)).encode()
