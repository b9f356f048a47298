"""The adapter to WebAuthn: options for the browser, and what its answers are worth.

A passkey is bound to the name of the site: in production that of PUBLIC_BASE_URL, else the one in the address bar. An
address in digits (127.0.0.1) is no name: browsers refuse it, localhost is one. Attestation is not asked for: which make a
device is tells us nothing we use.
"""

from __future__ import annotations

import binascii
import json
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.services.entry.models import Passkey
from app.services.people.models import User

NOT_TAKEN = N_("The passkey was not taken. Please try again.")
REQUIRED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True)
class Site:
    """Whose passkeys they are: `name` (the RP ID) and `origin`, as browsers say them."""

    name: str
    origin: str

    @property
    def usable(self) -> bool:
        """Would a browser make a passkey for it? Not for an address in digits, nor without encryption but on this machine."""
        secure = self.origin.startswith("https://") or self.name == "localhost"
        return secure and not self.name.replace(".", "").isdigit() and ":" not in self.name


def site(base_url: str) -> Site:
    """The site of an address such as https://khcn.tayninh.gov.vn/."""
    parts = urlsplit(base_url)
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def new_challenge() -> str:
    """256 bits in base64url."""
    return bytes_to_base64url(secrets.token_bytes(32))


@dataclass(frozen=True)
class Made:
    """A passkey as a browser made it, verified."""

    credential_id: str
    public_key: str
    counter: int


def options_to_make(user: User, known: list[Passkey], challenge: str, here: Site) -> str:
    """What navigator.credentials.create() is given, as JSON. The key stays in the device and checks finger or PIN (resident, verified)."""
    options = webauthn.generate_registration_options(
        rp_id=here.name, rp_name="Vàm Cỏ", user_id=user.public_id.encode(), user_name=user.email, user_display_name=user.name, challenge=base64url_to_bytes(challenge),
        authenticator_selection=AuthenticatorSelectionCriteria(resident_key=ResidentKeyRequirement.REQUIRED, require_resident_key=True, user_verification=REQUIRED),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential_id)) for row in known],
    )  # fmt: skip
    return webauthn.options_to_json(options)


def options_to_show(known: list[Passkey], challenge: str, here: Site) -> str:
    """What navigator.credentials.get() is given, as JSON; with no `known` ones any passkey of this site will do."""
    allowed = [PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential_id)) for row in known]
    return webauthn.options_to_json(webauthn.generate_authentication_options(rp_id=here.name, challenge=base64url_to_bytes(challenge), allow_credentials=allowed, user_verification=REQUIRED))


def verify_made(answer: str, challenge: str, here: Site) -> Made:
    """The passkey that was made. Raises Incomplete for another challenge, site or origin, or without finger or PIN."""
    try:
        found = webauthn.verify_registration_response(credential=_read(answer), expected_challenge=base64url_to_bytes(challenge), expected_rp_id=here.name,
                                                      expected_origin=here.origin, require_user_verification=True)  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise Incomplete(NOT_TAKEN) from None
    return Made(bytes_to_base64url(found.credential_id), bytes_to_base64url(found.credential_public_key), found.sign_count)


def credential_of(answer: str) -> str:
    """Which passkey an answer says it is from."""
    return str(_read(answer).get("id", ""))[:1400]


def verify_shown(answer: str, row: Passkey, owner: User, challenge: str, here: Site) -> int:
    """The counter a passkey shows. Raises Incomplete for another challenge, site, origin, person or key, or without finger or PIN.

    Whether the counter grew is said by `actions.note_passkey_use`: the library is told 0, so that it has no say in it.
    """
    try:
        read = _read(answer)
        handle = read.get("response", {}).get("userHandle")
        if handle and base64url_to_bytes(handle) != owner.public_id.encode():
            raise Incomplete(NOT_TAKEN)
        found = webauthn.verify_authentication_response(credential=read, expected_challenge=base64url_to_bytes(challenge), expected_rp_id=here.name, expected_origin=here.origin,
                                                        credential_public_key=base64url_to_bytes(row.public_key), credential_current_sign_count=0, require_user_verification=True)  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise Incomplete(NOT_TAKEN) from None
    return int(found.new_sign_count)


def _read(answer: str) -> dict:  # type: ignore[type-arg]
    """The answer as an object. Raises Incomplete for what is none."""
    try:
        read = json.loads(answer[:20_000])
    except ValueError:
        raise Incomplete(NOT_TAKEN) from None
    if not isinstance(read, dict) or not isinstance(read.get("response"), dict):
        raise Incomplete(NOT_TAKEN)
    return read


__all__ = ["Made", "Site", "credential_of", "new_challenge", "options_to_make", "options_to_show", "site", "verify_made", "verify_shown"]
