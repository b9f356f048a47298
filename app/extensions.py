"""Bare instances of extensions; bound to an app in create_app. Imports nothing of ours."""

import contextlib
import smtplib
from types import TracebackType

from flask_babel import Babel
from flask_login import LoginManager
from flask_mail import Connection, Mail
from flask_wtf import CSRFProtect

PATIENCE = 75.0  # seconds for one answer of the mail server: a slow one takes a minute, a dead one takes for ever


class PatientConnection(Connection):
    """A connection that waits for an answer, but not for ever; what comes after a mail was taken no longer counts."""

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        made = smtplib.SMTP_SSL if self.mail.use_ssl else smtplib.SMTP
        host = made(self.mail.server, self.mail.port, timeout=PATIENCE)
        if self.mail.use_tls:
            host.starttls()
        if self.mail.username and self.mail.password:
            host.login(self.mail.username, self.mail.password)
        return host

    def __exit__(self, exc_type: type[BaseException] | None, exc_value: BaseException | None, tb: TracebackType | None) -> None:
        with contextlib.suppress(OSError):  # no answer to QUIT: the mail was taken before, and is not to be sent again
            super().__exit__(exc_type, exc_value, tb)


class PatientMail(Mail):
    """Mail over patient connections."""

    def connect(self) -> Connection:
        usual = super().connect()
        return PatientConnection(usual.mail)


babel = Babel()
csrf = CSRFProtect()
login = LoginManager()
mail = PatientMail()
