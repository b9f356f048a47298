"""What is done for rounds as time passes: outcomes whose day of release has come are released."""

from __future__ import annotations

import click

from app.stages.selection import releases

commands: list[click.Command] = []
JOBS = [releases.release_due]
