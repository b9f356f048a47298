"""Conflicts: why a person may not judge an object, found from the facts and each told with its fact, its rule and the rule's source.

Tie          a relation in the family or of supervision that somebody declares in the own profile. Only its owner and the officers
             who compose councils ever read it; to everybody else a hit made of it says that there is one, not what it is.
Behind       who stands behind an object: host, partners, team, and the teams of the dossiers of the same call. A stage says it
             by `facts.register`; an object of which nobody said more is judged by the parties of its Subject.
Hit          one reason, with its cause; the rulebook says by cause what follows: never, not in these roles, or to be explained.

Leaves: `queries.hits(...)` for any number of people and objects in a constant number of queries.
"""
