"""Keys with which the programs of partner bodies read and write: the treasury, a sector department, the national database.

Key       a secret of one body with scopes and a last day; only its hash is kept, the secret is shown once. Ended, never deleted.
Scope     what a key opens: one word for one thing, read or write.
Account   each body with a key has one account for its programs (`User.is_service`): no password, no mail, no office. It stands in the journal.
Notice    what a partner says of a payment or of a certificate. It decides nothing: whoever books or registers sees it and acts in the own name.

Enters: what the administrator grants, what partners say. Leaves: who asks (`queries.living`), notices for the forms of funding and acceptance.
"""
