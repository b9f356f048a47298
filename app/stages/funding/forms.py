"""Forms of funding: they check shape only; what the rules ask is asked by the actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.kernel.forms import (
    ChoiceField,
    DateField,
    IntField,
    LineField,
    MoneyField,
    NoteField,
    PickField,
    StageForm,
    YesField,
)
from app.kernel.words import N_, Face
from app.stages.funding.rules import Cause, Condition, Source

TRANCHE_ROWS = 6


class Council(StageForm):
    """A button."""


class Begin(StageForm):
    pass


class Open(StageForm):
    held_on = DateField(N_("Day of the session"), required=True)
    place = LineField(N_("Place"), max=300)


def name_cells(form: StageForm, n: int, **labels: str) -> None:
    """Name the cells of row `n`, so that a problem says which row it is in."""
    for name, label in labels.items():
        form[f"{name}_{n}"].label.text = _(label, n=n)


class Conclude(StageForm):
    remark = NoteField(N_("Conclusion of the team"), max=5000, hint=N_("Printed in the minutes."))
    attest = YesField(N_("The team has read every line and agrees with these amounts."), required=True)


class Reason(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3)


class Submit(StageForm):
    number = LineField(N_("Number of the submission"), max=64, hint=N_("For example 89/TTr-SKHCN. Leave blank when the registry has not given it yet."))
    dated = DateField(N_("Date"), required=True)
    title = NoteField(N_("Title of the project"), required=True, max=500, rows=3)
    code_type = LineField(N_("Type, for the project code"), required=True, max=16, hint=N_("For example DT_CN."))
    code_field = LineField(N_("Field, for the project code"), required=True, max=16, hint=N_("For example 4 for agriculture."))
    starts_on = DateField(N_("Starts on"), required=True)
    duration_months = IntField(N_("Duration (months)"), required=True, min=1, max=120)
    remark = NoteField(N_("What the signer should know"), max=5000)


class Decision(Face):
    """The answers of the signer."""

    APPROVE = "approve", N_("Approve"), "green"
    RETURN = "return", N_("Return for changes"), "red"
    HOLD = "hold", N_("Put on hold"), "purple"
    DECLINE = "decline", N_("Decline the award"), "red"


class Decide(StageForm):
    answer = ChoiceField(N_("How do you decide?"), enum=Decision, required=True)
    number = LineField(N_("Number of the decision"), max=64, sometimes=True, hint=N_("For example 4923/QĐ-UBND. Needed to approve or decline."))
    dated = DateField(N_("Date of the decision"), sometimes=True, hint=N_("Needed to approve. The regime of the project follows from this day."))
    remark = NoteField(N_("Remark that is printed"), max=2000, rows=3, hint=N_("Printed on the decision; when you return it, sent to the submitter."))
    inner_remark = NoteField(N_("Remark for the record"), max=2000, rows=3)
    attest = YesField(N_("I have read the facts above and decide as said."), required=True)


class CancelAward(StageForm):
    cause = ChoiceField(N_("Cause"), enum=Cause, required=True)
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3)
    number = LineField(N_("Number of the decision"), required=True, max=64)
    dated = DateField(N_("Date of the decision"), required=True)
    attest = YesField(N_("No contract is signed and nothing was paid; the approval is cancelled for good."), required=True)


class DraftContract(StageForm):
    party_a = LineField(N_("Party A"), required=True, max=300)
    account = LineField(N_("Account of the host"), max=300, hint=N_("Number, bank or treasury. Payments go there."))


class _Tranches(StageForm):
    account = LineField(N_("Account of the host"), max=300)

    def rows(self) -> list[tuple[int, Condition, Any]]:
        """The rows that are filled in."""
        found = []
        for n in range(1, TRANCHE_ROWS + 1):
            amount, condition, day = (self[f"{name}_{n}"].data for name in ("amount", "condition", "planned"))
            if amount or day:
                found.append((amount or 0, Condition(condition or Condition.REPORT), day))
        return found

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        for n in range(1, TRANCHE_ROWS + 1):
            amount, condition, day = (self[f"{name}_{n}"] for name in ("amount", "condition", "planned"))
            for missing in (amount, condition, day):
                if any(f.data for f in (amount, day)) and not missing.data and not missing.errors:
                    missing.errors = [*missing.errors, _("Please fill this in.")]
                    good = False
        return good


def tranches(contract: Any) -> _Tranches:
    """The tranches of a draft contract as rows, some blank."""
    fields: dict[str, Any] = {}
    values: dict[str, Any] = {"account": contract.account}
    known = {n: t for n, t in enumerate(contract.tranches, start=1)}
    for n in range(1, TRANCHE_ROWS + 1):
        fields[f"amount_{n}"] = MoneyField(N_("Amount"))
        fields[f"condition_{n}"] = PickField(N_("Condition"))
        fields[f"planned_{n}"] = DateField(N_("Planned for"))
        if n in known:
            values |= {f"amount_{n}": known[n].amount, f"condition_{n}": str(known[n].condition), f"planned_{n}": known[n].planned_on}
    form = type("Tranches", (_Tranches,), fields)(obj=contract, data=values)
    for n in range(1, TRANCHE_ROWS + 1):
        form[f"condition_{n}"].choices = [(str(c), _(c.label)) for c in Condition]
        name_cells(form, n, amount=N_("Amount of tranche %(n)s"), condition=N_("Condition of tranche %(n)s"), planned=N_("Day of tranche %(n)s"))
    return form  # type: ignore[no-any-return]


class RequestPayment(StageForm):
    note = NoteField(N_("What was done and what the money is for"), max=1000, rows=4)
    attest = YesField(N_("The condition of this tranche is met and what is said here is true."), required=True)


class AccountAnswer(Face):
    """The answers to accounts."""

    ACCEPT = "accept", N_("Accept the accounts"), "green"
    RETURN = "return", N_("Return the accounts"), "red"


class _ByHead(StageForm):
    """Accounts with one amount for each head of the project."""

    heads: Sequence[Any] = ()

    def by_head(self) -> dict[str, int]:
        """The amounts by head."""
        return {head.code: self[f"head_{head.code}"].data or 0 for head in self.heads}

    @classmethod
    def of(cls, heads: Sequence[Any], *, label: str, cell: str, data: Mapping[str, Any], obj: Any = None) -> Any:
        """This form with a field for each head; `cell` names it with its head for those who do not see the table."""
        form = type(cls.__name__, (cls,), {"heads": heads} | {f"head_{head.code}": MoneyField(label) for head in heads})(obj=obj, data=data)
        for head in heads:
            form[f"head_{head.code}"].label.text = _(cell, head=head.name)
        return form


class _AccountTranche(_ByHead):
    note = NoteField(N_("Explanation"), max=5000, rows=3)
    attest = YesField(N_("The vouchers are kept by the host and agree with these figures."), required=True)


def account_tranche(account: Any, heads: Sequence[Any]) -> _AccountTranche:
    """One amount for each head of the project, filled in with what was said before."""
    said = {f"head_{line.head}": line.amount for line in account.lines} if account is not None else {}
    return _AccountTranche.of(heads, label=N_("Spent now"), cell=N_("%(head)s: spent now"), data=said, obj=account)  # type: ignore[no-any-return]


class CheckAccount(StageForm):
    answer = ChoiceField(N_("How do you decide?"), enum=AccountAnswer, required=True)
    remark = NoteField(N_("Remark"), max=2000, rows=3, sometimes=True, hint=N_("Needed when you return the accounts."))
    attest = YesField(N_("I have compared the accounts with the vouchers and the ledger."), required=True)


class ChangeAccount(StageForm):
    account = LineField(N_("New account"), required=True, max=300, hint=N_("Number, bank or treasury. Payments go there."))
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3)
    attest = YesField(N_("The account belongs to the host of the project."), required=True)


class ChangeAnswer(Face):
    """The answers to another account."""

    AGREE = "agree", N_("Agree to the new account"), "green"
    REFUSE = "refuse", N_("Refuse the new account"), "red"


class DecideChange(StageForm):
    answer = ChoiceField(N_("How do you decide?"), enum=ChangeAnswer, required=True)
    remark = NoteField(N_("Remark"), max=2000, rows=3, sometimes=True, hint=N_("Needed when you refuse it."))
    attest = YesField(N_("I have asked the contact known before, by a way known before."), required=True)


class PaymentAnswer(Face):
    """The answers to a payment request."""

    APPROVE = "approve", N_("Approve"), "green"
    RETURN = "return", N_("Return the request"), "red"


class ApprovePayment(StageForm):
    answer = ChoiceField(N_("How do you decide?"), enum=PaymentAnswer, required=True)
    reason = NoteField(N_("Reason"), max=2000, rows=3, sometimes=True, hint=N_("Needed when you return the request. The requester gets it by mail."))
    attest = YesField(N_("I have checked the condition, the report and the account."), required=True)


class Pay(StageForm):
    booked_on = DateField(N_("Date of the treasury document"), required=True)
    voucher = LineField(N_("Number of the treasury document"), required=True, max=64, hint=N_("Each document is booked once."))
    attest = YesField(N_("The money went to the account named in the contract."), required=True)


class Refund(StageForm):
    amount = MoneyField(N_("Amount that came back"), required=True, min=1)
    booked_on = DateField(N_("Received on"), required=True)
    voucher = LineField(N_("Number of the voucher"), required=True, max=64)
    note = LineField(N_("Note"), max=1000)
    attest = YesField(N_("The money is on the account; amount, day and voucher are right."), required=True)


class YearBudgetForm(StageForm):
    year = IntField(N_("Year"), required=True, min=1990, max=2200)
    source = ChoiceField(N_("Source"), enum=Source, required=True)
    total = MoneyField(N_("Budget of the year"), required=True)
    decision_number = LineField(N_("Number of the decision"), max=64)


class Settle(_ByHead):
    spent = MoneyField(N_("Spent of the state money"), required=True)
    assets = NoteField(N_("Assets bought with state money, and where they are"), max=5000, rows=3)
    note = NoteField(N_("Explanation"), max=5000, rows=3)
    attest = YesField(N_("The vouchers are kept by the host and agree with these figures."), required=True)

def settle(heads: Sequence[Any], *, data: Mapping[str, Any], obj: Any = None) -> Settle:
    """The final accounts with one amount for each head."""
    return Settle.of(heads, label=N_("Spent"), cell=N_("%(head)s: spent"), data=data, obj=obj)  # type: ignore[no-any-return]


class DecideSettlement(StageForm):
    answer = ChoiceField(N_("How do you decide?"), enum=AccountAnswer, required=True)
    number = LineField(N_("Number of the minutes"), max=64, hint=N_("When the register has given it already, like 12/BBQT-SKHCN."))
    dated = DateField(N_("Date of the minutes"), sometimes=True, hint=N_("Needed to accept."))
    signer = LineField(N_("Signed for the Department by"), max=200, sometimes=True, hint=N_("Needed to accept: who puts the name under the minutes."))
    remark = NoteField(N_("Remark that is printed"), max=2000, rows=3, sometimes=True, hint=N_("Needed when you return the accounts."))
    attest = YesField(N_("I have compared the accounts with the vouchers and the ledger."), required=True)


class Liquidate(StageForm):
    number = LineField(N_("Number of the minutes"), max=64)
    dated = DateField(N_("Date"), required=True)
    assets = NoteField(N_("Handing over of assets"), max=5000, rows=3)
    remark = NoteField(N_("Remark that is printed"), max=2000, rows=3)
    attest = YesField(N_("Both parties have no more claims from this contract."), required=True)
