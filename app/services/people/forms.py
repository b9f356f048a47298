"""Sign-in, password, language."""

from __future__ import annotations

from wtforms import EmailField, PasswordField

from app.kernel.forms import LineField, PickField, StageForm
from app.kernel.words import N_


class SignIn(StageForm):
    email = EmailField(N_("E-mail address"), render_kw={"autocomplete": "username", "required": True})
    password = PasswordField(N_("Password"), render_kw={"autocomplete": "current-password", "required": True})


class SignOut(StageForm):
    pass


class Language(StageForm):
    locale = PickField(N_("Language"), choices=[("vi", "Tiếng Việt"), ("en", "English")], blank=False)
    next = LineField(N_("Back to"), max=500)


class ChangePassword(StageForm):
    old = PasswordField(N_("Present password"), render_kw={"autocomplete": "current-password", "required": True})
    password = PasswordField(N_("New password"), render_kw={"autocomplete": "new-password", "required": True},
                             description=N_("At least 10 characters. A short sentence is a good password."))  # fmt: skip
    again = PasswordField(N_("New password, once more"), render_kw={"autocomplete": "new-password", "required": True})


class EndSession(StageForm):
    pass
