"""Forms of the appraisal desk: the team, the sheet of lines, questions and answers, the revised work description."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from app.kernel.forms import (
    ChoiceField,
    LineField,
    MoneyField,
    NoteField,
    PickField,
    StageForm,
    YesField,
)
from app.kernel.words import N_, Face
from app.services.questionnaires.forms import SheetForm
from app.stages.funding.forms import name_cells
from app.stages.funding.rules import LumpSum, TeamPart

TEAM_ROWS = 9


class _Team(StageForm):
    def members(self) -> list[tuple[str, str | None, str | None]]:
        """The rows that name somebody: (name, body, role)."""
        cells = [(self[f"name_{n}"].data, self[f"body_{n}"].data or None, self[f"role_{n}"].data) for n in range(1, TEAM_ROWS + 1)]
        return [(name, body, role) for name, body, role in cells if name]

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        for n in range(1, TEAM_ROWS + 1):
            if not self[f"name_{n}"].data and self[f"body_{n}"].data:
                self[f"name_{n}"].errors = [*self[f"name_{n}"].errors, _("Please fill this in.")]
                good = False
        return good


def team(appraisal: Any) -> _Team:
    """The team as rows, some blank."""
    fields: dict[str, Any] = {}
    values: dict[str, Any] = {"version": appraisal.version}
    known = dict(enumerate(appraisal.team, start=1))
    for n in range(1, TEAM_ROWS + 1):
        fields |= {f"name_{n}": LineField(N_("Name"), max=200), f"body_{n}": LineField(N_("Body"), max=300), f"role_{n}": PickField(N_("Part in the team"))}
        if n in known:
            values |= {f"name_{n}": known[n].name, f"body_{n}": known[n].body, f"role_{n}": str(known[n].role)}
        elif n == 1:
            values["role_1"] = str(TeamPart.HEAD)
    form = type("Team", (_Team,), fields)(data=values)
    for n in range(1, TEAM_ROWS + 1):
        form[f"role_{n}"].choices = [(str(part), _(part.label)) for part in TeamPart]
        name_cells(form, n, name=N_("Name of member %(n)s"), body=N_("Body of member %(n)s"), role=N_("Part of member %(n)s"))
    return form  # type: ignore[no-any-return]


class _Sheet(StageForm):
    lines: Sequence[Any] = ()
    amount = "allowed"

    def readings(self) -> dict[str, tuple[int | None, int, str | None]]:
        """{line public_id: (norm, proposed or allowed, reason)}"""
        return {line.public_id: (self[f"norm_{line.position}"].data, self[f"{self.amount}_{line.position}"].data, self[f"reason_{line.position}"].data)
                for line in self.lines}  # fmt: skip


class _Read(_Sheet):
    lump_sum = ChoiceField(N_("Method of lump-sum spending"), enum=LumpSum, required=True)
    used_at = LineField(N_("Who will use the product, and where"), max=500, sometimes=True, hint=N_("Needed for lump sum to the final product."))


def readings(appraisal: Any) -> _Read:
    """The sheet of one appraisal in its session: norm, allowed and reason for each line."""
    return _sheet(appraisal, _Read, "allowed", N_("Allowed"), N_("Allowed in line %(n)s"))  # type: ignore[return-value]


def proposed(appraisal: Any) -> _Sheet:
    """The sheet before the session: what the officer proposes."""
    return _sheet(appraisal, _Sheet, "proposed", N_("Proposed"), N_("Proposed in line %(n)s"))


def _sheet(appraisal: Any, base: type[_Sheet], amount: str, label: str, of_line: str) -> _Sheet:
    fields: dict[str, Any] = {"lines": appraisal.lines, "amount": amount}
    values: dict[str, Any] = {"version": appraisal.version}
    for line in appraisal.lines:
        n = line.position
        fields[f"norm_{n}"] = MoneyField(N_("Norm"))
        fields[f"{amount}_{n}"] = MoneyField(label, required=True)
        fields[f"reason_{n}"] = LineField(N_("Reason of the change"), max=1000)
        stands = line.allowed if amount == "allowed" or line.proposed is None else line.proposed
        values |= {f"norm_{n}": line.norm, f"{amount}_{n}": stands, f"reason_{n}": line.reason}
    form = type("Readings", (base,), fields)(obj=appraisal, data=values)
    for line in appraisal.lines:
        name_cells(form, line.position, **{"norm": N_("Norm of line %(n)s"), amount: of_line, "reason": N_("Reason of line %(n)s")})
    return form


class AskCost(StageForm):
    line = PickField(N_("Line of the budget"), required=True)
    text = NoteField(N_("Question to the applicant"), required=True, max=3000, rows=4, hint=N_("Investigator and host get it by mail. They see the line as they asked for it, not what is proposed or allowed."))  # fmt: skip


class AnswerCost(StageForm):
    answer = NoteField(N_("Answer"), required=True, max=3000, rows=5, hint=N_("It goes to the officer who asked and is kept with the line; it cannot be changed afterwards."))


class ReviseSection(SheetForm):
    """One section of the work description."""


class HandIn(StageForm):
    note = NoteField(N_("What you changed, and what stays as it was"), required=True, max=3000, rows=4)
    attest = YesField(N_("The work description agrees with the budget as it was appraised."), required=True)


class RevisionAnswer(Face):
    """The answers to a revised work description."""

    ACCEPT = "accept", N_("Accept what was revised"), "green"
    RETURN = "return", N_("Return it to be revised again"), "red"


class DecideRevision(StageForm):
    answer = ChoiceField(N_("How do you decide?"), enum=RevisionAnswer, required=True)
    remark = NoteField(N_("What is to be changed"), max=3000, rows=3, sometimes=True, hint=N_("Needed when you return it; the applicant gets it by mail."))
    attest = YesField(N_("I have read the differences below against the appraised budget."), required=True)
