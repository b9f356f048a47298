"""Sign-in, password, language."""

from __future__ import annotations

from wtforms import EmailField, PasswordField
from wtforms.widgets import EmailInput

from app.kernel.forms import LineField, PickField, StageForm
from app.kernel.words import N_
from app.services.people.rules import NAME_LONGEST


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


class AddressField(LineField):
    """An e-mail address; what is one, `rules.check_address` says."""

    widget = EmailInput()


class SignUp(StageForm):
    email = AddressField(N_("E-mail address"), required=True, max=254, hint=N_("We mail a link to it with which you choose a password."), render_kw={"autocomplete": "email"})
    name = LineField(N_("Full name"), required=True, max=NAME_LONGEST, hint=N_("As it is to stand in dossiers and papers."), render_kw={"autocomplete": "name"})


class Forgotten(StageForm):
    email = AddressField(N_("E-mail address"), required=True, max=254, render_kw={"autocomplete": "username"})


class NewPassword(StageForm):
    password = PasswordField(N_("New password"), render_kw={"autocomplete": "new-password", "required": True},
                             description=N_("At least 10 characters. A short sentence is a good password."))  # fmt: skip
    again = PasswordField(N_("New password, once more"), render_kw={"autocomplete": "new-password", "required": True})


class ChangeEmail(StageForm):
    email = AddressField(N_("New e-mail address"), required=True, max=254, render_kw={"autocomplete": "email"})
    password = PasswordField(N_("Present password"), render_kw={"autocomplete": "current-password", "required": True})
