"""Councils: one engine for identification, selection, appraisal and acceptance.

Council      a panel for one purpose: draft → established → convened → concluded; dissolved. Its rules are frozen when
             it is established. Agenda items are objects of a stage, known here only as Subjects.
Seat         a person in a role. Conflicts are looked for at seating, at the session and at the ballot.
Declaration  what a member declares for the session; Recusal: out of one item, with time and reason.
Ballot       sealed when cast (salted hash); nobody reads any before the box of its item is opened; then all are counted.
Count        what the ballots say, frozen.

A stage registers a CouncilKind: how its ballots are counted, and what happens when the council has concluded.
"""
