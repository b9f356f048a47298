"""Plan: the priorities a province has set itself, by a dated decision.

Plan       one numbered document: draft → in force → superseded. Frozen once in force.
Group      one of its six groups of solutions; the group that holds the sectors has the items.
Sector     one of its eight fields; Priority: one of its 38 items, to which every project is tied.

Enters: a file of the plan (JSON). Leaves: items that ideas, topics, projects and results name for good.
"""
