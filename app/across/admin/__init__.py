"""Administration: the mails that wait, the demonstration's clock, the journal."""
