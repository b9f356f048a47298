"""Forms of execution: they check shape only; what the rules ask is asked by the actions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.kernel.errors import Incomplete
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
    TicksField,
    YesField,
)
from app.kernel.words import N_, Face
from app.stages.execution.rules import (
    AdjustmentKind,
    Delivery,
    Ground,
    InspectionKind,
    Level,
    Rating,
)
from app.stages.execution.spending import Quarter
from app.stages.funding.rules import Cause


class Sign(StageForm):
    number = LineField(N_("Number of the contract"), required=True, max=64, hint=N_("For example 12/2026/HĐ-KHCN."))
    signed_on = DateField(N_("Signed on"), required=True)
    starts_on = DateField(N_("The work starts on"), hint=N_("When it is not the day of the approval decision. Reports count from this day."))
    party_a_signer = LineField(N_("Signed for A by"), required=True, max=200)
    party_b_signer = LineField(N_("Signed for B by"), required=True, max=200)
    attest = YesField(N_("Both parties have signed and stamped the contract."), required=True)


class AskReport(StageForm):
    due_on = DateField(N_("Due on"), required=True)
    reason = NoteField(N_("What is asked"), required=True, max=2000, rows=3)


class SubmitReport(StageForm):
    progress = IntField(N_("Part of the work that is done (percent)"), required=True, min=0, max=100)
    done = NoteField(N_("What was done in this period"), required=True, max=10_000, rows=8)
    products = NoteField(N_("Products so far, with number and quality"), max=5000, rows=4)
    spent = MoneyField(N_("Spent of the state money so far"), required=True)
    difficulties = NoteField(N_("Difficulties"), max=5000, rows=3)
    requests = NoteField(N_("What you ask of the Department"), max=5000, rows=3)
    next_steps = NoteField(N_("What comes next"), max=5000, rows=3)


NEW_RISKS = 3


def report_form(products: Sequence[Any], heads: Mapping[str, str], quarters: Sequence[Quarter], risks: Sequence[Any]) -> type[SubmitReport]:
    """The form of one report: its texts, and a field for each promised product, each head and quarter, each risk of the register."""
    more: dict[str, Any] = {}
    for p in products:
        more[f"product_{p.id}"] = PickField(p.name, required=True, choices=[(str(d), _(d.label)) for d in Delivery])
        more[f"so_far_{p.id}"] = LineField(_("How much so far: %(name)s", name=p.name), max=200)
        more[f"note_{p.id}"] = LineField(_("Note: %(name)s", name=p.name), max=1000)
    for head, name in heads.items():
        for q in quarters:
            more[f"cell_{head}_{q.key}"] = MoneyField(_("%(head)s, quarter %(n)s of %(year)s", head=name, n=q.number, year=q.year))
    for risk in risks:
        more[f"passed_{risk.id}"] = LineField(risk.text, max=1000)
    for n in range(1, NEW_RISKS + 1):
        more[f"risk_{n}"] = LineField(_("New risk %(n)s", n=n), max=1000)
        more[f"level_{n}"] = PickField(_("How grave is risk %(n)s", n=n), choices=[(str(x), _(x.label)) for x in Level])
        more[f"measure_{n}"] = LineField(_("What is done about risk %(n)s", n=n), max=1000)
    return type("ReportForm", (SubmitReport,), more)


def forecast_form(heads: Mapping[str, str], quarters: Sequence[Quarter], allowed: Collection[tuple[str, int]]) -> type[StageForm]:
    """A field for each head and quarter to come in whose year the head has money."""
    fields = {f"cell_{head}_{q.key}": MoneyField(_("%(head)s, quarter %(n)s of %(year)s", head=name, n=q.number, year=q.year))
              for head, name in heads.items() for q in quarters if (head, q.year) in allowed}  # fmt: skip
    return type("ForecastForm", (StageForm,), fields)


class NoteRisk(StageForm):
    text = LineField(N_("Risk"), required=True, max=1000)
    level = ChoiceField(N_("How grave it is"), enum=Level, required=True)
    measure = NoteField(N_("What is done about it"), max=1000, rows=3)


class CloseRisk(StageForm):
    why = LineField(N_("Why it is closed: it has passed, or what came of it"), required=True, max=1000)


class Evidence(StageForm):
    kind = PickField(N_("Kind of file"), required=True)
    file = FileField(N_("File"), required=True)


class ReportAnswer(Face):
    """The answers to a report."""

    ACCEPT = "accept", N_("Accept the report"), "green"
    RETURN = "return", N_("Return the report"), "amber"


class ReviewReport(StageForm):
    answer = ChoiceField(N_("How do you decide?"), enum=ReportAnswer, required=True)
    rating = ChoiceField(N_("How do you rate the work?"), enum=Rating, required=True)
    again_by = DateField(N_("To be handed in again by"), sometimes=True, hint=N_("Only when you return the report."))
    remark = NoteField(N_("Remark for the investigator"), max=5000, rows=4, sometimes=True, hint=N_("Needed when you return the report."))


class PlanInspection(StageForm):
    kind = ChoiceField(N_("Kind"), enum=InspectionKind, required=True)
    planned_on = DateField(N_("Planned for"), required=True)
    place = LineField(N_("Place"), max=300)
    purpose = NoteField(N_("What is inspected"), required=True, max=5000, rows=4)
    inspectors = TicksField(N_("Who inspects"))
    team = NoteField(N_("Others who take part, with their body"), max=2000, rows=3)


NEW_FINDINGS = 5


class ConcludeInspection(StageForm):
    held_on = DateField(N_("Held on"), required=True)
    present = NoteField(N_("Present for the host"), required=True, max=2000, rows=2)
    progress_finding = NoteField(N_("Progress, content, products"), required=True, max=5000)
    money_finding = NoteField(N_("Use of money"), required=True, max=5000)
    conclusion = NoteField(N_("Conclusion"), required=True, max=5000)
    requests = NoteField(N_("What is asked of the host"), max=5000, rows=3)
    finding_1 = LineField(N_("To be mended: finding 1"), max=2000)
    due_1 = DateField(N_("Finding 1: by when"), sometimes=True)
    finding_2 = LineField(N_("To be mended: finding 2"), max=2000)
    due_2 = DateField(N_("Finding 2: by when"), sometimes=True)
    finding_3 = LineField(N_("To be mended: finding 3"), max=2000)
    due_3 = DateField(N_("Finding 3: by when"), sometimes=True)
    finding_4 = LineField(N_("To be mended: finding 4"), max=2000)
    due_4 = DateField(N_("Finding 4: by when"), sometimes=True)
    finding_5 = LineField(N_("To be mended: finding 5"), max=2000)
    due_5 = DateField(N_("Finding 5: by when"), sometimes=True)
    attest = YesField(N_("The findings were read to the host's people and are signed by both sides."), required=True)


class AnswerFinding(StageForm):
    answer = NoteField(N_("What was done"), required=True, max=5000)


class FindingAnswer(Face):
    """What the officer says of a finding."""

    CLOSE = "close", N_("It is put right"), "green"
    RETURN = "return", N_("It is not: ask again"), "amber"


class JudgeFinding(StageForm):
    answer = ChoiceField(N_("How do you decide?"), enum=FindingAnswer, required=True)
    remark = NoteField(N_("Remark for the host"), max=5000, rows=3, sometimes=True, hint=N_("Needed when you ask again."))
    due_on = DateField(N_("New day"), sometimes=True, hint=N_("Needed when you ask again."))


class Reason(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3)


class RequestAdjustment(StageForm):
    kind = ChoiceField(N_("What is to be changed"), enum=AdjustmentKind, required=True, hint=N_("Money between budget heads is moved on its own page."))
    reason = NoteField(N_("Reason"), required=True, max=10_000)
    months = IntField(N_("Extension: by how many months"), min=1, max=60)
    new_state_amount = MoneyField(N_("Budget: new total of the state money"))
    before = NoteField(N_("What it is now"), max=5000, rows=3)
    after = NoteField(N_("What it should be"), max=5000, rows=3, hint=N_("For a change of content or products, and for a new title, this is needed; for lump sum to the final product: who uses the product, and where."))
    new_pi = PickField(N_("New principal investigator"))
    new_host = PickField(N_("New host organisation"))
    special = YesField(N_("A special case beyond the usual limits, allowed by the authority"))
    authority = LineField(N_("Which authority allows it, with its paper"), max=300)


MOST_MOVES = 4


class MoveHeads(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=10_000)
    from_1 = PickField(N_("Move 1: from"), required=True)
    to_1 = PickField(N_("Move 1: to"), required=True)
    year_1 = PickField(N_("Move 1: year of the estimate"), required=True)
    amount_1 = MoneyField(N_("Move 1: amount"), required=True, min=1)
    from_2 = PickField(N_("Move 2: from"))
    to_2 = PickField(N_("Move 2: to"))
    year_2 = PickField(N_("Move 2: year of the estimate"))
    amount_2 = MoneyField(N_("Move 2: amount"), min=1)
    from_3 = PickField(N_("Move 3: from"))
    to_3 = PickField(N_("Move 3: to"))
    year_3 = PickField(N_("Move 3: year of the estimate"))
    amount_3 = MoneyField(N_("Move 3: amount"), min=1)
    from_4 = PickField(N_("Move 4: from"))
    to_4 = PickField(N_("Move 4: to"))
    year_4 = PickField(N_("Move 4: year of the estimate"))
    amount_4 = MoneyField(N_("Move 4: amount"), min=1)

    def moves(self) -> list[tuple[str, str, int, int]]:
        """What was typed. Raises Incomplete for half a move."""
        found = []
        for n in range(1, MOST_MOVES + 1):
            parts = {name: self[f"{name}_{n}"].data for name in ("from", "to", "year", "amount")}
            if not any(parts.values()):
                continue
            for name, given in parts.items():
                if not given:
                    raise Incomplete(N_("Please fill in the whole move, or none of it."), field=f"{name}_{n}")
            if len(found) != n - 1:
                raise Incomplete(N_("Please fill in the moves one after the other."), field=f"from_{n}")
            found.append((parts["from"], parts["to"], int(parts["year"]), parts["amount"]))
        return found


class AdjustmentAnswer(Face):
    """The answers to a request for a change."""

    AGREE = "agree", N_("Agree"), "green"
    REFUSE = "refuse", N_("Refuse"), "red"


class DecideAdjustment(StageForm):
    answer = ChoiceField(N_("How do you decide?"), enum=AdjustmentAnswer, required=True)
    number = LineField(N_("Number of the decision"), max=64, sometimes=True, hint=N_("Needed to agree."))
    dated = DateField(N_("Date of the decision"), sometimes=True, hint=N_("Needed to agree."))
    special = YesField(N_("A special case beyond the usual limits, allowed by the authority"))
    authority = LineField(N_("Which authority allows it, with its paper"), max=300)
    remark = NoteField(N_("Remark that is printed"), max=2000, rows=3, sometimes=True, hint=N_("Needed when you refuse."))
    attest = YesField(N_("I have read the request and decide as said."), required=True)


class Suspend(StageForm):
    from_date = DateField(N_("Stopped from"), required=True)
    number = LineField(N_("Number of the decision"), required=True, max=64)
    reason = NoteField(N_("Reason"), required=True, max=5000, rows=3)


class Resume(StageForm):
    on = DateField(N_("The work goes on from"), required=True)
    number = LineField(N_("Number of the decision"), required=True, max=64)
    reason = NoteField(N_("Reason"), required=True, max=5000, rows=3)


class RequestTermination(StageForm):
    ground = ChoiceField(N_("Ground for ending"), enum=Ground, required=True)
    statement = NoteField(N_("Why the project is to end early, and where the work stands"), required=True, max=10_000)
    attest = YesField(N_("The host and the principal investigator agree on this request."), required=True)


class OpenTermination(StageForm):
    ground = ChoiceField(N_("Ground for ending"), enum=Ground, required=True)
    statement = NoteField(N_("Facts that led to this"), required=True, max=10_000)
    attest = YesField(N_("I know that all payments of the project stop at once."), required=True)


class TerminationAnswer(Face):
    """The answers to an open termination."""

    DECIDE = "decide", N_("Terminate the project"), "red"
    DROP = "drop", N_("Drop it, the work goes on"), "green"


class DecideTermination(StageForm):
    answer = ChoiceField(N_("How do you decide?"), enum=TerminationAnswer, required=True)
    cause = ChoiceField(N_("Cause"), enum=Cause, sometimes=True, hint=N_("Needed to terminate. It decides which share of the used money must be paid back."))
    used = MoneyField(N_("Used of the state money"), sometimes=True, hint=N_("Needed to terminate."))
    bar = YesField(N_("Bar investigator and host from applying for the years of the rulebook"), hint=N_("Only for a breach of the contract or wrong use of money."))
    number = LineField(N_("Number of the decision"), max=64, sometimes=True, hint=N_("Needed to terminate."))
    dated = DateField(N_("Date of the decision"), sometimes=True, hint=N_("Needed to terminate."))
    remark = NoteField(N_("Remark that is printed"), max=2000, rows=3, sometimes=True, hint=N_("Needed when you drop it."))
    attest = YesField(N_("I have read the facts above and decide as said."), required=True)
