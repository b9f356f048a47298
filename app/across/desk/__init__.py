"""My desk: what waits for this person, group by group, oldest first. Owns nothing; each line leads to its page."""
