"""Every figure of the portfolio: its name, what it means, which rows it counts or adds up. The page, the lists behind its numbers,
the spreadsheet, the yearly report and the builder of reports all read this file. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.kernel.words import N_


@dataclass(frozen=True)
class Figure:
    """One number: rows of a source are counted, or a field of them is added up (`adds`, đồng)."""

    name: str
    label: str
    meaning: str
    source: str
    adds: str | None = None
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (choice, its values): only such rows


FIGURES = {f.name: f for f in (
    Figure("projects", N_("Projects"), N_("Projects approved, in the year of the approval."), "projects"),
    Figure("approved", N_("Approved total (đồng)"), N_("Money approved for projects from all sources, in the year of the approval; nothing once the approval was cancelled."), "projects", "approved"),
    Figure("planned_state", N_("Planned, state budget"), N_("What approved estimates take from the state budget in a year."), "planned", "state"),
    Figure("planned_counterpart", N_("Planned, counterpart"), N_("What approved estimates take from counterpart funds in a year."), "planned", "counterpart"),
    Figure("committed", N_("Committed"), N_("Promised from a year's budget, less what was released."), "commitments", "amount"),
    Figure("paid", N_("Paid"), N_("Booked in the ledger in a year: payments less what came back or was reversed."), "payments", "amount"),
    Figure("settled", N_("Settled"), N_("Spent by final accounts that were accepted, in the year of that decision."), "settlements", "spent"),
    Figure("overdue", N_("Overdue"), N_("Reports, findings, acceptance dossiers and reports on use whose day is past, in the year of that day."), "duties"),
    Figure("councils", N_("Councils held"), N_("Councils that concluded, in the year and month of their session."), "councils"),
    Figure("graded", N_("Acceptances rated"), N_("Acceptances rated by their council, in the year of its session."), "acceptances"),
    Figure("results", N_("Results"), N_("Results registered, in the year of the certificate, by the last verified reports on their use."), "results"),
    Figure("in_use", N_("Results in use"), N_("Registered results that are used wholly or partly, in the year of the certificate."), "results", only=(("use", ("in_use", "partly")),)),
    Figure("sites", N_("Places of use"), N_("Communes named by verified reports of use, in the year in which the report was due."), "sites"),
    Figure("proposals", N_("Proposals"), N_("Dossiers that were opened, in the year of their topic."), "proposals"),
    Figure("revenue", N_("Revenue (đồng)"), N_("Revenue told by verified reports on use, in the year in which the report was due."), "follow_ups", "revenue", (("state", ("verified",)),)),
)}  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A table with its chart: figures by `by`; one figure spread `across` the values of a choice."""

    name: str
    title: str
    figures: tuple[str, ...]
    across: str | None
    by: str  # the rows, unless the reader asks for others
    lacks: frozenset[str] = frozenset({"commune"})  # of the choices that all tables offer, those its rows do not have

    def rows_by(self, wanted: str | None) -> str:
        """By which choice the rows go: the one asked for, where its rows have it and the columns do not show it already."""
        return wanted if wanted and wanted not in self.lacks and wanted != self.across else self.by

    @property
    def is_money(self) -> bool:
        return FIGURES[self.figures[0]].adds is not None


SECTIONS = {s.name: s for s in (
    Section("pipeline", N_("Projects by phase"), ("projects",), "phase", "sector"),
    Section("coverage", N_("Coverage of the plan: projects by item and year"), ("projects",), "year", "item"),
    Section("money", N_("Money planned, committed, paid and settled (million đồng)"), ("planned_state", "planned_counterpart", "committed", "paid", "settled"), None, "year"),
    Section("overdue", N_("Overdue duties of projects"), ("overdue",), "duty", "sector"),
    Section("councils", N_("Councils held, by kind and month"), ("councils",), "kind", "month", frozenset({"host", "commune"})),
    Section("grades", N_("Acceptance grades"), ("graded",), "grade", "year"),
    Section("results", N_("Results and their use"), ("results",), "use", "year"),
    Section("sites", N_("Where results are used"), ("sites",), "usage", "commune", frozenset()),
)}  # fmt: skip
# what stands first for whom; the rest follows in the usual order
FIRST: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("finance", ("money", "pipeline", "overdue")),
    ("leader", ("pipeline", "overdue", "money")),
    ("province", ("coverage", "money", "results")),
    ("officer", ("overdue", "pipeline", "councils")),
    ("agency", ("results", "sites", "coverage")),
    ("host", ("pipeline", "overdue", "money")),
)


def order_for(roles: frozenset[str]) -> list[Section]:
    """The sections in the order that serves a person of these roles."""
    first = next((names for role, names in FIRST if role in roles), ())
    return [*(SECTIONS[n] for n in first), *(s for s in SECTIONS.values() if s.name not in first)]
