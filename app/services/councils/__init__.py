"""Councils: one engine for identification, selection, appraisal, acceptance and effect.

Council      a panel for one purpose: draft → proposed (by an officer) → established (by the leader) → convened → concluded;
             dissolved. Its rules are frozen when it is established. A session that is adjourned makes it established again.
Agenda item  an object of a stage, known here only as a Subject: counted, or given back to its stage undecided.
Seat         a person in a role; who is replaced, by decision, has left it. Conflicts are looked for at seating, at the session
             and at the ballot.
Declaration  what a member declares for each session; Recusal: out of one item – and of those that compete with it –, with time
             and reason. Nobody presides over what he is out of; an item may have no quorum though the session has.
Ballot       sealed when cast, with a key that lies outside the database; nobody reads any before the box of its item is opened
             by who presides: then all are unsealed (OpenedBallot), counted, and listed by their hashes. Drafts are sealed too.
Count        what the ballots say, frozen.

A stage registers a CouncilKind: how its ballots are counted, and what happens when the council has concluded.
"""
