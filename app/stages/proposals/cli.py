"""What is done for dossiers as time passes."""

from __future__ import annotations

import click

from app.stages.proposals import comments, remedies

commands: list[click.Command] = []
JOBS = [comments.mail_due, remedies.remind]
