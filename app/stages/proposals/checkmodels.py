"""Rows of what happens to a dossier after the opening: judgements on the checklist, what was concluded, what was asked to be added, work that is near."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    append_only,
    enum_of,
    text_check,
    to,
    trigger,
)
from app.kernel.words import N_, Face
from app.services.people.models import User
from app.stages.proposals.eligibility import RemedyState, Verdict
from app.stages.proposals.models import Proposal


class Outcome(Face):
    ELIGIBLE = "eligible", N_("Eligible"), "green"
    INELIGIBLE = "ineligible", N_("Not eligible"), "red"


class Likeness(Face):
    """What a person finds when comparing a dossier with earlier work."""

    NONE = "none", N_("No overlap"), "green"
    EXPLAINED = "explained", N_("Partly the same, explained"), "blue"
    PARTLY = "partly", N_("Partly the same, not explained"), "amber"
    DUPLICATE = "duplicate", N_("Duplicates earlier work"), "red"


class LineJudgement(Identified, Model):
    """An officer's word on one line of the checklist; the newest number counts, the earlier ones stay."""

    __tablename__ = "line_judgement"

    proposal_id: Mapped[int] = mapped_column(to("proposal"))
    code: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    verdict: Mapped[Verdict] = enum_of(Verdict)
    remark: Mapped[str | None] = mapped_column(Text)
    proposed: Mapped[bool | None]  # what the system found at that moment
    by_id: Mapped[int] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("proposal_id", "code", "number"), CheckConstraint("number > 0", name="number_positive"))


class EligibilityCheck(Identified, Model):
    """What the Department concluded on a dossier, with every line as it stood then. Another conclusion is another row."""

    __tablename__ = "eligibility_check"

    proposal_id: Mapped[int] = mapped_column(to("proposal"))
    number: Mapped[int]
    outcome: Mapped[Outcome] = enum_of(Outcome)
    reason: Mapped[str | None] = mapped_column(Text)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    letter_pid: Mapped[str | None] = mapped_column(String(26))
    by_id: Mapped[int] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("proposal_id", "number"),
                      CheckConstraint("outcome = 'eligible' OR trim(coalesce(reason, '')) <> ''", name="refusal_has_reason"))  # fmt: skip


class Remedy(Identified, Versioned, Model):
    """A request to add what is missing, until a day of the rulebook. One waits at a time."""

    __tablename__ = "remedy"

    state: Mapped[RemedyState] = enum_of(RemedyState, default=RemedyState.ASKED)
    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    number: Mapped[int]
    note: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date]
    asked_by_id: Mapped[int] = mapped_column(to("user_account"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    letter_pid: Mapped[str | None] = mapped_column(String(26))

    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql")
    asked_by: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[asked_by_id])
    items: Mapped[list[RemedyItem]] = relationship(lazy="raise_on_sql", order_by="RemedyItem.position", viewonly=True)

    __table_args__ = (
        UniqueConstraint("proposal_id", "number"),
        CheckConstraint("state <> 'answered' OR (answered_at IS NOT NULL AND answered_by_id IS NOT NULL)", name="answered_has_time"),
        Index("uq_remedy_waiting", "proposal_id", unique=True, sqlite_where=text("state = 'asked'"), postgresql_where=text("state = 'asked'")),
    )


class RemedyItem(Identified, Model):
    """One thing asked for: a document of the dossier (`document`), or an explanation; and the answer."""

    __tablename__ = "remedy_item"

    remedy_id: Mapped[int] = mapped_column(to("remedy"))
    position: Mapped[int]
    document: Mapped[str | None] = mapped_column(String(60))
    wanted: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("remedy_id", "position"), text_check("wanted", 2000))


class OverlapJudgement(Identified, Model):
    """What a person found when comparing a dossier with one piece of earlier work. The newest counts."""

    __tablename__ = "overlap_judgement"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    other_kind: Mapped[str] = mapped_column(String(32))
    other_pid: Mapped[str] = mapped_column(String(26))
    other_code: Mapped[str | None] = mapped_column(String(64))
    other_title: Mapped[str] = mapped_column(String(500))
    likeness: Mapped[Likeness] = enum_of(Likeness)
    reason: Mapped[str] = mapped_column(Text)
    share: Mapped[int | None]  # of the dossier's words, in thousandths, as measured then
    by_id: Mapped[int] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (text_check("reason", 4000), CheckConstraint("share IS NULL OR share BETWEEN 0 AND 1000", name="share_thousandths"))


for _table in ("line_judgement", "eligibility_check", "overlap_judgement"):
    append_only(_table)


def _refuse(name: str, table: str, event: str, condition: str, sentence: str) -> None:
    trigger(
        name, table,
        sqlite=f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{sentence}'); END",
        postgresql=f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
                   f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$; "
                   f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )  # fmt: skip


def _sealed(table: str, name: str, event: str, when: str, proposal_id: str) -> None:
    """The database refuses what would look into a dossier before the opening of its call."""
    unopened = ("NOT EXISTS (SELECT 1 FROM proposal p JOIN call_topic ct ON ct.id = p.call_topic_id JOIN call c ON c.id = ct.call_id "
                f"WHERE p.id = {proposal_id} AND c.state IN ('opened', 'concluded') AND c.opened_at IS NOT NULL)")  # fmt: skip
    _refuse(name, table, event, f"{when}{unopened}", "sealed until the opening")


for _table in ("line_judgement", "eligibility_check", "remedy", "overlap_judgement"):
    _sealed(_table, f"{_table}_sealed", "INSERT", "", "NEW.proposal_id")
_sealed("proposal", "proposal_sealed", "UPDATE OF state", "OLD.state = 'submitted' AND NEW.state IN ('eligible', 'ineligible') AND ", "NEW.id")
# what was answered, lapsed or taken back is kept as it is
_refuse("remedy_kept", "remedy", "UPDATE", "OLD.state <> 'asked'", "an ended request is kept")
_refuse("remedy_item_kept", "remedy_item", "UPDATE", "EXISTS (SELECT 1 FROM remedy r WHERE r.id = OLD.remedy_id AND r.state <> 'asked')", "an ended request is kept")
