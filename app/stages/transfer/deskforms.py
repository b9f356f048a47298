"""Forms of the transfer desk: income of contracts, pictures of results."""

from __future__ import annotations

from app.kernel.forms import (
    DateField,
    FileField,
    IntField,
    LineField,
    MoneyField,
    StageForm,
)
from app.kernel.words import N_


class RecordIncome(StageForm):
    from_on = DateField(N_("From"), required=True)
    to_on = DateField(N_("To"), required=True)
    revenue = MoneyField(N_("Revenue of the period"), required=True)
    profit = MoneyField(N_("Profit after tax, which is shared"), required=True)
    author_share = IntField(N_("Authors (percent)"), required=True, max=100)
    intermediary_share = IntField(N_("Intermediary (percent)"), required=True, max=100)
    host_share = IntField(N_("Host (percent)"), required=True, max=100)
    document = LineField(N_("Invoice, statement, transfer it stands on"), required=True, max=200)


class AddPicture(StageForm):
    file = FileField(N_("Picture (PNG or JPEG)"), required=True, hint=N_("It is made anew in a smaller size, without what the camera wrote into it; the upload is not kept."))
    alt = LineField(N_("What is seen, in one sentence"), required=True, min=5, max=300, hint=N_("For who does not see it."))
    alt_en = LineField(N_("The same in English"), max=300)


class RemovePicture(StageForm):
    """Takes a picture off."""
