"""Which account stays, and why."""

from __future__ import annotations

from app.kernel.forms import LineField, NoteField, StageForm, YesField
from app.kernel.words import N_


class Merge(StageForm):
    survivor = LineField(N_("E-mail address of the account that stays"), required=True, max=254)
    reason = NoteField(N_("Reason"), required=True, max=500, rows=3, hint=N_("How it is known that both accounts are one person. It stands in the journal."))
    agree = YesField(N_("I have read what moves, and merge the accounts"))
