"""Help: what each role does here, task by task, and what the words mean.

Guide     the tasks of one role, in Vietnamese and English. Guides are data (data/guides/*.json), in the order of rules.ORDER.
Task      a few steps to one end ("Submit a dossier"), and the rooms on whose pages it helps.
Step      a sentence in which `[Label](endpoint)` is a link, `[endpoint]` one with the name that the menu gives it, and `*Label*` a
          button or heading. Labels are msgids: the guide says what the page says, in the reader's language.
Term      a Vietnamese word of the law with the English word that this system uses and its meaning (data/glossary.json).
Tour      the stops shown on the desk until a person ends it; that it was ended is read from the journal.
Picture   a page of the demonstration world, made by `make pictures` (needs Chromium); a guide without pictures is whole.

Enters: roles of the reader, the menu's labels, the journal's line that the tour was ended.
Leaves: nothing but that line; it is a window. Nothing here holds personal data, so everybody may read all of it; a link is one
only for who may follow it.
"""
