"""Import of what was kept in lists before this system: past projects, and organisations.

Batch     one sheet of one file that a person brought: what its columns mean, what was found wrong, what became of it.
Row       a line of the sheet: cells as found, what the officer put in their place, what they are understood as, where it went.
Target    what a row becomes: a project or an organisation; its fields, and the words that name them in headings, are data (fields).
Problem   a sentence about a cell: an error keeps its row out, a warning does not.

Enters: .xlsx and .csv files in any of the usual encodings. Leaves: historic projects (funding, acceptance) and organisations
(people), each with file, sheet, row, column and text as found; an undone batch leaves nothing but its journal.

decoding, reading   bytes to cells        parsing, naming   a cell to a value, pure
fields              headings to fields    checking          a row to what it is understood as
matching            what is known here    running           in, and out again
"""
