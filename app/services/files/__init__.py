"""Files: content-addressed, checked on the way in, never changed, never served inline.

Blob         the bytes, named by their SHA-256, written once and synced before any row points to them.
Attachment   a blob given to an object of a stage, under a name and a kind; taken out by a date, never deleted.

Who may download is what the stage says of the object in its present state, and nothing else.
"""
