"""Plan: the priorities a province has set itself, by a dated decision.

Plan       one numbered document: draft → in force → superseded. Frozen once in force; one is in force on a day.
Group      one of its six groups of solutions; the group that holds the sectors has the items.
Sector     one of its eight fields; Priority: one of its 38 items, to which every project is tied. `face` names it for good.
Target     a figure to reach in a year, of a sector or an item.
Measure    what a body has to do for a group or an item, until a day; Note: what it says of it, year by year.
Mapping    what each item of the plan before becomes: some items of this one, or none with the reason.
Decision   number, date and first day: prepared by an officer, acted on by a leader.

Enters: a file of the plan (JSON or Excel; `checking` says what is wrong with it and where, `shape` is its one form, `sheets`
the workbook). Leaves: items that ideas, topics, projects and results name for good.
"""
