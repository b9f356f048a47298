"""What time makes due: reminders before the contract ends, and of dossiers that are late."""

from app.stages.acceptance.actions import reminding

commands: list = []
JOBS = [reminding.remind, reminding.chase]
