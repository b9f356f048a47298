"""What time makes due: reminders of reports."""

from app.stages.execution import actions

commands: list = []
JOBS = [actions.remind]
