"""Refusals: why an act is not done, as a sentence for the user. No Flask here."""

from __future__ import annotations


class Refused(Exception):
    """The act is refused. `message` is an English msgid; `params` fill its placeholders.

    `field` names the form field beside which the sentence belongs, if there is one.
    """

    status = 422

    def __init__(self, message: str, *, field: str | None = None, **params: object) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.field = field
        self.params = params


class Incomplete(Refused):
    """Something that the act needs is missing or wrong (422)."""


class NotAllowed(Refused):
    """This person may not do this (403)."""

    status = 403


class WrongState(Refused):
    """The object is not in a state in which this may be done (409)."""

    status = 409


class Stale(Refused):
    """Somebody else changed the object since the user saw it (409)."""

    status = 409


class NotFound(Refused):
    """There is no such object for this person (404); the same for missing and foreign."""

    status = 404
