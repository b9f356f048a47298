"""The signed scan of a paper, and its number in the register."""

from __future__ import annotations

from app.kernel.errors import Incomplete
from app.kernel.forms import (
    ChoiceField,
    DateField,
    FileField,
    IntField,
    LineField,
    NoteField,
    StageForm,
    TicksField,
)
from app.kernel.words import N_
from app.services.papers.wording import LONGEST


class AttachScan(StageForm):
    file = FileField(N_("Signed scan"), required=True, accept=".pdf,.png,.jpg", hint=N_("The whole signed paper with its stamp, best as one PDF."))


class Number(StageForm):
    number = LineField(N_("Number"), required=True, max=60, hint=N_("As it stands in the register of the body that issues the paper, for example 15/BB-SKHCN."))


class DraftWording(StageForm):
    of = ChoiceField(N_("Copy of version"), required=True, hint=N_("Take version 0 to return to the text that came with the system."))
    reason = LineField(N_("Why the wording is changed"), required=True, max=500, hint=N_("For example the circular with the new form."))


class Wording(StageForm):
    text = NoteField(N_("Text of the template"), required=True, max=LONGEST, rows=30, hint=N_("Line by line; commands begin with #, values with $."))


class PutWordingInForce(StageForm):
    valid_from = DateField(N_("In force from"), required=True, hint=N_("Papers of this day and later are made with the new wording."))


class DiscardWording(StageForm):
    reason = LineField(N_("Reason"), required=True, max=500)


class EnterBasis(StageForm):
    text = LineField(N_("Legal basis"), required=True, max=500, hint=N_("As it is printed after “Căn cứ”, for example Nghị định số 267/2025/NĐ-CP của Chính phủ."))
    source = LineField(N_("Source"), required=True, max=500, hint=N_("Number and day of the act, or where it was read."))
    valid_from = DateField(N_("In force from"), required=True)
    valid_to = DateField(N_("In force until"), hint=N_("Leave empty while no end is known."))
    position = IntField(N_("Order"), required=True, max=9999, hint=N_("Laws first, then decrees, then circulars: the lower number stands first."))
    kinds = TicksField(N_("Printed on"), required=True)


class ChangeBasis(StageForm):
    valid_to = DateField(N_("In force until"), hint=N_("Leave empty while no end is known."))
    position = IntField(N_("Order"), required=True, max=9999, hint=N_("Laws first, then decrees, then circulars: the lower number stands first."))
    kinds = TicksField(N_("Printed on"), required=True)
    reason = LineField(N_("Reason"), required=True, max=500)


class WithdrawPaper(StageForm):
    number = LineField(N_("Number of the decision"), required=True, max=60, hint=N_("As it stands in the register of the body that issues the paper, for example 15/BB-SKHCN."))
    dated = DateField(N_("Date of the decision"), required=True)
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3, hint=N_("It is printed on the decision."))


class ReplacePaper(StageForm):
    number = LineField(N_("Number of the new paper"), required=True, max=60, hint=N_("As it stands in the register of the body that issues the paper, for example 15/BB-SKHCN."))
    dated = DateField(N_("Date of the new paper"), required=True)
    corrections = NoteField(N_("What is put right"), required=True, max=10_000, rows=5, hint=N_("One correction on each line: the words as they stand => the words as they should be."))
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3, hint=N_("It is printed on the new paper."))

    def pairs(self) -> list[tuple[str, str]]:
        """(as it stands, as it should be), line by line. Raises Incomplete for a line without the sign."""
        found = []
        for at, line in enumerate((self.corrections.data or "").splitlines(), 1):
            wrong, sign, right = line.partition("=>")
            if line.strip() and not (sign and wrong.strip()):
                raise Incomplete(N_("Line %(line)s holds no “=>” between the words as they stand and as they should be."), field="corrections", line=at)
            if line.strip():
                found.append((wrong.strip(), right.strip()))
        return found
