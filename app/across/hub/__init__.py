"""The hub: every project in one list, and one page per project.

Phase   where a project stands, derived from its parts in `phase`; nothing of it is stored.
Line    one report, change, visit, acceptance case or result of a project, as its page lists it.

It reads what the stages froze and links to their pages; it writes nothing.
"""
