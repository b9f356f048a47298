"""Rows of a plan. A plan in force and its parts are frozen by triggers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    enum_of,
    to,
    trigger,
)
from app.stages.plan.rules import PlanState


class Plan(Identified, Versioned, Model):
    """A numbered document. `is_historic` marks the one that holds projects older than any plan."""

    __tablename__ = "plan"

    number: Mapped[str] = mapped_column(String(60), unique=True)
    dated: Mapped[date]
    title_vi: Mapped[str] = mapped_column(String(500))
    title_en: Mapped[str] = mapped_column(String(500))
    body_vi: Mapped[str] = mapped_column(String(200))
    body_en: Mapped[str | None] = mapped_column(String(200))
    horizon_year: Mapped[int | None]
    vision_year: Mapped[int | None]
    content_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[PlanState] = enum_of(PlanState, default=PlanState.DRAFT)
    is_historic: Mapped[bool] = mapped_column(default=False)
    in_force_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    groups: Mapped[list[Group]] = relationship(lazy="raise_on_sql", order_by="Group.position", viewonly=True)
    sectors: Mapped[list[Sector]] = relationship(lazy="raise_on_sql", order_by="Sector.position", viewonly=True)
    goals: Mapped[list[Goal]] = relationship(lazy="raise_on_sql", order_by="Goal.year", viewonly=True)


class Goal(Model):
    __tablename__ = "plan_goal"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(to("plan"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    short_vi: Mapped[str] = mapped_column(String(500))
    short_en: Mapped[str] = mapped_column(String(500))
    text_vi: Mapped[str] = mapped_column(Text)


class Group(Model):
    """One of the groups of solutions."""

    __tablename__ = "plan_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(to("plan"), index=True)
    code: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
    name_vi: Mapped[str] = mapped_column(String(500))
    name_en: Mapped[str] = mapped_column(String(500))
    holds_sectors: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("plan_id", "code"),)


class Sector(Identified, Model):
    """A field of the plan, with its items."""

    __tablename__ = "sector"

    plan_id: Mapped[int] = mapped_column(to("plan"), index=True)
    code: Mapped[str] = mapped_column(String(10))
    slug: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    name_vi: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300))

    items: Mapped[list[Priority]] = relationship(lazy="raise_on_sql", order_by="Priority.position", viewonly=True)

    __table_args__ = (UniqueConstraint("plan_id", "code"),)


class Priority(Identified, Model):
    """An item of the plan: what every topic, project and result is tied to."""

    __tablename__ = "priority"

    plan_id: Mapped[int] = mapped_column(to("plan"), index=True)
    sector_id: Mapped[int] = mapped_column(to("sector"), index=True)
    code: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
    text_vi: Mapped[str] = mapped_column(Text)
    short_vi: Mapped[str] = mapped_column(String(500))
    title_en: Mapped[str] = mapped_column(String(500))
    folded: Mapped[str] = mapped_column(Text)

    sector: Mapped[Sector] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("plan_id", "code"), Index("ix_priority_position", "plan_id", "position"))


for _table in ("plan_goal", "plan_group", "sector", "priority"):
    for _verb, _row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        _name = f"{_table}_frozen_{_verb.lower()}"
        trigger(
            _name, _table,
            sqlite=f"CREATE TRIGGER {_name} BEFORE {_verb} ON {_table} "
                   f"WHEN (SELECT state FROM plan WHERE id = {_row}.plan_id) <> 'draft' "
                   "BEGIN SELECT RAISE(ABORT, 'a plan in force is frozen'); END",
            postgresql="CREATE OR REPLACE FUNCTION plan_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ "
                       "DECLARE p integer; BEGIN IF TG_OP = 'INSERT' THEN p := NEW.plan_id; ELSE p := OLD.plan_id; END IF; "
                       "IF (SELECT state FROM plan WHERE id = p) <> 'draft' THEN RAISE EXCEPTION 'a plan in force is frozen' "
                       "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
                       "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$; "
                       f"CREATE TRIGGER {_name} BEFORE {_verb} ON {_table} FOR EACH ROW EXECUTE FUNCTION plan_frozen()",
        )  # fmt: skip
