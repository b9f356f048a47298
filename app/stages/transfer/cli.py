"""What time makes due: reminders of reports on use and of registrations; reports of ended contracts are let go."""

from app.stages.transfer import actions

commands: list = []
JOBS = [actions.close_series, actions.remind]
