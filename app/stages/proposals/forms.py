"""Forms of a dossier: one per section, and the acts."""

from __future__ import annotations

from typing import Any

from flask import request
from wtforms import HiddenField

from app.kernel.errors import Incomplete
from app.kernel.forms import (
    ChoiceField,
    FileField,
    IntField,
    LineField,
    MomentField,
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
from app.stages.proposals.budgeting import (
    LONGEST_TEXT,
    amount_of,
    quantity_of,
    quantity_text,
)
from app.stages.proposals.rules import LONGEST_MONTHS, ProductGroup, Source
from app.stages.proposals.rules import Spending as SpendingMethod
from app.stages.proposals.schedule import Promise


class Start(StageForm):
    host = PickField(N_("Host organisation"), required=True, blank=False, hint=N_("The organisation in whose name you apply. Its manager signs off."))


def start_form(questions: list[dict[str, Any]], lang: str, yes: str, no: str) -> type[Start]:
    """The form that begins a dossier, with the questions of eligibility that the call asks before: each wants an answer."""
    fields = {f"q_{q['code']}": ChoiceField(q[lang], choices=[("yes", yes), ("no", no)], required=True) for q in questions}
    return type("StartWithQuestions", (Start,), fields)


class General(StageForm):
    title = LineField(N_("Title"), required=True, max=500)
    aim = NoteField(N_("Aim"), required=True, max=5000)
    duration_months = IntField(N_("Duration (months)"), required=True, min=1, max=120)


class GeneralKept(StageForm):
    """What is typed on the page of general information, before it is whole."""

    title = LineField(N_("Title"), max=500)
    aim = NoteField(N_("Aim"), max=5000)
    duration_months = IntField(N_("Duration (months)"), min=1, max=120)


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




class QuantityField(IntField):
    """A quantity with up to two decimals, kept in hundredths: 2,5 → 250."""

    unreadable = N_("Please write a quantity, for example 12 or 2,5.")

    def parse(self, text: str) -> int:
        return quantity_of(text)

    def show(self, value: Any) -> str:
        return quantity_text(int(value))


class AmountField(MoneyField):
    """Whole đồng as people write them: also 1.250,5 triệu and 3 tỷ."""

    unreadable = N_("Please write an amount in đồng, for example 1.250.000.000 or 1.250,5 triệu.")

    def parse(self, text: str) -> int:
        return amount_of(text)


class Product(StageForm):
    group = ChoiceField(N_("Kind of product"), enum=ProductGroup, required=True)
    name = LineField(N_("Product"), required=True, max=300)
    kind = PickField(N_("What it is"), hint=N_("As the official forms list it."))
    unit = LineField(N_("Unit"), required=True, max=60)
    quantity = IntField(N_("Quantity"), required=True, min=1, max=10**7)
    quality = NoteField(N_("Required quality"), required=True, max=2000, rows=3, hint=N_("Form I: the main criteria with unit and level. Forms II and III: the scientific requirement."))
    level_home = LineField(N_("Level of the like in Viet Nam"), max=500, hint=N_("Asked for form I."))
    level_abroad = LineField(N_("Level of the like abroad"), max=500, hint=N_("Asked for form I."))
    place = LineField(N_("Where it is to be published"), max=300, hint=N_("Asked for form III: journal, publisher."))
    ready_month = IntField(N_("Ready by month"), min=1, max=LONGEST_MONTHS, hint=N_("Months count from the start of the work."))

    def promise(self) -> Promise:
        """What is promised. Raises Incomplete for a kind of another form."""
        group, _dot, kind = (self.kind.data or "").partition(".")
        if group and group != str(self.group.data):
            raise Incomplete(N_("This belongs to another form of products."), field="kind")
        return Promise(ProductGroup(self.group.data), self.name.data or "", self.unit.data or "", int(self.quantity.data), self.quality.data or "", kind or None,
                       self.level_home.data or None, self.level_abroad.data or None, self.place.data or None, self.ready_month.data)  # fmt: skip


class PlannedUse(StageForm):
    organisation = PickField(N_("Organisation that receives it"))
    receiver = LineField(N_("Or its name, when it is not on the list"), max=300)
    product = PickField(N_("Product"), hint=N_("Leave it open when all products are received."))
    place = LineField(N_("Where it is used"), required=True, max=300, hint=N_("Address: commune, body, enterprise."))
    how = NoteField(N_("What becomes of it there"), required=True, max=2000, rows=3)
    month_from = IntField(N_("From month"), min=1, max=240, hint=N_("Months count from the start of the work; it may lie after its end."))


class Milestone(StageForm):
    content = LineField(N_("Work"), required=True, max=300)
    result = LineField(N_("Result"), required=True, max=300)
    month_from = IntField(N_("From month"), required=True, min=1, max=LONGEST_MONTHS)
    month_to = IntField(N_("To month"), required=True, min=1, max=LONGEST_MONTHS)
    products = TicksField(N_("Products it leads to"))
    members = TicksField(N_("Who of the team works on it"))
    others = LineField(N_("Others who work on it"), max=300, hint=N_("Partner organisations, people outside the team."))
    cost = AmountField(N_("Planned cost (đồng)"))


class Spending(StageForm):
    spending = ChoiceField(N_("Method of lump-sum spending"), enum=SpendingMethod, required=True)


class Line(StageForm):
    head = PickField(N_("Budget head"), required=True)
    content = LineField(N_("Content"), required=True, max=300)
    source = ChoiceField(N_("Source"), enum=Source, required=True)
    year = IntField(N_("Year"), required=True, min=2000, max=2100)
    unit = LineField(N_("Unit"), required=True, max=60)
    quantity = QuantityField(N_("Quantity"), required=True, min=1, max=10**11)
    price = AmountField(N_("Unit price (đồng)"), required=True, min=1)


class Grid(StageForm):
    """Many lines as cells: which ones is posted beside it."""


class Lines(StageForm):
    """Many lines at once, pasted or in a workbook."""

    text = NoteField(N_("Rows copied from Excel"), max=LONGEST_TEXT, rows=10)
    file = FileField(N_("Or a workbook (.xlsx)"), accept=".xlsx")
    how = ChoiceField(N_("What becomes of the present lines?"), required=True)


class Upload(StageForm):
    kind = PickField(N_("Document"), required=True)
    replaces = PickField(N_("In place of"), hint=N_("Leave it empty for another file. The version that is replaced is kept; the team can still read it."))
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
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3, hint=N_("It stays with the dossier. The host and the Department read it."))


