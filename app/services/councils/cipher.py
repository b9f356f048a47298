"""AES-256-GCM by the cryptography library, in a file of its own: ten megabytes of a worker that few hours of a year need."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derived(secret: str, use: str) -> bytes:
    """A key of 32 bytes for one use, from a secret (HKDF with SHA-256)."""
    return HKDF(SHA256(), 32, salt=None, info=use.encode()).derive(secret.encode())


def closed(key: bytes, nonce: bytes, text: bytes, bound: bytes) -> bytes:
    """The text as ciphertext that opens only with the key, the nonce and what it is bound to."""
    return AESGCM(key).encrypt(nonce, text, bound)


def opened(key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes | None:
    """The text; None when anything does not fit."""
    try:
        return AESGCM(key).decrypt(nonce, sealed, bound)
    except InvalidTag:
        return None
