"""Rows of acceptance. Evaluations are append-only; a registered result is frozen by triggers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String, Text, UniqueConstraint
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
from app.services.people.models import User
from app.stages.acceptance.rules import CaseState, ResultKind, ResultState
from app.stages.funding.models import Project, ProjectProduct
from app.stages.funding.rules import Cause
from app.stages.plan.models import Priority


class Case(Identified, Versioned, Model):
    """The acceptance of one project. `grade` is a code of the rating scheme; `accepted` is what that level means."""

    __tablename__ = "acceptance_case"

    project_id: Mapped[int] = mapped_column(to("project"), unique=True)
    state: Mapped[CaseState] = enum_of(CaseState, default=CaseState.PREPARING)
    round: Mapped[int] = mapped_column(default=1)  # 2 = evaluated again
    due_on: Mapped[date] = mapped_column(index=True)  # last day for the dossier, by the contract's end
    self_grade: Mapped[str | None] = mapped_column(String(32))
    self_note: Mapped[str | None] = mapped_column(Text)
    first_submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # lateness is counted from this
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    early_days: Mapped[int | None]  # by how many days the first dossier came before the contract's end, with notice
    early_note: Mapped[str | None] = mapped_column(Text)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    check_remark: Mapped[str | None] = mapped_column(Text)
    council_pid: Mapped[str | None] = mapped_column(String(26))  # of this round
    seated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when that council was established
    redo_until: Mapped[date | None]  # last day for the dossier of another evaluation
    grade: Mapped[str | None] = mapped_column(String(32))
    accepted: Mapped[bool | None]
    graded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision_asked: Mapped[str | None] = mapped_column(Text)
    revision_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision_note: Mapped[str | None] = mapped_column(Text)
    revised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revised_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    chair_agreed_on: Mapped[date | None]
    chair_name: Mapped[str | None] = mapped_column(String(200))
    revision_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision_confirmed_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    decision_number: Mapped[str | None] = mapped_column(String(64))
    decision_date: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cause: Mapped[Cause | None] = enum_of(Cause, nullable=True)  # of a failure
    reason: Mapped[str | None] = mapped_column(Text)  # of the last return, re-evaluation or failure
    created_by_id: Mapped[int] = mapped_column(to("user_account"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    lines: Mapped[list[CaseLine]] = relationship(lazy="raise_on_sql", order_by="CaseLine.position")
    evaluations: Mapped[list[Evaluation]] = relationship(lazy="raise_on_sql", order_by="Evaluation.number", viewonly=True)
    results: Mapped[list[Result]] = relationship(lazy="raise_on_sql", order_by="Result.id", viewonly=True)

    __table_args__ = (
        CheckConstraint("round >= 1", name="round_from_one"),
        CheckConstraint("state IN ('preparing', 'returned') OR submitted_at IS NOT NULL", name="submitted_has_time"),
        CheckConstraint("checked_by_id IS NULL OR checked_by_id <> submitted_by_id", name="four_eyes"),
        CheckConstraint("state NOT IN ('graded', 'revising', 'results_registered', 'recognised', 'failed') OR (grade IS NOT NULL AND accepted IS NOT NULL)",
                        name="rated_has_grade"),
        CheckConstraint("state <> 'recognised' OR (accepted AND decision_number IS NOT NULL AND decision_date IS NOT NULL)", name="recognised_has_decision"),
        CheckConstraint("state <> 'failed' OR (NOT accepted AND cause IS NOT NULL)", name="failed_has_cause"),
        CheckConstraint("revision_confirmed_at IS NULL OR (chair_agreed_on IS NOT NULL AND chair_name IS NOT NULL)", name="chair_agreed"),
    )  # fmt: skip


class CaseLine(Identified, Model):
    """One promised product of a case: what was delivered, and the level the host gives itself."""

    __tablename__ = "acceptance_line"

    case_id: Mapped[int] = mapped_column(to("acceptance_case"), index=True)
    position: Mapped[int]
    project_product_id: Mapped[int | None] = mapped_column(to("project_product"))
    name: Mapped[str] = mapped_column(String(500))
    delivered_quantity: Mapped[str | None] = mapped_column(String(300))
    delivered_quality: Mapped[str | None] = mapped_column(Text)
    level: Mapped[str | None] = mapped_column(String(32))

    product: Mapped[ProjectProduct | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("case_id", "position"), text_check("name", 500))


class Evaluation(Identified, Model):
    """What one council concluded about a case: grade, count and conclusion, frozen."""

    __tablename__ = "acceptance_evaluation"

    case_id: Mapped[int] = mapped_column(to("acceptance_case"), index=True)
    number: Mapped[int]
    council_pid: Mapped[str] = mapped_column(String(26))
    grade: Mapped[str] = mapped_column(String(32))
    accepted: Mapped[bool]
    days_late: Mapped[int]
    count: Mapped[dict[str, Any]] = mapped_column(JSON)
    conclusion: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("case_id", "number"), CheckConstraint("days_late >= 0", name="days_late_from_zero"))


append_only("acceptance_evaluation")


class Result(Identified, Versioned, Model):
    """What came out of a project. Once registered, code, title, item, kind and certificate never change."""

    __tablename__ = "result"

    state: Mapped[ResultState] = enum_of(ResultState, default=ResultState.DRAFTED)
    code: Mapped[str] = mapped_column(String(80), unique=True)
    project_id: Mapped[int] = mapped_column(to("project"), index=True)
    case_id: Mapped[int] = mapped_column(to("acceptance_case"), index=True)
    project_product_id: Mapped[int | None] = mapped_column(to("project_product"))
    item_id: Mapped[int] = mapped_column(to("priority"), index=True)
    title: Mapped[str] = mapped_column(String(500))
    title_en: Mapped[str | None] = mapped_column(String(500))
    folded: Mapped[str] = mapped_column(String(600), index=True)
    kind: Mapped[ResultKind] = enum_of(ResultKind, default=ResultKind.OTHER)
    summary: Mapped[str | None] = mapped_column(Text)
    summary_en: Mapped[str | None] = mapped_column(Text)
    level: Mapped[str | None] = mapped_column(String(32))  # code of the rating scheme: the project's grade
    quantity: Mapped[str | None] = mapped_column(String(300))
    quality: Mapped[str | None] = mapped_column(Text)
    certificate_number: Mapped[str | None] = mapped_column(String(64), unique=True)
    certificate_dated: Mapped[date | None]
    registered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    registered_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    is_public: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(Text)  # why it is not registered
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    case: Mapped[Case] = relationship(lazy="raise_on_sql", viewonly=True)
    item: Mapped[Priority] = relationship(lazy="raise_on_sql")
    shares: Mapped[list[Contribution]] = relationship(lazy="raise_on_sql", order_by="Contribution.position")

    __table_args__ = (
        text_check("title", 500),
        CheckConstraint("state <> 'registered' OR (certificate_number IS NOT NULL AND certificate_dated IS NOT NULL AND registered_at IS NOT NULL)",
                        name="registered_has_certificate"),
        CheckConstraint("state <> 'dropped' OR trim(coalesce(reason, '')) <> ''", name="dropped_has_reason"),
        CheckConstraint("NOT is_public OR state = 'registered'", name="public_is_registered"),
    )  # fmt: skip


class Contribution(Model):
    """A member's share of a result, in percent."""

    __tablename__ = "result_contribution"

    id: Mapped[int] = mapped_column(primary_key=True)
    result_id: Mapped[int] = mapped_column(to("result"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[int | None] = mapped_column(to("user_account"), index=True)
    percent: Mapped[int]

    user: Mapped[User | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("result_id", "position"), text_check("name", 200), CheckConstraint("percent BETWEEN 1 AND 100", name="percent_range"))


FROZEN = ("state", "code", "project_id", "case_id", "project_product_id", "item_id", "title", "kind", "level", "quantity", "quality",
          "certificate_number", "certificate_dated", "registered_at")  # fmt: skip
WORDS = "a registered result is frozen"


def _refuse(name: str, table: str, when: str, sqlite_case: str, postgresql_case: str, give: str) -> None:
    trigger(name, table,
            sqlite=f"CREATE TRIGGER {name} BEFORE {when} ON {table} WHEN {sqlite_case} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
            postgresql=f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {postgresql_case} THEN "
                       f"RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {give}; END $$; "
                       f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")  # fmt: skip


_refuse("result_frozen", "result", "UPDATE",
        "OLD.state = 'registered' AND (" + " OR ".join(f"OLD.{c} IS NOT NEW.{c}" for c in FROZEN) + ")",
        "OLD.state = 'registered' AND (" + " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in FROZEN) + ")", "NEW")  # fmt: skip
_refuse("result_no_delete", "result", "DELETE", "OLD.state = 'registered'", "OLD.state = 'registered'", "OLD")
for _verb, _row in (("insert", "NEW"), ("update", "OLD"), ("delete", "OLD")):
    _case = f"(SELECT state FROM result WHERE id = {_row}.result_id) = 'registered'"
    _refuse(f"result_contribution_{_verb}", "result_contribution", _verb.upper(), _case, _case, "OLD" if _verb == "delete" else "NEW")