class Envelope(StageForm):
    """What stands on the sealed envelope of a dossier on paper."""

    topic = PickField(N_("Topic"), required=True)
    title = LineField(N_("Title of the task, as on the envelope"), required=True, max=500)
    host = PickField(N_("Host organisation"), required=True)
    pi_name = LineField(N_("Principal investigator"), required=True, max=200)
    pi_email = LineField(N_("E-mail address of the investigator"), required=True, max=320, hint=N_("The receipt goes there. Where there is no account with it, one is made without a password; it is set by “forgotten password”."))
    stamp_at = MomentField(N_("Arrival stamp of the post office, or when it was handed over"), required=True, hint=N_("This instant counts. Day, month, year and hour as on the stamp; where it bears no hour, 00:00."))
    stamp_office = LineField(N_("Post office, or the desk where it was handed over"), required=True, max=200)
    reference = LineField(N_("Number of the item of mail"), max=100)
    envelopes = IntField(N_("Sealed envelopes"), required=True, min=1, max=100)
    listing = NoteField(N_("Documents listed on the envelope"), max=4000, rows=4)


class LateEnvelope(Envelope):
    """The same, when it came after the deadline with a stamp from before it."""

    document = LineField(N_("Document on which it rests"), required=True, max=200, hint=N_("Number and date of the report on the mail, for example 12/BB-SKHCN of 20/05/2026."))
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3, hint=N_("It is shown for ever on the dossier, the receipt and the minutes of the opening."))


class LateOutage(StageForm):
    topic = PickField(N_("Topic"), required=True)
    email = LineField(N_("E-mail address of the investigator"), required=True, max=320, hint=N_("The draft that this person has for the topic, as it stood at the deadline."))
    outage_from = MomentField(N_("The outage began"), required=True)
    outage_until = MomentField(N_("The outage ended"), required=True)
    document = LineField(N_("Document on which it rests"), required=True, max=200, hint=N_("Number and date of the report on the outage, for example 12/BB-SKHCN of 20/05/2026."))
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3, hint=N_("It is shown for ever on the dossier, the receipt and the minutes of the opening."))


class LateConfirm(StageForm):
    confirm = YesField(N_("I have seen the document and agree that this dossier is admitted after the deadline."), required=True)


class TranscriptReason(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3)


class TranscriptConfirm(StageForm):
    confirm = YesField(N_("I have compared every section with the paper: it says the same."), required=True)


class LateRefuse(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3)


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
