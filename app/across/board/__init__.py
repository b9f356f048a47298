"""Board: the items of a plan against the years, with what has come of each.

Measure   what is counted: ideas, topics, dossiers, projects, money approved and paid, results, results in use.
Cell      one number; it leads to the list of exactly the rows it counts, which asks the same condition.

It counts what the person's own lists show, so it tells nobody of a row they may not see.
"""
