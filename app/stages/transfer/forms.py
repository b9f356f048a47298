"""Forms of transfer: they check shape only; what the rules ask is asked by the actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from app.kernel.forms import (
    ChoiceField,
    DateField,
    FileField,
    IntField,
    LineField,
    MoneyField,
    NoteField,
    PickField,
    StageForm,
    YesField,
)
from app.kernel.words import N_, Face
from app.stages.transfer import communes
from app.stages.transfer.quantities import hectares, square_metres
from app.stages.transfer.rules import (
    AgreementKind,
    LineKind,
    Rating,
    Route,
    Said,
    Usage,
)

LINES = 8
PARTS = ("kind", "name", "quantity", "unit")


class _Terms(StageForm):
    """What an offer says. `lines` are numbered fields kind_1, name_1, quantity_1, unit_1, …"""

    giver_name = LineField(N_("Who signs for the host"), required=True, max=200)
    planned_on = DateField(N_("Planned for"), required=True)
    place = LineField(N_("Place of the handover"), required=True, max=300)
    intended_use = NoteField(N_("What the receiver will use it for"), required=True, max=5000, rows=4, hint=N_("The receiver may put it in its own words when it signs."))

    def given_lines(self) -> list[dict[str, Any]]:
        """The lines with something in them, in their order; an empty line is left out."""
        lines = [{part: self[f"{part}_{n}"].data for part in PARTS} for n in range(1, LINES + 1)]
        return [{**line, "kind": LineKind(line["kind"] or "other")} for line in lines if line["name"] or line["quantity"] or line["kind"]]

    def numbered(self) -> list[tuple[int, list[Any]]]:
        """(number, fields) of each line, for the page."""
        return [(n, [self[f"{part}_{n}"] for part in PARTS]) for n in range(1, LINES + 1)]


def _line_fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for n in range(1, LINES + 1):
        fields[f"kind_{n}"] = PickField(N_("Kind"))
        fields[f"name_{n}"] = LineField(N_("What is handed over"), max=500)
        fields[f"quantity_{n}"] = IntField(N_("Quantity"), min=1, max=1_000_000)
        fields[f"unit_{n}"] = LineField(N_("Unit"), max=64)
    return fields


OfferTerms: Any = type("OfferTerms", (_Terms,), _line_fields())
OfferForm: Any = type("OfferForm", (_Terms,), {
    "receiver": PickField(N_("Receiving body"), required=True, hint=N_("The body that the order names stands first.")), **_line_fields()})  # fmt: skip


def offer(receivers: list[tuple[str, str]], **values: Any) -> Any:
    """The form of a first offer."""
    form = OfferForm(data=values)
    form.receiver.choices = receivers
    return _with_kinds(form)


def offer_again(handover: Any) -> Any:
    """The form of another offer, filled with what was offered before."""
    values: dict[str, Any] = {}
    for line in handover.lines[:LINES]:
        values |= {f"{part}_{line.position}": getattr(line, part) for part in PARTS}
    return _with_kinds(OfferTerms(obj=handover, data=values))


def _with_kinds(form: Any) -> Any:
    for n in range(1, LINES + 1):
        form[f"kind_{n}"].choices = [(str(k), _(k.label)) for k in LineKind]
    return form


class HandoverAnswer(Face):
    """The answers to an offer."""

    CONFIRM = "confirm", N_("Sign: the body receives it"), "green"
    REFUSE = "refuse", N_("Refuse"), "red"


class AnswerHandover(StageForm):
    answer = ChoiceField(N_("How do you answer?"), enum=HandoverAnswer, required=True)
    handed_on = DateField(N_("Handed over on"), sometimes=True, hint=N_("Needed to sign."))
    receiver_name = LineField(N_("Who signs for the receiving body"), max=200, sometimes=True, hint=N_("Needed to sign: name and office."))
    intended_use = NoteField(N_("What it will be used for"), max=5000, rows=4, sometimes=True, hint=N_("Needed to sign. This is printed in the minutes."))
    remark = NoteField(N_("Remark, or the reason of the refusal"), max=5000, rows=3, sometimes=True, hint=N_("Needed when you refuse. With a signature it is printed in the minutes."))
    attest = YesField(N_("I may sign for the receiving body and answer as said."), required=True)


class Reason(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3)


class AreaField(IntField):
    """An area: typed in hectares with at most four decimals, kept in square metres."""

    unreadable = N_("Please write hectares, for example 12,5.")

    def parse(self, text: str) -> int:
        return square_metres(text)

    def show(self, value: Any) -> str:
        return hectares(value)


class Report(StageForm):
    usage = ChoiceField(N_("Is the result used?"), enum=Usage, required=True)
    place = LineField(N_("Where: commune, place, enterprise"), max=300, sometimes=True, hint=N_("Needed when the result is used."))
    area = AreaField(N_("Area (ha)"), max=100_000_000_000)
    output = IntField(N_("Output of the year"), max=10**12)
    output_unit = LineField(N_("Unit of the output"), max=64, hint=N_("For example tấn, cây giống, bộ."))
    households = IntField(N_("Households that use it"), max=100_000_000)
    users = IntField(N_("Enterprises, cooperatives and other users"), max=100_000_000)
    revenue = MoneyField(N_("Revenue of the year that comes from the result"))
    savings = MoneyField(N_("Costs saved in the year"))
    jobs = IntField(N_("Jobs made"), max=10_000_000)
    scale = LineField(N_("More about how widely it is used"), max=200)
    evidence = NoteField(N_("What the figures stand on"), max=2000, rows=2, sometimes=True, hint=N_("Records, invoices, a survey… Needed when there are figures and no file."))
    file = FileField(N_("A file that shows it: photo, table, minutes"))
    note = NoteField(N_("How it went; when it is not used: why"), max=10_000, rows=5)

    def sites(self) -> list[dict[str, Any]]:
        """The communes that were named, in their order."""
        rows = [{part: self[f"{part}_{n}"].data for part in SITE_PARTS if f"{part}_{n}" in self} for n in range(1, SITES + 1)]
        return [row for row in rows if any(row.values())]

    def said(self) -> Said:
        """What was written, as the action takes it."""
        return Said(**{name: self[name].data for name in Said.__dataclass_fields__})


SITES = 5
SITE_PARTS = ("commune", "district", "place", "area", "households")


def report(row: Any, sites: Sequence[Any], *, districts: bool, by_link: bool = False) -> Any:
    """The form of a yearly report with lines for the communes; districts are asked only of years in which there were any."""
    parts: dict[str, Any] = {}
    for n in range(1, SITES + 1):
        parts[f"commune_{n}"] = PickField(N_("Commune"), choices=communes.choices())
        if districts:
            parts[f"district_{n}"] = LineField(N_("District at that time"), max=100)
        parts |= {f"place_{n}": LineField(N_("Place there"), max=300), f"area_{n}": AreaField(N_("Area there (ha)"), max=100_000_000_000), f"households_{n}": IntField(N_("Households there"), max=100_000_000)}
    if by_link:
        parts["name"] = LineField(N_("Your name"), required=True, max=200)
    values = {f"{part}_{n}": getattr(site, part) for n, site in enumerate(sites, 1) for part in SITE_PARTS} | ({"name": row.reporter_name} if by_link else {})
    return type("ReportWithSites", (Report,), parts)(obj=row, data=values)


class MailLink(StageForm):
    email = LineField(N_("E-mail address of who uses the result"), required=True, max=320, hint=N_("It is kept for the later years too, and shown to nobody outside."))


class ReportAnswer(Face):
    """The answers to a report on use."""

    VERIFY = "verify", N_("The report is right"), "green"
    RETURN = "return", N_("Return the report"), "amber"


class VerifyReport(StageForm):
    answer = ChoiceField(N_("How do you decide?"), enum=ReportAnswer, required=True)
    remark = NoteField(N_("Remark for the reporter"), max=5000, rows=4, sometimes=True, hint=N_("Needed when you return the report."))


class EditAgreement(StageForm):
    kind = ChoiceField(N_("Kind of agreement"), enum=AgreementKind, required=True)
    route = ChoiceField(N_("Between whom"), enum=Route, required=True)
    recipient = PickField(N_("Recipient: an organisation of the system"))
    recipient_name = LineField(N_("Recipient: another enterprise or person"), max=300, hint=N_("When it is not in the list above."))
    recipient_details = LineField(N_("Tax code and address of the recipient"), max=500)
    contact_email = LineField(N_("E-mail address of the recipient"), max=320, hint=N_("For the yearly question how the result is used, when it has no account here."))
    scope = NoteField(N_("What is transferred, with which rights"), required=True, max=5000)
    price = MoneyField(N_("Price"), required=True, hint=N_("0 when it is given without payment."))
    author_share = IntField(N_("Authors' share of the after-tax profit (percent)"), max=100)
    intermediary = LineField(N_("Intermediary, if there is one"), max=300)
    intermediary_share = IntField(N_("Share of the intermediary (percent)"), max=100)
    ends_on = DateField(N_("Ends on"), hint=N_("Leave blank when it has no end."))


class SignAgreement(StageForm):
    number = LineField(N_("Number of the contract"), required=True, max=64)
    signed_on = DateField(N_("Signed on"), required=True)
    host_signer = LineField(N_("Signed for the host by"), required=True, max=200)
    recipient_signer = LineField(N_("Signed for the recipient by"), required=True, max=200)
    attest = YesField(N_("Both parties have signed the contract."), required=True)


class RegisterAgreement(StageForm):
    number = LineField(N_("Number of the certificate of registration"), required=True, max=64)
    registered_on = DateField(N_("Date of the certificate"), required=True)


class EndAgreement(StageForm):
    ended_on = DateField(N_("Ended on"), required=True)
    reason = NoteField(N_("How the contract ended"), required=True, max=2000, rows=3)


class Evaluate(StageForm):
    rating = ChoiceField(N_("How do you rate the effect?"), enum=Rating, required=True)
    assessment = NoteField(N_("Assessment"), required=True, max=10_000, rows=6)
    advice = NoteField(N_("What should follow: replicate, improve, stop"), max=5000, rows=3)
    attest = YesField(N_("I have read the verified reports below and judge as said."), required=True)


class PutToCouncil(StageForm):
    title = LineField(N_("Title of the council"), required=True, max=500)


class Interest(StageForm):
    name = LineField(N_("Your name"), required=True, max=200)
    organisation = LineField(N_("Organisation, enterprise, cooperative"), max=300)
    email = LineField(N_("E-mail address"), required=True, max=320)
    phone = LineField(N_("Telephone"), max=40)
    message = NoteField(N_("What you would like to know or do"), required=True, min=10, max=5000, rows=6)
    website = LineField(N_("Please leave this blank"), max=300)  # a trap for machines; nobody sees it
    agree = YesField(N_("I agree that the Department keeps these details to answer me."), required=True)


class InterestAnswer(Face):
    """The answers to a message."""

    ANSWER = "answer", N_("Answer by e-mail"), "green"
    CLOSE = "close", N_("Close without an answer"), "grey"


class AnswerInterest(StageForm):
    how = ChoiceField(N_("What do you do?"), enum=InterestAnswer, required=True)
    text = NoteField(N_("Your answer, or the reason for closing"), required=True, max=5000, rows=6, hint=N_("An answer is sent to the address that was left. A reason stays inside."))


class Talks(StageForm):
    note = NoteField(N_("What was said, offered, left open"), required=True, max=2000, rows=5)


class Publish(StageForm):
    summary = NoteField(N_("Summary for the public"), required=True, max=10_000, rows=6)
    title_en = LineField(N_("Title in English"), max=500)
    summary_en = NoteField(N_("Summary in English"), max=10_000, rows=6)
    readiness = IntField(N_("Technology readiness level (TRL, 1 to 9)"), min=1, max=9, hint=N_("1: principle observed; 4: works in the laboratory; 7: prototype in use on site; 9: proven in use."))
    owner = LineField(N_("Owner of the result"), max=300, hint=N_("Left blank: the host."))
    rights = NoteField(N_("Rights and protection"), max=1000, rows=2, hint=N_("Patent, plant variety, copyright, or none; what may be transferred."))
    price_terms = NoteField(N_("Price and terms"), max=1000, rows=2)
    attest = YesField(N_("Nothing in it must be kept secret: state secrets, trade secrets, rights not yet protected."), required=True)
