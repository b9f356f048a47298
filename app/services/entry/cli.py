"""`flask second-factor reset`: for the one administrator who lost the telephone."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import Refused
from app.services.entry import actions
from app.services.people.queries import user_by_email

second_factor = AppGroup("second-factor", help="Second factors of people.")


@second_factor.command("reset")
@click.argument("email")
@click.option("--reason", required=True, help="Stands in the journal and in the mails.")
def reset(email: str, reason: str) -> None:
    """Take every second factor of the account with this address away. The person and the administrators are told by mail."""
    user = user_by_email(email)
    if user is None:
        raise click.ClickException(f"There is no account with the address {email}.")
    try:
        actions.reset(user, by=None, at=clock.now(), reason=reason)
    except Refused as refusal:
        raise click.ClickException(refusal.message) from None
    db.session.commit()
    click.echo(f"The second factor of {user.email} is reset; every session has ended.")


commands: list[Any] = [second_factor]
