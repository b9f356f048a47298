"""Who asks, how fast, for what: keys, pace, parameters and cursors of /api/v1."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, g, request
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from app.across.api.declared import LONGEST_TEXT, Asked
from app.across.api.problems import Problem
from app.kernel import clock, journal
from app.kernel.listing import Filter
from app.kernel.text import nfc
from app.pace import Pace
from app.services.apikeys import queries as keys
from app.services.apikeys.models import ApiKey
from app.services.apikeys.rules import Scope

PAGE, LONGEST_PAGE = 100, 500
OWN = ("after", "limit")  # parameters of every list
WITH_KEY = 5  # times as fast as without
HOURLY = Pace("api.used", most=1, within=timedelta(hours=1))


def key_of_request() -> ApiKey | None:
    """The key in the Authorization header. Raises Problem 401 for one that opens nothing."""
    given = request.headers.get("Authorization")
    if given is None:
        return None
    kind, _space, secret = given.partition(" ")
    found = keys.living(secret.strip(), on=clock.today()) if kind.lower() == "bearer" else None
    if found is None:
        raise Problem(401, _("This key is unknown, has expired or was revoked."), headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return found


def enter(scope: Scope | None) -> ApiKey | None:
    """Who asks may: counts the call, notes the use of a key (once an hour), checks the scope."""
    at = clock.now()
    address = request.remote_addr or ""
    usual = current_app.config["API_PER_MINUTE"]
    with_key = "Authorization" in request.headers
    _count("api.tries" if with_key else "api.address", address, usual * WITH_KEY if with_key else usual)
    key = key_of_request()
    if key is not None:
        _count("api.key", key.public_id, usual * WITH_KEY)
        if not HOURLY.exceeded(key.public_id, at):
            journal.note_access(keys.USED, request.endpoint or "", at=at, actor_id=key.account_id, subject_pid=key.public_id, address=address)
    if scope is not None and key is None:
        raise Problem(401, _("This address needs a key: Authorization: Bearer …"), headers={"WWW-Authenticate": "Bearer"})
    if scope is not None and key is not None and str(scope) not in key.scopes:
        raise Problem(403, _("This key does not open this: it lacks the scope %(scope)s.", scope=scope), headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'})
    return key


def _count(what: str, asker: str, most: int) -> None:
    g.api_pace = (most, *Pace(what, most=most).left(asker, clock.now()))
    if g.api_pace[1] < 0:
        raise Problem(429, _("Too many requests. Please wait %(seconds)s seconds.", seconds=g.api_pace[2]), headers={"Retry-After": str(g.api_pace[2])})


def pace_headers(response: Response) -> Response:
    """How many more requests are allowed, said on every answer."""
    if "api_pace" in g:
        most, left, seconds = g.api_pace
        response.headers.update({"RateLimit-Limit": str(most), "RateLimit-Remaining": str(max(0, left)), "RateLimit-Reset": str(seconds)})
    return response


def asked_by(key: ApiKey | None) -> Asked:
    """What a statement may depend on."""
    return Asked(clock.now(), clock.today(), key.organisation_id if key else None)


def values(filters: Sequence[Filter]) -> dict[str, str]:
    """The parameters of a list, all known and all possible. Raises Problem 400 otherwise."""
    known = {f.name: f for f in filters}
    wrong = []
    for name, given in request.args.lists():
        if name not in known and name not in OWN:
            wrong.append((name, _("There is no such parameter.")))
        elif len(given) > 1:
            wrong.append((name, _("This parameter may be given once.")))
        elif name in known and not _possible(known[name], given[0]):
            wrong.append((name, _("This value is not possible.")))
    if wrong:
        raise Problem(400, _("Please look at the parameters."), wrong)
    return {name: request.args[name] for name in known if name in request.args}


def nothing_asked() -> None:
    """Raise Problem 400 for any parameter at all."""
    if request.args:
        raise Problem(400, _("Please look at the parameters."), [(name, _("There is no such parameter.")) for name in request.args])


def _possible(item: Filter, value: str) -> bool:
    if item.choices is not None:
        return value in {str(v) for v, _label in item.choices}
    return 0 < len(value) <= LONGEST_TEXT and bool(nfc(value)) and value.isprintable()


def page_length() -> int:
    """The parameter `limit`. Raises Problem 400 for what is no number from 1 to 500."""
    given = request.args.get("limit", str(PAGE))
    if not (given.isascii() and given.isdecimal() and len(given) < 5 and 1 <= int(given) <= LONGEST_PAGE):
        raise Problem(400, _("Please look at the parameters."), [("limit", _("A number from 1 to %(most)s.", most=LONGEST_PAGE))])
    return int(given)


def _signer(name: str, filters: dict[str, str]) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"api:{name}:{json.dumps(filters, sort_keys=True)}")


def query(arguments: dict[str, str]) -> str:
    """The arguments as an address has them."""
    return urlencode(arguments)


def sign(name: str, filters: dict[str, str], after: str) -> str:
    """A cursor that only this list, with these filters, takes."""
    return str(_signer(name, filters).dumps(after))


def unsigned(name: str, filters: dict[str, str]) -> str:
    """Where the page begins. Raises Problem 400 for a cursor that was not given out for this list with these filters."""
    given = request.args.get("after")
    if given is None:
        return ""
    try:
        found: Any = _signer(name, filters).loads(given)
    except BadSignature:
        found = None
    if not isinstance(found, str):
        raise Problem(400, _("Please look at the parameters."), [("after", _("This cursor was not given out for this list with these filters. Take it from “next” as it is."))])
    return found
