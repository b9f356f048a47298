"""Secrets of second factors lie sealed in the database: a copy of it alone lets nobody in.

The keys are FACTOR_KEYS of the configuration, the newest first: new secrets are sealed with it, older ones are still opened.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


def _fernet(keys: list[str]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"seal:{key}".encode()).digest())) for key in keys])


def seal(text: str, keys: list[str]) -> str:
    """The text, sealed with the newest key."""
    return _fernet(keys).encrypt(text.encode()).decode()


def unseal(sealed: str, keys: list[str], *, within: int | None = None) -> str | None:
    """What was sealed (in the last `within` seconds, when given), or None."""
    try:
        return _fernet(keys).decrypt(sealed.encode(), ttl=within).decode()
    except (InvalidToken, ValueError):
        return None


def digest(code: str, key: str) -> str:
    """What is stored of a recovery code: without the key it cannot be found by trying."""
    return hmac.new(f"recovery:{key}".encode(), code.encode(), hashlib.sha256).hexdigest()
