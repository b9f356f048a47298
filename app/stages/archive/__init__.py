"""The archive: the whole dossier of a project as one file, how long it is kept, and holds that forbid to destroy it.

Copy        one ZIP of a dossier, asked for by a person and made by the worker for exactly this person: requested, being
            made, ready, failed, expired. It holds what this person may read on the pages, and nothing else.
Part        a table whose rows belong to a project or a proposal: where it hangs, in which folder its papers and files go,
            and who gets its rows as data (`parts.py`). A test fails for a table that is neither a part nor left out on purpose.
Dossier     everything of one project found in the parts: rows, papers, files, acts of the journal (`contents.py`).
Entry       one file in the ZIP, as the index (mục lục hồ sơ) lists it.
Hold        nothing of this project may be destroyed, for a reason: placed by an officer, lifted by a leader.
Deposit     the dossier was handed over to the archive: when, to whom, by which minutes. Append-only.
Term        how long a kind of dossier is kept, from the rulebook (`archive.terms`); "kept until" is derived, never stored.

Nothing here deletes a dossier: what is due is only shown. Only ZIP files that were made are deleted, after some days.
In: all stages. Out: what the page of a project shows of term and hold.
"""
