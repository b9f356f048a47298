"""Administration: people and their roles, the mails that wait, the demonstration's clock, the journal.

It changes people only through the acts of services/people, and mails only through the outbox.
"""
