"""The signed scan of a paper."""

from __future__ import annotations

from app.kernel.forms import FileField, StageForm
from app.kernel.words import N_


class AttachScan(StageForm):
    file = FileField(N_("Signed scan"), required=True, accept=".pdf,.png,.jpg", hint=N_("The whole signed paper with its stamp, best as one PDF."))
