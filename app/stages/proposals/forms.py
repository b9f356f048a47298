"""Forms of a dossier: one per section, and the acts."""

from __future__ import annotations

from typing import Any

from flask import request
from wtforms import HiddenField

from app.kernel.forms import (
    ChoiceField,
    FileField,
    IntField,
    LineField,
    MoneyField,
    NoteField,
    PickField,
    StageForm,
    TicksField,
    YesField,
)
from app.kernel.words import N_
from app.services.questionnaires.forms import SheetForm
from app.services.questionnaires.rules import questions
from app.stages.proposals.budgeting import LONGEST_TEXT, amount_of, quantity_of
from app.stages.proposals.rules import ProductGroup, Source


class Start(StageForm):
    host = PickField(N_("Host organisation"), required=True, blank=False, hint=N_("The organisation in whose name you apply. Its manager signs off."))


class General(StageForm):
    title = LineField(N_("Title"), required=True, max=500)
    aim = NoteField(N_("Aim"), required=True, max=5000)
    duration_months = IntField(N_("Duration (months)"), required=True, min=1, max=120)


class WorkSection(SheetForm):
    """One section of the work description: what it asks stands in the questionnaire."""


class Merge(WorkSection):
    """The same section, as two people wrote it: for each question they answered differently, which text is kept."""

    def chosen(self) -> dict[str, str]:
        """By question: mine, theirs or both."""
        found = {q["code"]: request.form.get(f"choose-{q['code']}", "") for q in questions(self.sheet.definition)}
        return {code: choice for code, choice in found.items() if choice in ("mine", "theirs", "both")}


class WordUpload(StageForm):
    file = FileField(N_("Filled Word form (.docx)"), required=True, accept=".docx")


class WordTake(StageForm):
    """Which differences of a Word form are taken over: ticks and values are posted beside it."""


class Copy(StageForm):
    """Which parts of an earlier dossier are taken over."""

    source = HiddenField()
    parts = TicksField(N_("What is copied"), required=True)


class Product(StageForm):
    group = ChoiceField(N_("Kind of product"), enum=ProductGroup, required=True)
    name = LineField(N_("Product"), required=True, max=300)
    unit = LineField(N_("Unit"), required=True, max=60)
    quantity = IntField(N_("Quantity"), required=True, min=1, max=10**7)
    quality = NoteField(N_("Required quality"), required=True, max=2000, rows=3)


class QuantityField(IntField):
    """A quantity with up to two decimals, kept in hundredths: 2,5 → 250."""

    unreadable = N_("Please write a quantity, for example 12 or 2,5.")

    def parse(self, text: str) -> int:
        return quantity_of(text)

    def show(self, value: Any) -> str:
        whole, part = divmod(int(value), 100)
        return f"{whole},{part:02d}".rstrip("0").rstrip(",")


class AmountField(MoneyField):
    """Whole đồng as people write them: also 1.250,5 triệu and 3 tỷ."""

    unreadable = N_("Please write an amount in đồng, for example 1.250.000.000 or 1.250,5 triệu.")

    def parse(self, text: str) -> int:
        return amount_of(text)


class Line(StageForm):
    head = PickField(N_("Budget head"), required=True)
    content = LineField(N_("Content"), required=True, max=300)
    source = ChoiceField(N_("Source"), enum=Source, required=True)
    year = IntField(N_("Year"), required=True, min=2000, max=2100)
    unit = LineField(N_("Unit"), required=True, max=60)
    quantity = QuantityField(N_("Quantity"), required=True, min=1, max=10**11)
    price = AmountField(N_("Unit price (đồng)"), required=True, min=1)


class Lines(StageForm):
    """Many lines at once, pasted or in a workbook."""

    text = NoteField(N_("Rows copied from Excel"), max=LONGEST_TEXT, rows=10)
    file = FileField(N_("Or a workbook (.xlsx)"), accept=".xlsx")
    how = ChoiceField(N_("What becomes of the present lines?"), required=True)


class Upload(StageForm):
    kind = PickField(N_("Document"), required=True)
    file = FileField(N_("File"), required=True)


class Remove(StageForm):
    pass


class SignOff(StageForm):
    digest = HiddenField()
    confirm = YesField(N_("On behalf of the host organisation I confirm this dossier and its budget."), required=True)


class SendBack(StageForm):
    places = TicksField(N_("Sections that may be changed"), required=True, hint=N_("The others stay as they are until you sign."))
    reason = NoteField(N_("What must change?"), required=True, max=2000)


class Submit(StageForm):
    confirm = YesField(N_("What the dossier says is true, and the team agrees to it."), required=True)


class Withdraw(StageForm):
    reason = NoteField(N_("Reason"), max=1000, rows=3)


class Check(StageForm):
    outcome = ChoiceField(N_("Is the dossier eligible?"), required=True, choices=[])
    reason = NoteField(N_("Reason or remark"), max=2000, sometimes=True, hint=N_("Needed when it is not eligible. The applicant will read it."))


class Reinstate(StageForm):
    document = LineField(N_("Document on which it rests"), required=True, max=200, hint=N_("Number and date, for example 12/KL-SKHCN of 20/05/2026."))
    reason = NoteField(N_("Reason"), required=True, max=2000, hint=N_("The applicant will read it."))


class GiveUp(StageForm):
    document = LineField(N_("Letter on which it rests"), max=200, sometimes=True, hint=N_("Number and date. Needed when an officer records it."))
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3, hint=N_("The host, the investigator and the Department read it."))
    confirm = YesField(N_("The place is given up for good: it cannot be taken back."), required=True)
