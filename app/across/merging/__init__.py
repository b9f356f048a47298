"""Merging: one person with two accounts keeps one.

Survivor   the account that stays. Losing: the one that is closed; its address opens the survivor from then on, with the survivor's password.
Moves      what a person has and works on: dossiers, projects, teams, seats, memberships, engagements, relations.
Stays      what was signed or written under the other account, its roles, and all secrets of its sign-in: a merger grants nothing.

The list of `rules` names every column that points to a person; a test fails for one that is on neither side. Enters: two
accounts, a reason, an administrator. Leaves: rows that name the survivor, one line in the journal of each account.
"""
