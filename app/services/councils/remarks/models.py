"""Rows of written remarks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Identified, Model, UtcDateTime, Versioned, to, trigger
from app.services.councils.models import AgendaItem, Seat


class Remark(Identified, Versioned, Model):
    """A member's remark on one item, by parts of the form. Once handed in it stays as it is."""

    __tablename__ = "remark"

    agenda_item_id: Mapped[int] = mapped_column(to("agenda_item"), index=True)
    seat_id: Mapped[int] = mapped_column(to("seat"), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    seat: Mapped[Seat] = relationship(lazy="raise_on_sql")
    item: Mapped[AgendaItem] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("agenda_item_id", "seat_id"), CheckConstraint("submitted_at IS NULL OR submitted_at >= saved_at", name="submitted_after_saved"))


_SAID = "a remark that is handed in stays as it is"
for _verb in ("UPDATE", "DELETE"):
    _name = f"remark_final_{_verb.lower()}"
    trigger(
        _name, "remark",
        sqlite=f"CREATE TRIGGER {_name} BEFORE {_verb} ON remark WHEN OLD.submitted_at IS NOT NULL BEGIN SELECT RAISE(ABORT, '{_SAID}'); END",
        postgresql="CREATE OR REPLACE FUNCTION remark_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                   f"IF OLD.submitted_at IS NOT NULL THEN RAISE EXCEPTION '{_SAID}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
                   "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$; "
                   f"CREATE TRIGGER {_name} BEFORE {_verb} ON remark FOR EACH ROW EXECUTE FUNCTION remark_final()",
    )  # fmt: skip
