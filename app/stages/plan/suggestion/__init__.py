"""Suggestion: up to three items of the plan for a title, with the words that led there, or “none fits”.

Vocabulary  what comes with a plan (data/) and what officers add (PriorityTerm); words, or words together: “giống + @crop”.
Confirmed   a title that a person tied to an item, pushed here by ideas: the suggestion learns from it.
Labelled    a list of titles with their items, one half for tuning, one held back: `flask plan accuracy` prints both.

Enters: a title and aims. Leaves: a ranked list; the choice is always a person's.
"""
