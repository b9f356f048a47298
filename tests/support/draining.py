"""A worker of its own process that sends what waits and ends: `python -m tests.support.draining`. Leases are short here."""

from __future__ import annotations

import os
import time
from datetime import timedelta

from sqlalchemy import func, select

from app import create_app
from app.kernel import clock, outbox
from app.kernel.db import db
from app.kernel.outbox import MailState, OutboxMail


def main() -> None:
    """Drain the outbox of FAULTS_URL into the mail server at FAULTS_PORT."""
    outbox.LEASE = timedelta(seconds=3)
    app = create_app("test", commands=False, SQLALCHEMY_DATABASE_URI=os.environ["FAULTS_URL"], INSTANCE_FOLDER=os.environ["FAULTS_FOLDER"], MAIL_FOLDER=None,
                     MAIL_SERVER="127.0.0.1", MAIL_PORT=int(os.environ["FAULTS_PORT"]), MAIL_SUPPRESS_SEND=False)  # fmt: skip
    app.extensions["mail"].suppress = False
    with app.app_context():
        while db.session.scalar(select(func.count()).select_from(OutboxMail).where(OutboxMail.mail_state == MailState.WAITING)):
            while (item := outbox.claim(clock.now())) is not None:
                outbox.deliver(item, clock.now())
            db.session.remove()
            time.sleep(0.1)


if __name__ == "__main__":
    main()
