"""What time makes due: reminders of reports on use and of registrations."""

from app.stages.transfer import actions

commands: list = []
JOBS = [actions.remind]
