"""Forms of the province's money: carrying over, the cut line, management costs."""

from __future__ import annotations

from wtforms import HiddenField

from app.kernel.forms import (
    DateField,
    IntField,
    LineField,
    MoneyField,
    NoteField,
    PickField,
    StageForm,
    YesField,
)
from app.kernel.words import N_


class CarryOver(StageForm):
    promised = HiddenField()
    free = MoneyField(N_("Of what is promised to nobody, carry over"), required=True)
    decision_number = LineField(N_("Number of the decision"), required=True, max=64, hint=N_("For example 4923/QĐ-UBND."))
    attest = YesField(N_("The decision says these sums; the promises to projects move along."), required=True)


class CutLine(StageForm):
    funded = IntField(N_("How many dossiers have money, from the top"), required=True, min=0, max=10_000)
    year = IntField(N_("Year"), required=True, min=1990, max=2200)
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3, hint=N_("Kept with the line and shown to who decides."))


class ManagementBudget(StageForm):
    year = IntField(N_("Year"), required=True, min=1990, max=2200)
    total = MoneyField(N_("Budget of management costs"), required=True)
    decision_number = LineField(N_("Number of the decision"), max=64)


class BookCost(StageForm):
    head = PickField(N_("Head of management costs"), required=True)
    content = LineField(N_("What was paid for"), required=True, max=300)
    amount = MoneyField(N_("Amount"), required=True, min=1)
    booked_on = DateField(N_("Paid on"), required=True)
    voucher = LineField(N_("Number of the voucher"), required=True, max=64)


class TakeBack(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=300, rows=3)
