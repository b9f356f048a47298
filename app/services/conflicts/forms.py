"""Forms of declared relations."""

from __future__ import annotations

from app.kernel.forms import ChoiceField, LineField, StageForm
from app.kernel.words import N_
from app.services.conflicts.rules import TieKind


class DeclareTie(StageForm):
    kind = ChoiceField(N_("What the person is to me"), enum=TieKind, required=True)
    name = LineField(N_("Full name of the person"), required=True, max=200)
    email = LineField(N_("E-mail address of the person"), max=320, hint=N_("If you know it: it tells people of the same name apart."))


class Plain(StageForm):
    """A button."""
