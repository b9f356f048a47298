"""Bare instances of extensions; bound to an app in create_app. Imports nothing of ours."""

from flask_babel import Babel
from flask_login import LoginManager
from flask_mail import Mail
from flask_wtf import CSRFProtect

babel = Babel()
csrf = CSRFProtect()
login = LoginManager()
mail = Mail()
