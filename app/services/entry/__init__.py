"""Entry: what is asked at the door beside the password, and asked again before acts of weight.

Second factor   something the person has: an authenticator app on a telephone (codes by RFC 6238), or a passkey. Offices must have one
                (SECOND_FACTOR_ROLES, from the day SECOND_FACTOR_FROM); demonstration accounts need none outside production.
Recovery code   one of ten, each good once, for who lost the telephone. Shown once, stored as keyed hashes.
Passkey         a key pair of a telephone, computer or security key (WebAuthn): as second step, or alone, since it checks finger or PIN itself.
Strong          a session opened with two factors; an office that must have one does nothing without it but set one up.
Recent          a sign-in of RECENT_MINUTES at most; what must have one carries `people.recent.recently`.
Provider        a sign-on of another body (OpenID Connect: VNeID, the province). It opens the account that its owner linked to it, and no other.
"""
