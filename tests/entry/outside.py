"""A real provider (oidc-provider-mock, over HTTP on this machine) whose answers a test may bend before they are signed."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import werkzeug.serving
from flask import g, request
from joserfc import jwt
from joserfc.jwk import RSAKey

with warnings.catch_warnings():  # it uses parts of Authlib that go away with Authlib 2
    warnings.simplefilter("ignore")
    import oidc_provider_mock


class Provider:
    """One provider: `bend(claims, header)` changes what the next ID tokens say; `key` signs them instead of its own."""

    def __init__(self) -> None:
        self.bend: Callable[[dict[str, Any], dict[str, Any]], None] | None = None
        self.key: RSAKey | None = None
        self.rotated: RSAKey | None = None
        self.metadata: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []  # what came to the token endpoint
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            app = oidc_provider_mock.app()
        app.after_request(self._bent)
        self._server = werkzeug.serving.make_server("127.0.0.1", 0, app, threaded=True)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    def _bent(self, response: Any) -> Any:
        if request.path.endswith("openid-configuration"):
            response.set_data(json.dumps(response.get_json() | self.metadata))
        if request.path == "/jwks" and self.rotated is not None:
            response.set_data(json.dumps({"keys": [self.rotated.as_dict(private=False)]}))
        if request.path == "/oauth2/token":
            self.asked.append(request.form.to_dict())
            if response.status_code == 200 and (self.bend or self.key or self.rotated):
                response.set_data(json.dumps(response.get_json() | {"id_token": self._signed(response.get_json()["id_token"])}))
        return response

    def _signed(self, token: str) -> str:
        own = g.oidc_provider_mock_storage.jwk
        public = RSAKey.import_key(own.as_dict(is_private=False))
        found = jwt.decode(token, public)
        claims, header = dict(found.claims), dict(found.header)
        key = self.key or self.rotated or RSAKey.import_key(own.as_dict(is_private=True))
        if self.rotated is not None:
            header["kid"] = self.rotated.kid
        if self.bend:
            self.bend(claims, header)
        if header.get("alg") == "none":
            parts = [json.dumps(part).encode() for part in (header, claims)]
            return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        return jwt.encode(header, claims, key)

    def consent(self, address: str, subject: str) -> dict[str, str]:
        """The person signs in there; answers what the browser brings back."""
        answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=10)
        assert answer.status_code in (302, 303), answer.text[:500]
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


@contextlib.contextmanager
def provider() -> Iterator[Provider]:
    """A provider while the test runs."""
    running = Provider()
    try:
        yield running
    finally:
        running.stop()


def new_key(kid: str) -> RSAKey:
    """Another key."""
    return RSAKey.generate_key(2048, parameters={"kid": kid, "use": "sig", "alg": "RS256"})


__all__ = ["Provider", "new_key", "provider"]
