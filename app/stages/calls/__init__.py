"""Calls: topics of the approved list put out for dossiers, until one instant.

Call        a notice with topics of one mode: draft → published → closed → opened → concluded. Round 2 calls again what
            round 1 left without a good dossier. `rules.is_open` alone decides whether a dossier may come in.
Call topic  one topic in one call; dossiers answer it.
Extension   a later deadline for the whole call, proposed by one person and confirmed by another.

Enters: topics. Leaves: call topics, which proposals answer, and the rule versions frozen at publication.
"""
