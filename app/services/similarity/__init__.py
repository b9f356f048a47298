"""Similarity: which earlier work is near to a text.

Entry      one idea, topic, dossier or project as text, pushed here by its stage whenever it is written.
Posting    one syllable pair of an entry, with which entries that share words are found.
WorkText   one long text (a work description), handed over by its stage once it is open; the worker compares it with the others (texts.py).
Overlap    the passages two such texts share, whatever their order, spelling and headings (passages.py).
Match      an entry with a score from 0 to 1 and the phrases shared, as they are written in the question.

Enters: texts with who may read them. Leaves: the nearest entries that this person may know of.
"""
