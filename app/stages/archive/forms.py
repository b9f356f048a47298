"""Forms of the archive: they check shape only."""

from __future__ import annotations

from app.kernel.forms import DateField, LineField, NoteField, StageForm
from app.kernel.words import N_


class Request(StageForm):
    """Ask for a dossier as one file."""

    reason = LineField(N_("What do you need it for?"), required=True, max=500, hint=N_("It is noted in the journal, as each download is."))


class Reason(StageForm):
    """A hold, or its end, with the reason."""

    reason = NoteField(N_("Reason"), required=True, max=2000, rows=4)


class HandOver(StageForm):
    """The dossier went to the archive."""

    handed_on = DateField(N_("Handed over on"), required=True)
    receiver = LineField(N_("Received by"), required=True, max=200, hint=N_("The archive and the person who signed."))
    minutes = LineField(N_("Number of the minutes of the handover"), required=True, max=100)
    shelf = LineField(N_("Where it lies"), max=100, hint=N_("Store, shelf, box."))
