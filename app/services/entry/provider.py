"""The adapter to a sign-on of another body: OpenID Connect, code flow with PKCE, state and nonce (VNeID, the province's own).

The ID token is believed when its issuer, audience, nonce, times and signature fit; keys come from the provider, and are
fetched anew when it signs with one we do not know. Only signatures with a key pair count: none and shared secrets do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app
from joserfc.errors import JoseError
from requests import RequestException

from app.kernel.errors import Refused
from app.kernel.words import N_

NAME = "outside"
SOUND = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
PATIENCE = 10  # seconds
LEEWAY = 60  # seconds between the clocks
SILENT = N_("%(name)s does not answer now. Please sign in with e-mail address and password, or try again later.")
NOT_BELIEVED = N_("What %(name)s said of you could not be verified, so nobody was signed in. Please start again.")


@dataclass(frozen=True)
class Identity:
    """Whom the provider means: the pair never changes and is never given to somebody else (OpenID Connect Core, §5.7)."""

    issuer: str
    subject: str


def configured() -> bool:
    """Is there a provider?"""
    return bool(current_app.config["OIDC_ISSUER"] and current_app.config["OIDC_CLIENT_ID"])


def hang(app: Flask) -> None:
    """Make the provider of the configuration known to the library."""
    app.extensions["oidc"] = None
    if app.config["OIDC_ISSUER"] and app.config["OIDC_CLIENT_ID"]:
        app.extensions["oidc"] = _client(app)


def _client(app: Flask) -> Any:
    oauth = OAuth(app)
    return oauth.register(
        NAME, client_id=app.config["OIDC_CLIENT_ID"], client_secret=app.config["OIDC_CLIENT_SECRET"] or None,
        server_metadata_url=app.config["OIDC_ISSUER"].rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid", "code_challenge_method": "S256", "timeout": PATIENCE, "default_timeout": PATIENCE},
    )  # fmt: skip


def _known() -> Any:
    """The library's client with what the provider says of itself. Raises Refused when that cannot be had, or is of another issuer."""
    client = current_app.extensions["oidc"]
    try:
        said = client.load_server_metadata()
    except (RequestException, ValueError):
        raise _refused(SILENT, 503) from None
    if str(said.get("issuer", "")).rstrip("/") != current_app.config["OIDC_ISSUER"].rstrip("/"):
        raise _refused(NOT_BELIEVED, 403)
    said["id_token_signing_alg_values_supported"] = [name for name in said.get("id_token_signing_alg_values_supported") or ["RS256"] if name in SOUND]
    return client


def _refused(message: str, status: int) -> Refused:
    refusal = Refused(message, name=current_app.config["OIDC_NAME"])
    refusal.status = status
    return refusal


def start(return_to: str) -> Any:
    """Send the browser to the provider; state, nonce and the PKCE secret wait in the signed cookie."""
    return _known().authorize_redirect(return_to)


def finish(issuer_said: str) -> Identity:
    """Whom the provider sent back with the form of this request. Raises Refused when anything does not fit."""
    client = _known()
    issuer = current_app.config["OIDC_ISSUER"].rstrip("/")
    if issuer_said and issuer_said.rstrip("/") != issuer:  # RFC 9207: an answer of another provider
        raise _refused(NOT_BELIEVED, 403)
    try:
        token = client.authorize_access_token(leeway=LEEWAY)
    except RequestException:
        raise _refused(SILENT, 503) from None
    except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError):
        raise _refused(NOT_BELIEVED, 403) from None
    claims = token.get("userinfo") or {}
    subject = str(claims.get("sub") or "")
    if not 0 < len(subject) <= 255:
        raise _refused(NOT_BELIEVED, 403)
    return Identity(issuer, subject)


def leave(return_to: str) -> Any | None:
    """Send the browser to the provider to sign out there too; None when it offers no such page."""
    client = _known()
    if not client.server_metadata.get("end_session_endpoint"):
        return None
    return client.logout_redirect(post_logout_redirect_uri=return_to, client_id=current_app.config["OIDC_CLIENT_ID"])
