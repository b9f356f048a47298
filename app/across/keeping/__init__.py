"""Window for who keeps the system safe: backups, what anchors the journal outside the database, who read what. It owns no lifecycle state.

archive   one file: a line in clear that says what it is, a tar encrypted to public keys (age), and a hash of all before it
manifest  the first member of the tar: which database at which migration, rows of each table, the journal's end, fingerprints of the keys
run       one backup, restoration or failure, as a row that is only added
held      after a restoration no mail leaves until the administrator lets it: it may have left before the loss
anchor    how many lines the journal had at an instant, and the hash of the last: kept on another path and mailed, it shows a cut end
reading   somebody looked at what is sensitive: a note of access, on a connection of its own
"""
