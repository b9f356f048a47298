"""Rows of a plan. A plan in force and its parts are frozen by triggers; what is written on it afterwards is added beside it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
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
from app.services.people.models import Organisation, User
from app.stages.plan.rules import (
    MeasureState,
    Period,
    PlanState,
    Progress,
    period,
)


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
    goals: Mapped[list[Goal]] = relationship(lazy="raise_on_sql", order_by="(Goal.year, Goal.id)", viewonly=True)
    targets: Mapped[list[Target]] = relationship(lazy="raise_on_sql", order_by="(Target.year, Target.id)", viewonly=True)
    measures: Mapped[list[Measure]] = relationship(lazy="raise_on_sql", order_by="(Measure.due_on, Measure.id)", viewonly=True)
    decision: Mapped[Decision | None] = relationship(lazy="raise_on_sql", viewonly=True)

    @property
    def period(self) -> Period:
        """The time it speaks of."""
        return period(self.dated, self.horizon_year, self.vision_year)

    __table_args__ = (Index("uq_plan_one_in_force", "state", unique=True, sqlite_where=text("state = 'in_force'"),
                            postgresql_where=text("state = 'in_force'")),)  # fmt: skip


class Decision(Model):
    """The decision that puts a plan in force: prepared by an officer, acted on by a leader; its day begins the plan's time."""

    __tablename__ = "plan_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(to("plan"), unique=True)
    number: Mapped[str] = mapped_column(String(60))
    dated: Mapped[date]
    in_force_from: Mapped[date]
    prepared_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    prepared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        text_check("number", 60),
        CheckConstraint("decided_by_id IS NULL OR prepared_by_id IS NULL OR decided_by_id <> prepared_by_id", name="two_people"),
        Index("uq_plan_decision_day", "in_force_from", unique=True, sqlite_where=text("decided_at IS NOT NULL"),
              postgresql_where=text("decided_at IS NOT NULL")),
    )  # fmt: skip


class Upload(Identified, Model):
    """A file that was checked and found good, kept until somebody imports it (or never)."""

    __tablename__ = "plan_upload"

    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    uploaded_by_id: Mapped[int] = mapped_column(to("user_account"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


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
    plan: Mapped[Plan] = relationship(lazy="joined", innerjoin=True, viewonly=True)
    agencies: Mapped[list[Agency]] = relationship(lazy="raise_on_sql", order_by="(Agency.is_lead.desc(), Agency.id)", viewonly=True)

    @property
    def face(self) -> str:
        """The code, with the plan's number unless that plan is the one in force: "1.8" of two plans are two things."""
        return f"{self.code} ({self.plan.number})" if self.plan.state == PlanState.SUPERSEDED else self.code

    __table_args__ = (UniqueConstraint("plan_id", "code"), Index("ix_priority_position", "plan_id", "position"))


class Agency(Model):
    """A body that answers for an item: one leads, others take part."""

    __tablename__ = "plan_agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(to("plan"), index=True)
    item_id: Mapped[int] = mapped_column(to("priority"), index=True)
    organisation_id: Mapped[int] = mapped_column(to("organisation"), index=True)
    is_lead: Mapped[bool] = mapped_column(default=False)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("item_id", "organisation_id"),
                      Index("uq_plan_agency_lead", "item_id", unique=True, sqlite_where=text("is_lead"), postgresql_where=text("is_lead")))  # fmt: skip


class Target(Identified, Model):
    """A figure to reach in a year, for a sector or an item. `amount` is in thousandths: 12.5 is 12500."""

    __tablename__ = "plan_target"

    plan_id: Mapped[int] = mapped_column(to("plan"), index=True)
    sector_id: Mapped[int | None] = mapped_column(to("sector"), index=True)
    item_id: Mapped[int | None] = mapped_column(to("priority"), index=True)
    name_vi: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str | None] = mapped_column(String(300))
    amount: Mapped[int] = mapped_column(BigInteger)
    unit: Mapped[str] = mapped_column(String(60))
    year: Mapped[int]

    sector: Mapped[Sector | None] = relationship(lazy="raise_on_sql")
    item: Mapped[Priority | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (text_check("name_vi", 300), text_check("unit", 60), CheckConstraint("(sector_id IS NULL) <> (item_id IS NULL)", name="one_place"))


class Measure(Identified, Versioned, Model):
    """What a body has to do for a group of solutions or an item, until a day. Fixed with its plan; only called off with a reason."""

    __tablename__ = "plan_measure"

    plan_id: Mapped[int] = mapped_column(to("plan"), index=True)
    group_id: Mapped[int | None] = mapped_column(to("plan_group"), index=True)
    item_id: Mapped[int | None] = mapped_column(to("priority"), index=True)
    agency_id: Mapped[int] = mapped_column(to("organisation"), index=True)
    text_vi: Mapped[str] = mapped_column(String(1000))
    text_en: Mapped[str | None] = mapped_column(String(1000))
    folded: Mapped[str] = mapped_column(String(2000))
    assigned_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(index=True)
    state: Mapped[MeasureState] = enum_of(MeasureState, default=MeasureState.ACTIVE)
    reason: Mapped[str | None] = mapped_column(String(1000))

    plan: Mapped[Plan] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    item: Mapped[Priority | None] = relationship(lazy="raise_on_sql")
    agency: Mapped[Organisation] = relationship(lazy="raise_on_sql")

    @property
    def place(self) -> str:
        """The code of what it belongs to."""
        return self.item.code if self.item is not None else self.group.code if self.group is not None else "–"

    __table_args__ = (text_check("text_vi", 1000), CheckConstraint("(group_id IS NULL) <> (item_id IS NULL)", name="one_place"))


class Note(Identified, Model):
    """What a body says of its measure for one year. Saying it again adds a line; nothing is overwritten."""

    __tablename__ = "plan_note"

    measure_id: Mapped[int] = mapped_column(to("plan_measure"), index=True)
    year: Mapped[int]
    revision: Mapped[int]
    progress: Mapped[Progress] = enum_of(Progress)
    percent: Mapped[int]
    text: Mapped[str] = mapped_column(String(4000))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(to("user_account"))

    by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("measure_id", "year", "revision"), text_check("text", 4000),
                      CheckConstraint("percent BETWEEN 0 AND 100", name="percent_range"))  # fmt: skip


