"""Portfolio: what the province's projects came to, counted over all stages.

Figure   one number by name: which rows of which source it counts or adds up, and what it means (`figures`). The dashboard, the lists behind its
         numbers, the spreadsheet, the annexes of the report to the people's committee and the reports put together all read the same definitions.
Source   rows of one kind as a person may see them, with the fields that may be said of each (`fields`, `sources`).
Section  a table of the dashboard with its chart: figures by a choice, or one figure spread across the values of another.
Report   rows, columns, filters, groups and sums put together by a person; the address holds it whole (`builder`).
Stage   how far an accepted project's results have come: accepted, handed over, in use, still in use after three years.
Group   a row of the table: a sector, an item, a year or an organisation; each figure leads to the list of exactly the rows it counts.

It counts what the person's own lists show, so it tells nobody of a row they may not see.
"""
