"""The signed scan of a paper, and its number in the register."""

from __future__ import annotations

from app.kernel.forms import FileField, LineField, StageForm
from app.kernel.words import N_


class AttachScan(StageForm):
    file = FileField(N_("Signed scan"), required=True, accept=".pdf,.png,.jpg", hint=N_("The whole signed paper with its stamp, best as one PDF."))


class Number(StageForm):
    number = LineField(N_("Number"), required=True, max=60, hint=N_("As it stands in the register of the body that issues the paper, for example 15/BB-SKHCN."))