class Mapping(Model):
    """What becomes of an item of an earlier plan in this one: an item (one row for each), or none, with the reason."""

    __tablename__ = "plan_mapping"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(to("plan"), index=True)
    old_item_id: Mapped[int] = mapped_column(to("priority"), index=True)
    new_item_id: Mapped[int | None] = mapped_column(to("priority"), index=True)
    reason: Mapped[str | None] = mapped_column(String(1000))

    old_item: Mapped[Priority] = relationship(lazy="raise_on_sql", foreign_keys=[old_item_id])
    new_item: Mapped[Priority | None] = relationship(lazy="raise_on_sql", foreign_keys=[new_item_id])

    __table_args__ = (
        UniqueConstraint("plan_id", "old_item_id", "new_item_id"),
        Index("uq_plan_mapping_none", "plan_id", "old_item_id", unique=True, sqlite_where=text("new_item_id IS NULL"), postgresql_where=text("new_item_id IS NULL")),
        CheckConstraint("new_item_id IS NOT NULL OR (reason IS NOT NULL AND trim(reason) <> '')", name="none_has_reason"),
    )


append_only("plan_note")
FROZEN = "a plan in force is frozen"
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION plan_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "DECLARE p integer; BEGIN IF TG_OP = 'INSERT' THEN p := NEW.plan_id; ELSE p := OLD.plan_id; END IF; "
    "IF (SELECT state FROM plan WHERE id = p) <> 'draft' THEN RAISE EXCEPTION 'a plan in force is frozen' "
    "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
    "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$; "
)


def _frozen(table: str, verb: str, columns: str = "") -> None:
    """Refuse this on rows of a plan that is no draft any more."""
    name, row, event = f"{table}_frozen_{verb.lower()}", "NEW" if verb == "INSERT" else "OLD", f"{verb} OF {columns}" if columns else verb
    trigger(name, table,
            sqlite=f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN (SELECT state FROM plan WHERE id = {row}.plan_id) <> 'draft' "
                   f"BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END",
            postgresql=f"{_FUNCTION}CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION plan_frozen()")  # fmt: skip


for _table in ("plan_goal", "plan_group", "sector", "priority", "plan_agency", "plan_target", "plan_mapping"):
    for _verb in ("INSERT", "UPDATE", "DELETE"):
        _frozen(_table, _verb)
# measures are still given out while a plan is in force, but what was given out stays as it is
_frozen("plan_measure", "UPDATE", "plan_id, group_id, item_id, agency_id, text_vi, text_en, assigned_on, due_on")
_frozen("plan_measure", "DELETE")

HEAD = "number, dated, title_vi, title_en, body_vi, body_en, horizon_year, vision_year, content_hash, is_historic"
for _name, _table, _event, _when, _says in (
    ("plan_frozen_update", "plan", f"UPDATE OF {HEAD}", "OLD.state <> 'draft'", FROZEN),
    ("plan_no_thaw", "plan", "UPDATE OF state", "OLD.state <> 'draft' AND NEW.state = 'draft'", FROZEN),
    ("plan_decision_frozen_update", "plan_decision", "UPDATE", "OLD.decided_at IS NOT NULL", "a decision stands"),
    ("plan_decision_frozen_delete", "plan_decision", "DELETE", "OLD.decided_at IS NOT NULL", "a decision stands"),
):
    trigger(_name, _table,
            sqlite=f"CREATE TRIGGER {_name} BEFORE {_event} ON {_table} WHEN {_when} BEGIN SELECT RAISE(ABORT, '{_says}'); END",
            postgresql=f"CREATE OR REPLACE FUNCTION {_name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{_says}' "
                       "USING ERRCODE = 'integrity_constraint_violation'; END $$; "
                       f"CREATE TRIGGER {_name} BEFORE {_event} ON {_table} FOR EACH ROW WHEN ({_when}) EXECUTE FUNCTION {_name}()")  # fmt: skip
