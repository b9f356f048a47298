"""Portfolio: what the province's projects came to, counted over all stages.

Stage   how far an accepted project's results have come: accepted, handed over, in use, still in use after three years.
Group   a row of the table: a sector, an item, a year or an organisation; each figure leads to the list of exactly the rows it counts.

It counts what the person's own lists show, so it tells nobody of a row they may not see.
"""
