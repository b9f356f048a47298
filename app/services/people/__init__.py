"""People: accounts, organisations, roles, sign-in, and the facts that stages push down about who works on what.

User          a person with an account. Every active user may say the words of "researcher".
RoleGrant     a role with an end date; revoked, never deleted. Host and agency act for the organisations of their memberships.
Organisation  a host, an agency, a company; its names are kept with dates, since papers name the one of their day.
Membership    who belongs to which organisation, and who manages it (the manager signs off for the host).
SignInSession a row made at sign-in; dead after sign-out, password change or revocation.
Engagement    who works on what, as what, from - to: pushed down by stages so that earlier stages can ask.
Debarment     who may not apply, why, until when.
"""
