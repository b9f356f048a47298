"""What time makes due: reminders of reports and findings, before and after their day."""

from app.stages.execution import actions

commands: list = []
JOBS = [actions.remind, actions.chase, actions.remind_findings]
