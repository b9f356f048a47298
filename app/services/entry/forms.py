"""Codes, passkeys, and who it is once more."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField

from app.kernel.forms import LineField, StageForm
from app.kernel.words import N_
from app.services.entry.rules import NAME_LONGEST

_CODE = {"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"}


class SetUp(StageForm):
    sealed = HiddenField()
    code = LineField(N_("Code that the app shows now"), required=True, max=20, hint=N_("Six digits. They change every 30 seconds."), render_kw=_CODE | {"inputmode": "numeric"})


class Step(StageForm):
    kept = HiddenField()
    credential = HiddenField()
    code = LineField(N_("Code of the app, or recovery code"), max=40, hint=N_("Six digits of your authenticator app, or one of your recovery codes."), render_kw=_CODE)


class Again(Step):
    password = PasswordField(N_("Password"), render_kw={"autocomplete": "current-password"})


class NewPasskey(StageForm):
    credential = HiddenField()
    name = LineField(N_("Name of the passkey"), required=True, max=NAME_LONGEST, hint=N_("So that you know it again, for example: telephone, laptop of the office."))


class WithPasskey(StageForm):
    credential = HiddenField()


class Plain(StageForm):
    pass


class Return(StageForm):
    code = HiddenField()
    state = HiddenField()
    iss = HiddenField()
