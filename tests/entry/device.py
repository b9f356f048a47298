"""A device that makes passkeys, in software: what a browser and a telephone would answer, honest or not."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as text

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Device:
    """One passkey. `flags`, `origin` and `site` are what the device and its browser say; `counter` grows with each use where it counts."""

    def __init__(self, origin: str = "http://localhost", site: str = "localhost", *, counts: bool = True) -> None:
        self.origin, self.site, self.counts = origin, site, counts
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.counter, self.flags, self.handle = 0, PRESENT | VERIFIED, b""

    def _data(self, more: int = 0, attested: bytes = b"") -> bytes:
        self.counter += 1 if self.counts else 0
        return hashlib.sha256(self.site.encode()).digest() + bytes([self.flags | more]) + self.counter.to_bytes(4, "big") + attested

    def _said(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def make(self, options: dict[str, Any]) -> str:
        self.handle = options["user"]["id"].encode()
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        data = self._data(ATTESTED, b"\0" * 16 + len(self.id).to_bytes(2, "big") + self.id + public)
        whole = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"clientDataJSON": text(self._said("webauthn.create", options["challenge"])), "attestationObject": text(whole)})

    def show(self, options: dict[str, Any]) -> str:
        data, said = self._data(), self._said("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        handle = self.handle.decode() or None
        return self._answer({"clientDataJSON": text(said), "authenticatorData": text(data), "signature": text(signature), "userHandle": handle})

    def _answer(self, response: dict[str, Any]) -> str:
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response})
