"""Search over everything that the asker may see: one box, one answer, on every page.

Source    one kind of things that can be found: which of their words are read, who may see which of them (the condition of the
          stage's own lists), where each is shown. What visitors may find is a source of its own, which holds public words only.
Entry     one thing as words. Made again from the stage's rows at any time; holds nothing of its own.
Question  what was typed, as terms: words and “phrases in quotes”, all of which an answer holds. Marks that other searches give a
          meaning (* - NEAR %) are no more than blanks here.
Hit       an entry that answers, with how well: its number first, then its title, then its text; newer before older.
Remedy    what was searched instead when nothing answers.

Who may see is asked of the stages' tables in the same statement that finds: counts, facets, suggestions and remedies are made of what
came back, so that none of them can tell of anything else. Nothing about permission is kept in the index, so nothing of it grows stale.

Enters: rows of all stages, read anew in the transaction that writes them (pushing). Leaves: nothing; it is a window.
"""
