"""What a person had typed when the session was over: carried, signed, through the sign-in and back to its form.

Nothing is stored. The fields travel in the page itself; passwords and files never do. Text sent from another site is not
carried, and text of one person is not handed to another. The form is shown again with the text in it; nothing is saved
before the person has looked at it and sent it.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, session
from itsdangerous import BadData, URLSafeTimedSerializer

from app.kernel.web import back_to

LONGEST = 300_000  # characters of one form
HOURS = 12
FLAG = "taken_up"  # a form sent with this field is shown again with what was typed, and not acted upon
_OWN = {"csrf_token", FLAG}
OWN_PAGES = ("people", "entry")  # pages about sign-in itself: what is typed there is secret


@dataclass(frozen=True)
class Kept:
    """A form that could not be received: its address, its fields in order, whose session it was (if known), whether files were lost."""

    address: str
    fields: list[tuple[str, str]]
    owner_id: int | None
    files: bool
    page: bool = True  # False: a button without a form of its own, which is offered once more

    @property
    def texts(self) -> list[str]:
        """What was written in words, to be read and copied."""
        return [value for name, value in self.fields if name not in ("once", "version") and len(value.split()) > 3]


def of_request(owner_id: int | None, *, buttons: bool = False) -> Kept | None:
    """The form of the present request, when it can be given back: it has a page (or `buttons` count too), came from this site, and is not too long."""
    rule = request.url_rule
    page = rule is not None and "GET" in (rule.methods or set())
    if rule is None or not (page or buttons) or request.blueprint in OWN_PAGES or not _from_here():
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _OWN and "password" not in name]
    typed = any(value.strip() for name, value in fields if name not in ("once", "version"))
    if not (typed or not page) or sum(len(name) + len(value) for name, value in fields) > LONGEST:
        return None
    files = any(upload.filename for upload in request.files.values())
    return Kept(back_to(request.full_path.rstrip("?"), "/"), fields, owner_id, files, page)


def _from_here() -> bool:
    """Was the form on a page of ours? A browser says so; one that says nothing is too old to be asked."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site == "same-origin"
    return origin in (None, "null", request.host_url.rstrip("/"))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="kept-form")


def pack(kept: Kept) -> str:
    """As one hidden field; signed, so that only what came to us is given back."""
    return str(_signer().dumps([kept.address, kept.fields, kept.owner_id, kept.files, kept.page]))


def unpack(text: str) -> Kept | None:
    """What `pack` made in the last HOURS, or None."""
    try:
        address, fields, owner_id, files, page = _signer().loads(text, max_age=HOURS * 3600)
    except (BadData, ValueError):  # also what an earlier release packed
        return None
    return Kept(address, [(str(name), str(value)) for name, value in fields], owner_id, files, page)


def token_of_session() -> str:
    """The session that is over, as the cookie still names it."""
    return str(session.get("_user_id", ""))
